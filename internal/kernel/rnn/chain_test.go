package rnn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gorae/internal/kernel/gemm"
)

// TestChain: a bare pass is what portable Go makes of it, in any order of the blocks, for sizes around
// vectors, turns of the loop and numbers of samples, and over more steps than one call takes.
func TestChain(t *testing.T) {
	eachVariant(t, func(t *testing.T, v gemm.Variant) {
		turn := 0
		for k, s := range kinds {
			for u, units := range []int{1, 7, 16, 17, 65, 200} {
				for i, batch := range []int{0, 1, 2, 5, 6, 7, 33} {
					if units == 200 && batch > 6 {
						continue
					}
					if testing.Short() && (k+u+i)%3 != 0 {
						turn++
						continue // a third of the sizes with each cell
					}
					s := standard(s)
					s.Steps = []int{1, 2, 3, 20}[turn%4]
					if units == 65 && batch == 7 {
						s.Steps = 300
					}
					s.Batch, s.Units, s.In = batch, units, []int{1, 3, 4, 9, 32}[turn%5]
					if turn%3 == 0 {
						s.Projected, s.In = true, s.Cell.Blocks()*units
					}
					s.Reverse, s.InTime, s.Sequences = turn&1 != 0, turn&2 != 0, turn&4 != 0
					options := turn * 3 / 2 % 4 * noBias
					turn++
					t.Run(fmt.Sprintf("%v after=%v options=%04b", s, s.ResetAfter, options), func(t *testing.T) {
						c := newTrial(s, options, gemm.Generic, rand.New(rand.NewPCG(8, uint64(turn))))
						c.args.Residual = nil
						results := func() map[string][]float32 {
							return map[string][]float32{"y": c.args.Y, "hT": c.args.HT, "cT": c.args.CT}
						}
						pass(c.fw, &c.args, ascending)
						want := map[string][]float64{}
						for name, x := range results() {
							for _, f := range x {
								want[name] = append(want[name], float64(f))
							}
							copy(x, dirty(len(x)))
						}
						s.Bare = true
						p := newVariant(s, false, v)
						many := (p.sizeOfW() + p.sizeOfU()) > chainWeights
						if want := variants[v] != nil && !p.resets() &&
							!(many && batch > 2); want != (p.chain != nil) && !(many && batch <= maxChain) {
							t.Fatalf("chained: %v, want %v", p.chain != nil, want)
						}
						if p.chain != nil && many != (p.chain.wide > 0) {
							t.Fatalf("steps are shared out: %v, want %v", p.chain.wide > 0, many)
						}
						pass(p, &c.args, func(n int) []int { return rand.New(rand.NewPCG(5, uint64(n))).Perm(n) })
						for name, x := range results() {
							near(t, name, x, want[name], 1e-5)
						}
					})
				}
			}
		}
	})
}

// TestChainKeepsNaN: a sample that is not a number stays one and leaves the others alone.
func TestChainKeepsNaN(t *testing.T) {
	eachVariant(t, func(t *testing.T, v gemm.Variant) {
		for _, s := range kinds {
			s := standard(s)
			s.Batch, s.Steps, s.Units, s.Projected, s.Bare = 3, 4, 9, true, true
			s.In = s.Cell.Blocks() * s.Units
			c := newTrial(s, 0, v, rand.New(rand.NewPCG(9, 9)))
			c.args.Residual = nil
			c.args.X[(1*s.Steps+1)*s.In+2] = float32(math.NaN())
			pass(newVariant(s, false, v), &c.args, ascending)
			for i, h := range c.args.HT {
				if bad := h != h; bad != (i/s.Units == 1) {
					t.Errorf("%v: the last state of unit %d of sample %d is %v", s, i%s.Units, i/s.Units, h)
				}
			}
		}
	})
}
