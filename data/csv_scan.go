package data

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// field is one field of a record.
type field struct{ text string }

// scanner cuts a text into records.
type scanner struct {
	text   *Text
	r      *bufio.Reader // of the text
	name   string
	o      CSVOptions
	comma  rune
	quotes bool
	line   int // where the latest record begins
	next   int // where the next begins
	fields []field
	buf    []byte // the record's fields end to end
	ends   []int

	guesses []Guess
	width   int   // the number of columns; 0: not yet known
	rows    bool  // blank lines are rows
	blanks  []int // lines that were blank since the latest record
	held    *held // a record that stands behind blank lines which are rows
	passed  []int // blank lines that were passed over between records
	empty   int   // blank lines that were rows
	marks   int   // byte order marks at the beginning of later lines
}

// held is a record and its line.
type held struct {
	fields []field
	line   int
}

// peek is the number of bytes at the start of a file from which its separator is inferred.
const peek = 64 << 10

func newScanner(r io.Reader, name string, o CSVOptions) (*scanner, error) {
	text, err := NewText(r, name, o)
	if err != nil {
		return nil, err
	}
	s := &scanner{text: text, r: bufio.NewReaderSize(text, peek), name: name, o: o, comma: o.Comma, next: 1}
	if o.Skip < 0 {
		return nil, fmt.Errorf("%s: %s is no number of lines; give 0 or more", name,
			o.say("skip", strconv.Itoa(o.Skip)))
	}
	for range o.Skip {
		if err := s.skipLine(); err == io.EOF {
			return nil, fmt.Errorf("%s: %s passes over the whole file", name, o.say("skip", strconv.Itoa(o.Skip)))
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	s.separatorLine()
	if err := s.comments(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	switch s.comma {
	case 0:
		front, err := s.r.Peek(peek)
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		s.comma = inferComma(string(front), name, o.Quotes)
	case '"', '\n', '\r':
		return nil, fmt.Errorf("%s: %q cannot separate fields; give a comma, semicolon, tab or blank", name, s.comma)
	}
	if s.comma < 0 || s.comma > unicode.MaxASCII {
		return nil, fmt.Errorf("%s: %q cannot separate fields: it is no ASCII character", name, s.comma)
	}
	s.quotes = quoted(s.comma, o.Quotes)
	return s, nil
}

func (s *scanner) skipLine() error {
	for {
		c, err := s.get()
		if err != nil || c == '\n' {
			return err
		}
	}
}

// get returns the next byte; CR and CR LF come as LF.
func (s *scanner) get() (byte, error) {
	c, err := s.r.ReadByte()
	if err != nil {
		return 0, err
	}
	if c == '\r' {
		c = '\n'
		if d, err := s.r.Peek(1); err == nil && d[0] == '\n' {
			_, _ = s.r.ReadByte() // it was just peeked
		}
	}
	if c == '\n' {
		s.next++
	}
	return c, nil
}

func (s *scanner) blank(c byte) bool {
	return c == ' ' || (c == '\t' && s.comma != '\t')
}

func (s *scanner) separates(c byte) bool {
	return rune(c) == s.comma || (s.comma == ' ' && c == '\t')
}

// record returns the next record, io.EOF after the last; blank lines are records where they are rows. The fields are
// overwritten by the next call.
func (s *scanner) record() ([]field, error) {
	if f, ok := s.blankRow(); ok {
		return f, nil
	}
	for {
		s.line, s.buf, s.ends = s.next, s.buf[:0], s.ends[:0]
		quoted, err := s.scan()
		if err == io.EOF && s.rows && s.o.Blank == blankRows && len(s.blanks) > 0 {
			s.held = &held{}
			f, _ := s.blankRow()
			return f, nil
		}
		if err == io.EOF {
			return nil, err
		}
		if err != nil {
			return nil, lineError(s.name, s.line, "%w", err)
		}
		if len(s.buf) == 0 && len(s.ends) <= 1 && !quoted {
			if s.width > 0 {
				s.blanks = append(s.blanks, s.line)
			}
			continue
		}
		break
	}
	f, err := s.cut()
	if err != nil || len(s.blanks) == 0 {
		return f, err
	}
	if !s.rows {
		s.passed, s.blanks = append(s.passed, s.blanks...), nil
		return f, nil
	}
	s.held = &held{slices.Clone(f), s.line}
	f, _ = s.blankRow()
	return f, nil
}

// cut returns the record in buf and ends.
func (s *scanner) cut() ([]field, error) {
	if i := bytes.IndexByte(s.buf, 0); i >= 0 {
		return nil, lineError(s.name, s.line, "a zero byte; this is no text file; export it as .csv, or give it the "+
			"extension of its format")
	}
	decoded := s.text != nil && s.text.encoding != ""
	if utf8.Valid(s.buf) && !(decoded && bytes.ContainsRune(s.buf, utf8.RuneError)) {
		return s.fieldsOf(), nil
	}
	for i := 0; i < len(s.buf); {
		r, n := utf8.DecodeRune(s.buf[i:])
		if r == utf8.RuneError && n == 1 {
			return nil, lineError(s.name, s.line, "byte 0x%x is not UTF-8; give %s, or cp949 for Korean", s.buf[i],
				s.o.say("encoding", "latin1"))
		}
		if r == utf8.RuneError && decoded {
			return nil, lineError(s.name, s.line, "bytes that are not %s; give another encoding", s.text.encoding)
		}
		i += n
	}
	return s.fieldsOf(), nil
}

// fieldsOf is the fields in buf, which end at ends.
func (s *scanner) fieldsOf() []field {
	all, from := string(s.buf), 0
	s.fields = s.fields[:0]
	for _, end := range s.ends {
		s.fields = append(s.fields, field{all[from:end]})
		from = end
	}
	return s.fields
}

// scan cuts one line (or more, where quotes hold line ends) into buf and ends.
func (s *scanner) scan() (anyQuoted bool, err error) {
	c, err := s.get()
	if err != nil {
		return false, err
	}
	if c == bom[0] && s.marked() {
		if c, err = s.get(); err != nil {
			return false, err
		}
	}
	for {
		for err == nil && s.blank(c) {
			c, err = s.get()
		}
		start, quoted := len(s.buf), false
		if err == nil && c == '"' && s.quotes {
			quoted, anyQuoted = true, true
			if c, err = s.afterQuoted(); err != nil && err != io.EOF {
				return anyQuoted, err
			}
		} else {
			for err == nil && c != '\n' && !s.separates(c) {
				s.buf = append(s.buf, c)
				s.plain()
				c, err = s.get()
			}
			for len(s.buf) > start && s.blank(s.buf[len(s.buf)-1]) {
				s.buf = s.buf[:len(s.buf)-1]
			}
		}
		if err != nil && err != io.EOF {
			return anyQuoted, err
		}
		// Blanks at a line's end separate nothing.
		if s.comma != ' ' || quoted || len(s.buf) > start {
			s.ends = append(s.ends, len(s.buf))
		}
		if err == io.EOF || c == '\n' {
			return anyQuoted, nil
		}
		c, err = s.get()
	}
}

// bom is the byte order mark in UTF-8.
const bom = "\ufeff"

// marked passes over the rest of a byte order mark, whose first byte has been read.
func (s *scanner) marked() bool {
	if rest, err := s.r.Peek(len(bom) - 1); err != nil || string(rest) != bom[1:] {
		return false
	}
	_, _ = s.r.Discard(len(bom) - 1) // they are there
	s.marks++
	return true
}

// plain takes what the reader has at hand of a field without quotes.
func (s *scanner) plain() {
	b, _ := s.r.Peek(s.r.Buffered()) // reads nothing
	n := 0
	for n < len(b) && b[n] != '\n' && b[n] != '\r' && !s.separates(b[n]) {
		n++
	}
	s.buf = append(s.buf, b[:n]...)
	_, _ = s.r.Discard(n) // they are there
}

// afterQuoted takes a quoted field, whose opening mark has been read, and returns
// the byte that ends it: a separator or a line end.
func (s *scanner) afterQuoted() (byte, error) {
	for {
		c, err := s.get()
		if err == io.EOF {
			return 0, fmt.Errorf("field %d: its quotation mark is never closed; where marks are plain characters, "+
				"set %s", len(s.ends)+1, s.o.say("quotes", "false"))
		}
		if err != nil {
			return 0, err
		}
		if c != '"' {
			s.buf = append(s.buf, c)
			continue
		}
		if c, err = s.get(); err != nil {
			return 0, err
		}
		if c == '"' {
			s.buf = append(s.buf, c)
			continue
		}
		for s.comma != ' ' && s.blank(c) {
			if c, err = s.get(); err != nil {
				return 0, err
			}
		}
		if c != '\n' && !s.separates(c) {
			return 0, fmt.Errorf("field %d: text follows its closing quotation mark; double the marks inside it, "+
				"or set %s", len(s.ends)+1, s.o.say("quotes", "false"))
		}
		return c, nil
	}
}
