package vec

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// Moves and conversions, and what holds of every call: checked lengths, no
// allocation, the caller's rounding mode left alone.

func TestMoves(t *testing.T) {
	eachVariant(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(9, 10))
		for _, n := range lengths {
			g := guarded(r, n)
			Fill(g.dst, 2.5)
			g.check(t, "Fill")
			Fetch(g.dst) // changes nothing: what Fill wrote is looked at below
			g.check(t, "Fetch")
			i32, u8, back := make([]int32, n+1)[1:], make([]uint8, n+3)[3:], make([]int32, n)
			for i := range n {
				if g.dst[i] != 2.5 {
					t.Fatalf("Fill: %v at %d of %d", g.dst[i], i, n)
				}
				i32[i], u8[i] = r.Int32()-1<<30, uint8(r.Uint32())
			}
			FromInt32(g.dst, i32)
			g.check(t, "FromInt32")
			for i, v := range i32 {
				if g.dst[i] != float32(v) {
					t.Fatalf("FromInt32(%d) = %v", v, g.dst[i])
				}
			}
			FromUint8(g.dst, u8)
			g.check(t, "FromUint8")
			for i, v := range u8 {
				if g.dst[i] != float32(v) {
					t.Fatalf("FromUint8(%d) = %v", v, g.dst[i])
				}
			}
			x := withSpecials(r, apart(r, n, -1e5, 1e5))
			ToInt32(back, x)
			for i, v := range x {
				want := int32(math.MinInt32)
				if math.Abs(float64(v)) < 1<<31 {
					want = int32(v)
				}
				if back[i] != want {
					t.Fatalf("ToInt32(%v) = %d", v, back[i])
				}
			}
		}
		for _, rows := range []int{0, 1, 3, 8, 9, 16, 17, 33, 100} {
			for _, cols := range []int{0, 1, 5, 8, 15, 16, 24, 31, 64} {
				x := apart(r, rows*cols, -1, 1)
				g := guarded(r, rows*cols)
				Transpose2D(g.dst, x, rows, cols)
				g.check(t, "Transpose2D")
				for i := range rows {
					for j := range cols {
						if g.dst[j*rows+i] != x[i*cols+j] {
							t.Fatalf("Transpose2D %d×%d: element %d, %d", rows, cols, i, j)
						}
					}
				}
			}
		}
		table := []float32{1, 2, 3, 4, 5, 6}
		dst := make([]float32, 10)
		Gather(dst, table, []int32{2, 0, 3, -1, 2}, 2)
		nan := float32(math.NaN())
		same(t, "Gather", dst, []float32{5, 6, 1, 2, nan, nan, nan, nan, 5, 6})
		ScatterAdd(table, []float32{1, 1, 10, 10, 7, 7, 8, 8, 100, 100}, []int32{2, 0, 3, -1, 2}, 2)
		same(t, "ScatterAdd", table, []float32{11, 12, 3, 4, 106, 107})
	})
}

func TestShortSourcePanics(t *testing.T) {
	dst, short := make([]float32, 4), make([]float32, 3, 8)
	for i, f := range []func(){
		func() { Exp(dst, short) },
		func() { Add(dst, dst, short) },
		func() { MulS(dst, short, 1) },
		func() { Where(dst, short, dst, dst) },
		func() { Dot(dst, short) },
		func() { ColSum(dst, short, 1, 4, 4) },
		func() { Softmax(dst, short, 2, 2) },
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("a short source went through")
				}
			}()
			f()
		})
	}
}

// TestRoundingModeIsRestored: kernels flush denormals inside, their callers'
// arithmetic stays as it was.
func TestRoundingModeIsRestored(t *testing.T) {
	denormal := math.Float32frombits(uint32(1 + rand.IntN(1000)))
	x, y := make([]float32, 33), make([]float32, 33)
	labels := make([]int32, 3)
	eachVariant(t, func(t *testing.T) {
		for name, f := range map[string]func(){
			"unary": func() {
				for _, f := range use.unary {
					f(y, x)
				}
			},
			"binary": func() {
				for _, f := range use.binary {
					f(y, x, x)
				}
			},
			"scalar": func() {
				for _, f := range use.scalar {
					f(y, x, 0.5)
				}
			},
			"reductions": func() {
				Sum(x)
				Dot(x, x)
				ReduceMax(x)
				Finite(x)
				ColSum(y, x, 3, 11, 11)
				ColMax(y, x, 3, 11, 11)
			},
			"softmax": func() { Softmax(y, x, 3, 11); CrossEntropy(y, x, labels, 3, 11) },
			"moves":   func() { Fill(y, 1); ToInt32(labels, y) },
		} {
			f()
			if denormal*0.5+denormal == 0 {
				t.Errorf("after %s, denormals are flushed", name)
			}
		}
	})
}

func TestNoAllocation(t *testing.T) {
	x, y := make([]float32, 1024), make([]float32, 1024)
	labels := make([]int32, 32)
	for name, f := range map[string]func(){
		"Exp":          func() { Exp(y, x) },
		"Sin":          func() { Sin(y, x) },
		"PowS":         func() { PowS(y, x, 3) },
		"Sum":          func() { Sum(x) },
		"ColSum":       func() { ColSum(y, x, 32, 32, 32) },
		"Softmax":      func() { Softmax(y, x, 32, 32) },
		"CrossEntropy": func() { CrossEntropy(y, x, labels, 32, 32) },
	} {
		if n := testing.AllocsPerRun(10, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}
