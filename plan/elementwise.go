package plan

import (
	"fmt"
	"slices"
	"strings"

	"gorae/graph"
	"gorae/internal/kernel/philox"
	"gorae/internal/kernel/vec"
	"gorae/tensor"
)

// elemProgram is an elementwise program: a cluster of elementwise calls as a list of vector operations. It runs over
// pieces of elemChunk elements, whose temporaries stay in the first-level cache: each operand is read from memory once
// and each result is written once, however many calls there are.
type elemProgram struct {
	ops  []elemOp
	regs int // temporaries
	dst  []*Value
}

const (
	elemChunk = 1024      // elements: a temporary takes 4 KB
	elemGrain = 16 * 1024 // elements of a block
)

// ref is an operand or result of an operation.
type ref struct {
	mode refMode
	reg  int
	v    *Value
	imm  float32
}

type refMode uint8

const (
	inReg    refMode = iota // a temporary
	inMemory                // the value at the positions of the piece
	isNumber                // the value's only element
	isConst                 // imm
)

// elemOp is one vector operation. Of unary, binary, scalar, ternary, dropout and expand at most one is set; none of
// them means a copy, a fill or a cast.
type elemOp struct {
	name    string
	unary   func(dst, x []float32)
	binary  func(dst, a, b []float32)
	scalar  func(dst, a []float32, s float32)
	ternary bool
	dropout *graph.Dropout
	expand  *expansion
	dst     ref
	a, b, c ref
}

// The vector functions of the elementwise kinds.
var unaries = map[graph.Kind]func(dst, x []float32){
	graph.Neg: vec.Neg, graph.Abs: vec.Abs, graph.Sign: vec.Sign, graph.Exp: vec.Exp, graph.Expm1: vec.Expm1,
	graph.Log: vec.Log, graph.Log1p: vec.Log1p, graph.Sqrt: vec.Sqrt, graph.Rsqrt: vec.Rsqrt, graph.Recip: vec.Recip,
	graph.Square: vec.Square, graph.Tanh: vec.Tanh, graph.Sigmoid: vec.Sigmoid, graph.Erf: vec.Erf,
	graph.Relu:  vec.Relu,
	graph.Floor: vec.Floor, graph.Ceil: vec.Ceil, graph.Round: vec.Round, graph.Sin: vec.Sin, graph.Cos: vec.Cos,
	graph.Softplus: vec.Softplus, graph.Not: vec.Not,
}

var binaries = map[graph.Kind]func(dst, a, b []float32){
	graph.Add: vec.Add, graph.Sub: vec.Sub, graph.Mul: vec.Mul, graph.Div: vec.Div, graph.Pow: vec.Pow,
	graph.Max: vec.Max, graph.Min: vec.Min, graph.Eq: vec.Eq, graph.Ne: vec.Ne, graph.Lt: vec.Lt, graph.Le: vec.Le,
	graph.Gt: vec.Gt, graph.Ge: vec.Ge, graph.And: vec.And, graph.Or: vec.Or,
	graph.ReluGrad: vec.ReluGrad, graph.SigmoidGrad: vec.SigmoidGrad, graph.TanhGrad: vec.TanhGrad,
}

// scalarRight is f(a, s), scalarLeft f(s, a).
var scalarRight = map[graph.Kind]func(dst, a []float32, s float32){
	graph.Add: vec.AddS, graph.Sub: vec.SubS, graph.Mul: vec.MulS, graph.Div: vec.DivS, graph.Pow: vec.PowS,
	graph.Max: vec.MaxS, graph.Min: vec.MinS, graph.Eq: vec.EqS, graph.Ne: vec.NeS, graph.Lt: vec.LtS,
	graph.Le: vec.LeS,
	graph.Gt: vec.GtS, graph.Ge: vec.GeS, graph.And: vec.AndS, graph.Or: vec.OrS,
}

var scalarLeft = map[graph.Kind]func(dst, a []float32, s float32){
	graph.Add: vec.AddS, graph.Sub: vec.RsubS, graph.Mul: vec.MulS, graph.Div: vec.RdivS, graph.Pow: vec.RpowS,
	graph.Max: vec.MaxS, graph.Min: vec.MinS, graph.Eq: vec.EqS, graph.Ne: vec.NeS, graph.Lt: vec.GtS,
	graph.Le: vec.GeS,
	graph.Gt: vec.LtS, graph.Ge: vec.LeS, graph.And: vec.AndS, graph.Or: vec.OrS,
}

// elemWriter writes an elementwise program.
type elemWriter struct {
	b      *builder
	s      *step
	skip   map[*graph.Call]bool
	t      *elemProgram
	at     map[*Value]ref
	spread map[string]ref
}

