package rnn

import (
	"fmt"
	"maps"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"gorae/internal/kernel/gemm"
)

// trial is a layer with numbers.
type trial struct {
	Shape
	in     arrays               // what goes in, in float64 but exact in float32
	seed   map[string][]float32 // gradients of y, hT and cT
	fw, bw *Plan
	args   Args
}

// Options of a trial, as bits.
const (
	masked = 1 << iota
	noBias
	noState
	dropped
	held     // Shape.Hold, and LSTM's c of each step is asked for
	nOptions = iota
)

func newTrial(s Shape, options int, v gemm.Variant, rnd *rand.Rand) *trial {
	s.Hold = options&held != 0
	t := &trial{Shape: s, in: arrays{}, seed: map[string][]float32{}}
	wide := s.Cell.Blocks() * s.Units
	fill := func(name string, n int, scale float64) []float32 {
		x, wide := make([]float32, n), make([]float64, n)
		for i := range x {
			x[i] = float32(scale * rnd.NormFloat64())
			wide[i] = float64(x[i])
		}
		t.in[name] = wide
		return x
	}
	a := &t.args
	a.X = fill("x", s.Batch*s.Steps*s.In, 1)
	a.Kernel = fill("kernel", s.In*wide, 0.7/math.Sqrt(float64(s.In)))
	a.Recurrent = fill("recurrent", s.Units*wide, 0.7/math.Sqrt(float64(s.Units)))
	if options&noBias == 0 {
		n := wide
		if s.ResetAfter {
			n *= 2
		}
		a.Bias = fill("bias", n, 0.5)
		a.DBias = make([]float32, n)
	}
	if options&noState == 0 {
		a.H0 = fill("h0", s.Batch*s.Units, 0.5)
		a.DH0 = make([]float32, len(a.H0))
		if s.Cell == LSTM {
			a.C0 = fill("c0", s.Batch*s.Units, 0.5)
			a.DC0 = make([]float32, len(a.C0))
		}
	}
	choose := func(name string, n int, p float64, value float32) []float32 {
		x := fill(name, n, 0)
		for i := range x {
			if rnd.Float64() < p {
				x[i] = value
				t.in[name][i] = float64(value)
			}
		}
		return x
	}
	if options&masked != 0 {
		a.Mask = choose("mask", s.Batch*s.Steps, 0.6, 1)
		for i := range s.Steps { // one sample is masked throughout
			a.Mask[i], t.in["mask"][i] = 0, 0
		}
		if s.Batch == 1 && s.Steps > 1 {
			a.Mask[s.Steps/2], t.in["mask"][s.Steps/2] = 1, 1
		}
	}
	if options&dropped != 0 {
		a.DropX = choose("dropX", s.Batch*s.In, 0.75, 1.25)
		a.DropH = choose("dropH", s.Batch*s.Units, 0.5, 2)
	}
	y := s.Batch * s.Units
	if s.Sequences {
		y *= s.Steps
	}
	a.Y, a.HT = make([]float32, y), make([]float32, s.Batch*s.Units)
	a.DY, a.DHT = fill("dy", y, 1), fill("dhT", len(a.HT), 1)
	if s.Cell == LSTM {
		a.CT, a.DCT = make([]float32, len(a.HT)), fill("dcT", len(a.HT), 1)
		if s.Hold {
			a.YC, a.DYC = make([]float32, s.Steps*len(a.HT)), fill("dyc", s.Steps*len(a.HT), 1)
		}
	}
	a.DX, a.DKernel, a.DRecurrent = make([]float32, len(a.X)), make([]float32, len(a.Kernel)),
		make([]float32, len(a.Recurrent))
	t.fw, t.bw = newVariant(s, false, v), newVariant(s, true, v)
	a.Residual = dirty(t.bw.Residual())
	return t
}

// scale makes weights and states smaller, by a power of 2.
func (t *trial) scale(by float32) {
	for name, x := range map[string][]float32{"kernel": t.args.Kernel, "recurrent": t.args.Recurrent,
		"bias": t.args.Bias, "h0": t.args.H0, "c0": t.args.C0} {
		for i := range x {
			x[i] *= by
			t.in[name][i] *= float64(by)
		}
	}
}

// dirty is n floats that are no numbers: whoever reads what nobody wrote shows it.
func dirty(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(math.NaN())
	}
	return x
}

// pass runs all phases, their blocks in the given order.
func pass(p *Plan, a *Args, order func(n int) []int) {
	shared, scratch := dirty(p.Shared()), dirty(p.Scratch())
	for phase := range p.Phases() {
		for _, b := range order(p.Blocks(phase)) {
			p.Run(phase, b, a, shared, scratch)
		}
	}
}

func ascending(n int) []int {
	x := make([]int, n)
	for i := range x {
		x[i] = i
	}
	return x
}

