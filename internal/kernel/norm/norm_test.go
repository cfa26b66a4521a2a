package norm

import (
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
)

func eachVariant(t testing.TB, f func(v *variant)) {
	best := use
	defer func() { use = best }()
	for _, v := range variants() {
		use = v
		f(v)
	}
}

// golden reads testdata/golden.txt, which golden.py wrote with PyTorch.
func golden(t *testing.T) map[string][]float32 {
	b, err := os.ReadFile("testdata/golden.txt")
	if err != nil {
		t.Fatal(err)
	}
	g := map[string][]float32{}
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		for _, s := range f[1:] {
			v, err := strconv.ParseFloat(s, 64)
			if err != nil {
				t.Fatal(err)
			}
			g[f[0]] = append(g[f[0]], float32(v))
		}
	}
	return g
}

func near(t *testing.T, what string, got, want []float32, tol float64) {
	t.Helper()
	for i, w := range want {
		if e := math.Abs(float64(got[i]) - float64(w)); !(e <= tol*(1+math.Abs(float64(w)))) {
			t.Fatalf("%s[%d] = %v, want %v", what, i, got[i], w)
		}
	}
}

func TestPyTorch(t *testing.T) {
	const rows, C, eps = 6, 19, 1e-3
	g := golden(t)
	x, dy, gamma, beta := g["x"], g["dy"], g["gamma"], g["beta"]
	eachVariant(t, func(v *variant) {
		mean, variance, inv, scale := make([]float32, C), make([]float32, C), make([]float32, C), make([]float32, C)
		dgamma, dbeta := make([]float32, C), make([]float32, C)
		y, dx := make([]float32, rows*C), make([]float32, rows*C)
		MeanVar(mean, variance, x, rows, C)
		near(t, v.name+" mean", mean, g["mean"], 1e-6)
		near(t, v.name+" variance", variance, g["variance"], 1e-6)
		InvStd(inv, variance, eps)
		for c := range C {
			scale[c] = inv[c] * gamma[c]
		}
		Normalize(y, x, mean, scale, beta, rows, C)
		near(t, v.name+" batch y", y, g["batch_y"], 2e-6)
		shift := make([]float32, C)
		for c := range C {
			shift[c] = beta[c] - mean[c]*scale[c]
		}
		Apply(y, x, scale, shift, rows, C)
		near(t, v.name+" apply y", y, g["batch_y"], 5e-6)
		scratch := make([]float32, Scratch(C))
		Grad(dx, dgamma, dbeta, dy, x, mean, inv, gamma, rows, C, scratch)
		near(t, v.name+" batch dx", dx, g["batch_dx"], 2e-6)
		near(t, v.name+" batch dgamma", dgamma, g["batch_dgamma"], 2e-6)
		near(t, v.name+" batch dbeta", dbeta, g["batch_dbeta"], 2e-6)
		in := append([]float32{}, dy...)
		Grad(in, dgamma, dbeta, in, x, mean, inv, gamma, rows, C, scratch)
		near(t, v.name+" batch dx in dy's place", in, dx, 0)

		rm, ri := make([]float32, rows), make([]float32, rows)
		Layer(y, rm, ri, x, gamma, beta, rows, C, eps)
		near(t, v.name+" layer y", y, g["layer_y"], 2e-6)
		clear(dgamma)
		clear(dbeta)
		LayerGrad(dx, dgamma, dbeta, dy, x, rm, ri, gamma, rows, C)
		near(t, v.name+" layer dx", dx, g["layer_dx"], 2e-6)
		near(t, v.name+" layer dgamma", dgamma, g["layer_dgamma"], 2e-6)
		near(t, v.name+" layer dbeta", dbeta, g["layer_dbeta"], 2e-6)
	})
}

