package yamltree

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// Of is the tree of plain values: maps keep no order, so give a *Node where
// order matters. Whole numbers may be of any integer type.
func Of(v any) *Node {
	switch v := v.(type) {
	case *Node:
		return v
	case []any:
		n := &Node{Kind: List}
		for _, x := range v {
			n.Values = append(n.Values, Of(x))
		}
		return n
	case []string:
		n := &Node{Kind: List}
		for _, x := range v {
			n.Values = append(n.Values, Of(x))
		}
		return n
	case int:
		return &Node{Value: int64(v)}
	}
	return &Node{Value: v}
}

// Pairs is a map node of keys and values in turn, in this order.
func Pairs(keysAndValues ...any) *Node {
	n := &Node{Kind: Map}
	for i := 0; i+1 < len(keysAndValues); i += 2 {
		n.Put(keysAndValues[i].(string), keysAndValues[i+1])
	}
	return n
}

// Put gives a key of a map a value: in its place if it is there, else at the end.
func (n *Node) Put(key string, value any) {
	if i := n.Find(key); i >= 0 {
		n.Values[i] = Of(value)
		return
	}
	n.Keys = append(n.Keys, Key{Name: key})
	n.Values = append(n.Values, Of(value))
}

// Sort puts the given keys first, in the given order; the others follow in theirs.
func (n *Node) Sort(keys ...string) {
	var ks []Key
	var vs []*Node
	used := map[int]bool{}
	for _, k := range keys {
		if i := n.Find(k); i >= 0 {
			ks, vs = append(ks, n.Keys[i]), append(vs, n.Values[i])
			used[i] = true
		}
	}
	for i := range n.Keys {
		if !used[i] {
			ks, vs = append(ks, n.Keys[i]), append(vs, n.Values[i])
		}
	}
	n.Keys, n.Values = ks, vs
}

// Clone is a copy that shares nothing with n.
func (n *Node) Clone() *Node {
	if n == nil {
		return nil
	}
	c := *n
	c.Keys = append([]Key(nil), n.Keys...)
	c.Values = make([]*Node, len(n.Values))
	for i, v := range n.Values {
		c.Values[i] = v.Clone()
	}
	return &c
}

// Flatten lists every scalar by its path; an empty map or list counts as one.
func (n *Node) Flatten() map[string]string {
	out := map[string]string{}
	n.flatten("", out)
	return out
}

func (n *Node) flatten(path string, out map[string]string) {
	switch {
	case n.Kind == Map && len(n.Keys) > 0:
		for i, k := range n.Keys {
			p := strings.ReplaceAll(k.Name, ".", `\.`)
			if path != "" {
				p = path + "." + p
			}
			n.Values[i].flatten(p, out)
		}
	case n.Kind == List && len(n.Values) > 0:
		for i, v := range n.Values {
			v.flatten(path+"["+strconv.Itoa(i)+"]", out)
		}
	default:
		out[path] = n.Flow()
	}
}

const wide = 100 // characters that a map or list may take to stand on one line

// String writes the tree as a YAML document.
func (n *Node) String() string {
	var b strings.Builder
	if n.Kind == Map && len(n.Keys) > 0 {
		n.block(&b, "", true)
		return b.String()
	}
	return n.Flow() + "\n"
}

// block writes a map or list over several lines, each begun with indent.
func (n *Node) block(b *strings.Builder, indent string, top bool) {
	for i, v := range n.Values {
		head := indent + "-"
		if n.Kind == Map {
			head = indent + quoted(n.Keys[i].Name) + ":"
		}
		flow := v.Flow()
		compound := v.Kind != Scalar && len(v.Values) > 0
		// At the top every section is opened out, that a reader finds his way.
		if compound && (top && v.Kind == Map || n.Kind == List && v.Kind == Map || len(indent)+len(head)+len(flow) > wide || n.Kind == Map && v.layers()) {
			b.WriteString(head)
			if n.Kind == List && v.Kind == Map {
				// "- key: …" with the other keys below the first.
				var inner strings.Builder
				v.block(&inner, indent+"  ", false)
				b.WriteString(" " + strings.TrimPrefix(inner.String(), indent+"  "))
				continue
			}
			b.WriteString("\n")
			v.block(b, indent+"  ", false)
			continue
		}
		b.WriteString(head + " " + flow + "\n")
	}
}

// layers reports whether a list is one of maps, which reads best a line each.
func (n *Node) layers() bool {
	if n.Kind != List || len(n.Values) < 2 {
		return false
	}
	for _, v := range n.Values {
		if v.Kind == Map {
			return true
		}
	}
	return false
}

// Flow writes the node on one line: {a: 1, b: [x, y]}.
func (n *Node) Flow() string {
	switch n.Kind {
	case Map:
		parts := make([]string, len(n.Keys))
		for i, k := range n.Keys {
			parts[i] = quoted(k.Name) + ": " + n.Values[i].Flow()
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case List:
		parts := make([]string, len(n.Values))
		for i, v := range n.Values {
			parts[i] = v.Flow()
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	switch v := n.Value.(type) {
	case string:
		return quoted(v)
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case uint64:
		return strconv.FormatUint(v, 10)
	case float64:
		return scalar(v)
	}
	return "null"
}

func scalar(v float64) string {
	switch {
	case math.IsNaN(v):
		return ".nan"
	case math.IsInf(v, 1):
		return ".inf"
	case math.IsInf(v, -1):
		return "-.inf"
	}
	return number(v)
}

// quoted quotes text where YAML would take it for something else.
func quoted(s string) string {
	switch strings.ToLower(s) {
	case "true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf":
		return quote(s)
	}
	if plainWord().MatchString(s) && !strings.ContainsAny(s, "{}") {
		return s
	}
	if colon := strings.IndexByte(s, ':'); colon > 0 && plainWord().MatchString(strings.ReplaceAll(s, ":", "")) && !strings.ContainsAny(s, "{}") && !strings.Contains(s, ": ") && !strings.HasSuffix(s, ":") {
		return s // embed:digits
	}
	return quote(s)
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return strconv.Quote(s)
	}
	return string(b)
}
