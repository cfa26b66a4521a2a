package rnn

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gorae/internal/kernel/gemm"
	"gorae/internal/par"
)

// outputs are the results of both passes.
func (t *trial) outputs() map[string][]float32 {
	all := t.gradients()
	all["y"], all["hT"], all["cT"], all["c"] = t.args.Y, t.args.HT, t.args.CT, t.args.YC
	return all
}

// TestOrder: the bits do not depend on the order of the blocks. 300 samples are more
// groups than lanes.
func TestOrder(t *testing.T) {
	for _, batch := range []int{33, 300} {
		for _, s := range kinds {
			s := standard(s)
			s.Batch, s.Steps, s.In, s.Units, s.Sequences = batch, 5, 3, 9, true
			c := newTrial(s, masked, gemm.Best(), rand.New(rand.NewPCG(4, 4)))
			pass(c.fw, &c.args, ascending)
			pass(c.bw, &c.args, ascending)
			want := map[string][]float32{}
			for name, x := range c.outputs() {
				want[name] = append([]float32(nil), x...)
				copy(x, dirty(len(x)))
			}
			c.args.Residual = dirty(len(c.args.Residual))
			shuffled := func(n int) []int { return rand.New(rand.NewPCG(5, uint64(n))).Perm(n) }
			pass(c.fw, &c.args, shuffled)
			pass(c.bw, &c.args, shuffled)
			for name, x := range c.outputs() {
				for i := range x {
					if math.Float32bits(x[i]) != math.Float32bits(want[name][i]) {
						t.Fatalf("%v: %s[%d] is %v in one order of the blocks, %v in another", s, name, i,
							want[name][i], x[i])
					}
				}
			}
		}
	}
}

// TestRecompute: computing the gates again gives the same bits from fewer numbers.
func TestRecompute(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a second; continuous integration runs it")
	}
	eachVariant(t, func(t *testing.T, v gemm.Variant) {
		for k, s := range kinds {
			for options := range 1 << nOptions {
				if testing.Short() && (bits.OnesCount(uint(options))+k)%3 != 0 {
					continue // a third of the options with each cell, every option with some cell
				}
				s := standard(s)
				s.Batch, s.Steps, s.In, s.Units, s.Sequences, s.Reverse = 19, 60, 3, 9, options&1 == 0, options&2 == 0
				var want map[string][]float32
				kept := 0
				for _, s.Recompute = range []bool{false, true} {
					c := newTrial(s, options, v, rand.New(rand.NewPCG(5, uint64(options))))
					pass(c.fw, &c.args, ascending)
					pass(c.bw, &c.args, ascending)
					if !s.Recompute {
						want, kept = c.outputs(), c.bw.Residual()
						continue
					}
					if n := c.bw.Residual(); n != c.fw.Residual() || n*10 > kept {
						t.Fatalf("%v: a residual of %d floats, %d forward; %d without recomputing", s, n,
							c.fw.Residual(), kept)
					}
					for name, x := range c.outputs() {
						for i := range x {
							if math.Float32bits(x[i]) != math.Float32bits(want[name][i]) {
								t.Fatalf("%v, options %05b: %s[%d] = %v, want %v", s, options, name, i, x[i],
									want[name][i])
							}
						}
					}
				}
			}
		}
	})
}

