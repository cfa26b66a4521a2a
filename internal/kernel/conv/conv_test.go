package conv

import (
	"math"
	"math/rand/v2"
	"testing"
)

// problem is one pass with everything that Run needs and what must come out.
type problem struct {
	s                      Shape
	e                      Epilogue
	kind                   pass
	in, w, old, bias, mask []float32
	want, slack            []float64
}

func random(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.IntN(2001)-1000) / 512
	}
	return x
}

func newProblem(r *rand.Rand, s Shape, e Epilogue, kind pass) *problem {
	s = s.natural()
	p := &problem{s: s, e: e, kind: kind}
	x, w, y := s.sizeX(), s.sizeW(), s.sizeY()
	channels := s.F
	switch kind {
	case inputGrad:
		x, y, channels = y, x, s.C
	case weightGrad:
		w, y = y, w
	}
	p.in, p.w, p.old, p.bias, p.mask = random(r, x), random(r, w), random(r, y), random(r, channels), random(r, y)
	p.naive()
	return p
}

// naive is the definition, in float64: the oracle of every method and variant.
func (p *problem) naive() {
	s := p.s
	p.want, p.slack = make([]float64, len(p.old)), make([]float64, len(p.old))
	terms := 0
	cg, fg := s.C/s.Groups, s.F/s.Groups
	each(s.N, s.Out, func(n int, o [3]int) {
		each(1, s.Kernel, func(_ int, t [3]int) {
			var i [3]int
			for a := range 3 {
				if i[a] = o[a]*s.Stride[a] + t[a]*s.Dilation[a] - s.Pad[a]; i[a] < 0 || i[a] >= s.In[a] {
					return
				}
			}
			at := func(size [3]int, n int, v [3]int) int { return ((n*size[0]+v[0])*size[1]+v[1])*size[2] + v[2] }
			xAt, wAt, yAt := at(s.In, n, i)*s.C, at(s.Kernel, 0, t)*cg, at(s.Out, n, o)*s.F
			for f := range s.F {
				for c := range cg {
					x, w, y := xAt+f/fg*cg+c, (wAt+c)*s.F+f, yAt+f
					a, b := x, w
					switch p.kind {
					case inputGrad:
						a, b, y = y, w, x
					case weightGrad:
						a, b, y = x, y, w
					}
					v := float64(p.in[a]) * float64(p.w[b])
					p.want[y] += v
					p.slack[y] += math.Abs(v)
				}
			}
		})
	})
	switch p.kind {
	case forward:
		terms = s.taps() * cg
	case inputGrad:
		terms = s.taps() * fg
	default:
		terms = s.N * volume(s.Out)
	}
	for i, x := range p.want {
		if p.e.Bias {
			x += float64(p.bias[i%len(p.bias)])
			p.slack[i] += math.Abs(float64(p.bias[i%len(p.bias)]))
		}
		if p.e.Relu && x < 0 {
			x = 0
		}
		if p.e.Mask && !(p.mask[i] > 0) {
			x = 0
		}
		p.want[i] = x
		p.slack[i] *= float64(terms+4) * 0x1p-24
	}
}

// each calls f for every place of [n, size…].
func each(n int, size [3]int, f func(n int, v [3]int)) {
	for n := range n {
		for a := range size[0] {
			for b := range size[1] {
				for c := range size[2] {
					f(n, [3]int{a, b, c})
				}
			}
		}
	}
}

// run computes all blocks, in the given order, into a fresh result; nothing of
// scratch or shared may be read before it is written.
func (p *problem) run(pl *Plan, reverse bool) (out []float32, finite bool) {
	nan := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(math.NaN())
		}
		return x
	}
	out = append([]float32(nil), p.old...)
	shared, scratch := nan(pl.Shared()), nan(pl.Scratch())
	finite = true
	for phase := range pl.Phases() {
		n := pl.Blocks(phase)
		for b := range n {
			if reverse {
				b = n - 1 - b
			}
			if !pl.Run(phase, b, p.in, p.w, out, p.bias, p.mask, shared, scratch) {
				finite = false
			}
		}
	}
	return out, finite
}

