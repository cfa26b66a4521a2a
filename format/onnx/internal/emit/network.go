package emit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gorae/format/onnx/internal/pb"
	"gorae/graph"
	"gorae/model"
)

// Tensor is a value of the file: its name, type and shape.
type Tensor struct {
	Name string
	Elem pb.Elem
	Dims []pb.Dim
}

// Value is the declaration of a tensor.
func (t Tensor) Value() *pb.Value {
	return &pb.Value{Name: t.Name, Type: &pb.Type{Kind: "tensor", Elem: t.Elem, Rank: true, Dims: t.Dims}}
}

// Network adds a built model. given are the tensors that its inputs read; without them the file gets an input for each.
// It returns the outputs, which nobody has declared yet, and of a model that remembers its states (stateful layers)
// the inputs and outputs of the file for them are added.
func (f *File) Network(m *model.Model, given []Tensor) ([]Tensor, error) {
	t, err := trace(m, f.Opset)
	if err != nil {
		return nil, err
	}
	begin := len(f.nodes)
	roots := slices.Clone(t.outs[0])
	for _, s := range t.states {
		roots = append(roots, s.Value)
	}
	l := newLowering(f, t.graphs, roots)
	l.model, l.vars = m, t.leaves
	l.leaf = func(o graph.Leaf, n *graph.Node) bool {
		if o.Kind != graph.Session {
			return false
		}
		in := Tensor{f.Outward(o.Name), pb.F32, t.dims(l.shape(n))}
		f.Inputs = append(f.Inputs, in.Value())
		l.put(n, in.Name, pb.F32, nil)
		return true
	}
	types, names := m.InputTypes(2), m.InputNames()
	for i, x := range t.inputs {
		s := t.inputShape(i, types[i].Shape)
		var in Tensor
		if given != nil {
			in = given[i]
		} else {
			in = Tensor{f.Outward(names[i]), natural(&graph.Node{Type: types[i]}), t.dims(s)}
			f.Inputs = append(f.Inputs, in.Value())
		}
		l.given = append(l.given, givenShape{in.Name, s})
		if x != nil {
			l.put(x, in.Name, in.Elem, nil)
		}
	}
	var outs []Tensor
	for _, n := range t.outs[0] {
		outs = append(outs, Tensor{l.in(n, nil, natural(n)), natural(n), t.dims(l.shape(n))})
	}
	for _, s := range t.states {
		in := l.value(s.State).name
		f.Declare(Tensor{l.in(s.Value, nil, pb.F32), pb.F32, t.dims(l.shape(s.Value))}, in+"_next")
	}
	if f.Ranges != nil {
		f.quantize(begin, f.Ranges)
	}
	return outs, nil
}

// inputShape is the shape of an input in all traces, which has that of a batch of two.
func (t *traced) inputShape(input int, s []int) shape {
	out := make(shape, len(s))
	for a, d := range s {
		out[a] = slices.Repeat(extent{d}, len(t.graphs))
	}
	for i, sym := range t.symbols {
		if sym.input == input || sym.input < 0 {
			out[sym.axis] = t.extents[i]
		}
	}
	return out
}

// dims are the extents of a tensor as the file declares them.
func (t *traced) dims(s shape) []pb.Dim {
	out := make([]pb.Dim, len(s))
	for a, e := range s {
		if out[a] = (pb.Dim{Value: -1}); e.fixed() {
			out[a].Value = int64(e[0])
			continue
		}
		for i, sym := range t.symbols {
			if slices.Equal(t.extents[i], e) {
				out[a].Name = sym.name
				break
			}
		}
	}
	return out
}

// Declare makes a tensor an output of the file, under a name.
func (f *File) Declare(t Tensor, name string) {
	if now := f.renamed[t.Name]; now != "" {
		t.Name = now
	}
	name = f.Outward(name)
	made := slices.ContainsFunc(f.nodes, func(n *pb.Node) bool { return slices.Contains(n.Outputs, t.Name) })
	taken := slices.ContainsFunc(f.Outputs, func(v *pb.Value) bool { return v.Name == t.Name })
	if !made || taken {
		f.copied(name, t.Name, name)
	} else {
		f.rename(t.Name, name)
	}
	t.Name = name
	f.Outputs = append(f.Outputs, t.Value())
}

// rename gives a value another name wherever it stands.
func (f *File) rename(from, to string) {
	f.renamed[from] = to
	var within func(nodes []*pb.Node)
	swap := func(list []string) {
		for i, s := range list {
			if s == from {
				list[i] = to
			}
		}
	}
	within = func(nodes []*pb.Node) {
		for _, n := range nodes {
			swap(n.Inputs)
			swap(n.Outputs)
			for _, a := range n.Attributes {
				if a.G != nil {
					within(a.G.Nodes)
				}
			}
		}
	}
	within(f.nodes)
}

