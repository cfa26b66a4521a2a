package plan

import (
	"slices"

	"gorae/graph"
	"gorae/internal/kernel/gemm"
)

// packedFrom is the number of rows of a product from which on a layer's weights are packed for it: fewer rows have
// panels of B wide enough to be read as they lie.
const packedFrom = 16

// prepareMatMul plans a product. A plan that moves no weights has a layer's weights packed by a step of its own, which
// runs once for each version of them. Each element is added up in the same order as without.
func (b *builder) prepareMatMul(s *step, e *epilogue) (before *step) {
	shape, offA, offB := productShape(s.root)
	shape.Threads = b.threads
	w := b.value[s.root.In[1]]
	from := w // which the product reads
	if b.keepsAll() && w.leaf >= 0 && !b.perRun(w) && !shape.TransB && shape.M >= packedFrom &&
		len(s.root.In[1].Shape) == 2 && len(offA) == 1 && gemm.New(shape, e.Epilogue).Packable() {
		shape.BPacked = true
		p := gemm.New(shape, e.Epilogue)
		packed := b.newBuffer(p.PackedB())
		before = &step{calls: []*graph.Call{s.root}, in: []*Value{w}, out: []*Value{packed}}
		packed.maker = before
		if i := slices.Index(s.in, w); i >= 0 && b.value[s.root.In[0]] != w {
			s.in[i] = packed
		} else {
			s.in = append(s.in, packed)
		}
		before.bind = func(*builder) Launch {
			return Launch{Name: "pack " + shape.String(), Blocks: 1, Bytes: 4 * float64(w.Size+packed.Size),
				Run: func(x *Run, _ int, _ []float32) { p.Pack(x.F(packed), x.F(w)) }}
		}
		from = packed
	}
	s.bind = func(b *builder) Launch { return b.bindMatMul(s, e, shape, offA, offB, from) }
	return before
}

// productShape is the shape of one of the products of a call, and where the matrices of each start in the operands.
func productShape(m *graph.Call) (s gemm.Shape, offA, offB []int) {
	op := m.Op.(graph.MatMul)
	xa, xb, y := m.In[0].Shape, m.In[1].Shape, m.Out[0].Shape
	M, N, K, _ := op.Extents(xa, xb)
	lead := y[:len(y)-2]
	offA = offsets(lead, xa[:len(xa)-2], M*K)
	offB = offsets(lead, xb[:len(xb)-2], K*N)
	return gemm.Shape{M: M, N: N, K: K, TransA: op.TransA, TransB: op.TransB, Beside: max(0, len(offA)-1)}, offA, offB
}

// bindMatMul fixes the blocks of a product whose second operand is vb.
func (b *builder) bindMatMul(s *step, e *epilogue, shape gemm.Shape, offA, offB []int, vb *Value) Launch {
	M, N, K := shape.M, shape.N, shape.K
	va := b.value[s.root.In[0]]
	p := gemm.New(shape, e.Epilogue)
	per := max(1, p.Blocks())
	name := "gemm " + shape.String() + e.words()
	t := e.program
	if p.Blocks() == 0 {
		return Launch{Name: name, Run: func(*Run, int, []float32) {}}
	}
	return Launch{
		Name: name, Blocks: len(offA) * per, Scratch: p.Scratch() + t.scratch(),
		Flops: 2 * float64(M) * float64(N) * float64(K) * float64(len(offA)), Bytes: b.bytes(s),
		Run: func(x *Run, block int, scratch []float32) {
			i, block := block/per, block%per
			bias, mask := e.operands(x)
			if mask != nil {
				mask = mask[i*M*N:]
			}
			if !p.Run(block, x.F(va)[offA[i]:], x.F(vb)[offB[i]:], x.F(e.to)[i*M*N:], bias, mask,
				scratch[:p.Scratch()]) && e.Check {
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