// check compares a result with the oracle.
func (p *problem) check(t *testing.T, pl *Plan, out []float32, finite bool) {
	t.Helper()
	bad, all := 0, true
	greatest := 0.
	switch pl.method.(type) {
	case *winograd, *winogradGrad: // the rounding of a result depends on its neighbours
		for _, s := range p.slack {
			greatest = max(greatest, s)
		}
	}
	for i, x := range out {
		w := p.want[i]
		all = all && !math.IsNaN(w) && !math.IsInf(w, 0)
		if math.Float64bits(w) != math.Float64bits(float64(x)) &&
			!(math.Abs(float64(x)-w) <= max(p.slack[i], greatest)) && !(math.IsNaN(w) && x != x) {
			t.Errorf("%v pass %d %v %+v: result %d is %v, want %v", pl.Variant, p.kind, p.s, p.e, i, x, w)
			if bad++; bad == 3 {
				t.FailNow()
			}
		}
	}
	if finite != (all || !p.e.Check) {
		t.Fatalf("%v pass %d %v %+v: finite is %v", pl.Variant, p.kind, p.s, p.e, finite)
	}
}

// try runs a pass in every variant, the blocks forwards and backwards, and checks
// everything.
func try(t *testing.T, r *rand.Rand, s Shape, e Epilogue, kind pass) {
	t.Helper()
	if kind == weightGrad {
		e = Epilogue{Check: e.Check}
	}
	p := newProblem(r, s, e, kind)
	for _, v := range Variants() {
		pl := newPlan(s, e, kind, v)
		out, finite := p.run(pl, false)
		p.check(t, pl, out, finite)
		again, _ := p.run(pl, true)
		for i := range out {
			if math.Float32bits(out[i]) != math.Float32bits(again[i]) {
				t.Fatalf("%v pass %d %v: the order of the blocks changes result %d from %v to %v", v, kind, s, i,
					out[i], again[i])
			}
		}
		p.regions(t, pl, len(out))
	}
}

// regions checks that the blocks of the last phase share out the rows of the result.
func (p *problem) regions(t *testing.T, pl *Plan, size int) {
	t.Helper()
	channels := p.s.F
	if p.kind == inputGrad {
		channels = p.s.C
	}
	row := 0
	for b := range pl.Blocks(pl.Phases() - 1) {
		lo, hi := pl.Region(b)
		if lo != row || hi < lo {
			t.Fatalf("%v pass %d %v: block %d claims rows %d to %d, the one before ended at %d", pl.Variant, p.kind,
				p.s, b, lo, hi, row)
		}
		row = hi
	}
	if row*channels != size {
		t.Fatalf("%v pass %d %v: blocks claim %d rows of %d", pl.Variant, p.kind, p.s, row, size/max(1, channels))
	}
}

// epilogue makes an epilogue of four bits.
func epilogue(bits int) Epilogue { return Epilogue{bits&1 != 0, bits&2 != 0, bits&4 != 0, bits&8 != 0} }

// fit gives a shape the extents of its result: whatever fits, with s.Pad before and
// after after.
func fit(s Shape, after [3]int) Shape {
	s = s.natural()
	for a := range 3 {
		s.In[a] = max(s.In[a], 1)
		s.Out[a] = max(0, (s.In[a]+s.Pad[a]+after[a]-(s.Kernel[a]-1)*s.Dilation[a]-1)/s.Stride[a]+1)
	}
	return s
}

