package gemm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// TestLong compares long products and their sums with the definition, in each variant, lanes
// in any order, and with what was in the results before counting for nothing.
func TestLong(t *testing.T) {
	nan := float32(math.NaN())
	for _, v := range Variants() {
		r := rand.New(rand.NewPCG(9, uint64(v)))
		for _, s := range []Shape{{M: 1, N: 1, K: 1024}, {M: 3, N: 17, K: 1025}, {M: 65, N: 33, K: 1300},
			{M: 31, N: 130, K: 1531}, {M: 15, N: 16, K: 4097}, {M: 300, N: 5, K: 1024}} {
			s.TransA = true
			p := newProblem(r, s, Epilogue{})
			for _, sums := range []bool{false, true} {
				l := newLong(s.M, s.N, s.K, sums, v)
				if l == nil {
					t.Fatalf("%v is not long", s)
				}
				c, bias := poisoned(s.M*s.N, nan), poisoned(s.N, nan)
				shared, scratch := poisoned(l.Shared(), nan), poisoned(l.Scratch(), nan)
				for _, lane := range r.Perm(l.Lanes()) {
					l.Run(lane, p.a, p.b, c, bias, shared, scratch)
				}
				for _, part := range r.Perm(l.Parts()) {
					l.Sum(part, c, bias, shared)
				}
				p.check(t, v, c, true)
				for j := range bias {
					if !sums {
						if bias[j] == bias[j] {
							t.Fatalf("%v %v: a sum that nobody wants is written", v, s)
						}
						continue
					}
					want := 0.0
					for k := range s.K {
						want += float64(p.b[k*s.N+j])
					}
					if !(math.Abs(float64(bias[j])-want) <= 1e-5*float64(s.K)) {
						t.Fatalf("%v %v: column %d adds up to %v, want %v", v, s, j, bias[j], want)
					}
				}
			}
		}
	}
	for _, s := range [][3]int{{0, 5, 2000}, {5, 0, 2000}, {64, 64, 1023}, {512, 512, 8000}, {1000, 100, 2000}} {
		if NewLong(s[0], s[1], s[2], true) != nil {
			t.Errorf("%v is long", s)
		}
	}
}

func poisoned(n int, x float32) []float32 {
	s := make([]float32, n)
	for i := range s {
		s[i] = x
	}
	return s
}

// BenchmarkLong is the gradients of the weights of a recurrent layer over 200 steps of 32 samples, with its bias.
func BenchmarkLong(b *testing.B) {
	for _, s := range [][3]int{{128, 256, 6400}, {64, 256, 6400}, {256, 512, 6400}} {
		b.Run(fmt.Sprint(s), func(b *testing.B) {
			l := NewLong(s[0], s[1], s[2], true)
			x, y, c, bias := make([]float32, s[0]*s[2]), make([]float32, s[1]*s[2]), make([]float32, s[0]*s[1]),
				make([]float32, s[1])
			shared, scratch := make([]float32, l.Shared()), make([]float32, l.Scratch())
			for b.Loop() {
				for i := range l.Lanes() {
					l.Run(i, x, y, c, bias, shared, scratch)
				}
				for i := range l.Parts() {
					l.Sum(i, c, bias, shared)
				}
			}
			b.ReportMetric(2*float64(s[0]*s[1]*s[2])*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}