// TestProjected: a layer whose input is projected outside has the same outputs and
// gradients, dx being that of the projection. The projection of one-hot ids is rows of
// W, to the bit.
func TestProjected(t *testing.T) {
	for _, s := range kinds {
		s := standard(s)
		s.Batch, s.Steps, s.In, s.Units = 19, 7, 5, 9
		c := newTrial(s, masked, gemm.Best(), rand.New(rand.NewPCG(5, 5)))
		cols := s.Cell.Blocks() * s.Units
		clear(c.args.X)
		x := make([]float32, s.Batch*s.Steps*cols)
		for i := range s.Batch * s.Steps {
			id := i * 7 % s.In
			c.args.X[i*s.In+id] = 1
			copy(x[i*cols:(i+1)*cols], c.args.Kernel[id*cols:])
		}
		pass(c.fw, &c.args, ascending)
		pass(c.bw, &c.args, ascending)
		a := c.args
		a.X, a.Kernel, a.DKernel, a.DX = x, nil, nil, dirty(len(x))
		a.Y, a.DBias, a.DRecurrent, a.DH0 = dirty(len(a.Y)), dirty(len(a.DBias)), dirty(len(a.DRecurrent)),
			dirty(len(a.DH0))
		a.Residual = dirty(len(a.Residual))
		s.Projected, s.In = true, cols
		pass(New(s, false), &a, ascending)
		pass(New(s, true), &a, ascending)
		kernel := make([]float64, len(c.args.Kernel))
		for i := range s.Batch * s.Steps {
			for j, d := range a.DX[i*cols : (i+1)*cols] {
				kernel[i*7%5*cols+j] += float64(d)
			}
		}
		near(t, "dkernel", c.args.DKernel, kernel, 1e-6)
		for name, pair := range map[string][2][]float32{"y": {a.Y, c.args.Y}, "dbias": {a.DBias, c.args.DBias},
			"drecurrent": {a.DRecurrent, c.args.DRecurrent}, "dh0": {a.DH0, c.args.DH0}} {
			for i := range pair[0] {
				if pair[0][i] != pair[1][i] {
					t.Fatalf("%v: %s[%d] = %v from a projected input, %v from one-hot rows", s, name, i, pair[0][i],
						pair[1][i])
				}
			}
		}
	}
}

// TestGroups: groups as large as they come, and even.
func TestGroups(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	rnd := rand.New(rand.NewPCG(5, 5))
	for _, x := range []struct{ units, batch, groups int }{{512, 32, 1}, {512, 33, 2}, {300, 32, 2}, {100, 9, 2}} {
		s := standard(Shape{Batch: x.batch, Steps: 2, In: 2, Units: x.units, Reverse: true})
		c := newTrial(s, masked, gemm.Best(), rnd)
		if c.bw.groups != x.groups {
			t.Errorf("%v: %d groups, want %d", s, c.bw.groups, x.groups)
		}
		c.check(t, false, rnd)
	}
}

// TestWide: an input of very many columns makes short chunks, not large scratch.
func TestWide(t *testing.T) {
	s := standard(Shape{Cell: UGRNN, Batch: 3, Steps: 30, In: 1 << 15, Units: 2})
	rnd := rand.New(rand.NewPCG(5, 5))
	c := newTrial(s, 0, gemm.Best(), rnd)
	if n := c.fw.Scratch(); n > 1<<21 {
		t.Errorf("%v needs %d floats of scratch", s, n)
	}
	y, _, _, _ := naive(s, c.in)
	pass(c.fw, &c.args, ascending)
	near(t, "y", c.args.Y, y, 1e-5)
}

// TestThreads: two threads give the bits of one.
func TestThreads(t *testing.T) {
	s := standard(Shape{Cell: LSTM, Batch: 40, Steps: 30, In: 3, Units: 64})
	var want map[string][]float32
	for _, threads := range []int{1, 2, 5} {
		pool := par.New(threads)
		defer pool.Close()
		c := newTrial(s, 0, gemm.Best(), rand.New(rand.NewPCG(5, 5)))
		newPhase(c.fw, &c.args, pool).all(pool)
		newPhase(c.bw, &c.args, pool).all(pool)
		if want == nil {
			want = c.outputs()
		}
		for name, x := range c.outputs() {
			if !slices.Equal(x, want[name]) {
				t.Errorf("%d threads: %s differs from that of one", threads, name)
			}
		}
	}
}

// TestInTime: y and its gradient may lie in time though the steps go backwards.
func TestInTime(t *testing.T) {
	s := standard(Shape{Cell: LSTM, Batch: 3, Steps: 5, In: 2, Units: 4, Reverse: true, Sequences: true})
	turn := func(x []float32) []float32 {
		y := make([]float32, 0, len(x))
		for b := range s.Batch {
			for step := range s.Steps {
				y = append(y, row(x, b*s.Steps+s.Steps-1-step, s.Units)...)
			}
		}
		return y
	}
	c := newTrial(s, masked, gemm.Best(), rand.New(rand.NewPCG(5, 5)))
	pass(c.fw, &c.args, ascending)
	pass(c.bw, &c.args, ascending)
	s.InTime = true
	d := newTrial(s, masked, gemm.Best(), rand.New(rand.NewPCG(5, 5)))
	d.args.DY = turn(d.args.DY)
	pass(d.fw, &d.args, ascending)
	pass(d.bw, &d.args, ascending)
	if !slices.Equal(turn(d.args.Y), c.args.Y) || !slices.Equal(d.args.DX, c.args.DX) ||
		!slices.Equal(d.args.DKernel, c.args.DKernel) {
		t.Errorf("y in time is %v, in the order of processing %v", d.args.Y, c.args.Y)
	}
}

