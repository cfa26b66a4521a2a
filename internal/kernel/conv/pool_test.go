package conv

import (
	"math"
	"math/rand/v2"
	"testing"
)

// naivePool is the definition of all four kinds, in float64.
func naivePool(w Window, kind poolKind, x, dy []float32) (out []float64) {
	at := func(size [3]int, n int, v [3]int, c int) int {
		return (((n*size[0]+v[0])*size[1]+v[1])*size[2]+v[2])*w.C + c
	}
	if kind >= maxPoolGrad {
		out = make([]float64, w.N*volume(w.In)*w.C)
	} else {
		out = make([]float64, w.N*volume(w.Out)*w.C)
	}
	each(w.N, w.Out, func(n int, o [3]int) {
		for c := range w.C {
			var elements []int
			var lo, size [3]int
			for a := range 3 {
				from, to := o[a]*w.Stride[a]-w.Pad[a], o[a]*w.Stride[a]-w.Pad[a]+w.Kernel[a]
				if w.Adaptive {
					from = int(math.Floor(float64(o[a]) * float64(w.In[a]) / float64(w.Out[a])))
					to = int(math.Ceil(float64(o[a]+1) * float64(w.In[a]) / float64(w.Out[a])))
				}
				lo[a] = from
				size[a] = to - from
			}
			each(1, size, func(_ int, i [3]int) {
				for a := range 3 {
					if i[a] += lo[a]; i[a] < 0 || i[a] >= w.In[a] {
						return
					}
				}
				elements = append(elements, at(w.In, n, i, c))
			})
			y := at(w.Out, n, o, c)
			first := -1
			for _, e := range elements {
				switch kind {
				case avgPool:
					out[y] += float64(x[e]) / float64(len(elements))
				case avgPoolGrad:
					out[e] += float64(dy[y]) / float64(len(elements))
				default:
					if first < 0 || x[first] == x[first] && !(x[e] <= x[first]) {
						first = e
					}
				}
			}
			if first >= 0 && kind == maxPool {
				out[y] = float64(x[first])
			}
			if first >= 0 && kind == maxPoolGrad {
				out[first] += float64(dy[y])
			}
		}
	})
	return out
}

func tryPool(t *testing.T, r *rand.Rand, m *variant, w Window, kind poolKind) {
	t.Helper()
	x, dy := random(r, w.N*volume(w.In)*w.C), random(r, w.N*volume(w.Out)*w.C)
	for i := range x { // equals, and NaN
		x[i] = float32(r.IntN(5))
		if r.IntN(50) == 0 && (kind == maxPool || kind == maxPoolGrad) {
			x[i] = float32(math.NaN())
		}
	}
	want := naivePool(w, kind, x, dy)
	p := newPool(w, kind, m)
	run := func(reverse bool) []float32 {
		out, scratch := random(r, len(want)), make([]float32, p.Scratch())
		for b := range p.Blocks() {
			if reverse {
				b = p.Blocks() - 1 - b
			}
			for i := range scratch {
				scratch[i] = float32(math.NaN())
			}
			p.Run(b, x, dy, out, scratch)
		}
		return out
	}
	out, again := run(false), run(true)
	for i, v := range out {
		if !(math.Abs(float64(v)-want[i]) <= 1e-5*(1+math.Abs(want[i]))) && !(v != v && math.IsNaN(want[i])) {
			t.Fatalf("%s kind %d %+v: result %d is %v, want %v", m.name, kind, w, i, v, want[i])
		}
		if math.Float32bits(v) != math.Float32bits(again[i]) {
			t.Fatalf("%s kind %d %+v: the order of the blocks changes result %d", m.name, kind, w, i)
		}
	}
	row := 0
	for b := range p.Blocks() {
		lo, hi := p.Region(b)
		if lo != row || hi < lo {
			t.Fatalf("%s kind %d %+v: block %d claims rows %d to %d, the one before ended at %d", m.name, kind, w, b,
				lo, hi, row)
		}
		row = hi
	}
	if row*w.C != len(out) {
		t.Fatalf("%s kind %d %+v: blocks claim %d rows of %d", m.name, kind, w, row, len(out)/max(1, w.C))
	}
}