// prune drops the nodes whose results nobody reads and returns the names that are read.
func (f *File) prune() (read map[string]bool) {
	read = map[string]bool{}
	for _, o := range f.Outputs {
		read[o.Name] = true
	}
	var mark func(n *pb.Node)
	mark = func(n *pb.Node) {
		for _, x := range n.Inputs {
			read[x] = true
		}
		for _, a := range n.Attributes {
			if a.G != nil {
				for _, o := range a.G.Outputs {
					read[o.Name] = true
				}
				for _, inner := range a.G.Nodes {
					mark(inner)
				}
			}
		}
	}
	var kept []*pb.Node
	for _, n := range slices.Backward(f.nodes) {
		used := slices.ContainsFunc(n.Outputs, func(y string) bool { return read[y] })
		if !used {
			continue
		}
		for i, y := range n.Outputs {
			if !read[y] && (n.Op == "RNN" || n.Op == "GRU" || n.Op == "LSTM") {
				n.Outputs[i] = ""
			}
		}
		for len(n.Outputs) > 1 && n.Outputs[len(n.Outputs)-1] == "" {
			n.Outputs = n.Outputs[:len(n.Outputs)-1]
		}
		mark(n)
		kept = append(kept, n)
	}
	slices.Reverse(kept)
	f.nodes = kept
	return read
}

// Stored is how initializers lie outside of the file.
type Stored struct {
	Location string                     // the name of the file beside
	Least    int64                      // tensors of fewer bytes stay in the file
	Write    func(b []byte) (err error) // appends to the file beside
}

// Page is the multiple at which tensors begin in the file beside, so that it can be mapped.
const Page = 4096

// Size is the number of bytes of all initializers.
func (f *File) Size() (n int64) {
	for _, c := range f.constants {
		n += c.bytes()
	}
	return n
}

func (c *constant) bytes() int64 {
	n := c.elem.Bytes()
	for _, d := range c.dims {
		n *= d
	}
	return n
}

// ir is the version of the format that an opset came with.
func ir(opset int) int64 {
	return [...]int64{13: 7, 14: 7, 15: 8, 16: 8, 17: 8, 18: 8, 19: 9, 20: 9, 21: 10, 22: 10, 23: 11, 24: 12,
		25: 13}[opset]
}

// Version is that of the writer, in its files.
const Version = "1"

// The opsets that can be written.
const (
	OldestOpset = 13
	NewestOpset = 25
)

// Model is the finished message. s, if not nil, takes the large initializers.
func (f *File) Model(name string, s *Stored) (*pb.Model, error) {
	if err := f.Err(); err != nil {
		return nil, err
	}
	m := &pb.Model{IR: ir(f.Opset), Producer: "gorae", ProducerVersion: Version,
		Opsets: []pb.Opset{{Version: int64(f.Opset)}},
		Graph:  &pb.Graph{Name: cmp.Or(legal(name), "network"), Nodes: f.nodes, Inputs: f.Inputs, Outputs: f.Outputs}}
	read := f.prune()
	if m.Graph.Nodes = f.nodes; slices.ContainsFunc(f.nodes, func(n *pb.Node) bool { return n.Domain == mlDomain }) {
		m.Opsets = append(m.Opsets, pb.Opset{Domain: mlDomain, Version: mlVersion})
	}
	var at int64
	for _, c := range f.constants {
		if !read[c.name] {
			continue
		}
		t := &pb.Tensor{Name: c.name, Elem: c.elem, Dims: c.dims, Texts: c.text}
		if c.fill != nil {
			b, err := c.fill()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", c.name, err)
			}
			switch {
			case s != nil && int64(len(b)) >= s.Least:
				if rest := at % Page; rest > 0 {
					if err := s.Write(make([]byte, Page-rest)); err != nil {
						return nil, err
					}
					at += Page - rest
				}
				if err := s.Write(b); err != nil {
					return nil, err
				}
				t.External = []pb.Pair{{Key: "location", Value: s.Location},
					{Key: "offset", Value: fmt.Sprint(at)}, {Key: "length", Value: fmt.Sprint(len(b))}}
				at += int64(len(b))
			case b == nil:
				t.Raw = []byte{}
			default:
				t.Raw = b
			}
		}
		m.Graph.Initializers = append(m.Graph.Initializers, t)
	}
	slices.SortStableFunc(m.Graph.Initializers, func(a, b *pb.Tensor) int { return strings.Compare(a.Name, b.Name) })
	return m, nil
}
