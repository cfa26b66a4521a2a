package main

import (
	"strings"
	"testing"
)

func TestRefusal(t *testing.T) {
	for _, c := range []struct {
		checked
		says string
	}{
		{checked{GFLOPS: 85, Faults: 3}, ""},
		{checked{GFLOPS: 40, Faults: 512}, ""},
		{checked{GFLOPS: 2.5, Faults: 0}, "a product of 512³ runs at 2 GFLOP/s, 3 % of the FMA peak"},
		{checked{GFLOPS: 85, Faults: 8193}, "costs 8193 page faults"},
	} {
		if got := c.refusal(96); (got == "") != (c.says == "") || !strings.HasPrefix(got, c.says) &&
			!strings.Contains(got, c.says) {
			t.Errorf("%+v: %q, want %q", c.checked, got, c.says)
		}
	}
}
