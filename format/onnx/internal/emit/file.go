// Package emit makes ONNX graphs of traced computations: one table of lowerings from the operations of package graph to
// ONNX's operators, for every layer there is.
//
// A graph has concrete shapes. It is therefore traced for several numbers of samples, and of each input that leaves an
// extent open for several extents; the graphs have the same calls, and an extent that differs between them is one that
// the file leaves open ([extent]).
package emit

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gorae/format/onnx/internal/pb"
)

// File is an ONNX graph that grows.
type File struct {
	Opset    int
	Inputs   []*pb.Value
	Outputs  []*pb.Value
	Metadata []pb.Pair
	Ranges   []Range // of activations; with some, Network writes quantized products

	nodes     []*pb.Node
	sink      *[]*pb.Node // where nodes go: the graph, or the body of a loop
	within    string      // the name of the body
	constants []*constant
	byKey     map[string]string // constants by their content
	names     map[string]bool   // of values
	nodeNames map[string]bool
	made      map[string]*pb.Node // nodes by what they compute
	renamed   map[string]string   // outputs of the file by the names that their values had
	refused   []string
	fault     error
}

// constant is an initializer, whose bytes are made when the file is written.
type constant struct {
	name string
	elem pb.Elem
	dims []int64
	text []string
	fill func() ([]byte, error)
}

// NewFile returns an empty graph of operators of an opset.
func NewFile(opset int) *File {
	f := &File{Opset: opset, byKey: map[string]string{}, names: map[string]bool{}, nodeNames: map[string]bool{},
		made: map[string]*pb.Node{}, renamed: map[string]string{}}
	f.sink = &f.nodes
	return f
}

// The domain of operators on columns, and its version that is used.
const (
	mlDomain  = "ai.onnx.ml"
	mlVersion = 3
)

// legal replaces what names of values and nodes should not have.
func legal(name string) string {
	return strings.Map(func(r rune) rune {
		if r == ':' || r == ' ' || r < ' ' {
			return '_'
		}
		return r
	}, name)
}

// unique returns name, with a number where it is taken.
func unique(taken map[string]bool, name string) string {
	for i, base := 1, name; taken[name]; i++ {
		name = base + "_" + strconv.Itoa(i)
	}
	taken[name] = true
	return name
}

// Name returns the name of a new value.
func (f *File) Name(name string) string { return unique(f.names, legal(name)) }

// Outward returns the name of a new input or output: without slashes too.
func (f *File) Outward(name string) string { return f.Name(strings.ReplaceAll(name, "/", "_")) }

// Refuse notes an operation of a layer that cannot be written.
func (f *File) Refuse(label, what string) {
	if what = strings.TrimSpace(label + " (" + what + ")"); !slices.Contains(f.refused, what) {
		f.refused = append(f.refused, what)
	}
}

// Err is an error that names all that cannot be written, nil where there is no such thing.
func (f *File) Err() error {
	if f.fault != nil || len(f.refused) == 0 {
		return f.fault
	}
	return fmt.Errorf("ONNX has no operator for what these layers compute: %s", strings.Join(f.refused, ", "))
}

// Node adds a node of several results. label is the layer's path. A node that is there already is not added again.
func (f *File) Node(label, op string, in []string, results int, attributes ...*pb.Attribute) []string {
	return f.node("", label, op, in, results, attributes)
}

func (f *File) node(domain, label, op string, in []string, results int, attributes []*pb.Attribute) []string {
	slices.SortFunc(attributes, func(a, b *pb.Attribute) int { return strings.Compare(a.Name, b.Name) })
	key := fmt.Sprint(f.within, "\x00", op, "\x00", strings.Join(in, "\x00"), results)
	for _, a := range attributes {
		if key += fmt.Sprint(*a); a.G != nil {
			key = ""
			break
		}
	}
	if have := f.made[key]; have != nil && key != "" {
		return have.Outputs
	}
	base := op
	if label != "" {
		base = label + "/" + op
	}
	n := &pb.Node{Op: op, Domain: domain, Name: unique(f.nodeNames, legal(base)), Inputs: in,
		Attributes: attributes}
	f.made[key] = n
	for i := range results {
		name := n.Name
		if i > 0 {
			name += "_result_" + strconv.Itoa(i)
		}
		n.Outputs = append(n.Outputs, f.Name(name))
	}
	*f.sink = append(*f.sink, n)
	return n.Outputs
}

// copied adds an Identity, also where there is one of the same value.
func (f *File) copied(node, from, to string) {
	*f.sink = append(*f.sink, &pb.Node{Op: "Identity", Name: unique(f.nodeNames, node), Inputs: []string{from},
		Outputs: []string{to}})
}

// One adds a node of one result.
func (f *File) One(label, op string, in []string, attributes ...*pb.Attribute) string {
	return f.Node(label, op, in, 1, attributes...)[0]
}

