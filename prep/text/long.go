package text

import (
	"unicode"
	"unicode/utf8"
)

// chunk is about the number of bytes of a long text that are tokenised together: tokens are strings of their own
// meanwhile, twenty times the memory of the text.
const chunk = 1 << 16

// Chunks cuts a long text into parts that can be fitted and encoded one by one: before a line
// break if there is one, before a blank, or between two characters.
func Chunks(s string) []string {
	var parts []string
	for len(s) > chunk {
		at := cutBefore(s[:chunk], func(c rune) bool { return c == '\n' })
		if at == 0 {
			at = cutBefore(s[:chunk], unicode.IsSpace)
		}
		if at == 0 {
			at = cutBefore(s[:chunk], func(c rune) bool { return !unicode.IsMark(c) && (c < 0x1160 || c > 0x11ff) })
		}
		if at == 0 {
			at = chunk
		}
		parts, s = append(parts, s[:at]), s[at:]
	}
	return append(parts, s)
}

// cutBefore returns the start of the last character of s that satisfies will, 0 if there is none after the first.
func cutBefore(s string, will func(rune) bool) int {
	for at := len(s); at > 0; {
		c, n := utf8.DecodeLastRuneInString(s[:at])
		if at -= n; will(c) {
			return at
		}
	}
	return 0
}

// EncodeLong encodes a text of any length as Encode does, part by part.
func (v *Vocabulary) EncodeLong(text string) []int32 {
	var ids []int32
	if v.Spec.Unit == "character" { // characters map one to one; other units do not
		ids = make([]int32, 0, utf8.RuneCountInString(text))
	}
	for _, part := range Chunks(text) {
		ids = append(ids, v.Encode(part)...)
	}
	return ids
}
