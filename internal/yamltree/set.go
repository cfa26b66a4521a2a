package yamltree

import (
	"fmt"
	"strconv"
	"strings"

	"gorae/config"
)

// Set carries out one path=value of the command line: the value, itself YAML, is put
// at the path; maps on the way are made where they are missing, and a list
// grows by one when the place just behind its end is set. A short form on the
// way (optimizer: adam) becomes the map that it stands for.
func Set(root *Node, assignment string) error {
	words := "--set " + assignment
	if err := set(root, words, assignment); err != nil {
		return &Error{Place: Place{Words: words}, Err: err}
	}
	return nil
}

func set(root *Node, words, assignment string) *config.Error {
	path, text, ok := strings.Cut(assignment, "=")
	steps := Steps(path)
	if !ok || len(steps) == 0 {
		return config.Errorf("", "give path=value, such as train.epochs=3")
	}
	value, err := Parse("", []byte(text))
	if err != nil {
		return config.Errorf("", "the value: %v", err)
	}
	if strings.TrimSpace(text) == "" || value.Kind == Map && len(value.Keys) == 0 && !strings.Contains(text, "{") {
		value = &Node{} // "path=" sets null, not the empty map
	}
	stamp(value, Place{Words: words})
	at := root
	for i, s := range steps {
		next := value
		if i < len(steps)-1 {
			next = &Node{Kind: Map, Place: value.Place}
		}
		child, problem := at.child(s, steps[:i], next, i == len(steps)-1)
		if problem != nil {
			return problem
		}
		at = child
		widen(at, i < len(steps)-1, value.Place)
	}
	return nil
}

// child returns the node below n at a step: what is there, or next where nothing is, or where replace is set. Before
// are the steps that led to n.
func (n *Node) child(step string, before []string, next *Node, replace bool) (*Node, *config.Error) {
	i, err := strconv.Atoi(step)
	if n.Kind == List {
		if err != nil || i < 0 || i > len(n.Values) {
			return nil, config.Errorf("", "%s has %s", strings.Join(before, "."), count(len(n.Values))).
				Fix("%s is none of them", step)
		}
		if i == len(n.Values) {
			n.Values = append(n.Values, next)
		}
	} else if i = n.Find(step); i < 0 {
		if err == nil && len(before) > 0 {
			list := strings.Join(before, ".")
			return nil, config.Errorf("", "the experiment has no list %s", list).Fix("write it whole: %s=[…]", list)
		}
		i = len(n.Keys)
		n.Keys, n.Values = append(n.Keys, Key{next.Place, step}), append(n.Values, next)
	}
	if replace {
		n.Values[i] = next
	}
	return n.Values[i], nil
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
// (adam) becomes its key, with no keys of its own; a number (dropout: 0.3) stays as the value of the main key.
func widen(n *Node, needed bool, p Place) {
	if !needed || n.Kind != Scalar {
		return
	}
	switch v := n.Value.(type) {
	case nil:
	case string:
		n.Keys = []Key{{n.Place, v}}
		n.Values = []*Node{{Kind: Map, Place: n.Place}}
	default:
		n.Keys = []Key{{n.Place, config.MainKey}}
		n.Values = []*Node{{Place: n.Place, Value: v}}
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