// loss is Σ y·dy + Σ c·dyc + Σ hT·dhT + Σ cT·dcT, whose gradient the backward pass gives.
func (t *trial) loss() (sum float64) {
	y, yc, h, c := naive(t.Shape, t.in)
	for i, d := range t.in["dyc"] {
		sum += yc[i] * d
	}
	for i, d := range t.in["dy"] {
		sum += y[i] * d
	}
	for i, d := range t.in["dhT"] {
		sum += h[i] * d
	}
	for i, d := range t.in["dcT"] {
		sum += c[i] * d
	}
	return sum
}

// near reports the greatest difference in units of the tolerance.
func near(t *testing.T, what string, got []float32, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s has %d elements, want %d", what, len(got), len(want))
	}
	for i, w := range want {
		if d := math.Abs(float64(got[i]) - w); !(d <= tolerance*(1+math.Abs(w))) {
			t.Errorf("%s[%d] = %v, want %v", what, i, got[i], w)
			return
		}
	}
}

func (t *trial) gradients() map[string][]float32 {
	return map[string][]float32{"x": t.args.DX, "kernel": t.args.DKernel, "recurrent": t.args.DRecurrent,
		"bias": t.args.DBias, "h0": t.args.DH0, "c0": t.args.DC0}
}

// check compares both passes with the naive version. every: each element's gradient
// by central differences; otherwise each array's along a random direction.
func (c *trial) check(t *testing.T, every bool, rnd *rand.Rand) {
	t.Helper()
	y, yc, h, cc := naive(c.Shape, c.in)
	inference := c.args
	inference.Residual = nil
	pass(c.fw, &inference, ascending)
	near(t, "y without residual", c.args.Y, y, 1e-5)
	clear(c.args.Y)
	pass(c.fw, &c.args, ascending)
	near(t, "y", c.args.Y, y, 1e-5)
	near(t, "hT", c.args.HT, h, 1e-5)
	if c.Cell == LSTM {
		near(t, "cT", c.args.CT, cc, 1e-5)
		if c.Hold {
			near(t, "c", c.args.YC, yc, 1e-5)
		}
	}
	if t.Failed() {
		return
	}
	pass(c.bw, &c.args, ascending)
	if every {
		for name, got := range c.gradients() {
			x := c.in[name]
			want := make([]float64, len(got))
			for i := range want {
				old := x[i]
				want[i] = c.slope(func(by float64) { x[i] = old + by })
				x[i] = old
			}
			near(t, "gradient of "+name, got, want, 3e-5)
		}
		return
	}
	// Along one direction of all arrays.
	names := slices.Sorted(maps.Keys(c.gradients()))
	v, old := arrays{}, arrays{}
	along, size := 0.0, 0.0
	for _, name := range names {
		got := c.gradients()[name]
		v[name], old[name] = make([]float64, len(got)), slices.Clone(c.in[name])
		for i, g := range got {
			v[name][i] = rnd.NormFloat64() / math.Sqrt(float64(len(got)))
			along += v[name][i] * float64(g)
			size += math.Pow(v[name][i]*float64(g), 2)
		}
	}
	want := c.slope(func(by float64) {
		for _, name := range names {
			for i, d := range v[name] {
				c.in[name][i] = old[name][i] + by*d
			}
		}
	})
	for _, name := range names {
		copy(c.in[name], old[name])
	}
	if d := math.Abs(along - want); !(d <= 1e-4*(1+math.Sqrt(size))) {
		t.Errorf("the gradient along a direction is %v, want %v", along, want)
	}
}

// slope is the central difference of the loss while move moves what it is given by.
func (c *trial) slope(move func(by float64)) float64 {
	const eps = 1e-5
	move(eps)
	up := c.loss()
	move(-eps)
	return (up - c.loss()) / (2 * eps)
}

var kinds = []Shape{{Cell: Simple}, {Cell: LSTM}, {Cell: GRU, ResetAfter: true}, {Cell: GRU}, {Cell: UGRNN}}

// standard gives a kind Keras's default activations.
func standard(s Shape) Shape {
	s.Activation, s.Recurrent = Tanh, Sigmoid
	return s
}

func eachVariant(t *testing.T, f func(t *testing.T, v gemm.Variant)) {
	for _, v := range gemm.Variants() {
		t.Run(v.String(), func(t *testing.T) { f(t, v) })
	}
}

// TestSmall: every option of every cell, every element's gradient.
func TestSmall(t *testing.T) {
	eachVariant(t, func(t *testing.T, v gemm.Variant) {
		for _, s := range kinds {
			for options := range 1 << nOptions {
				for form := range 4 {
					if testing.Short() && (form+bits.OnesCount(uint(options)))%2 != 0 {
						continue // every pair of options occurs in the other half too
					}
					s := standard(s)
					s.Batch, s.Steps, s.In, s.Units = 3, 4, 2, 3
					s.Reverse, s.Sequences = form&1 != 0, form&2 != 0
					name := fmt.Sprintf("%v after=%v options=%05b form=%02b", s, s.ResetAfter, options, form)
					t.Run(name, func(t *testing.T) {
						rnd := rand.New(rand.NewPCG(1, uint64(options)))
						newTrial(s, options, v, rnd).check(t, true, rnd)
					})
				}
			}
		}
	})
}

