package train

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"gorae/data"
	"gorae/metric"
	"gorae/model"
	"gorae/plan"
	"gorae/tensor"
)

// Loop is a training of several steps over one or several models: the discriminator and the generator of a GAN, an
// encoder and a decoder, an actor and a critic. It has what Fit has: epochs, running averages, validation,
// callbacks, probes, the best epoch, checkpoints, and the same bits for any number of threads and after a kill.
type Loop struct {
	// Models are all models that the steps use, each under a name of its own; a model file of the run holds all of
	// them, the first one as its main model. nil: the model of the steps, where there is only one.
	Models []NamedModel
	// Steps are run for each batch in this order, as often as they say. There may be none where Batch learns without
	// them, by changing the weights of Models itself.
	Steps []LoopStep
	// Batch, if not nil, decides in place of that what is done with a batch.
	Batch func(*Turn) error
	// Metrics are further running averages, which Batch adds to by Turn.Add.
	Metrics []LoopMetric
	// Validate, if not nil, returns the metrics of an epoch's end, named as ValidationMetrics has them; their names in
	// the history begin with val_. Without it the losses and outputs of the steps are computed over Config.Validation,
	// in inference mode, if that is given.
	Validate          func(ctx context.Context) (Metrics, error)
	ValidationMetrics []LoopMetric
}

// LoopStep is one of the steps of a Loop.
type LoopStep struct {
	// Name tells the steps apart; the running average of the loss is NAME_loss. A single step may have none: loss.
	Name string
	Step *Step
	// Every runs the step on every so many batches, beginning with the first; Times so often on each. 0 means 1.
	Every, Times int
	// Inputs are what the step is given for a batch; nil: the batch's inputs, targets and, if the data have any, the
	// samples' weights.
	Inputs func(*Turn) []*tensor.Tensor
	// Outputs name the outputs of the step's trace, all of them scalars, whose running averages are shown beside the
	// loss.
	Outputs []LoopMetric
}

// LoopMetric is the name of a running average. A direction is needed where the metric is monitored without a mode.
type LoopMetric struct {
	Name      string
	Direction metric.Direction
}

// lossName is the name of the running average of the step's loss.
func (s LoopStep) lossName() string {
	if s.Name == "" {
		return "loss"
	}
	return s.Name + "_loss"
}

// Turn is a batch in a Loop. Its tensors are valid until Loop.Batch returns.
type Turn struct {
	Epoch, Batch    int // from 0
	Samples         []int
	Inputs, Targets []*tensor.Tensor
	Weights         *tensor.Tensor // of the samples, [batch]; nil: all 1. Several lists are in what steps are given

	loop *looper
	all  []*tensor.Tensor
}

// Run does a step, named as in Loop.Steps; without inputs it is given those that the LoopStep says. The running
// averages of the step's loss and outputs take the results, which stay valid until the step's next run.
func (t *Turn) Run(step string, in ...*tensor.Tensor) (loss float64, outputs []*tensor.Tensor, err error) {
	l := t.loop
	i := slices.IndexFunc(l.loop.steps, func(s LoopStep) bool { return s.Name == step })
	if i < 0 {
		_, err := l.loop.step(step)
		return 0, nil, err
	}
	s := &l.loop.steps[i]
	if len(in) == 0 {
		in = t.inputs(s)
	}
	loss, outputs, err = s.Step.Run(in...)
	if err != nil {
		if s.Name != "" {
			err = fmt.Errorf("%s: %w", s.Name, err)
		}
		return loss, outputs, err
	}
	return loss, outputs, l.means.step(l.first[i], s, len(t.Samples), loss, outputs)
}

// inputs are those of a step for the batch.
func (t *Turn) inputs(s *LoopStep) []*tensor.Tensor {
	if s.Inputs != nil {
		return s.Inputs(t)
	}
	return t.all
}

// Add takes a value of the batch into the running average of a metric of Loop.Metrics. It counts as often as the
// batch has samples.
func (t *Turn) Add(name string, value float64) error {
	return t.loop.means.addNamed(name, len(t.Samples), value)
}

// Rand is a source of random numbers that depends on the seed, the epoch and the batch alone, so that a continued run
// draws the same. What a step draws within its trace it draws from the trace's Key.
func (t *Turn) Rand() *rand.Rand {
	return rand.New(rand.NewPCG(t.loop.loop.config.Seed, uint64(t.Epoch)<<32|uint64(t.Batch)))
}

// Fit trains for c.Epochs epochs. What c says of losses, the optimiser, metrics, class weights and truncation
// belongs to steps and must not be given; the data need no targets.
func (l Loop) Fit(ctx context.Context, d Data, c Config) (*History, error) {
	r, err := l.looper(c)
	if err != nil {
		return nil, fmt.Errorf("loop: %w", err)
	}
	for _, s := range l.Steps {
		s.Step.Profile(c.Profile != nil)
	}
	h, err := r.loop.fit(ctx, d)
	if err != nil {
		return h, fmt.Errorf("loop: %w", err)
	}
	if c.Profile != nil {
		for _, s := range l.Steps {
			if _, err := fmt.Fprintf(c.Profile, "%s\n%s", s.Name, plan.Table(s.Step.Times())); err != nil {
				return h, fmt.Errorf("loop: profile: %w", err)
			}
		}
	}
	return h, nil
}

