package pb

import (
	"fmt"
	"io"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Bounds of what a file may have, so that its structure takes bounded memory. The largest networks in use have some
// ten thousand nodes.
const (
	maxNodes = 1 << 17
	maxItems = 1 << 20 // names, attributes and numbers of attributes in all
	maxDepth = 16      // of graphs in attributes
)

// decoder counts what has been read.
type decoder struct{ nodes, items, depth int }

// Read reads a file of size bytes.
func Read(r io.ReaderAt, size int64) (*Model, error) {
	d := &decoder{}
	m := &Model{}
	err := span{r: r, n: size}.fields(func(f field) (err error) {
		switch f.num {
		case 1:
			m.IR = int64(f.v)
		case 2:
			m.Producer, err = f.body.text()
		case 3:
			m.ProducerVersion, err = f.body.text()
		case 4:
			m.Domain, err = f.body.text()
		case 5:
			m.Version = int64(f.v)
		case 6:
			m.Doc, err = f.body.text()
		case 7:
			if m.Graph == nil {
				m.Graph = &Graph{}
			}
			err = d.graph(m.Graph, f.body)
		case 8:
			err = add(d, &m.Opsets, f.body, d.opset)
		case 14:
			err = add(d, &m.Metadata, f.body, d.pair)
		case 25:
			err = add(d, &m.Functions, f.body, d.function)
		}
		return err
	})
	if err == nil && m.Graph == nil {
		err = fmt.Errorf("it has no graph")
	}
	return m, err
}

// count adds what a field holds to what has been read.
func (d *decoder) count(n int) error {
	if d.items += n; d.items > maxItems {
		return fmt.Errorf("it has more than %d names, attributes and values", maxItems)
	}
	return nil
}

// add appends a message to a list.
func add[T any](d *decoder, list *[]T, s span, read func(span) (T, error)) error {
	if err := d.count(1); err != nil {
		return err
	}
	x, err := read(s)
	*list = append(*list, x)
	return err
}

func (d *decoder) text(s span) (string, error) { return s.text() }

func (d *decoder) opset(s span) (o Opset, err error) {
	return o, s.fields(func(f field) (err error) {
		switch f.num {
		case 1:
			o.Domain, err = f.body.text()
		case 2:
			o.Version = int64(f.v)
		}
		return err
	})
}

func (d *decoder) pair(s span) (p Pair, err error) {
	return p, s.fields(func(f field) (err error) {
		switch f.num {
		case 1:
			p.Key, err = f.body.text()
		case 2:
			p.Value, err = f.body.text()
		}
		return err
	})
}

func (d *decoder) graph(g *Graph, s span) error {
	if d.depth++; d.depth > maxDepth {
		return fmt.Errorf("graphs lie within graphs more than %d deep", maxDepth)
	}
	defer func() { d.depth-- }()
	return s.fields(func(f field) (err error) {
		switch f.num {
		case 1:
			err = add(d, &g.Nodes, f.body, d.node)
		case 2:
			g.Name, err = f.body.text()
		case 5:
			err = add(d, &g.Initializers, f.body, d.tensor)
		case 10:
			g.Doc, err = f.body.text()
		case 11:
			err = add(d, &g.Inputs, f.body, d.value)
		case 12:
			err = add(d, &g.Outputs, f.body, d.value)
		case 13:
			err = add(d, &g.Values, f.body, d.value)
		case 15:
			g.Sparse++
		}
		return err
	})
}

func (d *decoder) node(s span) (*Node, error) {
	if d.nodes++; d.nodes > maxNodes {
		return nil, fmt.Errorf("it has more than %d nodes", maxNodes)
	}
	n := &Node{}
	return n, s.fields(func(f field) (err error) {
		switch f.num {
		case 1:
			err = add(d, &n.Inputs, f.body, d.text)
		case 2:
			err = add(d, &n.Outputs, f.body, d.text)
		case 3:
			n.Name, err = f.body.text()
		case 4:
			n.Op, err = f.body.text()
		case 5:
			err = add(d, &n.Attributes, f.body, d.attribute)
		case 6:
			n.Doc, err = f.body.text()
		case 7:
			n.Domain, err = f.body.text()
		}
		return err
	})
}

func (d *decoder) attribute(s span) (*Attribute, error) {
	a := &Attribute{}
	err := s.fields(func(f field) (err error) {
		switch f.num {
		case 1:
			a.Name, err = f.body.text()
		case 21:
			a.Ref, err = f.body.text()
		case 20:
			a.Type = AttributeType(f.v)
		case 2:
			a.F = math.Float32frombits(uint32(f.v))
		case 3:
			a.I = int64(f.v)
		case 4:
			a.S, err = f.body.text()
		case 5:
			a.T, err = d.tensor(f.body)
		case 6:
			a.G = &Graph{}
			err = d.graph(a.G, f.body)
		case 7:
			err = numbers(d, f, protowire.Fixed32Type, func(v uint64) {
				a.Floats = append(a.Floats, math.Float32frombits(uint32(v)))
			})
		case 8:
			err = numbers(d, f, protowire.VarintType, func(v uint64) { a.Ints = append(a.Ints, int64(v)) })
		case 9:
			err = add(d, &a.Strings, f.body, d.text)
		case 11:
			g := &Graph{}
			a.Graphs = append(a.Graphs, g)
			err = d.graph(g, f.body)
		}
		return err
	})
	if err == nil && a.Type == 0 && a.Ref == "" { // files of IR version 1 do not say it
		a.Type = a.guess()
	}
	return a, err
}

// guess is the type of an attribute that does not say it.
func (a *Attribute) guess() AttributeType {
	switch {
	case a.T != nil:
		return TensorType
	case a.G != nil:
		return GraphType
	case len(a.Floats) > 0:
		return Floats
	case len(a.Ints) > 0:
		return Ints
	case len(a.Strings) > 0:
		return Strings
	case a.S != "":
		return String
	case a.F != 0:
		return Float
	}
	return Int
}

// numbers calls f for each number of a repeated field, packed or not.
func numbers(d *decoder, x field, typ protowire.Type, f func(uint64)) error {
	if x.typ != protowire.BytesType {
		f(x.v)
		return d.count(1)
	}
	if x.body.n > loaded*8 {
		return fmt.Errorf("byte %d: %d bytes of numbers in an attribute", x.body.off, x.body.n)
	}
	b, err := x.body.bytes()
	for err == nil && len(b) > 0 {
		var v uint64
		n := 0
		if typ == protowire.Fixed32Type {
			var v32 uint32
			v32, n = protowire.ConsumeFixed32(b)
			v = uint64(v32)
		} else {
			v, n = protowire.ConsumeVarint(b)
		}
		if n < 0 {
			return fmt.Errorf("byte %d: %w", x.body.off, protowire.ParseError(n))
		}
		f(v)
		b = b[n:]
		err = d.count(1)
	}
	return err
}

func (d *decoder) value(s span) (*Value, error) {
	v := &Value{}
	return v, s.fields(func(f field) (err error) {
		switch f.num {
		case 1:
			v.Name, err = f.body.text()
		case 2:
			v.Type, err = d.typ(f.body)
		}
		return err
	})
}

// kinds are the kinds of types by their field.
var kinds = map[protowire.Number]string{1: "tensor", 4: "sequence", 5: "map", 7: "opaque", 8: "sparse",
	9: "optional"}

func (d *decoder) typ(s span) (*Type, error) {
	t := &Type{}
	return t, s.fields(func(f field) error {
		kind, known := kinds[f.num]
		if !known {
			return nil
		}
		t.Kind = kind
		if f.num != 1 {
			return nil
		}
		return f.body.fields(func(f field) error {
			switch f.num {
			case 1:
				t.Elem = Elem(f.v)
			case 2:
				t.Rank = true
				return f.body.fields(func(f field) error {
					if f.num != 1 {
						return nil
					}
					return add(d, &t.Dims, f.body, d.dim)
				})
			}
			return nil
		})
	})
}

func (d *decoder) dim(s span) (Dim, error) {
	x := Dim{Value: -1}
	return x, s.fields(func(f field) (err error) {
		switch f.num {
		case 1:
			x.Value = int64(f.v)
		case 2:
			x.Name, err = f.body.text()
		}
		return err
	})
}

func (d *decoder) function(s span) (*Function, error) {
	x := &Function{}
	return x, s.fields(func(f field) (err error) {
		switch f.num {
		case 1:
			x.Name, err = f.body.text()
		case 4:
			err = add(d, &x.Inputs, f.body, d.text)
		case 5:
			err = add(d, &x.Outputs, f.body, d.text)
		case 6:
			err = add(d, &x.Attributes, f.body, d.text)
		case 7:
			err = add(d, &x.Nodes, f.body, d.node)
		case 9:
			err = add(d, &x.Opsets, f.body, d.opset)
		case 10:
			x.Domain, err = f.body.text()
		case 11:
			err = add(d, &x.Defaults, f.body, d.attribute)
		case 13:
			x.Overload, err = f.body.text()
		}
		return err
	})
}