// TestAwkward: sizes around vectors, groups and chunks, the options in turn; portable Go
// against the naive version, assembly against portable Go.
func TestAwkward(t *testing.T) {
	eachVariant(t, func(t *testing.T, v gemm.Variant) {
		turn := 0
		for k, s := range kinds {
			for u, units := range []int{1, 7, 16, 63, 65, 130} {
				for i, steps := range []int{1, 2, 17, 50} {
					for j, batch := range []int{1, 2, 33} {
						// In a short run each number of units meets all steps and all batches with some cell and,
						// where the product is large, one cell with one number of steps.
						skip := (i+j+k)%3 != 0 || (u+i+k)%2 != 0
						if batch*steps*units > 30000 {
							skip = (k+u)%len(kinds) != 0 || i != u%2+2
						}
						if skip && testing.Short() {
							turn++
							continue
						}
						if units > 65 && steps > 17 {
							continue // several chunks, which smaller layers have too
						}
						s := standard(s)
						s.Batch, s.Steps, s.In, s.Units = batch, steps, []int{1, 3, 17}[turn%3], units
						s.Reverse, s.Sequences = turn&1 != 0, turn&2 != 0
						options := turn * 7 / 5 % (1 << nOptions)
						turn++
						t.Run(fmt.Sprintf("%v after=%v options=%05b", s, s.ResetAfter, options), func(t *testing.T) {
							rnd := func() *rand.Rand { return rand.New(rand.NewPCG(2, uint64(turn))) }
							c := newTrial(s, options, v, rnd())
							if v == gemm.Generic {
								c.check(t, false, rnd())
								return
							}
							c.alike(t, newTrial(s, options, gemm.Generic, rnd())) // which is checked above
						})
					}
				}
			}
		}
	})
}

// alike compares all outputs, element by element, with those of another way to compute the same.
func (c *trial) alike(t *testing.T, g *trial) {
	t.Helper()
	for _, x := range []*trial{c, g} {
		pass(x.fw, &x.args, ascending)
		pass(x.bw, &x.args, ascending)
	}
	for name, x := range g.outputs() {
		want := make([]float64, len(x))
		most := 0.0
		for i, v := range x {
			want[i] = float64(v)
			most = max(most, math.Abs(want[i]))
		}
		near(t, name, c.outputs()[name], want, 2e-5*(1+most))
	}
}

// TestLarge: where the recurrent weights are many, the products of the steps are those of package gemm. Here they are
// so for layers of any size, with every option in turn.
func TestLarge(t *testing.T) {
	eachVariant(t, func(t *testing.T, v gemm.Variant) {
		if variants[v] == nil {
			return // its products are those of package gemm anyway
		}
		turn := 0
		for _, s := range kinds {
			for _, size := range []struct{ batch, steps, in, units int }{{1, 3, 3, 7}, {5, 4, 17, 16}, {33, 17, 3, 65},
				{19, 5, 2, 130}, {64, 3, 20, 33}} {
				s := standard(s)
				s.Batch, s.Steps, s.In, s.Units = size.batch, size.steps, size.in, size.units
				s.Reverse, s.Sequences = turn&1 != 0, turn&2 != 0
				options := turn * 7 / 5 % (1 << nOptions)
				turn++
				t.Run(fmt.Sprintf("%v after=%v options=%05b", s, s.ResetAfter, options), func(t *testing.T) {
					rnd := func() *rand.Rand { return rand.New(rand.NewPCG(4, uint64(turn))) }
					g := newTrial(s, options, gemm.Generic, rnd())
					defer func(n int) { variants[v].large = n }(variants[v].large)
					variants[v].large = 0
					c := newTrial(s, options, v, rnd())
					if c.bw.direct != nil {
						t.Fatal("the products of the steps are not those of package gemm")
					}
					c.alike(t, g)
				})
			}
		}
	})
}

// TestActivations: each one in both places of each cell.
func TestActivations(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a second; continuous integration runs it")
	}
	for _, s := range kinds {
		for act := Tanh; act <= Exponential; act++ {
			for place := range 2 {
				s := standard(s)
				s.Batch, s.Steps, s.In, s.Units, s.Sequences = 2, 3, 2, 5, true
				if place == 0 {
					s.Activation = act
				} else {
					s.Recurrent = act
				}
				name := fmt.Sprintf("%v after=%v %v %v", s.Cell, s.ResetAfter, s.Activation, s.Recurrent)
				t.Run(name, func(t *testing.T) {
					rnd := rand.New(rand.NewPCG(3, uint64(act)))
					c := newTrial(s, 0, gemm.Best(), rnd)
					if act == Exponential { // it runs away unless its arguments are small
						c.scale(0.25)
					}
					c.check(t, true, rnd)
				})
			}
		}
	}
}
