package rows

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// code is text in C that is being written.
type code struct {
	strings.Builder
	depth int
}

func (c *code) line(format string, args ...any) {
	c.WriteString(strings.Repeat("    ", c.depth))
	fmt.Fprintf(&c.Builder, format+"\n", args...)
}

// block is a block under a comment.
func (c *code) block(title string, body func()) {
	c.line("/* %s */", commented(title))
	c.line("{")
	c.depth++
	body()
	c.depth--
	c.line("}")
}

// list writes an array whose elements are separated by commas.
func list[T any](c *code, head string, values []T, text func(T) string) {
	c.WriteString(head + " = {")
	column := 120
	for _, v := range values {
		t := text(v) + ","
		if column += 1 + utf8.RuneCountInString(t); column > 119 {
			c.WriteString("\n   ")
			column = 4 + utf8.RuneCountInString(t)
		}
		c.WriteString(" " + t)
	}
	c.WriteString("\n};\n\n")
}

// number is a finite number as C reads it.
func number(v float64) string {
	s := strconv.FormatFloat(v, 'g', -1, 64)
	if v == math.Trunc(v) && !strings.ContainsAny(s, "e.") {
		s += ".0"
	}
	return s
}

// bracketed is a number that may stand behind an operator.
func bracketed(v float64) string {
	if s := number(v); v < 0 || math.Signbit(v) {
		return "(" + s + ")"
	}
	return number(v)
}

// quoted is a string of C: what is no character of UTF-8 and no printable one is given by its bytes.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		n := utf8.RuneLen(r)
		switch {
		case r == '"' || r == '\\' || r == '?':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, "\\%03o", s[i])
		case !strconv.IsPrint(r):
			for k := range n {
				fmt.Fprintf(&b, "\\%03o", s[i+k])
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

// longest is the most bytes of a string that every compiler of C99 takes.
const longest = 4000

// commented is a text within a comment.
func commented(s string) string {
	return strings.NewReplacer("*/", "* /", "/*", "/ *", "\n", " ", "??/", "?? /").Replace(s)
}
