package vec

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The one test of all kernels: every exported function, in every variant the
// machine has, over awkward lengths and offsets, with the destination apart and
// in a source's place, against float64.

var lengths = []int{0, 1, 7, 8, 15, 16, 17, 31, 33, 100, 1023, 1024, 1025}

// eachVariant runs f with each variant in use.
func eachVariant(t *testing.T, f func(t *testing.T)) {
	best := use
	defer func() { use = best }()
	for _, v := range variants() {
		use = v
		t.Run(v.name, f)
	}
}

const minNormal = 0x1p-126

// flush is what a kernel may read a denormal number as.
func flush(x float64) float64 {
	if math.Abs(x) < minNormal {
		return 0 * x
	}
	return x
}

// spacing is the distance between float32 numbers near x.
func spacing(x float64) float64 {
	_, e := math.Frexp(x)
	return math.Ldexp(1, max(e-24, -149))
}

// ulps is how far got is from want in units in the last place: 0 where both are
// the same NaN, infinity or flushed.
func ulps(got float32, want float64) float64 {
	g, w := float64(got), float64(float32(want))
	switch {
	case math.IsNaN(g) || math.IsNaN(want):
		if math.IsNaN(g) && math.IsNaN(want) {
			return 0
		}
		return math.Inf(1)
	case g == w, math.Abs(want) < minNormal && g == 0:
		return 0
	case math.IsInf(g, 0) || math.IsInf(w, 0):
		// Of an overflow by rounding, the largest number is as good.
		if math.Abs(g) >= math.MaxFloat32 && math.Abs(want) >= math.MaxFloat32*(1-0x1p-22) && g*w > 0 {
			return 1
		}
		return math.Inf(1)
	}
	return math.Abs(g-want) / spacing(want)
}

// apart is a random slice that begins at an odd offset.
func apart(r *rand.Rand, n int, lo, hi float64) []float32 {
	off := r.IntN(4)
	x := make([]float32, off+n+3)
	for i := range x {
		x[i] = float32(lo + (hi-lo)*r.Float64())
	}
	return x[off : off+n : off+n]
}

// withSpecials puts numbers where functions have edges into x.
func withSpecials(r *rand.Rand, x []float32) []float32 {
	s := []float32{0, float32(math.Copysign(0, -1)), 1, -1, 0.5, 2, float32(math.Inf(1)), float32(math.Inf(-1)),
		float32(math.NaN()), math.MaxFloat32, -math.MaxFloat32, 1e-40, -1e-40, minNormal}
	for range len(x) / 8 {
		x[r.IntN(len(x))] = s[r.IntN(len(s))]
	}
	return x
}

// guard checks that a kernel wrote its destination and nothing beside it.
type guard struct{ whole, dst []float32 }

const canary = 12345.678

func guarded(r *rand.Rand, n int) guard {
	w := make([]float32, n+40)
	for i := range w {
		w[i] = canary
	}
	off := 16 + r.IntN(4)
	return guard{w, w[off : off+n : off+n]}
}

func (g guard) check(t *testing.T, what string) {
	t.Helper()
	off := cap(g.whole) - cap(g.whole[16:]) // 16
	for i, v := range g.whole {
		in := false
		if n := len(g.dst); n > 0 {
			for _, o := range []int{off, off + 1, off + 2, off + 3} {
				in = in || (&g.whole[o] == &g.dst[0] && i >= o && i < o+n)
			}
		}
		if !in && v != canary {
			t.Fatalf("%s: wrote outside its destination, at %d", what, i-off)
		}
	}
}

var unaryOracle = [nUnary]struct {
	f      func(float64) float64
	ulps   float64
	exact  bool // only ±0 and rounding-free results
	lo, hi float64
}{
	opNeg:      {f: func(x float64) float64 { return -x }},
	opAbs:      {f: math.Abs},
	opSign:     {f: sign64},
	opExp:      {f: math.Exp, ulps: 2, lo: -100, hi: 95},
	opExpm1:    {f: math.Expm1, ulps: 4, lo: -25, hi: 95},
	opLog:      {f: math.Log, ulps: 2, lo: -1, hi: 20},
	opLog1p:    {f: math.Log1p, ulps: 4, lo: -1.1, hi: 20},
	opSqrt:     {f: math.Sqrt, ulps: 0.5, lo: -1, hi: 100},
	opRsqrt:    {f: func(x float64) float64 { return 1 / math.Sqrt(x) }, ulps: 2, lo: -1, hi: 100},
	opRecip:    {f: func(x float64) float64 { return 1 / x }, ulps: 0.5},
	opSquare:   {f: func(x float64) float64 { return x * x }, ulps: 0.5},
	opTanh:     {f: math.Tanh, ulps: 2},
	opSigmoid:  {f: func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, ulps: 2, lo: -100, hi: 30},
	opErf:      {f: math.Erf, ulps: 2, lo: -5, hi: 5},
	opRelu:     {f: func(x float64) float64 { return math.Max(x, 0) }},
	opFloor:    {f: math.Floor},
	opCeil:     {f: math.Ceil},
	opRound:    {f: math.RoundToEven},
	opSin:      {f: math.Sin, ulps: 4, lo: -1e4, hi: 1e4},
	opCos:      {f: math.Cos, ulps: 4, lo: -1e4, hi: 1e4},
	opSoftplus: {f: softplus, ulps: 4, lo: -100, hi: 100},
	opNot:      {f: func(x float64) float64 { return one64(x == 0) }},
}

