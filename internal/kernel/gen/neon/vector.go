package neon

import (
	"fmt"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The instructions of this package, which kernels for arm64 have beside those of amd64.
const (
	Fixed     = "neon.fixed"     // a, d: all lanes of d become the constant a
	First     = "neon.first"     // n, d: the first n lanes of d become ones, the others zeros
	LoadPart  = "neon.loadPart"  // m, n, d: n ≤ 4 lanes of d become what lies at m, the others zeros
	StorePart = "neon.storePart" // s, m, n: the first n ≤ 4 lanes go to m
	LoadRest  = "neon.loadRest"  // LoadPart for 0 < n < 4
	StoreRest = "neon.storeRest" // StorePart for 0 < n < 4
	Halves    = "neon.halves"    // a, d: the halves of a change places
	Pairs     = "neon.pairs"     // a, d: neighbours in a change places
	Table     = "neon.table"     // a, x, d: the bytes of a by the numbers in x
	Any       = "neon.any"       // a, r: r is not 0 where a lane of a, of ones or zeros, is of ones
	Enter     = "neon.enter"     // r: denormals count as 0 (FPCR.FZ) from here on; r is the control register as it was
	Leave     = "neon.leave"     // r: undoes Enter
)

// Emit adds one of these instructions to the function that avo is at.
func Emit(name string, ops ...operand.Op) {
	build.Instruction(&ir.Instruction{Opcode: name, Operands: ops})
}

// threes are instructions d = a op b, which avo writes op b, a, d. A maximum or minimum, unlike amd64's, is NaN where
// either operand is.
var threes = map[string]struct {
	code uint32
	text string
}{
	"VADDPS":    {0x4e20d400, "fadd v{0}.4s, v{1}.4s, v{2}.4s"},
	"VSUBPS":    {0x4ea0d400, "fsub v{0}.4s, v{1}.4s, v{2}.4s"},
	"VMULPS":    {0x6e20dc00, "fmul v{0}.4s, v{1}.4s, v{2}.4s"},
	"VDIVPS":    {0x6e20fc00, "fdiv v{0}.4s, v{1}.4s, v{2}.4s"},
	"VHADDPS":   {0x6e20d400, "faddp v{0}.4s, v{1}.4s, v{2}.4s"},
	"VMAXPS":    {0x4e20f400, "fmax v{0}.4s, v{1}.4s, v{2}.4s"},
	"VMINPS":    {0x4ea0f400, "fmin v{0}.4s, v{1}.4s, v{2}.4s"},
	"VADDSS":    {0, "FADDS F{2}, F{1}, F{0}"},
	"VSUBSS":    {0, "FSUBS F{2}, F{1}, F{0}"},
	"VANDPS":    {0, "VAND V{2}.B16, V{1}.B16, V{0}.B16"},
	"VORPS":     {0, "VORR V{2}.B16, V{1}.B16, V{0}.B16"},
	"VXORPS":    {0, "VEOR V{2}.B16, V{1}.B16, V{0}.B16"},
	"VPXOR":     {0, "VEOR V{2}.B16, V{1}.B16, V{0}.B16"},
	"VANDNPS":   {0x4e601c00, "bic v{0}.16b, v{1}.16b, v{2}.16b"},
	"VPADDD":    {0, "VADD V{2}.S4, V{1}.S4, V{0}.S4"},
	"VPSUBD":    {0, "VSUB V{2}.S4, V{1}.S4, V{0}.S4"},
	"VPMAXUD":   {0, "VUMAX V{2}.S4, V{1}.S4, V{0}.S4"},
	"VPCMPEQD":  {0, "VCMEQ V{2}.S4, V{1}.S4, V{0}.S4"},
	"greater":   {0x6ea0e400, "fcmgt v{0}.4s, v{1}.4s, v{2}.4s"},
	"atLeast":   {0x6e20e400, "fcmge v{0}.4s, v{1}.4s, v{2}.4s"},
	"equal":     {0x4e20e400, "fcmeq v{0}.4s, v{1}.4s, v{2}.4s"},
	"moreLanes": {0x4ea03400, "cmgt v{0}.4s, v{1}.4s, v{2}.4s"},
}

// pairs are instructions d = op a.
var pairs = map[string]struct {
	code uint32
	text string
}{
	"VCVTPS2DQ":  {0x4e21a800, "fcvtns v{0}.4s, v{1}.4s"},
	"VCVTTPS2DQ": {0x4ea1b800, "fcvtzs v{0}.4s, v{1}.4s"},
	"VCVTDQ2PS":  {0x4e21d800, "scvtf v{0}.4s, v{1}.4s"},
	"VSQRTPS":    {0x6ea1f800, "fsqrt v{0}.4s, v{1}.4s"},
	"not":        {0x6e205800, "mvn v{0}.16b, v{1}.16b"},
	"round0":     {0x4e218800, "frintn v{0}.4s, v{1}.4s"},
	"round1":     {0x4e219800, "frintm v{0}.4s, v{1}.4s"},
	"round2":     {0x4ea18800, "frintp v{0}.4s, v{1}.4s"},
	Halves:       {0, "VEXT $8, V{1}.B16, V{1}.B16, V{0}.B16"},
	Pairs:        {0, "VREV64 V{1}.S4, V{0}.S4"},
}

// three adds d = a op b.
func (l *lowering) three(name string, d, a, b value) {
	t := threes[name]
	l.write(t.text, d, a, b).code = t.code
}

// pair adds d = op a.
func (l *lowering) pair(name string, d, a value) {
	p := pairs[name]
	l.write(p.text, d, a).code = p.code
}

// source is a vector operand in a register.
func (l *lowering) source(op operand.Op) value {
	m, ok := op.(operand.Mem)
	if !ok {
		return l.reg(op)
	}
	v := l.fresh(true)
	l.loadVector(m, v)
	return v
}

// vectors translates a vector instruction.
func (l *lowering) vectors(name string, ops []operand.Op) {
	var d value
	if r, ok := ops[len(ops)-1].(reg.Register); ok {
		d = l.reg(r)
	}
	if _, ok := threes[name]; ok {
		switch {
		case (name == "VXORPS" || name == "VPXOR") && ops[0] == ops[1]:
			l.fixed(bits{}, d)
		case name == "VANDNPS": // whose first source is the one that is negated
			l.three(name, d, l.source(ops[0]), l.source(ops[1]))
		default:
			a := l.source(ops[1])
			l.three(name, d, a, l.source(ops[0]))
		}
		return
	}
	if _, ok := pairs[name]; ok {
		l.pair(name, d, l.source(ops[0]))
		return
	}
	switch name {
	case "VMOVUPS", "VMOVAPS":
		l.moveVector(ops[0], ops[1])
	case "VMOVSS", "MOVSS":
		if m, ok := ops[1].(operand.Mem); ok {
			l.store("FMOVS", "F", l.reg(ops[0]), m)
		} else {
			l.load("FMOVS", "F", ops[0].(operand.Mem), d)
		}
	case "VBROADCASTSS", "VPBROADCASTD":
		t := l.fresh(true)
		l.load("FMOVS", "F", ops[0].(operand.Mem), t)
		l.write("VDUP V{1}.S[0], V{0}.S4", d, t)
		l.scalars[d] = t
	case "VPMOVZXBD":
		t, u := l.fresh(true), l.fresh(true)
		l.load("FMOVS", "F", ops[0].(operand.Mem), t)
		l.write("VUSHLL $0, V{1}.B8, V{0}.H8", u, t)
		l.write("VUSHLL $0, V{1}.H4, V{0}.S4", d, u)
	case "VFMADD231PS":
		l.multiply("VFMLA", "fmla", 0x4f801000, d, l.source(ops[1]), l.source(ops[0]))
	case "VFNMADD231PS":
		l.multiply("VFMLS", "fmls", 0x4f805000, d, l.source(ops[1]), l.source(ops[0]))
	case "VPSLLD":
		l.write(fmt.Sprintf("VSHL $%d, V{1}.S4, V{0}.S4", ops[0]), d, l.reg(ops[1]))
	case "VPSRLD":
		l.write(fmt.Sprintf("VUSHR $%d, V{1}.S4, V{0}.S4", ops[0]), d, l.reg(ops[1]))
	case "VPSRAD":
		n := uint32(ops[0].(operand.U8))
		l.write(fmt.Sprintf("sshr v{0}.4s, v{1}.4s, #%d", n), d, l.reg(ops[1])).code = 0x4f000400 | (64-n)<<16
	case "VROUNDPS":
		l.pair(fmt.Sprintf("round%d", ops[0]), d, l.source(ops[1]))
	case "VCMPPS":
		l.compareVectors(ops[0].(operand.U8), l.source(ops[2]), l.source(ops[1]), d)
	case "VBLENDVPS":
		l.choose(l.reg(ops[0]), l.source(ops[1]), l.reg(ops[2]), d)
	default:
		l.own(name, ops)
	}
}

// multiply adds a·b to d, or subtracts it; one number in all lanes is read where it was loaded.
func (l *lowering) multiply(name, byElement string, code uint32, d, a, b value) {
	if _, ok := l.scalars[a]; ok {
		a, b = b, a
	}
	if s, ok := l.scalars[b]; ok {
		l.change(byElement+" v{0}.4s, v{1}.4s, v{2}.s[0]", d, a, s).code = code
		return
	}
	l.change(name+" V{2}.S4, V{1}.S4, V{0}.S4", d, a, b)
}

// own translates an instruction of this package.
func (l *lowering) own(name string, ops []operand.Op) {
	last := ops[len(ops)-1]
	switch name {
	case Fixed:
		l.fixed(lanes(uint32(ops[0].(operand.U32))), l.reg(last))
	case First:
		n, iota := l.fresh(true), l.fresh(true)
		l.write("VDUP R{1}, V{0}.S4", n, l.reg(ops[0]))
		l.fixed(bits{1 << 32, 3<<32 | 2}, iota)
		l.three("moreLanes", l.reg(last), n, iota)
	case LoadPart, LoadRest:
		l.write(partText(name == LoadPart, "FMOVQ (R{1}), F{0}", "FMOVD (R{1}), F{0}", "VLD1 (R16), V{0}.S[2]",
			"FMOVS (R{1}), F{0}", "VMOVI $0, V{0}.B16"), l.reg(last), l.address(ops[0].(operand.Mem)), l.reg(ops[1]))
	case StorePart, StoreRest:
		l.act(partText(name == StorePart, "FMOVQ F{0}, (R{1})", "FMOVD F{0}, (R{1})", "VST1 V{0}.S[2], (R16)",
			"FMOVS F{0}, (R{1})", ""), l.reg(ops[0]), l.address(ops[1].(operand.Mem)), l.reg(last))
	case Table:
		l.write("VTBL V{2}.B16, [V{1}.B16], V{0}.B16", l.reg(last), l.reg(ops[0]), l.reg(ops[1]))
	case Any:
		t := l.fresh(true)
		l.write("VADDV V{1}.S4, V{0}", t, l.reg(ops[0]))
		l.write("VMOV V{1}.S[0], R{0}", l.reg(last), t)
	case Enter:
		i := l.write("MOVD FPCR, R{0}\n\tORR $(1<<24), R{0}, R16\n\tMOVD R16, FPCR", l.reg(last))
		i.effect = true
	case Leave:
		l.act("MOVD R{0}, FPCR", l.reg(last))
	default:
		l.fail("no translation of %s", name)
	}
}

// partText moves as many lanes as R{2} says: four, two, the third, one or none, by the given instructions. All says
// that there may be none or four.
func partText(all bool, four, two, third, one, none string) string {
	begin, end := "", ""
	if all {
		begin = "TBZ $2, R{2}, {L}few\n\t" + four + "\n\tB {L}end\n{L}few:\n\t"
		if none != "" {
			end = none + "\n\t"
		}
		end += "TBZ $0, R{2}, {L}end\n\t"
	}
	return begin + "TBZ $1, R{2}, {L}one\n\t" + two + "\n\tTBZ $0, R{2}, {L}end\n\tADD $8, R{1}, R16\n\t" + third +
		"\n\tB {L}end\n{L}one:\n\t" + end + one + "\n{L}end:"
}

// fixed sets d to b.
func (l *lowering) fixed(b bits, d value) {
	l.write("", d).fixed = &b
}

// choose sets d to a where is has ones, to b elsewhere.
func (l *lowering) choose(is, a, b, d value) {
	to := d
	if d == a || d == b {
		to = l.fresh(true)
	}
	l.move(to, is)
	l.change("VBSL V{2}.B16, V{1}.B16, V{0}.B16", to, a, b)
	if to != d {
		l.move(d, to)
	}
}

// compareVectors sets d to ones where a is to b as the predicate of VCMPPS says.
func (l *lowering) compareVectors(how operand.U8, a, b, d value) {
	not := func(name string, a, b value) {
		t := l.fresh(true)
		l.three(name, t, a, b)
		l.pair("not", d, t)
	}
	switch how {
	case 0:
		l.three("equal", d, a, b)
	case 3: // either is unequal to itself
		if a == b {
			not("equal", a, a)
			return
		}
		x, y, both := l.fresh(true), l.fresh(true), l.fresh(true)
		l.three("equal", x, a, a)
		l.three("equal", y, b, b)
		l.three("VANDPS", both, x, y)
		l.pair("not", d, both)
	case 4:
		not("equal", a, b)
	case 17:
		l.three("greater", d, b, a)
	case 18:
		l.three("atLeast", d, b, a)
	case 25:
		not("atLeast", a, b)
	case 29:
		l.three("atLeast", d, a, b)
	case 30:
		l.three("greater", d, a, b)
	default:
		l.fail("no comparison %d", how)
	}
}

// moveVector loads, stores or copies.
func (l *lowering) moveVector(from, to operand.Op) {
	if m, ok := to.(operand.Mem); ok {
		v := l.reg(from)
		if s, ok := l.plainSum(m); ok {
			l.act("str q{0}, [x{1}, x{2}]", v, s.base, s.index).code = 0x3ca06800
			return
		}
		l.store("FMOVQ", "F", v, m)
		return
	}
	if m, ok := from.(operand.Mem); ok {
		l.loadVector(m, l.reg(to))
		return
	}
	l.move(l.reg(to), l.reg(from))
}

func (l *lowering) loadVector(m operand.Mem, d value) {
	if s, ok := l.plainSum(m); ok {
		l.write("ldr q{0}, [x{1}, x{2}]", d, s.base, s.index).code = 0x3ce06800
		return
	}
	l.load("FMOVQ", "F", m, d)
}

// plainSum is base and index where they are all of m, and nobody has added them.
func (l *lowering) plainSum(m operand.Mem) (sum, bool) {
	if m.Index == nil || m.Scale != 1 || m.Disp != 0 {
		return sum{}, false
	}
	s := sum{l.reg(m.Base), l.reg(m.Index), 1}
	_, added := l.sums[s]
	return s, !added
}
