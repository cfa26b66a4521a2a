package keras

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"gorae/config"
	"gorae/hdf5"
	"gorae/internal/words"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/weight"
)

// ReadOptimizer reads the state of the optimizer from a file of size bytes: a .keras archive as Keras 3 or gorae wrote
// it, or a model in HDF5 of any Keras. m is
// the model as [Load] reads it from the same file, with the same layers frozen. It is nil where the file holds none.
//
// An optimizer that gorae lacks and arrays that do not fit are errors; a model is read without its optimizer.
func ReadOptimizer(r io.ReaderAt, size int64, m *model.Model) (_ *Optimizer, err error) {
	defer words.Printable(&err)
	o, err := readOptimizer(r, size, m)
	if err != nil {
		return nil, fmt.Errorf("keras: the state of the optimizer: %w", err)
	}
	return o, nil
}

func readOptimizer(r io.ReaderAt, size int64, m *model.Model) (*Optimizer, error) {
	a, err := open(r, size)
	if errors.Is(err, errHDF5) {
		return legacyOptimizer(r, size, m)
	}
	if err != nil {
		return nil, err
	}
	text, err := a.bytes(configName, maxConfig)
	if err != nil {
		return nil, err
	}
	var cfg map[string]any
	if err := json.Unmarshal(text, &cfg); err != nil {
		return nil, fmt.Errorf("%s: is no JSON object: %w", configName, err)
	}
	compiled, _ := cfg["compile_config"].(map[string]any)
	if compiled == nil || compiled["optimizer"] == nil {
		return nil, nil
	}
	given, ok := compiled["optimizer"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s: compile_config.optimizer is no object", configName)
	}
	settings, err := optim.Optimizers.Decode(todaysOptimizer(given))
	if err != nil {
		err = config.Under("compile_config.optimizer", err)
		return nil, fmt.Errorf("%s: %w; begin with an optimizer of gorae's, without the state", configName, err)
	}
	if m.Store() == nil {
		return nil, fmt.Errorf("model %q is not built", m.Name)
	}
	all, err := places(cfg, place{class: "model", name: layerName(cfg)})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", configName, err)
	}
	gs, _ := groups(all, m.Store().Vars(), seen{})
	f, err := a.find(weightsName)
	if err != nil {
		return nil, err
	}
	var o *Optimizer
	err = a.within(f, func(r io.ReaderAt, size int64) error {
		o, err = stateOf(settings, r, size, trained(gs, m.TrainableWeights()))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", weightsName, err)
	}
	if o != nil {
		o.Losses, o.LossWeights = lossesFrom(compiled["loss"], compiled["loss_weights"], m.OutputNames())
	}
	return o, nil
}

// stateOf reads the state of an optimizer with its settings; it is nil where a Keras wrote the file that keeps none.
func stateOf(settings optim.Optimizer, r io.ReaderAt, size int64, moved []*weight.Var) (*Optimizer, error) {
	file, err := hdf5.Open(r, size)
	if err != nil || !has(file.Root(), optimizerVars) {
		return nil, err
	}
	o := &Optimizer{Settings: settings}
	s, ok := settings.(optim.LossScaleOptimizer)
	if !ok && has(file.Root(), innerVars) { // Keras wraps one around an optimizer under mixed_float16, and does not say
		s, ok = config.Filled(optim.LossScaleOptimizer{Inner: settings}), true
		o.Settings = s
	}
	if ok {
		return o, takeScaled(o, s, file.Root(), moved)
	}
	vars, err := file.Root().Group(optimizerVars)
	if err != nil {
		return nil, err
	}
	return o, takeOptimizer(o, optimizerVars, vars, moved)
}

// takeOptimizer reads the arrays of a group: the number of steps, the learning rate where no schedule gives it,
// and the slots.
func takeOptimizer(o *Optimizer, place string, vars *hdf5.Group, weights []*weight.Var) error {
	slots, err := slotsOf(o.Settings, weights)
	if err != nil {
		return err
	}
	rate, schedule := optim.LearningRate(o.Settings)
	class, _ := optim.Optimizers.Class(o.Settings)
	have := len(vars.Names())
	scalars := 2
	own := schedule == nil
	if own && have == 1+len(slots) && len(slots) > 0 { // tf-keras 2 leaves the learning rate out
		d, err := vars.Dataset("1")
		own = err != nil || len(d.Shape()) == 0
	}
	if !own {
		scalars = 1
	}
	if have != scalars && have != scalars+len(slots) {
		return fmt.Errorf("/%s holds %d arrays, and %s of %d trained weights has %d; freeze the layers that were "+
			"frozen when the file was written, or begin without the state", place, have, class, len(weights),
			scalars+len(slots))
	}
	at := func(i int, shape tensor.Shape) (*hdf5.Dataset, error) {
		d, err := vars.Dataset(strconv.Itoa(i))
		if err == nil && !tensor.Shape(d.Shape()).Equal(shape) {
			err = fmt.Errorf("shape %v, want %v", d.Shape(), shape)
		}
		if err != nil {
			return nil, fmt.Errorf("/%s/%d: %w", place, i, err)
		}
		return d, nil
	}
	steps, err := at(0, tensor.Shape{})
	if err != nil {
		return err
	}
	count, err := steps.Int64s()
	switch {
	case err != nil:
		return fmt.Errorf("/%s/0: %w", place, err)
	case count[0] < 0:
		return fmt.Errorf("/%s/0: %d is not a number of steps", place, count[0])
	case count[0] > 0 && have != scalars+len(slots):
		return fmt.Errorf("/%s: %s has done %d steps and has no slots", place, class, count[0])
	}
	o.Iterations = count[0]
	if schedule == nil && !own {
		now := float32(rate)
		o.LearningRate = &now
	}
	if own {
		d, err := at(1, tensor.Shape{})
		if err != nil {
			return err
		}
		now := []float32{float32(rate)}
		if err := d.ReadFloat32s(now); err != nil {
			return fmt.Errorf("/%s/1: %w", place, err)
		}
		if !(now[0] >= 0) || math.IsInf(float64(now[0]), 0) {
			return fmt.Errorf("/%s/1: %v is not a learning rate", place, now[0])
		}
		o.LearningRate = &now[0]
	}
	if have == scalars {
		return nil // compiled, and not yet trained
	}
	for i, s := range slots {
		if s.unkept {
			continue
		}
		d, err := at(scalars+i, s.shape)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		t := tensor.New(tensor.Float32, s.shape...)
		if err := d.ReadFloat32s(t.F32); err != nil {
			return fmt.Errorf("/%s/%d: %w", place, scalars+i, err)
		}
		for _, v := range t.F32 {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				return fmt.Errorf("/%s/%d: %s has %v; begin without the state", place, scalars+i, s.name, v)
			}
		}
		o.Slots = append(o.Slots, tensor.Named{Name: s.name, Tensor: t})
	}
	return nil
}
