package text

import (
	"strings"
	"testing"
)

// TestForms: normal forms by hand (Unicode Standard Annex #15; Hangul by section 3.12 of the Unicode Standard). Long
// runs of letters, as people write them, keep every letter and get none.
func TestForms(t *testing.T) {
	u := strings.Repeat("ㅜ", 31)
	marks := strings.Repeat("\u0301", 40)
	for _, c := range []struct{ text, c, d string }{
		{"e\u0301", "é", "e\u0301"},
		{"\u1112\u1161\u11ab", "한", "\u1112\u1161\u11ab"},
		{"으앙 " + u, "으앙 " + u, "\u110b\u1173\u110b\u1161\u11bc " + u},
		{strings.Repeat("ㅋ", 100), strings.Repeat("ㅋ", 100), strings.Repeat("ㅋ", 100)},
		{"a" + marks, "á" + marks[2:], "a" + marks},
		{"e\u034f\u0301", "e\u034f\u0301", "e\u034f\u0301"}, // a joiner of the text's own
		{"e\u0301\u034f" + u, "é\u034f" + u, "e\u0301\u034f" + u},
		{"", "", ""},
	} {
		if got := composed(c.text); got != c.c {
			t.Errorf("form C of %+q is %+q, want %+q", c.text, got, c.c)
		}
		if got := decomposed(c.text); got != c.d {
			t.Errorf("form D of %+q is %+q, want %+q", c.text, got, c.d)
		}
	}
}