func sign64(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}

func one64(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

var binaryOracle = [nBinary]struct {
	f    func(a, b float64) float64
	ulps float64
}{
	opAdd: {func(a, b float64) float64 { return a + b }, 0.5},
	opSub: {func(a, b float64) float64 { return a - b }, 0.5},
	opMul: {func(a, b float64) float64 { return a * b }, 0.5},
	opDiv: {func(a, b float64) float64 { return a / b }, 0.51},
	opPow: {math.Pow, 2},
	opMax: {func(a, b float64) float64 { return max(a, b) }, 0},
	opMin: {func(a, b float64) float64 { return min(a, b) }, 0},
	opEq:  {func(a, b float64) float64 { return one64(a == b) }, 0},
	opNe:  {func(a, b float64) float64 { return one64(a != b) }, 0},
	opLt:  {func(a, b float64) float64 { return one64(a < b) }, 0},
	opLe:  {func(a, b float64) float64 { return one64(a <= b) }, 0},
	opGt:  {func(a, b float64) float64 { return one64(a > b) }, 0},
	opGe:  {func(a, b float64) float64 { return one64(a >= b) }, 0},
	opAnd: {func(a, b float64) float64 { return one64(a != 0 && b != 0) }, 0},
	opOr:  {func(a, b float64) float64 { return one64(a != 0 || b != 0) }, 0},
}

// scalarOf says which binary function a scalar form is, and in which order.
var scalarOf = [nScalar]struct {
	op       int
	reversed bool
}{
	opAddS: {opAdd, false}, opSubS: {opSub, false}, opRsubS: {opSub, true}, opMulS: {opMul, false},
	opDivS: {opDiv, false}, opRdivS: {opDiv, true}, opPowS: {opPow, false}, opRpowS: {opPow, true},
	opMaxS: {opMax, false}, opMinS: {opMin, false}, opEqS: {opEq, false}, opNeS: {opNe, false},
	opLtS: {opLt, false}, opLeS: {opLe, false}, opGtS: {opGt, false}, opGeS: {opGe, false},
	opAndS: {opAnd, false}, opOrS: {opOr, false},
}

// near2 is the distance from f(a, b), where denormal arguments may count as 0.
func near2(got float32, f func(a, b float64) float64, a, b float32) float64 {
	x, y := float64(a), float64(b)
	best := math.Inf(1)
	for _, x := range []float64{x, flush(x)} {
		for _, y := range []float64{y, flush(y)} {
			best = min(best, ulps(got, f(x, y)))
		}
	}
	return best
}

func TestUnary(t *testing.T) {
	eachVariant(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for op, o := range unaryOracle {
			if o.lo == o.hi {
				o.lo, o.hi = -10, 10
			}
			for _, n := range lengths {
				x := withSpecials(r, apart(r, n, o.lo, o.hi))
				g := guarded(r, n)
				use.unary[op](g.dst, x)
				g.check(t, unaryNames[op])
				for i, v := range x {
					e := min(ulps(g.dst[i], o.f(float64(v))), ulps(g.dst[i], o.f(flush(float64(v)))))
					if e > o.ulps {
						t.Fatalf("%s(%v) = %v (%d of %d), want %v: %v ulps", unaryNames[op], v, g.dst[i], i, n,
							o.f(float64(v)), e)
					}
				}
				in := append([]float32{}, x...)
				use.unary[op](in, in)
				same(t, unaryNames[op]+" in place", in, g.dst)
			}
		}
	})
}

// same fails unless a and b have the same bits, all NaNs being the same.
func same(t *testing.T, what string, a, b []float32) {
	t.Helper()
	for i := range b {
		if math.Float32bits(a[i]) != math.Float32bits(b[i]) && (a[i] == a[i] || b[i] == b[i]) {
			t.Fatalf("%s: element %d is %v, apart it is %v", what, i, a[i], b[i])
		}
	}
}

