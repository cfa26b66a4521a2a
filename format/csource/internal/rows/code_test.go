package rows

import "testing"

// TestQuoted: strings of C by hand; digits behind a byte in octal digits cannot become a part of it, which has three.
func TestQuoted(t *testing.T) {
	for text, want := range map[string]string{"찻잔": `"찻잔"`, `a"b\`: `"a\"b\\"`, "??/": `"\?\?/"`, "\n1": `"\0121"`,
		"\xff": `"\377"`, "\u00a0": `"\302\240"`, "%d*/": `"%d*/"`} {
		if got := quoted(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	for v, want := range map[float64]string{1: "1.0", -2: "-2.0", 0.5: "0.5", 1e300: "1e+300",
		123456789: "1.23456789e+08"} {
		if got := number(v); got != want {
			t.Errorf("%v: %s, want %s", v, got, want)
		}
	}
}
