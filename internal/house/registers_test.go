package house

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// beyondAVX2 matches operands that only AVX-512 can encode: vector registers 16 to 31, Z
// registers and masks.
var beyondAVX2 = regexp.MustCompile(`\b(?:[XY](?:1[6-9]|2[0-9]|3[01])|Z[0-9]+|K[0-7])\b`)

// TestRegisters finds a kernel that would be an illegal instruction on the machines it is meant
// for: register allocation falls back on AVX-512's registers in silence when AVX2's sixteen are
// used up, and a machine that has AVX-512 runs such a kernel without complaint.
func TestRegisters(t *testing.T) {
	files, err := filepath.Glob("../kernel/*/*_amd64.s")
	if err != nil || len(files) == 0 {
		t.Fatalf("no assembly found (%v)", err)
	}
	kernels := 0
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := ""
		for i, line := range strings.Split(string(b), "\n") {
			if after, ok := strings.CutPrefix(line, "TEXT ·"); ok {
				name, _, _ = strings.Cut(after, "(")
				kernels++
			}
			if strings.Contains(strings.ToLower(name), "avx512") {
				continue
			}
			if at := beyondAVX2.FindString(line); at != "" {
				t.Errorf("%s:%d: %s uses %s, which AVX2 does not have", file, i+1, name, at)
				name = "avx512" // one message a kernel
			}
		}
	}
	if kernels < 100 {
		t.Errorf("%d kernels found in %d files; the pattern of their names must have changed", kernels, len(files))
	}
}
