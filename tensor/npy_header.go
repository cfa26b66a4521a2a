package tensor

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// maxHeader bounds an npy header: a real one holds a type, a flag and a shape.
const maxHeader = 64 << 10

// maxSize bounds the number of elements that a shape may state. It is far above
// what memory holds, and keeps every product of extents within an int.
const maxSize = math.MaxInt / 16

// header is the header of an npy file, which precedes its elements.
type header struct {
	kind    byte   // 'f', 'i', 'u' or 'b'; of text 'U' or 'S'; of times 'M'
	size    int    // bytes of one element
	descr   string // as it stands in the file
	order   binary.ByteOrder
	fortran bool
	shape   Shape
}

func readHeader(br *bufio.Reader) (header, error) {
	var magic [8]byte
	if _, err := io.ReadFull(br, magic[:]); err != nil {
		return header{}, errors.New("the file ends within the first 8 bytes")
	}
	if string(magic[:6]) != "\x93NUMPY" {
		return header{}, fmt.Errorf("it begins with %q, not with \"\\x93NUMPY\": no .npy file", magic[:6])
	}
	var length int
	switch major := magic[6]; major {
	case 1:
		var b [2]byte
		if _, err := io.ReadFull(br, b[:]); err != nil {
			return header{}, errors.New("the file ends within its header")
		}
		length = int(binary.LittleEndian.Uint16(b[:]))
	case 2, 3:
		var b [4]byte
		if _, err := io.ReadFull(br, b[:]); err != nil {
			return header{}, errors.New("the file ends within its header")
		}
		n := binary.LittleEndian.Uint32(b[:])
		if n > maxHeader {
			return header{}, fmt.Errorf("a header of %d bytes; at most %d are read", n, maxHeader)
		}
		length = int(n)
	default:
		return header{}, fmt.Errorf("version %d.%d; 1, 2 and 3 are read", major, magic[7])
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(br, text); err != nil {
		return header{}, fmt.Errorf("the file ends within its header of %d bytes", length)
	}
	return parseHeader(string(text))
}

// parseHeader reads the Python dictionary literal of an npy header:
// {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }.
func parseHeader(text string) (header, error) {
	p := literal{rest: text}
	var h header
	seen := map[string]bool{}
	if !p.take("{") {
		return h, fmt.Errorf("header %.40q is no dictionary", text)
	}
	for !p.take("}") {
		key, ok := p.quoted()
		if !ok || !p.take(":") {
			return h, fmt.Errorf("header: a key was expected at %.40q", p.rest)
		}
		if seen[key] {
			return h, fmt.Errorf("header: %q stands there twice", key)
		}
		seen[key] = true
		var err error
		switch key {
		case "descr":
			err = p.descr(&h)
		case "fortran_order":
			switch {
			case p.take("True"):
				h.fortran = true
			case p.take("False"):
			default:
				err = fmt.Errorf("header: fortran_order is %.20q, neither True nor False", p.rest)
			}
		case "shape":
			h.shape, err = p.shape()
		default:
			err = fmt.Errorf("header: unknown key %q", key)
		}
		if err != nil {
			return h, err
		}
		if !p.take(",") && !strings.HasPrefix(p.skip(), "}") {
			return h, fmt.Errorf("header: a comma was expected at %.40q", p.rest)
		}
	}
	if p.skip() != "" {
		return h, fmt.Errorf("header: %.40q follows the dictionary", p.rest)
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if !seen[key] {
			return h, fmt.Errorf("header: no %q", key)
		}
	}
	return h, nil
}

// literal reads Python literals from the front of rest.
type literal struct{ rest string }

func (p *literal) skip() string {
	p.rest = strings.TrimLeft(p.rest, " \t\n\r\f\v")
	return p.rest
}

func (p *literal) take(word string) bool {
	if !strings.HasPrefix(p.skip(), word) {
		return false
	}
	p.rest = p.rest[len(word):]
	return true
}

func (p *literal) quoted() (string, bool) {
	p.skip()
	if p.rest == "" || (p.rest[0] != '\'' && p.rest[0] != '"') {
		return "", false
	}
	end := strings.IndexByte(p.rest[1:], p.rest[0])
	if end < 0 {
		return "", false
	}
	s := p.rest[1 : 1+end]
	p.rest = p.rest[end+2:]
	return s, true
}

// descr reads an element type such as '<f4', '|u1' or '>i8'.
func (p *literal) descr(h *header) error {
	s, ok := p.quoted()
	if !ok {
		if strings.HasPrefix(p.skip(), "[") {
			return errors.New("a structured array (several fields per element); save each field as an array of its own")
		}
		return fmt.Errorf("header: descr is no element type at %.40q", p.rest)
	}
	if len(s) < 2 {
		return fmt.Errorf("header: unknown element type %q", s)
	}
	switch s[0] {
	case '<', '|', '=':
		h.order = binary.LittleEndian
	case '>':
		h.order = binary.BigEndian
	default:
		return fmt.Errorf("header: unknown byte order in element type %q", s)
	}
	switch s[1:] {
	case "f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1":
		h.kind, h.size = s[1], int(s[2]-'0')
		return nil
	}
	h.descr = s
	if strings.HasPrefix(s[1:], "M8") {
		h.kind, h.size = 'M', 8
		return nil
	}
	if n, err := strconv.Atoi(s[2:]); err == nil && n > 0 && n <= maxText &&
		(s[1] == 'U' || s[1] == 'S' || s[1] == 'a') {
		if h.kind, h.size = s[1], n; h.kind == 'U' {
			h.size = 4 * n
		}
		return nil
	}
	return unread(s)
}

// unread returns a remedy for an element type that is not read: what to save instead.
func unread(s string) error {
	remedy := "save it as float32 or int32"
	switch s[1] {
	case 'O':
		remedy = "object arrays hold Python pickles, which are not read; " + remedy
	case 'U', 'S', 'a':
		remedy = "text; save class numbers as int32, or the text as .csv"
	case 'M':
		remedy = "dates and times; save them as numbers, or the table as .csv"
	case 'c':
		remedy = "complex numbers; save real and imaginary parts as float32"
	}
	return fmt.Errorf("element type %q: %s", s, remedy)
}

func (p *literal) shape() (Shape, error) {
	if !p.take("(") {
		return nil, fmt.Errorf("header: shape is no tuple at %.40q", p.rest)
	}
	s := Shape{}
	size := 1
	for !p.take(")") {
		p.skip()
		n := 0
		for n < len(p.rest) && p.rest[n] >= '0' && p.rest[n] <= '9' {
			n++
		}
		d, err := strconv.Atoi(p.rest[:n])
		if err != nil {
			return nil, fmt.Errorf("header: shape: an extent was expected at %.40q", p.rest)
		}
		p.rest = p.rest[n:]
		p.take("L") // the suffix of Python 2's long integers
		if len(s) == 32 {
			return nil, errors.New("header: shape has more than 32 axes")
		}
		// An extent of 0 must not hide an overflow in its neighbours.
		if d > maxSize/size {
			return nil, fmt.Errorf("header: shape %v, %d is larger than any memory", s, d)
		}
		size *= max(d, 1)
		s = append(s, d)
		if !p.take(",") && !strings.HasPrefix(p.skip(), ")") {
			return nil, fmt.Errorf("header: shape: a comma was expected at %.40q", p.rest)
		}
	}
	return s, nil
}
