package keras

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"gorae/config"
	"gorae/hdf5"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/weight"
)

// legacyOptimizer reads the state of the optimizer from a model in HDF5: its arguments in the attribute
// training_config, and its arrays in the group optimizer_weights in the order of the attribute weight_names. It is nil
// where the file holds none.
//
// Source: keras/src/legacy/saving/legacy_h5_format.py; keras 2.2.4, keras/optimizers.py; tf_keras 2.15,
// src/optimizers.
func legacyOptimizer(r io.ReaderAt, size int64, m *model.Model) (*Optimizer, error) {
	h, err := hdf5.Open(r, size)
	if err != nil {
		return nil, err
	}
	root := h.Root()
	if !root.HasAttr("training_config") || !has(root, "optimizer_weights") {
		return nil, nil
	}
	text, err := attrText(root, "training_config")
	if err != nil {
		return nil, err
	}
	var compiled struct {
		Optimizer map[string]any `json:"optimizer_config"`
		Loss      any            `json:"loss"`
		Factors   any            `json:"loss_weights"`
	}
	if err := json.Unmarshal([]byte(text), &compiled); err != nil {
		return nil, fmt.Errorf("training_config: %w", err)
	}
	o := &Optimizer{}
	o.Losses, o.LossWeights = lossesFrom(compiled.Loss, compiled.Factors, m.OutputNames())
	if o.Settings, err = optim.Optimizers.Decode(todaysOptimizer(compiled.Optimizer)); err != nil {
		return nil, fmt.Errorf("training_config: %w; begin with an optimizer of gorae's, without the state",
			config.Under("optimizer_config", err))
	}
	weights, err := legacyWeights(root, m)
	if err != nil {
		return nil, err
	}
	g, err := root.Group("optimizer_weights")
	if err != nil {
		return nil, err
	}
	names, err := attrList(g, "weight_names")
	if err != nil {
		return nil, fmt.Errorf("weight_names: %w", err)
	}
	list := make([]*hdf5.Dataset, len(names))
	for i, n := range names {
		if list[i], err = g.Dataset(n); err != nil {
			return nil, err
		}
	}
	return o, takeLegacy(o, names, list, weights)
}

// todaysOptimizer is the configuration of an optimizer of Keras 1 and 2 with the keys of today.
func todaysOptimizer(given map[string]any) any {
	class, _ := given["class_name"].(string)
	settings, ok := given["config"].(map[string]any)
	if !ok {
		return given
	}
	if inner, ok := settings["inner_optimizer"].(map[string]any); ok {
		settings["inner_optimizer"] = todaysOptimizer(inner)
	}
	if rate, ok := settings["lr"]; ok {
		settings["learning_rate"] = rate
	}
	// Until Keras 2.10 decay divides the learning rate by 1 + decay·steps.
	if decay, _ := settings["decay"].(float64); decay != 0 {
		settings["learning_rate"] = map[string]any{"class_name": "InverseTimeDecay", "config": map[string]any{
			"initial_learning_rate": settings["learning_rate"], "decay_steps": 1.0, "decay_rate": decay}}
	}
	for _, k := range []string{"lr", "decay", "jit_compile", "is_legacy_optimizer", "schedule_decay"} {
		delete(settings, k)
	}
	return map[string]any{"class_name": strings.TrimPrefix(class, "Custom>"), "config": settings}
}

// legacyWeights are the weights of the model of a file that its optimizer moves, in Keras's order.
func legacyWeights(root *hdf5.Group, m *model.Model) ([]*weight.Var, error) {
	if m.Store() == nil {
		return nil, fmt.Errorf("model %q is not built", m.Name)
	}
	text, err := attrText(root, "model_config")
	if err != nil {
		return nil, err
	}
	from := originOf(root)
	today, err := from.today(text)
	if err != nil {
		return nil, err
	}
	var cfg map[string]any
	if err := json.Unmarshal([]byte(today), &cfg); err != nil {
		return nil, err
	}
	all, err := places(cfg, place{class: "model", name: layerName(cfg)})
	if err != nil {
		return nil, fmt.Errorf("model_config: %w", err)
	}
	gs, _ := groups(all, m.Store().Vars(), seen{})
	return trained(gs, m.TrainableWeights()), nil
}

// formerSlots are the names that slots had in Keras 2, where they differ.
var formerSlots = map[string][]string{
	"momentum": {"m"}, "velocity": {"v", "rms"}, "velocity_hat": {"vhat"}, "norm": {"u", "v"},
	"average_gradient": {"mg"}, "accumulated_delta_var": {"accum_var"}, "accumulated_grad": {"accum_grad"},
}

