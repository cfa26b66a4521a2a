package lang

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Text returns a message in the translator's language: by the format that printed it, or else the parts of it that
// formats printed, between semicolons, colons, commas and in brackets. A text without such a part stays as it is. A nil
// translator is that of English.
func (t *Translator) Text(s string) string {
	if t == nil {
		return s
	}
	out, _ := t.text(s, map[string]string{})
	return out
}

// text returns the translation of a text, and whether there is one. Known holds what was found before.
func (t *Translator) text(s string, known map[string]string) (string, bool) {
	if out, ok := known[s]; ok {
		return out, out != s
	}
	known[s] = s // while its parts are looked at
	out, ok := t.whole(s, true, known)
	if !ok {
		out, ok = t.parts(s, known)
	}
	if !ok {
		out, ok = t.whole(s, false, known)
	}
	known[s] = out
	return out, ok
}

// whole returns the translation of a text that one format printed: the one with the most letters whose messages among
// its arguments have translations, or else the one with the most letters. Simple says that no argument may itself be
// several parts with semicolons or colons between them, unless it is a message that one format printed: where such
// parts have translations, those are meant.
func (t *Translator) whole(s string, simple bool, known map[string]string) (string, bool) {
	if !strings.ContainsAny(s, letters) {
		return s, false
	}
	out := ""
	for _, p := range t.patterns {
		args, ok := p.match(s)
		if !ok {
			continue
		}
		values, all, ok := t.arguments(p, args, simple, known)
		if ok && (all || out == "") {
			out = t.printer.Sprintf(p.format, values...)
		}
		if ok && all {
			return out, true
		}
	}
	if out != "" {
		return out, true
	}
	return s, false
}

// beginning returns the translation of a text that one format printed which itself begins with a word.
func (t *Translator) beginning(word, s string, known map[string]string) (string, bool) {
	for _, p := range t.patterns {
		if !strings.HasPrefix(p.format, word) {
			continue
		}
		if args, ok := p.match(s); ok {
			if values, _, ok := t.arguments(p, args, true, known); ok {
				return t.printer.Sprintf(p.format, values...), true
			}
		}
	}
	return s, false
}

// Two numbers of letters of a format, of which a number or a quotation in it counts three. From sure on it is
// recognised by them alone. One with fewer, such as "%s
// samples", would fit sentences that it did not print: its arguments must be single words, or messages that are
// translated. Below weak, as in "%s of %s", words must have digits too, unless the format has numbers or
// begins with four letters.
const (
	sure = 12
	weak = 6
)

var quotations = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(quotation + `|` + shapes) })

// shapes are extents in brackets, numbers or None, of one tensor or several.
const shapes = shape + `(?: and ` + shape + `)*`
const shape = `\((?:\d+|None)(?:, (?:\d+|None))*,?\)`

// fits reports whether an argument of a pattern may be what its format has printed there.
func (p *pattern) fits(arg string) bool {
	switch {
	case p.literal+3*p.typed >= sure:
		return true
	}
	arg = quotations().ReplaceAllString(arg, "0") // a word
	switch {
	case !strings.ContainsAny(arg, letters):
		return true
	case strings.Contains(arg, " "):
		return p.begins >= 8 // a beginning like no other
	}
	return p.literal >= weak || p.begins >= 4 || p.typed > 0 || strings.ContainsAny(arg, "0123456789")
}

// arguments returns the arguments of a pattern for the printer, whether all messages of several words among them have
// translations, and whether they may be its own.
func (t *Translator) arguments(p *pattern, args []string, simple bool, known map[string]string) (values []any, all,
	ok bool) {
	values, all = make([]any, len(args), len(args)+1), true
	for i, padded := range args {
		a := strings.TrimSpace(padded)
		if simple && t.several(p, i, a, known) {
			return nil, false, false
		}
		text := t.isText[p.format][i]
		if !p.fits(a) && !(text && t.one(a, known)) {
			return nil, false, false
		}
		if text {
			out, found := t.argument(a, known)
			all = all && (found || !strings.Contains(quotations().ReplaceAllString(a, "0"), " "))
			a = out
		}
		if p.padded[i] || !strings.ContainsAny(padded, letters) { // a number keeps its column
			a = pad(a, padded)
		}
		values[i] = argument(a)
	}
	return append(values, argument("{")), all, true
}

// pad returns a text with spaces where another one has them, as wide as that one.
func pad(s, like string) string {
	left, right := strings.HasPrefix(like, " "), strings.HasSuffix(like, " ")
	spaces := strings.Repeat(" ", max(0, Width(like)-Width(s)))
	switch {
	case right && strings.TrimSpace(like) != "":
		return s + spaces
	case left:
		return spaces + s
	}
	return s
}

