package rnn

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gorae/internal/kernel/gemm"
	"gorae/internal/kernel/vec"
)

// onTable is the same layer with x from a table of so many rows: x gets what the ids choose. Few rows, or many, so
// that there are several parts of them.
func (t *trial) onTable(rows int, v gemm.Variant, rnd *rand.Rand) Args {
	a := t.args
	table := make([]float32, rows*t.In)
	for i := range table {
		table[i] = float32(rnd.NormFloat64())
	}
	a.IDs = make([]int32, t.Batch*t.Steps)
	for i := range a.IDs {
		a.IDs[i] = int32(rnd.IntN(rows))
	}
	vec.Gather(t.args.X, table, a.IDs, t.In)
	a.X, a.DX = table, dirty(len(t.args.X))
	for _, x := range []*[]float32{&a.DKernel, &a.DRecurrent, &a.DBias, &a.Y, &a.HT, &a.CT, &a.YC, &a.DH0, &a.DC0} {
		if *x != nil {
			*x = dirty(len(*x))
		}
	}
	s := t.Shape
	s.Table = rows
	t.fw, t.bw = newVariant(s, false, v), newVariant(s, true, v)
	a.Residual, a.Lists = dirty(t.fw.Residual()), make([]int32, t.fw.Lists())
	return a
}

// byRank is the gradient of the table, from the passes that leave it by rank.
func (t *trial) byRank(a Args, v gemm.Variant) []float32 {
	s := t.bw.Shape
	s.ByRank = true
	pass(newVariant(s, false, v), &a, ascending)
	a.DX = dirty(len(a.DX))
	pass(newVariant(s, true, v), &a, ascending)
	table := make([]float32, s.Table*s.In)
	for id, k := range s.Rows(a.Lists) {
		if k >= 0 {
			copy(row(table, id, s.In), row(a.DX, int(k), s.In))
		}
	}
	return table
}

// TestTable: inputs that are rows of a table give what the rows give, and each row's gradient stands where it
// occurs first.
func TestTable(t *testing.T) {
	eachVariant(t, func(t *testing.T, v gemm.Variant) {
		if f := variants[v]; f != nil {
			defer func(n int) { f.large = n }(f.large)
		}
		for k, s := range kinds {
			if f := variants[v]; f != nil {
				f.large = k % 2 * math.MaxInt // of every second cell the steps' products are those of package gemm
			}
			for turn, size := range []struct{ batch, steps, in, units, rows int }{
				{3, 4, 2, 3, 5}, {19, 60, 20, 9, 40}, {33, 17, 17, 65, 2000}, {1, 1, 3, 7, 2}, {300, 5, 3, 4, 3000},
				{40, 200, 5, 4, 9000}, {40, 2, 3, 4, 9}, {2, 150, 20, 130, 200},
			} {
				if testing.Short() && turn > 0 && (turn+k)%3 != 0 {
					continue // each size still meets a cell
				}
				options := []int{0, masked, noBias | masked, noState, held, held | masked, 0, 0}[turn]
				s := standard(s)
				s.Batch, s.Steps, s.In, s.Units, s.Sequences, s.Reverse = size.batch, size.steps, size.in, size.units,
					turn%2 == 0, turn%3 == 1
				name := fmt.Sprintf("%v after=%v of %d options=%05b", s, s.ResetAfter, size.rows, options)
				t.Run(name, func(t *testing.T) {
					rnd := rand.New(rand.NewPCG(11, uint64(turn)))
					c := newTrial(s, options, v, rnd)
					want := *c
					a := c.onTable(size.rows, v, rnd)
					pass(want.fw, &want.args, ascending)
					pass(want.bw, &want.args, ascending)
					pass(c.fw, &a, ascending)
					pass(c.bw, &a, ascending)
					got := trial{Shape: s, args: a}
					sums := map[string][]float64{}
					for name, x := range want.outputs() {
						for _, f := range x {
							sums[name] = append(sums[name], float64(f))
						}
					}
					// The rows' gradients: one place of each has them all.
					sum, dx := make([]float64, size.rows*s.In), make([]float32, size.rows*s.In)
					places := map[int32]int{}
					for i, id := range a.IDs {
						for j := range s.In {
							if a.Mask == nil || a.Mask[i] != 0 {
								sum[int(id)*s.In+j] += sums["x"][i*s.In+j]
							}
							dx[int(id)*s.In+j] += a.DX[i*s.In+j]
						}
						if slices.ContainsFunc(a.DX[i*s.In:(i+1)*s.In], func(v float32) bool { return v != 0 }) {
							places[id]++
						}
					}
					for id, n := range places {
						if n > 1 {
							t.Errorf("row %d has gradients at %d places", id, n)
						}
					}
					sums["x"] = sum
					byRank := c.byRank(a, v)
					for k, want := range dx {
						if byRank[k] != want {
							t.Fatalf("row %d: gradient by rank %v, in the order of the inputs %v", k/s.In, byRank[k],
								want)
						}
					}
					got.args.DX = dx
					for name, x := range got.outputs() {
						most := 0.0
						for _, w := range sums[name] {
							most = max(most, math.Abs(w))
						}
						near(t, name, x, sums[name], 1e-5*(1+most))
					}
				})
			}
		}
	})
}

