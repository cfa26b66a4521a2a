package emit

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gorae/graph"
	"gorae/tensor"
)

// program is the file that is being written.
type program struct {
	name      string
	names     Names
	constants []*buffer
	sessions  []*buffer
	arena     []*buffer
	helpers   map[string]bool
	refused   []string

	text    *strings.Builder
	depth   int
	clock   int // statements so far
	stored  map[ordered]view
	loops   []*around        // open loops over steps
	touched map[*buffer]bool // by the open statement: whether it is written
	locals  int
	indices int
}

// around is an open loop over steps.
type around struct {
	begin   int
	touched map[*buffer]bool
}

// The kinds of arrays.
const (
	work      = iota // a part of the work space
	constant         // weights
	parameter        // of the function
	session          // kept from call to call
)

// buffer is an array.
type buffer struct {
	kind   int
	name   string
	elem   string // its type in C
	size   int    // elements
	value  *graph.Array
	layout []int // the order of the axes of value; nil: their own
	state  bool  // of a loop
	used   bool

	from, to int // the statements between which it is used
	offset   int // in the work space
}

// view is a way to index an array: element idx of a node is array[at + Σ idx·strides].
type view struct {
	buf     *buffer
	at      int
	moving  []string // further terms
	strides []int
}

func contiguous(b *buffer, s tensor.Shape) view {
	v := view{buf: b, strides: make([]int, len(s))}
	n := 1
	for a, d := range slices.Backward(s) {
		v.strides[a] = n
		n *= d
	}
	return v
}

// reshaped is the view under another shape, where strides can say it.
func (v view) reshaped(from, to tensor.Shape) (view, bool) {
	w := v
	w.strides = make([]int, len(to))
	if at := squeezed(from, to); at != nil {
		for a, b := range at {
			if b >= 0 {
				w.strides[b] = v.strides[a]
			}
		}
		return w, true
	}
	n := 1
	for a, d := range slices.Backward(from) {
		if d != 1 && v.strides[a] != n {
			return v, false
		}
		n *= d
	}
	w.strides = contiguous(nil, to).strides
	return w, true
}

// index is the position of an element.
func (v view) index(idx []string) string {
	at, parts := v.at, slices.Clone(v.moving)
	order := make([]int, len(idx)) // the axis of the largest stride first
	for a := range order {
		order[a] = a
	}
	slices.SortStableFunc(order, func(a, b int) int { return v.strides[b] - v.strides[a] })
	for _, a := range order {
		i := idx[a]
		if k, err := strconv.Atoi(i); err == nil {
			at += k * v.strides[a]
		} else if v.strides[a] != 0 {
			parts = append(parts, times(i, v.strides[a]))
		}
	}
	if at != 0 || len(parts) == 0 {
		parts = append(parts, strconv.Itoa(at))
	}
	return strings.Join(parts, " + ")
}

// times is a product of an index.
func times(i string, by int) string {
	if strings.Contains(i, " ") {
		i = "(" + i + ")"
	}
	if by == 1 {
		return i
	}
	return i + " * " + strconv.Itoa(by)
}

func newProgram(name string) *program {
	p := &program{names: NewNames(), helpers: map[string]bool{}, stored: map[ordered]view{},
		text: &strings.Builder{}, depth: 1}
	p.name = p.unique(name)
	return p
}

// reserved are words of C and names that the file uses itself.
const reserved = `auto break case char const continue default do double else enum extern float for goto if inline int
	long register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while
	main arena ints NAN INFINITY printf scanf stdin stdout read write time index exp log sin cos tan`

var (
	foreign = regexp.MustCompile(`[^A-Za-z0-9]+`)
	local   = regexp.MustCompile(`^[a-z][0-9]*$`)
)

// inComment keeps a text within the comment that it stands in.
var inComment = strings.NewReplacer("*/", "* /", "/*", "/ *", "\n", " ", "??/", "?? /")

// unique is a name in C that nobody else has.
func (p *program) unique(name string) string {
	if name = plain(name, "net"); local.MatchString(name) {
		name += "_"
	}
	return p.names.take(name)
}

// typeIn is the type of a value's elements in C.
func typeIn(d tensor.DType) string {
	if d == tensor.Float32 {
		return "float"
	}
	return "int32_t"
}

