package torch

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// The values of a pickle, beside nil, bool, int64, float64 and string.
type (
	global struct{ module, name string }
	tuple  []any
	list   struct{ items []any }
	dict   struct{ keys, values []any }
	mark   struct{}
)

// get is the value of a key; nil if there is none.
func (d *dict) get(key string) any {
	for i, k := range d.keys {
		if k == key {
			return d.values[i]
		}
	}
	return nil
}

// set adds pairs. Keys are texts or numbers.
func (d *dict) set(pairs []any) error {
	if len(pairs)%2 != 0 {
		return errors.New("a dictionary has a key without a value")
	}
	for i := 0; i < len(pairs); i += 2 {
		switch pairs[i].(type) {
		case string, int64:
		default:
			return fmt.Errorf("a dictionary has the key %s; want a text or a number", say(pairs[i]))
		}
		d.keys, d.values = append(d.keys, pairs[i]), append(d.values, pairs[i+1])
	}
	return nil
}

// say names a value in a message.
func say(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool, int64, float64:
		return fmt.Sprint(v)
	case string:
		if len(v) > 40 {
			v = v[:40] + "…"
		}
		return fmt.Sprintf("%q", v)
	case global:
		return v.module + "." + v.name
	case tuple:
		return "a tuple"
	case *list:
		return "a list"
	case *dict:
		return "a dictionary"
	case *storage:
		return "a storage"
	case *stridedTensor:
		return "a tensor"
	}
	return "a mark"
}

// machine reads a pickle of tensors.
type machine struct {
	text  []byte
	at    int
	stack []any
	memo  map[uint32]any

	pushed int
}

// maxValues bounds the memory of a pickle. A tensor takes about 15.
const maxValues = 1 << 18

// unpickle is the value that a pickle describes.
func unpickle(text []byte) (any, error) {
	m := &machine{text: text, memo: map[uint32]any{}}
	for {
		op, err := m.byte()
		if err != nil {
			return nil, err
		}
		if op == '.' {
			return m.pop()
		}
		if err := m.step(op); err != nil {
			return nil, fmt.Errorf("byte %d: %w", m.at-1, err)
		}
	}
}

// take is the next n bytes.
func (m *machine) take(n uint64) ([]byte, error) {
	if n > uint64(len(m.text)-m.at) {
		return nil, errors.New("the pickle is cut off")
	}
	b := m.text[m.at : m.at+int(n)]
	m.at += int(n)
	return b, nil
}

func (m *machine) byte() (byte, error) {
	b, err := m.take(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

// number is the next width bytes as an unsigned integer.
func (m *machine) number(width int) (uint64, error) {
	b, err := m.take(uint64(width))
	if err != nil {
		return 0, err
	}
	var full [8]byte
	copy(full[:], b)
	return binary.LittleEndian.Uint64(full[:]), nil
}

func (m *machine) push(v any) error {
	if m.pushed++; m.pushed > maxValues {
		return fmt.Errorf("the pickle has more than %d values", maxValues)
	}
	m.stack = append(m.stack, v)
	return nil
}

func (m *machine) pop() (any, error) {
	if len(m.stack) == 0 {
		return nil, errors.New("the stack is empty")
	}
	v := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	if v == (any)(mark{}) {
		return nil, errors.New("a mark stands where a value belongs")
	}
	return v, nil
}

// top is the uppermost value, which stays.
func (m *machine) top() (any, error) {
	v, err := m.pop()
	if err == nil {
		m.stack = append(m.stack, v)
	}
	return v, err
}

// toMark takes what lies above the uppermost mark.
func (m *machine) toMark() ([]any, error) {
	for i := len(m.stack) - 1; i >= 0; i-- {
		if _, ok := m.stack[i].(mark); ok {
			items := append([]any(nil), m.stack[i+1:]...)
			m.stack = m.stack[:i]
			return items, nil
		}
	}
	return nil, errors.New("there is no mark")
}

// line is the text up to the next end of a line.
func (m *machine) line() (string, error) {
	rest := m.text[m.at:]
	end := strings.IndexByte(string(rest[:min(len(rest), 1024)]), '\n')
	if end < 0 {
		return "", errors.New("a name does not end")
	}
	m.at += end + 1
	return string(rest[:end]), nil
}

// str is a text whose length is the next width bytes.
func (m *machine) str(width int) error {
	n, err := m.number(width)
	if err != nil {
		return err
	}
	b, err := m.take(n)
	if err != nil {
		return err
	}
	if !utf8.Valid(b) {
		return errors.New("a text is no UTF-8")
	}
	return m.push(string(b))
}

// long is an integer of n bytes in two's complement.
func (m *machine) long() error {
	n, err := m.number(1)
	if err != nil {
		return err
	}
	if n > 8 {
		return fmt.Errorf("an integer of %d bytes; 8 are read at most", n)
	}
	v, err := m.number(int(n))
	if err != nil {
		return err
	}
	if n == 0 {
		return m.push(int64(0))
	}
	shift := 64 - 8*n
	return m.push(int64(v<<shift) >> shift)
}

// float is a number of 8 bytes, the highest first.
func (m *machine) float() error {
	b, err := m.take(8)
	if err != nil {
		return err
	}
	return m.push(math.Float64frombits(binary.BigEndian.Uint64(b)))
}
