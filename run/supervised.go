package run

import (
	"context"
	"errors"
	"fmt"

	"gorae/bundle"
	"gorae/data"
	"gorae/internal/doing"
	"gorae/internal/rowhash"
	"gorae/metric"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// supervised learns from samples with targets: train.Fit lowers the losses between outputs and targets.
type supervised struct {
	*Prepared
	problem task.Supervised
	// ensemble is that of the experiment, nil without. Where it has folds, the validation samples are the training
	// samples, each evaluated by the network that has not learnt from it.
	ensemble *train.Ensemble
	classes  map[int]float64   // weights of classes in the loss; nil: all 1
	weights  [3]*tensor.Tensor // weights of samples in the loss, by part; nil: all 1
}

func (m *supervised) inputs(t *task.Prepared) []data.Field { return t.Parts[task.Train].Spec().Inputs }

func (m *supervised) settle(t *task.Prepared, in *task.Input, b *builder) error {
	if err := m.settleEnsemble(t, in); err != nil {
		return err
	}
	if key := m.Spec.Train.Foreign(m.Task.Name()); key != "" {
		return task.Errorf("train."+key, "is a key of the task %s, but %s is %s", m.Spec.Train.Owner(key),
			in.Source.Name, m.Task.Name()).AtKey().Fix("leave it out")
	}
	err := m.problem.Fits(task.OutputShapes(m.Model))
	var misfit *task.OutputError
	if errors.As(err, &misfit) {
		return task.Errorf(b.outputPath(misfit.Output), "%s", misfit.Msg)
	}
	if err != nil {
		return err
	}
	if err := m.checkIDs(t, in); err != nil {
		return err
	}
	if err := m.settleObjective(); err != nil {
		return err
	}
	if t.Parts[task.Train] != nil {
		var err error
		if m.classes, err = m.classWeights(t.Parts[task.Train]); err != nil {
			return err
		}
	}
	m.weights = t.Weights
	if err := m.encode(t); err != nil {
		return err
	}
	if err := m.checkChoosing(); err != nil {
		return err
	}
	m.settleTrain()
	m.takeState()
	if err := m.settleBucket(); err != nil {
		return err
	}
	m.Training.Batches = m.batches()
	if err := m.problem.Check(m.Training); err != nil {
		return err
	}
	if n, ok := m.Problem.(interface {
		Notes(*task.Training) []string
	}); ok {
		m.Notes = append(m.Notes, n.Notes(m.Training)...)
	}
	return nil
}

// checkIDs returns an error for samples with ids that an Embedding of the model does not have. Where the vocabulary is
// that of the only input, checkEmbeddings has compared the number of its ids.
func (m *supervised) checkIDs(prepared *task.Prepared, in *task.Input) error {
	if prepared.Vocabulary > 0 && len(m.Model.InputNames()) == 1 {
		return nil
	}
	for part, d := range prepared.Parts {
		s := in.Source
		if task.Part(part) == task.Test && in.Test != nil {
			s = in.Test
		}
		if d == nil {
			continue
		}
		if err := task.CheckIDs(m.Model, d, s.Name); err != nil {
			return s.Errorf("%v", err)
		}
	}
	return nil
}

// encode sets Parts, with class targets in the encoding of the losses, and Augmented.
func (m *supervised) encode(prepared *task.Prepared) error {
	shapes := task.OutputShapes(m.Model)
	encode := func(d data.Dataset) data.Dataset {
		return task.Encode(d, m.Fitted.Outputs(), m.Training.Losses, shapes)
	}
	for i, d := range prepared.Parts {
		if d != nil {
			m.Parts[i] = encode(d)
		}
	}
	if m.Parts[task.Train] == nil {
		return task.Errorf("split", "there are no training samples; lower validation and test")
	}
	m.Augmented = m.Parts[task.Train]
	if prepared.Augment == nil {
		return nil
	}
	var err error
	m.Augmented, err = prepared.Augment(encode(prepared.Raw))
	return err
}

func (m *supervised) train(ctx context.Context, c train.Config) (*train.History, error) {
	t := &m.Spec.Train
	c.LossWeights, c.Optimizer, c.State, c.Bucket = m.lossWeights(), t.Optimizer, m.state, m.bucket()
	c.Truncate, c.Recompute = t.Truncate, t.Recompute
	for i, l := range m.Training.Losses {
		c.Losses = append(c.Losses, m.Fitted.Loss(i, l))
		var ms []metric.Metric
		for _, x := range m.Training.Metrics[i] {
			// during training only the metric over all columns of an output is computed
			ms = append(ms, m.Fitted.Metrics(i, x.Name, x.Metric, l)[0])
		}
		c.OutputMetrics = append(c.OutputMetrics, ms)
	}
	c.Ensemble, c.ClassWeight = m.ensemble, m.classes
	if m.Rows(task.Validation) > 0 && !m.folded() {
		c.Validation = &train.Data{Source: m.Parts[task.Validation], Weights: m.weights[task.Validation]}
	}
	h, err := train.Fit(ctx, m.Model, train.Data{Source: m.Augmented, Weights: m.weights[task.Train]}, c)
	if err != nil {
		return nil, err
	}
	return h, m.choose(ctx)
}

// checkChoosing returns an error where something is to be chosen, and there are no validation samples for it, or no
// test samples to judge it.
func (m *supervised) checkChoosing() error {
	key := m.Spec.Train.Chosen()
	switch {
	case key == "":
	case m.Rows(task.Validation) == 0:
		return task.Errorf(key, "goes by validation samples, and there are none").AtKey().
			Fix("give split.validation, or leave it out")
	case m.Rows(task.Test) == 0:
		return task.Errorf(key, "goes by validation samples, and there are no test samples to judge it").AtKey().
			Fix("give split.test, or leave it out")
	case m.folded():
		return task.Errorf(key, "goes by validation samples that no network has learnt from, and train.ensemble "+
			"has folds").AtKey().Fix("give ensemble.folds: false")
	}
	return nil
}

// choose lets the problem choose on the validation samples what its predictions need beside the weights. Where there
// are no test samples, the validation samples are reported on, and choose nothing.
func (m *supervised) choose(ctx context.Context) error {
	c, ok := m.Problem.(task.Chooser)
	if !ok {
		return nil
	}
	validation := m.Parts[task.Validation]
	if m.Rows(task.Validation) == 0 || m.Rows(task.Test) == 0 || m.folded() {
		validation = nil
	}
	return c.Choose(ctx, m.Training, validation)
}

// evaluate evaluates every part with the best weights, in inference mode, in one pass.
func (m *supervised) evaluate(ctx context.Context, r *Report) error {
	e := bundle.Evaluation(m.Fitted, m.Training)
	e.LossWeights, e.Bucket = m.lossWeights(), m.bucket()
	var parts [3]evaluated
	for part, to := range []*train.Metrics{&r.Train, &r.Validation, &r.Test} {
		part := task.Part(part)
		if m.Rows(part) == 0 {
			continue
		}
		r.Rows[part] = m.Rows(part)
		e := e
		if part == task.Validation && m.folded() {
			e.Ensemble = m.ensemble
		}
		var consumers []train.Consumer
		if c := m.problem.Observe(part, m.Parts[part], m.Training); c != nil {
			consumers = append(consumers, c)
		}
		each, err := e.PerSample(m.Model)
		if err != nil {
			return err
		}
		each.Expect(m.Rows(part))
		var only []string // of the training samples the gap's alone
		if part == task.Train {
			name, _ := m.gapMetric()
			only = append(only, name)
			each.Only(name)
		}
		m.hashes[part] = rowhash.New(m.salt(), m.Parts[part])
		consumers = append(consumers, each, m.hashes[part])
		doing.Say(ctx, "evaluating the %d %s samples", m.Rows(part), part)
		ms, err := e.Run(ctx, m.Model, train.Data{Source: m.Parts[part]}, consumers...)
		if err != nil {
			return fmt.Errorf("%s samples: %w", part, err)
		}
		*to = ms
		doing.Say(ctx, "computing intervals of %d %s samples", m.Rows(part), part)
		if part == task.Train {
			m.hashes[part].Sort()
		} else if e.Ensemble == nil {
			r.Duplicates = append(r.Duplicates, m.duplicates(part, each))
		}
		parts[part] = evaluated{ms, task.Intervals(ms, each, m.Dependence[part], m.Spec.Seed, only...)}
	}
	for _, h := range m.hashes {
		if h != nil {
			h.Inputs = nil // they have been compared
		}
	}
	unseen := task.Test
	if r.Rows[task.Test] == 0 {
		unseen = task.Validation
	}
	r.Intervals = parts[unseen].intervals
	if m.folded() {
		r.Folds = len(m.ensemble.Folds)
		if unseen == task.Validation { // the same samples by other networks
			return nil
		}
	}
	if r.Gap = m.gap(parts[task.Train], parts[unseen]); r.Gap != nil {
		r.Gap.Later = m.Dependence[unseen].Serial
	}
	return nil
}

// lossWeights returns the factor of each output's loss; nil where all are 1.
func (p *Prepared) lossWeights() []float64 {
	if len(p.Spec.Train.LossWeights) == 0 {
		return nil
	}
	var out []float64
	for _, name := range p.Model.OutputNames() {
		w, ok := p.Spec.Train.LossWeights[name]
		if !ok {
			w = 1
		}
		out = append(out, w)
	}
	return out
}

// curves are the loss and the metric that the gap is told in.
func (m *supervised) curves() []string {
	if name, _ := m.gapMetric(); name != "loss" {
		return []string{"loss", name}
	}
	return []string{"loss"}
}
