package onnx

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gorae/format/onnx/internal/pb"
	"gorae/tensor"
)

// program is a graph that is ready to be traced: functions are put in the place of their calls, every operator is
// known, constants lie apart.
type program struct {
	inputs, outputs []end
	body            *block
	constants       map[string]*constant
	order           []string // the names of the constants in the order of the file
	words           []string // the texts that the file names, from number firstText on
	codes           map[string]int
}

// end is an input or output of the graph.
type end struct {
	name    string
	elem    pb.Elem
	dims    []pb.Dim
	known   bool // whether dims are
	samples int  // the axis of the samples
	split   bool // texts that are cut into words
}

// block is the nodes of a graph.
type block struct {
	name            string
	nodes           []*node
	inputs, outputs []string
}

// node is the use of an operator.
type node struct {
	operator        *operator
	op, domain      string
	name            string
	opset           int
	inputs, outputs []string
	attributes      []*pb.Attribute
	bodies          map[string]*block // of graphs in attributes
}

// label says which node it is, in messages.
func (n *node) label() string {
	name := n.op
	if n.domain != "" {
		name = n.domain + "." + name
	}
	if n.name != "" && n.name != n.op {
		return fmt.Sprintf("%s %q", name, n.name)
	}
	if len(n.outputs) > 0 {
		return fmt.Sprintf("%s that gives %q", name, n.outputs[0])
	}
	return name
}

// scope is the name of the nodes traced for it.
func (n *node) scope() string { return cmp.Or(n.name, n.op) }

// role is what a constant is for a training.
type role uint8

const (
	numberRole role = iota // stays as it is
	weightRole             // is trained
	stateRole              // a mean or a variance, which batches of a training move
)

// constant is an initializer.
type constant struct {
	tensor *pb.Tensor
	role   role
}

func (k *constant) shape() tensor.Shape {
	s := make(tensor.Shape, len(k.tensor.Dims))
	for i, d := range k.tensor.Dims {
		s[i] = int(d)
	}
	return s
}

// isFloat reports whether a type is of floats.
func isFloat(e pb.Elem) bool { return e == pb.F32 || e == pb.F16 || e == pb.BF16 || e == pb.F64 }

// read gives the numbers: those of floats as float32, all others as int32.
func (k *constant) read() (*tensor.Tensor, error) {
	n, err := k.tensor.Size()
	if err != nil {
		return nil, err
	}
	if isFloat(k.tensor.Elem) {
		t := tensor.New(tensor.Float32, k.shape()...)
		return t, k.tensor.Floats(t.F32)
	}
	ints := make([]int64, n)
	if err := k.tensor.Ints(ints); err != nil {
		return nil, err
	}
	t := tensor.New(tensor.Int32, k.shape()...)
	for i, v := range ints {
		t.I32[i] = int32(clamp(v))
	}
	return t, nil
}

// roles finds the initializers that a training moves: the operands of products, convolutions, recurrent cells, norms
// and tables, and vectors that are added to values or multiply them.
func (b *builder) roles(bl *block) {
	for _, n := range bl.nodes {
		if n.operator == nil {
			continue
		}
		for i, name := range n.inputs {
			k := b.constants[name]
			if k == nil || !isFloat(k.tensor.Elem) || k.role != numberRole {
				continue
			}
			switch {
			case slices.Contains(n.operator.states, i):
				k.role = stateRole
			case slices.Contains(n.operator.weights, i):
				k.role = weightRole
			case n.operator.vectors && isVector(k.shape()):
				k.role = weightRole
			}
		}
		for _, inner := range n.bodies {
			b.roles(inner)
		}
	}
}

// isVector reports whether a shape has one axis of several numbers, and others of one alone.
func isVector(s tensor.Shape) bool {
	wide := 0
	for _, d := range s {
		if d != 1 {
			wide++
		}
	}
	return wide == 1
}

// findSamples finds the axis of the samples of inputs and outputs. Where all have an axis of one name, that is it:
// of several such names one that speaks of a batch. Else it is axis 0.
func (b *builder) findSamples() {
	count := map[string]int{}
	var names []string
	ends := slices.Concat(b.inputs, b.outputs)
	for _, e := range ends {
		for _, d := range e.dims {
			if d.Name == "" {
				continue
			}
			if count[d.Name]++; count[d.Name] == 1 {
				names = append(names, d.Name)
			}
		}
	}
	batch := ""
	for _, n := range names {
		if count[n] == len(ends) && (batch == "" || speaksOfBatch(n) && !speaksOfBatch(batch)) {
			batch = n
		}
	}
	if batch == "" {
		return
	}
	for _, list := range [][]end{b.inputs, b.outputs} {
		for i := range list {
			list[i].samples = slices.IndexFunc(list[i].dims, func(d pb.Dim) bool { return d.Name == batch })
		}
	}
}

// sample is the shape of a sample of an input; 0 stands for an extent that is open.
func (e end) sample() tensor.Shape {
	s := tensor.Shape{}
	for i, d := range e.dims {
		switch {
		case i == e.samples:
		case d.Name == "" && d.Value > 0:
			s = append(s, int(min(d.Value, 1<<31-1)))
		default:
			s = append(s, 0)
		}
	}
	return s
}

func speaksOfBatch(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "batch") || name == "n" || name == "samples" || name == "unk__0"
}
