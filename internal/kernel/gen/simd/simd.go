// Package simd is a small language for vector kernels: a kernel is described
// once, in terms of whole vectors of float32, and emitted for AVX-512 (16 lanes),
// for AVX2 with FMA (8 lanes), and for NEON (4 lanes), where package neon makes
// arm64's instructions of what is written here in amd64's. Loops, unrolling and ragged ends are the
// skeletons' business (loops.go, columns.go); a description is a few lines of
// arithmetic.
//
// Operands of arithmetic are registers (V) or constants (C). A constant lies in
// the read-only data once per file and is read as a memory operand where the
// instruction allows it; in NEON it is in a register.
package simd

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"gorae/internal/kernel/gen/neon"
)

// V is a vector register.
type V = reg.VecVirtual

// C is a constant in all lanes, given by its bits.
type C uint32

// F is the constant f.
func F(f float64) C { return C(math.Float32bits(float32(f))) }

// Constants by their bits.
const (
	SignBit C = 1 << 31
	AbsMask C = 1<<31 - 1
	Inf     C = 0x7f800000
	NegInf  C = 0xff800000
	NaN     C = 0x7fc00000
	Zero    C = 0
)

// Mask says which lanes: an opmask register in AVX-512, lanes of ones in AVX2 and
// NEON. NEON loads and stores by the number of first lanes, n.
type Mask struct {
	r    Op
	n    Op   // where the lanes are the first n
	rest bool // n is neither 0 nor all
}

// M is the machine a kernel is emitted for.
type M struct {
	Wide bool // AVX-512
	Arm  bool // NEON
}

// The machines, in the order in which they are emitted.
var (
	AMD64    = []*M{{Wide: true}, {}}
	Machines = append(AMD64[:2:2], &M{Arm: true})
)

// Lanes is the number of float32 in a vector.
func (m *M) Lanes() int {
	switch {
	case m.Wide:
		return 16
	case m.Arm:
		return 4
	}
	return 8
}

// Many says that there are 32 vector registers, not 16.
func (m *M) Many() bool { return m.Wide || m.Arm }

// Bytes is the size of a vector.
func (m *M) Bytes() int { return 4 * m.Lanes() }

// Suffix is how the names of m's kernels end: lanes and instruction set.
func (m *M) Suffix() string {
	switch {
	case m.Wide:
		return "16avx512"
	case m.Arm:
		return "4" + neon.Suffix
	}
	return "8avx2"
}

// New is a fresh register.
func (m *M) New() V {
	switch {
	case m.Wide:
		return ZMM()
	case m.Arm:
		return XMM()
	}
	return YMM()
}

var constants = map[C]Mem{}

// at is where constant c lies: 32 bytes, of which AVX-512 broadcasts four.
func at(c C) Mem {
	if g, ok := constants[c]; ok {
		return g
	}
	g := GLOBL(fmt.Sprintf("lanes%08x", uint32(c)), RODATA|NOPTR)
	for i := range 8 {
		DATA(4*i, U32(c))
	}
	constants[c] = g
	return g
}

// Reg is x in a register: x itself, or a fresh register holding the constant.
func (m *M) Reg(x any) V {
	switch x := x.(type) {
	case V:
		return x
	case C:
		r := m.New()
		switch {
		case m.Arm:
			neon.Emit(neon.Fixed, U32(x), r)
		case x == Zero && m.Wide:
			VPXORD(r, r, r)
		case x == Zero:
			VXORPS(r, r, r)
		case m.Wide:
			VBROADCASTSS(at(x), r)
		default:
			VMOVUPS(at(x), r)
		}
		return r
	}
	panic(fmt.Sprintf("simd: %T is no operand", x))
}

// Copy is a fresh register holding x.
func (m *M) Copy(x any) V {
	if c, ok := x.(C); ok {
		return m.Reg(c)
	}
	r := m.New()
	VMOVAPS(x.(V), r)
	return r
}

// operand is x where an instruction without broadcasts can read it.
func (m *M) operand(x any) Op {
	if c, ok := x.(C); ok && !m.Arm {
		return at(c)
	}
	return m.Reg(x)
}

// op emits one instruction: the last source b may be a constant.
func (m *M) op(plain, bcst func(...Op), b any, rest ...Op) {
	if c, ok := b.(C); ok {
		switch {
		case m.Wide:
			bcst(append([]Op{at(c)}, rest...)...)
		default:
			plain(append([]Op{m.operand(c)}, rest...)...)
		}
		return
	}
	plain(append([]Op{b.(V)}, rest...)...)
}

func (m *M) op2(plain, bcst func(...Op), a, b any) V {
	r := m.New()
	m.op(plain, bcst, b, m.Reg(a), r)
	return r
}

// Arithmetic: each returns a fresh register.

func (m *M) Add(a, b any) V { return m.op2(VADDPS, VADDPS_BCST, a, b) }
func (m *M) Sub(a, b any) V { return m.op2(VSUBPS, VSUBPS_BCST, a, b) }
func (m *M) Mul(a, b any) V { return m.op2(VMULPS, VMULPS_BCST, a, b) }
func (m *M) Div(a, b any) V { return m.op2(VDIVPS, VDIVPS_BCST, a, b) }