func TestBinary(t *testing.T) {
	eachVariant(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(3, 4))
		for op, o := range binaryOracle {
			for _, n := range lengths {
				a, b := withSpecials(r, apart(r, n, -4, 4)), withSpecials(r, apart(r, n, -4, 4))
				for range n / 4 {
					i := r.IntN(n)
					a[i] = b[i]
				}
				g := guarded(r, n)
				use.binary[op](g.dst, a, b)
				g.check(t, binaryNames[op])
				for i := range a {
					if e := near2(g.dst[i], o.f, a[i], b[i]); e > o.ulps {
						t.Fatalf("%s(%v, %v) = %v (%d of %d), want %v: %v ulps", binaryNames[op], a[i], b[i], g.dst[i],
							i, n, o.f(float64(a[i]), float64(b[i])), e)
					}
				}
				in := append([]float32{}, a...)
				use.binary[op](in, in, b)
				same(t, binaryNames[op]+" in a's place", in, g.dst)
				copy(in, b)
				use.binary[op](in, a, in)
				same(t, binaryNames[op]+" in b's place", in, g.dst)
			}
		}
	})
}

func TestScalar(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	eachVariant(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 6))
		for op, so := range scalarOf {
			o := binaryOracle[so.op]
			for _, s := range []float32{0, 1, -1, 2, 0.5, 3, -2.75, nan, inf, -inf} {
				for _, n := range lengths {
					a := withSpecials(r, apart(r, n, -4, 4))
					for range n / 4 {
						a[r.IntN(n)] = s
					}
					g := guarded(r, n)
					use.scalar[op](g.dst, a, s)
					g.check(t, scalarNames[op])
					for i, v := range a {
						x, y := v, s
						if so.reversed {
							x, y = s, v
						}
						if op == opPowS && s == 0.5 && math.IsInf(float64(v), -1) && g.dst[i] != g.dst[i] {
							continue // as documented
						}
						if e := near2(g.dst[i], o.f, x, y); e > o.ulps {
							t.Fatalf("%s(%v, %v) = %v (%d of %d), want %v: %v ulps", scalarNames[op], v, s, g.dst[i],
								i, n, o.f(float64(x), float64(y)), e)
						}
					}
					in := append([]float32{}, a...)
					use.scalar[op](in, in, s)
					same(t, scalarNames[op]+" in place", in, g.dst)
				}
			}
		}
	})
}

// TestAccuracy runs every 4099th float32 there is through each function.
func TestAccuracy(t *testing.T) {
	step, dense := uint64(4099), 200000
	if testing.Short() {
		step, dense = 16411, 50000
	}
	var x []float32
	for b := uint64(0); b < 1<<32; b += step {
		x = append(x, math.Float32frombits(uint32(b)))
	}
	for _, b := range []uint32{0x7f800000, 0xff800000, 0x80000000, 1, 0x80000001, 0x007fffff, 0x00800000, 0x7f7fffff,
		0xff7fffff, 0x3f800000, 0xbf800000, 0x3f7fffff, 0xbf7fffff} {
		x = append(x, math.Float32frombits(b))
	}
	// And evenly through where the functions bend.
	for i := -dense; i <= dense; i++ {
		x = append(x, float32(i)*106/float32(dense))
	}
	got := make([]float32, len(x))
	want := make([]float64, len(x))
	for op, o := range unaryOracle {
		if o.ulps == 0 {
			continue
		}
		for i, v := range x {
			want[i] = o.f(float64(v))
		}
		eachVariant(t, func(t *testing.T) {
			t.Run(unaryNames[op], func(t *testing.T) {
				// In blocks, as plans call it.
				for i := 0; i < len(x); i += 1000 {
					j := min(i+1000, len(x))
					use.unary[op](got[i:j], x[i:j])
				}
				worst, at := 0.0, 0
				for i, v := range x {
					e := ulps(got[i], want[i])
					if e > worst && math.Abs(float64(v)) < minNormal {
						e = min(e, ulps(got[i], o.f(flush(float64(v)))))
					}
					if e > worst {
						worst, at = e, i
					}
				}
				t.Logf("%s: %.3f ulps at %v", unaryNames[op], worst, x[at])
				if worst > o.ulps {
					t.Errorf("%s(%v) = %v, want %v: %.3f ulps, %v allowed", unaryNames[op], x[at], got[at], want[at],
						worst, o.ulps)
				}
			})
		})
	}
}

