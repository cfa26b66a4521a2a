// Package yamltree reads YAML into a tree that knows where each key and value
// stands, so that a mistake found later can still be pointed at by line and
// column.
package yamltree

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorae/config"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Kind is the kind of a node.
type Kind uint8

// The kinds of nodes.
const (
	Scalar Kind = iota
	Map
	List
)

// Place is the place of a node: a line and a column of the file, both from 1, or the words of the command that set it.
type Place struct {
	Line, Col int
	Words     string // "--set train.epochs=0"; "" for the file
}

// Node is a value and where it stands.
type Node struct {
	Place
	Kind   Kind
	Value  any // of a Scalar: string, float64, int64, uint64, bool or nil
	Keys   []Key
	Values []*Node // of a Map, in the order of Keys; of a List
}

// Key is a key of a map and where it stands.
type Key struct {
	Place
	Name string
}

// Error is a mistake at a place in a file.
type Error struct {
	File  string
	Place Place
	Path  string // train.batch_size, "" for the file as a whole
	Msg   string // the problem and the remedy, where Err is nil
	Err   *config.Error
}

// Unwrap returns the mistake without its place.
func (e *Error) Unwrap() error {
	if e.Err == nil {
		return nil
	}
	return e.Err
}

func (e *Error) Error() string {
	var b strings.Builder
	switch {
	case e.Place.Words != "":
		b.WriteString(e.Place.Words + ": ")
	case e.Place.Line > 0:
		fmt.Fprintf(&b, "%s:%d:%d: ", cmp.Or(e.File, "experiment"), e.Place.Line, e.Place.Col)
	case e.File != "":
		b.WriteString(e.File + ": ")
	}
	if e.Path != "" {
		b.WriteString(e.Path + ": ")
	}
	if e.Err != nil {
		return b.String() + e.Err.Error()
	}
	return b.String() + e.Msg
}

const (
	maxBytes = 1 << 20 // no experiment is written in more
	maxNodes = 1 << 16 // aliases of aliases grow without bound
	maxDepth = 64
	// The parser's time grows with the square of unclosed brackets, of keys, of lists that begin on one line, and of
	// items whose line ends behind the dash.
	maxOpen = 1 << 12
	maxKeys = 1 << 14
)

// Parse reads one YAML document, a byte order mark before it passed over. An empty document is an empty map.
func Parse(file string, text []byte) (*Node, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if len(text) > maxBytes {
		return nil, fail(file, Place{}, config.Errorf("", "%d bytes of YAML", len(text)).
			Fix("a file has at most %d", maxBytes))
	}
	if err := cheap(file, text); err != nil {
		return nil, err
	}
	f, err := parseAST(text)
	if err != nil {
		return nil, syntaxError(file, err)
	}
	if len(f.Docs) > 1 {
		return nil, fail(file, at(f.Docs[1].Body),
			config.Errorf("", "a second YAML document").Fix("give one in a file"))
	}
	r := reader{file: file, anchors: map[string]ast.Node{}}
	if len(f.Docs) == 0 || f.Docs[0].Body == nil {
		return &Node{Kind: Map, Place: Place{Line: 1, Col: 1}}, nil
	}
	n, err := r.node(f.Docs[0].Body, 0)
	if err == nil && n.Kind == Scalar && n.Value == nil {
		return &Node{Kind: Map, Place: Place{Line: 1, Col: 1}}, nil
	}
	return n, err
}

// cheap returns an error for a text that would cost the parser more time or memory than any experiment is worth.
func cheap(file string, text []byte) error {
	if open := bytes.Count(text, []byte("[")) + bytes.Count(text, []byte("{")); open > maxOpen {
		return fail(file, Place{}, config.Errorf("", "%d opening brackets", open).
			Fix("a file has at most %d", maxOpen))
	}
	if n := bytes.Count(text, []byte(":")); n > maxKeys {
		return fail(file, Place{}, config.Errorf("", "%d colons", n).
			Fix("a file has at most %d keys",
				maxKeys))
	}
	n, begins := 0, true // lists that begin on this line
	bare := 0            // lines of nothing but dashes
	for i, c := range text {
		switch {
		case c == '\n' || c == '\r' || begins && c == '#':
			if begins && n > 0 {
				if bare++; bare > maxOpen {
					return fail(file, Place{}, config.Errorf("", "more than %d lines of a dash alone", maxOpen).
						Fix("write the values behind them"))
				}
			}
			n, begins = 0, c != '#'
		case begins && c == '-':
			if n++; n > maxDepth {
				return fail(file, Place{}, config.Errorf("", "more than %d lists begin in one line (byte %d)",
					maxDepth, i).
					Fix("write each on a line of its own"))
			}
		case c != ' ' && c != '\t':
			begins = false
		}
	}
	return nil
}