// TestShapes compares with float64 over awkward shapes, on data whose mean is
// 10⁴ times its deviation.
func TestShapes(t *testing.T) {
	eachVariant(t, func(v *variant) {
		r := rand.New(rand.NewPCG(1, 2))
		for _, rows := range []int{1, 2, 15, 16, 17, 33, 64, 1000} {
			for _, C := range []int{1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 65, 100} {
				n := rows * C
				x, dy := make([]float32, n), make([]float32, n)
				for i := range x {
					x[i], dy[i] = float32(1e4+r.NormFloat64()), float32(r.NormFloat64())
				}
				mean, variance := make([]float32, C+1), make([]float32, C+1)
				mean[C], variance[C] = 77, 77
				MeanVar(mean, variance, x, rows, C)
				inv, gamma := make([]float32, C), make([]float32, C)
				for c := range C {
					gamma[c] = float32(r.NormFloat64())
				}
				InvStd(inv, variance[:C], 1e-3)
				dx, dgamma, dbeta := make([]float32, n+1), make([]float32, C), make([]float32, C)
				dx[n] = 77
				Grad(dx, dgamma, dbeta, dy, x, mean, inv, gamma, rows, C, make([]float32, Scratch(C)))
				y := make([]float32, n+1)
				y[n] = 77
				Normalize(y, x, mean, inv, dbeta, rows, C)
				for c := range C {
					var s, q, sg, dot float64
					for i := range rows {
						s += float64(x[i*C+c])
					}
					m := s / float64(rows)
					for i := range rows {
						d := float64(x[i*C+c]) - m
						q += d * d
						sg += float64(dy[i*C+c])
						dot += float64(dy[i*C+c]) * d
					}
					q /= float64(rows)
					is := 1 / math.Sqrt(q+1e-3)
					if math.Abs(float64(mean[c])-m) > 5.1e-4 || math.Abs(float64(variance[c])-q) > 1e-4*(q+0.01) {
						t.Fatalf("%s %d×%d: mean %v, variance %v, want %v, %v", v.name, rows, C, mean[c], variance[c],
							m, q)
					}
					// A mean that is off by half a unit in its last place, 5·10⁻⁴, shifts
					// every x̂ by that times is.
					scale := math.Sqrt(float64(rows))
					if math.Abs(float64(dbeta[c])-sg) > 1e-6*scale ||
						math.Abs(float64(dgamma[c])-dot*is) > 6e-4*is*(scale+math.Abs(sg)) {
						t.Fatalf("%s %d×%d: dbeta %v, dgamma %v, want %v, %v", v.name, rows, C, dbeta[c], dgamma[c],
							sg, dot*is)
					}
					for i := range rows {
						k := i*C + c
						hat := (float64(x[k]) - m) * is
						if w := hat + sg; math.Abs(float64(y[k])-w) > 2e-3*is+1e-5*math.Abs(w) {
							t.Fatalf("%s %d×%d: y[%d, %d] = %v, want %v", v.name, rows, C, i, c, y[k], w)
						}
						w := float64(gamma[c]) * is * (float64(dy[k]) - sg/float64(rows) - hat*dot*is/float64(rows))
						if math.Abs(float64(dx[k])-w) > 3e-3*is*is*(1+math.Abs(float64(gamma[c]))) {
							t.Fatalf("%s %d×%d: dx[%d, %d] = %v, want %v", v.name, rows, C, i, c, dx[k], w)
						}
					}
				}
				if mean[C] != 77 || variance[C] != 77 || dx[n] != 77 || y[n] != 77 {
					t.Fatalf("%s %d×%d: wrote outside", v.name, rows, C)
				}
			}
		}
	})
}

// TestLayerShapes is TestShapes for rows, whose gradients are those of float64 too.
func TestLayerShapes(t *testing.T) {
	eachVariant(t, func(v *variant) {
		r := rand.New(rand.NewPCG(3, 4))
		for _, rows := range []int{1, 2, 5} {
			for _, cols := range []int{1, 2, 7, 8, 9, 16, 17, 31, 32, 33, 63, 64, 65, 100, 128, 300, 5000} {
				n := rows * cols
				row := func(centre float64, n int) []float32 {
					x := make([]float32, n+1)
					for i := range x {
						x[i] = float32(centre + r.NormFloat64())
					}
					x[n] = 77
					return x
				}
				x, dy, gamma, beta := row(1e4, n), row(0, n), row(0, cols), row(0, cols)
				y, dx, mean, inv := row(0, n), row(0, n), row(0, rows), row(0, rows)
				dgamma, dbeta := row(0, cols), row(0, cols)
				clear(dgamma[:cols])
				clear(dbeta[:cols])
				Layer(y, mean, inv, x, gamma, beta, rows, cols, 1e-3)
				LayerGrad(dx, dgamma, dbeta, dy, x, mean, inv, gamma, rows, cols)
				wantGamma, wantBeta := make([]float64, cols), make([]float64, cols)
				for i := range rows {
					var m, q, sum, dot float64
					for c := range cols {
						m += float64(x[i*cols+c]) / float64(cols)
					}
					for c := range cols {
						d := float64(x[i*cols+c]) - m
						q += d * d / float64(cols)
					}
					is := 1 / math.Sqrt(q+1e-3)
					for c := range cols {
						g := float64(dy[i*cols+c]) * float64(gamma[c])
						sum += g / float64(cols)
						dot += g * (float64(x[i*cols+c]) - m) * is / float64(cols)
					}
					for c := range cols {
						k := i*cols + c
						hat := (float64(x[k]) - m) * is
						wantGamma[c] += float64(dy[k]) * hat
						wantBeta[c] += float64(dy[k])
						// The mean's rounding, 5·10⁻⁴ at 10⁴, shifts every x̂ by that times is.
						if w := hat*float64(gamma[c]) + float64(beta[c]); math.Abs(float64(y[k])-w) > 2e-3*is+1e-5 {
							t.Fatalf("%s %d×%d: y[%d, %d] = %v, want %v", v.name, rows, cols, i, c, y[k], w)
						}
						w := is * (float64(dy[k])*float64(gamma[c]) - sum - hat*dot)
						if math.Abs(float64(dx[k])-w) > 3e-3*is*is*(1+math.Abs(w)) {
							t.Fatalf("%s %d×%d: dx[%d, %d] = %v, want %v", v.name, rows, cols, i, c, dx[k], w)
						}
					}
					if float64(inv[i])/is > 1.001 || float64(inv[i])/is < 0.999 {
						t.Fatalf("%s %d×%d: 1/√(variance + ε) of row %d = %v, want %v", v.name, rows, cols, i, inv[i],
							is)
					}
				}
				for c := range cols {
					if math.Abs(float64(dbeta[c])-wantBeta[c]) > 1e-5 ||
						math.Abs(float64(dgamma[c])-wantGamma[c]) > 0.1 {
						t.Fatalf("%s %d×%d: dbeta %v, dgamma %v, want %v, %v", v.name, rows, cols, dbeta[c], dgamma[c],
							wantBeta[c], wantGamma[c])
					}
				}
				for _, s := range [][]float32{y, dx, mean, inv, dgamma, dbeta} {
					if s[len(s)-1] != 77 {
						t.Fatalf("%s %d×%d: wrote outside", v.name, rows, cols)
					}
				}
			}
		}
	})
}

