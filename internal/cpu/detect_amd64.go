//go:build !noasm

package cpu

import "golang.org/x/sys/cpu"

// detect asks the processor and the operating system.
func detect() (avx512, avx2 bool) {
	x := &cpu.X86
	return x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512BW && x.HasAVX512VL, x.HasAVX2 && x.HasFMA
}
