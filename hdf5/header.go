package hdf5

// The types of object header messages that are read; the others say nothing about values.
const (
	msgDataspace    = 0x01
	msgLinkInfo     = 0x02
	msgDatatype     = 0x03
	msgOldFill      = 0x04
	msgFill         = 0x05
	msgLink         = 0x06
	msgExternal     = 0x07
	msgLayout       = 0x08
	msgFilters      = 0x0b
	msgAttribute    = 0x0c
	msgContinuation = 0x10
	msgSymbolTable  = 0x11
	msgAttrInfo     = 0x15
)

// msgShared is the message flag that says: the body is not here but in another object (a committed datatype).
const msgShared = 2

// A message is one part of an object header.
type message struct {
	kind  int
	flags uint8
	addr  uint64
	body  []byte
}

func (m *message) cursor(f *File, what string) *cursor {
	return &cursor{f: f, what: what, addr: m.addr, b: m.body}
}

// A header is an object: the messages of an object header, version 1 or 2, with its continuation blocks.
type header struct {
	addr     uint64
	messages []message
}

// find is the first message of a kind, or nil.
func (h *header) find(kind int) *message {
	for i := range h.messages {
		if h.messages[i].kind == kind {
			return &h.messages[i]
		}
	}
	return nil
}

func (f *File) header(addr uint64) (*header, error) {
	const what = "object header"
	c, err := f.at(what, addr, 4)
	if err != nil {
		return nil, err
	}
	h := &header{addr: addr}
	w := f.walk()
	if string(c.b) == "OHDR" {
		return h, h.version2(w)
	}
	return h, h.version1(w)
}

// version1: version 1, reserved 1, messages 2, references 4, bytes of the first block 4, padding 4, messages.
func (h *header) version1(w *walk) error {
	p, err := w.f.at("object header", h.addr, 16)
	if err != nil {
		return err
	}
	p.version(1)
	p.u8()
	p.u16()
	p.u32()
	n := p.u32()
	if p.err != nil {
		return p.err
	}
	type span struct{ addr, n uint64 }
	for todo := []span{{h.addr + 16, uint64(n)}}; len(todo) > 0; todo = todo[1:] {
		c, err := w.block("object header", todo[0].addr, todo[0].n)
		if err != nil {
			return err
		}
		for c.err == nil && c.left() >= 8 {
			kind, size, flags := c.u16(), c.u16(), c.u8()
			c.take(3)
			at := c.addr + uint64(c.pos)
			m := message{int(kind), flags, at, c.take(int(size))}
			if kind == msgContinuation {
				d := m.cursor(w.f, "continuation message")
				s := span{d.offset(), d.length()}
				if d.err != nil {
					return d.err
				}
				todo = append(todo, s)
			}
			h.messages = append(h.messages, m)
		}
		if c.err != nil {
			return c.err
		}
	}
	return nil
}

// version2: "OHDR" 2 flags, [times 16], [attribute limits 4], bytes of the first block, messages, checksum; then
// blocks "OCHK" messages, checksum.
func (h *header) version2(w *walk) error {
	p, err := w.f.at("object header", h.addr, min(64, uint64(w.f.size)-h.addr))
	if err != nil {
		return err
	}
	p.signature("OHDR")
	p.version(2)
	flags := p.u8()
	if flags&0x20 != 0 {
		p.take(16)
	}
	if flags&0x10 != 0 {
		p.take(4)
	}
	n := p.uint(1 << (flags & 3))
	if p.err != nil {
		return p.err
	}
	type span struct {
		addr, n uint64
		prefix  int
	}
	if n > uint64(w.f.size) {
		return bad("object header", h.addr, "a block of %d bytes in a file of %d", n, w.f.size)
	}
	for todo := []span{{h.addr, uint64(p.pos) + n + 4, p.pos}}; len(todo) > 0; todo = todo[1:] {
		c, err := w.block("object header", todo[0].addr, todo[0].n)
		if err != nil {
			return err
		}
		if todo[0].addr != h.addr {
			c.signature("OCHK")
		}
		if len(c.b) < todo[0].prefix+4 {
			return bad("object header", h.addr, "a continuation of %d bytes is too short", len(c.b))
		}
		end := len(c.b) - 4
		c.pos = end
		c.checksum()
		c.b, c.pos = c.b[:end], todo[0].prefix
		small := 4
		if flags&4 != 0 {
			small = 6 // messages carry their creation order
		}
		for c.err == nil && c.left() >= small {
			kind, size, mflags := c.u8(), c.u16(), c.u8()
			c.take(small - 4)
			at := c.addr + uint64(c.pos)
			m := message{int(kind), mflags, at, c.take(int(size))}
			if kind == msgContinuation {
				d := m.cursor(w.f, "continuation message")
				s := span{d.offset(), d.length(), 4}
				if d.err != nil {
					return d.err
				}
				todo = append(todo, s)
			}
			h.messages = append(h.messages, m)
		}
		if c.err != nil {
			return c.err
		}
	}
	return nil
}

// shared follows a message whose body stands in another object header: versions 1 to 3 of the shared message.
func (f *File) shared(m *message, what string) (*message, error) {
	if m.flags&msgShared == 0 {
		return m, nil
	}
	c := m.cursor(f, "shared "+what)
	v := c.version(1, 2, 3)
	kind := c.u8()
	if v == 1 {
		c.take(6)
	}
	if v == 3 && kind == 1 {
		return nil, bad("shared "+what, m.addr, "lies in a shared message heap, which is not supported; write the "+
			"file with h5py's defaults")
	}
	addr := c.offset()
	if c.err != nil {
		return nil, c.err
	}
	h, err := f.header(addr)
	if err != nil {
		return nil, err
	}
	t := h.find(m.kind)
	if t == nil || t.flags&msgShared != 0 {
		return nil, bad("shared "+what, m.addr, "the object at %#x holds no %s", addr, what)
	}
	return t, nil
}
