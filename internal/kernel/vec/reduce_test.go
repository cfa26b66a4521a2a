package vec

import (
	"math"
	"math/rand/v2"
	"testing"
)

// close64 reports whether got is within tol·scale of want, NaN being like NaN.
func close64(got float32, want, scale, tol float64) bool {
	g := float64(got)
	if math.IsNaN(g) || math.IsNaN(want) {
		return math.IsNaN(g) && math.IsNaN(want)
	}
	return g == want || math.Abs(g-want) <= tol*scale
}

const eps = 0x1p-23

func TestReduce(t *testing.T) {
	eachVariant(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(11, 12))
		for _, n := range append([]int{4096, 4097, 100003}, lengths...) {
			a, b := apart(r, n, -1, 3), apart(r, n, -3, 1)
			var sum, abs, sq, dot, absDot float64
			hi, lo := math.Inf(-1), math.Inf(1)
			for i, v := range a {
				x, y := float64(v), float64(b[i])
				sum += x
				abs += math.Abs(x)
				sq += x * x
				dot += x * y
				absDot += math.Abs(x * y)
				hi, lo = max(hi, x), min(lo, x)
			}
			for _, k := range []struct {
				name        string
				got         float32
				want, scale float64
			}{
				{"Sum", Sum(a), sum, abs}, {"SumSquares", SumSquares(a), sq, sq}, {"Dot", Dot(a, b), dot, absDot},
				{"ReduceMax", ReduceMax(a), hi, 0}, {"ReduceMin", ReduceMin(a), lo, 0},
			} {
				if !close64(k.got, k.want, k.scale, 2*eps) {
					t.Fatalf("%s of %d = %v, want %v", k.name, n, k.got, k.want)
				}
			}
			first := -1
			for i, v := range a {
				if float64(v) == hi {
					first = i
					break
				}
			}
			if got := ArgMax(a); got != first {
				t.Fatalf("ArgMax of %d = %d, want %d", n, got, first)
			}
			if !Finite(a) {
				t.Fatalf("Finite of %d finite numbers is false", n)
			}
		}
		// A NaN or infinity anywhere is found, and NaN is the maximum.
		for _, n := range lengths[1:] {
			for range 20 {
				x := apart(r, n, -1, 1)
				i := r.IntN(n)
				for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
					x[i] = float32(bad)
					if Finite(x) {
						t.Fatalf("Finite overlooks %v at %d of %d", bad, i, n)
					}
					if !close64(ReduceMax(x), max(bad, maxExcept(x, i, 1)), 0, 0) ||
						!close64(ReduceMin(x), min(bad, -maxExcept(x, i, -1)), 0, 0) {
						t.Fatalf("ReduceMax, ReduceMin with %v at %d of %d: %v, %v", bad, i, n, ReduceMax(x),
							ReduceMin(x))
					}
					if !close64(Sum(x), bad, 0, 0) {
						t.Fatalf("Sum with %v at %d of %d: %v", bad, i, n, Sum(x))
					}
				}
				x[i] = float32(math.NaN())
				if ArgMax(x) != i {
					t.Fatalf("ArgMax passes over NaN at %d of %d", i, n)
				}
				x[i] = math.MaxFloat32
				if !Finite(x) {
					t.Fatal("Finite takes the largest number for an infinity")
				}
			}
		}
	})
}

// maxExcept is the largest s·x but for element i.
func maxExcept(x []float32, i int, s float64) float64 {
	m := math.Inf(-1)
	for j, v := range x {
		if j != i {
			m = max(m, s*float64(v))
		}
	}
	return m
}

