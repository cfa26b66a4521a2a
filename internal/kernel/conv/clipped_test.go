package conv

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// wastefulShapes are shapes of which the other methods would multiply, copy or list padding nearly alone, in one to
// three axes, with strides, dilations and groups.
func wastefulShapes() []Shape {
	v := func(x ...int) [3]int { return [3]int{x[0], x[1], x[2]} }
	return []Shape{
		{N: 2, C: 3, F: 5, In: v(1, 1, 3), Out: v(1, 1, 302), Kernel: v(1, 1, 300), Pad: v(0, 0, 299)},
		{N: 1, C: 4, F: 4, Groups: 4, In: v(1, 3, 1), Out: v(1, 5, 100), Kernel: v(1, 3, 100), Pad: v(0, 2, 99)},
		{N: 2, C: 4, F: 8, Groups: 4, In: v(1, 2, 2), Out: v(1, 40, 40), Kernel: v(1, 39, 39), Pad: v(0, 38, 38)},
		{N: 1, C: 6, F: 4, Groups: 2, In: v(2, 2, 2), Out: v(2, 2, 2), Kernel: v(13, 13, 13), Pad: v(6, 6, 6)},
		{N: 3, C: 2, F: 2, In: v(1, 1, 1), Out: v(1, 1, 1), Kernel: v(1, 11, 11), Pad: v(0, 5, 5)},
		{N: 1, C: 2, F: 3, In: v(1, 1, 5), Out: v(1, 1, 4), Kernel: v(1, 1, 400), Stride: v(1, 1, 100),
			Dilation: v(1, 1, 3), Pad: v(0, 0, 700)},
		{N: 1, C: 2, F: 3, In: v(1, 1, 9), Out: v(1, 1, 9), Kernel: v(1, 1, 3), Dilation: v(1, 1, 1<<20),
			Pad: v(0, 0, 1<<20)},
		{N: 1, C: 1, F: 1, In: v(1, 1, 3), Out: v(1, 1, 3), Kernel: v(1, 1, 1), Stride: v(1, 1, 1<<30),
			Pad: v(0, 0, 1<<30)},
		{N: 1, C: 70, F: 1, In: v(1, 1, 1), Out: v(1, 1, 201), Kernel: v(1, 1, 1), Pad: v(0, 0, 100)},
		{N: 1, C: 1, F: 2, In: v(0, 0, 0), Out: v(1, 2, 3), Kernel: v(1, 1, 1), Pad: v(1, 1, 3)},
		{N: 2, C: 0, F: 3, In: v(1, 1, 1), Out: v(1, 1, 200), Kernel: v(1, 1, 2), Pad: v(0, 0, 100)},
		{N: 0, C: 2, F: 3, In: v(1, 1, 1), Out: v(1, 1, 200), Kernel: v(1, 1, 2), Pad: v(0, 0, 100)},
	}
}

// TestClipped: with any epilogue such a shape gives what the definition says, and it is the clipped method that does.
func TestClipped(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 3))
	for _, s := range wastefulShapes() {
		for _, kind := range passes {
			if _, ok := newPlan(s, Epilogue{}, kind, Best()).method.(*clipped); !ok && kind == forward {
				t.Errorf("%v: not clipped", s)
			}
			for range 3 {
				try(t, r, s, epilogue(r.IntN(16)), kind)
			}
		}
	}
	// A transposed convolution of more residues than are worth a list each.
	s := Shape{N: 2, C: 2, F: 3, In: [3]int{1, 200, 150}, Out: [3]int{1, 2, 2}, Kernel: [3]int{1, 100, 75},
		Stride: [3]int{1, 100, 75}}
	try(t, r, s, epilogue(15), inputGrad)
	if _, ok := newPlan(s, Epilogue{}, inputGrad, Best()).method.(*clipped); !ok {
		t.Errorf("%v: not clipped", s)
	}
	tried := 0
	for tried < 100 {
		s := randomShape(r)
		for a := range 3 {
			if s.Kernel[a] > 1 {
				s.Kernel[a] += r.IntN(60)
				s.Pad[a] += r.IntN(80)
			}
		}
		s = fit(s, s.Pad)
		kind := passes[r.IntN(3)]
		if s.taps()*s.N*volume(s.Out) < 1<<16 && s.sizeX()+s.sizeW()+s.sizeY() < 1<<15 && wasteful(s, kind) {
			try(t, r, s, epilogue(r.IntN(16)), kind)
			tried++
		}
	}
}

