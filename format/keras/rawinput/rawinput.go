// Package rawinput writes a trained network with its preparation as layers of Keras before it, so that a program of
// Keras's gives raw columns and gets the same probabilities: an input of each column by its name, numbers with NaN
// where one is missing, texts with "" where there is none; marks of missing values, such as −999 and NA, are such too
// where they were in training.
//
// Numbers become Normalization, with operations of keras.ops for missing values, limits and curves; categories
// StringLookup and CategoryEncoding; bins Discretization; texts TextVectorization; pictures Rescaling or Normalization.
// Encodings by other numbers than 0 and 1 are a Dense layer whose kernel is their table, and which is not trained. What
// Keras has no layer for is named, and the model takes its features as an input.
//
// Outputs of classes are probabilities, those of numbers in the units of the target.
package rawinput

import (
	"encoding/json"
	"fmt"
	"strings"

	"gorae/bundle"
	"gorae/format"
	"gorae/format/internal/categories"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/ops"
	"gorae/prep"
	"gorae/task"
	"gorae/task/image"
	"gorae/task/table"
	tabular "gorae/task/tabular/fitted"
	"gorae/task/text"
	"gorae/tensor"
)

// File returns the model of a bundle with its preparation before it; the network is a layer of it and keeps its
// weights. notes say, a line each, what the model does not do as gorae does.
func File(b *bundle.Bundle) (f *format.File, notes []string, err error) {
	p := &product{b: b, columns: map[string]*model.Value{}, names: map[string]bool{},
		sources: map[string]string{}}
	for _, name := range append(b.Model.InputNames(), b.Model.Name) {
		p.names[name] = true
	}
	var given []*model.Value
	switch f := b.Fitted.(type) {
	case *tabular.Fitted:
		given = p.pipeline(f.Fitted)
	case *text.Fitted:
		given = p.pipeline(f.Fitted)
	case *image.Fitted:
		given = []*model.Value{p.pixels(f)}
	case nil:
		return nil, nil, fmt.Errorf("the model has no preparation: its network is all that there is")
	default:
		return nil, nil, fmt.Errorf("no layers of Keras make the samples of the task %s of raw ones; write the "+
			"network alone", b.Task())
	}
	outs := p.decode(model.ApplyN(b.Model, len(b.Model.OutputNames()), given...))
	m := model.New(p.inputs, outs)
	m.Name = b.Model.Name + "_raw"
	if err := m.Build(1); err != nil {
		return nil, nil, err
	}
	for _, t := range p.tables {
		if err := m.Store().Set(t.name+"/kernel", t.kernel); err != nil {
			return nil, nil, err
		}
	}
	return &format.File{Model: m, Texts: p.texts}, p.notes, nil
}

// product is a model that is made.
type product struct {
	b       *bundle.Bundle
	inputs  []*model.Value
	columns map[string]*model.Value // the inputs by what they hold
	texts   []format.TextInput
	sources map[string]string // the inputs of texts by their columns
	tables  []kernel
	names   map[string]bool // of layers
	notes   []string
}

// kernel is a layer whose kernel is the table of an encoding.
type kernel struct {
	name   string
	kernel *tensor.Tensor
}

func (p *product) note(format string, args ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, args...))
}

// name is a name for a layer that no other has; Keras's have no /.
func (p *product) name(of string) string {
	of = strings.ReplaceAll(of, "/", "_")
	name := of
	for i := 1; p.names[name]; i++ {
		name = fmt.Sprintf("%s_%d", of, i)
	}
	p.names[name] = true
	return name
}

// input is the input of a key, which is made the first time.
func (p *product) input(key string, l layer.Input) *model.Value {
	v := p.columns[key]
	if v == nil {
		v = model.Apply(l)
		p.columns[key] = v
		p.inputs = append(p.inputs, v)
	}
	return v
}

// number is the input of a column of numbers.
func (p *product) number(column string) *model.Value {
	if v := p.columns[column]; v != nil {
		return v
	}
	return p.input(column, layer.Input{Base: layer.Base{Name: p.name(column)}, Shape: []int{1}})
}

// op applies a function of keras.ops.
func op(name string, args ops.Args, x ...*model.Value) *model.Value {
	return model.Apply(ops.Must(name, args), x...)
}

// beside lays features side by side.
func beside(parts []*model.Value) *model.Value {
	if len(parts) == 1 {
		return parts[0]
	}
	return model.Apply(layer.Concatenate{}, parts...)
}

