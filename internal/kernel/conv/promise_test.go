package conv

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
)

// one is a shape of each method.
var one = map[string]Shape{
	"inner": {N: 2, C: 5, F: 37, In: [3]int{1, 9, 15}, Kernel: [3]int{1, 3, 3}, Stride: [3]int{1, 2, 1},
		Pad: [3]int{0, 1, 1}},
	"volume":   {N: 2, C: 2, F: 7, In: [3]int{5, 6, 7}, Kernel: [3]int{3, 3, 3}},
	"depth":    {N: 2, C: 20, F: 20, Groups: 20, In: [3]int{1, 9, 9}, Kernel: [3]int{1, 3, 3}, Pad: [3]int{0, 1, 1}},
	"winograd": {N: 4, C: 17, F: 20, In: [3]int{1, 10, 8}, Kernel: [3]int{1, 3, 3}, Pad: [3]int{0, 1, 1}},
	"lanes":    {N: 2, C: 30, F: 40, Groups: 10, In: [3]int{1, 7, 8}, Kernel: [3]int{1, 3, 3}, Pad: [3]int{0, 1, 1}},
	"flat":     {N: 3, C: 33, F: 32, In: [3]int{1, 1, 22}, Kernel: [3]int{1, 1, 3}, Pad: [3]int{0, 0, 1}},
}

func TestRunDoesNotAllocate(t *testing.T) {
	for name, s := range one {
		for _, v := range Variants() {
			for _, kind := range passes {
				e := epilogue(15)
				if kind == weightGrad {
					e = Epilogue{Check: true}
				}
				p := newProblem(rand.New(rand.NewPCG(7, 0)), fit(s, s.Pad), e, kind)
				pl := newPlan(p.s, e, kind, v)
				shared, scratch := make([]float32, pl.Shared()), make([]float32, pl.Scratch())
				if n := testing.AllocsPerRun(3, func() {
					for phase := range pl.Phases() {
						for b := range pl.Blocks(phase) {
							pl.Run(phase, b, p.in, p.w, p.old, p.bias, p.mask, shared, scratch)
						}
					}
				}); n != 0 {
					t.Errorf("%s, %v, pass %d: Run allocates %v times", name, v, kind, n)
				}
			}
		}
	}
	w := Window{N: 2, C: 20, In: [3]int{1, 9, 9}, Out: [3]int{1, 5, 5}, Kernel: [3]int{1, 3, 3},
		Stride: [3]int{1, 2, 2}, Pad: [3]int{0, 1, 1}}
	for _, m := range variants() {
		for _, kind := range poolKinds {
			p := newPool(w, kind, m)
			x, y, scratch := make([]float32, 2*81*20), make([]float32, 2*25*20), make([]float32, p.Scratch())
			out := make([]float32, len(x))
			if n := testing.AllocsPerRun(3, func() {
				for b := range p.Blocks() {
					p.Run(b, x, y, out, scratch)
				}
			}); n != 0 {
				t.Errorf("%s, pool %d: Run allocates %v times", m.name, kind, n)
			}
		}
	}
}

// TestManyGoroutines: the bits do not depend on which goroutine runs which block.
func TestManyGoroutines(t *testing.T) {
	for name, s := range one {
		for _, kind := range passes {
			s.N = 9
			p := newProblem(rand.New(rand.NewPCG(6, 0)), fit(s, s.Pad), Epilogue{Check: true}, kind)
			for _, v := range Variants() {
				pl := newPlan(p.s, p.e, kind, v)
				want, _ := p.run(pl, false)
				out, shared := make([]float32, len(p.old)), make([]float32, pl.Shared())
				for phase := range pl.Phases() {
					var next atomic.Int64
					var all sync.WaitGroup
					for range 4 {
						all.Go(func() {
							scratch := make([]float32, pl.Scratch())
							for b := int(next.Add(1)) - 1; b < pl.Blocks(phase); b = int(next.Add(1)) - 1 {
								pl.Run(phase, b, p.in, p.w, out, p.bias, p.mask, shared, scratch)
							}
						})
					}
					all.Wait()
				}
				for i := range want {
					if math.Float32bits(want[i]) != math.Float32bits(out[i]) {
						t.Fatalf("%s, %v, pass %d: result %d is %v, alone %v", name, v, kind, i, out[i], want[i])
					}
				}
			}
		}
	}
}