// TestLanes: a batch of more groups than lanes has the gradients of its parts, added.
func TestLanes(t *testing.T) {
	s := standard(Shape{Cell: LSTM, Batch: 300, Steps: 3, In: 2, Units: 4})
	rnd := rand.New(rand.NewPCG(6, 6))
	c := newTrial(s, 0, gemm.Best(), rnd)
	if c.bw.groups <= c.bw.lanes || c.bw.Phases() != 3 {
		t.Fatalf("%d groups and %d lanes: the batch is too small for this test", c.bw.groups, c.bw.lanes)
	}
	c.check(t, false, rnd)
}

// TestAllocations: a pass allocates nothing.
func TestAllocations(t *testing.T) {
	for _, v := range gemm.Variants() {
		for _, s := range kinds {
			s := standard(s)
			s.Batch, s.Steps, s.In, s.Units, s.Sequences = 18, 3, 2, 20, true
			c := newTrial(s, masked|dropped, v, rand.New(rand.NewPCG(7, 7)))
			pool := par.New(1)
			fw, bw := newPhase(c.fw, &c.args, pool), newPhase(c.bw, &c.args, pool)
			if n := testing.AllocsPerRun(3, func() { fw.all(pool); bw.all(pool) }); n != 0 {
				t.Errorf("%v %v: %v allocations", v, s, n)
			}
		}
	}
}

// TestNotANumber: a NaN in an input reaches the output and the gradients of its own
// sample, and no other sample's; a masked one reaches nothing.
func TestNotANumber(t *testing.T) {
	nan := float32(math.NaN())
	has := func(x []float32) bool {
		for _, v := range x {
			if v != v {
				return true
			}
		}
		return false
	}
	eachVariant(t, func(t *testing.T, v gemm.Variant) {
		for _, s := range kinds {
			s := standard(s)
			s.Batch, s.Steps, s.In, s.Units = 3, 4, 2, 17
			c := newTrial(s, 0, v, rand.New(rand.NewPCG(8, 8)))
			a := &c.args
			a.X[(1*s.Steps+2)*s.In] = nan
			pass(c.fw, a, ascending)
			pass(c.bw, a, ascending)
			for r := range s.Batch {
				if y, dh := has(row(a.Y, r, s.Units)), has(row(a.DH0, r, s.Units)); y != (r == 1) || dh != (r == 1) {
					t.Errorf("%v, sample %d: NaN in the output %v, in the gradient of the first state %v; want %v", s,
						r, y, dh, r == 1)
				}
			}
			if !has(a.DKernel) || !has(a.DRecurrent) || !has(a.DBias) {
				t.Errorf("%v: NaN in the gradients of kernel, recurrent weights and bias: %v, %v, %v", s,
					has(a.DKernel), has(a.DRecurrent), has(a.DBias))
			}
			a.Mask = []float32{1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1}
			pass(c.fw, a, ascending)
			pass(c.bw, a, ascending)
			for name, x := range c.outputs() {
				if has(x) {
					t.Errorf("%v: NaN in %s from a masked step", s, name)
				}
			}
		}
	})
}

// TestInfinity: sums beyond all bounds give the ends of the activations.
func TestInfinity(t *testing.T) {
	inf := float32(math.Inf(1))
	eachVariant(t, func(t *testing.T, v gemm.Variant) {
		for _, x := range []float32{inf, -inf, 3e38, -3e38, 100, -100} {
			s := standard(Shape{Cell: LSTM, Batch: 1, Steps: 1, In: 1, Units: 1})
			for gate := range 4 {
				c := newTrial(s, noState, v, rand.New(rand.NewPCG(9, 9)))
				copy(c.args.Bias, []float32{0.5, 0.5, 0.5, 0.5})
				clear(c.args.Kernel)
				for i := range c.in["bias"] {
					c.in["bias"][i] = 0.5
				}
				clear(c.in["kernel"])
				c.args.Bias[gate], c.in["bias"][gate] = x, float64(x)
				pass(c.fw, &c.args, ascending)
				y, _, _, _ := naive(s, c.in)
				near(t, "y", c.args.Y, y, 1e-6)
			}
		}
	})
}

