package train

import (
	"fmt"
	"math"
	"path"

	"gorae/config"
	"gorae/model"
	"gorae/tensor"
)

// Quantity is a kind of values that a probe observes.
type Quantity uint8

const (
	Activations         Quantity = iota // outputs of a layer
	ActivationGradients                 // the loss's gradient with respect to them
	StateGradients                      // and with respect to the states h_t of a recurrent layer, [batch, steps, …]
	Weights                             // weights and states, as moving averages, before the step
	WeightGradients                     // the loss's gradient with respect to trainable weights
	Updates                             // what a step adds to a weight
)

// String is the quantity in words.
func (q Quantity) String() string {
	return [...]string{"activations", "activation gradients", "state gradients", "weights", "weight gradients",
		"updates"}[q]
}

// Watch names the values that a probe observes. Path is a layer's path for activations ("encoder/dense_1") and state
// gradients, a weight's path for the others ("dense/kernel"); or a pattern as package path has them ("dense*/kernel");
// "" is all.
//
// The result of a layer's second use is PATH#2; a layer's second result is PATH:1. In a step over several models
// weights and layers have the model's name before them: "generator/dense/kernel".
type Watch struct {
	Quantity Quantity
	Path     string
}

// Probe is a callback that observes activations, weights, gradients and updates during a training. It is compiled
// apart from the step: the numbers of the training are the same to the bit, and a step without a due probe has no
// cost. Step.Watch sets a probe on a step of a loop of one's own.
type Probe struct {
	Watch []Watch
	// Steps is the number of steps between two observations of a step; 0: none. It observes the step's own batch, in
	// training mode, with the weights before the step. Steps are counted from 1.
	Steps int
	// Epochs is the number of epochs between two observations at the end of an epoch; 0: none. It observes the same
	// samples each time, in inference mode; the first is before the first epoch. Due decides in place of Epochs where
	// it is given; epoch 0 is before the first one.
	Epochs int
	Due    func(epoch int) bool
	// Samples is the number of samples of observations at the end of an epoch, spread evenly over the training data; 0:
	// 16, and fewer where they have many steps. Data gives other samples than the training data's.
	Samples int
	Data    *Data
	// Step names a step of a Loop; "" is the only step, or the first one.
	Step string
	// See is called with each observation. An error ends the run.
	See func(*Observation) error

	run    *Run
	step   *Step
	own    *model.Program // of a step's batches
	fixed  *model.Program // of the samples of epochs' ends
	values []Observed     // what the programs give behind the loss, each without its value
	masks  []int          // the numbers of the outputs that are the values' masks, −1 for none
	before map[string]*tensor.Tensor
	seen   Observation
}

// Observation is what a probe observed at one time. The tensors are valid during the call of See, and may be changed.
type Observation struct {
	Epoch   int    // the present one, from 1; at epochs' ends the one that has ended, 0 before the first one
	Step    uint64 // the step looked at, from 1; at epochs' ends the steps done
	Samples int
	Loss    float64 // of the batch or the samples, with penalties
	Values  []Observed
}

// Of returns the value of a quantity at a path, nil where the probe does not observe it.
func (o *Observation) Of(q Quantity, path string) *tensor.Tensor {
	for _, v := range o.Values {
		if v.Quantity == q && v.Path == path {
			return v.Value
		}
	}
	return nil
}

// Observed is one tensor of an observation.
type Observed struct {
	Quantity Quantity
	Path     string
	Value    *tensor.Tensor
	// Mask says which steps of a StateGradients count, [batch, steps] of 1 and 0; nil: all. Reverse says that the
	// layer reads the last step first.
	Mask    *tensor.Tensor
	Reverse bool
	// Unreached says of a gradient that the loss does not depend on what it is taken by: Value is zeros.
	Unreached bool
}

// Stats is summary statistics of a tensor. Mean to Max are of the elements that are finite.
type Stats struct {
	Mean, Deviation float64 // Deviation is the population's
	Min, Max        float64
	Norm            float64 // √Σx²
	Zeros           int     // elements that are 0: of relu's activations those that are off
	NotFinite       int     // elements that are NaN or infinite
	Count           int     // of all elements
}

// Stats computes the statistics of the value, in float64.
func (o Observed) Stats() Stats { return statsOf(o.Value) }

