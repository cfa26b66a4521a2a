package data

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// read returns what commonNumber reads of a text behind others.
func readCommon(s, before string) (v float64, places int, ok bool) {
	text := before + s
	return commonNumber([]byte(text), len(before), len(text))
}

// commonNumber reads what strconv reads, bit by bit, and no name; it reads all usual numbers.
func TestCommonNumber(t *testing.T) {
	check := func(t interface{ Fatalf(string, ...any) }, s, before string) {
		v, places, ok := readCommon(s, before)
		digits := strings.TrimPrefix(s, "-")
		point := strings.IndexByte(s, '.')
		plain, digit := true, false
		for _, c := range digits {
			digit = digit || c >= '0' && c <= '9'
			plain = plain && (c == '.' || c >= '0' && c <= '9')
		}
		plain = plain && digit && strings.Count(digits, ".") <= 1
		want, err := strconv.ParseFloat(s, 64)
		switch {
		case ok && (!plain || err != nil || isName(s)):
			t.Fatalf("%q is read as %v", s, v)
		case ok && math.Float64bits(v) != math.Float64bits(want):
			t.Fatalf("%q is read as %v, not %v", s, v, want)
		case ok && places != -1 != (point >= 0), ok && point >= 0 && places != len(s)-1-point:
			t.Fatalf("%q has %d places", s, places)
		}
		most := 15
		if point >= 0 {
			most = 20 // characters
		}
		if !ok && plain && !isName(s) && len(digits) <= most && len(before) >= 24 {
			t.Fatalf("%q is not read", s)
		}
	}
	behind := strings.Repeat("7.-", 8)
	for _, s := range []string{"0", "-0", "0.0", "-0.0", "5.", ".5", "-.5", ".", "-", "-.", "--5", "+5", "1.2.3", "007",
		"-07", "00.5", "1e5", "9007199254740993", "0.9007199254740993", "9007199254740993.0", "1234567890123456.789",
		"999999999999999", "9999999999999999", "99999999.9999999", "0.30000000000000004", "9.999999999999999999",
		".9999999999999999999", "1 2", "1/2", "1:2", "12345678", "123456789", "1234567.8", "12345678.", "1,5", "é1"} {
		check(t, s, behind)
		check(t, s, "")
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`-?[0-9]{0,12}\.?[0-9]{0,10}`).Draw(t, "number")
		if rapid.IntRange(0, 4).Draw(t, "odd") == 0 {
			s += string(rune(rapid.IntRange(1, 127).Draw(t, "char")))
		}
		if s == "" {
			s = "0"
		}
		check(t, s, rapid.SampledFrom([]string{behind, "", "1", "..-.", behind[:9]}).Draw(t, "before"))
	})
	// Quotients near the middle of two float64s.
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(1, 19).Draw(t, "places")
		x := math.Ldexp(float64(rapid.Uint64Range(1<<53, 1<<54).Draw(t, "half")), rapid.IntRange(-60, 8).Draw(t, "by"))
		m := strconv.FormatFloat(x, 'f', k, 64)
		check(t, m[:min(len(m), 20)], behind)
	})
}
