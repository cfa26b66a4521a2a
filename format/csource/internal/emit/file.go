package emit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gorae/graph"
	"gorae/layer"
	"gorae/tensor"
)

// constantArray is the array of a value, its axes in the order of layout.
func (p *program) constantArray(name string, a *graph.Array, layout []int) *buffer {
	b := &buffer{kind: constant, name: p.unique(name), elem: typeIn(a.DType), size: len(a.V), value: a,
		layout: layout}
	p.constants = append(p.constants, b)
	return b
}

// weights is the view of a node; a constant's array has its axes in the order of layout (nil: their own).
func (s *scope) weights(n *graph.Node, layout []int) view {
	if !s.isStatic(n) {
		return s.view(n)
	}
	if l, ok := n.Call.Op.(graph.Leaf); ok && s.outer != nil {
		return s.outer.weights(s.operand(l), layout)
	}
	key := ordered{n, fmt.Sprint(layout)}
	if v, ok := s.p.stored[key]; ok {
		return v
	}
	b := s.p.constantArray(s.nameOf(n), s.known(n), layout)
	v := contiguous(b, n.Shape)
	if layout != nil {
		moved := make(tensor.Shape, len(layout))
		for i, a := range layout {
			moved[i] = n.Shape[a]
		}
		w := contiguous(b, moved)
		for i, a := range layout {
			v.strides[a] = w.strides[i]
		}
	}
	s.p.stored[key] = v
	return v
}

// ordered is a constant in an order of its axes.
type ordered struct {
	n      *graph.Node
	layout string
}

// nameOf is that of the largest weight from which a constant is made.
func (s *scope) nameOf(n *graph.Node) string {
	name, size := "", -1
	var visit func(n *graph.Node)
	visit = func(n *graph.Node) {
		if l, ok := n.Call.Op.(graph.Leaf); ok && n.Shape.Size() > size {
			if name, size = l.Name, n.Shape.Size(); s.outer != nil {
				name = s.outer.nameOf(s.operand(l))
			}
		}
		for _, x := range n.Call.In {
			visit(x)
		}
	}
	if visit(n); name == "" {
		name = cmp.Or(n.Call.Label, "table") + "_constant"
	}
	return name
}

// heading is what the head of the file says of the model.
type heading struct {
	model     string
	notes     []string
	ins, outs []argument
	Around
}

// argument is a parameter of the function.
type argument struct {
	buf   *buffer
	layer string
	shape tensor.Shape
	elem  string
}

func (a argument) macro(p *program) string {
	return strings.ToUpper(p.name + "_" + a.buf.name + "_SIZE")
}

// parameters gives inputs, outputs and remembered states their arrays.
func (p *program) parameters(s *scope, t Network, h *heading) {
	name := func(names []string, i int, alone string) string {
		if len(names) == 1 {
			p.names[alone] = true
			return alone
		}
		return p.unique(names[i])
	}
	in, out := t.InputNames, t.OutputNames
	for i, typ := range t.Inputs {
		a := argument{layer: in[i], shape: typ.Shape[1:], elem: typeIn(typ.DType)}
		if typ.DType == tensor.Uint8 {
			a.elem = "uint8_t"
		}
		a.buf = &buffer{kind: parameter, name: name(in, i, "x"), elem: a.elem, size: typ.Shape.Size()}
		h.ins = append(h.ins, a)
	}
	for n := range s.readers {
		l, ok := n.Call.Op.(graph.Leaf)
		if !ok || l.Kind != graph.Input {
			continue
		}
		var i int
		if _, err := fmt.Sscanf(l.Name, inputFormat, &i); err == nil {
			s.views[n] = contiguous(h.ins[i].buf, n.Shape)
		}
	}
	for i, n := range t.Outputs {
		a := argument{layer: out[i], shape: n.Shape[1:], elem: typeIn(n.DType)}
		a.buf = &buffer{kind: parameter, name: name(out, i, "y"), elem: a.elem, size: n.Shape.Size()}
		h.outs = append(h.outs, a)
	}
	for _, a := range t.States {
		b := &buffer{kind: session, name: p.unique(a.State.Call.Op.(graph.Leaf).Name), elem: typeIn(a.State.DType),
			size: a.State.Shape.Size()}
		p.sessions = append(p.sessions, b)
		s.views[a.State] = contiguous(b, a.State.Shape)
	}
}

