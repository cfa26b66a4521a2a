package sweep

import (
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
)

// Every sweep in every variant against its formula in float64, over awkward
// lengths and several steps.

// rule is one optimiser: slots are what it keeps besides the weights.
type rule struct {
	name  string
	slots int
	run   func(w []float32, s [][]float32, g Gradient, t int)
	want  func(w *float64, s []float64, g float64, t int)
}

const lr, mom, rho, b1, b2, eps, decay = 0.01, 0.9, 0.9, 0.9, 0.999, 1e-7, 0.004

func alpha(t int) float64 {
	return lr * math.Sqrt(1-math.Pow(b2, float64(t))) / (1 - math.Pow(b1, float64(t)))
}

func adam64(w *float64, s []float64, g float64, a, decay float64) {
	s[0] += (g - s[0]) * (1 - float64(float32(b1)))
	s[1] += (g*g - s[1]) * (1 - float64(float32(b2)))
	v := s[1]
	if len(s) > 2 {
		s[2] = max(s[2], v)
		v = s[2]
	}
	*w -= *w*decay + a*s[0]/(math.Sqrt(v)+eps)
}

var rules = []rule{
	{"SGD", 0, func(w []float32, s [][]float32, g Gradient, t int) { SGD(w, g, lr) },
		func(w *float64, s []float64, g float64, t int) { *w -= lr * g }},
	{"Momentum", 1, func(w []float32, s [][]float32, g Gradient, t int) { Momentum(w, s[0], g, lr, mom, false) },
		func(w *float64, s []float64, g float64, t int) { s[0] = mom*s[0] - lr*g; *w += s[0] }},
	{"Nesterov", 1, func(w []float32, s [][]float32, g Gradient, t int) { Momentum(w, s[0], g, lr, mom, true) },
		func(w *float64, s []float64, g float64, t int) { s[0] = mom*s[0] - lr*g; *w += mom*s[0] - lr*g }},
	{"RMSprop", 1, func(w []float32, s [][]float32, g Gradient, t int) { RMSprop(w, s[0], g, lr, rho, eps) },
		func(w *float64, s []float64, g float64, t int) {
			s[0] = rho*s[0] + (1-rho)*g*g
			*w -= lr * g / math.Sqrt(s[0]+eps)
		}},
	{"RMSpropMomentum", 2, func(w []float32, s [][]float32, g Gradient, t int) {
		RMSpropMomentum(w, s[0], s[1], g, lr, rho, eps, mom)
	}, func(w *float64, s []float64, g float64, t int) {
		s[0] = rho*s[0] + (1-rho)*g*g
		s[1] = mom*s[1] + lr*g/math.Sqrt(s[0]+eps)
		*w -= s[1]
	}},
	{"Adam", 2, func(w []float32, s [][]float32, g Gradient, t int) {
		Adam(w, s[0], s[1], g, float32(alpha(t)), b1, b2, eps)
	}, func(w *float64, s []float64, g float64, t int) { adam64(w, s, g, alpha(t), 0) }},
	{"AdamW", 2, func(w []float32, s [][]float32, g Gradient, t int) {
		AdamW(w, s[0], s[1], g, float32(alpha(t)), b1, b2, eps, decay*lr)
	}, func(w *float64, s []float64, g float64, t int) { adam64(w, s, g, alpha(t), decay*lr) }},
	{"AMSGrad", 3, func(w []float32, s [][]float32, g Gradient, t int) {
		AMSGrad(w, s[0], s[1], s[2], g, float32(alpha(t)), b1, b2, eps, decay*lr)
	}, func(w *float64, s []float64, g float64, t int) { adam64(w, s, g, alpha(t), decay*lr) }},
}

func eachVariant(t testing.TB, f func(v *variant)) {
	fastest := use()
	defer func() { best = fastest }()
	for _, v := range variants() {
		best = v
		f(v)
	}
}

func TestSweeps(t *testing.T) {
	eachVariant(t, func(v *variant) {
		r := rand.New(rand.NewPCG(1, 2))
		for _, k := range rules {
			for _, n := range []int{0, 1, 7, 8, 15, 16, 17, 31, 33, 100, 1023, 1025} {
				// One canary before and after each array.
				array := func() []float32 {
					x := make([]float32, n+3)
					x[0], x[n+1], x[n+2] = 77, 77, 77
					return x
				}
				w, g := array(), array()
				slots, in := make([][]float32, k.slots), make([][]float32, k.slots)
				for i := range slots {
					slots[i] = array()
					in[i] = slots[i][1 : n+1]
				}
				w64, s64 := make([]float64, n), make([][]float64, n)
				for i := range n {
					w[i+1] = float32(r.NormFloat64())
					w64[i], s64[i] = float64(w[i+1]), make([]float64, k.slots)
				}
				for step := 1; step <= 10; step++ {
					for i := range n {
						g[i+1] = float32(r.NormFloat64() * math.Exp2(float64(i%9-4)))
					}
					k.run(w[1:n+1], in, Dense(g[1:n+1]), step)
					for i := range n {
						k.want(&w64[i], s64[i], float64(g[i+1]), step)
					}
				}
				for i := range n {
					if e := math.Abs(float64(w[i+1]) - w64[i]); !(e <= 1e-6*(1+math.Abs(w64[i]))) {
						t.Fatalf("%s %s of %d: w[%d] = %v, want %v", v.name, k.name, n, i, w[i+1], w64[i])
					}
					for j := range slots {
						most := 4 * math.Exp2(float64(i%9-4)) // of |g|
						if e := math.Abs(float64(in[j][i]) - s64[i][j]); !(e <= 4e-7*(most+most*most)) {
							t.Fatalf("%s %s of %d: slot %d[%d] = %v, want %v", v.name, k.name, n, j, i, in[j][i],
								s64[i][j])
						}
					}
				}
				for _, x := range append(slots, w, g) {
					if x[0] != 77 || x[n+1] != 77 || x[n+2] != 77 {
						t.Fatalf("%s %s of %d wrote outside its slices", v.name, k.name, n)
					}
				}
			}
		}
	})
}

