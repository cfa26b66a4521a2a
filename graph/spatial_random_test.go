package graph

import (
	"math/rand/v2"
	"testing"

	"gorae/tensor"
)

// Random extents and attributes in one to three axes, for what must hold of all of them.

// upTo draws n numbers from lo to hi.
func upTo(r *rand.Rand, n, lo, hi int) []int {
	v := make([]int, n)
	for i := range v {
		v[i] = lo + r.IntN(hi-lo+1)
	}
	return v
}

// dot is Σ a·b of two values.
func dot(t *testing.T, leaves map[string]*Array, a, b *Node) float64 {
	t.Helper()
	return value(t, a.Mul(b).Sum(), leaves, false).V[0]
}

// TestConvTransposes: ⟨conv(x, w), g⟩ is ⟨x, convᵀ(g, w)⟩ and ⟨w, convᵀ(x, g)⟩; a stride is a choice among
// the positions of stride 1, and a dilation a kernel with zeros in between.
func TestConvTransposes(t *testing.T) {
	r := rand.New(rand.NewPCG(12, 12))
	tried := 0
	for tried < 150 {
		n := 1 + r.IntN(3)
		groups := 1 + r.IntN(2)
		o := Conv{Stride: upTo(r, n, 1, 3), Dilation: upTo(r, n, 1, 2), PadLo: upTo(r, n, 0, 3),
			PadHi: upTo(r, n, 0, 3), Groups: groups}
		cg, f := 1+r.IntN(2), groups*(1+r.IntN(2))
		in, k := upTo(r, n, 0, 5), upTo(r, n, 1, 3)
		g := New()
		x := g.Input("x", F32(channelsLast(r.IntN(3), in, cg*groups)...))
		w := g.Input("w", F32(append(append([]int{}, k...), cg, f)...))
		var y *Node
		if Catch(func() { y = x.Conv(w, o) }) != nil {
			continue // the kernel does not fit
		}
		tried++
		d := g.Input("d", y.Type)
		leaves := map[string]*Array{"x": fill(r, x.Type), "w": fill(r, w.Type), "d": fill(r, d.Type)}
		dx := g.apply1(ConvInputGrad{o, in}, d, w)
		dw := g.apply1(ConvWeightGrad{o, k}, x, d)
		whole := dot(t, leaves, y, d)
		if a, b := dot(t, leaves, x, dx), dot(t, leaves, w, dw); !near(a, whole, 1e-12) || !near(b, whole, 1e-12) {
			t.Errorf("%v of %v and %v: %v, its transposes give %v and %v", o, x.Type, w.Type, whole, a, b)
		}
		// The same with a kernel spread by zeros, at every position, of which each Stride-th is taken.
		spread := Pad{Lo: make([]int, n+2), Hi: make([]int, n+2), Inner: make([]int, n+2)}
		start, stop, step := make([]int, n+2), make([]int, n+2), make([]int, n+2)
		for a := range n {
			spread.Inner[a] = o.Dilation[a] - 1
		}
		every := x.Pad(append(append([]int{0}, o.PadLo...), 0), append(append([]int{0}, o.PadHi...), 0), 0).
			Conv(g.apply1(spread, w), Conv{Groups: groups})
		for a, e := range every.Shape {
			stop[a], step[a] = e, 1
			if a > 0 && a <= n {
				step[a] = o.Stride[a-1]
			}
		}
		other := every.Slice(start, stop, step)
		if !other.Type.Equal(y.Type) {
			t.Fatalf("%v of %v: %v, step by step %v", o, x.Type, y.Type, other.Type)
		}
		got, want := value(t, y, leaves, false).V, value(t, other, leaves, false).V
		for i := range got {
			if !near(got[i], want[i], 1e-12) {
				t.Errorf("%v of %v: element %d is %v, step by step %v", o, x.Type, i, got[i], want[i])
				break
			}
		}
	}
}

