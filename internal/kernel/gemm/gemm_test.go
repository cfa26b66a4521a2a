package gemm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// problem is a product with everything that Run needs and what must come out.
type problem struct {
	s                   Shape
	e                   Epilogue
	a, b, c, bias, mask []float32
	want, slack         []float64 // [M, N]: the result in float64, the rounding allowed
}

// gap is what lies between the rows of a matrix that is part of a wider one; a
// kernel must neither use it nor write it.
const gap = -12345

func matrix(r *rand.Rand, rows, cols, ld int) []float32 {
	x := make([]float32, extent(rows, cols, ld))
	for i := range x {
		x[i] = gap
		if i%ld < cols {
			x[i] = float32(r.IntN(2001)-1000) / 512
		}
	}
	return x
}

// newProblem fills in random numbers and computes the naive result.
func newProblem(r *rand.Rand, s Shape, e Epilogue) *problem {
	n := s.natural()
	p := &problem{s: s, e: e}
	if s.TransA {
		p.a = matrix(r, n.K, n.M, max(n.LDA, 1))
	} else {
		p.a = matrix(r, n.M, n.K, max(n.LDA, 1))
	}
	if s.TransB {
		p.b = matrix(r, n.N, n.K, max(n.LDB, 1))
	} else {
		p.b = matrix(r, n.K, n.N, max(n.LDB, 1))
	}
	p.c = matrix(r, n.M, n.N, max(n.LDC, 1))
	p.mask = matrix(r, n.M, n.N, max(n.LDC, 1))
	p.bias = matrix(r, 1, n.N, max(n.N, 1))
	p.naive()
	return p
}

// naive is the definition, in float64: the oracle of every variant.
func (p *problem) naive() {
	n := p.s.natural()
	p.want, p.slack = make([]float64, n.M*n.N), make([]float64, n.M*n.N)
	for i := range n.M {
		for j := range n.N {
			var sum, size float64
			for k := range n.K {
				ia, ib := i*n.LDA+k, k*n.LDB+j
				if p.s.TransA {
					ia = k*n.LDA + i
				}
				if p.s.TransB {
					ib = j*n.LDB + k
				}
				x := float64(p.a[ia]) * float64(p.b[ib])
				sum += x
				size += math.Abs(x)
			}
			at := i*n.LDC + j
			if p.e.Accumulate {
				sum += float64(p.c[at])
				size += math.Abs(float64(p.c[at]))
			}
			if p.e.Bias {
				sum += float64(p.bias[j])
				size += math.Abs(float64(p.bias[j]))
			}
			if p.e.Relu && sum < 0 {
				sum = 0
			}
			if p.e.Mask && !(p.mask[at] > 0) {
				sum = 0
			}
			p.want[i*n.N+j] = sum
			p.slack[i*n.N+j] = size * float64(n.K+2) * 0x1p-24
		}
	}
}

// run computes all blocks, in the given order of blocks, into a fresh C.
func (p *problem) run(pl *Plan, reverse bool) (c []float32, finite bool) {
	c = append([]float32(nil), p.c...)
	b := p.b
	if p.s.BPacked {
		b = make([]float32, pl.PackedB())
		pl.Pack(b, p.b)
	}
	scratch := make([]float32, pl.Scratch())
	for i := range scratch {
		scratch[i] = float32(math.NaN()) // nothing may be read before it is written
	}
	finite = true
	for i := range pl.Blocks() {
		if reverse {
			i = pl.Blocks() - 1 - i
		}
		if !pl.Run(i, p.a, b, c, p.bias, p.mask, scratch) {
			finite = false
		}
	}
	return c, finite
}

// check compares a result with the oracle, and the gaps with what they were.
func (p *problem) check(t *testing.T, v Variant, c []float32, finite bool) {
	t.Helper()
	n := p.s.natural()
	bad := 0
	for i, x := range c {
		if row, col := i/max(n.LDC, 1), i%max(n.LDC, 1); col >= n.N {
			if x != gap {
				t.Errorf("%v %+v %+v: wrote %v beyond row %d", v, p.s, p.e, x, row)
				bad++
			}
		} else if w := p.want[row*n.N+col]; math.Float64bits(w) != math.Float64bits(float64(x)) &&
			!(math.Abs(float64(x)-w) <= p.slack[row*n.N+col]) && !(math.IsNaN(w) && x != x) {
			t.Errorf("%v %+v %+v: C[%d, %d] = %v, want %v", v, p.s, p.e, row, col, x, w)
			bad++
		}
		if bad == 3 {
			t.FailNow()
		}
	}
	allFinite := true
	for _, w := range p.want {
		allFinite = allFinite && !math.IsNaN(w) && !math.IsInf(w, 0)
	}
	if finite != (allFinite || !p.e.Check) {
		t.Fatalf("%v %+v %+v: finite is %v", v, p.s, p.e, finite)
	}
}

// try runs a shape in one variant, forwards and backwards, and checks everything.
func try(t *testing.T, r *rand.Rand, v Variant, s Shape, e Epilogue) {
	t.Helper()
	newProblem(r, s, e).verify(t, v)
}