// takeLegacy gives the state the arrays of a list: the number of steps, the learning rate where it is there, and the
// slots. Those of a name come weight by weight; where names say nothing, as before Keras 2.3, all of one slot come
// before those of the next one.
func takeLegacy(o *Optimizer, names []string, list []*hdf5.Dataset, weights []*weight.Var) error {
	settings := o.Settings
	scaled, isScaled := settings.(optim.LossScaleOptimizer)
	if isScaled {
		settings = scaled.Inner
	}
	part := &Optimizer{Settings: settings}
	slots, err := slotsOf(settings, weights)
	if err != nil {
		return err
	}
	rate, schedule := optim.LearningRate(settings)
	if schedule == nil {
		now := float32(rate)
		part.LearningRate = &now
	}
	if isScaled {
		if len(list) < 4 {
			return fmt.Errorf("optimizer_weights: %d arrays are no state of a LossScaleOptimizer", len(list))
		}
		for i, name := range []string{optim.GrowthSlot, optim.ScaleSlot} {
			t, err := legacyArray(names[2+i], list[2+i], tensor.Shape{})
			if err != nil {
				return err
			}
			o.Slots = append(o.Slots, tensor.Named{Name: "optimizer/" + name, Tensor: t})
		}
		names, list = names[4:], list[4:]
	}
	var at []int // of the arrays of slots
	for i, n := range names {
		switch base := legacyBase(n); {
		case i < 2 && (base == "iteration" || base == "iterations" || base == "iter" ||
			i == 0 && len(list[i].Shape()) == 0 && !strings.Contains(base, "learning_rate")):
			count, err := list[i].Float64s()
			if err != nil || len(count) != 1 || !(count[0] >= 0 && count[0] < 1<<53) {
				return fmt.Errorf("optimizer_weights: %s is no number of steps", n)
			}
			part.Iterations = int64(count[0])
		case i < 2 && base == "learning_rate":
			t, err := legacyArray(n, list[i], tensor.Shape{})
			if err != nil {
				return err
			}
			if part.LearningRate != nil && t.F32[0] >= 0 {
				*part.LearningRate = t.F32[0]
			}
		default:
			at = append(at, i)
		}
	}
	for _, s := range slots {
		if s.unkept {
			continue
		}
		k := slices.IndexFunc(at, func(i int) bool { return isSlot(names[i], s) && s.shape.Equal(list[i].Shape()) })
		if k < 0 {
			class, _ := optim.Optimizers.Class(settings)
			return fmt.Errorf("optimizer_weights: no array of the %d is %s%v of %s; freeze the layers that were "+
				"frozen when the file was written, or begin without the state", len(list), s.name, s.shape, class)
		}
		t, err := legacyArray(names[at[k]], list[at[k]], s.shape)
		if err != nil {
			return err
		}
		part.Slots = append(part.Slots, tensor.Named{Name: s.name, Tensor: t})
		at = slices.Delete(at, k, k+1)
	}
	o.Iterations, o.LearningRate, o.Slots = part.Iterations, part.LearningRate, append(part.Slots, o.Slots...)
	return nil
}

// legacyBase is the last part of the name of an array, without the number of TensorFlow's output.
func legacyBase(name string) string {
	name, _, _ = strings.Cut(name, ":")
	return strings.ToLower(base(name))
}

// isSlot reports whether an array may be a slot by its name: one that names no slot may be any.
func isSlot(name string, s slot) bool {
	said := slotOf(name)
	return said == "" || said == base(s.name) || slices.Contains(formerSlots[base(s.name)], said)
}

// slotOf is the slot that the name of an array says: Adam/dense/kernel/m:0 until Keras 2.10, Adam/m/dense/kernel:0
// since, adam/dense_kernel_momentum of Keras 3; "" where it says none.
func slotOf(name string) string {
	name, _, _ = strings.Cut(strings.ToLower(name), ":")
	parts := strings.Split(name, "/")
	last, ending := parts[len(parts)-1], ""
	for slot := range slotNames {
		if len(slot) > len(ending) && len(slot) > 2 && strings.HasSuffix(last, "_"+slot) {
			ending = slot
		}
	}
	switch {
	case slotNames[last]:
		return last
	case ending == "" && len(parts) > 1 && slotNames[parts[1]]:
		return parts[1]
	}
	return ending
}

// slotNames are all names of slots, former ones too.
var slotNames = func() map[string]bool {
	all := map[string]bool{"accumulator": true, "linear": true, "average": true, "gradient_accumulator": true}
	for name, former := range formerSlots {
		all[name] = true
		for _, f := range former {
			all[f] = true
		}
	}
	return all
}()

// legacyArray is an array of a shape, all of whose numbers are finite.
func legacyArray(name string, d *hdf5.Dataset, shape tensor.Shape) (*tensor.Tensor, error) {
	if !shape.Equal(d.Shape()) {
		return nil, fmt.Errorf("optimizer_weights: %s has shape %v, want %v", name, d.Shape(), shape)
	}
	t := tensor.New(tensor.Float32, shape...)
	if err := d.ReadFloat32s(t.F32); err != nil {
		return nil, fmt.Errorf("optimizer_weights: %s: %w", name, err)
	}
	for _, v := range t.F32 {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, fmt.Errorf("optimizer_weights: %s has %v; begin without the state", name, v)
		}
	}
	return t, nil
}