// awkward are shapes at the edges of what the methods distinguish.
func awkward() (all []Shape) {
	add := func(s Shape, after ...int) {
		var a [3]int
		copy(a[3-len(after):], after)
		all = append(all, fit(s, a))
	}
	v := func(x ...int) (r [3]int) {
		copy(r[3-len(x):], x)
		for a := range 3 - len(x) {
			r[a] = 1
		}
		return r
	}
	p := func(x ...int) (r [3]int) { copy(r[3-len(x):], x); return r }
	// Plain 3×3, all channel counts around the vectors.
	for _, c := range []int{1, 2, 3, 4, 5, 16, 31, 32, 33} {
		add(Shape{N: 2, C: c, F: 33 - c%3, In: v(7, 9), Kernel: v(3, 3), Pad: p(1, 1)}, 1, 1)
		add(Shape{N: 2, C: 3, F: c, In: v(6, 5), Kernel: v(3, 3)})
		add(Shape{N: 3, C: c, F: c + 1, In: v(5, 4), Kernel: v(1, 1)})
		add(Shape{N: 2, C: c, F: c, In: v(13), Kernel: v(3), Pad: p(1)}, 1)
	}
	// One, two, three axes; strides, dilations, pads that differ by axis.
	add(Shape{N: 2, C: 3, F: 70, In: v(40), Kernel: v(5), Stride: v(2), Pad: p(3)}, 1)
	add(Shape{N: 2, C: 6, F: 7, In: v(40), Kernel: v(3), Dilation: v(4), Pad: p(8)})
	add(Shape{N: 1, C: 5, F: 9, In: v(11, 12), Kernel: v(3, 2), Stride: v(2, 3), Pad: p(1, 0)}, 1, 1)
	add(Shape{N: 2, C: 4, F: 8, In: v(11, 13), Kernel: v(3, 3), Stride: v(1, 2), Dilation: v(2, 3), Pad: p(2, 3)}, 2, 3)
	add(Shape{N: 1, C: 2, F: 3, In: v(9, 9), Kernel: v(2, 2), Stride: v(3, 4)})
	add(Shape{N: 2, C: 3, F: 5, In: v(5, 6, 7), Kernel: v(3, 3, 3), Pad: p(1, 1, 1)}, 1, 1, 1)
	add(Shape{N: 2, C: 1, F: 16, In: v(6, 6, 6), Kernel: v(3, 3, 3)})
	add(Shape{N: 1, C: 4, F: 4, In: v(5, 7, 8), Kernel: v(2, 3, 1), Stride: v(2, 1, 2), Dilation: v(1, 2, 1),
		Pad: p(1, 0, 1)}, 0, 1, 2)
	add(Shape{N: 2, C: 17, F: 19, In: v(6, 6), Kernel: v(1, 1), Stride: v(2, 2)})
	add(Shape{N: 2, C: 17, F: 19, In: v(6, 6), Kernel: v(1, 1), Pad: p(1, 2)}, 0, 1)
	add(Shape{N: 1, C: 8, F: 6, In: v(7, 7), Kernel: v(7, 7)})
	add(Shape{N: 1, C: 8, F: 6, In: v(4, 4), Kernel: v(7, 7), Pad: p(3, 3)}, 3, 3)
	add(Shape{N: 1, C: 3, F: 2, In: v(2, 2), Kernel: v(3, 3), Pad: p(5, 5)}, 5, 5) // results without any input
	add(Shape{N: 5, C: 20, F: 40, In: v(1, 1), Kernel: v(3, 3), Pad: p(1, 1)}, 1, 1)
	// Groups and depthwise.
	add(Shape{N: 2, C: 8, F: 12, Groups: 4, In: v(6, 7), Kernel: v(3, 3), Pad: p(1, 1)}, 1, 1)
	add(Shape{N: 2, C: 66, F: 34, Groups: 2, In: v(5, 5), Kernel: v(3, 3), Stride: v(2, 2), Pad: p(1, 1)}, 1, 1)
	for _, c := range []int{1, 3, 16, 33, 70} {
		add(Shape{N: 2, C: c, F: c, Groups: c, In: v(7, 8), Kernel: v(3, 3), Pad: p(1, 1)}, 1, 1)
		add(Shape{N: 2, C: c, F: c, Groups: c, In: v(9, 8), Kernel: v(3, 2), Stride: v(2, 2), Pad: p(1, 1)})
		add(Shape{N: 1, C: c, F: 2 * c, Groups: c, In: v(6, 6), Kernel: v(3, 3), Dilation: v(1, 2)})
		add(Shape{N: 2, C: c, F: c, Groups: c, In: v(20), Kernel: v(5), Pad: p(4)})
	}
	// Groups of few channels.
	add(Shape{N: 2, C: 32, F: 32, Groups: 8, In: v(7, 6), Kernel: v(3, 3), Pad: p(1, 1)}, 1, 1)
	add(Shape{N: 1, C: 48, F: 64, Groups: 16, In: v(9, 8), Kernel: v(3, 2), Stride: v(2, 1), Dilation: v(1, 2),
		Pad: p(1, 2)}, 0, 1)
	add(Shape{N: 3, C: 40, F: 24, Groups: 8, In: v(11), Kernel: v(3), Pad: p(2)})
	add(Shape{N: 2, C: 10, F: 50, Groups: 10, In: v(3, 4, 5), Kernel: v(2, 2, 2), Stride: v(1, 2, 2)})
	add(Shape{N: 2, C: 18, F: 72, Groups: 18, In: v(5, 5), Kernel: v(1, 1)})
	add(Shape{N: 2, C: 340, F: 20, Groups: 10, In: v(5, 5), Kernel: v(3, 3)})
	add(Shape{N: 2, C: 20, F: 340, Groups: 10, In: v(5, 5), Kernel: v(3, 3)})
	// Many blocks, large depth.
	add(Shape{N: 40, C: 4, F: 5, In: v(8, 8), Kernel: v(3, 3), Pad: p(1, 1)}, 1, 1)
	add(Shape{N: 1, C: 3, F: 17, In: v(70, 50), Kernel: v(3, 3), Stride: v(2, 2), Pad: p(1, 1)}, 1, 1)
	add(Shape{N: 2, C: 70, F: 65, In: v(10, 10), Kernel: v(3, 3), Pad: p(1, 1)}, 1, 1)
	add(Shape{N: 1, C: 3, F: 8, In: v(3000), Kernel: v(9), Pad: p(4)}, 4)
	add(Shape{N: 1, C: 2, F: 3, In: v(12, 30, 20), Kernel: v(3, 3, 3), Pad: p(1, 1, 1)}, 1, 1, 1)
	add(Shape{N: 1, C: 600, F: 3, In: v(40), Kernel: v(31), Pad: p(15)}, 15)
	// Winograd's method, with whole and cut tiles.
	add(Shape{N: 4, C: 16, F: 33, In: v(8, 8), Kernel: v(3, 3), Pad: p(1, 1)}, 1, 1)
	add(Shape{N: 5, C: 33, F: 40, In: v(9, 10), Kernel: v(3, 3), Pad: p(1, 1)}, 1, 1)
	add(Shape{N: 7, C: 31, F: 16, In: v(7, 11), Kernel: v(3, 3)})
	add(Shape{N: 3, C: 16, F: 70, In: v(13, 6), Kernel: v(3, 3), Pad: p(2, 0)}, 0, 1)
	add(Shape{N: 1, C: 37, F: 32, In: v(30, 25), Kernel: v(3, 3), Pad: p(0, 2)}, 2, 2)
	add(Shape{N: 2, C: 16, F: 17, In: v(5, 6, 9), Kernel: v(1, 3, 3), Pad: p(0, 1, 1)}, 0, 1, 1)
	add(Shape{N: 3, C: 32, F: 33, In: v(50), Kernel: v(3)})
	add(Shape{N: 2, C: 40, F: 32, In: v(39), Kernel: v(3), Pad: p(2)})
	add(Shape{N: 1, C: 33, F: 70, In: v(700), Kernel: v(3), Pad: p(1)}, 2)
	add(Shape{N: 2, C: 32, F: 47, In: v(3, 22), Kernel: v(1, 3), Pad: p(0, 1)}, 0, 1)
	add(Shape{N: 2, C: 64, F: 64, In: v(150), Kernel: v(3), Pad: p(1)}, 1)
	// Nothing.
	add(Shape{N: 0, C: 3, F: 4, In: v(5, 5), Kernel: v(3, 3)})
	add(Shape{N: 2, C: 0, F: 4, In: v(5, 5), Kernel: v(3, 3), Pad: p(1, 1)}, 1, 1)
	add(Shape{N: 2, C: 3, F: 0, In: v(5, 5), Kernel: v(3, 3)})
	add(Shape{N: 2, C: 3, F: 2, In: v(2, 2), Kernel: v(3, 3)})
	return all
}

