package keras

import (
	"fmt"
	"slices"
	"strings"

	"gorae/config"
	"gorae/format"
	"gorae/hdf5"
	"gorae/tensor"
	"gorae/weight"
)

// Optimizer is the state of an optimizer as Keras 3 keeps it, so that Keras can go on with a
// training: compile_config in config.json, and optimizer/vars in model.weights.h5 with the number of
// steps, the learning rate, and the slots of each weight.
type Optimizer = format.Optimizer

// slotsOf are Keras's slots in Keras's order. For other optimisers it is the order in
// which Slots first has them.
var slotsOf = map[string][]string{
	"SGD":      {"momentum"},
	"RMSprop":  {"velocity", "momentum", "average_gradient"},
	"Adam":     {"momentum", "velocity"},
	"AdamW":    {"momentum", "velocity"},
	"Nadam":    {"momentum", "velocity"},
	"Adamax":   {"momentum", "norm"},
	"Adagrad":  {"accumulator"},
	"Adadelta": {"accumulated_grad", "accumulated_delta_var"},
}

// put adds the state to config.json and to model.weights.h5. weights are those that the
// optimiser moves, in Keras's order.
func putOptimizer(o *Optimizer, cfg config.Map, root *hdf5.Node, weights []*weight.Var) (config.Map, error) {
	class, ok := o.Config.Get("class_name").(string)
	if !ok {
		return nil, fmt.Errorf("the configuration has no class_name")
	}
	if err := config.Fault(o.Config); err != nil {
		return nil, err
	}
	if err := config.Under("loss", config.Fault(o.Loss)); err != nil {
		return nil, err
	}
	if err := config.Under("metrics", config.Fault(o.Metrics)); err != nil {
		return nil, err
	}
	vars := descend(root, "optimizer/vars")
	vars.Attrs = map[string]any{"name": strings.ToLower(class)}
	list := []*hdf5.Data{{Values: o.Iterations}}
	if o.LearningRate != nil {
		list = append(list, &hdf5.Data{Values: *o.LearningRate})
	}
	slots, err := slotsIn(o, class, weights)
	if err != nil {
		return nil, err
	}
	for i, d := range append(list, slots...) {
		put(vars, i, d)
	}
	var metrics any
	if o.Metrics != nil {
		metrics = o.Metrics
	}
	return cfg.Set("compile_config", config.Map{
		{Key: "optimizer", Value: o.Config}, {Key: "loss", Value: o.Loss}, {Key: "loss_weights", Value: nil},
		{Key: "metrics", Value: metrics}, {Key: "weighted_metrics", Value: nil}, {Key: "run_eagerly", Value: false},
		{Key: "steps_per_execution", Value: 1.0}, {Key: "jit_compile", Value: false}}), nil
}

// slots lists the slots in Keras's order: weight by weight, but RMSprop's kind by kind.
func slotsIn(o *Optimizer, class string, weights []*weight.Var) ([]*hdf5.Data, error) {
	byName := map[string]tensor.Named{}
	var kinds []string
	for _, s := range o.Slots {
		path, kind := cutLast(strings.TrimPrefix(s.Name, "optimizer/"))
		if path == "" {
			continue
		}
		w := slices.IndexFunc(weights, func(w *weight.Var) bool { return w.Path == path })
		switch {
		case w < 0:
			return nil, fmt.Errorf("slot %q belongs to no weight that is trained", s.Name)
		case s.DType() != tensor.Float32 || !s.Shape.Equal(weights[w].Shape):
			return nil, fmt.Errorf("slot %q is %v%v, its weight float32%v", s.Name, s.DType(), s.Shape,
				weights[w].Shape)
		}
		if byName[path+"/"+kind] = s; !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	if known := slotsOf[class]; known != nil {
		slices.SortStableFunc(kinds, func(a, b string) int { return slices.Index(known, a) - slices.Index(known, b) })
	}
	var list []*hdf5.Data
	add := func(w *weight.Var, kind string) {
		d := &hdf5.Data{Shape: dims(w.Shape)}
		if s, ok := byName[w.Path+"/"+kind]; ok {
			d.Values = s.F32
		} else {
			d.Values = make([]float32, w.Shape.Size())
		}
		list = append(list, d)
	}
	if class == "RMSprop" {
		for _, k := range kinds {
			for _, w := range weights {
				add(w, k)
			}
		}
		return list, nil
	}
	for _, w := range weights {
		for _, k := range kinds {
			add(w, k)
		}
	}
	return list, nil
}

// cutLast cuts a path before its last part.
func cutLast(path string) (dir, name string) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return "", path
	}
	return path[:i], path[i+1:]
}
