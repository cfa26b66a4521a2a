package train

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gorae/graph"
	"gorae/internal/mem"
	"gorae/internal/ram"
	"gorae/layer"
	"gorae/model"
	"gorae/optim"
	"gorae/plan"
	"gorae/tensor"
	"gorae/weight"
)

// Trace traces the computation of a step: from its inputs it returns the loss, a
// scalar, and further outputs. Models take part through their Trace methods; penalties
// of regularisers are added to the loss by the step.
type Trace func(t *layer.Trace, in []*graph.Node) (loss *graph.Node, outputs []*graph.Node)

// Step is a training step: inputs, a loss, the variables that it moves, the states that it commits, and an
// optimiser. Several steps may share models, as those of a GAN or of an actor and a
// critic do; each has an optimiser state of its own.
//
// A step is compiled for each shape of its inputs that it meets, and from then on
// runs without allocating. It belongs to one goroutine.
type Step struct {
	trace     Trace
	move      []*weight.Var
	optimizer optim.Optimizer
	seed      uint64

	count uint64 // steps done
	key   *tensor.Tensor
	nth   *tensor.Tensor // the number of the step, 1 for the first
	rate  *tensor.Tensor

	scheduled bool
	resumed   bool // slots come from a former run
	foreign   bool // slots come from a model file
	slots     map[string]*tensor.Tensor
	slotNames []string // in the order of their first use
	averages  []string // the slot of each moved variable's moving average, "" for none; nil without averages
	program   *model.Program

	models []*model.Model
	prefix []string // of the paths of each model's weights, where there are several models
	probes []*Probe
}

// NewStep makes a step that moves the variables in move; nil means all trainable
// ones of the models. While weights and states are written, the models are locked, so that predictions may go
// on at the same time.
func NewStep(trace Trace, move []*weight.Var, o optim.Optimizer, seed uint64, models ...*model.Model) (*Step, error) {
	if o == nil {
		return nil, errors.New("step: no optimizer; give one, as optim.Adam{}")
	}
	if len(models) == 0 {
		return nil, errors.New("step: no model; give those that the trace uses")
	}
	for _, m := range models {
		if err := m.Build(seed); err != nil {
			return nil, err
		}
	}
	if move == nil {
		move = model.TrainableWeights(models...)
	}
	if len(move) == 0 {
		return nil, errors.New("step: there is no weight to move; all layers are frozen or have none")
	}
	s := &Step{
		trace: trace, move: move, optimizer: o, seed: seed, models: models, prefix: prefixes(models),
		key:   tensor.Of(graph.Key(seed, 0), 4),
		nth:   tensor.New(tensor.Float32),
		rate:  tensor.New(tensor.Float32),
		slots: map[string]*tensor.Tensor{},
	}
	first, schedule := optim.LearningRate(o)
	s.rate.F32[0], s.scheduled = float32(first), schedule != nil
	s.program = model.NewProgram(s.update, model.ProgramConfig{Models: models, Training: true,
		Leaves: map[string]*tensor.Tensor{"key": s.key, optim.StepLeaf: s.nth, optim.RateLeaf: s.rate}})
	return s, nil
}

// prefixes tells the weights of several models apart by the models' names.
func prefixes(models []*model.Model) []string {
	list := make([]string, len(models))
	if len(models) == 1 {
		return list
	}
	count := map[string]int{}
	for i, m := range models {
		if list[i] = m.Name + "/"; count[m.Name] > 0 {
			list[i] = fmt.Sprintf("%s_%d/", m.Name, count[m.Name])
		}
		count[m.Name]++
	}
	return list
}

// Run does one step and returns the loss and the outputs, which stay valid until the
// next Run. A *StepError says that NaN or infinity arose; nothing was written then.
func (s *Step) Run(in ...*tensor.Tensor) (loss float64, outputs []*tensor.Tensor, err error) {
	s.setKey()
	looked := false
	for _, probe := range s.probes {
		if (s.count+1)%uint64(probe.Steps) == 0 {
			if err := probe.beforeStep(in); err != nil {
				return 0, nil, err
			}
			looked = true
		}
	}
	outs, err := s.program.Run(in...)
	if err != nil {
		return 0, nil, s.failed(err)
	}
	s.count++
	loss = float64(outs[0].F32[0])
	if looked {
		for _, probe := range s.probes {
			if s.count%uint64(probe.Steps) == 0 {
				if err := probe.afterStep(loss); err != nil {
					return loss, outs[1:], err
				}
			}
		}
	}
	return loss, outs[1:], nil
}

