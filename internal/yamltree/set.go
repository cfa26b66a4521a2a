package yamltree

import (
	"fmt"
	"strconv"
	"strings"
)

// Set carries out one path=value of the command line: the value, itself YAML, is put
// at the path; maps on the way are made where they are missing, and a list
// grows by one when the place just behind its end is set. A short form on the
// way (optimizer: adam) becomes the map that it stands for.
func Set(root *Node, assignment string) error {
	words := "--set " + assignment
	fail := func(format string, args ...any) error {
		return &Error{Place: Place{Words: words}, Msg: fmt.Sprintf(format, args...)}
	}
	path, text, ok := strings.Cut(assignment, "=")
	steps := Steps(path)
	if !ok || len(steps) == 0 {
		return fail("give path=value, such as train.epochs=3")
	}
	value, err := Parse("", []byte(text))
	if err != nil {
		return fail("the value: %s", err)
	}
	if strings.TrimSpace(text) == "" || value.Kind == Map && len(value.Keys) == 0 && !strings.Contains(text, "{") {
		value = &Node{} // "path=" sets null, not the empty map
	}
	stamp(value, Place{Words: words})
	at := root
	for i, s := range steps {
		last := i == len(steps)-1
		next := value
		if !last {
			next = &Node{Kind: Map, Place: value.Place}
		}
		if at.Kind == List {
			n, err := strconv.Atoi(s)
			if err != nil || n < 0 || n > len(at.Values) {
				return fail("%s has %s; %s is none of them", strings.Join(steps[:i], "."), count(len(at.Values)), s)
			}
			if n == len(at.Values) {
				at.Values = append(at.Values, next)
			} else if last {
				at.Values[n] = next
			}
			at = at.Values[n]
			widen(at, !last, value.Place)
			continue
		}
		if j := at.Find(s); j < 0 {
			if _, err := strconv.Atoi(s); err == nil && i > 0 {
				return fail("the experiment has no list %s; write it whole: %s=[…]", strings.Join(steps[:i], "."), strings.Join(steps[:i], "."))
			}
			at.Keys = append(at.Keys, Key{value.Place, s})
			at.Values = append(at.Values, next)
			at = next
		} else {
			if last {
				at.Values[j] = next
			}
			at = at.Values[j]
		}
		widen(at, !last, value.Place)
	}
	return nil
}

func count(n int) string {
	switch n {
	case 0:
		return "no elements"
	case 1:
		return "one element, [0]"
	}
	return fmt.Sprintf("elements [0] to [%d]", n-1)
}

// widen makes a map of a scalar that is to get keys: the word of a short form
// (adam) becomes its key, with no keys of its own; anything else gives way.
func widen(n *Node, needed bool, p Place) {
	if !needed || n.Kind != Scalar {
		return
	}
	if name, ok := n.Value.(string); ok {
		n.Keys = []Key{{n.Place, name}}
		n.Values = []*Node{{Kind: Map, Place: n.Place}}
	}
	n.Kind, n.Value, n.Place = Map, nil, p
}

func stamp(n *Node, p Place) {
	n.Place = p
	for i := range n.Keys {
		n.Keys[i].Place = p
	}
	for _, v := range n.Values {
		stamp(v, p)
	}
}