// parseAST guards against a parser that panics on malformed input.
func parseAST(text []byte) (f *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("this is no YAML (%v)", r)
		}
	}()
	return parser.ParseBytes(text, 0)
}

func syntaxError(file string, err error) error {
	var y yaml.Error
	if !errors.As(err, &y) {
		return fail(file, Place{}, config.Errorf("", "%s", oneLine(err.Error())))
	}
	return fail(file, atToken(y.GetToken()), config.Errorf("", "%s", oneLine(y.GetMessage())))
}

// fail returns a mistake at a place of a file.
func fail(file string, p Place, e *config.Error) error { return &Error{File: file, Place: p, Err: e} }

func oneLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

func at(n ast.Node) Place {
	if n == nil {
		return Place{}
	}
	return atToken(n.GetToken())
}

func atToken(t *token.Token) Place {
	if t == nil || t.Position == nil {
		return Place{}
	}
	return Place{Line: t.Position.Line, Col: t.Position.Column}
}

type reader struct {
	file    string
	anchors map[string]ast.Node
	nodes   int
}

func (r *reader) node(n ast.Node, depth int) (*Node, error) {
	if r.nodes++; r.nodes > maxNodes || depth > maxDepth {
		return nil, fail(r.file, at(n), config.Errorf("",
			"too much here: more than %d values, or nested more than %d deep", maxNodes, maxDepth))
	}
	out := &Node{Place: at(n)}
	switch n := n.(type) {
	case nil, *ast.NullNode:
	case *ast.StringNode:
		out.Value = n.Value
		if v, ok := exponent(n); ok {
			out.Value = v
		}
	case *ast.LiteralNode:
		out.Value = n.Value.Value
	case *ast.IntegerNode:
		out.Value = n.Value
	case *ast.FloatNode:
		out.Value = n.Value
	case *ast.BoolNode:
		out.Value = n.Value
	case *ast.InfinityNode:
		out.Value = n.Value
	case *ast.NanNode:
		out.Value = n.GetValue()
	case *ast.TagNode:
		return r.node(n.Value, depth+1)
	case *ast.AnchorNode:
		r.anchors[n.Name.GetToken().Value] = n.Value
		return r.node(n.Value, depth+1)
	case *ast.AliasNode:
		name := n.Value.GetToken().Value
		v, ok := r.anchors[name]
		if !ok {
			return nil, fail(r.file, at(n), config.Errorf("", "*%s stands for nothing", name).
				Fix("write &%s before the value that it repeats", name))
		}
		return r.node(v, depth+1)
	case *ast.MappingValueNode:
		out.Kind = Map
		return out, r.entry(out, n, depth)
	case *ast.MappingNode:
		out.Kind = Map
		for _, v := range n.Values {
			if err := r.entry(out, v, depth); err != nil {
				return nil, err
			}
		}
		if len(out.Keys) > 0 && !n.IsFlowStyle {
			out.Place = out.Keys[0].Place // the parser points at the first colon
		}
	case *ast.SequenceNode:
		out.Kind = List
		for _, v := range n.Values {
			c, err := r.node(v, depth+1)
			if err != nil {
				return nil, err
			}
			out.Values = append(out.Values, c)
		}
	default:
		return nil, fail(r.file, at(n), config.Errorf("", "%s has no meaning here", n.Type()))
	}
	return out, nil
}

// exponent reads 1e-3, which YAML 1.2 takes for a number and the parser for a word.
func exponent(n *ast.StringNode) (float64, bool) {
	if n.GetToken().Type != token.StringType || !strings.ContainsAny(n.Value, "eE") ||
		strings.Trim(n.Value, "0123456789.eE+-") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(n.Value, 64)
	return v, err == nil
}