// elementwise writes the program of the calls of s except those in skip, whose results lie in memory.
func (b *builder) elementwise(s *step, skip map[*graph.Call]bool) *elemProgram {
	t := &elemWriter{b: b, s: s, skip: skip, t: &elemProgram{}, at: map[*Value]ref{}, spread: map[string]ref{}}
	for _, c := range s.calls {
		if !skip[c] {
			t.call(c)
		}
	}
	t.allocate()
	return t.t
}

// operand returns the operand of a call that reads x, broadcast to shape.
func (t *elemWriter) operand(x *graph.Node, shape tensor.Shape) ref {
	v := t.b.value[x]
	if r, ok := t.at[v]; ok {
		return r
	}
	switch {
	case v.fixed != nil && v.Size == 1 && v.DType == tensor.Float32:
		return ref{mode: isConst, imm: v.fixed.F32[0]}
	case v.Size == shape.Size():
		return ref{mode: inMemory, v: v}
	case v.Size == 1:
		return ref{mode: isNumber, v: v}
	}
	e := newExpansion(v, x.Shape, shape)
	key := fmt.Sprint(v.ID, e.extent, e.stride)
	if r, ok := t.spread[key]; ok {
		return r
	}
	r := t.temporary()
	t.emit(elemOp{name: "expand", expand: e, dst: r, a: ref{mode: inMemory, v: v}})
	t.spread[key] = r
	return r
}

func (t *elemWriter) temporary() ref {
	t.t.regs++
	return ref{mode: inReg, reg: t.t.regs - 1}
}

func (t *elemWriter) emit(op elemOp) { t.t.ops = append(t.t.ops, op) }

// full returns an operand as a vector: a single number fills a temporary.
func (t *elemWriter) full(r ref) ref {
	if r.mode != isNumber && r.mode != isConst {
		return r
	}
	d := t.temporary()
	t.emit(elemOp{name: "fill", dst: d, a: r})
	return d
}

func (t *elemWriter) call(c *graph.Call) {
	y := t.b.value[c.Out[0]]
	shape := c.Out[0].Shape
	op := elemOp{name: c.Op.String()}
	var in []ref
	for _, x := range c.In {
		if x.DType == tensor.Float32 {
			in = append(in, t.operand(x, shape))
		}
	}
	number := func(r ref) bool { return r.mode == isConst || r.mode == isNumber }
	switch o := c.Op.(type) {
	case graph.Dropout:
		op.dropout, op.a, op.b = &o, t.full(in[0]), ref{mode: inMemory, v: t.b.value[c.In[1]]}
	case graph.Cast:
		op.name, op.a = "cast", ref{mode: inMemory, v: t.b.value[c.In[0]]}
	case graph.Broadcast:
		op.name, op.a = "copy", in[0]
	case graph.Elem:
		switch o.Kind.Arity() {
		case 1:
			op.unary, op.a = unaries[o.Kind], t.full(in[0])
		case 2:
			switch {
			case number(in[1]) && scalarRight[o.Kind] != nil:
				op.scalar, op.a, op.b = scalarRight[o.Kind], t.full(in[0]), in[1]
			case number(in[0]) && scalarLeft[o.Kind] != nil:
				op.scalar, op.a, op.b = scalarLeft[o.Kind], t.full(in[1]), in[0]
			default:
				op.binary, op.a, op.b = binaries[o.Kind], t.full(in[0]), t.full(in[1])
			}
		case 3:
			op.ternary, op.a, op.b, op.c = true, t.full(in[0]), t.full(in[1]), t.full(in[2])
		}
	}
	if t.b.escapes(t.s, y) {
		op.dst = ref{mode: inMemory, v: y}
		t.t.dst = append(t.t.dst, y)
	} else {
		op.dst = t.temporary()
	}
	t.at[y] = op.dst
	t.emit(op)
}

// reads lists the operands of an operation.
func (o *elemOp) reads() []*ref { return []*ref{&o.a, &o.b, &o.c} }

// arity returns the number of operands in use.
func (o *elemOp) arity() int {
	switch {
	case o.ternary:
		return 3
	case o.binary != nil, o.scalar != nil, o.dropout != nil:
		return 2
	}
	return 1
}

// allocate lets temporaries that do not live at the same time share a register.
func (t *elemWriter) allocate() {
	last := map[int]int{}
	for i := range t.t.ops {
		o := &t.t.ops[i]
		for _, r := range o.reads()[:o.arity()] {
			if r.mode == inReg {
				last[r.reg] = i
			}
		}
	}
	register := map[int]int{}
	var free []int
	n := 0
	for i := range t.t.ops {
		o := &t.t.ops[i]
		for _, r := range o.reads()[:o.arity()] {
			if r.mode != inReg {
				continue
			}
			was := r.reg
			r.reg = register[was]
			if last[was] == i {
				if !slices.Contains(free, r.reg) {
					free = append(free, r.reg)
				}
			}
		}
		if o.dst.mode == inReg {
			was := o.dst.reg
			if len(free) > 0 {
				register[was] = free[len(free)-1]
				free = free[:len(free)-1]
			} else {
				register[was] = n
				n++
			}
			o.dst.reg = register[was]
		}
	}
	t.t.regs = n
}

