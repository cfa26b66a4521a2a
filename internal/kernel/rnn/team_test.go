package rnn

import (
	"math"
	"math/rand/v2"
	"testing"

	"gorae/internal/kernel/gemm"
	"gorae/internal/par"
)

// threads is a pool as Threads.
type threads struct{ *par.Pool }

func (t threads) Run(blocks int, task Task) { t.Pool.Run(blocks, task) }

// team runs all phases by a team where a pass is divisible.
func team(t *testing.T, p *Plan, a *Args, n int) {
	t.Helper()
	if !p.Divisible() {
		t.Fatalf("%v: not divisible", p.Shape)
	}
	pool := par.New(n)
	defer pool.Close()
	crew := p.NewTeam(threads{pool}, n)
	shared, scratch := dirty(p.Shared()), dirty(p.Scratch())
	for phase := range p.Phases() {
		p.RunBy(crew, phase, a, shared, scratch)
	}
}

// TestTeam: a team of any number of threads gives the bits of one goroutine for each group, for each cell, with masked
// samples, factors of the states and cells in assembly and in Go.
func TestTeam(t *testing.T) {
	shapes := []Shape{{Cell: Simple, Units: 520}, {Cell: UGRNN, Units: 370}, {Cell: LSTM, Units: 260},
		{Cell: GRU, Units: 300}, {Cell: GRU, ResetAfter: true, Units: 300}}
	variants := []gemm.Variant{gemm.Generic, gemm.Best()}
	if testing.Short() {
		shapes, variants = shapes[2:4], variants[1:]
	}
	for _, v := range variants {
		for _, s := range shapes {
			s.Activation, s.Recurrent = Tanh, Sigmoid
			s.Batch, s.Steps, s.In, s.Sequences = 9, 3, 5, true
			if v != gemm.Generic { // as large as the variant with the largest own products asks for
				s.Units = s.Units*3/2 + 1
			}
			var want map[string][]float32
			for _, n := range []int{0, 1, 2, 3} {
				c := newTrial(s, masked|dropped, v, rand.New(rand.NewPCG(9, 9)))
				if n == 0 {
					pass(c.fw, &c.args, ascending)
					pass(c.bw, &c.args, ascending)
					want = c.outputs()
					continue
				}
				team(t, c.fw, &c.args, n)
				team(t, c.bw, &c.args, n)
				for name, x := range c.outputs() {
					for i := range x {
						if math.Float32bits(x[i]) != math.Float32bits(want[name][i]) {
							t.Fatalf("%v %v: %s[%d] is %v by a team of %d, %v by one goroutine", v, s, name, i, x[i], n,
								want[name][i])
						}
					}
				}
			}
		}
	}
}