// MaxOr and MinOr give b where b is NaN or both are 0. Where a alone is NaN amd64 gives b, NEON NaN; of two zeros NEON
// gives the greater or the smaller.

func (m *M) MaxOr(a, b any) V { return m.op2(VMAXPS, VMAXPS_BCST, a, b) }
func (m *M) MinOr(a, b any) V { return m.op2(VMINPS, VMINPS_BCST, a, b) }

// Max and Min are NaN where either is: NEON's instruction, else the two orders of the instruction, one of which gives
// the NaN, or'ed.

func (m *M) Max(a, b any) V {
	if m.Arm {
		return m.MaxOr(a, b)
	}
	a, b = m.Reg(a), m.Reg(b)
	return m.Or(m.MaxOr(a, b), m.MaxOr(b, a))
}

func (m *M) Min(a, b any) V {
	if m.Arm {
		return m.MinOr(a, b)
	}
	a, b = m.Reg(a), m.Reg(b)
	return m.Or(m.MinOr(a, b), m.MinOr(b, a))
}

// own is an instruction of NEON alone.
func (m *M) own(name string, from ...any) V {
	r := m.New()
	var ops []Op
	for _, x := range from {
		ops = append(ops, x.(V))
	}
	neon.Emit(name, append(ops, r)...)
	return r
}

// Bits.

func (m *M) And(a, b any) V { return m.op2(VANDPS, VANDPS_BCST, a, b) }
func (m *M) Or(a, b any) V  { return m.op2(VORPS, VORPS_BCST, a, b) }
func (m *M) Xor(a, b any) V { return m.op2(VXORPS, VXORPS_BCST, a, b) }

// AndNot is b with the bits of a cleared.
func (m *M) AndNot(a, b any) V { return m.op2(VANDNPS, VANDNPS_BCST, a, b) }

func (m *M) Abs(x any) V { return m.And(x, AbsMask) }
func (m *M) Neg(x any) V { return m.Xor(x, SignBit) }

// Integers of 32 bits; ToInt is for numbers that have one.

func (m *M) AddInt(a, b any) V { return m.op2(VPADDD, VPADDD_BCST, a, b) }
func (m *M) SubInt(a, b any) V { return m.op2(VPSUBD, VPSUBD_BCST, a, b) }

func (m *M) Shl(x V, n uint8) V { r := m.New(); VPSLLD(U8(n), x, r); return r }
func (m *M) Shr(x V, n uint8) V { r := m.New(); VPSRLD(U8(n), x, r); return r }
func (m *M) Sar(x V, n uint8) V { r := m.New(); VPSRAD(U8(n), x, r); return r }
func (m *M) ToInt(x V) V        { r := m.New(); VCVTPS2DQ(x, r); return r }
func (m *M) FromInt(x V) V      { r := m.New(); VCVTDQ2PS(x, r); return r }
func (m *M) Sqrt(x V) V         { r := m.New(); VSQRTPS(x, r); return r }
func (m *M) Round(x V) V        { return m.round(0, x) }
func (m *M) Floor(x V) V        { return m.round(1, x) }
func (m *M) Ceil(x V) V         { return m.round(2, x) }

// TruncToInt gives −2³¹ for NaN and what no int32 holds.
func (m *M) TruncToInt(x V) V {
	r := m.New()
	VCVTTPS2DQ(x, r)
	if m.Arm { // NaN would be 0, and all from 2³¹ on 2³¹ − 1
		r = m.Select(m.Cmp(Lt, x, F(1<<31)), r, SignBit)
	}
	return r
}

func (m *M) round(way uint8, x V) V {
	r := m.New()
	if m.Wide {
		VRNDSCALEPS(U8(way), x, r)
	} else {
		VROUNDPS(U8(way), x, r)
	}
	return r
}

// OddSign has the sign bit where x is an odd whole number; it is 0 where x is another whole number.
func (m *M) OddSign(x V) V {
	if m.Arm { // beyond its range ToInt is the last integer, which is odd; from 2²⁴ on all numbers are even
		x = m.MinOr(F(1<<24), x)
	}
	return m.Shl(m.ToInt(x), 31)
}

// MulAdd is a·b + c, rounded once.
func (m *M) MulAdd(a, b, c any) V {
	if m.Arm { // has no other than what adds to a register
		r := m.Copy(c)
		m.Accumulate(r, m.Reg(a), b)
		return r
	}
	r := m.Copy(a)
	m.op(VFMADD213PS, VFMADD213PS_BCST, c, m.Reg(b), r)
	return r
}

// Horner is p·x + c; p may change.
func (m *M) Horner(p, x V, c any) V {
	if m.Arm {
		return m.MulAdd(p, x, c)
	}
	m.op(VFMADD213PS, VFMADD213PS_BCST, c, x, p)
	return p
}

// Poly is c[0]·xⁿ + … + c[n] by Horner's scheme.
func (m *M) Poly(x V, c ...C) V {
	p := m.Copy(c[0])
	for _, k := range c[1:] {
		p = m.Horner(p, x, k)
	}
	return p
}