// Profile starts (or, with false, ends) measuring the launches of each step, from zero.
func (s *Step) Profile(on bool) { s.program.Profile(on) }

// Times is the mean time of each launch of a step, for the shape of inputs that ran most often
// since Profile; plan.Table prints it.
func (s *Step) Times() []plan.StepTime { return s.program.Times() }

// Bytes is the memory that what is compiled of the step plans for values, without weights and the optimizer's states:
// for each shape of inputs, that of one execution.
func (s *Step) Bytes() int {
	bytes := 0
	for _, c := range s.program.All() {
		bytes += c.Bytes()
	}
	return bytes
}

// Count is the number of steps done.
func (s *Step) Count() uint64 { return s.count }

func (s *Step) setKey() {
	s.setKeyAt(s.count)
	s.nth.F32[0] = float32(s.count + 1)
}

// setKeyAt makes the step's random numbers those of step n, from 0.
func (s *Step) setKeyAt(n uint64) {
	s.key.I32[2], s.key.I32[3] = int32(uint32(n)), int32(uint32(n>>32))
}

// inference is the step's loss and outputs in inference mode. What the step draws by itself it draws there too.
func (s *Step) inference() *model.Program {
	return model.NewProgram(func(t *model.Trace, in []*graph.Node) model.Traced {
		t.Key = t.Graph.Input("key", graph.KeyType)
		loss, rest := s.loss(t, in)
		return model.Traced{Outputs: append([]*graph.Node{loss}, rest...)}
	}, model.ProgramConfig{Models: s.models, Leaves: map[string]*tensor.Tensor{"key": s.key}})
}

// LearningRate is the present learning rate; NaN when the optimiser follows a
// schedule.
func (s *Step) LearningRate() float64 {
	if s.scheduled {
		return math.NaN()
	}
	return float64(s.rate.F32[0])
}

// PresentRate is the learning rate of the next step, also where the optimizer follows a schedule.
func (s *Step) PresentRate() (float64, error) {
	_, schedule := optim.LearningRate(s.optimizer)
	if schedule == nil {
		return float64(s.rate.F32[0]), nil
	}
	return optim.RateAt(schedule, float64(s.count))
}

// SetLearningRate sets the learning rate without recompiling the step.
func (s *Step) SetLearningRate(rate float64) error {
	if s.scheduled {
		return errors.New("the optimizer's learning rate follows a schedule; give it a number to move it by hand")
	}
	if !(rate >= 0) || math.IsInf(float64(float32(rate)), 0) {
		return fmt.Errorf("%v is not a learning rate; give a number from 0", rate)
	}
	s.rate.F32[0] = float32(rate)
	return nil
}

// update traces the step with the optimiser's part.
func (s *Step) update(t *model.Trace, in []*graph.Node) model.Traced {
	loss, rest := s.loss(t, in)
	leaves, constraints := make([]*graph.Node, len(s.move)), make([]optim.Projection, len(s.move))
	for i, v := range s.move {
		leaves[i] = t.Leaf(v)
		if v.Constraint != nil {
			constraints[i] = v.Constraint.Project
		}
	}
	plan.UseUpdates()
	made := optim.Minimize(s.optimizer, loss, leaves, constraints...)
	check := []*graph.Node{loss}
	for _, g := range made.Gradients {
		if g != nil {
			check = append(check, g)
		}
	}
	if len(check) == 1 {
		t.Graph.Fail("step", "the loss does not depend on any of the weights to be moved")
	}
	samples := 1
	if len(in) > 0 && len(in[0].Shape) > 0 {
		samples = in[0].Shape[0]
	}
	return model.Traced{
		Outputs: append([]*graph.Node{loss}, rest...), Check: check,
		Compiled: func(c *model.Compiled) error {
			whole, more := s.bytes(c, made)
			err := ram.Fits(whole)
			if err == nil {
				err = ram.FitsBeside(more)
			}
			if err != nil {
				return fmt.Errorf("a training step over %d samples: %w; give a smaller batch_size, or make layers "+
					"smaller", samples, err)
			}
			return s.bind(c, made)
		},
	}
}

