package tensor

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// maxText bounds the characters of one element of text, which is read at once.
const maxText = 1 << 20

// Text is an array of text with a name: a member of an .npz file of NumPy's types U, S and datetime64 (M8), whose times
// are text as pandas writes them into CSV: 2020-01-31 09:30:00.
// The elements stand in the file's order.
type Text struct {
	Name    string
	At      int // index among all arrays of the file, numeric or text
	Shape   Shape
	Strings []string
	descr   string
}

// Refused returns the error for a caller that reads numeric arrays alone.
func (t *Text) Refused() error {
	return fmt.Errorf("npz: array %q: npy: %w", t.Name, unread(t.descr))
}

// text reports whether the elements are text, or times, which become text.
func (h header) text() bool { return strings.IndexByte("USaM", h.kind) >= 0 }

// readText reads an array of text after its header. An element of type U is code points of four bytes, one of type S is
// UTF-8; both are padded with zeros. Memory grows with the bytes that have arrived, not with what the header states.
func readText(br *bufio.Reader, h header) (*Text, error) {
	if h.kind == 'M' {
		return readTimes(br, h)
	}
	n := h.shape.Size()
	t := &Text{Shape: h.shape, Strings: make([]string, 0, min(n, chunk)), descr: h.descr}
	buf := make([]byte, h.size)
	for i := range n {
		if _, err := io.ReadFull(br, buf); err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil, fmt.Errorf("npy: the file ends after %d of the %d elements of shape %v", i, n, h.shape)
		} else if err != nil {
			return nil, fmt.Errorf("npy: %w", err)
		}
		s := bytes.TrimRight(buf, "\x00")
		if h.kind == 'U' {
			s = s[:0:0]
			for k := 0; k < len(buf); k += 4 {
				c := h.order.Uint32(buf[k:])
				if c == 0 && allZero(buf[k:]) {
					break
				}
				if c > utf8.MaxRune || !utf8.ValidRune(rune(c)) {
					return nil, fmt.Errorf("npy: element %d: 0x%x is no character", i, c)
				}
				s = utf8.AppendRune(s, rune(c))
			}
		} else if !utf8.Valid(s) {
			return nil, fmt.Errorf("npy: element %d: %q is no UTF-8; save it as text, not as bytes", i, clip(s))
		}
		t.Strings = append(t.Strings, string(s))
	}
	if err := ended(br, h); err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	return t, nil
}

func allZero(b []byte) bool { return len(bytes.TrimRight(b, "\x00")) == 0 }

// clip shortens bytes for a message.
func clip(b []byte) []byte { return b[:min(len(b), 20)] }