func (r *reader) entry(m *Node, n *ast.MappingValueNode, depth int) error {
	if n.Key.IsMergeKey() {
		return fail(r.file, at(n.Key), config.Errorf("", "<< has no meaning here").Fix("write the keys out"))
	}
	t := n.Key.GetToken()
	name := t.Value
	if s, ok := n.Key.(*ast.StringNode); ok {
		name = s.Value
	}
	k := Key{atToken(t), name}
	if m.Place.Line == 0 || len(m.Keys) == 0 && m.Place != k.Place && at(n) == m.Place {
		m.Place = k.Place
	}
	if m.Find(k.Name) >= 0 {
		return fail(r.file, k.Place, config.Errorf("", "the key %s stands twice", k.Name).Fix("leave one out"))
	}
	v, err := r.node(n.Value, depth+1)
	if err != nil {
		return err
	}
	if v.Line == 0 {
		v.Place = k.Place
	}
	m.Keys = append(m.Keys, k)
	m.Values = append(m.Values, v)
	return nil
}

// Find returns the index of a key, −1 if the map lacks it.
func (n *Node) Find(key string) int {
	for i, k := range n.Keys {
		if k.Name == key {
			return i
		}
	}
	return -1
}

// Get returns the value of a key, nil if the map lacks it.
func (n *Node) Get(key string) *Node {
	if n == nil || n.Kind != Map {
		return nil
	}
	if i := n.Find(key); i >= 0 {
		return n.Values[i]
	}
	return nil
}

// At returns the node at a path, nil if there is none.
func (n *Node) At(path string) *Node {
	for _, s := range Steps(path) {
		if n == nil {
			return nil
		}
		if i, err := strconv.Atoi(s); err == nil && n.Kind == List && i >= 0 && i < len(n.Values) {
			n = n.Values[i]
			continue
		}
		n = n.Get(s)
	}
	return n
}

// Text returns the value of a scalar that is text.
func (n *Node) Text() (string, bool) {
	if n == nil {
		return "", false
	}
	s, ok := n.Value.(string)
	return s, ok
}

// Names lists the keys of a map.
func (n *Node) Names() []string {
	if n == nil {
		return nil
	}
	names := make([]string, len(n.Keys))
	for i, k := range n.Keys {
		names[i] = k.Name
	}
	return names
}

// Plain returns the value in the types of encoding/json, whole numbers as int64 or
// uint64: map[string]any, []any, string, float64, bool, nil.
func (n *Node) Plain() any {
	if n == nil {
		return nil
	}
	switch n.Kind {
	case Map:
		m := make(map[string]any, len(n.Keys))
		for i, k := range n.Keys {
			m[k.Name] = n.Values[i].Plain()
		}
		return m
	case List:
		l := make([]any, len(n.Values))
		for i, v := range n.Values {
			l[i] = v.Plain()
		}
		return l
	}
	return n.Value
}

// Written returns the value as package config reads it: maps are [config.Map], in the order of the file.
func (n *Node) Written() any {
	if n == nil {
		return nil
	}
	switch n.Kind {
	case Map:
		m := make(config.Map, len(n.Keys))
		for i, k := range n.Keys {
			m[i] = config.Entry{Key: k.Name, Value: n.Values[i].Written()}
		}
		return m
	case List:
		l := make([]any, len(n.Values))
		for i, v := range n.Values {
			l[i] = v.Written()
		}
		return l
	}
	return n.Value
}

// Locate returns the place of a path such as model[2].dense.units, as deep as the
// tree goes. With key the last key's own place is meant, not its value's.
func (n *Node) Locate(path string, key bool) Place {
	place := n.Place
	steps := Steps(path)
	for at, s := range steps {
		if i, err := strconv.Atoi(s); err == nil && n.Kind == List {
			if i < 0 || i >= len(n.Values) {
				return place
			}
			n = n.Values[i]
			place = n.Place
			continue
		}
		i := n.Find(s)
		if i < 0 {
			i = slices.IndexFunc(n.Keys, func(k Key) bool { return config.Same(k.Name, s) }) // Dense for dense
		}
		if i < 0 {
			if w, ok := n.Value.(string); ok && n.Kind == Scalar && config.Same(w, s) {
				return n.Place // a short form: the word stands for a map with this key
			}
			return place
		}
		next := n.Values[i]
		place = next.Place
		if next.Words == "" && (next.Kind != Scalar || key && at == len(steps)-1) {
			place = n.Keys[i].Place
		}
		n = next
	}
	return place
}

// Steps splits a path at its dots and brackets: model[2].dense has the steps
// model, 2, dense. A dot in a key is written \.
func Steps(path string) []string {
	var steps []string
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			steps = append(steps, b.String())
			b.Reset()
		}
	}
	for i := 0; i < len(path); i++ {
		switch c := path[i]; c {
		case '.', '[', ']':
			flush()
		case '\\':
			if i+1 < len(path) {
				i++
				b.WriteByte(path[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	flush()
	return steps
}