func TestRowsAndColumns(t *testing.T) {
	eachVariant(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(13, 14))
		for _, rows := range []int{0, 1, 2, 31, 32, 33, 65, 200} {
			for _, cols := range []int{0, 1, 7, 8, 9, 16, 17, 63, 64, 65, 100, 131} {
				ld := cols + r.IntN(3)
				x := apart(r, rows*ld, -1, 2)
				tight := make([]float32, 0, rows*cols)
				for i := range rows {
					tight = append(tight, x[i*ld:][:cols]...)
				}
				type acc struct{ sum, abs, sq, hi, lo float64 }
				start := acc{hi: math.Inf(-1), lo: math.Inf(1)}
				row, col := make([]acc, rows), make([]acc, cols)
				for i := range row {
					row[i] = start
				}
				for j := range col {
					col[j] = start
				}
				for i := range rows {
					for j := range cols {
						v := float64(tight[i*cols+j])
						for _, a := range []*acc{&row[i], &col[j]} {
							*a = acc{a.sum + v, a.abs + math.Abs(v), a.sq + v*v, max(a.hi, v), min(a.lo, v)}
						}
					}
				}
				check := func(name string, run func(dst []float32), want []acc, pick func(acc) (float64, float64)) {
					t.Helper()
					g := guarded(r, len(want))
					run(g.dst)
					g.check(t, name)
					for i, w := range want {
						v, scale := pick(w)
						if !close64(g.dst[i], v, scale, 3*eps) {
							t.Fatalf("%s %d×%d (ld %d): %v at %d, want %v", name, rows, cols, ld, g.dst[i], i, v)
						}
					}
				}
				sum := func(a acc) (float64, float64) { return a.sum, a.abs }
				sq := func(a acc) (float64, float64) { return a.sq, a.sq }
				hi := func(a acc) (float64, float64) { return a.hi, 0 }
				lo := func(a acc) (float64, float64) { return a.lo, 0 }
				check("RowSum", func(d []float32) { RowSum(d, tight, rows, cols) }, row, sum)
				check("RowSumSquares", func(d []float32) { RowSumSquares(d, tight, rows, cols) }, row, sq)
				check("RowMax", func(d []float32) { RowMax(d, tight, rows, cols) }, row, hi)
				check("RowMin", func(d []float32) { RowMin(d, tight, rows, cols) }, row, lo)
				check("ColSum", func(d []float32) { ColSum(d, x, rows, cols, ld) }, col, sum)
				check("ColMax", func(d []float32) { ColMax(d, x, rows, cols, ld) }, col, hi)
				check("ColMin", func(d []float32) { ColMin(d, x, rows, cols, ld) }, col, lo)
			}
		}
		// A long column of one number keeps its digits.
		x := make([]float32, 3*200001)
		Fill(x, 0.1)
		dst := make([]float32, 3)
		ColSum(dst, x, 200001, 3, 3)
		if want := 200001 * float64(float32(0.1)); !close64(dst[2], want, want, 2*eps) {
			t.Errorf("ColSum of 200001 × 0.1 = %v, want %v", dst[2], want)
		}
		// NaN survives.
		x = apart(r, 20*70, -1, 1)
		x[13*70+68] = float32(math.NaN())
		dst = make([]float32, 70)
		for name, f := range map[string]func(dst, x []float32, rows, cols, ld int){"ColSum": ColSum, "ColMax": ColMax,
			"ColMin": ColMin} {
			f(dst, x, 20, 70, 70)
			for j, v := range dst {
				if (v != v) != (j == 68) {
					t.Errorf("%s: %v in column %d", name, v, j)
				}
			}
		}
	})
}

