package train

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorae/config"
	"gorae/format"
	"gorae/optim"
	"gorae/tensor"
)

// Optimizer is the state of the step's optimizer as model files hold it: steps done, learning rate and slots. It shares
// the step's memory: it is for writing at once. A file holds the state for one model, so that a step over several
// models has none.
func (s *Step) Optimizer() (*format.Optimizer, error) {
	if len(s.models) > 1 {
		return nil, fmt.Errorf("step: a file holds the state of an optimizer for one model, this step has %d",
			len(s.models))
	}
	o := &format.Optimizer{Settings: s.optimizer, Iterations: int64(s.count)}
	if !s.scheduled {
		o.LearningRate = new(s.rate.F32[0])
	}
	for _, name := range s.slotNames {
		o.Slots = append(o.Slots, tensor.Named{Name: name, Tensor: s.slots[name]})
	}
	return o, nil
}

// SetOptimizer goes on from a state, as [format.LoadOptimizer] reads it: the number of steps, the learning rate (unless
// the step's follows a schedule) and the slots. The state must be that of an optimizer of the same class with the same
// slots; the step's own arguments, as its betas, hold. Weights that the state does not have begin with the first
// values of their slots.
func (s *Step) SetOptimizer(o *format.Optimizer) error {
	if err := s.fits(o); err != nil {
		return fmt.Errorf("the state of the optimizer: %w", err)
	}
	s.count, s.resumed, s.foreign = uint64(o.Iterations), false, true
	if o.LearningRate != nil && !s.scheduled {
		s.rate.F32[0] = *o.LearningRate
	}
	s.slots, s.slotNames = map[string]*tensor.Tensor{}, nil
	for _, t := range o.Slots {
		s.slots[t.Name] = t.Tensor.Clone()
		s.slotNames = append(s.slotNames, t.Name)
	}
	s.program.Reset() // what is compiled is bound to the former slots
	return nil
}

// fits reports what hinders the step from going on from a state.
func (s *Step) fits(o *format.Optimizer) error {
	const remedy = "; train with the optimizer of the file, or begin without the state"
	switch {
	case len(s.models) > 1:
		return fmt.Errorf("it belongs to one model, this step has %d", len(s.models))
	case o.Settings == nil:
		return errors.New("it has no settings")
	case o.Iterations < 0:
		return fmt.Errorf("%d is not a number of steps", o.Iterations)
	}
	was, _ := optim.Optimizers.Class(o.Settings)
	is, _ := optim.Optimizers.Class(s.optimizer)
	if was != is {
		return fmt.Errorf("it is of %s, the training's optimizer is %s%s", was, is, remedy)
	}
	former, err := optim.LayoutOf(o.Settings, tensor.Shape{1})
	if err != nil {
		return err
	}
	present, err := optim.LayoutOf(s.optimizer, tensor.Shape{1})
	if err != nil {
		return err
	}
	a, b := former.Names(), present.Names()
	if slices.Sort(a); !slices.Equal(a, slices.Sorted(slices.Values(b))) {
		return fmt.Errorf("%s keeps [%s] for each weight, the training's [%s]%s", was, strings.Join(a, ", "),
			strings.Join(b, ", "), remedy)
	}
	shapes := map[string]tensor.Shape{}
	for _, v := range s.move {
		l, err := optim.LayoutOf(s.optimizer, v.Shape)
		if err != nil {
			return err
		}
		for _, list := range l.Slots {
			for _, state := range list {
				shapes["optimizer/"+v.Path+"/"+state.Name] = state.Shape
			}
		}
	}
	for _, t := range o.Slots {
		if shape, ok := shapes[t.Name]; ok && (t.DType() != tensor.Float32 || !t.Shape.Equal(shape)) {
			return fmt.Errorf("%s is %v%v, the model needs float32%v; it belongs to another model", t.Name, t.DType(),
				t.Shape, shape)
		}
	}
	return nil
}

// Optimizer is the state of the trainer's optimizer with its losses, for format.File.Optimizer: a file from which
// gorae and Keras go on. It shares the trainer's memory: it is for writing at once.
func (t *Trainer) Optimizer() *format.Optimizer {
	o, err := t.step.Optimizer()
	if err != nil {
		panic(err) // a trainer has one model
	}
	o.Losses, o.LossWeights = t.o.losses, t.o.factors
	return o
}

// begin goes on from Config.State. The learning rate of an optimizer that the configuration names holds.
func (t *Trainer) begin(named bool) error {
	if t.config.State == nil {
		return nil
	}
	rate := t.step.rate.F32[0]
	if err := t.step.SetOptimizer(t.config.State); err != nil {
		return err
	}
	if named {
		t.step.rate.F32[0] = rate
	}
	return nil
}

// optimizerOf is the state for a model file of a run: that of Fit's only step. Keras refuses files with an optimizer
// that it lacks, so that those of a user's own stay out of it, as the states of several steps do.
func (l *loop) optimizerOf() *format.Optimizer {
	if l.trained == nil {
		return nil
	}
	o := l.trained()
	class, known := optim.Optimizers.Class(o.Settings)
	if d, _ := optim.Optimizers.Describe(class); !known || d.Own {
		return nil
	}
	if _, schedule := optim.LearningRate(o.Settings); schedule != nil {
		class, known := optim.Schedules.Class(schedule)
		if d, _ := optim.Schedules.Describe(class); !known || d.Own {
			return nil
		}
	}
	if config.Fault(optim.Optimizers.Encode(o.Settings)) != nil {
		return nil
	}
	return o
}