var passes = []pass{forward, inputGrad, weightGrad}

func TestAwkwardShapes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for i, s := range awkward() {
		for k, kind := range passes {
			if testing.Short() && (i+k)%len(passes) != 0 {
				continue // each shape in one pass
			}
			try(t, r, s, epilogue(r.IntN(16)), kind)
		}
	}
}

func TestEveryEpilogue(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	for bits := range 16 {
		for _, s := range []Shape{
			{N: 2, C: 5, F: 37, In: [3]int{1, 6, 15}, Kernel: [3]int{1, 3, 3}},
			{N: 1, C: 33, F: 7, In: [3]int{1, 9, 9}, Kernel: [3]int{1, 3, 3}, Stride: [3]int{1, 2, 2},
				Pad: [3]int{0, 1, 1}},
			{N: 2, C: 24, F: 24, Groups: 24, In: [3]int{1, 7, 6}, Kernel: [3]int{1, 3, 3}, Pad: [3]int{0, 1, 1}},
			{N: 3, C: 17, F: 18, In: [3]int{1, 9, 8}, Kernel: [3]int{1, 3, 3}, Pad: [3]int{0, 1, 1}},
		} {
			for k, kind := range passes {
				if testing.Short() && (bits+k)%len(passes) != 0 {
					continue // each epilogue in one pass
				}
				try(t, r, fit(s, s.Pad), epilogue(bits), kind)
			}
		}
	}
}