// several reports whether an argument is several parts, and not a message that one format printed; or such a message
// where the pattern has a text of the user's.
func (t *Translator) several(p *pattern, i int, a string, known map[string]string) bool {
	_, rest := lead(a)
	if p.noun && i == p.args-1 && outside(rest, ": ") != nil {
		return true
	}
	if outside(rest, "; ") == nil && outside(rest, ": ") == nil {
		text := t.isText[p.format][i]
		end := p.ends && i == p.args-1 && strings.HasSuffix(rest, ")")
		if (!text || end) && strings.Contains(quotations().ReplaceAllString(rest, "0"), " (") {
			return true
		}
		return !text && strings.Contains(rest, " ") && t.known(rest, known)
	}
	return !t.isText[p.format][i] || !p.apart[i] && rest == a || !t.known(rest, known)
}

// one reports whether an argument is a word of gorae's own, or what one format printed.
func (t *Translator) one(s string, known map[string]string) bool {
	if _, ok := t.labels[s]; ok {
		return true
	}
	_, rest := lead(s)
	return t.known(rest, known)
}

// argument returns an argument that is a message, or one behind a separator.
func (t *Translator) argument(s string, known map[string]string) (string, bool) {
	if out, ok := t.labels[s]; ok {
		return out, true
	}
	lead, rest := lead(s)
	out, ok := t.text(rest, known)
	if lead == "; " && ok {
		lead = ". " // sentences of their own
	}
	return lead + out, ok
}

// lead cuts the separator at the beginning of an argument off.
func lead(s string) (separator, rest string) {
	for _, sep := range []string{"; ", ": ", ", "} {
		if rest, ok := strings.CutPrefix(s, sep); ok {
			return sep, rest
		}
	}
	return "", s
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// parts returns a text with the parts translated that have a translation.
func (t *Translator) parts(s string, known map[string]string) (string, bool) {
	if end := len(s) - 1; end > 0 && strings.IndexByte(";:,", s[end]) >= 0 {
		out, ok := t.text(s[:end], known)
		return out + s[end:], ok
	}
	joints := t.joints(s, known)
	if inner, before, ok := bracketed(s); ok && (len(joints) == 0 || joints[0].known == 0) {
		a, okA := t.text(before, known)
		b, okB := t.text(inner, known)
		if okA || okB {
			return a + s[len(before):len(s)-len(inner)-1] + b + ")", true
		}
	}
	for _, sep := range joints {
		left, right := s[:sep.at], s[sep.at+len(sep.text):]
		a, okA := t.text(left, known)
		b, okB := t.text(right, known)
		if !okA && !okB {
			continue
		}
		if word, ok := t.labels[left]; ok && sep.text == "; " {
			a = word // as the name of a baseline, "mean; test samples"
		}
		if sep.text == "; " && strings.HasSuffix(a, "다") {
			sep.text = ". " // a sentence of its own
		}
		return a + sep.text + b, true
	}
	return s, false
}

// joint is a separator of a text.
type joint struct {
	text  string
	at    int
	known int // characters of the longest side that one format printed
}

// joints returns the separators of a text: first those beside which one format printed most, then semicolons, colons
// and commas in their order.
func (t *Translator) joints(s string, known map[string]string) []joint {
	var all []joint
	for _, sep := range []string{"; ", ": ", ", "} {
		for _, i := range outside(s, sep) {
			j := joint{text: sep, at: i}
			for _, side := range []string{s[:i], s[i+len(sep):]} {
				if len(side) > j.known && t.known(side, known) {
					j.known = len(side)
				}
			}
			all = append(all, j)
		}
	}
	slices.SortStableFunc(all, func(a, b joint) int { return cmp.Compare(b.known, a.known) })
	return all
}

// known reports whether one format printed a text.
func (t *Translator) known(s string, known map[string]string) bool {
	const mark = "\x00" // before a text in known that one format printed, or none
	if found, ok := known[mark+s]; ok {
		return found != ""
	}
	out, ok := t.whole(s, true, known)
	if !ok {
		out = ""
	}
	known[mark+s] = out
	return ok
}

// mostParts is the number of separators that are looked at.
const mostParts = 16

// outside returns where a separator stands outside of brackets and quotation marks.
func outside(s, sep string) []int {
	var at []int
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(' || c == '[' || c == '{':
			depth++
		case c == ')' || c == ']' || c == '}':
			depth = max(0, depth-1)
		case depth == 0 && len(at) < mostParts && strings.HasPrefix(s[i:], sep):
			at = append(at, i)
		}
	}
	return at
}

// bracketed cuts a text that ends with words in brackets.
func bracketed(s string) (inner, before string, ok bool) {
	if !strings.HasSuffix(s, ")") {
		return "", "", false
	}
	depth := 0
	for i := len(s) - 1; i >= 0; i-- {
		switch s[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth == 0 {
				return s[i+1 : len(s)-1], strings.TrimRight(s[:i], " "), true
			}
		}
	}
	return "", "", false
}
