package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// cutMarks cuts a text as cutWords does, with punctuation marks and symbols as tokens. A full stop, comma or colon
// between two digits belongs to the number, combining marks after a symbol to the symbol.
func cutMarks(s string) []string {
	out := make([]string, 0, len(s)/5+1)
	begin, digit := -1, false // start of the current word; whether its last character is a digit
	for i := 0; i < len(s); {
		c, n := utf8.DecodeRuneInString(s[i:])
		next, _ := utf8.DecodeRuneInString(s[i+n:])
		in := unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsMark(c) || unicode.IsNumber(c)
		if !in && begin >= 0 {
			in = (c == '\'' || c == '’') && unicode.IsLetter(next) ||
				strings.ContainsRune(".,:", c) && digit && unicode.IsDigit(next)
		}
		switch {
		case in && begin < 0:
			begin = i
		case !in && begin >= 0:
			out = append(out, s[begin:i])
			begin = -1
		}
		from := i
		i += n
		if digit = unicode.IsDigit(c); in || !isMark(c) {
			continue
		}
		for i < len(s) {
			a, n := utf8.DecodeRuneInString(s[i:])
			if !unicode.IsMark(a) {
				break
			}
			i += n
		}
		out = append(out, s[from:i])
	}
	if begin >= 0 {
		out = append(out, s[begin:])
	}
	return out
}

// isMark reports whether a character outside of words is visible: U+FFFD stands for invalid bytes.
func isMark(c rune) bool {
	return (unicode.IsPunct(c) || unicode.IsSymbol(c)) && c != utf8.RuneError
}

// pairedMarks are marks that open and close in turn.
const pairedMarks = "\"`"

// spacing decides where blanks stand between tokens of words and marks.
type spacing struct {
	glued bool   // no blank before the next token
	open  string // paired marks that are not closed yet
}

// next reports whether a blank stands before a token, and notes whether one follows it: a word has blanks on both
// sides, an opening mark (bracket, quotation mark, currency) none behind, dashes and slashes none at all, symbols both,
// every other mark none before.
func (p *spacing) next(token string) (blank bool) {
	c, _ := utf8.DecodeRuneInString(token)
	before, after := true, true
	switch {
	case !isMark(c):
	case strings.ContainsRune(pairedMarks, c):
		if at := strings.IndexRune(p.open, c); at >= 0 {
			p.open, before = p.open[:at]+p.open[at+1:], false
		} else {
			p.open, after = p.open+string(c), false
		}
	case unicode.In(c, unicode.Ps, unicode.Pi, unicode.Sc), c == '#', c == '@':
		after = false
	case unicode.In(c, unicode.Pd, unicode.Pc), c == '/', c == '·', c == '~':
		before, after = false, false
	case unicode.IsSymbol(c), c == '&', c == '*':
	default:
		before = false
	}
	// A combining mark at a token's head would join the token before it.
	blank = before && !p.glued || unicode.IsMark(c)
	p.glued = !after
	return blank
}

// begin notes the text that stands before the first token.
func (p *spacing) begin(text string) {
	for _, t := range cutMarks(text) {
		p.next(t)
	}
	if c, _ := utf8.DecodeLastRuneInString(text); unicode.IsSpace(c) {
		p.glued = true // the text ends in a blank
	}
}
