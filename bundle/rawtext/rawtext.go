// Package rawtext reads model files of all registered formats, also those of Keras's that begin with layers on texts
// (TextVectorization, StringLookup, Hashing) and those of ONNX that take columns, so that raw samples go in:
//
//	b, err := bundle.OpenBy("reviews.keras", rawtext.Load)
//
// The layers are carried out before the network (package prep/lookup). A program that opens no such files does not
// link them.
package rawtext

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"gorae/bundle"
	"gorae/data"
	"gorae/format"
	_ "gorae/format/keras"
	"gorae/graph"
	"gorae/model"
	"gorae/prep/lookup"
	"gorae/task"
	"gorae/tensor"
)

// Load is a [bundle.Loader] of all files that [bundle.Open] reads, of those that begin with layers on texts, of those
// with several inputs of one number each, and of the other formats that the program imports.
//
// Samples for those with texts or several numbers are lines of text, in a file named .txt, where the model reads one
// text of a sample; else the rows of a table, with a column for each input of the model, of texts or of a number, that
// has the input's name. A table of one column needs no name.
func Load(r io.ReaderAt, size int64) (*format.File, bundle.Arrays, error) {
	f, err := format.Read("", r, size)
	if err != nil || len(f.Texts) == 0 && !ofColumns(f.Model) {
		return f, nil, err
	}
	return f, inputs{f.Model, f.Texts}.arrays, nil
}

// ofColumns reports whether a model has several inputs, each of one number of a sample.
func ofColumns(m *model.Model) bool {
	types := m.InputTypes(1)
	return len(types) > 1 && !slices.ContainsFunc(types, func(t graph.Type) bool { return t.Shape.Size() != 1 })
}

// inputs are those of a network, of which layers on texts stand before some.
type inputs struct {
	network *model.Model
	texts   []format.TextInput
}

// names lists the inputs of the file, each once: what a sample needs.
func (in inputs) names() (names []string) {
	for _, n := range in.network.InputNames() {
		if t := in.of(n); t != nil {
			n = t.Source
		}
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	return names
}

// of is the layer on texts before an input of the network, nil where the input takes numbers.
func (in inputs) of(name string) *format.TextInput {
	i := slices.IndexFunc(in.texts, func(t format.TextInput) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return &in.texts[i]
}

// arrays makes the network's inputs of a source.
func (in inputs) arrays(s *task.Source) (*data.Arrays, error) {
	t, err := in.table(s)
	if err != nil {
		return nil, err
	}
	a := &data.Arrays{Name: t.Name}
	for i, typ := range in.network.InputTypes(1) {
		name := in.network.InputNames()[i]
		var x *tensor.Tensor
		if layer := in.of(name); layer != nil {
			x, err = in.apply(t, layer)
		} else {
			x, err = in.number(t, name, typ.Shape[1:])
		}
		if err != nil {
			return nil, err
		}
		a.All = append(a.All, tensor.Named{Name: name, Tensor: x})
	}
	a.X = a.All[0].Tensor
	return a, nil
}

// table reads lines of text as a table of one column, and tables as they are.
func (in inputs) table(s *task.Source) (*data.Table, error) {
	names := in.names()
	if data.IsText(s.Path) && len(names) > 1 {
		return nil, fmt.Errorf("%s: lines of text are one input, and the model takes %s; give a table with these "+
			"columns", s.Name, strings.Join(names, ", "))
	}
	if data.IsText(s.Path) {
		text, err := s.Text()
		if err != nil {
			return nil, err
		}
		return data.Lines(text, s.Name, names[0])
	}
	src, err := s.Read()
	switch {
	case err != nil:
		return nil, err
	case src.Table == nil:
		return nil, fmt.Errorf("%s: it holds no texts; give lines of text in a .txt file, or a table with the columns "+
			"%s", s.Name, strings.Join(names, ", "))
	}
	return src.Table, nil
}

// column finds the column of an input of the file.
func (in inputs) column(t *data.Table, name string) (*data.Column, error) {
	i := slices.IndexFunc(t.Columns, func(c data.Column) bool { return c.Name == name })
	if i < 0 && len(t.Columns) == 1 && len(in.names()) == 1 {
		i = 0
	}
	if i < 0 {
		return nil, fmt.Errorf("%s: there is no column %s, which the model takes; columns are named as its inputs: %s",
			t.Name, name, strings.Join(in.names(), ", "))
	}
	return &t.Columns[i], nil
}

// apply gives the texts of a column to a layer.
func (in inputs) apply(t *data.Table, layer *format.TextInput) (*tensor.Tensor, error) {
	if layer.Sample.Size() != 1 {
		return nil, fmt.Errorf("%s: the input %s takes texts of shape %v of a sample, and a column has one; make the "+
			"numbers in Go, by the layers of format.Load", t.Name, layer.Source, layer.Sample)
	}
	c, err := in.column(t, layer.Source)
	if err != nil {
		return nil, err
	}
	x := lookup.Texts{Shape: append(tensor.Shape{t.Rows}, layer.Sample...)}
	for i := range t.Rows {
		x.Values = append(x.Values, c.Text(i))
	}
	y, err := layer.Layer.Apply(x)
	if err != nil {
		return nil, fmt.Errorf("%s: column %s: %w", t.Name, c.Name, err)
	}
	return y, nil
}

// number reads an input of one number of a sample, beside texts.
func (in inputs) number(t *data.Table, name string, sample tensor.Shape) (*tensor.Tensor, error) {
	if sample.Size() != 1 {
		return nil, fmt.Errorf("%s: the input %s takes numbers of shape %v beside texts, and a column has one; "+
			"predict in Go, with format.Load", t.Name, name, sample)
	}
	c, err := in.column(t, name)
	if err != nil {
		return nil, err
	}
	x := tensor.New(tensor.Float32, append(tensor.Shape{t.Rows}, sample...)...)
	for i := range t.Rows {
		v, err := c.Float(i)
		if err != nil {
			return nil, fmt.Errorf("%s: column %s: %w", t.Place(i), c.Name, err)
		}
		x.F32[i] = float32(v)
	}
	return x, nil
}
