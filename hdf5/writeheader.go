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
	body  []byte
	count int
	fixes []fix
	texts []text
}

// add appends a message and gives the place of its body.
func (h *headerImage) add(kind int, flags byte, body []byte) int {
	h.body = binary.LittleEndian.AppendUint16(h.body, uint16(kind))
	size := (len(body) + 7) &^ 7
	h.body = binary.LittleEndian.AppendUint16(h.body, uint16(size))
	h.body = append(h.body, flags, 0, 0, 0)
	at := len(h.body)
	h.body = append(append(h.body, body...), make([]byte, size-len(body))...)
	h.count++
	return at
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
		if size := uint64(len(b)) + e.bytes(); size > maxMessage {
			return fmt.Errorf("hdf5: %s: attribute %q takes %d bytes; at most %d can be written: split it, or make "+
				"it one string",
				path, name, size, maxMessage)
		}
		at := len(b)
		if e.texts != nil {
			b = append(b, make([]byte, e.bytes())...)
		} else {
			b = e.put(b, 0, e.n)
		}
		at += h.add(msgAttribute, 0, b)
		for i, s := range e.texts {
			h.texts = append(h.texts, text{at: at + 16*i, s: s})
		}
	}
	return nil
}

// header lays out an object header of version 1 in one block.
func (p *image) header(h *headerImage, path string) (uint64, error) {
	if h.count > math.MaxUint16 || len(h.body) > math.MaxInt32 {
		return 0, fmt.Errorf("hdf5: %s: %d attributes (%d bytes) are more than a header can hold", shown(path),
			h.count, len(h.body))
	}
	at := p.here()
	p.meta = append(p.meta, 1, 0)
	p.u16(h.count)
	p.u32(1) // links to it
	p.u32(len(h.body))
	p.u32(0)
	body := len(p.meta)
	p.meta = append(p.meta, h.body...)
	for _, f := range h.fixes {
		f.at += body
		p.fixes = append(p.fixes, f)
	}
	for _, t := range h.texts {
		t.at += body
		p.texts = append(p.texts, t)
	}
	return at, nil
}