func TestSoftmaxFamily(t *testing.T) {
	eachVariant(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(15, 16))
		for _, cols := range []int{1, 2, 7, 8, 10, 16, 17, 33, 100, 1000} {
			const rows = 5
			n := rows * cols
			x, dy := apart(r, n, -20, 20), apart(r, n, -1, 1)
			labels, dloss := make([]int32, rows), apart(r, rows, 0.1, 1)
			for i := range labels {
				labels[i] = r.Int32N(int32(cols))
			}
			dloss[1] = 1
			gy, gl := guarded(r, n), guarded(r, rows)
			y, ly, dst, lse, loss := gy.dst, make([]float32, n), make([]float32, n), make([]float32, rows), gl.dst
			Softmax(y, x, rows, cols)
			LogSoftmax(ly, x, rows, cols)
			LogSumExp(lse, x, rows, cols)
			CrossEntropy(loss, x, labels, rows, cols)
			CrossEntropyGrad(dst, x, labels, dloss, rows, cols)
			gy.check(t, "Softmax")
			gl.check(t, "CrossEntropy")
			sg, lg := make([]float32, n), make([]float32, n)
			SoftmaxGrad(sg, dy, y, rows, cols)
			LogSoftmaxGrad(lg, dy, ly, rows, cols)
			for i := range rows {
				v := x[i*cols:][:cols]
				m, s, dot, sum := math.Inf(-1), 0.0, 0.0, 0.0
				for _, a := range v {
					m = max(m, float64(a))
				}
				for _, a := range v {
					s += math.Exp(float64(a) - m)
				}
				l := m + math.Log(s)
				for j, a := range v {
					dot += math.Exp(float64(a)-l) * float64(dy[i*cols+j])
					sum += float64(dy[i*cols+j])
				}
				if !close64(lse[i], l, max(math.Abs(l), 1), 2*eps) {
					t.Fatalf("LogSumExp of %d: %v, want %v", cols, lse[i], l)
				}
				if w := l - float64(v[labels[i]]); !close64(loss[i], w, max(w, 1), 4*eps) {
					t.Fatalf("CrossEntropy of %d: %v, want %v", cols, loss[i], w)
				}
				for j, a := range v {
					k := i*cols + j
					p, g := math.Exp(float64(a)-l), float64(dy[k])
					hot := one64(j == int(labels[i]))
					for _, c := range []struct {
						name        string
						got         float32
						want, scale float64
					}{
						{"Softmax", y[k], p, max(p, minNormal)},
						{"LogSoftmax", ly[k], float64(a) - l, max(math.Abs(float64(a)-l), 1)},
						{"CrossEntropyGrad", dst[k], (p - hot) * float64(dloss[i]), 1},
						{"SoftmaxGrad", sg[k], p * (g - dot), max(p, minNormal)},
						{"LogSoftmaxGrad", lg[k], g - p*sum, max(1, math.Abs(p*sum))},
					} {
						// The rounding of x − max, up to 40, is a relative error of 20 eps in exp.
						if !close64(c.got, c.want, c.scale, 64*eps) {
							t.Fatalf("%s of %d columns at %d, %d: %v, want %v", c.name, cols, i, j, c.got, c.want)
						}
					}
				}
			}
			in := append([]float32{}, x...)
			Softmax(in, in, rows, cols)
			same(t, "Softmax in place", in, y)
			copy(in, x)
			LogSoftmax(in, in, rows, cols)
			same(t, "LogSoftmax in place", in, ly)
		}
		// Edges.
		inf, nan := float32(math.Inf(1)), float32(math.NaN())
		out := make([]float32, 4)
		LogSumExp(out, []float32{-inf, -inf, inf, 0, -inf, 1, nan, 0}, 4, 2)
		same(t, "LogSumExp", out, []float32{-inf, inf, 1, nan})
		Softmax(out, []float32{1000, 1000, -inf, 5}, 2, 2)
		same(t, "Softmax", out, []float32{0.5, 0.5, 0, 1})
		Softmax(out, []float32{nan, 1, 0, 0}, 2, 2)
		same(t, "Softmax", out, []float32{nan, nan, 0.5, 0.5})
		CrossEntropy(out, []float32{1, 1, 1, 1, 1, 1}, []int32{2, -1, 0}, 3, 2)
		same(t, "CrossEntropy", out[:2], []float32{nan, nan})
		CrossEntropyGrad(out, []float32{1, 1, 1, 1}, []int32{2, -1}, []float32{1, 1}, 2, 2)
		same(t, "CrossEntropyGrad", out, []float32{nan, nan, nan, nan})
	})
}

// FuzzLengths: any length and offset gives what the portable kernel gives,
// nearly, and writes nothing else.
func FuzzLengths(f *testing.F) {
	f.Add(uint16(17), uint64(1))
	f.Add(uint16(1000), uint64(2))
	f.Fuzz(func(t *testing.T, n uint16, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 0))
		x := apart(r, int(n%5000), -5, 5)
		eachVariant(t, func(t *testing.T) {
			g, want := guarded(r, len(x)), make([]float32, len(x))
			Tanh(g.dst, x)
			g.check(t, "Tanh")
			generic.unary[opTanh](want, x)
			for i := range want {
				if ulps(g.dst[i], float64(want[i])) > 3 {
					t.Fatalf("Tanh(%v) = %v, portable %v", x[i], g.dst[i], want[i])
				}
			}
			if got := Sum(x); !close64(got, float64(sumGeneric(x)), 5*float64(len(x)), eps) {
				t.Fatalf("Sum of %d: %v, portable %v", len(x), got, sumGeneric(x))
			}
		})
	})
}