// place gives each value a place in the work space: the largest first, each at the first place that is free in its
// time. It returns the elements of the two parts, of floats and of integers.
func (p *program) place() (floats, ints int) {
	order := slices.Clone(p.arena)
	slices.SortStableFunc(order, func(a, b *buffer) int { return b.size - a.size })
	for i, b := range order {
		var taken []*buffer
		for _, o := range order[:i] {
			if o.elem == b.elem && o.from <= b.to && b.from <= o.to && o.used {
				taken = append(taken, o)
			}
		}
		slices.SortFunc(taken, func(a, b *buffer) int { return a.offset - b.offset })
		for _, o := range taken {
			if b.offset+b.size <= o.offset {
				break
			}
			b.offset = max(b.offset, o.offset+o.size)
		}
		if b.used && b.elem == "float" {
			floats = max(floats, b.offset+b.size)
		} else if b.used {
			ints = max(ints, b.offset+b.size)
		}
	}
	return floats, ints
}

// file is the text of the whole file.
func (p *program) file(h heading) File {
	floats, ints := p.place()
	var r File
	r.Static = 4*(floats+ints) + h.Static
	r.Constants = h.Constants
	for _, b := range p.sessions {
		r.Static += 4 * b.size
	}
	var arrays strings.Builder
	for _, b := range p.constants {
		if b.used {
			r.Constants += 4 * b.size
			b.declare(&arrays)
		}
	}
	var b strings.Builder
	p.head(&b, h, r)
	for _, name := range slices.Sorted(slices.Values(append(slices.Clone(h.Headers), "math.h", "stdint.h"))) {
		fmt.Fprintf(&b, "#include <%s>\n", name)
	}
	b.WriteString("\n")
	for _, a := range slices.Concat(h.ins, h.outs) {
		fmt.Fprintf(&b, "#define %s %d\n", a.macro(p), a.buf.size)
	}
	fmt.Fprintf(&b, "\nvoid %s;\n", p.signature(h))
	if len(p.sessions) > 0 {
		fmt.Fprintf(&b, "void %s_reset(void);\n", p.name)
	}
	b.WriteString(h.Public)
	if b.WriteString("\n" + arrays.String()); floats > 0 {
		fmt.Fprintf(&b, "static float arena[%d];\n", floats)
	}
	if ints > 0 {
		fmt.Fprintf(&b, "static int32_t ints[%d];\n", ints)
	}
	for _, a := range p.sessions {
		fmt.Fprintf(&b, "static %s %s[%d];\n", a.elem, a.name, max(1, a.size))
	}
	if floats+ints+len(p.sessions) > 0 {
		b.WriteString("\n")
	}
	b.WriteString(p.helperText())
	text := p.text.String()
	var offsets []string
	for i, a := range p.arena {
		offsets = append(offsets, fmt.Sprintf("@%d@", i), fmt.Sprint(a.offset))
	}
	text = strings.NewReplacer(offsets...).Replace(text)
	fmt.Fprintf(&b, "void %s\n{\n", p.signature(h))
	for _, a := range h.ins {
		if !a.buf.used { // what is computed depends on its extents alone
			fmt.Fprintf(&b, "    (void)%s;\n", a.buf.name)
		}
	}
	b.WriteString(text + "}\n")
	if len(p.sessions) > 0 {
		fmt.Fprintf(&b, "\n/* The next sample begins a sequence. */\nvoid %s_reset(void)\n{\n", p.name)
		for _, a := range p.sessions {
			fmt.Fprintf(&b, "    for (int32_t i = 0; i < %d; i++) {\n        %s[i] = 0;\n    }\n", a.size, a.name)
		}
		b.WriteString("}\n")
	}
	if b.WriteString(h.Functions); h.Program != "" {
		b.WriteString(h.Program)
	} else {
		p.program(&b, h)
	}
	r.Text = b.String()
	return r
}

// declare writes a constant array.
func (c *buffer) declare(w *strings.Builder) {
	fmt.Fprintf(w, "static const %s %s[%d] = {", c.elem, c.name, max(1, c.size))
	column := 120
	c.each(func(v float64) {
		t := literal(c.value.DType, v) + ","
		if column += 1 + len(t); column > 119 {
			w.WriteString("\n   ")
			column = 4 + len(t)
		}
		w.WriteString(" " + t)
	})
	if c.size == 0 {
		w.WriteString("0")
	}
	w.WriteString("\n};\n\n")
}

