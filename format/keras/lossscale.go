package keras

import (
	"fmt"

	"gorae/hdf5"
	"gorae/optim"
	"gorae/tensor"
	"gorae/weight"
)

// innerVars is the group of the inner optimizer of a LossScaleOptimizer. Keras writes its arrays twice: there, and in
// optimizer/vars behind those of the scale.
const innerVars = "optimizer/inner_optimizer/vars"

// scaleSlots are the states of a LossScaleOptimizer itself.
var scaleSlots = map[string]bool{"optimizer/" + optim.ScaleSlot: true, "optimizer/" + optim.GrowthSlot: true,
	"optimizer/" + optim.SkippedSlot: true}

// innerState parts the state of a LossScaleOptimizer into that of the inner optimizer, whose steps are those that moved
// weights, and the arrays of the scale: the number of steps and the learning rate of its own, which Keras leaves at 0,
// the steps since the scale changed, and the scale.
func innerState(o *Optimizer, s optim.LossScaleOptimizer) (inner *Optimizer, own []*hdf5.Data) {
	part := *o
	part.Settings, part.Slots = s.Inner, nil
	scale, growth := float32(s.InitialScale), int64(0)
	for _, t := range o.Slots {
		switch {
		case !scaleSlots[t.Name]:
			part.Slots = append(part.Slots, t)
		case t.Name == "optimizer/"+optim.ScaleSlot:
			scale = t.F32[0]
		case t.Name == "optimizer/"+optim.GrowthSlot:
			growth = int64(t.F32[0])
		default:
			part.Iterations -= int64(t.F32[0])
		}
	}
	return &part, []*hdf5.Data{{Values: int64(0)}, {Values: float32(0)}, {Values: growth}, {Values: scale}}
}

// takeScaled reads the state of a LossScaleOptimizer.
func takeScaled(o *Optimizer, s optim.LossScaleOptimizer, root *hdf5.Group, weights []*weight.Var) error {
	inner := &Optimizer{Settings: s.Inner}
	vars, err := root.Group(innerVars)
	if err == nil {
		err = takeOptimizer(inner, innerVars, vars, weights)
	}
	if err != nil {
		return err
	}
	o.Iterations, o.LearningRate, o.Slots = inner.Iterations, inner.LearningRate, inner.Slots
	if vars, err = root.Group(optimizerVars); err != nil {
		return err
	}
	if n := len(vars.Names()); n <= 3 { // compiled, and not yet trained
		return nil
	}
	for i, name := range []string{optim.GrowthSlot, optim.ScaleSlot} {
		d, err := vars.Dataset([]string{"2", "3"}[i])
		if err != nil {
			return fmt.Errorf("/%s: %w", optimizerVars, err)
		}
		t := tensor.New(tensor.Float32)
		if err := d.ReadFloat32s(t.F32); len(d.Shape()) > 0 || err != nil || !(t.F32[0] >= 0) {
			return fmt.Errorf("/%s/%d: it is not the %s of a LossScaleOptimizer", optimizerVars, i+2, name)
		}
		o.Slots = append(o.Slots, tensor.Named{Name: "optimizer/" + name, Tensor: t})
	}
	return nil
}
