package plan

import (
	"slices"

	"gorae/graph"
	"gorae/internal/kernel/gemm"
)

// isRoot reports whether c is a product, a convolution or a batch normalisation: a call whose kernel computes the
// result block by block and can finish each block at once. Bias, relu and the mask of a relu's gradient belong to the
// kernel's epilogue, where the result is in registers; the rest of the cluster is an elementwise program that runs over
// each block while it is in cache.
func isRoot(c *graph.Call) bool {
	_, ok := c.Op.(graph.MatMul)
	return ok || isConv(c) || isBatchNorm(c)
}

// epilogue is the part of a cluster after its root.
type epilogue struct {
	gemm.Epilogue
	bias, mask *Value
	program    *elemProgram
	to         *Value // where the root writes
}

// words returns the epilogue as part of the name of a launch.
func (e *epilogue) words() string {
	name := ""
	for _, w := range []struct {
		on   bool
		word string
	}{{e.Bias, " bias"}, {e.Relu, " relu"}, {e.Mask, " mask"}, {e.Check, " check"}} {
		if w.on {
			name += w.word
		}
	}
	if len(e.program.ops) > 0 {
		name += " | " + e.program.names()
	}
	return name
}

// operands returns the memory of bias and mask, nil for one that is absent.
func (e *epilogue) operands(x *Run) (bias, mask []float32) {
	if e.bias != nil {
		bias = x.F(e.bias)
	}
	if e.mask != nil {
		mask = x.F(e.mask)
	}
	return
}

// prepareRoot plans a root and the calls after it. before is a step that must run first, nil for none.
func (b *builder) prepareRoot(s *step) (before *step) {
	cur, skip, e := b.absorb(s)
	e.Check = b.check[cur]
	if e.Check {
		delete(b.check, cur)
	}
	e.program = b.elementwise(s, skip)
	e.to = cur
	if !b.escapes(s, cur) {
		e.to = e.program.lastReader(cur)
		if e.to == nil {
			e.to = cur
			// A value that was checked is a result of the step already: as memory of the
			// step alone besides, its memory would be given back twice, to two others.
			if !slices.Contains(s.out, cur) {
				s.temps = append(s.temps, cur)
			}
		}
	}
	// The root's own operands are read by every block, so no result may lie on them.
	apart := []*Value{e.bias, e.mask, cur}
	for _, x := range s.root.In {
		apart = append(apart, b.value[x])
	}
	for _, p := range e.program.inPlace() {
		if p[0] != e.to && !slices.Contains(apart, p[1]) {
			s.inPlace = append(s.inPlace, p)
		}
	}
	e.program.replace(cur, e.to)
	if isConv(s.root) {
		return b.prepareConv(s, e)
	}
	if isBatchNorm(s.root) {
		b.prepareBatchNorm(s, e)
		return nil
	}
	return b.prepareMatMul(s, e)
}

// absorb finds the calls right after the root that its kernel computes in its epilogue: a bias, then a relu, then the
// mask of a relu's gradient. cur is the value that the kernel then makes, skip the calls that it computes.
func (b *builder) absorb(s *step) (cur *Value, skip map[*graph.Call]bool, e *epilogue) {
	y := s.root.Out[0]
	n := y.Shape[len(y.Shape)-1]
	cur, skip, e = b.value[y], map[*graph.Call]bool{}, &epilogue{}
	if _, ok := s.root.Op.(graph.ConvWeightGrad); ok || isBatchNorm(s.root) {
		return // a sum of parts has no epilogue, and for batch normalisation the program is as fast
	}
	for !b.escapes(s, cur) && !e.Mask {
		readers := b.users[cur.Node.Call]
		if len(readers) != 1 {
			break
		}
		c := readers[0]
		op, ok := c.Op.(graph.Elem)
		if !ok {
			break
		}
		switch {
		case op.Kind == graph.Add && !e.Bias && !e.Relu && b.isBias(s, c, cur, n) != nil:
			e.Bias, e.bias = true, b.isBias(s, c, cur, n)
		case op.Kind == graph.Relu && !e.Relu:
			e.Relu = true
		case op.Kind == graph.ReluGrad && b.isMask(s, c, cur):
			e.Mask, e.mask = true, b.value[c.In[1]]
		default:
			return
		}
		skip[c] = true
		cur = b.value[c.Out[0]]
	}
	return
}

// isBias returns the operand that c adds to each row of cur, if it is one number for each of n columns; else nil.
func (b *builder) isBias(s *step, c *graph.Call, cur *Value, n int) *Value {
	y := c.Out[0].Shape
	for i, x := range c.In {
		v, o := b.value[x], b.value[c.In[1-i]]
		if o == cur && v != cur && v.Size == n && v.maker != s && v.fixed == nil &&
			len(x.Shape) > 0 && x.Shape[len(x.Shape)-1] == n && y[len(y)-1] == n {
			return v
		}
	}
	return nil
}

// isMask reports whether c passes cur where its other operand, of the same
// size and made elsewhere, is positive.
func (b *builder) isMask(s *step, c *graph.Call, cur *Value) bool {
	y := b.value[c.In[1]]
	return b.value[c.In[0]] == cur && y != cur && y.Size == cur.Size && y.maker != s
}

// lastReader returns the value that the last operation reading v writes, nil if that is not in memory: v can be written
// there and then overwritten.
func (t *elemProgram) lastReader(v *Value) *Value {
	for i := len(t.ops) - 1; i >= 0; i-- {
		o := &t.ops[i]
		for _, r := range o.reads()[:o.arity()] {
			if r.v == v {
				if o.dst.mode == inMemory {
					return o.dst.v
				}
				return nil
			}
		}
	}
	return nil
}

// replace makes the program read another value in place of v.
func (t *elemProgram) replace(v, by *Value) {
	for i := range t.ops {
		for _, r := range t.ops[i].reads() {
			if r.v == v {
				r.v = by
			}
		}
	}
}
