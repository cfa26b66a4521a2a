package data

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/korean"
	utf "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// The words of the key encoding.
const encodingWords = "utf-8 utf-16 cp949 euc-kr latin1 windows-1252"

// decodable is an encoding that is read.
type decodable interface{ NewDecoder() *encoding.Decoder }

// encodingOf returns the encoding of a word, nil for UTF-8 and for other words. It is a function, and no table, so that
// programs which read no text link none of them.
func encodingOf(word string) decodable {
	switch word {
	case "utf-16":
		return utf.UTF16(utf.LittleEndian, utf.UseBOM)
	case "cp949", "euc-kr":
		return korean.EUCKR // with the syllables that CP949 adds
	case "latin1", "windows-1252":
		return windows1252{}
	}
	return nil
}

// Text is a text of any encoding as UTF-8, without a byte order mark.
//
// UTF-16 is known by its mark, or by the zero bytes of ASCII characters in it. Otherwise the encoding is found out at
// the first byte that is not ASCII, however far from the beginning that is, by the 64 KiB from there: UTF-8 where they
// are UTF-8; CP949, of which EUC-KR is a part, where the characters are Hangul; windows-1252, of which Latin 1
// is a part, where such bytes stand alone or in twos, as the letters with accents do in Western languages.
type Text struct {
	from     *bufio.Reader
	to       io.Reader // what decodes; nil while all was ASCII
	o        CSVOptions
	encoding string  // the word for the encoding that is decoded; "": UTF-8
	guesses  []Guess // about the encoding, as far as it is read
}

// NewText returns the text of r. Name is the file's, for messages, and o.Encoding the word for the encoding; "" infers
// it.
func NewText(r io.Reader, name string, o CSVOptions) (*Text, error) {
	t := &Text{from: bufio.NewReaderSize(r, peek), o: o}
	front, err := t.from.Peek(peek)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	e := o.Encoding
	little, big := utf16Front(front)
	switch {
	case e != "" && e != "utf-8" && encodingOf(e) == nil:
		return nil, fmt.Errorf("%s: %q is no encoding that is read; give utf-8, utf-16, cp949 or latin1", name, e)
	case bytes.HasPrefix(front, []byte(bom)):
		_, err := t.from.Discard(len(bom))
		t.to = t.from
		return t, err
	case e == "utf-8":
		t.to = t.from
	case e == "" && (little || big):
		e = "utf-16"
		t.guess("the file is read as UTF-16")
	}
	switch {
	case e == "utf-16" && big:
		t.decode(e, utf.UTF16(utf.BigEndian, utf.UseBOM))
	case encodingOf(e) != nil:
		t.decode(e, encodingOf(e))
	}
	return t, nil
}

func (t *Text) guess(what string) {
	t.guesses = append(t.guesses, Guess{What: what, Count: 1, Key: t.o.both("encoding", "utf-8") + " or another"})
}

// decode has the rest of the text decoded.
func (t *Text) decode(word string, e decodable) {
	t.encoding, t.to = word, transform.NewReader(t.from, e.NewDecoder())
}

// Guesses returns what was taken for granted about the encoding of what has been read.
func (t *Text) Guesses() []Guess { return t.guesses }