// TestPoolTransposes: ⟨pool(x), d⟩ is ⟨x, poolᵀ(d)⟩, for maxima at their positions; and both poolings of windows are
// reductions of slices.
func TestPoolTransposes(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 13))
	tried := 0
	for tried < 150 {
		n := 1 + r.IntN(3)
		o := Pool{Window: upTo(r, n, 1, 3), Stride: upTo(r, n, 1, 3), PadLo: upTo(r, n, 0, 2), PadHi: upTo(r, n, 0, 2)}
		if r.IntN(3) == 0 {
			o = Pool{Bins: upTo(r, n, 1, 4)}
		}
		in := upTo(r, n, 1, 5)
		g := New()
		x := g.Input("x", F32(channelsLast(r.IntN(3), in, 1+r.IntN(2))...))
		var y, mean *Node
		if Catch(func() { y, mean = g.apply1(MaxPool{o}, x), g.apply1(AvgPool{o}, x) }) != nil {
			continue
		}
		tried++
		d, v := g.Input("d", y.Type), g.Input("v", x.Type)
		leaves := map[string]*Array{"x": fill(r, x.Type), "d": fill(r, d.Type), "v": fill(r, v.Type)}
		a, b := dot(t, leaves, g.apply1(MaxPoolAt{o}, v, x), d), dot(t, leaves, v, g.apply1(MaxPoolGrad{o}, d, x))
		if !near(a, b, 1e-12) {
			t.Errorf("%v of %v: %v, its transpose gives %v", y.Call.Op, x.Type, a, b)
		}
		a, b = dot(t, leaves, mean, d), dot(t, leaves, x, g.apply1(AvgPoolGrad{o, in}, d))
		if !near(a, b, 1e-12) {
			t.Errorf("%v of %v: %v, its transpose gives %v", mean.Call.Op, x.Type, a, b)
		}
		top, middle := value(t, y, leaves, false), value(t, mean, leaves, false)
		each(y.Shape[:n+1], func(position int, at []int) {
			start, stop := append([]int{at[0]}, make([]int, n+1)...), append([]int{at[0] + 1}, make([]int, n+1)...)
			axes := []int{0}
			for i := range n {
				start[i+1], stop[i+1] = o.span(i, in[i], at[i+1])
				axes = append(axes, i+1)
			}
			c := x.Shape[n+1]
			stop[n+1] = c
			part := x.Slice(start, stop, nil)
			for i, want := range value(t, part.ReduceMax(axes...), leaves, false).V {
				if got := top.V[position*c+i]; got != want {
					t.Errorf("%v of %v: at %v %v, the window has %v", y.Call.Op, x.Type, at, got, want)
				}
			}
			for i, want := range value(t, part.Mean(axes...), leaves, false).V {
				if got := middle.V[position*c+i]; !near(got, want, 1e-12) {
					t.Errorf("%v of %v: at %v %v, the window has %v", mean.Call.Op, x.Type, at, got, want)
				}
			}
		})
	}
}

// TestSpatialInfer: whatever attributes and types an operation gets, it answers with types that it can evaluate, or
// with one line.
func TestSpatialInfer(t *testing.T) {
	r := rand.New(rand.NewPCG(14, 14))
	fine := map[string]int{}
	for range 30000 {
		n := 1 + r.IntN(2)
		list := func() []int {
			v := upTo(r, n+r.IntN(20)/19, 0, 3)
			if r.IntN(20) == 0 {
				v[0] = []int{-1, 1 << 40, 0}[r.IntN(3)]
			}
			return v
		}
		c := Conv{list(), list(), list(), list(), min(r.IntN(8), 1+r.IntN(2))}
		p := Pool{Window: list(), Stride: list(), PadLo: list(), PadHi: list()}
		if r.IntN(2) == 0 {
			p = Pool{Bins: list()}
		}
		op := []Op{c, ConvInputGrad{c, list()}, ConvWeightGrad{c, list()}, MaxPool{p}, MaxPoolGrad{p}, MaxPoolAt{p},
			AvgPool{p}, AvgPoolGrad{p, list()},
			Resize{r.IntN(4), Interpolation(r.IntN(7)), r.IntN(4), r.IntN(5), r.IntN(2) == 0,
				r.IntN(2) == 0}}[r.IntN(9)]
		g := New()
		leaves := map[string]*Array{}
		err := Catch(func() {
			var x []*Node
			for _, name := range []string{"a", "b"}[:1+r.IntN(2)] {
				s := upTo(r, n+2-r.IntN(20)/19, 0, 4)
				x = append(x, g.Input(name, Type{tensor.DType(r.IntN(20) / 19), s}))
				leaves[name] = fill(r, x[len(x)-1].Type)
			}
			y := g.apply1(op, x...)
			if a := value(t, y, leaves, false); !a.Finite() || len(a.V) != y.Shape.Size() {
				t.Errorf("%v of %v makes %v", op, x, a)
			}
			name := op.String()[:4]
			fine[name]++
		})
		if err != nil && len(err.Error()) > 250 {
			t.Errorf("%v: no readable line: %v", op, err)
		}
	}
	for _, name := range []string{"conv", "max_", "avg_", "resi"} {
		if fine[name] < 20 {
			t.Errorf("%s… was possible %d times only", name, fine[name])
		}
	}
}
