package neon

import (
	"fmt"
	mathbits "math/bits"
	"strings"

	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// lowering is a function on its way from avo.
type lowering struct {
	*function
	values map[reg.ID]value
	// sums are base + index·scale of what follows the last label, so that neighbours in memory share one addition.
	sums map[sum]value
	// scalars are, of vectors of one number since the last label, vectors whose first lane it is.
	scalars map[value]value
	// flagged is the last instruction that changes amd64's flags.
	flagged string
	err     error
}

type sum struct {
	base, index value
	scale       uint8
}

// lower translates fn.
func lower(fn *ir.Function) (*function, error) {
	l := &lowering{function: &function{name: fn.Name, frame: (fn.LocalSize + 15) &^ 15},
		values: map[reg.ID]value{}, sums: map[sum]value{}, scalars: map[value]value{}}
	for _, n := range fn.Nodes {
		switch n := n.(type) {
		case ir.Label:
			clear(l.sums)
			clear(l.scalars)
			l.add(&inst{label: string(n)})
		case *ir.Instruction:
			l.instruction(n.OpcodeWithSuffixes(), n.Operands)
		}
		if l.err != nil {
			return nil, fmt.Errorf("%s: %w", fn.Name, l.err)
		}
	}
	return l.function, nil
}

// forget drops what a new content of v changes.
func (l *lowering) forget(v value) {
	delete(l.scalars, v)
	for s := range l.sums {
		if s.base == v || s.index == v {
			delete(l.sums, s)
		}
	}
}

func (l *lowering) fail(format string, args ...any) {
	if l.err == nil {
		l.err = fmt.Errorf(format, args...)
	}
}

// reg is the value of avo's register.
func (l *lowering) reg(op operand.Op) value {
	r, ok := op.(reg.Virtual)
	if !ok {
		l.fail("%s is no virtual register", op.Asm())
		return l.fresh(false)
	}
	v, ok := l.values[r.ID()]
	if !ok {
		v = l.fresh(r.Kind() == reg.KindVector)
		l.values[r.ID()] = v
	}
	return v
}

// write adds an instruction that writes d and reads the others.
func (l *lowering) write(text string, d value, from ...value) *inst {
	l.forget(d)
	return l.add(&inst{text: text, args: append([]value{d}, from...), writes: true})
}

// change adds an instruction that reads and writes d.
func (l *lowering) change(text string, d value, from ...value) *inst {
	i := l.write(text, d, from...)
	i.reads = true
	return i
}

// act adds an instruction that writes no register.
func (l *lowering) act(text string, from ...value) *inst {
	return l.add(&inst{text: text, args: from, effect: true})
}

// move copies a register.
func (l *lowering) move(d, from value) {
	text := "MOVD R{1}, R{0}"
	if l.vector[d] {
		text = "VORR V{1}.B16, V{1}.B16, V{0}.B16"
	}
	l.write(text, d, from).copies = true
}

// place is an address: its text, in which registers begin with {first}, and the registers.
func (l *lowering) place(m operand.Mem, first int) (string, []value) {
	switch m.Base {
	case reg.FramePointer:
		return fmt.Sprintf("%s+%d(FP)", m.Symbol.Name, m.Disp), nil
	case reg.StackPointer:
		return fmt.Sprintf("%d(RSP)", m.Disp+8), nil // above the return address
	}
	return fmt.Sprintf("%d(R{%d})", m.Disp, first), []value{l.base(m)}
}

// base is the register part of an address.
func (l *lowering) base(m operand.Mem) value {
	base := l.reg(m.Base)
	if m.Index == nil {
		return base
	}
	s := sum{base, l.reg(m.Index), m.Scale}
	v, ok := l.sums[s]
	if !ok {
		v = l.fresh(false)
		l.write("ADD "+shifted(m.Scale)+", R{1}, R{0}", v, s.base, s.index)
		l.sums[s] = v
	}
	return v
}

// shifted is the third register, times scale.
func shifted(scale uint8) string {
	if scale <= 1 {
		return "R{2}"
	}
	return fmt.Sprintf("R{2}<<%d", mathbits.TrailingZeros8(scale))
}

// address is an address in one register.
func (l *lowering) address(m operand.Mem) value {
	if m.Base == reg.FramePointer || m.Base == reg.StackPointer {
		text, _ := l.place(m, 0)
		v := l.fresh(false)
		l.write("MOVD $"+text+", R{0}", v)
		return v
	}
	b := l.base(m)
	if m.Disp == 0 {
		return b
	}
	v := l.fresh(false)
	l.write(fmt.Sprintf("ADD $%d, R{1}, R{0}", m.Disp), v, b)
	return v
}

// load reads memory by an instruction of Go's assembler into a register, whose letter is given.
func (l *lowering) load(name, letter string, m operand.Mem, d value) {
	text, regs := l.place(m, 1)
	l.write(fmt.Sprintf("%s %s, %s{0}", name, text, letter), d, regs...)
}

// store writes a register to memory.
func (l *lowering) store(name, letter string, v value, m operand.Mem) {
	text, regs := l.place(m, 1)
	l.act(fmt.Sprintf("%s %s{0}, %s", name, letter, text), append([]value{v}, regs...)...)
}

// branches are the conditions of arm64 by avo's.
var branches = map[string]string{"JLT": "BLT", "JGE": "BGE", "JLE": "BLE", "JG": "BGT", "JGT": "BGT", "JZ": "BEQ",
	"JNZ": "BNE", "JNE": "BNE", "JCS": "BLO", "JMP": "B"}

// twos are instructions d = d op s.
var twos = map[string]string{"ADDQ": "ADD{S}", "ADDL": "ADDW", "SUBQ": "SUB{S}", "ANDQ": "AND{S}",
	"ORQ": "ORR", "ORL": "ORRW", "SHLQ": "LSL", "SHRQ": "LSR", "IMULQ": "MUL"}

// compares are the instructions that branches may go by.
var compares = map[string]bool{"ADDQ": true, "SUBQ": true, "ANDQ": true, "SHRQ": true, "INCQ": true, "DECQ": true,
	"CMPQ": true, "TESTQ": true}

func (l *lowering) instruction(name string, ops []operand.Op) {
	if to, ok := branches[name]; ok {
		label := string(ops[0].(operand.LabelRef))
		if to != "B" && !compares[l.flagged] || to == "BLO" && l.flagged != "CMPQ" {
			l.fail("%s after %s", name, l.flagged)
		}
		l.add(&inst{text: to + " " + label, to: label, ends: to == "B", usesFlags: to != "B", effect: true})
		return
	}
	if compares[name] || twos[name] != "" || name == "XORQ" || name == "IMUL3Q" {
		l.flagged = name
	}
	if arm, ok := twos[name]; ok {
		l.two(arm, ops[0], ops[1])
		return
	}
	switch name {
	case "VZEROUPPER":
	case "RET":
		l.act("RET").ends = true
	case "MOVQ", "MOVL", "MOVLQSX", "MOVB":
		l.mov(name, ops[0], ops[1])
	case "LEAQ":
		l.lea(ops[0].(operand.Mem), l.reg(ops[1]))
	case "XORQ":
		if ops[0] != ops[1] {
			l.fail("%s of two registers", name)
		}
		l.write("MOVD $0, R{0}", l.reg(ops[1]))
	case "INCQ":
		l.two("ADD{S}", operand.Imm(1), ops[0])
	case "DECQ":
		l.two("SUB{S}", operand.Imm(1), ops[0])
	case "IMUL3Q":
		t := l.fresh(false)
		l.write("MOVD "+constant(ops[0])+", R{0}", t)
		l.write("MUL R{2}, R{1}, R{0}", l.reg(ops[2]), l.reg(ops[1]), t)
	case "CMPQ": // Go writes the operands of amd64's comparison in the order of the question, those of arm64's not
		l.compare("CMP", ops[1], ops[0])
	case "TESTQ":
		l.compare("TST", ops[0], ops[1])
	case "CMOVQLT", "CMOVQGT", "CMOVQEQ":
		l.change("CSEL "+name[len("CMOVQ"):]+", R{1}, R{0}, R{0}", l.reg(ops[1]), l.reg(ops[0])).usesFlags = true
	case "NEGQ":
		l.negate(ops[0])
	case "PREFETCHT0":
		text, regs := l.place(ops[0].(operand.Mem), 0)
		l.act("PRFM "+text+", PLDL1KEEP", regs...)
	default:
		l.vectors(name, ops)
	}
}

// two is d = d op s for a constant, a register or memory.
func (l *lowering) two(name string, s, d operand.Op) {
	to := l.number(d)
	var i *inst
	switch s := s.(type) {
	case operand.Constant:
		i = l.change(name+" "+constant(s)+", R{0}, R{0}", to)
	default:
		i = l.change(name+" R{1}, R{0}, R{0}", to, l.number(s))
	}
	i.setsFlags = name[len(name)-1] == '}'
	if name == "LSR" { // sets none
		l.act("TST R{0}, R{0}", to).setsFlags = true
	}
	if m, ok := d.(operand.Mem); ok {
		l.store("MOVD", "R", to, m)
	}
}

// constant is a constant as arm64 writes it.
func constant(c operand.Op) string { return strings.Replace(c.Asm(), "$+", "$", 1) }

// compare sets flags by b op a.
func (l *lowering) compare(name string, a, b operand.Op) {
	text, regs := name+" "+constant(a)+", R{0}", []value{l.number(b)}
	if _, ok := a.(operand.Constant); !ok {
		text, regs = name+" R{1}, R{0}", append(regs, l.number(a))
	}
	l.act(text, regs...).setsFlags = true
}

// number is a register, or memory in one.
func (l *lowering) number(op operand.Op) value {
	m, ok := op.(operand.Mem)
	if !ok {
		return l.reg(op)
	}
	v := l.fresh(false)
	l.load("MOVD", "R", m, v)
	return v
}

// negate changes the sign of a register or of memory.
func (l *lowering) negate(op operand.Op) {
	v := l.number(op)
	l.change("NEG R{0}, R{0}", v)
	if m, ok := op.(operand.Mem); ok {
		l.store("MOVD", "R", v, m)
	}
}

// mov is a move of 64 or 32 bits; half a register's upper half becomes 0, or the sign.
func (l *lowering) mov(name string, from, to operand.Op) {
	loads := map[string]string{"MOVQ": "MOVD", "MOVL": "MOVWU", "MOVLQSX": "MOVW", "MOVB": "MOVBU"}[name]
	stores := map[string]string{"MOVQ": "MOVD", "MOVL": "MOVW", "MOVB": "MOVB"}[name]
	if m, ok := to.(operand.Mem); ok {
		v := l.fresh(false)
		if c, ok := from.(operand.Constant); ok {
			l.write("MOVD "+constant(c)+", R{0}", v)
		} else {
			v = l.reg(from)
		}
		l.store(stores, "R", v, m)
		return
	}
	d := l.reg(to)
	switch from := from.(type) {
	case operand.Constant:
		l.write("MOVD "+constant(from)+", R{0}", d)
	case operand.Mem:
		l.load(loads, "R", from, d)
	default:
		if name != "MOVQ" {
			l.fail("%s of registers", name)
		}
		l.move(d, l.reg(from))
	}
}

// lea computes an address.
func (l *lowering) lea(m operand.Mem, d value) {
	if m.Index == nil {
		l.write(fmt.Sprintf("ADD $%d, R{1}, R{0}", m.Disp), d, l.reg(m.Base))
		return
	}
	if m.Disp == 0 {
		l.write("ADD "+shifted(m.Scale)+", R{1}, R{0}", d, l.reg(m.Base), l.reg(m.Index))
		return
	}
	l.write(fmt.Sprintf("ADD $%d, R{1}, R{0}", m.Disp), d, l.base(m))
}