// TestPyTorch takes ten steps and compares the weights with testdata/golden.txt,
// which golden.py wrote with PyTorch's optimisers in float64.
func TestPyTorch(t *testing.T) {
	b, err := os.ReadFile("testdata/golden.txt")
	if err != nil {
		t.Fatal(err)
	}
	golden := map[string][]float32{}
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		for _, s := range f[1:] {
			v, err := strconv.ParseFloat(s, 64)
			if err != nil {
				t.Fatal(err)
			}
			golden[f[0]] = append(golden[f[0]], float32(v))
		}
	}
	eachVariant(t, func(v *variant) {
		for _, k := range rules {
			w := append([]float32{}, golden["w"]...)
			n := len(w)
			slots := make([][]float32, k.slots)
			for i := range slots {
				slots[i] = make([]float32, n)
			}
			for step := range 10 {
				k.run(w, slots, Dense(golden["g"][step*n:][:n]), step+1)
			}
			want := golden[k.name]
			if len(want) != n {
				t.Fatalf("%s is not in testdata/golden.txt", k.name)
			}
			for i := range w {
				if e := math.Abs(float64(w[i]) - float64(want[i])); !(e <= 1e-5) {
					t.Errorf("%s %s: w[%d] = %v, PyTorch has %v", v.name, k.name, i, w[i], want[i])
				}
			}
		}
	})
}

// TestRows: a gradient of which rows are missing, and others stand anywhere, moves the weights as the same in full
// does, to the bit.
func TestRows(t *testing.T) {
	eachVariant(t, func(v *variant) {
		r := rand.New(rand.NewPCG(3, 4))
		for _, k := range rules {
			for _, size := range [][2]int{{1, 1}, {40, 3}, {9, 16}, {33, 17}, {5, 128}, {20, 33}, {3, 1000}} {
				rows, cols := size[0], size[1]
				n := rows * cols
				g := Gradient{Zeros: make([]float32, cols), Rows: make([]int32, rows)}
				dense := make([]float32, n)
				var w, in [2][]float32
				var slots [2][][]float32
				for i := range w {
					w[i] = make([]float32, n+1)
					w[i][n] = 77
					in[i] = w[i][:n]
					for range k.slots {
						slots[i] = append(slots[i], make([]float32, n))
					}
				}
				for step := 1; step <= 3; step++ {
					g.G = nil
					clear(dense)
					for _, row := range r.Perm(rows) {
						if g.Rows[row] = -1; r.IntN(3) == 0 {
							continue
						}
						g.Rows[row] = int32(len(g.G) / cols)
						for j := range cols {
							dense[row*cols+j] = float32(r.NormFloat64())
						}
						g.G = append(g.G, dense[row*cols:][:cols]...)
					}
					k.run(in[0], slots[0], Dense(dense), step)
					k.run(in[1], slots[1], g, step)
				}
				for i := range w[0] {
					if w[0][i] != w[1][i] {
						t.Fatalf("%s %s %d×%d: w[%d] is %v by rows, %v in full", v.name, k.name, rows, cols, i,
							w[1][i], w[0][i])
					}
				}
				for j := range slots[0] {
					for i := range slots[0][j] {
						if slots[0][j][i] != slots[1][j][i] {
							t.Fatalf("%s %s %d×%d: slot %d[%d] differs", v.name, k.name, rows, cols, j, i)
						}
					}
				}
			}
		}
	})
}

func TestNaNReachesTheWeights(t *testing.T) {
	eachVariant(t, func(v *variant) {
		for _, k := range rules {
			const n = 19
			w, g := make([]float32, n), make([]float32, n)
			slots := make([][]float32, k.slots)
			for i := range slots {
				slots[i] = make([]float32, n)
			}
			g[17] = float32(math.NaN())
			k.run(w, slots, Dense(g), 1)
			for i, x := range w {
				if (x != x) != (i == 17) {
					t.Errorf("%s %s: w[%d] = %v", v.name, k.name, i, x)
				}
			}
		}
	})
}

func TestNoAllocation(t *testing.T) {
	w, m, v, g := make([]float32, 1000), make([]float32, 1000), make([]float32, 1000), make([]float32, 1000)
	if n := testing.AllocsPerRun(10, func() { Adam(w, m, v, Dense(g), 0.001, 0.9, 0.999, 1e-7) }); n != 0 {
		t.Errorf("Adam allocates %v times", n)
	}
}

func TestShortSlotPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a short slot went through")
		}
	}()
	w := make([]float32, 4)
	Adam(w, w[:3], w, Dense(w), 0.001, 0.9, 0.999, 1e-7)
}

func BenchmarkSweeps(b *testing.B) {
	eachVariant(b, func(v *variant) {
		for _, k := range rules {
			for _, size := range []struct {
				name string
				n    int
			}{{"L2", 1 << 14}, {"memory", 1 << 22}} {
				b.Run(v.name+"/"+k.name+"/"+size.name, func(b *testing.B) {
					w, g := make([]float32, size.n), make([]float32, size.n)
					slots := make([][]float32, k.slots)
					for i := range slots {
						slots[i] = make([]float32, size.n)
					}
					for i := range g {
						g[i] = 0.01
					}
					b.SetBytes(int64(size.n * 4 * (3 + 2*k.slots)))
					for b.Loop() {
						k.run(w, slots, Dense(g), 1)
					}
				})
			}
		}
	})
}
