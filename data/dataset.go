package data

import (
	"fmt"
	"slices"

	"gorae/tensor"
)

// Field is one part of a sample: a name, an element type, and the shape of one
// sample's part, which leaves the sample axis out, as a Keras input shape does.
type Field struct {
	Name  string
	DType tensor.DType
	Shape tensor.Shape
}

// Spec says what each sample of a dataset consists of: first what enters the
// network, then what it is compared with.
type Spec struct {
	Inputs, Targets []Field
}

// Fields is the inputs followed by the targets: the order of a Row.
func (s Spec) Fields() []Field { return slices.Concat(s.Inputs, s.Targets) }

// Row is where Read puts one sample: one tensor for each of the Spec's fields,
// inputs first, each of the field's type and shape. The tensors belong to the
// reader's caller, who reuses them.
type Row []tensor.Tensor

// Dataset is samples that can be read by number.
type Dataset interface {
	Spec() Spec
	// Len is the number of samples.
	Len() int
	// Read writes sample i into row. Several goroutines may read at once.
	Read(i int, row Row) error
}

// Slow is a dataset whose samples take long to read, as pictures do that must be
// unpacked: a Loader reads so many of them at a time.
type Slow interface {
	Dataset
	Workers() int
}

// Workers is how many samples of d are worth reading at a time: 1 unless d is Slow.
func Workers(d Dataset) int {
	if s, ok := d.(Slow); ok {
		return s.Workers()
	}
	return 1
}

// Varying is a dataset whose samples differ from epoch to epoch, as augmented
// pictures do. What a sample holds depends on its number and the epoch alone; Read
// gives it as it is in epoch 0.
type Varying interface {
	Dataset
	ReadEpoch(epoch, i int, row Row) error
}

// ReadEpoch reads sample i of d as it is in an epoch, the same in all unless d is Varying.
func ReadEpoch(d Dataset, epoch, i int, row Row) error {
	if v, ok := d.(Varying); ok {
		return v.ReadEpoch(epoch, i, row)
	}
	return d.Read(i, row)
}

// Memory is a dataset of tensors whose first axis counts the samples.
type Memory struct {
	Inputs, Targets []tensor.Named
}

// Of is the dataset of one input and one target; y may be nil (samples to predict).
func Of(x, y *tensor.Tensor) (*Memory, error) {
	m := &Memory{Inputs: []tensor.Named{{Name: "x", Tensor: x}}}
	if y != nil {
		m.Targets = []tensor.Named{{Name: "y", Tensor: y}}
	}
	return m, m.Check()
}

// Check says whether all tensors hold the same number of samples.
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
			out[i] = Field{t.Name, t.DType(), t.Shape[1:].Clone()}
		}
		return out
	}
	return Spec{fields(m.Inputs), fields(m.Targets)}
}

// Len is the number of samples.
func (m *Memory) Len() int { return m.Inputs[0].Shape[0] }

// Read copies sample i.
func (m *Memory) Read(i int, row Row) error {
	if i < 0 || i >= m.Len() {
		return fmt.Errorf("data: no sample %d of %d", i, m.Len())
	}
	for k := range row {
		t := &m.Inputs
		j := k
		if k >= len(m.Inputs) {
			t, j = &m.Targets, k-len(m.Inputs)
		}
		copyRow(&row[k], (*t)[j].Tensor, i)
	}
	return nil
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

// Subset is some samples of a dataset, in the order of Rows.
type Subset struct {
	Dataset
	Rows []int
}

// Len is the number of samples chosen.
func (s Subset) Len() int { return len(s.Rows) }

// Read reads sample Rows[i] of the underlying dataset.
func (s Subset) Read(i int, row Row) error {
	if i < 0 || i >= len(s.Rows) {
		return fmt.Errorf("data: no sample %d of %d", i, len(s.Rows))
	}
	return s.Dataset.Read(s.Rows[i], row)
}

// ReadEpoch reads sample Rows[i] of the underlying dataset as it is in an epoch.
func (s Subset) ReadEpoch(epoch, i int, row Row) error {
	if i < 0 || i >= len(s.Rows) {
		return fmt.Errorf("data: no sample %d of %d", i, len(s.Rows))
	}
	return ReadEpoch(s.Dataset, epoch, s.Rows[i], row)
}

// Workers is the underlying dataset's.
func (s Subset) Workers() int { return Workers(s.Dataset) }
