package words

import (
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible is text from a file as it may be shown on a screen: control characters, among them line ends and the escapes
// that move a terminal's cursor, and marks that turn the direction of writing are written as Go writes them in strings
// (\n, \x1b, \u202e), bytes that are no UTF-8 as \xff.
func Visible(s string) string { return visible(s, "") }

// Lines is Visible but for line ends and tabs, which stay.
func Lines(s string) string { return visible(s, "\n\t") }

func visible(s, kept string) string {
	shown := func(r rune, size int) bool {
		return r >= ' ' && r < 0x7f || strings.ContainsRune(kept, r) ||
			r > 0x9f && !unicode.Is(unicode.Bidi_Control, r) && r != '\u2028' && r != '\u2029' &&
				!(r == utf8.RuneError && size == 1)
	}
	var b strings.Builder
	from := 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !shown(r, size) {
			q := strconv.QuoteToASCII(s[i : i+size])
			b.WriteString(s[from:i])
			b.WriteString(q[1 : len(q)-1])
			from = i + size
		}
		i += size
	}
	if from == 0 {
		return s
	}
	b.WriteString(s[from:])
	return b.String()
}

// Printable makes *err an error whose text is as Visible has it, of one line whatever names out of a file are in it; it
// wraps the error that was there. Functions that read files of strangers defer it.
func Printable(err *error) {
	if *err == nil {
		return
	}
	if text := (*err).Error(); Visible(text) != text {
		*err = &printable{*err, Visible(text)}
	}
}

type printable struct {
	err  error
	text string
}

func (p *printable) Error() string { return p.text }

func (p *printable) Unwrap() error { return p.err }

// Short is text of at most n characters: of a longer one the beginning and the end, with … between them.
func Short(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	tail := n / 3
	return string(r[:n-tail-1]) + "…" + string(r[len(r)-tail:])
}

// Screen writes text to w as Lines has it. A character that two writes cut is shown as its bytes.
func Screen(w io.Writer) io.Writer { return screen{w} }

type screen struct{ w io.Writer }

func (s screen) Write(b []byte) (int, error) {
	if _, err := io.WriteString(s.w, Lines(string(b))); err != nil {
		return 0, err
	}
	return len(b), nil
}