// TestNotFinite puts a NaN or an infinity into an operand: where it belongs the result
// is not finite, and the flag is raised. What Winograd's method makes of it may reach
// the tile's other results.
func TestNotFinite(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a second; continuous integration runs it")
	}
	for name, s := range one {
		for _, kind := range passes {
			for _, poison := range []float32{float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1))} {
				for bits := range 2 {
					e := Epilogue{Check: true, Relu: bits > 0 && kind != weightGrad}
					if e.Relu && poison == float32(math.Inf(-1)) {
						continue // relu makes 0 of −∞
					}
					p := newProblem(rand.New(rand.NewPCG(5, 0)), fit(s, s.Pad), e, kind)
					p.in[len(p.in)/2] = poison
					for i := range p.w { // so that an infinity keeps its sign
						p.w[i] = float32(math.Abs(float64(p.w[i]))) + 1
					}
					p.naive()
					for _, v := range Variants() {
						out, finite := p.run(newPlan(p.s, e, kind, v), false)
						if finite {
							t.Errorf("%s, %v, pass %d: %v was not reported", name, v, kind, poison)
						}
						for i, w := range p.want {
							if bad := float64(out[i]) - float64(out[i]); (math.IsNaN(w) || math.IsInf(w, 0)) &&
								bad == 0 {
								t.Fatalf("%s, %v, pass %d, %v: result %d is %v, want %v", name, v, kind, poison, i,
									out[i], w)
							}
						}
					}
				}
			}
		}
	}
}

// TestDenormals: kernels in assembly flush denormals and leave the caller's
// arithmetic as it was.
func TestDenormals(t *testing.T) {
	tiny := math.Float32frombits(1 << 20 * uint32(1+rand.IntN(2))) // 2⁻¹²⁹ or 2⁻¹²⁸, unknown to the compiler
	for name, s := range one {
		for _, v := range Variants()[1:] {
			for _, kind := range passes {
				p := newProblem(rand.New(rand.NewPCG(8, 0)), fit(s, s.Pad), Epilogue{}, kind)
				for i := range p.in {
					p.in[i] = tiny
				}
				out, _ := p.run(newPlan(p.s, p.e, kind, v), false)
				for i := range out {
					if out[i] != 0 {
						t.Fatalf("%s, %v, pass %d: result %d is %v, want a flushed 0", name, v, kind, i, out[i])
					}
				}
				if tiny/2 == 0 {
					t.Fatalf("%s, %v, pass %d: denormals are still flushed after the kernel", name, v, kind)
				}
			}
		}
	}
}

