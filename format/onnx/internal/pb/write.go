package pb

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// message is a message that grows.
type message []byte

// number adds an integer, which 0 leaves out.
func (m *message) number(field protowire.Number, v int64) {
	if v != 0 {
		m.always(field, v)
	}
}

// always adds an integer.
func (m *message) always(field protowire.Number, v int64) {
	*m = protowire.AppendVarint(protowire.AppendTag(*m, field, protowire.VarintType), uint64(v))
}

// text adds a text, which "" leaves out.
func (m *message) text(field protowire.Number, s string) {
	if s != "" {
		m.item(field, s)
	}
}

// item adds a text of a list.
func (m *message) item(field protowire.Number, s string) {
	*m = protowire.AppendString(protowire.AppendTag(*m, field, protowire.BytesType), s)
}

// message adds a message.
func (m *message) message(field protowire.Number, x message) {
	*m = protowire.AppendBytes(protowire.AppendTag(*m, field, protowire.BytesType), x)
}

// ints adds integers, packed.
func (m *message) ints(field protowire.Number, vs []int64) {
	var b message
	for _, v := range vs {
		b = protowire.AppendVarint(b, uint64(v))
	}
	m.message(field, b)
}

// Append appends the file to b.
func (m *Model) Append(b []byte) []byte {
	x := message(b)
	x.number(1, m.IR)
	x.text(2, m.Producer)
	x.text(3, m.ProducerVersion)
	x.text(4, m.Domain)
	x.number(5, m.Version)
	x.text(6, m.Doc)
	x.message(7, m.Graph.message())
	for _, o := range m.Opsets {
		x.message(8, o.message())
	}
	for _, p := range m.Metadata {
		x.message(14, p.message())
	}
	for _, f := range m.Functions {
		x.message(25, f.message())
	}
	return x
}

func (o Opset) message() (x message) {
	x.text(1, o.Domain)
	x.number(2, o.Version)
	return x
}

func (p Pair) message() (x message) {
	x.text(1, p.Key)
	x.text(2, p.Value)
	return x
}

func (g *Graph) message() (x message) {
	for _, n := range g.Nodes {
		x.message(1, n.message())
	}
	x.text(2, g.Name)
	for _, t := range g.Initializers {
		x.message(5, t.message())
	}
	x.text(10, g.Doc)
	for i, list := range [][]*Value{g.Inputs, g.Outputs, g.Values} {
		for _, v := range list {
			x.message(protowire.Number(11+i), v.message())
		}
	}
	return x
}

func (n *Node) message() (x message) {
	for _, s := range n.Inputs {
		x.item(1, s)
	}
	for _, s := range n.Outputs {
		x.item(2, s)
	}
	x.text(3, n.Name)
	x.text(4, n.Op)
	for _, a := range n.Attributes {
		x.message(5, a.message())
	}
	x.text(6, n.Doc)
	x.text(7, n.Domain)
	return x
}

func (a *Attribute) message() (x message) {
	x.text(1, a.Name)
	switch a.Type {
	case Float:
		x = protowire.AppendFixed32(protowire.AppendTag(x, 2, protowire.Fixed32Type), math.Float32bits(a.F))
	case Int:
		x.always(3, a.I)
	case String:
		x.item(4, a.S)
	case TensorType:
		x.message(5, a.T.message())
	case GraphType:
		x.message(6, a.G.message())
	case Floats:
		var b message
		for _, f := range a.Floats {
			b = protowire.AppendFixed32(b, math.Float32bits(f))
		}
		x.message(7, b)
	case Ints:
		x.ints(8, a.Ints)
	case Strings:
		for _, s := range a.Strings {
			x.item(9, s)
		}
	case Graphs:
		for _, g := range a.Graphs {
			x.message(11, g.message())
		}
	}
	x.number(20, int64(a.Type))
	x.text(21, a.Ref)
	return x
}

func (t *Tensor) message() (x message) {
	if len(t.Dims) > 0 {
		x.ints(1, t.Dims)
	}
	x.number(2, int64(t.Elem))
	for _, s := range t.Texts {
		x.item(6, s)
	}
	x.text(8, t.Name)
	if t.Raw != nil {
		x.message(9, t.Raw)
	}
	for _, p := range t.External {
		x.message(13, p.message())
	}
	if len(t.External) > 0 {
		x.number(14, 1)
	}
	return x
}

func (v *Value) message() (x message) {
	x.text(1, v.Name)
	if v.Type != nil {
		x.message(2, v.Type.message())
	}
	return x
}

// message is that of the type of a tensor; of other kinds the kind alone is written.
func (t *Type) message() (x message) {
	for field, kind := range kinds {
		if kind == t.Kind && kind != "tensor" {
			x.message(field, nil)
			return x
		}
	}
	var tensor message
	tensor.number(1, int64(t.Elem))
	if t.Rank {
		var shape message
		for _, d := range t.Dims {
			var dim message
			if d.Name != "" {
				dim.text(2, d.Name)
			} else if d.Value >= 0 {
				dim.always(1, d.Value)
			}
			shape.message(1, dim)
		}
		tensor.message(2, shape)
	}
	x.message(1, tensor)
	return x
}

func (f *Function) message() (x message) {
	x.text(1, f.Name)
	for _, s := range f.Inputs {
		x.item(4, s)
	}
	for _, s := range f.Outputs {
		x.item(5, s)
	}
	for _, s := range f.Attributes {
		x.item(6, s)
	}
	for _, n := range f.Nodes {
		x.message(7, n.message())
	}
	for _, o := range f.Opsets {
		x.message(9, o.message())
	}
	x.text(10, f.Domain)
	for _, a := range f.Defaults {
		x.message(11, a.message())
	}
	x.text(13, f.Overload)
	return x
}

// OfFloats is a tensor of float32 to be written.
func OfFloats(name string, dims []int64, values []float32) *Tensor {
	raw := make([]byte, 0, 4*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return &Tensor{Name: name, Dims: dims, Elem: F32, Raw: raw}
}

// OfInts is a tensor of int64 to be written.
func OfInts(name string, dims []int64, values []int64) *Tensor {
	raw := make([]byte, 0, 8*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return &Tensor{Name: name, Dims: dims, Elem: I64, Raw: raw}
}

// OfTexts is a tensor of texts to be written.
func OfTexts(name string, dims []int64, values []string) *Tensor {
	return &Tensor{Name: name, Dims: dims, Elem: Text, Texts: values}
}