// randomShape is a small shape of any kind.
func randomShape(r *rand.Rand) Shape {
	s := Shape{N: r.IntN(4), Groups: 1 + r.IntN(3)*r.IntN(2)}
	s.C, s.F = s.Groups*(1+r.IntN(20)), s.Groups*(1+r.IntN(40))
	if r.IntN(5) == 0 {
		s.Groups = 4 + r.IntN(20)
		s.C, s.F = s.Groups*(1+r.IntN(6)), s.Groups*(1+r.IntN(6))
	}
	if r.IntN(5) == 0 {
		s.Groups = s.C
		s.F = s.C * (1 + r.IntN(2))
	}
	var after [3]int
	if r.IntN(6) == 0 { // what Winograd's method takes, or nearly
		s = Shape{N: 1 + r.IntN(6), C: 14 + r.IntN(25), F: 14 + r.IntN(25),
			In: [3]int{1 + r.IntN(2), 4 + r.IntN(12), 4 + r.IntN(12)}, Kernel: [3]int{1, 3, 3}}
		if r.IntN(3) == 0 {
			s.C, s.F, s.Kernel[1] = s.C+14, s.F+14, 1
		}
		for a := 3 - min(s.Kernel[1], 2); a < 3; a++ {
			s.Pad[a], after[a] = r.IntN(4), r.IntN(4)
		}
		return fit(s, after)
	}
	axes := 1 + r.IntN(3)
	for a := 3 - axes; a < 3; a++ {
		s.In[a] = 1 + r.IntN(36/(axes*axes)+3)
		s.Kernel[a] = 1 + r.IntN(4)
		s.Stride[a] = 1 + r.IntN(2)*r.IntN(3)
		s.Dilation[a] = 1 + r.IntN(2)*r.IntN(3)
		s.Pad[a] = r.IntN(3)
		after[a] = r.IntN(3)
	}
	return fit(s, after)
}

// TestRandomShapes is a fuzz test with a fixed seed.
func TestRandomShapes(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	n := 300
	if testing.Short() {
		n = 50
	}
	for range n {
		try(t, r, randomShape(r), epilogue(r.IntN(16)), passes[r.IntN(3)])
	}
}

func FuzzShapes(f *testing.F) {
	f.Add(uint64(1), uint64(2), uint8(3))
	f.Fuzz(func(t *testing.T, a, b uint64, bits uint8) {
		try(t, rand.New(rand.NewPCG(a, b)), randomShape(rand.New(rand.NewPCG(b, a))), epilogue(int(bits%16)),
			passes[bits/16%3])
	})
}