// each gives the elements in the order of the array.
func (c *buffer) each(f func(v float64)) {
	if c.layout == nil {
		for _, v := range c.value.V {
			f(v)
		}
		return
	}
	strides := contiguous(nil, c.value.Shape).strides
	var axis func(i, at int)
	axis = func(i, at int) {
		if i == len(c.layout) {
			f(c.value.V[at])
			return
		}
		for k := range c.value.Shape[c.layout[i]] {
			axis(i+1, at+k*strides[c.layout[i]])
		}
	}
	axis(0, 0)
}

// signature is the function without its result.
func (p *program) signature(h heading) string {
	var a []string
	for _, x := range h.ins {
		a = append(a, fmt.Sprintf("const %s *restrict %s", x.elem, x.buf.name))
	}
	for _, y := range h.outs {
		a = append(a, fmt.Sprintf("%s *restrict %s", y.elem, y.buf.name))
	}
	return fmt.Sprintf("%s_predict(%s)", p.name, strings.Join(a, ", "))
}

// head writes the comment at the head of the file.
func (p *program) head(b *strings.Builder, h heading, r File) {
	line := func(format string, args ...any) {
		t := inComment.Replace(fmt.Sprintf(format, args...))
		b.WriteString(strings.TrimRight(" * "+t, " ") + "\n")
	}
	b.WriteString("/*\n")
	line("%s as C99, written by gorae. Do not edit: convert the model again.", cmp.Or(h.model, p.name))
	line("")
	say := func(what string, a argument) {
		line("%s %s: %s%v, layer %s", what, a.buf.name, a.elem, a.shape, a.layer)
	}
	for _, a := range h.ins {
		say("Input", a)
	}
	for _, a := range h.outs {
		say("Output", a)
	}
	line("One sample at a time; elements in row-major order, channels last.")
	line("")
	line("Memory: %s bytes of constants, %s bytes of static work space, no allocation. The work space is shared by",
		layer.Thousands(r.Constants), layer.Thousands(r.Static))
	line("all calls: two threads must not call the function at once.")
	if len(p.sessions) > 0 {
		line("Layers remember from call to call; %s_reset() forgets.", p.name)
	}
	for i, n := range h.notes {
		if i == 0 {
			line("")
		}
		line("%s", n)
	}
	line("")
	line("    %s", cmp.Or(h.Example, p.example(h)))
	line("")
	line("%s", cmp.Or(h.Reads, "A program that reads inputs as numbers from the standard input and prints outputs:"))
	line("    cc -std=c99 -O2 -DGORAE_MAIN FILE.c -lm")
	b.WriteString(" */\n")
}

// example is a call.
func (p *program) example(h heading) string {
	var decl, args []string
	for _, a := range slices.Concat(h.ins, h.outs) {
		decl = append(decl, fmt.Sprintf("%s %s[%s];", a.elem, a.buf.name, a.macro(p)))
		args = append(args, a.buf.name)
	}
	return fmt.Sprintf("%s %s_predict(%s);", strings.Join(decl, " "), p.name, strings.Join(args, ", "))
}

// program writes a main function.
func (p *program) program(b *strings.Builder, h heading) {
	b.WriteString("\n#ifdef GORAE_MAIN\n#include <stdio.h>\n\nint main(void)\n{\n")
	var args []string
	for _, a := range slices.Concat(h.ins, h.outs) {
		fmt.Fprintf(b, "    static %s %s[%s];\n", a.elem, a.buf.name, a.macro(p))
		args = append(args, a.buf.name)
	}
	b.WriteString("\n    for (;;) {\n")
	for _, a := range h.ins {
		fmt.Fprintf(b, `        for (int32_t i = 0; i < %s; i++) {
            double v;
            if (scanf("%%lf", &v) != 1) {
                return 0;
            }
            %s[i] = (%s)v;
        }
`, a.macro(p), a.buf.name, a.elem)
	}
	fmt.Fprintf(b, "        %s_predict(%s);\n", p.name, strings.Join(args, ", "))
	for i, a := range h.outs {
		space := `i > 0 ? " " : ""`
		if i > 0 {
			space = `" "`
		}
		fmt.Fprintf(b, `        for (int32_t i = 0; i < %s; i++) {
            printf("%%s%%.9g", %s, (double)%s[i]);
        }
`, a.macro(p), space, a.buf.name)
	}
	b.WriteString("        printf(\"\\n\");\n    }\n}\n#endif\n")
}
