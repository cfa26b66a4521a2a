package rnn

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gorae/internal/kernel/gemm"
	"gorae/internal/kernel/vec"
	"gorae/internal/par"
)

// phase is a phase of a plan as a task of the pool.
type phase struct {
	p       *Plan
	n       int
	a       *Args
	shared  []float32
	scratch [][]float32
}

func (x *phase) Run(block, worker int) { x.p.Run(x.n, block, x.a, x.shared, x.scratch[worker]) }

func newPhase(p *Plan, a *Args, pool *par.Pool) *phase {
	x := &phase{p: p, a: a, shared: make([]float32, p.Shared())}
	for range pool.Threads() {
		x.scratch = append(x.scratch, make([]float32, p.Scratch()))
	}
	return x
}

func (x *phase) all(pool *par.Pool) {
	for x.n = range x.p.Phases() {
		pool.Run(x.p.Blocks(x.n), x)
	}
}

// workloads are layers of the shapes that the peers are measured on.
var workloads = []struct {
	name string
	Shape
	dx bool
}{
	{"W4lstm", Shape{Cell: LSTM, Batch: 32, Steps: 390, In: 3, Units: 64}, false},
	{"W4gru", Shape{Cell: GRU, ResetAfter: true, Batch: 32, Steps: 390, In: 3, Units: 64}, false},
	{"grureset", Shape{Cell: GRU, Batch: 32, Steps: 390, In: 3, Units: 64}, false},
	{"W4rnn", Shape{Cell: Simple, Batch: 32, Steps: 390, In: 3, Units: 64}, false},
	{"ugrnn", Shape{Cell: UGRNN, Batch: 32, Steps: 390, In: 3, Units: 64}, false},
	{"W5first", Shape{Cell: LSTM, Batch: 32, Steps: 200, In: 128, Units: 64, Sequences: true}, true},
	{"W5second", Shape{Cell: LSTM, Batch: 32, Steps: 200, In: 64, Units: 64}, true},
	{"lstm512", Shape{Cell: LSTM, Batch: 64, Steps: 100, In: 512, Units: 512}, true},
}

// BenchmarkRNN is forward and backward of the workloads; us/step is per time step of
// the whole batch.
func BenchmarkRNN(b *testing.B) {
	for _, threads := range []int{1, 2} {
		pool := par.New(threads)
		defer pool.Close()
		for _, w := range workloads {
			for _, pass := range []string{"forward", "both"} {
				b.Run(w.name+"/"+pass+"/"+string(rune('0'+threads)), func(b *testing.B) {
					t := newTrial(standard(w.Shape), 0, gemm.Best(), rand.New(rand.NewPCG(1, 2)))
					flops := w.Flops()
					if !w.dx {
						t.args.DX = nil
					}
					if pass == "both" {
						flops *= 3
						if !w.dx {
							flops -= 2 * float64(w.Batch*w.Steps*w.In*w.Cell.Blocks()*w.Units)
						}
					}
					fw, bw := newPhase(t.fw, &t.args, pool), newPhase(t.bw, &t.args, pool)
					for b.Loop() {
						fw.all(pool)
						if pass == "both" {
							bw.all(pool)
						}
					}
					ns := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
					b.ReportMetric(ns/1e3/float64(w.Steps), "us/step")
					b.ReportMetric(flops/ns, "GFLOP/s")
					b.ReportMetric(float64(w.Batch)*1e9/ns, "samples/s")
				})
			}
		}
	}
}

// BenchmarkSteps is training steps of ever longer sequences: us/step is to stay.
func BenchmarkSteps(b *testing.B) {
	pool := par.New(1)
	for i, steps := range []int{10, 100, 1000, 10000, 10000} {
		recompute := i == 4
		b.Run(fmt.Sprintf("%d recompute=%v", steps, recompute), func(b *testing.B) {
			s := standard(Shape{Cell: LSTM, Batch: 8, Steps: steps, In: 3, Units: 64, Recompute: recompute})
			t := newTrial(s, 0, gemm.Best(), rand.New(rand.NewPCG(1, 2)))
			fw, bw := newPhase(t.fw, &t.args, pool), newPhase(t.bw, &t.args, pool)
			for b.Loop() {
				fw.all(pool)
				bw.all(pool)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e3/float64(steps), "us/step")
		})
	}
}

