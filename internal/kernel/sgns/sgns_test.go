package sgns

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Every variant against the definitions in float64.

func eachVariant(t *testing.T, f func(t *testing.T)) {
	best := use
	defer func() { use = best }()
	for _, v := range variants() {
		use = v
		t.Run(v.name, f)
	}
}

// matrix returns rows of cols numbers and zeros up to ld.
func matrix(r *rand.Rand, rows, cols, ld int) []float32 {
	m := make([]float32, rows*ld)
	for i := range rows {
		for d := range cols {
			m[i*ld+d] = float32(r.NormFloat64())
		}
	}
	return m
}

func ids(r *rand.Rand, n, rows int) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = r.Int32N(int32(rows))
	}
	return out
}

func close32(got float32, want, scale float64) bool {
	return math.Abs(float64(got)-want) <= 1e-6*(1+scale)
}

func TestDots(t *testing.T) {
	eachVariant(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for _, ld := range []int{16, 32, 112, 304} {
			for _, n := range []int{0, 1, 2, 7, 10} {
				a, b := matrix(r, 9, ld-3, ld), matrix(r, 20, ld-3, ld)
				ia, ib := ids(r, n, 9), [Width]int32(ids(r, Width, 20))
				dst := make([]float32, n*Stride+4)
				for i := range dst {
					dst[i] = 7
				}
				Dots(dst, a, b, ia, &ib, ld)
				if !slices.Equal(dst[n*Stride:], []float32{7, 7, 7, 7}) {
					t.Fatal("it wrote beyond the products")
				}
				for i := range ia {
					for j := range ib {
						want, scale := 0.0, 0.0
						for d := range ld {
							p := float64(a[int(ia[i])*ld+d]) * float64(b[int(ib[j])*ld+d])
							want, scale = want+p, scale+math.Abs(p)
						}
						if got := dst[i*Stride+j]; !close32(got, want, scale) {
							t.Fatalf("ld %d, product %d, %d: %v, want %v", ld, i, j, got, want)
						}
					}
				}
			}
		}
	})
}

// TestUpdate: rows that come twice, the row whose coefficients are zeros, and all columns at once or in parts, to the
// bit.
func TestUpdate(t *testing.T) {
	eachVariant(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 4))
		for _, ld := range []int{16, 48, 112} {
			for _, apart := range []bool{false, true} {
				for _, n := range []int{0, 1, 3, 10} {
					a, b := matrix(r, 5, ld, ld), matrix(r, 12, ld, ld)
					o, ia := a, ids(r, n, 5)
					io := ia
					if apart {
						o, io = matrix(r, 7, ld, ld), ids(r, n, 7)
					}
					ib := [Width]int32{3, 9, 0, 11, 5, 5} // 5 stands for nothing
					clear(b[5*ld : 6*ld])
					g := make([]float32, n*Stride)
					for i := range n {
						for j := range 4 {
							g[i*Stride+j] = float32(r.NormFloat64()) / 10
						}
					}
					wantO, wantB := definition(a, o, b, ia, io, ib, g, ld, apart)
					a2, b2 := slices.Clone(a), slices.Clone(b)
					o2 := a2
					if apart {
						o2 = slices.Clone(o)
					}
					for from := 0; from < ld; from += 16 {
						Update(a2, o2, b2, ia, io, &ib, g, ld, from, from+16)
					}
					Update(a, o, b, ia, io, &ib, g, ld, 0, ld)
					if !slices.Equal(o, o2) || !slices.Equal(b, b2) {
						t.Fatalf("ld %d, %d rows: parts of columns have other bits than all", ld, n)
					}
					for i := range o {
						if !close32(o[i], wantO[i], 10) {
							t.Fatalf("ld %d, %d rows, apart %v: o[%d] = %v, want %v", ld, n, apart, i, o[i], wantO[i])
						}
					}
					for i := range b {
						if !close32(b[i], wantB[i], 10) {
							t.Fatalf("ld %d, %d rows, apart %v: b[%d] = %v, want %v", ld, n, apart, i, b[i], wantB[i])
						}
					}
				}
			}
		}
	})
}

// definition is Update's in float64.
func definition(a, o, b []float32, ia, io []int32, ib [Width]int32, g []float32, ld int,
	apart bool) (wantO, wantB []float64) {
	wide := func(x []float32) []float64 {
		y := make([]float64, len(x))
		for i, v := range x {
			y[i] = float64(v)
		}
		return y
	}
	wa, wb := wide(a), wide(b)
	wo, was := wa, wide(b)
	if apart {
		wo = wide(o)
	}
	for i := range ia {
		for d := range ld {
			h, sum := wa[int(ia[i])*ld+d], 0.0
			for j := range ib {
				c := float64(g[i*Stride+j])
				sum += c * was[int(ib[j])*ld+d]
				wb[int(ib[j])*ld+d] += c * h
			}
			wo[int(io[i])*ld+d] += sum
		}
	}
	return wo, wb
}

func TestMistakesPanic(t *testing.T) {
	a, ib := make([]float32, 64), [Width]int32{0, 1, 2, 3, 0, 1}
	room := make([]float32, 16)
	for name, f := range map[string]func(){
		"a row beyond":         func() { Dots(room, a, a, []int32{4}, &ib, 16) },
		"a negative row":       func() { Dots(room, a, a, []int32{-1}, &ib, 16) },
		"no room":              func() { Dots(room[:15], a, a, []int32{0, 1}, &ib, 16) },
		"a distance":           func() { Dots(room, a, a, []int32{0}, &ib, 12) },
		"columns":              func() { Update(a, a, a, []int32{0}, []int32{0}, &ib, room, 16, 0, 8) },
		"columns beyond":       func() { Update(a, a, a, []int32{0}, []int32{0}, &ib, room, 16, 0, 32) },
		"few coefficients":     func() { Update(a, a, a, []int32{0, 1, 2}, []int32{0, 1, 2}, &ib, room, 16, 0, 16) },
		"a row fetched beyond": func() { Fetch(a, []int32{4}, 16) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it went through")
				}
			}()
			f()
		})
	}
	Fetch(a, []int32{3}, 16)
}

// BenchmarkCentre is the work of one centre: six rows with six.
func BenchmarkCentre(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	const ld, rows = 112, 200
	x, y := matrix(r, rows, 100, ld), matrix(r, rows, 100, ld)
	ia, ib := ids(r, 6, rows), [Width]int32{3, 9, 100, 111, 5, 150}
	dst, g := make([]float32, 6*Stride), make([]float32, 6*Stride)
	best := use
	defer func() { use = best }()
	for _, v := range variants() {
		use = v
		b.Run("dots/"+v.name, func(b *testing.B) {
			for b.Loop() {
				Dots(dst, x, y, ia, &ib, ld)
			}
		})
		b.Run("update/"+v.name, func(b *testing.B) {
			for b.Loop() {
				Update(x, x, y, ia, ia, &ib, g, ld, 0, ld)
			}
		})
	}
}