// TestOrdinary: shapes of layers that people train keep their methods.
func TestOrdinary(t *testing.T) {
	v := func(x ...int) [3]int { return [3]int{x[0], x[1], x[2]} }
	shapes := append(awkward(),
		Shape{N: 1, C: 512, F: 512, In: v(1, 1, 1), Out: v(1, 1, 1), Kernel: v(1, 7, 7), Pad: v(0, 3, 3)},
		Shape{N: 1, C: 8, F: 8, In: v(1, 1, 1), Out: v(1, 1, 1), Kernel: v(3, 3, 3), Pad: v(1, 1, 1)},
		Shape{N: 1, C: 64, F: 64, Groups: 64, In: v(1, 7, 7), Out: v(1, 7, 7), Kernel: v(1, 31, 31), Pad: v(0, 15, 15)},
		Shape{N: 1, C: 64, F: 64, In: v(1, 7, 7), Out: v(1, 7, 7), Kernel: v(1, 3, 3), Dilation: v(1, 36, 36),
			Pad: v(0, 36, 36)},
		Shape{N: 1, C: 32, F: 32, In: v(1, 1, 100), Out: v(1, 1, 100), Kernel: v(1, 1, 2), Dilation: v(1, 1, 512),
			Pad: v(0, 0, 512)},
		Shape{N: 1, C: 21, F: 21, In: v(1, 256, 256), Out: v(1, 7, 7), Kernel: v(1, 64, 64), Stride: v(1, 32, 32)})
	for _, s := range shapes {
		for _, kind := range passes {
			if _, ok := newPlan(s, Epilogue{}, kind, Best()).method.(*clipped); ok && s.sizeX() > 0 && s.sizeY() > 0 {
				t.Errorf("%v pass %d: clipped", s, kind)
			}
		}
	}
}

// TestHugeKernels: kernels of hundreds of thousands of taps take the time of the pixels that they meet: some
// milliseconds, of which the products on padding would make minutes, and no more memory than operands and result.
func TestHugeKernels(t *testing.T) {
	v := func(x ...int) [3]int { return [3]int{x[0], x[1], x[2]} }
	start := time.Now()
	for _, s := range []Shape{
		{N: 2, C: 3, F: 3, Groups: 3, In: v(1, 5, 1<<16+2), Out: v(1, 3, 3), Kernel: v(1, 3, 1<<16)},
		{N: 2, C: 3, F: 3, Groups: 3, In: v(1, 3, 3), Out: v(1, 5, 1<<16+2), Kernel: v(1, 3, 1<<16),
			Pad: v(0, 2, 1<<16-1)},
		{N: 1, C: 1, F: 1, In: v(1, 1, 3), Out: v(1, 1, 1<<20+2), Kernel: v(1, 1, 1<<20), Pad: v(0, 0, 1<<20-1)},
		{N: 1, C: 2, F: 2, In: v(1, 3, 3), Out: v(1, 700, 700), Kernel: v(1, 698, 698), Pad: v(0, 697, 697)},
		{N: 1, C: 1, F: 1, In: v(1, 1, 1), Out: v(1, 1, 1), Kernel: v(1, 1<<10+1, 1<<10+1), Pad: v(0, 1<<9, 1<<9)},
		{N: 1, C: 1, F: 1, In: v(2, 2, 2), Out: v(2, 2, 2), Kernel: v(81, 81, 81), Pad: v(40, 40, 40)},
		{N: 1, C: 1 << 16, F: 1, In: v(1, 1, 1), Out: v(1, 1, 1<<20), Kernel: v(1, 1, 1), Pad: v(0, 0, 1<<19)},
		{N: 1, C: 1, F: 1, In: v(1, 1, 1<<20), Out: v(1, 1, 2), Kernel: v(1, 1, 1<<19), Stride: v(1, 1, 1<<19)},
	} {
		s = s.natural()
		for _, kind := range passes {
			pl := newPlan(s, Epilogue{}, kind, Best())
			p := &problem{s: s, kind: kind}
			in, w, out, _ := pl.method.sizes()
			p.in, p.w, p.old = ones(in), ones(w), make([]float32, out)
			got, _ := p.run(pl, false)
			products := float64(s.N*s.F*s.C/s.Groups) * float64(s.met(0)*s.met(1)*s.met(2)) // of ones
			sum := 0.
			for _, x := range got {
				sum += float64(x)
			}
			if math.Abs(sum-products) > 1e-6*products {
				t.Errorf("%v pass %d: %v products, want %v", s, kind, sum, products)
			}
			if n := pl.Scratch() + pl.Shared(); n > 40*(in+w+out) {
				t.Errorf("%v pass %d: %d floats of memory for %d", s, kind, n, in+w+out)
			}
		}
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("they took %v", took)
	}
}

func ones(n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = 1
	}
	return x
}

// TestManySegments: a large kernel over a large picture lists no more segments than it may, and counts its products
// right.
func TestManySegments(t *testing.T) {
	s := Shape{N: 1, C: 1, F: 1, In: [3]int{64, 64, 2}, Out: [3]int{65, 65, 2}, Kernel: [3]int{56, 56, 1},
		Pad: [3]int{28, 28, 0}}.natural()
	for _, kind := range passes[:2] {
		pl := newPlan(s, Epilogue{}, kind, Best())
		n := 0
		for _, c := range pl.method.(*inner).classes {
			for _, at := range c.lines.at {
				n += len(at)
			}
		}
		if n > mostSegments {
			t.Errorf("%v pass %d: %d segments", s, kind, n)
		}
		in, w, out, _ := pl.method.sizes()
		p := &problem{s: s, kind: kind, in: ones(in), w: ones(w), old: make([]float32, out)}
		got, _ := p.run(pl, false)
		sum := 0.
		for _, x := range got {
			sum += float64(x)
		}
		if want := float64(s.met(0) * s.met(1) * s.met(2)); math.Abs(sum-want) > 1e-6*want {
			t.Errorf("%v pass %d: %v products, want %v", s, kind, sum, want)
		}
	}
}