// TestAccuracy: tanh and sigmoid of the steps, over what is common and what is small.
func TestAccuracy(t *testing.T) {
	eachVariant(t, func(t *testing.T, v gemm.Variant) {
		s := standard(Shape{Cell: UGRNN, Batch: 1, Steps: 1, In: 1, Units: 4000})
		p := newVariant(s, false, v)
		n := s.Units
		g, h, zero := make([]float32, 2*n), make([]float32, n), make([]float32, n)
		x := make([]float64, n)
		for i := range x {
			size := math.Pow(10, -8+10*float64(i/2)/float64(n/2))
			g[i] = float32(size * float64(1-i%2*2))
			g[n+i] = g[i]
			x[i] = float64(g[i])
		}
		p.forward(&step{rows: 1, units: n, g: g, hPrev: zero, hDrop: zero, h: h})
		for i, x := range x {
			if want := math.Tanh(x); math.Abs(float64(g[i])-want) > 4e-7*math.Abs(want) {
				t.Fatalf("tanh %v = %v, want %v", x, g[i], want)
			}
			if want := 1 / (1 + math.Exp(-x)); math.Abs(float64(g[n+i])-want) > 1e-6*want+1e-17 {
				t.Fatalf("sigmoid %v = %v, want %v", x, g[n+i], want)
			}
		}
	})
}

// TestSizes: impossible shapes and short arguments are said, an empty batch is fine.
func TestSizes(t *testing.T) {
	says := func(what, want string, f func()) {
		t.Helper()
		defer func() {
			if r, _ := recover().(string); !strings.Contains(r, want) {
				t.Errorf("%s: panic %q, want one that says %q", what, r, want)
			}
		}()
		f()
	}
	s := standard(Shape{Cell: LSTM, Batch: 2, Steps: 3, In: 2, Units: 4})
	bad := s
	bad.Units = 0
	says("no units", "units at least 1", func() { New(bad, false) })
	c := newTrial(s, 0, gemm.Best(), rand.New(rand.NewPCG(1, 1)))
	short := c.args
	short.X = short.X[1:]
	says("short x", "lstm 2x3x2 -> 4: X is too short", func() { pass(c.fw, &short, ascending) })
	short = c.args
	short.DKernel = nil
	says("no gradient of the kernel", "DKernel is too short", func() { pass(c.bw, &short, ascending) })

	s.Batch = 0
	e := newTrial(s, 0, gemm.Best(), rand.New(rand.NewPCG(1, 1)))
	copy(e.args.DKernel, dirty(len(e.args.DKernel)))
	copy(e.args.DBias, dirty(len(e.args.DBias)))
	pass(e.fw, &e.args, ascending)
	pass(e.bw, &e.args, ascending)
	near(t, "the gradient of an empty batch", e.args.DKernel, make([]float64, len(e.args.DKernel)), 0)
	near(t, "the bias's", e.args.DBias, make([]float64, len(e.args.DBias)), 0)
}

// TestCount: R3, R6, R7 of the chapter: (m+k+1)·k parameters, times 4, 3 and 2.
func TestCount(t *testing.T) {
	for cell, times := range map[Cell]int{Simple: 1, LSTM: 4, GRU: 3, UGRNN: 2} {
		const m, k = 3, 5
		s := standard(Shape{Cell: cell, Batch: 1, Steps: 1, In: m, Units: k})
		c := newTrial(s, 0, gemm.Generic, rand.New(rand.NewPCG(1, 1)))
		if n := len(c.args.Kernel) + len(c.args.Recurrent) + len(c.args.Bias); n != times*(m+k+1)*k {
			t.Errorf("%v: %d parameters, want %d", cell, n, times*(m+k+1)*k)
		}
	}
}