// verify is try for a given problem.
func (p *problem) verify(t *testing.T, v Variant) {
	t.Helper()
	s, pl := p.s, NewVariant(p.s, p.e, v)
	c, finite := p.run(pl, false)
	p.check(t, v, c, finite)
	again, _ := p.run(pl, true)
	for i := range c {
		if math.Float32bits(c[i]) != math.Float32bits(again[i]) {
			t.Fatalf("%v %+v: the order of the blocks changes C[%d] from %v to %v", v, s, i, c[i], again[i])
		}
	}
	covered := make([]int, s.M*s.N)
	for b := range pl.Blocks() {
		r0, r1, c0, c1 := pl.Region(b)
		for i := r0; i < r1; i++ {
			for j := c0; j < c1; j++ {
				covered[i*s.N+j]++
			}
		}
	}
	for i, n := range covered {
		if n != 1 {
			t.Fatalf("%v %+v: %d blocks claim C[%d, %d]", v, s, n, i/s.N, i%s.N)
		}
	}
}

// epilogue makes an epilogue of five bits.
func epilogue(bits int) Epilogue {
	return Epilogue{bits&1 != 0, bits&2 != 0, bits&4 != 0, bits&8 != 0, bits&16 != 0}
}

// stored gives the shape its four ways of storage and ragged leading dimensions.
func stored(s Shape, way int) Shape {
	s.TransA, s.TransB = way&1 != 0, way&2 != 0
	if way&4 != 0 {
		n := s.natural()
		s.LDA, s.LDB, s.LDC = n.LDA+3, n.LDB+5, n.LDC+7
	}
	s.BPacked = way&8 != 0
	return s
}

// sides are lengths around the sizes of every variant's tiles and vectors.
var sides = []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 23, 28, 29, 31, 32, 33, 47, 48, 49, 64, 65}

func TestSmallSides(t *testing.T) {
	for _, v := range Variants() {
		r := rand.New(rand.NewPCG(1, uint64(v)))
		for i, m := range sides {
			for j, n := range sides {
				for way := (i + j) % 4; way < 16; way += 4 { // every way with a quarter of the sizes
					k := sides[(i*7+j*3+way)%len(sides)]
					try(t, r, v, stored(Shape{M: m, N: n, K: k}, way), epilogue(r.IntN(32)))
				}
			}
		}
	}
}

func TestEveryEpilogue(t *testing.T) {
	for _, v := range Variants() {
		r := rand.New(rand.NewPCG(2, uint64(v)))
		for bits := range 32 {
			for _, s := range []Shape{{M: 1, N: 300, K: 20}, {M: 5, N: 10, K: 33}, {M: 31, N: 37, K: 29},
				{M: 14, N: 32, K: 7}, {M: 3, N: 5, K: 0}, {M: 33, N: 50, K: 1100}} {
				try(t, r, v, stored(s, r.IntN(16)), epilogue(bits))
			}
		}
	}
}

func TestManyBlocks(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a second; continuous integration runs it")
	}
	r := rand.New(rand.NewPCG(3, 0))
	for way := range 16 {
		for i, s := range []Shape{{M: 64, N: 300, K: 584}, {M: 200, N: 531, K: 37}, {M: 523, N: 33, K: 131},
			{M: 2, N: 1031, K: 541}, {M: 1031, N: 1, K: 17}, {M: 1, N: 700, K: 800}, {M: 900, N: 1, K: 300},
			{M: 8, N: 1, K: 300}, {M: 1, N: 8, K: 300}} {
			if testing.Short() && (way*7+i)%5 != 0 {
				continue // every shape and every layout still occur
			}
			p := newProblem(r, stored(s, way), epilogue(r.IntN(32)))
			for _, v := range Variants() {
				p.verify(t, v)
			}
		}
	}
}

// TestNarrow: few columns and a K of some length, around the tiles of inner products.
func TestNarrow(t *testing.T) {
	for _, v := range Variants() {
		r := rand.New(rand.NewPCG(10, uint64(v)))
		for n := 4; n <= 17; n++ {
			for i, m := range []int{11, 12, 13, 14, 15, 33, 65} {
				k := []int{127, 128, 129, 143, 144, 160, 300}[(i+n)%7]
				try(t, r, v, stored(Shape{M: m, N: n, K: k}, r.IntN(16)&^1), epilogue(r.IntN(32)))
			}
		}
	}
}

// TestRandomShapes is a fuzz test with a fixed seed.
func TestRandomShapes(t *testing.T) {
	side := func(r *rand.Rand) int { return int(math.Exp(r.Float64()*math.Log(160))) - r.IntN(2) }
	for _, v := range Variants() {
		r := rand.New(rand.NewPCG(4, uint64(v)))
		for range 300 {
			s := Shape{M: side(r), N: side(r), K: side(r)}
			try(t, r, v, stored(s, r.IntN(16)), epilogue(r.IntN(32)))
		}
	}
}

