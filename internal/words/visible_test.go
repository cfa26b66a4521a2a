package words

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
)

// Escapes as ECMA-48 has them: ESC [ 2 J clears a screen, ESC ] 0 ; … BEL renames a window, 0x9b is CSI in one byte;
// U+202E turns the direction of writing (Unicode Technical Report 36, section 2.12).
func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"":                           "",
		"Größe 한글 “x”":               "Größe 한글 “x”",
		"a\x1b[2Jb":                  `a\x1b[2Jb`,
		"\x1b]0;pwned\a":             `\x1b]0;pwned\a`,
		"one\ntwo\r\tthree":          `one\ntwo\r\tthree`,
		"csi \u009b2J del \x7f":      `csi \u009b2J del \x7f`,
		"abc\u202ecba \u2066x\u2069": `abc\u202ecba \u2066x\u2069`,
		"latin1 \xe9":                `latin1 \xe9`,
		"a “�” that is written":      "a “�” that is written",
	} {
		if got := Visible(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := Lines("a\tb\n\x1b[1m\r"); got != "a\tb\n"+`\x1b[1m\r` {
		t.Errorf("%q", got)
	}
	var b strings.Builder
	if n, err := Screen(&b).Write([]byte("x\x1b\n")); n != 3 || err != nil || b.String() != "x\\x1b\n" {
		t.Errorf("%d %v %q", n, err, b.String())
	}
}

func TestShort(t *testing.T) {
	if got := Short("äbcdefghij", 7); got != "äbcd…ij" {
		t.Errorf("%q", got)
	}
	if got := Short("äbcdefg", 7); got != "äbcdefg" {
		t.Errorf("%q", got)
	}
}

func TestPrintable(t *testing.T) {
	inner := &fs.PathError{Op: "open", Path: "a\n\x1b[2J\xff", Err: fs.ErrNotExist}
	var err error = fmt.Errorf("x: %w", inner)
	Printable(&err)
	var as *fs.PathError
	if err.Error() != `x: open a\n\x1b[2J\xff: file does not exist` || !errors.Is(err, fs.ErrNotExist) ||
		!errors.As(err, &as) || as != inner {
		t.Errorf("%q", err)
	}
	for _, want := range []error{nil, errors.New("größe: 한글")} {
		err := want
		if Printable(&err); err != want {
			t.Errorf("%q, want the same error %q", err, want)
		}
	}
}
