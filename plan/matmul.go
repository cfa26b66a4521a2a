package plan

import (
	"slices"

	"gorae/graph"
	"gorae/internal/kernel/gemm"
)

// prepareMatMul plans a product and what follows it. Bias, relu and the mask of a
// relu's gradient ride in the kernel's epilogue, where the result is in registers; the
// rest of the cluster is a tape that runs over each block of the product while it is in cache.
func (b *builder) prepareMatMul(s *step) {
	m := s.matmul
	n := m.Out[0].Shape[len(m.Out[0].Shape)-1]
	var e gemm.Epilogue
	var bias, mask *Value
	skip := map[*graph.Call]bool{}
	cur := b.value[m.Out[0]]
	for !b.escapes(s, cur) {
		var readers []*graph.Call
		for _, u := range b.users[cur.Node.Call] {
			readers = append(readers, u)
		}
		if len(readers) != 1 || e.Mask {
			break
		}
		c := readers[0]
		op, ok := c.Op.(graph.Elem)
		if !ok {
			break
		}
		other := func(i int) *Value { return b.value[c.In[i]] }
		switch {
		case op.Kind == graph.Add && !e.Bias && !e.Relu && b.isBias(s, c, cur, n) != nil:
			e.Bias, bias = true, b.isBias(s, c, cur, n)
		case op.Kind == graph.Relu && !e.Relu:
			e.Relu = true
		case op.Kind == graph.ReluGrad && other(0) == cur && other(1) != cur && other(1).Size == cur.Size && other(1).maker != s:
			e.Mask, mask = true, other(1)
		default:
			ok = false
		}
		if !ok {
			break
		}
		skip[c] = true
		cur = b.value[c.Out[0]]
	}
	// A relu right after the product means max(x, 0); with it in the epilogue nothing else may
	// come between, which the order of the cases above ensures.
	e.Check = b.check[cur]
	if e.Check {
		delete(b.check, cur)
	}
	t := b.makeTape(s, skip)
	at := cur // where the product is written
	if !b.escapes(s, cur) && !b.keep[cur] {
		at = nil
		for i := len(t.ops) - 1; i >= 0 && at == nil; i-- {
			o := &t.ops[i]
			for _, r := range o.reads()[:o.arity()] {
				if r.v == cur {
					if o.dst.mode == inMemory && o.dst.v.Size == cur.Size {
						at = o.dst.v // the last operation that reads the product writes over it
					} else {
						at, s.temp = cur, cur
					}
				}
			}
		}
	}
	// The product's own operands are read by every block, so no result may lie on them.
	factors := []*Value{b.value[m.In[0]], b.value[m.In[1]], bias, mask, cur}
	for _, p := range t.inPlace() {
		if p[0] != at && !slices.Contains(factors, p[1]) {
			s.inPlace = append(s.inPlace, p)
		}
	}
	if at != cur {
		for i := range t.ops {
			for _, r := range t.ops[i].reads() {
				if r.v == cur {
					r.v = at
				}
			}
		}
	}
	s.bind = func(b *builder) Launch { return b.bindMatMul(s, e, t, at, bias, mask) }
}

// isBias gives the operand that c adds to each row of cur, if it is one number for
// each of n columns.
func (b *builder) isBias(s *step, c *graph.Call, cur *Value, n int) *Value {
	for i, x := range c.In {
		v, o := b.value[x], b.value[c.In[1-i]]
		if o == cur && v != cur && v.Size == n && v.maker != s && (cur.Size == n || x.Shape[len(x.Shape)-1] == n) &&
			c.Out[0].Shape[len(c.Out[0].Shape)-1] == n && v.fixed == nil {
			return v
		}
	}
	return nil
}

func (b *builder) bindMatMul(s *step, e gemm.Epilogue, t *tape, c, bias, mask *Value) Launch {
	m := s.matmul
	op := m.Op.(graph.MatMul)
	xa, xb, y := m.In[0].Shape, m.In[1].Shape, m.Out[0].Shape
	M, N, K, _ := op.Extents(xa, xb)
	va, vb := b.value[m.In[0]], b.value[m.In[1]]
	p := gemm.New(gemm.Shape{M: M, N: N, K: K, TransA: op.TransA, TransB: op.TransB}, e)
	lead := y[:len(y)-2]
	offA := offsets(lead, xa[:len(xa)-2], M*K)
	offB := offsets(lead, xb[:len(xb)-2], K*N)
	per := max(1, p.Blocks())
	name := "gemm " + gemm.Shape{M: M, N: N, K: K, TransA: op.TransA, TransB: op.TransB}.String()
	for _, w := range []struct {
		on   bool
		word string
	}{{e.Bias, " bias"}, {e.Relu, " relu"}, {e.Mask, " mask"}, {e.Check, " check"}} {
		if w.on {
			name += w.word
		}
	}
	if len(t.ops) > 0 {
		name += " | " + t.names()
	}
	if p.Blocks() == 0 {
		return Launch{Name: name, Run: func(*Run, int, []float32) {}}
	}
	return Launch{
		Name: name, Blocks: len(offA) * per, Scratch: p.Scratch() + t.scratch(),
		Flops: 2 * float64(M) * float64(N) * float64(K) * float64(len(offA)), Bytes: b.bytes(s),
		Run: func(x *Run, block int, scratch []float32) {
			i, block := block/per, block%per
			var vbias, vmask []float32
			if bias != nil {
				vbias = x.F(bias)
			}
			if mask != nil {
				vmask = x.F(mask)[i*M*N:]
			}
			if !p.Run(block, x.F(va)[offA[i]:], x.F(vb)[offB[i]:], x.F(c)[i*M*N:], vbias, vmask, scratch[:p.Scratch()]) && e.Check {
				x.Bad()
			}
			if len(t.ops) == 0 {
				return
			}
			r0, r1, c0, c1 := p.Region(block)
			regs := scratch[p.Scratch():]
			if c0 == 0 && c1 == N {
				t.run(x, (i*M+r0)*N, (r1-r0)*N, regs)
				return
			}
			for r := r0; r < r1; r++ {
				t.run(x, (i*M+r)*N+c0, c1-c0, regs)
			}
		},
	}
}

// offsets lists where the matrices of a product start in an operand, for each
// matrix of the result.
func offsets(lead, of []int, size int) []int {
	n := 1
	for _, d := range lead {
		n *= d
	}
	out := make([]int, n)
	for i := range out {
		at, rest, stride := 0, i, size
		for a := len(lead) - 1; a >= 0; a-- {
			k := rest % lead[a]
			rest /= lead[a]
			if j := a - (len(lead) - len(of)); j >= 0 {
				if of[j] != 1 {
					at += k * stride
				}
				stride *= of[j]
			}
		}
		out[i] = at
	}
	return slices.Clip(out)
}
