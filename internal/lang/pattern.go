package lang

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// verbs finds the verbs of a format of package fmt.
var verbs = regexp.MustCompile(`%[-+# 0]*(?:\[\d+\])?(\*|\d+)?(?:\.(?:\*|\d+)?)?(?:\[\d+\])?([a-zA-Z%])`)

// What a verb may have printed.
const (
	printedNumber = ` *(?:[+-]?(?:[0-9][0-9,]*(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?|NaN|Inf)|[\[(][-+0-9., e]*[\])])`
	printedQuote  = `(?:` + quotation + `|'(?:[^'\\]|\\.)*'|` + "`[^`]*`" + `|\[(?:` + quotation + ` ?)*\])`
	quotation     = `"(?:[^"\\]|\\.)*"`
)

// A text holds quotations and brackets as a whole, at most one pair within another. Of texts in which quotation marks or
// brackets are without their other halves, arguments may be any text.
const (
	flat   = quotation + `|[^"()]`
	group  = `\((?:` + flat + `|\((?:` + flat + `)*\))*\)`
	wholes = `(?:` + flat + `|` + group + `)*?`
	remark = `(?:(?:[;:,] | ` + group + `)` + wholes + `)?` // or a remedy
)

// loosen turns an expression of whole quotations and brackets into one of any text.
var loosen = strings.NewReplacer(remark, `(?:(?:[;:,] | \().*?)?`, wholes, `.*?`)

// balanced reports whether a text has quotations and brackets as a whole, at most one pair within another.
func balanced(s string) bool {
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			depth--
		}
		if depth < 0 || depth > 2 {
			return false
		}
	}
	return depth == 0 && !quoted
}

// kinds are what verbs may have printed; others print any text.
var kinds = map[byte]string{
	'd': printedNumber, 'f': printedNumber, 'e': printedNumber, 'g': printedNumber,
	'q': printedQuote, 't': `(?:true|false)`, 'c': `.`, 'x': `(?:[0-9a-f][0-9a-f ]*)`,
}

// pattern is an English format that finds its arguments in what it has printed.
type pattern struct {
	format  string
	literal int    // letters of the format beside its verbs: of two patterns the one with more is meant
	needle  string // the longest text between verbs
	args    int    // verbs
	typed   int    // verbs of numbers and quotations
	ends    bool   // the last verb is the format's end
	noun    bool   // and a word stands before it, as in "better than %s": what follows a colon is another part
	lines   int
	begins  int        // letters before the first verb
	apart   []bool     // of each verb, whether separators or the ends of the format stand on both sides
	padded  []bool     // of each verb, whether it has a width
	source  string     // of the expression, with wholes for a text
	strict  expression // arguments have quotations and brackets as a whole
	loose   expression // arguments are any text
}

var noun = regexp.MustCompile(`[a-z] %[a-z]$`)

// expression is a regular expression that is compiled when it is first used: most patterns of a catalogue are never
// tried.
type expression struct {
	once sync.Once
	re   *regexp.Regexp
}

func (e *expression) find(source, text string) []string {
	e.once.Do(func() { e.re = regexp.MustCompile(source) })
	return e.re.FindStringSubmatch(text)
}

// separators are what joins a part of a sentence to what stands before it.
const separators = ";:,( \n"

// bare is the format without the separators around it, and without a bracket that is not closed or not opened in it.
func (p *pattern) bare() string { return trimmed(p.format) }

// newPattern returns the pattern of a format, without the separators around it.
func newPattern(format string) *pattern {
	p := &pattern{format: format}
	format = p.bare()
	p.lines = 1 + strings.Count(format, "\n")
	var b strings.Builder
	b.WriteString(`(?s)^`)
	text := func(s string) {
		b.WriteString(regexp.QuoteMeta(s))
		for _, r := range s {
			if r > ' ' {
				p.literal++
			}
		}
	}
	literal, at, last := "", 0, -1
	flush := func() {
		text(literal)
		if len(literal) > len(p.needle) {
			p.needle = literal
		}
		literal = ""
	}
	for _, m := range verbs.FindAllStringSubmatchIndex(format, -1) {
		literal += format[at:m[0]]
		at = m[1]
		verb := format[m[4]]
		if verb == '%' {
			literal += "%"
			continue
		}
		letter := literal != "" && unicode.IsLetter(rune(literal[len(literal)-1]))
		flush()
		if p.args == 0 {
			p.begins = p.literal
		}
		// Nothing but a letter, or another verb, stands before a text: it is a remedy or a remark, or nothing.
		joined := m[0] == last || letter
		p.apart = append(p.apart, strings.TrimRight(format[:m[0]], separators) != format[:m[0]] || m[0] == 0)
		if after := format[m[1]:]; after != "" && !strings.ContainsRune(";:,)", rune(after[0])) {
			p.apart[len(p.apart)-1] = false
		}
		p.args++
		kind, ok := kinds[verb]
		if last = m[1]; ok {
			p.typed++
		}
		switch {
		case !ok && joined:
			kind = remark
		case !ok:
			kind = wholes
		}
		p.padded = append(p.padded, m[2] >= 0)
		if verb == 's' && m[2] >= 0 {
			kind = ` *` + kind + ` *`
		}
		b.WriteString(`(` + kind + `)`)
	}
	literal += format[at:]
	p.ends = literal == ""
	p.noun = p.ends && noun.MatchString(format)
	flush()
	b.WriteString(`$`)
	p.source = b.String()
	return p
}

// match returns the arguments of a text that the pattern's format has printed, by the order of its verbs.
func (p *pattern) match(text string) ([]string, bool) {
	if !strings.Contains(text, p.needle) {
		return nil, false
	}
	m := p.strict.find(p.source, text)
	if m == nil && !balanced(text) {
		m = p.loose.find(loosen.Replace(p.source), text)
	}
	if m == nil {
		return nil, false
	}
	return m[1:], true
}