// TestWinogradError bounds the error of the transforms: with normal data, within 10⁻⁴
// of the greatest result, as far as the method is used, and the root mean square
// within 10⁻⁵.
func TestWinogradError(t *testing.T) {
	if testing.Short() {
		t.Skip("its products in float64 take a second")
	}
	r := rand.New(rand.NewPCG(9, 0))
	for i, c := range []int{16, 200, 32, 200} {
		s := fit(Shape{N: 2, C: c, F: 20, In: [3]int{1, 12, 12}, Kernel: [3]int{1, 3, 3}, Pad: [3]int{0, 1, 1}},
			[3]int{0, 1, 1})
		if i > 1 {
			s = fit(Shape{N: 2, C: c, F: 40, In: [3]int{1, 1, 70}, Kernel: [3]int{1, 1, 3}, Pad: [3]int{0, 0, 1}},
				[3]int{0, 0, 1})
		}
		for _, kind := range passes {
			p := newProblem(r, s, Epilogue{}, kind)
			for _, x := range [][]float32{p.in, p.w} {
				for i := range x {
					x[i] = float32(r.NormFloat64())
				}
			}
			p.naive()
			for _, v := range Variants() {
				pl := newPlan(s, Epilogue{}, kind, v)
				switch pl.method.(type) {
				case *winograd, *winogradGrad:
				default:
					t.Fatalf("%d channels, pass %d: the method is not Winograd's", c, kind)
				}
				out, _ := p.run(pl, false)
				var worst, greatest, sum, squares float64
				for i, w := range p.want {
					d := math.Abs(float64(out[i]) - w)
					worst, greatest = max(worst, d), max(greatest, math.Abs(w))
					sum += d * d
					squares += w * w
				}
				if rms := math.Sqrt(sum / squares); worst > 1e-4*greatest || rms > 1e-5 {
					t.Errorf("%d channels, %v, pass %d: error %.2g of the greatest result, root mean square %.2g", c,
						v, kind, worst/greatest, rms)
				}
			}
		}
	}
}

func TestMistakesPanic(t *testing.T) {
	expect := func(name string, f func()) {
		t.Helper()
		defer func() {
			if recover() == nil {
				t.Errorf("%s: no panic", name)
			}
		}()
		f()
	}
	expect("negative", func() { Forward(Shape{N: -1}, Epilogue{}) })
	expect("groups", func() { Forward(Shape{N: 1, C: 3, F: 4, Groups: 2}, Epilogue{}) })
	expect("pad", func() { WeightGrad(Shape{N: 1, C: 3, F: 4, Pad: [3]int{0, 0, -1}}, false) })
	expect("negative window", func() { MaxPool(Window{N: -1}) })
	s := fit(one["inner"], one["inner"].Pad)
	pl := Forward(s, Epilogue{Bias: true, Mask: true})
	p := newProblem(rand.New(rand.NewPCG(1, 1)), s, pl.Epilogue, forward)
	full := func() [][]float32 {
		return [][]float32{p.in, p.w, p.old, p.bias, p.mask, make([]float32, pl.Shared()),
			make([]float32, pl.Scratch())}
	}
	for i := range 7 {
		x := full()
		x[i] = x[i][:len(x[i])-1]
		expect(fmt.Sprintf("argument %d too short", i),
			func() { pl.Run(0, 0, x[0], x[1], x[2], x[3], x[4], x[5], x[6]) })
	}
	x := full()
	if !pl.Run(0, 0, x[0], x[1], x[2], x[3], x[4], x[5], x[6]) {
		t.Error("packing weights reports what is not finite")
	}
}

func TestString(t *testing.T) {
	for want, s := range map[string]Shape{
		"64x32x32x3 * 3x3 -> 32x32x32 pad [0 1 1]": {N: 64, C: 3, F: 32, In: [3]int{1, 32, 32}, Out: [3]int{1, 32, 32},
			Kernel: [3]int{1, 3, 3}, Pad: [3]int{0, 1, 1}},
		"2x40x4 * 5 -> 36x4 groups 4": {N: 2, C: 4, F: 4, Groups: 4, In: [3]int{1, 1, 40},
			Out: [3]int{1, 1, 36}, Kernel: [3]int{1, 1, 5}},
		"1x5x6x7x1 * 3x3x3 -> 3x4x5x2": {N: 1, C: 1, F: 2, In: [3]int{5, 6, 7}, Out: [3]int{3, 4, 5},
			Kernel: [3]int{3, 3, 3}},
		"1x8x1 * 3 -> 3x1 stride [1 1 2]": {N: 1, C: 1, F: 1, In: [3]int{1, 1, 8}, Out: [3]int{1, 1, 3},
			Kernel: [3]int{1, 1, 3}, Stride: [3]int{1, 1, 2}},
	} {
		if got := s.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
