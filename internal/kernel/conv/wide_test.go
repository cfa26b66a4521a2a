package conv

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// TestWide: windows put together from runs have the elements that they have one by one, of all shapes of windows, with
// infinities and NaN.
func TestWide(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 1))
	for range 300 {
		w := Window{N: 1 + r.IntN(2), C: 1 + r.IntN(3), Adaptive: r.IntN(4) == 0}
		for a := range 3 {
			w.In[a], w.Kernel[a], w.Stride[a] = 1+r.IntN(9), 1+r.IntN(9), 1+r.IntN(3)
			w.Pad[a] = r.IntN(w.Kernel[a])
			w.Out[a] = max(1, (w.In[a]+2*w.Pad[a]-w.Kernel[a])/w.Stride[a]+1)
		}
		x := random(r, w.N*volume(w.In)*w.C)
		if r.IntN(2) == 0 {
			x[r.IntN(len(x))] = float32(math.Inf(1 - 2*r.IntN(2)))
		}
		if r.IntN(3) == 0 {
			x[r.IntN(len(x))] = float32(math.NaN())
		}
		for _, kind := range []poolKind{maxPool, avgPool} {
			p := newPool(w, kind, portable)
			want, got := make([]float32, w.N*volume(w.Out)*w.C), make([]float32, w.N*volume(w.Out)*w.C)
			for b := range p.Blocks() {
				p.Run(b, x, nil, want, nil)
			}
			for n := range w.N {
				p.sample(n, x, got)
			}
			for i, v := range want {
				if same := v == got[i] || v != v && got[i] != got[i]; !same &&
					!(math.Abs(float64(v-got[i])) <= 1e-5*math.Max(1, math.Abs(float64(v)))) {
					t.Fatalf("%+v, kind %d: result %d is %v, one by one %v", w, kind, i, got[i], v)
				}
			}
		}
	}
}

// TestWideTime: windows of a million elements over as many take a second, of which one by one would make hours.
func TestWideTime(t *testing.T) {
	start := time.Now()
	for _, w := range []Window{
		{N: 2, C: 1, In: [3]int{1, 1, 1 << 19}, Out: [3]int{1, 1, 1 << 19}, Kernel: [3]int{1, 1, 1 << 19},
			Pad: [3]int{0, 0, 1 << 18}},
		{N: 1, C: 2, In: [3]int{1, 500, 500}, Out: [3]int{1, 500, 500}, Kernel: [3]int{1, 400, 400},
			Pad: [3]int{0, 200, 200}},
	} {
		for _, kind := range []poolKind{maxPool, avgPool} {
			p := newPool(w, kind, use())
			x, y := ones(w.N*volume(w.In)*w.C), make([]float32, w.N*volume(w.Out)*w.C)
			for b := range p.Blocks() {
				p.Run(b, x, nil, y, nil)
			}
			for i, v := range y {
				if v != 1 {
					t.Fatalf("%+v, kind %d: result %d is %v, want 1", w, kind, i, v)
				}
			}
		}
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("they took %v", took)
	}
}