// scratch returns the float32s that temporaries need.
func (t *elemProgram) scratch() int { return t.regs * elemChunk }

// run computes elements start to start+n of every result.
func (t *elemProgram) run(x *Run, start, n int, regs []float32) {
	for n > 0 {
		k := min(n, elemChunk)
		t.piece(x, start, k, regs)
		start, n = start+k, n-k
	}
}

func (r *ref) slice(x *Run, start, n int, regs []float32) []float32 {
	if r.mode == inReg {
		return regs[r.reg*elemChunk:][:n]
	}
	return x.stores[r.v.ID].f[start:][:n]
}

func (r *ref) number(x *Run) float32 {
	if r.mode == isConst {
		return r.imm
	}
	return x.stores[r.v.ID].f[0]
}

func (t *elemProgram) piece(x *Run, start, n int, regs []float32) {
	for i := range t.ops {
		o := &t.ops[i]
		dst := o.dst.slice(x, start, n, regs)
		switch {
		case o.binary != nil:
			o.binary(dst, o.a.slice(x, start, n, regs), o.b.slice(x, start, n, regs))
		case o.scalar != nil:
			o.scalar(dst, o.a.slice(x, start, n, regs), o.b.number(x))
		case o.unary != nil:
			o.unary(dst, o.a.slice(x, start, n, regs))
		case o.ternary:
			vec.Where(dst, o.a.slice(x, start, n, regs), o.b.slice(x, start, n, regs), o.c.slice(x, start, n, regs))
		case o.expand != nil:
			o.expand.run(dst, x.stores[o.a.v.ID].f, start)
		case o.dropout != nil:
			k := x.stores[o.b.v.ID].i
			philox.Dropout(dst, o.a.slice(x, start, n, regs), o.dropout.Rate,
				philox.Key{Lo: uint32(k[0]), Hi: uint32(k[1])},
				o.dropout.Stream, uint64(uint32(k[2]))|uint64(uint32(k[3]))<<32, uint64(start))
		case o.a.mode == isConst || o.a.mode == isNumber:
			vec.Fill(dst, o.a.number(x))
		case o.a.mode == inMemory && o.a.v.DType == tensor.Int32:
			vec.FromInt32(dst, x.stores[o.a.v.ID].i[start:][:n])
		case o.a.mode == inMemory && o.a.v.DType == tensor.Uint8:
			vec.FromUint8(dst, x.stores[o.a.v.ID].u[start:][:n])
		default:
			vec.Copy(dst, o.a.slice(x, start, n, regs))
		}
	}
}

// names lists the operations, for printing.
func (t *elemProgram) names() string {
	var ns []string
	for _, o := range t.ops {
		name, _, _ := strings.Cut(o.name, "(")
		if name != "expand" && name != "fill" {
			ns = append(ns, name)
		}
	}
	return strings.Join(ns, " ")
}

// inPlace lists pairs of a result and an operand that may share memory: the operand is read at the position that is
// written, and by no operation after the one that writes.
func (t *elemProgram) inPlace() [][2]*Value {
	last := map[*Value]int{}
	bad := map[*Value]bool{}
	for i := range t.ops {
		o := &t.ops[i]
		for _, r := range o.reads()[:o.arity()] {
			if r.v == nil {
				continue
			}
			last[r.v] = i
			if r.mode != inMemory || o.expand != nil || r.v.DType != tensor.Float32 {
				bad[r.v] = true
			}
		}
	}
	var pairs [][2]*Value
	for i := range t.ops {
		o := &t.ops[i]
		if o.dst.mode != inMemory {
			continue
		}
		for _, r := range o.reads()[:o.arity()] {
			if r.v != nil && r.mode == inMemory && !bad[r.v] && last[r.v] == i {
				pairs = append(pairs, [2]*Value{o.dst.v, r.v})
			}
		}
	}
	return pairs
}

// prepareElementwise plans a cluster without a root: its program over blocks of elements.
func (b *builder) prepareElementwise(s *step) {
	p := b.elementwise(s, nil)
	s.inPlace = p.inPlace()
	s.bind = func(b *builder) Launch {
		blocks, part := share(s.size, elemGrain)
		return Launch{
			Name: p.names(), Blocks: blocks, Scratch: p.scratch(),
			Flops: float64(len(p.ops) * s.size), Bytes: b.bytes(s),
			Run: func(x *Run, block int, scratch []float32) {
				lo, hi := part(block)
				p.run(x, lo, hi-lo, scratch)
			},
		}
	}
}

// bytes returns the number of bytes that a step reads and writes.
func (b *builder) bytes(s *step) float64 {
	n := 0
	for _, v := range s.in {
		n += v.Size * v.DType.Size()
	}
	for _, v := range s.out {
		n += v.Size * v.DType.Size()
	}
	return float64(n)
}
