package attention

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gorae/internal/kernel/gemm"
)

// TestVariants: every variant of the products gives y and the gradients of the definition, summed in float64.
func TestVariants(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	draw := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(rng.NormFloat64())
		}
		return x
	}
	for _, s := range []Shape{{1, 1, 1, 1, 1, 1, 1}, {2, 4, 2, 65, 33, 8, 5}, {1, 3, 3, 130, 130, 32, 32},
		{2, 2, 1, 3, 200, 7, 9}} {
		for _, causal := range []bool{false, true} {
			m := &Memory{Q: draw(s.Batch * s.T * s.Heads * s.D), K: draw(s.Batch * s.S * s.Groups * s.D),
				V: draw(s.Batch * s.S * s.Groups * s.E), DY: draw(s.Batch * s.T * s.Heads * s.E)}
			o := Options{Scale: 0.6, Causal: causal}
			want := naive(s, o, m)
			for _, v := range gemm.Variants() {
				p := newVariant(s, o, v)
				scratch := draw(p.Scratch())
				m.Y, m.Most, m.Sum = draw(len(m.DY)), draw(s.Batch*s.Heads*s.T), draw(s.Batch*s.Heads*s.T)
				m.DQ, m.DK, m.DV = draw(len(m.Q)), draw(len(m.K)), draw(len(m.V))
				for b := range p.Blocks() {
					p.Run(b, m, scratch)
				}
				for b := range p.GradBlocks() {
					p.RunGrad(b, m, scratch)
				}
				for i, got := range [][]float32{m.Y, m.DQ, m.DK, m.DV} {
					for j, x := range got {
						if math.Abs(float64(x)-want[i][j]) > 2e-5*(1+math.Abs(want[i][j])) {
							t.Fatalf("%v %v causal=%v: result %d, element %d is %v, want %v", v, s, causal, i, j, x,
								want[i][j])
						}
					}
				}
			}
		}
	}
}

// naive returns y, dq, dk and dv by their formulas.
func naive(s Shape, o Options, m *Memory) [4][]float64 {
	r := [4][]float64{make([]float64, len(m.DY)), make([]float64, len(m.Q)), make([]float64, len(m.K)),
		make([]float64, len(m.V))}
	for b := range s.Batch {
		for h := range s.Heads {
			for t := range s.T {
				q, y := ((b*s.T+t)*s.Heads+h)*s.D, ((b*s.T+t)*s.Heads+h)*s.E
				at := func(j int) int { return (b*s.S+j)*s.Groups + h/(s.Heads/s.Groups) }
				n := s.S
				if o.Causal {
					n = min(n, t+1)
				}
				w, dw, sum, dot := make([]float64, n), make([]float64, n), 0.0, 0.0
				for j := range n {
					for i := range s.D {
						w[j] += float64(o.Scale) * float64(m.Q[q+i]) * float64(m.K[at(j)*s.D+i])
					}
					w[j] = math.Exp(w[j])
					sum += w[j]
				}
				for j := range n {
					w[j] /= sum
					for i := range s.E {
						v, d := float64(m.V[at(j)*s.E+i]), float64(m.DY[y+i])
						r[0][y+i] += w[j] * v
						r[3][at(j)*s.E+i] += w[j] * d
						dw[j] += d * v
					}
					dot += w[j] * dw[j]
				}
				for j := range n {
					ds := float64(o.Scale) * w[j] * (dw[j] - dot)
					for i := range s.D {
						r[1][q+i] += ds * float64(m.K[at(j)*s.D+i])
						r[2][at(j)*s.D+i] += ds * float64(m.Q[q+i])
					}
				}
			}
		}
	}
	return r
}

// BenchmarkAttention: heads of the sizes of a small transformer, forward and back, in multiply-adds a second.
func BenchmarkAttention(b *testing.B) {
	for _, s := range []Shape{{16, 4, 4, 128, 128, 32, 32}, {4, 8, 8, 512, 512, 64, 64}} {
		for _, causal := range []bool{false, true} {
			for _, back := range []bool{false, true} {
				b.Run(fmt.Sprint(s, causal, back), func(b *testing.B) {
					p := New(s, Options{Scale: 0.2, Causal: causal})
					q, y := make([]float32, s.Batch*s.T*s.Heads*s.D), make([]float32, s.Batch*s.T*s.Heads*s.E)
					k, v := make([]float32, s.Batch*s.S*s.Groups*s.D), make([]float32, s.Batch*s.S*s.Groups*s.E)
					m := &Memory{Q: q, K: k, V: v, Y: y, DY: y, Most: make([]float32, s.Batch*s.Heads*s.T),
						Sum: make([]float32, s.Batch*s.Heads*s.T), DQ: make([]float32, len(q)),
						DK: make([]float32, len(k)), DV: make([]float32, len(v))}
					scratch := make([]float32, p.Scratch())
					for b.Loop() {
						if back {
							for i := range p.GradBlocks() {
								p.RunGrad(i, m, scratch)
							}
						} else {
							for i := range p.Blocks() {
								p.Run(i, m, scratch)
							}
						}
					}
					forward, backward := p.Flops()
					if back {
						forward = backward
					}
					b.ReportMetric(forward*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
				})
			}
		}
	}
}
