package metric

import (
	"strings"
	"unicode"

	"gorae/internal/pattern"
)

// tokenized cuts a sentence for BLEU by a tokenizer of sacrebleu's names, "" being 13a.
func tokenized(tokenizer, s string) []string {
	switch tokenizer {
	case "intl":
		return tokensIntl(s)
	case "char":
		return tokensChar(s)
	case "none":
		return words(s)
	case "zh":
		return tokensChinese(s)
	}
	return tokens13a(s)
}

// rewrite is a substitution of a regular expression.
type rewrite struct {
	find pattern.Pattern
	by   string
}

// western are the rules of mteval-v13a.pl for sentences of Western languages: marks are tokens, full stops and commas
// unless they stand between digits, a dash behind a digit.
var western = []rewrite{
	{pattern.Pattern{Expr: "([{-~\\[-` -&(-+:-@/])"}, " ${1} "},
	{pattern.Pattern{Expr: `([^0-9])([.,])`}, "${1} ${2} "},
	{pattern.Pattern{Expr: `([.,])([^0-9])`}, " ${1} ${2}"},
	{pattern.Pattern{Expr: `([0-9])(-)`}, "${1} ${2} "},
}

// international are the rules of mteval-v14.pl: punctuation not between digits and symbols are tokens.
var international = []rewrite{
	{pattern.Pattern{Expr: `(\PN)(\pP)`}, "${1} ${2} "},
	{pattern.Pattern{Expr: `(\pP)(\PN)`}, " ${1} ${2}"},
	{pattern.Pattern{Expr: `(\pS)`}, " ${1} "},
}

func tokens13a(s string) []string {
	s = strings.ReplaceAll(s, "<skipped>", "")
	s = strings.ReplaceAll(s, "-\n", "")
	s = strings.ReplaceAll(s, "\n", " ")
	if strings.Contains(s, "&") {
		for _, e := range [][2]string{{"&quot;", `"`}, {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}} {
			s = strings.ReplaceAll(s, e[0], e[1]) // one after the other: &amp;lt; becomes <
		}
	}
	return rewritten(" "+s+" ", western)
}

func tokensIntl(s string) []string { return rewritten(s, international) }

// chinese are the ranges of characters that the tokenizer zh makes tokens: ideographs, their marks and wide forms. The
// first range is wider than Chinese; sacrebleu has it so.
var chinese = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x2001, Hi: 0x2a6d, Stride: 1}, {Lo: 0x2e80, Hi: 0x2fdf, Stride: 1}, {Lo: 0x2ff0, Hi: 0x303f, Stride: 1},
	{Lo: 0x3100, Hi: 0x312f, Stride: 1}, {Lo: 0x31a0, Hi: 0x31bf, Stride: 1}, {Lo: 0x31c0, Hi: 0x31ef, Stride: 1},
	{Lo: 0x3200, Hi: 0x4db5, Stride: 1}, {Lo: 0x4e00, Hi: 0x9fbb, Stride: 1}, {Lo: 0xf900, Hi: 0xfa2d, Stride: 1},
	{Lo: 0xfa30, Hi: 0xfa6a, Stride: 1}, {Lo: 0xfa70, Hi: 0xfad9, Stride: 1}, {Lo: 0xfe10, Hi: 0xfe1f, Stride: 1},
	{Lo: 0xfe30, Hi: 0xfe4f, Stride: 1}, {Lo: 0xff00, Hi: 0xffef, Stride: 1},
}}

func tokensChinese(s string) []string {
	var b strings.Builder
	for _, c := range strings.TrimSpace(s) {
		if unicode.Is(chinese, c) {
			b.WriteString(" " + string(c) + " ")
		} else {
			b.WriteRune(c)
		}
	}
	return rewritten(b.String(), western)
}

func tokensChar(s string) []string {
	var out []string
	for _, c := range s {
		if !unicode.IsSpace(c) {
			out = append(out, string(c))
		}
	}
	return out
}

// rewritten applies the rules one after the other and cuts at blanks.
func rewritten(s string, rules []rewrite) []string {
	for i := range rules {
		r := &rules[i]
		s = r.find.Regexp().ReplaceAllString(s, r.by)
	}
	return words(s)
}

// words cuts at blanks. A NUL, which parts the tokens of an n-gram, becomes U+FFFD.
func words(s string) []string {
	return strings.Fields(strings.ReplaceAll(s, separator, "\ufffd"))
}
