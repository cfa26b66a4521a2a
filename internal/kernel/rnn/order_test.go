package rnn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gorae/internal/kernel/gemm"
)

// TestOrderOfRows: a layer that reads the states of the one below from its residual, and gives it its gradient, in the
// order of the passes, has the bits of one that reads its sequence.
func TestOrderOfRows(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a second; continuous integration runs it")
	}
	eachVariant(t, func(t *testing.T, v gemm.Variant) {
		for turn, s := range kinds {
			for _, size := range []struct{ batch, steps, units int }{{3, 4, 20}, {33, 70, 20}, {19, 50, 9}} {
				s := standard(s)
				s.Batch, s.Steps, s.In, s.Units, s.Sequences, s.Reverse = size.batch, size.steps, 3, size.units, true,
					turn%2 == 1
				s.InTime = s.Reverse
				options := []int{0, masked | held}[turn%2]
				t.Run(fmt.Sprintf("%v after=%v options=%05b", s, s.ResetAfter, options), func(t *testing.T) {
					rnd := rand.New(rand.NewPCG(14, uint64(turn)))
					below := newTrial(s, options, v, rnd)
					s.In = s.Units
					above := newTrial(s, options, v, rnd)
					above.args.Mask, above.args.YC, above.args.DYC = below.args.Mask, nil, nil
					above.args.X = below.args.Y
					if !above.fw.Alike(below.fw) {
						t.Fatal("the layers' groups differ")
					}
					both := func() {
						pass(below.fw, &below.args, ascending)
						pass(above.fw, &above.args, ascending)
						pass(above.bw, &above.args, ascending)
						below.args.DY = above.args.DX
						pass(below.bw, &below.args, ascending)
					}
					both()
					want := map[string][]float32{}
					for name, x := range below.outputs() {
						want["below "+name] = slices.Clone(x)
					}
					for name, x := range above.outputs() {
						want["above "+name] = slices.Clone(x)
					}
					own := Order{true, s.Steps * s.In, 0}
					low, high := below.Shape, s
					low.DYOrder = own
					high.Hold = above.Hold
					high.XOrder, high.DXOrder = below.fw.States(), own
					below.bw, above.fw, above.bw = newVariant(low, true, v), newVariant(high, false, v),
						newVariant(high, true, v)
					below.args.Y, above.args.X = nil, below.args.Residual
					both()
					check := func(which string, got map[string][]float32) {
						for name, x := range got {
							for i := range x {
								if name != "y" && math.Float32bits(x[i]) != math.Float32bits(want[which+name][i]) {
									t.Fatalf("%s%s[%d] = %v, want %v", which, name, i, x[i], want[which+name][i])
								}
							}
						}
					}
					check("below ", below.outputs())
					got := above.outputs()
					if !slices.Equal(got["y"], want["above y"]) {
						t.Error("the outputs above differ")
					}
					delete(got, "x") // in another order; what it leads to is compared below
					check("above ", got)
				})
			}
		}
	})
}
