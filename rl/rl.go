package rl

import (
	"context"
	"errors"
	"fmt"

	"gorae/config"
	"gorae/env"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

// Algorithm is a way of learning to act: DQN, Reinforce or ActorCritic. The fields are its arguments; zero means the
// default.
type Algorithm interface {
	// Defaults returns what fits the algorithm where nothing is said: the activation of hidden layers.
	Defaults() Defaults
	// method prepares the algorithm for a training.
	method(t *Training) (method, error)
}

// Defaults are an algorithm's choices where nothing else is said.
type Defaults struct {
	Activation string // of hidden layers
	Critic     bool   // a second network estimates the value of observations
}

// Algorithms is the registry of algorithms that an experiment file can name.
var Algorithms = config.NewRegistry[Algorithm]("algorithm", "gorae")

func init() {
	Algorithms.RegisterOwn(DQN{}, "dqn")
	Algorithms.RegisterOwn(Reinforce{})
	Algorithms.RegisterOwn(ActorCritic{}, "a2c")
}

// Config is the settings of a training that all algorithms share.
type Config struct {
	// Steps is the number of steps of the environment; 0 means 100,000.
	Steps int
	// Seed decides everything random: first weights, episodes, exploration, the choice of samples.
	Seed uint64
	// Optimizer moves the weights; nil is Adam with the algorithm's LearningRate and MaxGradNorm.
	Optimizer optim.Optimizer
	// Critic is the network that estimates the value of an observation, for algorithms that have one; nil is a network
	// of two dense layers of 64 units.
	Critic *model.Model
	// Epochs is the number of equal parts of the training. At the end of each the greedy policy plays Validation
	// episodes; the weights of the part with the greatest mean return are kept. 0 means 20.
	Epochs int
	// Validation is that number of episodes; 0 means 20. They are none of those that Evaluate plays.
	Validation int
	// Callbacks see the events of the training.
	Callbacks []train.Callback
	// Checkpoint, if set, writes the training to a file as it goes, and continues from it.
	Checkpoint *train.Checkpoint
}

// Training is a prepared training: a loop with what it is to be run with. Whoever runs it adds callbacks and a
// checkpoint to Config.
type Training struct {
	Loop   train.Loop
	Data   train.Data
	Config train.Config

	Env    env.Spec // New makes an environment
	Model  *model.Model
	Critic *model.Model // nil: none

	settings Config
	learner  *learner
}

// Prepare checks an environment, a network and an algorithm, and returns their training. The network takes encoded
// observations (Encoder) and has one output for each action: the value of the action for DQN, the logit of its
// probability for the others.
func Prepare(e env.Spec, m *model.Model, a Algorithm, c Config) (*Training, error) {
	if err := check(e, m, a, &c); err != nil {
		return nil, err
	}
	a = config.Filled(a)
	t := &Training{Env: e, Model: m, settings: c}
	if err := m.Build(c.Seed); err != nil {
		return nil, err
	}
	l := &learner{seed: c.Seed, total: c.Steps}
	t.learner = l
	first, err := env.Check(e.Name, e.New())
	if err != nil {
		return nil, err
	}
	l.encoder, l.space, l.actions = NewEncoder(first.Space()), first.Space(), first.Actions()
	if err := fits("the network", m, l.encoder.Width, l.actions, "one number for each action"); err != nil {
		return nil, err
	}
	if a.Defaults().Critic {
		if t.Critic = c.Critic; t.Critic == nil {
			t.Critic = Network(l.encoder.Width, 1, a.Defaults().Activation, 64, 64)
		}
		if err := t.Critic.Build(mix(c.Seed, streamCritic, 0)); err != nil {
			return nil, err
		}
		if err := fits("the critic", t.Critic, l.encoder.Width, 1, "the value of an observation"); err != nil {
			return nil, err
		}
	} else if c.Critic != nil {
		return nil, fmt.Errorf("critic: %T has none; leave it out", a)
	}
	if l.method, err = a.method(t); err != nil {
		return nil, err
	}
	if err := l.begin(e, first); err != nil {
		return nil, err
	}
	t.loop()
	return t, nil
}

// check finds what is missing, and fills the settings in.
func check(e env.Spec, m *model.Model, a Algorithm, c *Config) error {
	switch {
	case e.Make == nil:
		return errors.New("there is no environment; give an env.Spec with Make")
	case m == nil:
		return errors.New("there is no network; give one, as rl.Network makes it")
	case a == nil:
		return errors.New("there is no algorithm; give rl.DQN{}, rl.Reinforce{} or rl.ActorCritic{}")
	}
	for _, x := range []struct {
		name  string
		value *int
		zero  int
	}{{"steps", &c.Steps, 100_000}, {"epochs", &c.Epochs, 20}, {"validation", &c.Validation, 20}} {
		if *x.value < 0 {
			return fmt.Errorf("%s: %d; give a number from 1, or 0 for %d", x.name, *x.value, x.zero)
		}
		if *x.value == 0 {
			*x.value = x.zero
		}
	}
	c.Epochs = min(c.Epochs, c.Steps)
	return nil
}

// ticksPerTurn is the number of ticks in a turn of the loop: between them the run may be stopped and is written.
const ticksPerTurn = 64

// loop makes the training's loop. An epoch is an equal part of the steps, a batch of the loop a turn of some of them.
func (t *Training) loop() {
	l, c := t.learner, t.settings
	n := len(l.actors)
	ticks := max(1, (c.Steps+c.Epochs*n-1)/(c.Epochs*n)) // of an epoch
	turns := (ticks + ticksPerTurn - 1) / ticksPerTurn
	t.Data = train.Data{X: []*tensor.Tensor{tensor.New(tensor.Float32, turns, 1)}} // a turn needs no data
	models, steps := l.method.parts()
	t.Loop = train.Loop{
		Models: models, Steps: steps,
		Metrics: []train.LoopMetric{{Name: "return", Direction: metric.Max}, {Name: "length"}},
		Batch: func(turn *train.Turn) error {
			for range min(ticksPerTurn, ticks-turn.Batch*ticksPerTurn) {
				if err := l.tick(turn); err != nil {
					return err
				}
			}
			return nil
		},
		ValidationMetrics: []train.LoopMetric{{Name: "return", Direction: metric.Max}},
		Validate: func(ctx context.Context) (train.Metrics, error) {
			r, err := t.Play(ctx, validationEpisodes, c.Validation)
			if err != nil {
				return nil, err
			}
			return train.Metrics{{Name: "return", Value: r.Mean()}}, nil
		},
	}
	t.Config = train.Config{
		Epochs: c.Epochs, BatchSize: 1, Seed: c.Seed, NoShuffle: true, Monitor: "val_return", KeepBest: true,
		Callbacks: append([]train.Callback{l}, c.Callbacks...), Checkpoint: c.Checkpoint,
	}
}

// Fit runs the training. The network ends with the weights of the best epoch.
func (t *Training) Fit(ctx context.Context) (*train.History, error) {
	return t.Loop.Fit(ctx, t.Data, t.Config)
}

// Progress is where a training stands.
type Progress struct {
	Steps    int // of the environment
	Episodes int // that have ended
}

// Progress returns where the training stands. It is for callbacks.
func (t *Training) Progress() Progress { return Progress{int(t.learner.steps), t.learner.ended} }

// Train trains a network to act in an environment, and leaves it with the weights of the best epoch. The mean return
// of episodes is "return" in the history, that of the greedy policy at the end of each epoch "val_return".
func Train(ctx context.Context, e env.Spec, m *model.Model, a Algorithm, c Config) (*train.History, error) {
	t, err := Prepare(e, m, a, c)
	if err != nil {
		return nil, fmt.Errorf("rl: %w", err)
	}
	h, err := t.Fit(ctx)
	if err != nil {
		return h, fmt.Errorf("rl: %w", err)
	}
	return h, nil
}