// looper is a Loop that runs.
type looper struct {
	Loop
	loop  *loop
	means *means
	first []int // number of the average of each step's loss; its outputs' follow
	turn  Turn
}

func (l Loop) looper(c Config) (*looper, error) {
	if err := l.check(&c); err != nil {
		return nil, err
	}
	r := &looper{Loop: l, means: &means{}}
	if len(r.Models) == 0 {
		r.Models = []NamedModel{{Model: l.Steps[0].Step.models[0]}}
	}
	if err := r.ownModels(); err != nil {
		return nil, err
	}
	directions := map[string]metric.Direction{}
	name := func(m LoopMetric) error {
		if m.Name == "" || slices.Contains(r.means.names, m.Name) {
			return fmt.Errorf("metrics: the name %q of a running average is missing or given twice", m.Name)
		}
		r.means.names, directions[m.Name] = append(r.means.names, m.Name), m.Direction
		return nil
	}
	for _, s := range l.Steps {
		r.first = append(r.first, len(r.means.names))
		for _, m := range append([]LoopMetric{{s.lossName(), metric.Min}}, s.Outputs...) {
			if err := name(m); err != nil {
				return nil, err
			}
		}
	}
	steps := slices.Clone(r.means.names) // those that validation has too
	for _, m := range l.Metrics {
		if err := name(m); err != nil {
			return nil, err
		}
	}
	r.means.reset()
	r.loop = &loop{
		config: c, models: r.Models, vars: variables(r.Models), steps: l.Steps, history: &History{},
		meter: r.means, names: r.means.names, directions: directions,
		prepare: func(_ string, f *feed) error { f.prepare(); return nil },
		learn:   r.learn,
		inputs: func(s *Step, b *data.Batch, in []*tensor.Tensor) []*tensor.Tensor {
			r.take(b, in)
			return r.turn.inputs(&l.Steps[slices.IndexFunc(l.Steps, func(x LoopStep) bool { return x.Step == s })])
		},
	}
	r.turn.loop = r
	switch {
	case l.Validate != nil:
		r.loop.evaluate = func() error {
			r.loop.validate = l.Validate
			for _, m := range l.ValidationMetrics {
				r.loop.valNames, directions[m.Name] = append(r.loop.valNames, m.Name), m.Direction
			}
			return nil
		}
	case c.Validation != nil:
		r.loop.evaluate = func() error { return r.validation(steps) }
	}
	return r, nil
}

// check finds what does not belong to a Loop.
func (l Loop) check(c *Config) error {
	if len(l.Steps) == 0 && (l.Batch == nil || len(l.Models) == 0) {
		return fmt.Errorf("there are no steps; give those of NewStep, or Batch and Models")
	}
	for _, x := range []struct {
		given bool
		key   string
	}{
		{c.Loss != nil || c.Losses != nil || c.LossWeights != nil, "loss"}, {c.Optimizer != nil, "optimizer"},
		{c.Metrics != nil || c.OutputMetrics != nil || c.WeightedMetrics != nil, "metrics"},
		{c.ClassWeight != nil, "class_weight"},
		{c.Truncate != 0, "truncate"}, {c.Recompute, "recompute"},
	} {
		if x.given {
			return fmt.Errorf("%s: belongs to a step of a Loop, not to its Config; leave it out", x.key)
		}
	}
	names := map[string]bool{}
	for i, s := range l.Steps {
		switch {
		case s.Step == nil:
			return fmt.Errorf("step %d: Step is nil; make one with NewStep", i+1)
		case s.Name == "" && len(l.Steps) > 1:
			return fmt.Errorf("step %d: has no name; several steps need names", i+1)
		case names[s.Name]:
			return fmt.Errorf("step %d: there is another step %q; give each a name of its own", i+1, s.Name)
		case s.Every < 0 || s.Times < 0:
			return fmt.Errorf("step %q: Every %d, Times %d; give numbers from 1, or 0 for 1", s.Name, s.Every, s.Times)
		}
		names[s.Name] = true
	}
	return nil
}

// ownModels checks that the models have names and that the steps use no others: their weights would be in no
// checkpoint.
func (r *looper) ownModels() error {
	prefix := map[*model.Model]string{}
	names := map[string]bool{}
	for i, m := range r.Models {
		switch {
		case m.Model == nil:
			return fmt.Errorf("model %d (%q) is nil", i+1, m.Name)
		case m.Name == "" && len(r.Models) > 1:
			return fmt.Errorf("model %d: has no name; several models need names", i+1)
		case names[m.Name]:
			return fmt.Errorf("model %d: there is another model %q; give each a name of its own", i+1, m.Name)
		case m.Store() == nil:
			return fmt.Errorf("model %q: is not built, since no step uses it; leave it out, or build it", m.Name)
		}
		names[m.Name], prefix[m.Model] = true, m.prefix()
	}
	for _, s := range r.Steps {
		for i, m := range s.Step.models {
			p, ok := prefix[m]
			if !ok {
				return fmt.Errorf("step %q: uses a model that is not among the Loop's Models; name it there", s.Name)
			}
			s.Step.prefix[i] = p
		}
	}
	return nil
}