// affine is scale·x + offset.
func affine(x *model.Value, scale, offset float64) *model.Value {
	if scale == 1 && offset == 0 {
		return x
	}
	return model.Apply(layer.Rescaling{Scale: layer.Number(scale), Offset: layer.Number(offset)}, x)
}

// pixels is the scaling of pictures, whose bytes go in.
func (p *product) pixels(f *image.Fitted) *model.Value {
	x := p.input("", layer.Input{Base: layer.Base{Name: p.name("image")}, Shape: f.Sample, DType: "uint8"})
	a := f.Scale
	if a == nil || a.Identity() {
		return op("cast", ops.Args{"dtype": "float32"}, x)
	}
	if len(a.Shift) == 1 {
		return affine(x, 1/a.Divisor[0], -a.Shift[0]/a.Divisor[0])
	}
	axis := len(f.Sample)
	if a.Each > 1 { // channels first
		axis = 1
	}
	return model.Apply(normalization(a.Shift, a.Divisor, axis), x)
}

// normalization is (x − shift) / divisor along an axis.
func normalization(shift, divisor []float64, axis int) layer.Normalization {
	variance := make([]float64, len(divisor))
	for i, d := range divisor {
		variance[i] = d * d
	}
	shape := tensor.Shape{len(shift)}
	return layer.Normalization{Axis: []int{axis}, Mean: layer.Numbers{Shape: shape, Values: shift},
		Variance: layer.Numbers{Shape: shape, Values: variance}}
}

// pipeline is the features of a table's columns for each input of the network.
func (p *product) pipeline(f *table.Fitted) []*model.Value {
	types := p.b.Model.InputTypes(1)
	var given []*model.Value
	for k, in := range categories.Inputs(f.Pipeline, p.b.Model.InputNames()[0]) {
		x := p.features(in.Columns)
		if shape := types[k].Shape[1:]; len(shape) != 1 {
			x = model.Apply(layer.Reshape{Target: shape}, x)
		}
		given = append(given, x)
	}
	return given
}

// decode turns the outputs of the network into probabilities, and into numbers in the units of their targets.
func (p *product) decode(outs []*model.Value) []*model.Value {
	t := task.NewTraining(p.b.Model, p.b.Losses, p.b.Metrics)
	rules, learnt := t.Rules(), p.b.Fitted.Outputs()
	types := p.b.Model.OutputTypes(1)
	for i := range outs {
		if i >= len(learnt) || t.Losses[i] == nil || len(types[i].Shape) != 2 {
			continue
		}
		o := learnt[i]
		if o.Classes == nil {
			outs[i] = p.value(i, outs[i])
			continue
		}
		r := o.Rule(rules[i])
		width := types[i].Shape[1]
		switch {
		case !r.Probable:
			p.note("%s: the outputs are scores, not probabilities", o.Name)
		case r.Predictions != loss.Logits:
		case r.Each || width == 1:
			outs[i] = model.Apply(layer.Apply{Activation: "sigmoid"}, outs[i])
		default:
			outs[i] = model.Apply(layer.Apply{Activation: "softmax"}, outs[i])
		}
		if width == 1 && !r.Each {
			p.note("%s: the output is the probability of %s", o.Name, o.Classes[len(o.Classes)-1])
		} else {
			p.note("%s: the outputs are those of %s", o.Name, strings.Join(o.Classes, ", "))
		}
	}
	return outs
}

// targets are those of a Fitted that has them.
type targets interface{ Target(output int) *prep.Target }

// value is the number of an output in the units of its target.
func (p *product) value(i int, y *model.Value) *model.Value {
	with, ok := p.b.Fitted.(targets)
	if !ok || with.Target(i) == nil {
		return y
	}
	g := with.Target(i)
	if g.Curve == nil {
		return affine(y, g.SD, g.Mean)
	}
	var line prep.Linear
	if g.Curve.Scale != "log1p" || json.Unmarshal(g.Curve.Raw, &line) != nil {
		p.note("%s: the output is on the scale %s, as it was learnt", g.Name, g.Curve.Scale)
		return y
	}
	y = affine(op("clip", ops.Args{"x_min": g.Curve.Low, "x_max": g.Curve.High}, y), line.Divisor, line.Shift)
	return op("multiply", nil, op("sign", nil, y), op("expm1", nil, op("absolute", nil, y)))
}
