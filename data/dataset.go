package data

import (
	"fmt"
	"slices"

	"gorae/tensor"
)

// Field is one part of a sample: a name, an element type, and the shape of one sample's part, which leaves the sample
// axis out, as a Keras input shape does.
type Field struct {
	Name  string
	DType tensor.DType
	Shape tensor.Shape
	// Ragged says that the first axis is the length of the sample, which Spec.Length gives; Shape has the greatest
	// length. Read fills a row of any smaller extent that holds the sample, and pads the rest.
	Ragged bool
}

// Spec describes the samples of a dataset: the fields that enter the network, the fields that its outputs are compared
// with, and how the samples are to be read. A dataset that wraps another starts from the Spec of the wrapped one and
// changes what it changes, so that every trait is kept without being named.
type Spec struct {
	Inputs, Targets []Field
	Traits
}

// Traits are the properties of a dataset beside its fields. The zero value is that of tensors in memory: quick to read,
// the same in every epoch, all of one length.
type Traits struct {
	// Workers is the number of goroutines that are worth reading with, as for pictures that must be decoded;
	// 0 means 1.
	Workers int
	// Varying says that samples differ from epoch to epoch, as augmented pictures do.
	Varying bool
	// Length gives the length of sample i along the first axis of the ragged fields; nil if no field is ragged.
	Length func(i int) int
	// Arrange is told of n samples that are read next and in which order, so that they can be laid in this order in a
	// file; nil where samples are in memory. It returns once the first ones are at hand. It is advice, and nil is none:
	// Read gives the same samples without it.
	Arrange func(n int, order func(place int) int) Arrangement
}

// Arrangement is an order of which a dataset was told.
type Arrangement interface {
	// Seek says that the sample at a place of the order is read next, where it is not the one behind the last one.
	Seek(place int)
	// Close says that no more is read in this order.
	Close()
}

// And joins the traits of two datasets that are read side by side: the longer of two lengths, the larger number of
// workers.
func (t Traits) And(o Traits) Traits {
	t.Workers = max(t.Workers, o.Workers)
	t.Varying = t.Varying || o.Varying
	switch a, b := t.Length, o.Length; {
	case a == nil:
		t.Length = b
	case b != nil:
		t.Length = func(i int) int { return max(a(i), b(i)) }
	}
	switch a, b := t.Arrange, o.Arrange; {
	case a == nil:
		t.Arrange = b
	case b != nil:
		t.Arrange = func(n int, order func(place int) int) Arrangement { return both{a(n, order), b(n, order)} }
	}
	return t
}

// both is the arrangements of two datasets that are read side by side; either may be nil.
type both [2]Arrangement

func (b both) Seek(place int) {
	for _, a := range b {
		if a != nil {
			a.Seek(place)
		}
	}
}

func (b both) Close() {
	for _, a := range b {
		if a != nil {
			a.Close()
		}
	}
}

// Fields returns the inputs followed by the targets: the order of a Row.
func (s Spec) Fields() []Field { return slices.Concat(s.Inputs, s.Targets) }

// Row returns a new row for one sample.
func (s Spec) Row() Row {
	row := make(Row, 0, len(s.Inputs)+len(s.Targets))
	for _, f := range s.Fields() {
		row = append(row, *tensor.New(f.DType, f.Shape...))
	}
	return row
}

// Row is where Read writes one sample: one tensor for each of the Spec's fields, inputs first, each of the field's type
// and shape. A row may end early: then Read writes its fields alone, so that inputs can be read without their targets.
// The tensors belong to the caller of Read, who uses them again for the next sample.
type Row []tensor.Tensor

// Dataset is samples that are read by number. The package's documentation has the whole contract.
type Dataset interface {
	// Spec describes the samples. It does not change while the dataset is in use.
	Spec() Spec
	// Len is the number of samples, or −1 where it is not known before all are read: a stream.
	Len() int
	// Read writes sample i of an epoch into row. The same epoch and i give the same sample; unless Spec says Varying,
	// every epoch does. Several goroutines may read at once, except from a stream.
	Read(epoch, i int, row Row) error
}

// Memory is a dataset of tensors whose first axis counts the samples.
type Memory struct {
	Inputs, Targets []tensor.Named
}

// Of returns the dataset of one input x and one target y; y may be nil (samples to predict).
func Of(x, y *tensor.Tensor) (*Memory, error) {
	m := &Memory{Inputs: []tensor.Named{{Name: "x", Tensor: x}}}
	if y != nil {
		m.Targets = []tensor.Named{{Name: "y", Tensor: y}}
	}
	return m, m.Check()
}

// Check returns an error unless all tensors hold the same number of samples.
func (m *Memory) Check() error {
	if len(m.Inputs) == 0 {
		return fmt.Errorf("data: no inputs; give at least one tensor")
	}
	for _, t := range m.all() {
		if t.Tensor == nil || len(t.Shape) == 0 {
			return fmt.Errorf("data: %q is a scalar; its first axis must count the samples", t.Name)
		}
		if t.Shape[0] != m.Len() {
			return fmt.Errorf("data: %q has %d samples where %q has %d", t.Name, t.Shape[0], m.Inputs[0].Name, m.Len())
		}
	}
	return nil
}

func (m *Memory) all() []tensor.Named { return slices.Concat(m.Inputs, m.Targets) }

// Spec describes the tensors without their sample axis.
func (m *Memory) Spec() Spec {
	fields := func(ts []tensor.Named) []Field {
		out := make([]Field, len(ts))
		for i, t := range ts {
			out[i] = Field{Name: t.Name, DType: t.DType(), Shape: t.Shape[1:].Clone()}
		}
		return out
	}
	return Spec{Inputs: fields(m.Inputs), Targets: fields(m.Targets)}
}

// Len returns the number of samples.
func (m *Memory) Len() int { return m.Inputs[0].Shape[0] }

// Read copies sample i.
func (m *Memory) Read(_, i int, row Row) error {
	if i < 0 || i >= m.Len() {
		return fmt.Errorf("data: no sample %d of %d", i, m.Len())
	}
	for k := range row {
		copyRow(&row[k], m.field(k), i)
	}
	return nil
}

// field is the tensor of a field.
func (m *Memory) field(k int) *tensor.Tensor {
	if k < len(m.Inputs) {
		return m.Inputs[k].Tensor
	}
	return m.Targets[k-len(m.Inputs)].Tensor
}

// copyRow copies row i of from's first axis.
func copyRow(to, from *tensor.Tensor, i int) {
	switch {
	case from.I32 != nil:
		n := len(to.I32)
		copy(to.I32, from.I32[i*n:(i+1)*n])
	case from.U8 != nil:
		n := len(to.U8)
		copy(to.U8, from.U8[i*n:(i+1)*n])
	default:
		n := len(to.F32)
		copy(to.F32, from.F32[i*n:(i+1)*n])
	}
}
