package data

import (
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// The short way of reading numbers gives the float64 of strconv.ParseFloat, to the bit and the sign of zero.
func TestSimpleNumbers(t *testing.T) {
	check := func(t interface{ Errorf(string, ...any) }, s string) {
		v, point, ok := simple(s)
		if !ok {
			return
		}
		want, err := strconv.ParseFloat(s, 64)
		if err != nil || math.Float64bits(v) != math.Float64bits(want) {
			t.Errorf("%q: %v, ParseFloat %v %v", s, v, want, err)
		}
		if point >= 0 && s[point] != '.' {
			t.Errorf("%q: a point at %d", s, point)
		}
	}
	for _, s := range []string{"0", "-0", "+0", "-0.0", ".5", "5.", "-.5", "0.1", "999999999999999", "0.00000000000001",
		"123456789.012345", "-999999999999.999", "+1", "000", "007"} {
		if _, _, ok := simple(s); !ok {
			t.Errorf("%q is not read", s)
		}
		check(t, s)
	}
	for _, s := range []string{"", "-", "+", ".", "-.", "1.2.3", "1e5", "--1", "1-", " 1", "1234567890123456", "1_0",
		"0x1"} {
		if v, _, ok := simple(s); ok {
			t.Errorf("%q is read as %v", s, v)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.StringMatching(`[+-]?[0-9]{0,9}\.?[0-9]{0,9}`).Draw(t, "number"))
	})
}