// MLNode adds a node of an operator of ai.onnx.ml.
func (f *File) MLNode(label, op string, in []string, results int, attributes ...*pb.Attribute) []string {
	return f.node(mlDomain, label, op, in, results, attributes)
}

// constant returns the name of an initializer; equal keys are one.
func (f *File) constant(key, name string, c constant) string {
	if have := f.byKey[key]; have != "" {
		return have
	}
	c.name = f.Name(name)
	f.constants = append(f.constants, &c)
	f.byKey[key] = c.name
	return c.name
}

// Ints returns an initializer of whole numbers.
func (f *File) Ints(name string, dims []int64, values ...int64) string {
	t := pb.OfInts("", dims, values)
	return f.constant(fmt.Sprint("i64 ", dims, values), name, constant{elem: pb.I64, dims: dims,
		fill: func() ([]byte, error) { return t.Raw, nil }})
}

// List returns an initializer of a list of whole numbers.
func (f *File) List(name string, values ...int) string {
	return f.Ints(name, []int64{int64(len(values))}, int64s(values)...)
}

// Floats returns an initializer of numbers.
func (f *File) Floats(name string, dims []int64, values ...float32) string {
	t := pb.OfFloats("", dims, values)
	return f.constant(fmt.Sprint("f32 ", dims, string(t.Raw)), name, constant{elem: pb.F32, dims: dims,
		fill: func() ([]byte, error) { return t.Raw, nil }})
}

// Scalar returns an initializer of one number without axes.
func (f *File) Scalar(v float64) string { return f.Floats("number", nil, float32(v)) }

// Double returns an initializer of one number of double precision without axes.
func (f *File) Double(v float64) string {
	raw := binary.LittleEndian.AppendUint64(nil, math.Float64bits(v))
	return f.constant("f64 "+string(raw), "number", constant{elem: pb.F64,
		fill: func() ([]byte, error) { return raw, nil }})
}

// Texts returns an initializer of texts.
func (f *File) Texts(name string, dims []int64, values ...string) string {
	return f.constant(fmt.Sprint("text ", dims, strings.Join(values, "\x00")), name, constant{elem: pb.Text, dims: dims,
		text: values})
}

func int64s(values []int) []int64 {
	out := make([]int64, len(values))
	for i, v := range values {
		out[i] = int64(v)
	}
	return out
}

// The attributes of nodes.

// Int is an attribute of a whole number.
func Int(name string, v int) *pb.Attribute {
	return &pb.Attribute{Name: name, Type: pb.Int, I: int64(v)}
}

// Number is an attribute of a number.
func Number(name string, v float64) *pb.Attribute {
	return &pb.Attribute{Name: name, Type: pb.Float, F: float32(v)}
}

// Text is an attribute of a text.
func Text(name, v string) *pb.Attribute { return &pb.Attribute{Name: name, Type: pb.String, S: v} }

// Ints is an attribute of whole numbers.
func Ints(name string, v ...int) *pb.Attribute {
	return &pb.Attribute{Name: name, Type: pb.Ints, Ints: int64s(v)}
}

// Numbers is an attribute of numbers.
func Numbers(name string, v ...float32) *pb.Attribute {
	return &pb.Attribute{Name: name, Type: pb.Floats, Floats: v}
}

// Texts is an attribute of texts.
func Texts(name string, v ...string) *pb.Attribute {
	return &pb.Attribute{Name: name, Type: pb.Strings, Strings: v}
}

// Cast returns value v as another type.
func (f *File) Cast(label, v string, to pb.Elem) string {
	return f.One(label, "Cast", []string{v}, Int("to", int(to)))
}

// Unsqueeze puts axes of extent 1 into a value.
func (f *File) Unsqueeze(label, v string, axes ...int) string {
	return f.One(label, "Unsqueeze", []string{v, f.List("axes", axes...)})
}

// Squeeze takes axes of extent 1 out of a value.
func (f *File) Squeeze(label, v string, axes ...int) string {
	return f.One(label, "Squeeze", []string{v, f.List("axes", axes...)})
}

// Reduce reduces a value over axes by an operator such as ReduceSum.
func (f *File) Reduce(label, op, v string, axes []int, keep bool) string {
	k := 0
	if keep {
		k = 1
	}
	if op == "ReduceSum" || f.Opset >= 18 {
		return f.One(label, op, []string{v, f.List("axes", axes...)}, Int("keepdims", k))
	}
	return f.One(label, op, []string{v}, Ints("axes", axes...), Int("keepdims", k))
}

// Slice takes elements along axes.
func (f *File) Slice(label, v string, starts, ends, axes, steps []int) string {
	return f.One(label, "Slice", []string{v, f.List("starts", starts...), f.List("ends", ends...),
		f.List("axes", axes...), f.List("steps", steps...)})
}
