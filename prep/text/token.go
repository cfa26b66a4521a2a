package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// normal returns text in the form in which it is tokenised: normalization form C, lower case unless Case, without tags
// where Markup. Invalid UTF-8 becomes U+FFFD.
func (s Spec) normal(text string) string {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\ufffd")
	}
	if s.Markup {
		text = stripTags(text)
	}
	text = composed(text)
	if !s.Case {
		text = strings.ToLower(text)
	}
	return text
}

// stripTags replaces each tag by a blank: < and a letter, / or !, up to >.
func stripTags(s string) string {
	if !strings.Contains(s, "<") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		j := strings.IndexByte(s[i:], '>')
		c := byte(0)
		if i+1 < len(s) {
			c = s[i+1]
		}
		if j < 0 || !(c == '/' || c == '!' || c|0x20 >= 'a' && c|0x20 <= 'z') {
			b.WriteString(s[:i+1])
			s = s[i+1:]
			continue
		}
		b.WriteString(s[:i])
		b.WriteByte(' ')
		s = s[i+j+1:]
	}
}

// Tokens cuts a text into its tokens, without n-grams. Byte pairs are a Vocabulary's: for the unit pair Tokens returns
// the pieces within which bytes are merged.
func (s Spec) Tokens(text string) []string {
	text = s.normal(text)
	switch s.Unit {
	case "jamo":
		return characters(decomposed(text))
	case "character":
		return characters(text)
	case "pair":
		return pieces(text)
	}
	if s.Marks {
		return cutMarks(text)
	}
	return cutWords(text)
}

func characters(s string) []string {
	out := make([]string, 0, len(s))
	for i := 0; i < len(s); {
		_, n := utf8.DecodeRuneInString(s[i:])
		out = append(out, s[i:i+n])
		i += n
	}
	return out
}

// cutWords returns the runs of letters, marks and digits; an apostrophe between two of them belongs to the word.
func cutWords(s string) []string {
	out := make([]string, 0, len(s)/6+1)
	begin := -1
	for i, c := range s {
		in := unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsMark(c) || unicode.IsNumber(c)
		if !in && begin >= 0 && (c == '\'' || c == '’') {
			next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(c):])
			in = unicode.IsLetter(next)
		}
		switch {
		case in && begin < 0:
			begin = i
		case !in && begin >= 0:
			out = append(out, s[begin:i])
			begin = -1
		}
	}
	if begin >= 0 {
		out = append(out, s[begin:])
	}
	return out
}

const mostPiece = 256

// pieces cuts before every blank that follows a visible character: a piece is a word with the blanks before it, and all
// pieces in a row are the text. A piece of more than 256 bytes is cut, which bounds the time of merging.
func pieces(s string) []string {
	var out []string
	begin, visible := 0, false
	for i, c := range s {
		if i-begin > mostPiece {
			out = append(out, s[begin:i])
			begin, visible = i, false
		}
		if unicode.IsSpace(c) {
			if visible {
				out = append(out, s[begin:i])
				begin, visible = i, false
			}
		} else {
			visible = true
		}
	}
	if begin < len(s) {
		out = append(out, s[begin:])
	}
	return out
}

// grams calls do for each token and each run of 2 … ngrams tokens, joined by a blank, or by nothing for characters and
// jamo.
func (s Spec) grams(tokens []string, do func(string)) {
	by := " "
	if s.Unit == "character" || s.Unit == "jamo" {
		by = ""
	}
	for i := range tokens {
		do(tokens[i])
		for n := 2; n <= s.Ngrams && i+n <= len(tokens); n++ {
			do(strings.Join(tokens[i:i+n], by))
		}
	}
}
