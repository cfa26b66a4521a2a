package plan

import (
	"slices"

	"gorae/graph"
	"gorae/internal/kernel/gemm"
)

// bindMatMul fixes the blocks of a product.
func (b *builder) bindMatMul(s *step, e *epilogue) Launch {
	m := s.root
	op := m.Op.(graph.MatMul)
	xa, xb, y := m.In[0].Shape, m.In[1].Shape, m.Out[0].Shape
	M, N, K, _ := op.Extents(xa, xb)
	va, vb := b.value[m.In[0]], b.value[m.In[1]]
	lead := y[:len(y)-2]
	offA := offsets(lead, xa[:len(xa)-2], M*K)
	offB := offsets(lead, xb[:len(xb)-2], K*N)
	p := gemm.New(gemm.Shape{M: M, N: N, K: K, TransA: op.TransA, TransB: op.TransB, Beside: max(0, len(offA)-1)},
		e.Epilogue)
	per := max(1, p.Blocks())
	name := "gemm " + gemm.Shape{M: M, N: N, K: K, TransA: op.TransA, TransB: op.TransB}.String() + e.words()
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