func statsOf(x *tensor.Tensor) Stats {
	s := Stats{Count: x.Len(), Min: math.Inf(1), Max: math.Inf(-1)}
	sum, squares := 0.0, 0.0
	for i := range s.Count {
		v := x.Float(i)
		if v-v != 0 {
			s.NotFinite++
			continue
		}
		if v == 0 {
			s.Zeros++
		}
		sum, squares = sum+v, squares+v*v
		s.Min, s.Max = min(s.Min, v), max(s.Max, v)
	}
	n := float64(s.Count - s.NotFinite)
	s.Mean, s.Norm = sum/n, math.Sqrt(squares)
	spread := 0.0
	for i := range s.Count {
		if d := x.Float(i) - s.Mean; d-d == 0 {
			spread += d * d
		}
	}
	s.Deviation = math.Sqrt(spread / n)
	return s
}

// check finds mistakes before the run begins.
func (p *Probe) check() error {
	if p.See == nil {
		return fmt.Errorf("probe: See is nil; give the function that is shown what is seen")
	}
	if len(p.Watch) == 0 {
		return fmt.Errorf("probe: nothing to watch; give Watch, as {Activations, \"dense\"}")
	}
	if p.Steps < 0 || p.Epochs < 0 || p.Samples < 0 {
		return fmt.Errorf("probe: Steps %d, Epochs %d, Samples %d; give numbers from 0", p.Steps, p.Epochs, p.Samples)
	}
	if p.Steps == 0 && p.Epochs == 0 && p.Due == nil {
		return fmt.Errorf("probe: neither Steps nor Epochs is given; say how often to look")
	}
	for _, w := range p.Watch {
		if w.Quantity > Updates {
			return fmt.Errorf("probe: there is no quantity %d", w.Quantity)
		}
		if _, err := path.Match(w.Path, ""); err != nil {
			return fmt.Errorf("probe: %q is not a pattern: %w", w.Path, err)
		}
		if w.Quantity == Updates && p.Steps == 0 {
			return fmt.Errorf("probe: updates are made by steps; give Steps")
		}
	}
	return nil
}

// wants reports whether a path of a quantity is watched.
func (p *Probe) wants(q Quantity, name string) bool {
	for _, w := range p.Watch {
		if w.Quantity != q {
			continue
		}
		if ok, _ := path.Match(w.Path, name); ok || w.Path == "" || w.Path == name {
			return true
		}
	}
	return false
}

// missing finds a path that nothing has.
func (p *Probe) missing(q Quantity, names []string) error {
	for _, w := range p.Watch {
		if w.Quantity != q || w.Path == "" {
			continue
		}
		found := false
		for _, n := range names {
			ok, _ := path.Match(w.Path, n)
			found = found || ok || w.Path == n
		}
		if !found {
			return fmt.Errorf("probe: %v of %q: there is none%s", q, w.Path, config.DidYouMean(w.Path, names))
		}
	}
	return nil
}

// On sets the probe on its step and looks at epochs' ends.
func (p *Probe) On(e Event) error {
	switch e.Kind {
	case TrainBegin:
		step, err := e.Run.Step(p.Step)
		if err != nil {
			return fmt.Errorf("probe: %w", err)
		}
		if err := step.Watch(p); err != nil {
			return err
		}
		if p.run = e.Run; p.due(0) && !e.Run.resumed {
			return p.look(0)
		}
	case EpochEnd:
		if p.due(e.Epoch) {
			return p.look(e.Epoch)
		}
	}
	return nil
}

// Close takes the probe off its step.
func (p *Probe) Close() error {
	if p.step != nil {
		p.step.unwatch(p)
	}
	p.run, p.step = nil, nil
	return nil
}

func (p *Probe) due(epoch int) bool {
	if p.Due != nil {
		return p.Due(epoch)
	}
	return p.Epochs > 0 && epoch%p.Epochs == 0
}

// Watch sets a probe on the step: it sees every step that its Steps names. A training does so by itself for
// the probes among its callbacks.
func (s *Step) Watch(p *Probe) error {
	if err := p.check(); err != nil {
		return err
	}
	if p.step != nil {
		p.step.unwatch(p)
	}
	p.step, p.before = s, nil
	p.own, p.fixed = p.program(true), p.program(false)
	if err := p.weightsThere(); err != nil {
		return err
	}
	if p.Steps > 0 {
		s.probes = append(s.probes, p)
	}
	return nil
}

func (s *Step) unwatch(p *Probe) {
	for i, q := range s.probes {
		if q == p {
			s.probes = append(s.probes[:i:i], s.probes[i+1:]...)
			return
		}
	}
}
