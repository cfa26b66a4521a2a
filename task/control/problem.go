package control

import (
	"context"
	"errors"
	"fmt"

	"gorae/data"
	"gorae/env"
	"gorae/layer"
	"gorae/model"
	"gorae/rl"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// The defaults of the train section.
const (
	hidden             = 64 // units of each of two layers
	stepsPerEpoch      = 1000
	validationEpisodes = 50
	testEpisodes       = 100
)

// problem is one run.
type problem struct {
	fitted     *Fitted
	activation layer.Activation
	training   *rl.Training
	played     rl.Episodes // of the test
	seed       uint64
}

// Network returns two dense layers and an output for each action.
func (p *problem) Network() *spec.Network {
	return spec.Chain(
		layer.Dense{Units: hidden, Activation: p.activation}, layer.Dense{Units: hidden, Activation: p.activation},
		layer.Dense{Units: p.fitted.actions},
	)
}

// About implements task.Problem.
func (p *problem) About() string { return fmt.Sprintf("one of %d actions", p.fitted.actions) }

// Inputs implements task.Procedure.
func (p *problem) Inputs() []data.Field {
	return []data.Field{{Name: "observation", Shape: tensor.Shape{p.fitted.encoder.Width}}}
}

// Keys implements task.Procedure.
func (*problem) Keys() []string { return []string{"optimizer"} }

// Settle implements task.Procedure.
func (p *problem) Settle(m *model.Model, t *spec.Train, seed uint64) error {
	s := t.Section(name).(*Train)
	a, err := s.algorithm()
	if err != nil {
		return err
	}
	if s.DQN == nil && p.fitted.Algorithm == "dqn" {
		s.DQN = &rl.DQN{}
	}
	if err := p.fitted.Check(m); err != nil {
		return task.Errorf("model", "%v", err)
	}
	for _, x := range []struct {
		key  *int
		zero int
	}{
		{&s.StepsPerEpoch, stepsPerEpoch}, {&s.ValidationEpisodes, validationEpisodes}, {&s.TestEpisodes, testEpisodes},
	} {
		if *x.key == 0 {
			*x.key = x.zero
		}
	}
	if t.Monitor == "" {
		t.Monitor = "val_return"
	}
	p.fitted.Episodes, p.seed = s.TestEpisodes, seed
	p.training, err = rl.Prepare(p.fitted.spec, m, a, rl.Config{
		Seed: seed, Optimizer: t.Optimizer, Epochs: t.Epochs, StepsPerEpoch: s.StepsPerEpoch,
		ValidationEpisodes: s.ValidationEpisodes,
	})
	var fault *env.Error
	switch {
	case errors.As(err, &fault):
		return task.Errorf("data.environment", "%v", err)
	case err != nil:
		return task.Errorf("train."+p.fitted.Algorithm, "%v", err)
	}
	return nil
}

// Columns implements task.Procedure.
func (p *problem) Columns() []string { return p.training.Names() }

// Train implements task.Procedure.
func (p *problem) Train(ctx context.Context, c train.Config) (*train.History, error) {
	return p.training.Fit(ctx, c)
}

// Evaluate implements task.Procedure: the episodes by which the best epoch was chosen, and fresh ones.
func (p *problem) Evaluate(ctx context.Context) (parts [3]*task.Measured, err error) {
	played, err := p.training.Validation(ctx)
	if err != nil {
		return parts, err
	}
	parts[task.Validation] = measured(played, p.fitted.spec.Steps)
	p.played, err = rl.Evaluate(ctx, p.fitted.spec, rl.Greedy(p.training.Model, p.fitted.space), p.fitted.Episodes,
		p.seed)
	if err != nil {
		return parts, err
	}
	parts[task.Test] = measured(p.played, p.fitted.spec.Steps)
	return parts, nil
}

// Finish implements task.Problem: it plays the episodes of the test by policies without learning, and draws an episode.
func (p *problem) Finish(ctx context.Context, f *task.Finish) error {
	if f.Baselines {
		if err := p.fitted.beside(ctx, p.played, p.seed, task.Test.String(), f.Findings); err != nil {
			return err
		}
	}
	return p.animate(ctx, f)
}
