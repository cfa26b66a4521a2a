// Package product writes a trained network with what was fitted around it as one ONNX file: raw columns go in, and out
// come names and probabilities, or numbers in their units.
//
// Each column is an input of its own, [batch, 1], under its name: numbers as float32, where NaN is a missing value, and
// texts as strings, where "" is one; marks of missing values, such as −999 and NA, are such too where they were in
// training. Inside the file numbers are imputed, limited and scaled, categories become what
// their encoding says, texts that are cut into tokens become ids; all by plain operators and by those of ai.onnx.ml.
// Transforms that ONNX cannot express (hashes, dates) are named in notes, and the file
// takes their features as an input in the place of the column.
//
// Outputs of classes are the name of the predicted class and the probabilities of all; the names stand in the file's
// metadata too. Outputs of numbers are in the units of the target.
package product

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"gorae/bundle"
	"gorae/format/internal/categories"
	"gorae/format/onnx"
	"gorae/format/onnx/internal/emit"
	"gorae/format/onnx/internal/pb"
	"gorae/prep"
	"gorae/task"
	"gorae/task/image"
	"gorae/task/table"
	tabular "gorae/task/tabular/fitted"
	"gorae/task/text"
)

// WriteFile writes a bundle to a file. notes say, a line each, what stays outside of the file.
func WriteFile(path string, b *bundle.Bundle, o onnx.Options) (notes []string, err error) {
	opset, err := o.Version()
	if err != nil {
		return nil, err
	}
	p := &product{f: emit.NewFile(opset), b: b, columns: map[string]emit.Tensor{}, numbers: map[string]string{}}
	p.f.Ranges = o.Calibration.Ranges()
	if err := p.build(); err != nil {
		return nil, err
	}
	return p.notes, p.f.Save(path, b.Model.Name)
}

// product is a file that is made.
type product struct {
	f       *emit.File
	b       *bundle.Bundle
	columns map[string]emit.Tensor // the inputs by the names of their columns
	numbers map[string]string      // what is left of inputs of numbers without marks of missing values
	all     []prep.Fitted          // the columns of a table
	notes   []string
}

func (p *product) note(format string, args ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, args...))
}

// build adds preparation, network and decoding.
func (p *product) build() error {
	var given []emit.Tensor
	switch f := p.b.Fitted.(type) {
	case *tabular.Fitted:
		given = p.pipeline(f.Fitted)
	case *text.Fitted:
		given = p.pipeline(f.Fitted)
	case *image.Fitted:
		given = p.pixels(f)
	case nil:
	default:
		p.note("the file takes what the task %s makes of raw samples: inputs %s", p.b.Task(),
			strings.Join(p.b.Model.InputNames(), ", "))
	}
	outs, err := p.f.Network(p.b.Model, given)
	if err != nil {
		return err
	}
	return p.decode(outs)
}

// batch is the shape of n values for each sample.
func batch(extents ...int) []pb.Dim {
	d := []pb.Dim{{Value: -1, Name: "batch"}}
	for _, n := range extents {
		d = append(d, pb.Dim{Value: int64(n)})
	}
	return d
}

// input adds an input of the file, or returns the one that is there.
func (p *product) input(name string, elem pb.Elem, extents ...int) emit.Tensor {
	if t, ok := p.columns[name]; ok {
		if t.Elem != elem { // a time that is a number too
			t.Name, t.Elem = p.f.Cast(name, t.Name, elem), elem
		}
		return t
	}
	t := emit.Tensor{Name: p.f.Outward(name), Elem: elem, Dims: batch(extents...)}
	p.f.Inputs = append(p.f.Inputs, t.Value())
	p.columns[name] = t
	return t
}

// number is the input of a column of numbers, with NaN in the place of those that mark a missing value.
func (p *product) number(c *prep.Fitted, elem pb.Elem) string {
	x := p.input(c.Name, elem, 1).Name
	key := fmt.Sprint(x, elem)
	if y, ok := p.numbers[key]; ok {
		return y
	}
	scalar := p.f.Scalar
	if elem == pb.F64 {
		scalar = p.f.Double
	}
	for _, mark := range categories.Marks(c) {
		is := p.f.One(c.Name, "Equal", []string{x, scalar(mark)})
		x = p.f.One(c.Name, "Where", []string{is, scalar(math.NaN()), x})
	}
	p.numbers[key] = x
	return x
}

// pixels is the scaling of pictures, whose bytes go in.
func (p *product) pixels(f *image.Fitted) []emit.Tensor {
	x := p.input(p.b.Model.InputNames()[0], pb.Uint8, f.Sample...)
	name := p.f.Cast("scale", x.Name, pb.F32)
	if f.Scale != nil && !f.Scale.Identity() {
		name = p.affine(name, f.Scale, f.Sample)
	}
	return []emit.Tensor{{Name: name, Elem: pb.F32, Dims: x.Dims}}
}

// affine is (x − shift) / divisor by places of a sample.
func (p *product) affine(x string, a *prep.Affine, sample []int) string {
	shift, divisor := make([]float32, len(a.Shift)), make([]float32, len(a.Shift))
	for i := range shift {
		shift[i], divisor[i] = float32(a.Shift[i]), float32(a.Divisor[i])
	}
	dims := []int64{int64(len(shift))}
	if a.Each > 1 { // channels first
		for range len(sample) - 1 {
			dims = append(dims, 1)
		}
	}
	if len(shift) == 1 {
		dims = nil
	}
	x = p.f.One("scale", "Sub", []string{x, p.f.Floats("shift", dims, shift...)})
	return p.f.One("scale", "Div", []string{x, p.f.Floats("divisor", dims, divisor...)})
}

// pipeline is the features of a table's columns for each input of the network.
func (p *product) pipeline(f *table.Fitted) []emit.Tensor {
	p.all = f.Pipeline.Columns
	types := p.b.Model.InputTypes(1)
	var given []emit.Tensor
	for k, in := range categories.Inputs(f.Pipeline, p.b.Model.InputNames()[0]) {
		t := p.features(in.Columns, types[k].Shape[1:])
		if want := emit.ElemOf(types[k].DType); t.Elem != want {
			t = emit.Tensor{Name: p.f.Cast(in.Name, t.Name, want), Elem: want, Dims: t.Dims}
		}
		given = append(given, t)
	}
	return given
}

// metadata puts the names of the classes of an output into the file.
func (p *product) metadata(o task.Output) error {
	names, err := json.Marshal(o.Classes)
	if err == nil {
		p.f.Metadata = append(p.f.Metadata, pb.Pair{Key: "classes/" + o.Name, Value: string(names)})
	}
	return err
}
