package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Decoder decodes ids one by one into the text that Vocabulary.Decode makes of all together. What a token leaves open,
// such as half a character of a byte pair or a syllable that further jamo may join, comes with the token that completes
// it.
type Decoder struct {
	Vocabulary *Vocabulary
	// Begun says that text stands before the first id, so that a blank parts the first word from it.
	Begun bool

	held   string
	blanks spacing // where punctuation marks are tokens
}

// Begin sets the text that stands before the first id.
func (d *Decoder) Begin(text string) {
	d.Begun = d.Begun || text != ""
	if d.Vocabulary.Spec.Marks {
		d.blanks.begin(text)
	}
}

// Next returns the text that id completes.
func (d *Decoder) Next(id int32) string {
	if id == Padding {
		return ""
	}
	v := d.Vocabulary
	t := v.Token(id)
	switch v.Spec.Unit {
	case "pair":
		d.held += t
		end := whole(d.held)
		t, d.held = strings.ToValidUTF8(d.held[:end], "\ufffd"), d.held[end:]
	case "jamo":
		t = d.join(t)
	case "", "word":
		if blank := !v.Spec.Marks || d.blanks.next(t); blank && d.Begun {
			t = " " + t
		}
	}
	d.Begun = true
	return t
}

// Rest returns the text that is still held back, when no id follows.
func (d *Decoder) Rest() string {
	t := d.held
	d.held = ""
	if d.Vocabulary.Spec.Unit == "jamo" {
		return composed(t)
	}
	return strings.ToValidUTF8(t, "\ufffd")
}

// join holds a token back until a token comes that cannot belong to the same character.
func (d *Decoder) join(t string) (done string) {
	for _, c := range t {
		if !unicode.IsMark(c) && (c < 0x1160 || c > 0x11ff) { // jamo other than leading consonants
			done += d.Rest()
		}
		d.held += string(c)
	}
	return done
}

// whole returns the number of bytes of s before an incomplete character at its end.
func whole(s string) int {
	for back := 1; back < utf8.UTFMax && back <= len(s); back++ {
		if tail := s[len(s)-back:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRuneInString(tail) {
				return len(s) - back
			}
			break
		}
	}
	return len(s)
}