func TestNothing(t *testing.T) {
	eachVariant(t, func(v *variant) {
		mean, variance := make([]float32, 3), make([]float32, 3)
		MeanVar(mean, variance, nil, 0, 3)
		for c := range mean {
			if mean[c] == mean[c] || variance[c] == variance[c] {
				t.Errorf("%s: statistics of no rows are %v, %v", v.name, mean[c], variance[c])
			}
		}
		Normalize(nil, nil, nil, nil, nil, 5, 0)
		Apply(nil, nil, mean, mean, 0, 3)
	})
}

func TestNaNStaysInItsChannel(t *testing.T) {
	eachVariant(t, func(v *variant) {
		const rows, C = 40, 37
		x := make([]float32, rows*C)
		x[33*C+36] = float32(math.NaN())
		mean, variance := make([]float32, C), make([]float32, C)
		MeanVar(mean, variance, x, rows, C)
		for c := range C {
			if (mean[c] != mean[c]) != (c == 36) || (variance[c] != variance[c]) != (c == 36) {
				t.Errorf("%s: channel %d has mean %v, variance %v", v.name, c, mean[c], variance[c])
			}
		}
	})
}

func TestNoAllocation(t *testing.T) {
	x, c := make([]float32, 640), make([]float32, 60)
	n := testing.AllocsPerRun(10, func() {
		MeanVar(c[:10], c[10:20], x, 64, 10)
		Grad(x, c[20:30], c[30:40], x, x, c[:10], c[10:20], nil, 64, 10, c[30:60])
		Layer(x, c[:10], c[10:20], x, x, x, 10, 64, 1e-3)
		LayerGrad(x, x[:60], c, x, x, c[:10], c[10:20], x, 10, 60)
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkNorm(b *testing.B) {
	eachVariant(b, func(v *variant) {
		for _, C := range []int{16, 64, 512} {
			rows := 32768 / C
			x, y, dy := make([]float32, rows*C), make([]float32, rows*C), make([]float32, rows*C)
			c := make([]float32, 8*C)
			at := func(i int) []float32 { return c[i*C:][:C] }
			for name, k := range map[string]struct {
				arrays int
				f      func()
			}{
				"MeanVar":   {2, func() { MeanVar(at(0), at(1), x, rows, C) }},
				"Normalize": {2, func() { Normalize(y, x, at(0), at(1), at(2), rows, C) }},
				"Grad":      {5, func() { Grad(y, at(2), at(3), dy, x, at(0), at(1), at(4), rows, C, c[5*C:]) }},
			} {
				b.Run(v.name+"/"+name+"/"+strconv.Itoa(C), func(b *testing.B) {
					b.SetBytes(int64(4 * rows * C * k.arrays))
					for b.Loop() {
						k.f()
					}
				})
			}
		}
	})
}
