// Package neon compiles kernels for arm64. avo knows amd64 alone: a kernel is written with its scalar instructions and
// those of AVX2 on vectors of 128 bits, and a few that only this package has (Fixed and what follows it in vector.go).
// Each becomes one or a few of arm64's, over registers that are allocated here:
//
//   - lower.go: scalar instructions, addresses, branches
//   - vector.go: vector instructions and their codes
//   - alloc.go: which registers, and which constants stay in them
//   - write.go: assembly, declarations
//
// Sources: Arm Architecture Reference Manual, DDI 0487, C6.2 and C7.2; Intel SDM, volume 2.
package neon

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// value is a register before allocation.
type value int

// inst is an instruction, or a label.
type inst struct {
	label string // of a label, which is nothing else
	// text is how the instruction is written; {0} is the number of the register of args[0], {L} begins names of labels
	// that nothing else has, {S} is S where flags are read afterwards.
	text string
	code uint32 // of an instruction that Go's assembler lacks: registers are at bits 0, 5 and 16, and text is a comment
	args []value
	// writes says that args[0] is written, reads that it is read too. What an instruction does beside is an effect.
	writes, reads, effect bool
	copies                bool  // args[0] becomes args[1]
	fixed                 *bits // args[0] becomes these bits
	setsFlags, usesFlags  bool
	to                    string // the label that it may go to
	ends                  bool   // and does not go on
	depth                 int    // loops around it
}

// bits are those of a vector that does not change.
type bits [2]uint64

// lanes are four times x.
func lanes(x uint32) bits {
	both := uint64(x)<<32 | uint64(x)
	return bits{both, both}
}

// function is a function being compiled.
type function struct {
	name   string
	code   []*inst
	vector []bool // by value: a vector or a general register
	frame  int
	labels int
}

// fresh is a new value.
func (f *function) fresh(vector bool) value {
	f.vector = append(f.vector, vector)
	return value(len(f.vector) - 1)
}

func (f *function) add(i *inst) *inst {
	f.code = append(f.code, i)
	return i
}

// read are the values that i reads.
func (i *inst) read() []value {
	if i.writes && !i.reads {
		return i.args[1:]
	}
	return i.args
}

// written is the value that i writes, or −1.
func (i *inst) written() value {
	if i.writes {
		return i.args[0]
	}
	return -1
}

// flags removes the setting of flags that nobody reads.
func (f *function) flags() {
	read := false
	for _, i := range slices.Backward(f.code) {
		set := i.setsFlags && read
		if i.setsFlags {
			read = false
		}
		s := ""
		if set {
			s = "S"
		}
		i.text = strings.ReplaceAll(i.text, "{S}", s)
		if i.setsFlags && !i.writes {
			i.effect = set
		}
		if i.setsFlags && set {
			i.effect = true
		}
		if i.usesFlags {
			read = true
		}
	}
}

// nest sets how deep in loops each instruction is: a branch backwards is the end of one.
func (f *function) nest() {
	at := map[string]int{}
	for n, i := range f.code {
		i.depth = 0
		if i.label != "" {
			at[i.label] = n
		}
	}
	for n, i := range f.code {
		if start, ok := at[i.to]; ok && start < n {
			for _, inside := range f.code[start : n+1] {
				inside.depth++
			}
		}
	}
}

// expand is i's text with registers.
func (f *function) expand(i *inst, number []int) string {
	s := i.text
	for k, v := range i.args {
		s = strings.ReplaceAll(s, "{"+strconv.Itoa(k)+"}", strconv.Itoa(number[v]))
	}
	if strings.Contains(s, "{L}") {
		f.labels++
		s = strings.ReplaceAll(s, "{L}", fmt.Sprintf("part%d", f.labels))
	}
	if i.code == 0 {
		return s
	}
	code := i.code
	for k, v := range i.args {
		code |= uint32(number[v]) << []int{0, 5, 16}[k]
	}
	return fmt.Sprintf("WORD $0x%08x // %s", code, s)
}
