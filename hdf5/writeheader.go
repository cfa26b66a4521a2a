package hdf5

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// A headerImage is the messages of one object header.
type headerImage struct {
	messages []bodyImage
}

// A bodyImage is one message: its body, the strings whose references stand in it, and, in a layout, the dataset whose
// values' address it holds.
type bodyImage struct {
	kind  int
	flags byte
	body  []byte
	texts []text
	data  *fix
	name  string // of an attribute
}

func (h *headerImage) add(kind int, flags byte, body []byte) *bodyImage {
	h.messages = append(h.messages, bodyImage{kind: kind, flags: flags, body: body})
	return &h.messages[len(h.messages)-1]
}

// attributes appends attribute messages: version 1, or 3 where the name is not ASCII and must say so.
func (h *headerImage) attributes(attrs map[string]any, path string) error {
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		if name == "" || strings.Contains(name, "\x00") || len(name) > maxMessage/2 {
			return fmt.Errorf("hdf5: %s: %.80q cannot be an attribute's name", shown(path), name)
		}
		e, err := encodeAttr(attrs[name])
		if err != nil {
			return fmt.Errorf("hdf5: %s: attribute %q: %w", shown(path), name, err)
		}
		var b []byte
		dims := space(e.shape)
		version, pad := byte(1), 8
		if !ascii(name) {
			version, pad = 3, 1
		}
		b = append(b, version, 0)
		for _, n := range []int{len(name) + 1, len(e.dtype), len(dims)} {
			b = binary.LittleEndian.AppendUint16(b, uint16(n))
		}
		if version == 3 {
			b = append(b, 1) // UTF-8
		}
		for _, part := range [][]byte{append([]byte(name), 0), e.dtype, dims} {
			b = append(b, part...)
			if r := len(part) % pad; r != 0 {
				b = append(b, make([]byte, pad-r)...)
			}
		}
		at := len(b)
		if e.texts != nil {
			b = append(b, make([]byte, e.bytes())...)
		} else {
			b = e.put(slices.Grow(b, int(e.bytes())), 0, e.n)
		}
		m := h.add(msgAttribute, 0, b)
		m.name = name
		for i, s := range e.texts {
			m.texts = append(m.texts, text{at: at + 16*i, s: s})
		}
	}
	return nil
}

// place lays out a message's body and remembers what is yet to be written into it.
func (p *image) place(m *bodyImage) {
	at := len(p.meta)
	p.meta = append(p.meta, m.body...)
	if m.data != nil {
		f := *m.data
		f.at += at
		p.fixes = append(p.fixes, f)
	}
	for _, t := range m.texts {
		t.at += at
		p.texts = append(p.texts, t)
	}
}

// header lays out an object header in one block: version 1, or 2 where an attribute is too large for a message.
func (p *image) header(h *headerImage, path string) (uint64, error) {
	size := 0
	for i := range h.messages {
		m := &h.messages[i]
		if len(m.body) > maxMessage {
			return p.denseHeader(h, path)
		}
		size += 8 + (len(m.body)+7)&^7
	}
	if len(h.messages) > math.MaxUint16 || size > math.MaxInt32 {
		return 0, fmt.Errorf("hdf5: %s: %d attributes (%d bytes) are more than a header can hold", shown(path),
			len(h.messages), size)
	}
	at := p.here()
	p.meta = append(p.meta, 1, 0)
	p.u16(len(h.messages))
	p.u32(1) // links to it
	p.u32(size)
	p.u32(0)
	for i := range h.messages {
		m := &h.messages[i]
		p.u16(m.kind)
		p.u16((len(m.body) + 7) &^ 7)
		p.meta = append(p.meta, m.flags, 0, 0, 0)
		p.place(m)
		p.meta = append(p.meta, make([]byte, -len(m.body)&7)...)
	}
	return at, nil
}