// buffer is a new part of the work space for a node.
func (p *program) buffer(n *graph.Node) *buffer {
	label := n.Call.Label[strings.LastIndexByte(n.Call.Label, '/')+1:]
	if label == "" {
		label, _, _ = cut(n.Call.Op.String())
	}
	b := &buffer{name: p.unique(label + "_out"), elem: typeIn(n.DType), size: n.Shape.Size(), from: p.clock + 1,
		to: p.clock + 1}
	p.arena = append(p.arena, b)
	return b
}

// cut is a string up to the first bracket.
func cut(s string) (before, after string, found bool) {
	if i := strings.IndexAny(s, "(["); i >= 0 {
		return s[:i], s[i:], true
	}
	return s, "", false
}

// refuse notes that a call has no form in C.
func (p *program) refuse(c *graph.Call) string {
	op, _, _ := cut(c.Op.String())
	if m, ok := c.Op.(graph.Map); ok {
		op, _, _ = strings.Cut(m.Table.String(), " ")
	}
	if what := strings.TrimSpace(c.Label + " (" + op + ")"); !slices.Contains(p.refused, what) {
		p.refused = append(p.refused, what)
	}
	return "0"
}

func (p *program) line(format string, args ...any) {
	if format != "" {
		p.text.WriteString(strings.Repeat("    ", p.depth))
	}
	fmt.Fprintf(p.text, format+"\n", args...)
}

// statement writes a block, with the arrays that it uses.
func (p *program) statement(title string, body func()) {
	p.clock++
	p.touched, p.locals, p.indices = map[*buffer]bool{}, 0, 0
	out := p.text
	p.text = &strings.Builder{}
	p.depth++
	body()
	p.depth--
	text := used(p.text.String())
	p.text = out
	p.line("/* %s */", inComment.Replace(title))
	p.line("{")
	for i, b := range p.arena {
		written, ok := p.touched[b]
		if !ok {
			continue
		}
		kind, space := "const ", "arena"
		if written {
			kind = ""
		}
		if b.elem != "float" {
			space = "ints"
		}
		p.line("    %s%s *restrict %s = %s + @%d@;", kind, b.elem, b.name, space, i)
	}
	p.text.WriteString(text)
	p.line("}")
	for b := range p.touched {
		b.to = max(b.to, p.clock)
		for _, l := range p.loops {
			l.touched[b] = true
		}
	}
	p.touched = nil
}

// steps writes a loop over steps around statements. What is older than the loop lives until its end.
func (p *program) steps(title, head string, body func()) {
	p.line("/* %s */", inComment.Replace(title))
	p.line("%s {", head)
	p.clock++
	l := &around{p.clock + 1, map[*buffer]bool{}}
	p.loops = append(p.loops, l)
	p.depth++
	body()
	p.depth--
	p.loops = p.loops[:len(p.loops)-1]
	p.line("}")
	p.clock++
	for b := range l.touched {
		if b.from < l.begin {
			b.to = max(b.to, p.clock)
		}
	}
}

func (p *program) touch(b *buffer, written bool) {
	b.used = true
	p.touched[b] = p.touched[b] || written
}

// read is an element of an array.
func (p *program) read(v view, idx []string) string {
	p.touch(v.buf, false)
	return v.buf.name + "[" + v.index(idx) + "]"
}

// write is an element that is assigned to.
func (p *program) write(v view, idx []string) string {
	p.touch(v.buf, true)
	return v.buf.name + "[" + v.index(idx) + "]"
}

// fresh is a new local number.
func (p *program) fresh() string {
	p.locals++
	return "v" + strconv.Itoa(p.locals)
}

// loop writes a loop over an extent; one step needs none.
func (p *program) loop(extent int, body func(i string)) {
	if extent == 1 {
		body("0")
		return
	}
	p.between("0", strconv.Itoa(extent), body)
}

// between writes a loop from one index up to but without another.
func (p *program) between(from, to string, body func(i string)) {
	i := string(rune('i' + p.indices))
	if p.indices >= 6 {
		i = "i" + strconv.Itoa(p.indices)
	}
	p.indices++
	p.line("for (int32_t %s = %s; %s < %s; %s++) {", i, from, i, to, i)
	p.depth++
	body(i)
	p.depth--
	p.line("}")
}

// nest writes a loop for each axis.
func (p *program) nest(s tensor.Shape, body func(idx []string)) {
	idx := make([]string, len(s))
	var axis func(a int)
	axis = func(a int) {
		if a == len(s) {
			body(idx)
			return
		}
		p.loop(s[a], func(i string) {
			idx[a] = i
			axis(a + 1)
		})
	}
	axis(0)
}
