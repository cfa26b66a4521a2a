package yamltree

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"gorae/config"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// lineWidth is the number of characters that a map or list may take to stand on one line.
const lineWidth = 100

// Comment is a text that stands above a key.
type Comment struct {
	Path string // of the key, such as train.epochs; "" is the top of the file
	Text string // its lines
}

// Marshal returns a written value as a YAML document: maps at the top and lists of layers a line for each element, what
// is short on one line. [Parse] reads it as the same value.
func Marshal(written config.Map, comments ...Comment) ([]byte, error) {
	n, err := yaml.ValueToNode(ordered(written), yaml.IndentSequence(true))
	if err != nil {
		return nil, err
	}
	top, ok := n.(*ast.MappingNode)
	if !ok {
		return nil, fmt.Errorf("YAML: a map became %s", n.Type())
	}
	// A map with a comment on one of its keys stands on several lines.
	above := map[string]bool{}
	for _, c := range comments {
		steps := Steps(c.Path)
		for i := range steps {
			above[strings.Join(steps[:i], "\x00")] = true
		}
	}
	layout(n, "", above, 0, 2)
	head := ""
	for _, c := range comments {
		if c.Path == "" {
			head += "# " + strings.ReplaceAll(c.Text, "\n", "\n# ") + "\n"
		} else if err := comment(top, c); err != nil {
			return nil, err
		}
	}
	return []byte(head + n.String() + "\n"), nil
}

// comment puts a comment above its key.
func comment(m *ast.MappingNode, c Comment) error {
	steps := Steps(c.Path)
	for i, s := range steps {
		var at *ast.MappingValueNode
		for _, v := range m.Values {
			if k, ok := v.Key.(*ast.StringNode); ok && k.Value == s {
				at = v
			}
		}
		if at == nil {
			break
		}
		if i == len(steps)-1 {
			var lines []*token.Token
			for _, l := range strings.Split(c.Text, "\n") {
				lines = append(lines, token.New(" "+l, " "+l, at.Key.GetToken().Position))
			}
			return at.SetComment(ast.CommentGroup(lines))
		}
		next, ok := at.Value.(*ast.MappingNode)
		if !ok || next.IsFlowStyle {
			break
		}
		m = next
	}
	return fmt.Errorf("YAML: no line for the comment on %s", c.Path)
}

// ordered returns a value in the types of the YAML library.
func ordered(v any) any {
	switch v := v.(type) {
	case config.Map:
		m := make(yaml.MapSlice, len(v))
		for i, e := range v {
			m[i] = yaml.MapItem{Key: e.Key, Value: ordered(e.Value)}
		}
		return m
	case []any:
		l := make([]any, len(v))
		for i, x := range v {
			l[i] = ordered(x)
		}
		return l
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return int64(v)
		}
		if !math.IsInf(v, 0) && !math.IsNaN(v) {
			return float(v)
		}
	}
	return v
}

// float is a number that the YAML library is given as text: it writes 1e-05 as 1e-05.0 and reads that as 0.
type float float64

// MarshalYAML implements yaml.BytesMarshaler.
func (v float) MarshalYAML() ([]byte, error) { return []byte(number(float64(v))), nil }

// layout sets the style of each node: on one line or several, quoted or not. The maps of the upper levels, of which
// open are left, and the maps at the paths of above are always written on several lines.
func layout(n ast.Node, path string, above map[string]bool, indent, open int) {
	switch n := n.(type) {
	case *ast.MappingNode:
		for i, v := range n.Values {
			v.Key = text(v.Key).(ast.MapKeyNode)
			v.Value = text(v.Value)
			used := indent + len(v.Key.String()) + 2
			at := ""
			if k, ok := v.Key.(*ast.StringNode); ok {
				at = strings.TrimPrefix(path+"\x00"+k.Value, "\x00")
			}
			if flat(v.Value, used) && !(open > 1 && nested(v.Value)) && !(at != "" && above[at]) {
				v.SetIsFlowStyle(true)
			}
			layout(v.Value, at, above, indent+2, open-1)
			n.Values[i] = v
		}
	case *ast.SequenceNode:
		for i, v := range n.Values {
			n.Values[i] = text(v)
			if s, ok := v.(*ast.SequenceNode); ok && flat(s, indent+2) {
				s.SetIsFlowStyle(true)
			}
			layout(n.Values[i], path, nil, indent+2, 0)
		}
	}
}

func isMap(n ast.Node) bool {
	m, ok := n.(*ast.MappingNode)
	return ok && len(m.Values) > 0
}

// nested reports whether a node is a map, or a list of maps such as layers.
func nested(n ast.Node) bool {
	l, ok := n.(*ast.SequenceNode)
	return isMap(n) || ok && slices.ContainsFunc(l.Values, isMap)
}

// flat reports whether a map or a list stands best on one line.
func flat(n ast.Node, used int) bool {
	switch n := n.(type) {
	case *ast.MappingNode:
	case *ast.SequenceNode:
		maps := 0
		for _, v := range n.Values {
			if isMap(v) {
				maps++
			}
		}
		if maps > 0 && len(n.Values) > 1 {
			return false // layers
		}
	default:
		return false
	}
	return used+width(n) <= lineWidth
}

// width returns the number of characters of a node on one line.
func width(n ast.Node) int {
	switch n := n.(type) {
	case *ast.MappingNode:
		w := 2
		for _, v := range n.Values {
			w += width(v.Key) + 4 + width(v.Value)
		}
		return w
	case *ast.SequenceNode:
		w := 2
		for _, v := range n.Values {
			w += 2 + width(v)
		}
		return w
	}
	return len([]rune(text(n).String()))
}

// plainWord is text that YAML takes for nothing but text, without quotes, in any place. It is
// compiled when first needed: its classes of letters take a millisecond.
var plainWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[\p{L}_/$][\p{L}\p{N}_./\-+=$()]*(:[\p{L}\p{N}_./\-+=$()]+)*( [\p{L}\p{N}_./\-+=$()]+)*$`)
})

// text quotes a text where YAML might take it for something else, and gives numbers their form.
func text(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.StringNode:
		if s, err := strconv.Unquote(n.Value); err == nil && n.Value[0] == '"' &&
			n.Token.Type != token.DoubleQuoteType {
			return word(n, s) // the library has quoted it, which it does with all that begin with a quote
		}
		return word(n, n.Value)
	case *ast.LiteralNode:
		return word(ast.String(n.GetToken()), n.Value.Value)
	case *ast.FloatNode:
		n.Token.Value = number(n.Value)
	}
	return n
}

func word(n *ast.StringNode, s string) *ast.StringNode {
	n.Value = s
	n.Token.Type = token.StringType
	if !plainWord().MatchString(s) || reserved(s) {
		n.Token.Type = token.DoubleQuoteType
	}
	return n
}

// reserved reports whether a word has a meaning in any version of YAML.
func reserved(s string) bool {
	switch strings.ToLower(s) {
	case "true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf":
		return true
	}
	return false
}

func number(v float64) string {
	if v != 0 && (math.Abs(v) < 1e-12 || math.Abs(v) >= 1e15) && !math.IsInf(v, 0) {
		s := strconv.FormatFloat(v, 'e', -1, 64)
		if !strings.Contains(s, ".") {
			s = strings.Replace(s, "e", ".0e", 1) // YAML 1.1 wants the point
		}
		return s
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
