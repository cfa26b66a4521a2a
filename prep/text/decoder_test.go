package text

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Ids spelt out one by one give what they give together, and what was given out is whole characters.
func TestDecoder(t *testing.T) {
	learn := []string{"고래가 숨을 쉰다. 값싼 닭\n", "a café, naïve Ω ᄒ ㅋㅋ 🐋 whale's e\u0301\u0323x", "tail 고"}
	for _, s := range []Spec{{}, {Unit: "character", Case: true}, {Unit: "jamo", Case: true}, {Unit: "pair", Case: true, Words: 262}} {
		v := fitted(t, learn, s)
		for _, text := range append(learn, "", "고래", "닭 값") {
			ids := v.Encode(text)
			d := Decoder{Vocabulary: v}
			var b strings.Builder
			for _, id := range ids {
				part := d.Next(id)
				if !utf8.ValidString(part) {
					t.Errorf("%q: %q is given out before it is whole", s.Unit, part)
				}
				b.WriteString(part)
			}
			if got, want := b.String()+d.Rest(), v.Decode(ids); got != want {
				t.Errorf("%q: one by one %q, together %q", s.Unit, got, want)
			}
			if s.Unit != "" && !strings.Contains(v.Decode(ids), "\ufffd") && s.Unit != "pair" && v.Decode(ids) != s.normal(text) {
				t.Errorf("%q: %q comes back as %q", s.Unit, text, v.Decode(ids))
			}
		}
	}
	// Half a character at the end, and bytes that are none.
	v := fitted(t, learn, Spec{Unit: "pair", Case: true, Words: 260})
	d := Decoder{Vocabulary: v}
	got := ""
	for _, c := range []byte("a\xf0\x9f\x90z\xff\xea\xb3") {
		got += d.Next(int32(c) + 2)
	}
	if got += "|" + d.Rest(); got != "a\ufffdz\ufffd|\ufffd" {
		t.Errorf("%q", got)
	}
	// A word parts from what stands before it.
	v = fitted(t, learn, Spec{})
	d = Decoder{Vocabulary: v, Begun: true}
	if got := d.Next(v.Encode("whale's")[0]); got != " whale's" {
		t.Errorf("%q", got)
	}
}
