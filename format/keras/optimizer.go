package keras

import (
	"fmt"

	"gorae/hdf5"
	"gorae/internal/config"
	"gorae/tensor"
)

// Optimizer is the state of an optimiser as Keras 3 keeps it: optimizer/vars in
// model.weights.h5 holds Iterations, LearningRate and the slots, and compile_config in config.json
// the rest, so that Keras can go on with the training.
type Optimizer struct {
	Config       config.Map // {module, class_name, config, registered_name}, as the registry of optimisers writes it
	Iterations   int64      // steps done
	LearningRate float32
	// Slots in Keras's order: weight by weight in the order of the model, and for each weight
	// as the optimiser makes them. Adam has momentum and velocity.
	Slots []*tensor.Tensor
	// Loss and Metrics go into compile_config: a name, or a configuration; nil is none.
	Loss    any
	Metrics []any
}

// put adds the state to config.json and to model.weights.h5.
func (o *Optimizer) put(cfg config.Map, root *hdf5.Node) (config.Map, error) {
	class, ok := o.Config.Get("class_name").(string)
	if !ok {
		return nil, fmt.Errorf("the configuration has no class_name")
	}
	vars := descend(root, "optimizer/vars")
	vars.Attrs = map[string]any{"name": config.Snake(class)}
	put(vars, 0, &hdf5.Data{Values: o.Iterations})
	put(vars, 1, &hdf5.Data{Values: o.LearningRate})
	for i, s := range o.Slots {
		if s.DType() != tensor.Float32 {
			return nil, fmt.Errorf("slot %d is %v; want float32", i, s.DType())
		}
		put(vars, i+2, &hdf5.Data{Shape: dims(s.Shape), Values: s.F32})
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
