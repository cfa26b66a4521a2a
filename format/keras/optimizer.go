package keras

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"gorae/config"
	"gorae/format"
	"gorae/hdf5"
	"gorae/loss"
	"gorae/optim"
	"gorae/tensor"
	"gorae/weight"
)

// Optimizer is the state of an optimizer as Keras 3 keeps it, so that either side can go on with a training of the
// other: compile_config in config.json, and optimizer/vars in model.weights.h5 with the number of steps, the learning
// rate, and the slots of each weight.
type Optimizer = format.Optimizer

// optimizerVars is the group of the state in model.weights.h5.
const optimizerVars = "optimizer/vars"

// slot is an array of optimizer/vars.
type slot struct {
	name  string // optimizer/PATH/SLOT, or optimizer/NAME
	shape tensor.Shape
	init  float32

	unkept bool // is written as Keras has it, and not read
}

// slotsOf lists the arrays of an optimizer behind its scalars, in Keras's order. weights are those that it moves, in
// Keras's order.
func slotsOf(o optim.Optimizer, weights []*weight.Var) (all []slot, err error) {
	common, err := optim.LayoutOf(o, tensor.Shape{1})
	if err != nil {
		return nil, err
	}
	layouts := make([]optim.Layout, len(weights))
	for i, w := range weights {
		if layouts[i], err = optim.LayoutOf(o, w.Shape); err != nil {
			return nil, err
		}
	}
	for k := range common.Slots {
		for i, w := range weights {
			for _, s := range layouts[i].Slots[k] {
				all = append(all, slot{"optimizer/" + w.Path + "/" + s.Name, s.Shape, s.Init, s.Unkept})
			}
		}
	}
	for _, s := range common.Shared {
		all = append(all, slot{"optimizer/" + s.Name, s.Shape, s.Init, false})
	}
	return all, nil
}

// putOptimizer adds the state to config.json and to model.weights.h5. weights are those that the optimizer moves, in
// Keras's order.
func putOptimizer(o *Optimizer, cfg config.Map, root *hdf5.Node, weights []*weight.Var) (config.Map, error) {
	if o.Settings == nil {
		return nil, fmt.Errorf("there are no settings; give the optimizer with its arguments")
	}
	settings := optim.Optimizers.Encode(config.Filled(o.Settings))
	if err := config.Fault(settings); err != nil {
		return nil, err
	}
	place, own := optimizerVars, []*hdf5.Data(nil)
	if s, ok := o.Settings.(optim.LossScaleOptimizer); ok {
		o, own = innerState(o, s)
		place = innerVars
	}
	list, err := arrays(o, weights)
	if err != nil {
		return nil, err
	}
	putList(root, place, o.Settings, list)
	if own != nil {
		putList(root, optimizerVars, optim.LossScaleOptimizer{}, append(own, list...))
	}
	losses, factors := lossesOf(o)
	return cfg.Set("compile_config", config.Map{
		{Key: "optimizer", Value: decimals(settings)}, {Key: "loss", Value: losses},
		{Key: "loss_weights", Value: decimals(factors)},
		{Key: "metrics", Value: nil}, {Key: "weighted_metrics", Value: nil}, {Key: "run_eagerly", Value: false},
		{Key: "steps_per_execution", Value: 1.0}, {Key: "jit_compile", Value: false}}), nil
}

// putList puts the arrays of an optimizer into a group.
func putList(root *hdf5.Node, place string, o optim.Optimizer, list []*hdf5.Data) {
	class, _ := optim.Optimizers.Class(o)
	vars := descend(root, place)
	vars.Attrs = map[string]any{"name": config.Snake(class)}
	for i, d := range list {
		put(vars, i, d)
	}
}

// arrays lists those of an optimizer in Keras's order: the number of steps, the learning rate where no schedule gives
// it, and the slots.
func arrays(o *Optimizer, weights []*weight.Var) ([]*hdf5.Data, error) {
	list := []*hdf5.Data{{Values: o.Iterations}}
	if o.LearningRate != nil {
		list = append(list, &hdf5.Data{Values: *o.LearningRate})
	}
	slots, err := slotsOf(o.Settings, weights)
	if err != nil {
		return nil, err
	}
	given, err := givenSlots(o, slots)
	if err != nil {
		return nil, err
	}
	for _, s := range slots {
		list = append(list, s.data(given[s.name]))
	}
	return list, nil
}

// decimals is a configuration whose float64 values have a decimal point in JSON: Keras refuses a learning rate of 1 and
// takes 1.0.
func decimals(v any) any {
	switch v := v.(type) {
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return json.RawMessage(strconv.FormatFloat(v, 'f', 1, 64))
		}
	case config.Map:
		m := slices.Clone(v)
		for i := range m {
			m[i].Value = decimals(m[i].Value)
		}
		return m
	case []any:
		list := slices.Clone(v)
		for i := range list {
			list[i] = decimals(list[i])
		}
		return list
	}
	return v
}

// givenSlots are the slots of the state by name. One that has no place in the file is an error.
func givenSlots(o *Optimizer, places []slot) (map[string]*tensor.Tensor, error) {
	given := map[string]*tensor.Tensor{}
	for _, s := range o.Slots {
		i := slices.IndexFunc(places, func(p slot) bool { return p.name == s.Name && !p.unkept })
		switch {
		case i < 0:
			return nil, fmt.Errorf("slot %q belongs to no weight that is trained", s.Name)
		case s.DType() != tensor.Float32 || !s.Shape.Equal(places[i].shape):
			return nil, fmt.Errorf("slot %q is %v%v, its weight float32%v", s.Name, s.DType(), s.Shape, places[i].shape)
		}
		given[s.Name] = s.Tensor
	}
	return given, nil
}

// data is the slot as it is written: what is given, or its first values.
func (s slot) data(given *tensor.Tensor) *hdf5.Data {
	if given != nil {
		return &hdf5.Data{Shape: dims(s.shape), Values: given.F32}
	}
	first := make([]float32, s.shape.Size())
	for i := range first {
		first[i] = s.init
	}
	return &hdf5.Data{Shape: dims(s.shape), Values: first}
}

// lossesOf are loss and loss_weights of compile_config. A loss that Keras lacks is written as none, for which Keras
// asks when the training goes on: with a name that it does not know it would refuse the file.
func lossesOf(o *Optimizer) (losses, factors any) {
	var list []any
	for _, l := range o.Losses {
		for {
			inner, ok := l.(interface{ Unwrap() loss.Loss })
			if !ok {
				break
			}
			l = inner.Unwrap()
		}
		class, known := loss.Losses.Class(l)
		if d, _ := loss.Losses.Describe(class); !known || d.Own {
			return nil, nil
		}
		list = append(list, loss.Losses.Encode(config.Filled(l)))
	}
	switch {
	case len(list) == 0:
		return nil, nil
	case len(list) == 1 && (o.LossWeights == nil || o.LossWeights[0] == 1):
		return list[0], nil
	case o.LossWeights == nil:
		return list, nil
	}
	var ws []any
	for _, w := range o.LossWeights {
		ws = append(ws, w)
	}
	return list, ws
}