// BenchmarkVanishing is gradients that decay through the denormal numbers to 0, which is
// to cost no more than others: weights times 1, 0.1 and 0.01.
func BenchmarkVanishing(b *testing.B) {
	pool := par.New(1)
	for _, by := range []float32{1, 0.1, 0.01} {
		b.Run(fmt.Sprint(by), func(b *testing.B) {
			s := standard(Shape{Cell: LSTM, Batch: 8, Steps: 390, In: 3, Units: 64})
			t := newTrial(s, 0, gemm.Best(), rand.New(rand.NewPCG(1, 2)))
			t.scale(by)
			fw, bw := newPhase(t.fw, &t.args, pool), newPhase(t.bw, &t.args, pool)
			for b.Loop() {
				fw.all(pool)
				bw.all(pool)
			}
		})
	}
}

// BenchmarkInfer is forward alone, nothing kept, one sequence of 390 steps and 64.
func BenchmarkInfer(b *testing.B) {
	pool := par.New(1)
	for _, batch := range []int{1, 64} {
		for _, s := range kinds {
			s := standard(s)
			s.Batch, s.Steps, s.In, s.Units = batch, 390, 3, 64
			b.Run(s.String(), func(b *testing.B) {
				t := newTrial(s, noState, gemm.Best(), rand.New(rand.NewPCG(1, 2)))
				t.args.Residual = nil
				fw := newPhase(t.fw, &t.args, pool)
				for b.Loop() {
					fw.all(pool)
				}
				ns := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
				b.ReportMetric(ns/1e3/float64(s.Steps), "us/step")
				b.ReportMetric(float64(batch)*1e9/ns, "samples/s")
			})
		}
	}
}

// BenchmarkStream is one step of one sample, the state going round.
func BenchmarkStream(b *testing.B) {
	for _, s := range kinds {
		s := standard(s)
		s.Batch, s.Steps, s.In, s.Units = 1, 1, 3, 64
		b.Run(s.Cell.String(), func(b *testing.B) {
			t := newTrial(s, 0, gemm.Best(), rand.New(rand.NewPCG(1, 2)))
			a := t.args
			a.Residual = nil
			shared, scratch := make([]float32, t.fw.Shared()), make([]float32, t.fw.Scratch())
			for b.Loop() {
				t.fw.Run(0, 0, &a, shared, scratch)
				t.fw.Run(1, 0, &a, shared, scratch)
				a.H0, a.HT = a.HT, a.H0
				a.C0, a.CT = a.CT, a.C0
			}
		})
	}
}

// BenchmarkTable is both passes over rows of a table, listed and not: ids drawn alike, and as a text has them.
func BenchmarkTable(b *testing.B) {
	const rows = 20000
	rnd := rand.New(rand.NewPCG(1, 2))
	words := rand.NewZipf(rnd, 1.1, 2.7, rows-1)
	draws := map[string]func() int32{"alike": func() int32 { return rnd.Int32N(rows) },
		"words": func() int32 { return int32(words.Uint64()) }}
	for _, threads := range []int{1, 2} {
		pool := par.New(threads)
		defer pool.Close()
		for _, steps := range []int{5, 10, 20, 40, 200} {
			for name, draw := range draws {
				for _, listed := range []bool{false, true} {
					s := standard(Shape{Cell: LSTM, Batch: 32, Steps: steps, In: 128, Units: 64, Sequences: true})
					name := fmt.Sprintf("%d inputs/%s/listed=%v/%d", s.Batch*steps, name, listed, threads)
					b.Run(name, func(b *testing.B) {
						a := newTrial(s, noState, gemm.Best(), rnd).args
						x, table := a.X, make([]float32, rows*s.In)
						a.IDs = make([]int32, s.Batch*steps)
						for i := range a.IDs {
							a.IDs[i] = draw()
						}
						s := s
						if listed {
							s.Table, s.ByRank, a.X = rows, true, table
						}
						fw, bw := New(s, false), New(s, true)
						a.Lists, a.Residual = make([]int32, fw.Lists()), make([]float32, fw.Residual())
						f, g := newPhase(fw, &a, pool), newPhase(bw, &a, pool)
						for b.Loop() {
							if !listed {
								vec.Gather(x, table, a.IDs, s.In)
							}
							f.all(pool)
							g.all(pool)
						}
					})
				}
			}
		}
	}
}