// loss traces the step: its loss with the penalties of regularisers, and its outputs.
func (s *Step) loss(t *layer.Trace, nodes []*graph.Node) (*graph.Node, []*graph.Node) {
	loss, rest := s.trace(t, nodes)
	if penalty := t.Penalty(); penalty != nil {
		loss = loss.Add(penalty)
	}
	if len(loss.Shape) != 0 {
		t.Graph.Fail("step", "the loss has shape %v; reduce it to a scalar", loss.Shape)
	}
	return loss, rest
}

// bytes is the memory of a step: what it computes, the weights, and what the optimiser keeps of them; and how much of
// it is still to be taken.
func (s *Step) bytes(c *model.Compiled, made *optim.Plan) (whole, more float64) {
	whole, more = float64(c.Bytes()), float64(c.Bytes())
	for _, v := range s.move {
		whole += 4 * float64(v.Shape.Size())
	}
	for _, slot := range made.Slots {
		size := 4 * float64(tensor.Shape(slot.Shape).Size())
		if whole += size; s.slots[slot.Name] == nil {
			more += size
		}
	}
	return whole, more
}

// samples is how many there are in a batch.
func samples(in []*tensor.Tensor) int {
	if len(in) == 0 || len(in[0].Shape) == 0 {
		return 1
	}
	return in[0].Shape[0]
}

// bind gives the optimiser's slots their storage.
func (s *Step) bind(c *model.Compiled, made *optim.Plan) error {
	s.averages = made.Averages
	used := map[string]bool{}
	for _, slot := range made.Slots {
		used[slot.Name] = true
		v := s.slots[slot.Name]
		switch {
		case v == nil && s.resumed:
			return fmt.Errorf("resume: the optimizer has changed: it needs the state %s, which the former run does "+
				"not have", slot.Name)
		case v == nil:
			v = &tensor.Tensor{Shape: slot.Shape.Clone(), F32: mem.Floats(slot.Shape.Size())}
			for i := range v.F32 {
				v.F32[i] = slot.Init
			}
			s.slots[slot.Name] = v
			s.slotNames = append(s.slotNames, slot.Name)
		case !v.Shape.Equal(slot.Shape):
			return fmt.Errorf("optimizer: state %s has shape %v, the model needs %v; it belongs to another model",
				slot.Name, v.Shape, slot.Shape)
		}
		c.Bind(slot.Name, v)
	}
	for _, name := range s.slotNames {
		if s.resumed && !used[name] {
			return fmt.Errorf("resume: the optimizer has changed: the former run has the state %s, which it does not "+
				"need", name)
		}
	}
	if s.foreign { // Keras keeps slots of weights that the loss does not depend on, too
		s.slotNames = slices.DeleteFunc(s.slotNames, func(name string) bool { return !used[name] })
		maps.DeleteFunc(s.slots, func(name string, _ *tensor.Tensor) bool { return !used[name] })
		s.foreign = false
	}
	return nil
}

// StepError is the error of a step in which NaN or infinity arose.
type StepError struct {
	Step  uint64 // from 1
	Cause *plan.NonFinite
	Place string // of the data that came with them, in words; "" where they arose in the step
}

func (e *StepError) Error() string {
	if e.Place != "" {
		return model.Arose(e.Cause) + ": " + e.Place + "; replace such values (impute) or drop the sample"
	}
	op, _, _ := strings.Cut(e.Cause.What, "(")
	if (op == "log" || op == "sqrt") && !e.Cause.Leaf && math.IsNaN(e.Cause.Value) {
		return fmt.Sprintf("%s; the %s of a number below 0 is NaN: where it is taken of an output, an activation such "+
			"as softplus keeps the output above 0", model.Arose(e.Cause), op)
	}
	if e.Step == 1 {
		return model.Arose(e.Cause) + "; no weight has been updated yet: check the initializers and the inputs"
	}
	return model.Arose(e.Cause) + "; lower the learning rate, clip gradients, or check the inputs"
}

// Unwrap gives the plan's error.
func (e *StepError) Unwrap() error { return e.Cause }

func (s *Step) failed(err error) error {
	var n *plan.NonFinite
	if errors.As(err, &n) {
		return &StepError{Step: s.count + 1, Cause: n}
	}
	return err
}
