package run

import (
	"context"
	"errors"
	"strings"

	"gorae/config"
	"gorae/data"
	"gorae/layer"
	"gorae/model"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
)

// Applied is the result of layers that were applied to one array.
type Applied struct {
	Model *model.Model
	// Outputs are the results, without the axis of the samples: one, or of a recurrent layer with return_state as the
	// last also its states.
	Outputs []*tensor.Tensor
}

// withoutData begins the experiment of layers alone.
const withoutData = "{data: {source: none}, model: "

// ParseLayers reads layers as the section model of an experiment file has them: one, such as "dense: 64", or a list,
// "[flatten, dense: 64]". The file that it returns has no data.
func ParseLayers(text string) (*spec.File, error) {
	list := strings.Join(strings.Fields(text), " ")
	if !strings.HasPrefix(list, "[") {
		list = "[" + list + "]"
	}
	f, err := spec.Parse("", "layers", []byte(withoutData+list+"}"))
	return f, ofLayers(err)
}

// ofLayers names the argument of a command as the place of an error in layers that were written there.
func ofLayers(err error) error {
	var at *spec.Located
	if errors.As(err, &at) {
		at.Words = "LAYERS"
	}
	return err
}

// Layers returns the network of layers that begin with an input and its shape, built.
func Layers(text string) (*model.Model, error) {
	f, err := ParseLayers(text)
	if err != nil {
		return nil, err
	}
	o := outline(&f.Experiment)
	if len(o.Inputs) == 0 {
		return nil, ofLayers(f.Locate(task.Errorf("model", "the first layer is no input with the shape of a sample").
			Fix("begin with it, such as [input: {shape: [28, 28, 1]}, flatten, dense: 10]")))
	}
	m, err := o.build(f)
	return m, ofLayers(err)
}

// Apply applies layers, as ParseLayers reads them, to an array: one sample, without an axis of samples. Where the
// first layer takes an axis of channels or features that the array lacks, it gets one of the length 1, and a result of
// one channel comes without it. The layers' first weights are drawn from the seed.
func Apply(ctx context.Context, f *spec.File, x *tensor.Tensor) (*Applied, error) {
	a, err := apply(ctx, f, x)
	return a, ofLayers(f.Locate(err))
}

func apply(ctx context.Context, f *spec.File, x *tensor.Tensor) (*Applied, error) {
	n, err := f.Model.Resolve(nil)
	if err != nil {
		return nil, err
	}
	first := n.Steps[0].Layer
	if _, ok := first.(layer.Input); ok && len(n.Steps) > 1 {
		first = n.Steps[1].Layer
	}
	sample := x.Shape.Clone()
	wide := len(sample) > 0 && rank(first) == len(sample)+1
	if wide {
		sample = append(sample, 1)
	}
	in := data.Field{Name: "x", Shape: sample}
	x = &tensor.Tensor{Shape: append(tensor.Shape{1}, sample...), F32: x.F32, I32: x.I32, U8: x.U8}
	if _, ids := first.(layer.TakesIDs); ids {
		if x, err = wholes(x); err != nil {
			return nil, err
		}
		in.DType = tensor.Int32
	} else {
		x = x.Floats()
	}
	b := &builder{network: n, inputs: []data.Field{in},
		expand: func(key, path string) (string, error) { return expand(f, key, path) }}
	m, err := b.build(f.Seed)
	if err != nil {
		return nil, err
	}
	m.Name = modelName(f.Name)
	if more := b.states(f.Seed); more != nil {
		m = more
	}
	out, err := m.Predict(ctx, x)
	if err != nil {
		return nil, err
	}
	for i, y := range out {
		shape := y.Shape[1:]
		if k := len(shape) - 1; wide && k == len(sample)-1 && shape[k] == 1 {
			shape = shape[:k]
		}
		if out[i], err = y.Reshape(shape...); err != nil {
			return nil, err
		}
	}
	return &Applied{Model: m, Outputs: out}, nil
}

// rank returns the number of axes of a sample that a layer takes: those of its windows or its steps, and one of
// features. It returns 0 for a layer that takes any.
func rank(l layer.Layer) int {
	name := layer.TypeName(l)
	switch {
	case l == nil:
		return 0
	case layer.Recurrent(l), strings.Contains(name, "1D"):
		return 2
	case strings.Contains(name, "2D"):
		return 3
	case strings.Contains(name, "3D"):
		return 4
	}
	return 0
}

// wholes returns ids as Int32.
func wholes(x *tensor.Tensor) (*tensor.Tensor, error) {
	ids := tensor.New(tensor.Int32, x.Shape...)
	for i := range ids.I32 {
		v := x.Float(i)
		ids.I32[i] = int32(v)
		if float64(ids.I32[i]) != v {
			return nil, config.Errorf("model[0]", "takes ids, and %v is no whole number", v)
		}
	}
	return ids, nil
}

// states returns the network with all results of its last layer, nil where it has one.
func (b *builder) states(seed uint64) *model.Model {
	last := b.network.Steps[len(b.network.Steps)-1].Layer
	if b.network.Branches() || last == nil || !layer.Recurrent(last) {
		return nil
	}
	for n := 5; n > 1; n-- { // Bidirectional has the states of two LSTMs
		v := model.Apply(inputLayer("", b.inputs[0]))
		in := v
		for i, s := range b.network.Steps[:len(b.network.Steps)-1] {
			if _, ok := s.Layer.(layer.Input); ok && i == 0 {
				continue
			}
			l, err := b.layer(i)
			if err != nil {
				return nil
			}
			v = model.Apply(l, v)
		}
		m := model.New([]*model.Value{in}, model.ApplyN(last, n, v))
		if m.Build(seed) == nil {
			return m
		}
	}
	return nil
}