func TestTernary(t *testing.T) {
	eachVariant(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(7, 8))
		for _, n := range lengths {
			a, b, c := withSpecials(r, apart(r, n, -4, 4)), withSpecials(r, apart(r, n, -4, 4)),
				withSpecials(r, apart(r, n, -4, 4))
			for range n / 4 {
				c[r.IntN(n)] = 0
			}
			for _, k := range []struct {
				name string
				run  func(dst, a, b, c []float32)
				want func(a, b, c float64) float64
				tol  float64 // times the largest term's spacing
			}{
				{"Where", func(d, a, b, c []float32) { Where(d, c, a, b) }, func(a, b, c float64) float64 {
					if c != 0 {
						return a
					}
					return b
				}, 0},
				{"MulAdd", MulAdd, func(a, b, c float64) float64 { return a*b + c }, 0.51},
				{"ReluGrad", func(d, a, b, c []float32) { ReluGrad(d, a, b) }, func(a, b, c float64) float64 {
					if b > 0 {
						return a
					}
					return 0
				}, 0},
				{"SigmoidGrad", func(d, a, b, c []float32) { SigmoidGrad(d, a, b) },
					func(a, b, c float64) float64 { return a * b * (1 - b) }, 3},
				{"TanhGrad", func(d, a, b, c []float32) { TanhGrad(d, a, b) },
					func(a, b, c float64) float64 { return a * (1 - b*b) }, 4},
				{"softmaxGrad", func(d, a, b, c []float32) { use.softmaxGrad(d, a, b, 0.25) },
					func(a, b, c float64) float64 { return b * (a - 0.25) }, 2},
				{"logSoftmaxGrad", func(d, a, b, c []float32) { use.logSoftmaxGrad(d, a, b, 0.25) },
					func(a, b, c float64) float64 { return a - 0.25*math.Exp(b) }, 4},
			} {
				g := guarded(r, n)
				k.run(g.dst, a, b, c)
				g.check(t, k.name)
				for i := range a {
					x, y, z := float64(a[i]), float64(b[i]), float64(c[i])
					w := k.want(x, y, z)
					err := min(ulps(g.dst[i], w), ulps(g.dst[i], k.want(flush(x), flush(y), flush(z))),
						ulps(g.dst[i], k.want(flush(x), y, flush(z))), ulps(g.dst[i], k.want(x, flush(y), flush(z))))
					// 1 − y² and a·b + c may cancel: allow the terms' rounding.
					if k.tol > 1 && !math.IsInf(w, 0) &&
						math.Abs(float64(g.dst[i])-w) <= k.tol*spacing(max(math.Abs(x), 1)*max(y*y, math.Exp(y), 1)) {
						continue
					}
					if math.Abs(x*y) > math.MaxFloat32 && k.tol > 1 { // the order of products decides
						continue
					}
					if err > k.tol {
						t.Fatalf("%s(%v, %v, %v) = %v (%d of %d), want %v: %v ulps", k.name, a[i], b[i], c[i],
							g.dst[i], i, n, w, err)
					}
				}
				in := append([]float32{}, a...)
				k.run(in, in, b, c)
				same(t, k.name+" in a's place", in, g.dst)
				copy(in, b)
				k.run(in, a, in, c)
				same(t, k.name+" in b's place", in, g.dst)
				if k.name == "Where" || k.name == "MulAdd" {
					copy(in, c)
					k.run(in, a, b, in)
					same(t, k.name+" in c's place", in, g.dst)
				}
			}
		}
	})
}

// TestPow: powers from the least to the greatest number, of bases of all sizes and of those near 1,
// whose logarithm must hold more digits than a float has.
func TestPow(t *testing.T) {
	eachVariant(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(7, 8))
		const n = 20000
		a, b, dst := make([]float32, n), make([]float32, n), make([]float32, n)
		for i := range a {
			switch x := r.Float64(); i % 3 {
			case 0:
				a[i] = float32(math.Exp2(250*x - 125))
			case 1:
				a[i] = float32(1 + (x-0.5)*math.Exp2(-20*r.Float64()))
			default:
				a[i] = float32(0.5 + x)
			}
			b[i] = float32((250*r.Float64() - 125) / math.Log2(float64(a[i])))
		}
		Pow(dst, a, b)
		worst := 0.0
		for i := range a {
			if a[i] == 1 {
				continue
			}
			want := math.Pow(float64(a[i]), float64(b[i]))
			e := ulps(dst[i], want)
			worst = max(worst, e)
			if e > 2.5 {
				t.Fatalf("Pow(%v, %v) = %v, want %v: %v ulps", a[i], b[i], dst[i], want, e)
			}
		}
		t.Logf("at most %.2f ulps", worst)
	})
}