// Accumulate adds a·b to acc in place.
func (m *M) Accumulate(acc, a V, b any) {
	m.op(VFMADD231PS, VFMADD231PS_BCST, b, a, acc)
}

// SubProduct subtracts a·b from acc in place.
func (m *M) SubProduct(acc, a V, b any) {
	m.op(VFNMADD231PS, VFNMADD231PS_BCST, b, a, acc)
}

// Comparisons, quiet and ordered but for Ne: NaN is unequal to all.
const (
	Eq    = 0
	Unord = 3
	Ne    = 4
	Lt    = 17
	Le    = 18
	NotGe = 25
	Ge    = 29
	Gt    = 30
)

// Cmp compares a with b.
func (m *M) Cmp(how uint8, a, b any) Mask {
	if m.Wide {
		k := K()
		if c, ok := b.(C); ok {
			VCMPPS_BCST(U8(how), at(c), m.Reg(a), k)
		} else {
			VCMPPS(U8(how), b.(V), m.Reg(a), k)
		}
		return Mask{r: k}
	}
	r := m.New()
	VCMPPS(U8(how), m.operand(b), m.Reg(a), r)
	return Mask{r: r}
}

// Both and Either combine masks.

func (m *M) Both(a, b Mask) Mask {
	if m.Wide {
		k := K()
		KANDW(a.r, b.r, k)
		return Mask{r: k}
	}
	r := m.New()
	VANDPS(a.r, b.r, r)
	return Mask{r: r}
}

func (m *M) Either(a, b Mask) Mask {
	if m.Wide {
		k := K()
		KORW(a.r, b.r, k)
		return Mask{r: k}
	}
	r := m.New()
	VORPS(a.r, b.r, r)
	return Mask{r: r}
}

// Select is a in the lanes of k, b in the others.
func (m *M) Select(k Mask, a, b any) V {
	r := m.New()
	bv := m.Reg(b)
	if m.Wide {
		if c, ok := a.(C); ok {
			VBLENDMPS_BCST(at(c), bv, k.r, r)
		} else {
			VBLENDMPS(a.(V), bv, k.r, r)
		}
		return r
	}
	VBLENDVPS(k.r, m.operand(a), bv, r)
	return r
}

// Only is x in the lanes of k, 0 in the others.
func (m *M) Only(k Mask, x any) V {
	r := m.New()
	switch x := x.(type) {
	case C:
		if m.Wide {
			VBROADCASTSS_Z(at(x), k.r, r)
		} else {
			VANDPS(m.operand(x), k.r, r)
		}
	case V:
		if m.Wide {
			VMOVAPS_Z(x, k.r, r)
		} else {
			VANDPS(x, k.r, r)
		}
	}
	return r
}

// One is 1 in the lanes of k, 0 in the others.
func (m *M) One(k Mask) V { return m.Only(k, F(1)) }

// Set moves x to r; AddTo adds x to r.

func (m *M) Set(r, x V)       { VMOVAPS(x, r) }
func (m *M) AddTo(r V, x any) { m.op(VADDPS, VADDPS_BCST, x, r, r) }

// ScaleBy is x·2ⁿ for whole n, on AVX-512 alone.
func (m *M) ScaleBy(x, n V) V { r := m.New(); VSCALEFPS(n, x, r); return r }

// AtLeast compares words of 32 bits without sign: a ≥ b.
func (m *M) AtLeast(a, b V) Mask {
	if m.Wide {
		k := K()
		VPCMPUD(U8(5), b, a, k)
		return Mask{r: k}
	}
	r := m.New()
	VPMAXUD(a, b, r)
	VPCMPEQD(a, r, r)
	return Mask{r: r}
}

// AddIntTo adds x to r as integers of 32 bits.
func (m *M) AddIntTo(r V, x any) { m.op(VPADDD, VPADDD_BCST, x, r, r) }

// MulWide is the product of 64 bits of the low halves of each lane of 64 bits.
func (m *M) MulWide(a V, b C) V {
	r := m.New()
	if m.Wide {
		// The broadcast of this instruction is of 64 bits; both halves are b here.
		VPMULUDQ_BCST(at(b), a, r)
	} else {
		VPMULUDQ(at(b), a, r)
	}
	return r
}

// Any sets a general register to 0 if no lane is in k.
func (m *M) Any(k Mask, to Op) {
	switch {
	case m.Wide:
		KMOVW(k.r, to)
	case m.Arm:
		neon.Emit(neon.Any, k.r, to)
	default:
		VMOVMSKPS(k.r, to)
	}
}

// Order is what Permute takes of the numbers of lanes in x.
func (m *M) Order(x V) V {
	if !m.Arm {
		return x
	}
	x = m.Shl(x, 2) // of bytes
	x = m.Or(x, m.Shl(x, 8))
	return m.AddInt(m.Or(x, m.Shl(x, 16)), C(0x03020100))
}

// Permute is the vector at a place with its lanes in an order.
func (m *M) Permute(from Mem, order V) V {
	if m.Arm {
		return m.own(neon.Table, m.Load(from, nil), order)
	}
	y := m.New()
	VPERMPS(from, order, y)
	return y
}
