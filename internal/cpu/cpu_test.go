package cpu

import "testing"

func TestLower(t *testing.T) {
	for _, c := range []struct {
		avx512, avx2 bool
		requested    string
		want         [2]bool
	}{
		{true, true, "", [2]bool{true, true}},
		{true, true, "avx2", [2]bool{false, true}},
		{true, true, "generic", [2]bool{false, false}},
		{true, true, "avx512", [2]bool{true, true}},
		{true, true, "mmx", [2]bool{true, true}},
		{false, true, "avx512", [2]bool{false, true}},
		{false, false, "avx2", [2]bool{false, false}},
		{true, false, "", [2]bool{false, false}},
	} {
		a, b := lower(c.avx512, c.avx2, c.requested)
		if [2]bool{a, b} != c.want {
			t.Errorf("lower(%v, %v, %q) = %v, %v; want %v", c.avx512, c.avx2, c.requested, a, b, c.want)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, requested := range []string{"", "avx512", "avx2", "neon", "generic"} {
		if err := check(requested); err != nil {
			t.Errorf("%q: %v", requested, err)
		}
	}
	const want = "GORAE_CPU=axv2: no instruction set; give one of avx512, avx2, neon, generic, or leave it out for " +
		"the best that the machine has"
	if err := check("axv2"); err == nil || err.Error() != want {
		t.Errorf("a typo: %v", err)
	}
}

func TestNameSaysTheBest(t *testing.T) {
	a, b, n := AVX512, AVX2, NEON
	defer func() { AVX512, AVX2, NEON = a, b, n }()
	for _, c := range []struct {
		avx512, avx2, neon bool
		want               string
	}{{true, true, false, "avx512"}, {false, true, false, "avx2"}, {false, false, true, "neon"},
		{false, false, false, "generic"}} {
		AVX512, AVX2, NEON = c.avx512, c.avx2, c.neon
		if Name() != c.want {
			t.Errorf("Name() = %q, want %q", Name(), c.want)
		}
	}
}