func FuzzShapes(f *testing.F) {
	f.Add(uint16(13), uint16(33), uint16(17), uint8(5), uint8(9))
	f.Fuzz(func(t *testing.T, m, n, k uint16, way, bits uint8) {
		s := stored(Shape{M: int(m % 300), N: int(n % 300), K: int(k % 1300)}, int(way%16))
		for _, v := range Variants() {
			try(t, rand.New(rand.NewPCG(uint64(m), uint64(n))), v, s, epilogue(int(bits%32)))
		}
	})
}

// TestNotFinite puts a NaN or an infinity into A and follows it through each
// epilogue to the flag.
func TestNotFinite(t *testing.T) {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, v := range Variants() {
		r := rand.New(rand.NewPCG(5, uint64(v)))
		for way := range 16 {
			for _, poison := range []float32{nan, inf, -inf} {
				for bits := range 16 {
					for _, size := range [][3]int{{5, 19, 9}, {1, 33, 3}, {31, 10, 17}} {
						s := stored(Shape{M: size[0], N: size[1], K: size[2]}, way)
						e := epilogue(bits | 16)
						p := newProblem(r, s, e)
						p.a[r.IntN(min(len(p.a), min(s.M, s.K)))] = poison
						p.naive()
						c, finite := p.run(NewVariant(s, e, v), false)
						for i := range p.slack { // ±Inf and NaN must be met exactly
							if math.IsInf(p.slack[i], 0) || math.IsNaN(p.slack[i]) {
								p.slack[i] = -1
							}
						}
						p.check(t, v, c, finite)
					}
				}
			}
		}
	}
}

// TestOldNaNIsNotUsed: without Accumulate the old C counts for nothing.
func TestOldNaNIsNotUsed(t *testing.T) {
	for _, v := range Variants() {
		p := newProblem(rand.New(rand.NewPCG(6, 0)), Shape{M: 17, N: 35, K: 1200}, Epilogue{Check: true})
		for i := range p.c {
			p.c[i] = float32(math.NaN())
		}
		c, finite := p.run(NewVariant(p.s, p.e, v), false)
		p.check(t, v, c, finite)
	}
}

func TestRunDoesNotAllocate(t *testing.T) {
	for _, v := range Variants() {
		for way := range 4 {
			p := newProblem(rand.New(rand.NewPCG(7, 0)), stored(Shape{M: 70, N: 90, K: 30}, way), epilogue(31))
			pl := NewVariant(p.s, p.e, v)
			scratch := make([]float32, pl.Scratch())
			if n := testing.AllocsPerRun(10, func() {
				for b := range pl.Blocks() {
					pl.Run(b, p.a, p.b, p.c, p.bias, p.mask, scratch)
				}
			}); n != 0 {
				t.Errorf("%v: Run allocates %v times", v, n)
			}
		}
	}
}

func TestMistakesPanic(t *testing.T) {
	expect := func(name string, f func()) {
		t.Helper()
		defer func() {
			if recover() == nil {
				t.Errorf("%s: no panic", name)
			}
		}()
		f()
	}
	expect("negative", func() { New(Shape{M: -1}, Epilogue{}) })
	expect("short leading dimension", func() { New(Shape{M: 2, N: 3, K: 4, LDB: 2}, Epilogue{}) })
	pl := New(Shape{M: 2, N: 3, K: 4}, Epilogue{Bias: true, Mask: true})
	full := func() [6][]float32 {
		return [6][]float32{make([]float32, 8), make([]float32, 12), make([]float32, 6), make([]float32, 3),
			make([]float32, 6), make([]float32, pl.Scratch())}
	}
	for i := range 6 {
		x := full()
		x[i] = x[i][:len(x[i])-1]
		expect(fmt.Sprintf("argument %d too short", i), func() { pl.Run(0, x[0], x[1], x[2], x[3], x[4], x[5]) })
	}
	x := full()
	pl.Run(0, x[0], x[1], x[2], x[3], x[4], x[5])
}

// TestDenormals: kernels in assembly flush denormals, at their entry and in their
// results, and leave the caller's arithmetic as it was.
func TestDenormals(t *testing.T) {
	tiny := math.Float32frombits(1 << 20 * uint32(1+rand.IntN(2))) // 2⁻¹²⁹ or 2⁻¹²⁸, unknown to the compiler
	for _, v := range Variants() {
		if v == Generic {
			continue
		}
		for _, s := range []Shape{{M: 30, N: 40, K: 20}, {M: 1, N: 40, K: 20, TransB: true}, {M: 70, N: 64, K: 3}} {
			p := newProblem(rand.New(rand.NewPCG(8, 0)), s, Epilogue{})
			for i := range p.a {
				p.a[i] = tiny
			}
			c, _ := p.run(NewVariant(s, p.e, v), false)
			for i := range c {
				if c[i] != 0 {
					t.Fatalf("%v %v: C[%d] = %v, want a flushed 0", v, s, i, c[i])
				}
			}
			if half := tiny / 2; half == 0 {
				t.Fatalf("%v %v: denormals are still flushed after the kernel", v, s)
			}
		}
	}
}

func TestPeakIsPlausible(t *testing.T) {
	if p := PeakGFLOPS(); p < 0.05 || p > 5000 {
		t.Errorf("peak of one thread is %v GFLOP/s", p)
	}
}