// randomWindow is a small pooling of any kind.
func randomWindow(r *rand.Rand) Window {
	w := Window{N: r.IntN(5), C: 1 + r.IntN(40), In: [3]int{1, 1, 1}, Out: [3]int{1, 1, 1}, Kernel: [3]int{1, 1, 1},
		Stride: [3]int{1, 1, 1}, Adaptive: r.IntN(4) == 0}
	axes := 1 + r.IntN(3)
	for a := 3 - axes; a < 3; a++ {
		w.In[a] = 1 + r.IntN(30/(axes*axes)+3)
		w.Kernel[a] = 1 + r.IntN(4)
		w.Stride[a] = 1 + r.IntN(4)
		w.Pad[a] = r.IntN(w.Kernel[a])
		if r.IntN(3) == 0 {
			w.Kernel[a], w.Stride[a], w.Pad[a] = 2, 2, 0
		}
		w.Out[a] = max(0, (w.In[a]+w.Pad[a]+r.IntN(w.Kernel[a])-w.Kernel[a])/w.Stride[a]+1)
		if w.Adaptive {
			w.Out[a] = 1 + r.IntN(w.In[a]+2)
		}
	}
	return w
}

var poolKinds = []poolKind{maxPool, avgPool, maxPoolGrad, avgPoolGrad}

func TestPools(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a second; continuous integration runs it")
	}
	n, channels := 600, []int{1, 3, 8, 16, 31, 32, 33, 64, 100}
	if testing.Short() {
		n, channels = 100, []int{1, 31, 64}
	}
	for _, m := range variants() {
		r := rand.New(rand.NewPCG(10, 1))
		for range n {
			tryPool(t, r, m, randomWindow(r), poolKinds[r.IntN(4)])
		}
		for _, kind := range poolKinds {
			for _, c := range channels {
				one := [3]int{1, 1, 1}
				two := [3]int{1, 2, 2}
				tryPool(t, r, m, Window{N: 3, C: c, In: [3]int{1, 12, 10}, Out: [3]int{1, 6, 5}, Kernel: two,
					Stride: two}, kind)
				tryPool(t, r, m, Window{N: 2, C: c, In: [3]int{1, 11, 11}, Out: [3]int{1, 5, 5}, Kernel: two,
					Stride: two}, kind)
				tryPool(t, r, m, Window{N: 1, C: c, In: [3]int{1, 40, 22}, Out: [3]int{1, 20, 11}, Kernel: two,
					Stride: two}, kind)
				tryPool(t, r, m, Window{N: 2, C: c, In: [3]int{1, 9, 9}, Out: [3]int{1, 5, 5}, Kernel: [3]int{1, 3, 3},
					Stride: two, Pad: [3]int{0, 1, 1}}, kind)
				tryPool(t, r, m, Window{N: 1, C: c, In: [3]int{1, 40, 21}, Out: [3]int{1, 20, 11},
					Kernel: [3]int{1, 3, 3}, Stride: two, Pad: [3]int{0, 1, 1}}, kind)
				tryPool(t, r, m, Window{N: 1, C: c, In: [3]int{1, 1, 90}, Out: [3]int{1, 1, 29},
					Kernel: [3]int{1, 1, 5}, Stride: [3]int{1, 1, 3}}, kind)
				tryPool(t, r, m, Window{N: 2, C: c, In: [3]int{12, 3, 5}, Out: [3]int{10, 1, 5},
					Kernel: [3]int{3, 3, 2}, Stride: one, Pad: [3]int{0, 0, 1}}, kind)
				tryPool(t, r, m, Window{N: 1, C: c, In: [3]int{1, 30, 7}, Out: [3]int{1, 9, 4}, Adaptive: true,
					Kernel: one, Stride: one}, kind)
				tryPool(t, r, m, Window{N: 2, C: c, In: [3]int{4, 6, 4}, Out: [3]int{2, 3, 2}, Kernel: [3]int{2, 2, 2},
					Stride: [3]int{2, 2, 2}}, kind)
				tryPool(t, r, m, Window{N: 2, C: c, In: [3]int{1, 1, 50}, Out: [3]int{1, 1, 1},
					Kernel: [3]int{1, 1, 50}, Stride: one}, kind)
			}
		}
	}
}
