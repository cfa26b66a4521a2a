// Package cpu says which instruction sets the kernels may use on this machine.
//
// Set GORAE_CPU=avx2 or GORAE_CPU=generic to use less than the machine has (to
// reproduce the bits of another machine, or to test); it never raises anything.
package cpu

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

var (
	// AVX512 holds if the processor has AVX-512 F, DQ, BW and VL and the operating
	// system saves their registers. It implies AVX2.
	AVX512 bool
	// AVX2 holds if the processor has AVX2 and FMA and the operating system saves
	// their registers.
	AVX2 bool
	// NEON holds on arm64, whose processors all have it.
	NEON bool
)

func init() {
	AVX512, AVX2 = detect()
	AVX512, AVX2 = lower(AVX512, AVX2, os.Getenv("GORAE_CPU"))
	NEON = hasNEON && os.Getenv("GORAE_CPU") != "generic"
}

// lower limits the instruction sets that were found to that of GORAE_CPU. A word it does not know
// changes nothing.
func lower(avx512, avx2 bool, requested string) (bool, bool) {
	avx512 = avx512 && avx2
	switch requested {
	case "avx2":
		return false, avx2
	case "generic":
		return false, false
	}
	return avx512, avx2
}

// names are the words of GORAE_CPU.
var names = []string{"avx512", "avx2", "neon", "generic"}

// Check is an error where GORAE_CPU is set to a word that names no instruction set: [Name] is then the machine's.
func Check() error { return check(os.Getenv("GORAE_CPU")) }

func check(requested string) error {
	if requested == "" || slices.Contains(names, requested) {
		return nil
	}
	return fmt.Errorf("GORAE_CPU=%s: no instruction set; give one of %s, or leave it out for the best that the "+
		"machine has", requested, strings.Join(names, ", "))
}

// Name is the best instruction set in use: "avx512", "avx2", "neon" or "generic".
func Name() string {
	switch {
	case AVX512:
		return "avx512"
	case AVX2:
		return "avx2"
	case NEON:
		return "neon"
	}
	return "generic"
}
