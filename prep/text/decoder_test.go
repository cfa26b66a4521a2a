package text

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Ids spelt out one by one give what they give together, and what was given out is whole characters.
func TestDecoder(t *testing.T) {
	learn := []string{"고래가 숨을 쉰다. 값싼 닭\n", "a café, naïve Ω ᄒ ㅋㅋ 🐋 whale's e\u0301\u0323x", "tail 고"}
	for _, s := range []Spec{{}, {Marks: true}, {Unit: "character", Case: true}, {Unit: "jamo", Case: true},
		{Unit: "pair", Case: true, Words: 262}} {
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
			if s.Unit != "" && !strings.Contains(v.Decode(ids), "\ufffd") && s.Unit != "pair" &&
				v.Decode(ids) != s.normal(text) {
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

// A long text is cut before lines, blanks or characters, and encoded part by part as a whole is.
func TestChunks(t *testing.T) {
	for _, s := range []string{
		"", "short", strings.Repeat("고래가 숨을 쉰다.\nand dives deep.\n", 9000), strings.Repeat("한 줄 ", 40000),
		strings.Repeat("가각", 50000),
		strings.Repeat("e\u0301\u0323", 40000), strings.Repeat("\u0301", 80000), strings.Repeat("\xff", 140000),
	} {
		parts := Chunks(s)
		if strings.Join(parts, "") != s {
			t.Errorf("%.20q: the parts are not the text", s)
		}
		for i, p := range parts {
			if len(p) > chunk || i > 0 && p == "" || strings.Contains(s, "\n") && i > 0 && p[0] != '\n' {
				t.Errorf("%.20q: part %d has %d bytes and begins %.10q", s, i, len(p), p)
			}
		}
		if s == "" || s[0] == 0xff || strings.HasPrefix(s, "\u0301") { // a run of bad bytes is one token in each part
			continue
		}
		v := fitted(t, []string{s}, Spec{Unit: "character"})
		a, b := v.EncodeLong(s), v.Encode(s)
		if len(a) != len(b) || v.Decode(a) != v.Decode(b) {
			t.Errorf("%.20q: part by part %d ids, together %d", s, len(a), len(b))
		}
	}
}
