package arrays

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorae/data"
	"gorae/model"
	"gorae/prep"
	"gorae/task"
	"gorae/task/supervised"
	"gorae/tensor"
)

// Fitted is the fitted preprocessing of arrays, and the decoding of outputs.
type Fitted struct {
	supervised.Targets `json:"targets"`
	Inputs             []Input `json:"inputs"`
}

// Input is one input of the network.
type Input struct {
	Name   string       `json:"name"`
	Scale  *prep.Affine `json:"scale"`
	Sample tensor.Shape `json:"sample"` // the shape of one sample
	// Numbers says that the scale was fitted on numbers, not on bytes: numbers go through it.
	Numbers bool `json:"numbers,omitempty"`

	open []int // the axes of Sample that may have any extent, of a network of another program
}

// shape returns the shape that samples of the shape got have for the network: Sample, with the extents of got where the
// network leaves them open. Where got has another number of axes, one open extent follows from the number of elements.
func (i *Input) shape(got tensor.Shape) tensor.Shape {
	want := i.Sample.Clone()
	switch {
	case len(got) == len(want):
		for _, a := range i.open {
			want[a] = got[a]
		}
	case len(i.open) == 1:
		want[i.open[0]] = 1
		if rest := want.Size(); rest > 0 && got.Size() >= rest && got.Size()%rest == 0 {
			want[i.open[0]] = got.Size() / rest
		} else {
			want[i.open[0]] = i.Sample[i.open[0]]
		}
	}
	return want
}

// words is Sample as messages print it, with None in the place of what is open.
func (i *Input) words() string {
	var parts []string
	for a, d := range i.Sample {
		if slices.Contains(i.open, a) {
			parts = append(parts, "None")
		} else {
			parts = append(parts, strconv.Itoa(d))
		}
	}
	if len(parts) == 1 {
		return "(" + parts[0] + ",)"
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// Unit implements task.Fitted.
func (*Fitted) Unit() string { return "sample" }

func (f *Fitted) names() []string {
	var names []string
	for _, i := range f.Inputs {
		names = append(names, i.Name)
	}
	return names
}

// Check returns an error unless the network takes the samples.
func (f *Fitted) Check(m *model.Model) error {
	in := m.InputTypes(1)
	if len(in) != len(f.Inputs) {
		return fmt.Errorf("samples have %d inputs, but the network takes %d", len(f.Inputs), len(in))
	}
	for k, t := range in {
		if got := tensor.Shape(t.Shape[1:]); got.Size() != f.Inputs[k].Sample.Size() {
			return fmt.Errorf("samples have the shape %v, but the network takes %v", f.Inputs[k].Sample, got)
		}
	}
	return nil
}

// apply returns one array as the network takes it: scaled as in training, or as it is where numbers stand
// in place of bytes.
func (i *Input) apply(x *tensor.Tensor, name string) (data.Dataset, error) {
	got := tensor.Shape(x.Shape[1:])
	if want := i.shape(got); !got.Equal(want) {
		if got.Size() != want.Size() {
			return nil, fmt.Errorf("%s: samples of shape %v, but the model takes %s", name, got, i.words())
		}
		var err error
		if x, err = x.Reshape(append([]int{x.Shape[0]}, want...)...); err != nil {
			return nil, err
		}
	}
	if x.Original != nil && (i.Scale.Identity() || !i.Numbers) {
		if err := (&data.Arrays{Name: name}).CheckFloat32(x); err != nil {
			return nil, err
		}
	}
	if i.Numbers || x.DType() == tensor.Uint8 {
		return prep.NewScaled(x, i.Scale)
	}
	return data.Of(x.Floats(), nil)
}

// inputs returns the samples of a file as the network takes them.
func (f *Fitted) inputs(a *data.Arrays) (data.Dataset, error) {
	if len(f.Inputs) == 1 {
		if a.X == nil {
			return nil, fmt.Errorf("%s", noSamples(a))
		}
		return f.Inputs[0].apply(a.X, a.Name)
	}
	var parts []data.Part
	for k := range f.Inputs {
		i := &f.Inputs[k]
		x, ok := a.Array(i.Name)
		if !ok {
			return nil, fmt.Errorf("%s: no array %q; the model takes %s", a.Name, i.Name, strings.Join(f.names(), ", "))
		}
		d, err := i.apply(x, a.Name)
		if err != nil {
			return nil, err
		}
		parts = append(parts, data.Part{Name: i.Name, Dataset: d})
	}
	return data.Inputs(parts...)
}

// pairs returns the samples of a file with their targets.
func (f *Fitted) pairs(a *data.Arrays) (data.Dataset, error) {
	x, err := f.inputs(a)
	if err != nil {
		return nil, err
	}
	if len(f.Targets) == 0 {
		return x, nil
	}
	if a.Y == nil {
		return nil, fmt.Errorf("%s: samples without targets; name the file of the labels", a.Name)
	}
	if n := a.Y.Shape[0]; n != x.Len() {
		return nil, fmt.Errorf("%s: %d labels for %d samples; each sample needs one", a.Name, n, x.Len())
	}
	y, err := f.Targets[0].EncodeLabels(a.Y)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.Name, err)
	}
	return supervised.WithTargets(x, f.Targets, y)
}

// Open reads arrays, or a table of numbers whose rows are the samples.
func (f *Fitted) Open(r *task.Request) (*task.Bound, error) {
	src, err := r.Source.Read()
	if err != nil {
		return nil, err
	}
	a := src.Arrays
	if a == nil {
		if a, err = numbers(src.Table, r); err != nil {
			return nil, err
		}
	}
	if a.X != nil {
		if err := a.CheckFinite(); err != nil {
			return nil, err
		}
	}
	say := supervised.NewTable(f.Targets, r.Training)
	b := &task.Bound{Name: a.Name, Header: say.Header(), Decode: say.Decode}
	if r.Targets {
		if b.Data, err = f.pairs(a); err == nil {
			f.Report(b, r)
		}
	} else {
		b.Data, err = f.inputs(a)
	}
	return b, err
}

// numbers returns a table of numbers as samples; of those with targets the column of the request, or the last
// one, holds them.
func numbers(t *data.Table, r *task.Request) (*data.Arrays, error) {
	if t == nil {
		return nil, fmt.Errorf("%s: neither arrays nor a table", r.Source.Name)
	}
	a := &data.Arrays{Name: t.Name}
	rest := t
	if r.Targets {
		name := r.Column
		if name == "" {
			name = "last"
		}
		at, err := t.Find(name)
		if err != nil {
			return nil, fmt.Errorf("target: %w", err)
		}
		target := &data.Table{Name: t.Name, Rows: t.Rows, Columns: t.Columns[at : at+1]}
		if a.Y, err = target.Numbers(); err != nil {
			return nil, err
		}
		rest = t.Without(at)
	}
	var err error
	a.X, err = rest.Numbers()
	return a, err
}