// TestTableOrder: the bits do not depend on the order of the blocks, and passes allocate nothing.
func TestTableOrder(t *testing.T) {
	s := standard(Shape{Cell: LSTM, Batch: 33, Steps: 100, In: 20, Units: 9, Sequences: true})
	rnd := rand.New(rand.NewPCG(12, 12))
	c := newTrial(s, masked, gemm.Best(), rnd)
	c.args = c.onTable(2500, gemm.Best(), rnd)
	if c.bw.parts() <= c.bw.lanesW {
		t.Fatalf("%d parts in %d lanes: too few for this test", c.bw.parts(), c.bw.lanesW)
	}
	pass(c.fw, &c.args, ascending)
	pass(c.bw, &c.args, ascending)
	want := map[string][]float32{}
	for name, x := range c.outputs() {
		want[name] = slices.Clone(x)
		copy(x, dirty(len(x)))
	}
	shuffled := func(n int) []int { return rand.New(rand.NewPCG(5, uint64(n))).Perm(n) }
	pass(c.fw, &c.args, shuffled)
	pass(c.bw, &c.args, shuffled)
	for name, x := range c.outputs() {
		for i := range x {
			if math.Float32bits(x[i]) != math.Float32bits(want[name][i]) {
				t.Fatalf("%s[%d] is %v in one order of the blocks, %v in another", name, i, want[name][i], x[i])
			}
		}
	}
	shared, scratch := make([]float32, max(c.fw.Shared(), c.bw.Shared())),
		make([]float32, max(c.fw.Scratch(), c.bw.Scratch()))
	if n := testing.AllocsPerRun(3, func() {
		for _, p := range []*Plan{c.fw, c.bw} {
			for phase := range p.Phases() {
				for b := range p.Blocks(phase) {
					p.Run(phase, b, &c.args, shared, scratch)
				}
			}
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestTableStrangers: an id that the table has not gives its own sample NaN, masked or alone; a masked one nobody.
func TestTableStrangers(t *testing.T) {
	s := standard(Shape{Cell: LSTM, Batch: 3, Steps: 4, In: 20, Units: 5})
	rnd := rand.New(rand.NewPCG(13, 13))
	c := newTrial(s, 0, gemm.Best(), rnd)
	a := c.onTable(6, gemm.Best(), rnd)
	a.IDs[1*s.Steps+2], a.IDs[1*s.Steps+3] = 6, -1
	pass(c.fw, &a, ascending)
	pass(c.bw, &a, ascending)
	for r := range s.Batch {
		if y := a.Y[r*s.Units]; (y != y) != (r == 1) {
			t.Errorf("sample %d: %v", r, y)
		}
	}
	a.Mask = []float32{1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1}
	pass(c.fw, &a, ascending)
	pass(c.bw, &a, ascending)
	c.args = a
	for name, x := range c.outputs() {
		if slices.ContainsFunc(x, func(v float32) bool { return v != v }) {
			t.Errorf("NaN in %s from a masked step", name)
		}
	}
}

// TestTableMemory: what is projected is as large as the rows that may occur, not as the inputs.
func TestTableMemory(t *testing.T) {
	s := standard(Shape{Cell: LSTM, Batch: 64, Steps: 500, In: 16, Units: 32, Sequences: true})
	plain := New(s, false).Shared()
	s.Table = 67
	if n, most := New(s, false).Shared()-plain, tableRows*4*s.Units+16*4*s.Units; n > most {
		t.Errorf("%d floats more for 67 rows, want at most %d", n, most)
	}
}
