package restore

import (
	"context"
	"slices"

	"gorae/data"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// problem is one run.
type problem struct {
	in      *task.Input
	section *Section
	fitted  *Fitted
	parts   [3]*selection // nil where there are no pictures

	model    *model.Model
	train    *spec.Train
	training *task.Training
	learnt   data.Dataset // the samples
	held     data.Dataset // of the validation; nil without
	scores   [3]*scores   // of the trained network
}

// About implements task.Problem.
func (p *problem) About() string {
	return task.Predicts(p.fitted.Outputs())
}

// Inputs implements task.Procedure: pictures of any size, where the network takes them.
func (p *problem) Inputs() []data.Field {
	n := p.in.Spec.Model
	if n == nil {
		n = p.Network()
	}
	shape := tensor.Shape{p.fitted.Height, p.fitted.Width, p.fitted.Channels}
	if anySize(n) {
		shape[0], shape[1] = -1, -1
	}
	return []data.Field{{Name: "x", Shape: shape}}
}

// Keys implements task.Procedure.
func (*problem) Keys() []string {
	return []string{"batch_size", "optimizer", "loss", "metrics", "shuffle"}
}

// The defaults of the train section.
const (
	defaultEpochs = 50
	defaultBatch  = 32
)

// Epochs returns the default.
func (*problem) Epochs() int { return defaultEpochs }

// Settle implements task.Procedure.
func (p *problem) Settle(m *model.Model, t *spec.Train, seed uint64) error {
	if err := p.fits(m); err != nil {
		return err
	}
	if t.Optimizer == nil {
		t.Optimizer = optim.Adam{}
	}
	if t.BatchSize == 0 {
		t.BatchSize = defaultBatch
	}
	if err := p.objective(m, t); err != nil {
		return err
	}
	p.model, p.train = m, t
	s := p.section
	of := samples{of: p.parts[task.Train], corrupt: p.fitted.Corrupt, white: p.fitted.White, seed: seed,
		height: p.fitted.Height, width: p.fitted.Width, n: s.Patches, patches: s.Patch > 0, turn: *s.Turn}
	if s.Patch == 0 {
		of.n = of.of.len()
	}
	p.learnt = &of
	if v := p.parts[task.Validation]; v.len() > 0 {
		held := samples{of: v, corrupt: of.corrupt, white: of.white, seed: seed, height: of.height, width: of.width,
			n: max(v.len(), of.n/validationShare), patches: of.patches, fixed: true}
		if s.Patch == 0 {
			held.n = v.len()
		}
		p.held = &held
	}
	return nil
}

// objective sets loss and metrics, and refuses those of classes.
func (p *problem) objective(m *model.Model, t *spec.Train) error {
	if t.Loss == nil {
		t.Loss = spec.Losses{{Loss: loss.MeanSquaredError{}}}
	}
	if t.Metrics == nil {
		t.Metrics = spec.Metrics{{Name: "psnr", Metric: metric.PSNR{MaxVal: 1}}}
	}
	p.training = task.NewTraining(m, t.Loss, t.Metrics)
	l := p.training.Losses[0]
	if l == nil {
		return task.Errorf("train.loss", "no loss of the output %s", m.OutputNames()[0]).
			Fix("name mean_squared_error, or leave it out")
	}
	if loss.TraitsOf(l).Targets == loss.ClassNumbers {
		return task.Errorf("train.loss", "%s takes class numbers, but the target is a picture; give mean_squared_error",
			loss.Losses.Word(l))
	}
	for i, x := range p.training.Metrics[0] {
		if metric.TraitsOf(x.Metric).Targets == loss.ClassNumbers {
			return task.Errorf(p.training.MetricPath(0, i), "%s takes class numbers, but the target is a picture; "+
				"give psnr or ssim", x.Name)
		}
		if s, ok := x.Metric.(metric.SSIM); ok && min(p.fitted.Height, p.fitted.Width) < s.Side() {
			return task.Errorf(p.training.MetricPath(0, i), "the windows of ssim are %d×%d pixels, but samples are "+
				"%d×%d; give a smaller filter_size, or leave ssim out", s.Side(), s.Side(), p.fitted.Height,
				p.fitted.Width)
		}
	}
	return nil
}

// Columns implements task.Procedure.
func (p *problem) Columns() []string {
	names := []string{"loss"}
	for _, x := range p.training.Metrics[0] {
		names = append(names, x.Name)
	}
	if p.held != nil {
		for _, n := range slices.Clone(names) {
			names = append(names, "val_"+n)
		}
	}
	return names
}

// Train implements task.Procedure.
func (p *problem) Train(ctx context.Context, c train.Config) (*train.History, error) {
	c.Optimizer, c.Losses = p.train.Optimizer, p.training.Losses
	var ms []metric.Metric
	for _, x := range p.training.Metrics[0] {
		ms = append(ms, x)
	}
	c.OutputMetrics = [][]metric.Metric{ms}
	if p.held != nil {
		c.Validation = &train.Data{Source: p.held}
	}
	return train.Fit(ctx, p.model, train.Data{Source: p.learnt}, c)
}

// Evaluate implements task.Procedure: the metrics of whole pictures. The Gaussian filter that stands beside the network
// is chosen on the validation pictures, or on training pictures where there are none.
func (p *problem) Evaluate(ctx context.Context) (out [3]*task.Measured, err error) {
	chosen := p.parts[task.Validation]
	if chosen.len() == 0 {
		chosen = p.parts[task.Train]
	}
	if err := p.fitted.choose(ctx, chosen, p.in.Spec.Seed); err != nil {
		return out, err
	}
	for _, part := range []task.Part{task.Validation, task.Test} {
		of := p.parts[part]
		if of.len() == 0 {
			continue
		}
		s, err := p.fitted.score(ctx, p.training, of, p.in.Spec.Seed)
		if err != nil {
			return out, err
		}
		p.scores[part], out[part] = s, s.measured(p.in.Dependence[part], p.in.Spec.Seed)
	}
	return out, nil
}

// Finish implements task.Problem: the baselines, and pictures beside what was made of them.
func (p *problem) Finish(ctx context.Context, f *task.Finish) error {
	part := task.Test
	if p.scores[part] == nil {
		part = task.Validation
	}
	s := p.scores[part]
	if s == nil {
		return nil
	}
	if f.Baselines {
		if err := s.compare(part.String(), f.Dependence[part], f.Seed, f.Findings); err != nil {
			return err
		}
	}
	return p.draw(ctx, part, f)
}
