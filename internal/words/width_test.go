package words

import (
	"testing"
	"unicode"

	"golang.org/x/text/width"
)

// TestWidth: every character is as wide as golang.org/x/text/width says.
func TestWidth(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		want := 1
		switch k := width.LookupRune(r).Kind(); {
		case k == width.EastAsianWide, k == width.EastAsianFullwidth:
			want = 2
		case r >= 0x300 && r <= 0x36f, r == 0x200d:
			want = 0
		}
		if got := columns(r); got != want {
			t.Errorf("%U: %d, want %d", r, got, want)
		}
	}
	for s, want := range map[string]string{"나이": "나이 |", "age": "age  |", "몸무게": "몸무게|", "": "     |"} {
		if got := Pad(s, 5) + "|"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for _, s := range []string{"나이 (age)", "한글", ""} {
		if got := Fill(s); Unfill(got) != s || len([]rune(got)) != Width(s) {
			t.Errorf("%q", got)
		}
	}
}
