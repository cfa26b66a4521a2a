package tensor

import (
	"math"
	"strconv"
	"strings"
)

// Printing follows NumPy's: the same digits, columns, line breaks and ellipses.
const (
	printWhole = 1000 // a tensor with more elements is abbreviated
	printEdge  = 3    // elements shown at each end of an abbreviated axis
	printWidth = 75   // columns of a line
	printDigit = 8    // digits after the point
)

// String prints the elements as numpy.array2string does: nested brackets, one
// width for all elements, the fewest digits (at most 8 after the point) that
// tell float32 values apart, and "..." inside axes when there are more than
// 1000 elements.
func (t *Tensor) String() string {
	if err := t.whole(); err != nil {
		return "tensor(" + err.Error() + ")"
	}
	p := printer{t: t, edge: math.MaxInt}
	if t.Len() > printWhole {
		p.edge = printEdge
	}
	var shown []int
	p.visit(0, 0, &shown)
	p.format = t.formatter(shown)
	if len(t.Shape) == 0 {
		return t.scalar()
	}
	if t.Len() == 0 {
		return "[]"
	}
	p.block(0, 0)
	return p.b.String()
}

type printer struct {
	t      *Tensor
	b      strings.Builder
	edge   int
	format func(i int) string
}

// each calls do for the indices of an axis that are shown, and gap between the
// two ends of an abbreviated one.
func (p *printer) each(extent int, do func(i int), gap func()) {
	if p.edge > extent/2 || extent <= 2*p.edge {
		for i := range extent {
			do(i)
		}
		return
	}
	for i := range p.edge {
		do(i)
	}
	gap()
	for i := extent - p.edge; i < extent; i++ {
		do(i)
	}
}

// visit collects the positions of the elements that will be printed.
func (p *printer) visit(axis, at int, shown *[]int) {
	if axis == len(p.t.Shape) {
		*shown = append(*shown, at)
		return
	}
	step := Shape(p.t.Shape[axis+1:]).Size()
	p.each(p.t.Shape[axis], func(i int) { p.visit(axis+1, at+i*step, shown) }, func() {})
}

func (p *printer) block(axis, at int) {
	p.b.WriteByte('[')
	extent := p.t.Shape[axis]
	if axis == len(p.t.Shape)-1 {
		p.line(axis, at, extent)
	} else {
		step := Shape(p.t.Shape[axis+1:]).Size()
		sep := strings.Repeat("\n", len(p.t.Shape)-1-axis) + strings.Repeat(" ", axis+1)
		first := true
		part := func(f func()) {
			if !first {
				p.b.WriteString(sep)
			}
			first = false
			f()
		}
		p.each(extent,
			func(i int) { part(func() { p.block(axis+1, at+i*step) }) },
			func() { part(func() { p.b.WriteString("...") }) })
	}
	p.b.WriteByte(']')
}

// line prints the last axis, breaking where a line would exceed printWidth.
func (p *printer) line(axis, at, extent int) {
	indent := axis + 1
	column := indent
	first := true
	blanks := 0 // blanks at the end of the line so far: not written before a line break
	word := func(w string) {
		if !first {
			// One column is kept for each bracket that may close here.
			if column+1+len(w) > printWidth-indent {
				p.b.WriteString("\n" + strings.Repeat(" ", indent))
				column = indent
			} else {
				p.b.WriteString(strings.Repeat(" ", blanks+1))
				column++
			}
		}
		first = false
		trimmed := strings.TrimRight(w, " ")
		blanks = len(w) - len(trimmed)
		p.b.WriteString(trimmed)
		column += len(w)
	}
	p.each(extent, func(i int) { word(p.format(at + i)) }, func() { word("...") })
	p.b.WriteString(strings.Repeat(" ", blanks))
}

// scalar prints a 0D tensor as NumPy prints a number.
func (t *Tensor) scalar() string {
	if t.DType() != Float32 {
		return strconv.Itoa(int(t.Float(0)))
	}
	v := t.Float(0)
	if a := math.Abs(v); math.IsNaN(v) || a != 0 && (a < 1e-4 || a >= 1e16) {
		return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(v, 'e', -1, 32), "+"))
	}
	s := strconv.FormatFloat(v, 'f', -1, 32)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// formatter chooses one layout for all the shown elements.
func (t *Tensor) formatter(shown []int) func(i int) string {
	if t.DType() != Float32 {
		width := 0
		text := func(i int) string { return strconv.Itoa(int(t.Float(i))) }
		for _, i := range shown {
			width = max(width, len(text(i)))
		}
		return func(i int) string { return pad(text(i), width) }
	}
	return t.floatFormatter(shown)
}

func (t *Tensor) floatFormatter(shown []int) func(i int) string {
	lo, hi := math.Inf(1), 0.0
	odd := 0 // width of nan, inf and -inf
	for _, i := range shown {
		v := math.Abs(float64(t.F32[i]))
		switch {
		case math.IsNaN(v):
			odd = max(odd, 3)
		case math.IsInf(v, 0):
			odd = max(odd, 3)
			if t.F32[i] < 0 {
				odd = 4
			}
		case v != 0:
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	scientific := hi > 0 && (hi >= 1e8 || lo < 1e-4 || hi/lo > 1000)
	digits := 0 // after the point
	for _, i := range shown {
		digits = max(digits, fraction(t.F32[i], scientific))
	}
	text := func(i int) string {
		v := float64(t.F32[i])
		switch {
		case math.IsNaN(v):
			return "nan"
		case math.IsInf(v, 1):
			return "inf"
		case math.IsInf(v, -1):
			return "-inf"
		case scientific:
			s := strconv.FormatFloat(v, 'e', digits, 32)
			if digits == 0 {
				e := strings.IndexByte(s, 'e')
				s = s[:e] + "." + s[e:]
			}
			return s
		}
		// NumPy pads the shortest digits with blanks, not zeros.
		own := fraction(t.F32[i], false)
		s := strconv.FormatFloat(v, 'f', own, 32)
		if own == 0 {
			s += "."
		}
		return s + strings.Repeat(" ", digits-own)
	}
	width := odd
	for _, i := range shown {
		width = max(width, len(text(i)))
	}
	return func(i int) string { return pad(text(i), width) }
}

// fraction returns the number of digits after the point that v needs, at most printDigit.
func fraction(v float32, scientific bool) int {
	f := float64(v)
	if math.IsNaN(f) || math.IsInf(f, 0) || v == 0 {
		return 0
	}
	form := byte('f')
	if scientific {
		form = 'e'
	}
	s := strconv.FormatFloat(f, form, -1, 32)
	s, _, _ = strings.Cut(s, "e")
	_, digits, _ := strings.Cut(s, ".")
	if len(digits) <= printDigit {
		return len(digits)
	}
	s = strconv.FormatFloat(f, form, printDigit, 32)
	s, _, _ = strings.Cut(s, "e")
	return len(strings.TrimRight(s[strings.IndexByte(s, '.')+1:], "0"))
}

func pad(s string, width int) string {
	return strings.Repeat(" ", max(0, width-len(s))) + s
}