// Read reads the text as UTF-8. Bytes that are none of the encoding are U+FFFD, those that are not UTF-8 where no
// encoding was found as they are.
func (t *Text) Read(b []byte) (int, error) {
	if t.to != nil {
		return t.to.Read(b)
	}
	if t.from.Buffered() == 0 && len(b) >= peek { // straight from the source
		n, err := t.from.Read(b)
		k := ascii(b[:n])
		if k < n { // is looked at below, with what follows
			rest := bytes.NewReader(bytes.Clone(b[k:n]))
			t.from = bufio.NewReaderSize(io.MultiReader(rest, t.from), peek)
			err = nil
		}
		if k > 0 || err != nil {
			return k, err
		}
	}
	if _, err := t.from.Peek(1); err != nil {
		return 0, err
	}
	ready, _ := t.from.Peek(min(t.from.Buffered(), max(1, len(b)))) // they are there
	if n := ascii(ready); n > 0 {
		n = copy(b, ready[:n])
		_, _ = t.from.Discard(n) // they are there
		return n, nil
	}
	front, err := t.from.Peek(peek)
	if err != nil && err != io.EOF {
		return 0, err
	}
	switch {
	case validFront(front):
		t.to = t.from
	case koreanFront(front):
		t.guess("the file is no UTF-8 and is read as CP949, in which it is Korean")
		t.decode("cp949", korean.EUCKR)
	case westernFront(front):
		t.guess(fmt.Sprintf("the file is no UTF-8 and is read as windows-1252 (Latin 1), in which its first letter "+
			"beyond ASCII is %c", rune1252(front[0])))
		t.decode("latin1", windows1252{})
	default:
		t.to = t.from
	}
	return t.Read(b)
}

// ascii returns the number of bytes before the first that is not ASCII.
func ascii(b []byte) int {
	n := 0
	for len(b)-n >= 32 && (load(b, n)|load(b, n+8)|load(b, n+16)|load(b, n+24))&upper == 0 {
		n += 32
	}
	for n < len(b) && b[n] < utf8.RuneSelf {
		n++
	}
	return n
}

// utf16Front reports whether a text begins with the mark of UTF-16, or has a zero byte in place of every tenth
// character's upper byte at least and nowhere else, as ASCII characters have in UTF-16.
func utf16Front(front []byte) (little, big bool) {
	switch {
	case bytes.HasPrefix(front, []byte("\xff\xfe")):
		return true, false
	case bytes.HasPrefix(front, []byte("\xfe\xff")):
		return false, true
	}
	var zeros [2]int
	for i, c := range front {
		if c == 0 {
			zeros[i%2]++
		}
	}
	enough := max(2, len(front)/20)
	return zeros[0] == 0 && zeros[1] >= enough, zeros[1] == 0 && zeros[0] >= enough
}

// validFront reports whether the beginning of a text is UTF-8, a character that is cut at its end aside.
func validFront(front []byte) bool {
	for k := range utf8.UTFMax {
		if k <= len(front) && utf8.Valid(front[:len(front)-k]) {
			return true
		}
	}
	return false
}

// koreanFront reports whether bytes are CP949 with the Hangul of KS X 1001 (two bytes from b0a1 to c8fe), more than
// four for each Hanja (from caa1 on): of Chinese in GBK four of ten characters lie there. Symbols do not count, nor do
// the syllables that CP949 adds, since an Ä before a letter is one of them.
func koreanFront(front []byte) bool {
	text, err := korean.EUCKR.NewDecoder().Bytes(front)
	if at := strings.IndexRune(string(text), utf8.RuneError); err != nil || at >= 0 && at < len(text)-utf8.UTFMax {
		return false
	}
	hangul, hanja := 0, 0
	for i := 0; i+1 < len(front); i++ {
		switch a, b := front[i], front[i+1]; {
		case a < utf8.RuneSelf:
			continue
		case a >= 0xb0 && a <= 0xc8 && b >= 0xa1:
			hangul++
		case a > 0xc8:
			hanja++
		}
		i++ // both bytes
	}
	return hangul > 4*hanja
}

// westernFront reports whether bytes are windows-1252 of a Western language: nine of ten that are not ASCII stand alone
// or in twos, where other scripts have words of them, and each has a character.
func westernFront(front []byte) bool {
	all, long, run := 0, 0, 0
	for i := 0; i <= len(front); i++ {
		if i < len(front) && front[i] >= utf8.RuneSelf {
			if rune1252(front[i]) == noRune {
				return false
			}
			all, run = all+1, run+1
			continue
		}
		if i < len(front) && front[i] == 0 {
			return false
		}
		if run > 2 {
			long += run
		}
		run = 0
	}
	return all > 0 && long*10 <= all
}