// take makes the batch the present turn.
func (r *looper) take(b *data.Batch, in []*tensor.Tensor) {
	t := &r.turn
	t.Epoch, t.Batch = r.loop.at.epoch, r.loop.at.batch
	t.Samples, t.Inputs, t.Targets, t.Weights, t.all = b.Samples, b.Inputs, b.Targets, nil, in
	if given := in[len(b.Inputs)+len(b.Targets):]; len(given) == 1 {
		t.Weights = given[0]
	}
}

// learn does with a batch what the Loop says.
func (r *looper) learn(b *data.Batch, in []*tensor.Tensor) error {
	r.take(b, in)
	if r.Batch != nil {
		return r.Batch(&r.turn)
	}
	for i := range r.Steps {
		s := &r.Steps[i]
		if r.turn.Batch%max(1, s.Every) != 0 {
			continue
		}
		for range max(1, s.Times) {
			if _, _, err := r.turn.Run(s.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

// validation prepares the inference of the steps over Config.Validation.
func (r *looper) validation(names []string) error {
	f, err := r.loop.config.Validation.feed("validation data", r.loop.config.validationBatch(), false)
	if err != nil {
		return err
	}
	f.loader.Bucket, f.watch = r.loop.config.Bucket, r.loop.testBatch
	f.prepare()
	e := &stepEvaluator{looper: r, feed: f, means: means{names: names}}
	if e.batch, err = f.loader.New(); err != nil {
		return err
	}
	for _, s := range r.Steps {
		e.programs = append(e.programs, s.Step.inference())
	}
	r.loop.validate, r.loop.valNames = e.run, names
	return nil
}

// stepEvaluator computes the losses and outputs of steps over data, in inference mode.
type stepEvaluator struct {
	*looper
	feed     *feed
	batch    *data.Batch
	programs []*model.Program
	means    means
}

// run goes over the data once.
func (e *stepEvaluator) run(ctx context.Context) (Metrics, error) {
	e.means.reset()
	err := e.feed.each(ctx, e.batch, func(b *data.Batch, in []*tensor.Tensor) error {
		e.take(b, in)
		for i := range e.Steps {
			s := &e.Steps[i]
			s.Step.setKeyAt(uint64(b.Step)) // the same draws at every epoch's end
			outs, err := e.programs[i].Run(e.turn.inputs(s)...)
			if err != nil {
				return err
			}
			if err := e.means.step(e.first[i], s, len(b.Samples), float64(outs[0].F32[0]), outs[1:]); err != nil {
				return err
			}
		}
		return nil
	})
	return e.means.now(), err
}

// means are running averages of numbers that batches give.
type means struct {
	names   []string
	sums    []float64
	samples []float64
	result  Metrics
}

func (m *means) reset() {
	if m.result == nil {
		m.sums, m.samples = make([]float64, len(m.names)), make([]float64, len(m.names))
		for _, n := range m.names {
			m.result = append(m.result, Metric{Name: n})
		}
	}
	clear(m.sums)
	clear(m.samples)
}

func (m *means) add(i, samples int, v float64) {
	m.sums[i] += v * float64(samples)
	m.samples[i] += float64(samples)
}

func (m *means) addNamed(name string, samples int, v float64) error {
	i := slices.Index(m.names, name)
	if i < 0 {
		return fmt.Errorf("metrics: there is no running average %q; name it among the Loop's Metrics", name)
	}
	m.add(i, samples, v)
	return nil
}

// step takes the loss and the named outputs of a step.
func (m *means) step(first int, s *LoopStep, samples int, loss float64, outputs []*tensor.Tensor) error {
	m.add(first, samples, loss)
	for k, o := range s.Outputs {
		if k >= len(outputs) || outputs[k].Len() != 1 {
			return fmt.Errorf("step %q: output %d, %q, is not there or is no scalar", s.Name, k+1, o.Name)
		}
		m.add(first+1+k, samples, outputs[k].Float(0))
	}
	return nil
}

// now is the averages so far; one of no batches is NaN.
func (m *means) now() Metrics {
	for i := range m.result {
		m.result[i].Value = m.sums[i] / m.samples[i]
	}
	return m.result
}

func (m *means) state() []float64 { return slices.Concat(m.sums, m.samples) }

func (m *means) restore(s []float64) error {
	if len(s) != 2*len(m.names) {
		return fmt.Errorf("the saved state has %d sums for %d running averages; they have changed since", len(s),
			len(m.names))
	}
	copy(m.sums, s)
	copy(m.samples, s[len(m.names):])
	return nil
}
