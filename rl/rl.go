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
	// Seed decides everything random: first weights, episodes, exploration, the choice of samples.
	Seed uint64
	// Optimizer moves the weights; nil is Adam with the algorithm's LearningRate and MaxGradNorm.
	Optimizer optim.Optimizer
	// Critic is the network that estimates the value of an observation, for algorithms that have one; nil is a network
	// of two dense layers of 64 units.
	Critic *model.Model
	// Epochs is the number of parts of the training, StepsPerEpoch the number of steps of the environment in each; 0
	// means 100 and 1,000. At the end of an epoch the greedy policy plays ValidationEpisodes, which are none of those
	// that Evaluate plays; 0 means 50. The weights of the epoch with the greatest mean return are kept.
	Epochs, StepsPerEpoch, ValidationEpisodes int
	// Callbacks see the events of the training.
	Callbacks []train.Callback
	// Checkpoint, if set, writes the training to a file as it goes, and continues from it.
	Checkpoint *train.Checkpoint
}

// Training is a prepared training.
type Training struct {
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
	l := &learner{seed: c.Seed, total: c.Epochs * c.StepsPerEpoch}
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
	}{
		{"epochs", &c.Epochs, 100}, {"steps per epoch", &c.StepsPerEpoch, 1000},
		{"validation episodes", &c.ValidationEpisodes, 50},
	} {
		if *x.value < 0 {
			return fmt.Errorf("%s: %d; give a number from 1, or 0 for %d", x.name, *x.value, x.zero)
		}
		if *x.value == 0 {
			*x.value = x.zero
		}
	}
	return nil
}

// ticksPerTurn is the number of ticks in a turn of the loop: between them the run may be stopped and is written.
const ticksPerTurn = 64

// turns returns the number of ticks in an epoch, each of which is a step of every actor, and of the turns of the loop
// that they are done in.
func (t *Training) turns() (ticks, turns int) {
	n := len(t.learner.actors)
	ticks = (t.settings.StepsPerEpoch + n - 1) / n
	return ticks, (ticks + ticksPerTurn - 1) / ticksPerTurn
}

// loop returns the training's loop: a batch is a turn of some ticks.
func (t *Training) loop() train.Loop {
	l := t.learner
	ticks, turns := t.turns()
	models, steps := l.method.parts()
	return train.Loop{
		Models: models, Steps: steps,
		Metrics: []train.LoopMetric{{Name: "return", Direction: metric.Max}, {Name: "length"}, {Name: "episodes"}},
		Batch: func(turn *train.Turn) error {
			for range min(ticksPerTurn, ticks-turn.Batch*ticksPerTurn) {
				if err := l.tick(turn); err != nil {
					return err
				}
			}
			if turn.Batch == turns-1 {
				return l.endEpoch(turn, t.Names())
			}
			return nil
		},
		ValidationMetrics: []train.LoopMetric{{Name: "return", Direction: metric.Max}},
		Validate: func(ctx context.Context) (train.Metrics, error) {
			r, err := t.play(ctx, validationEpisodes, t.settings.ValidationEpisodes)
			if err != nil {
				return nil, err
			}
			return train.Metrics{{Name: "return", Value: r.Mean()}}, nil
		},
	}
}

// Names lists the metrics of an epoch: those of the algorithm's step, the mean return and the mean length of the
// episodes that ended in the epoch, the number of episodes since the beginning, and the mean return of the greedy
// policy at the epoch's end. An epoch without an update has the loss of the latest one before.
func (t *Training) Names() []string {
	_, steps := t.learner.method.parts()
	names := []string{"loss"}
	for _, m := range steps[0].Outputs {
		names = append(names, m.Name)
	}
	return append(names, "return", "length", "episodes", "val_return")
}

// Fit runs the training. The network ends with the weights of the best epoch. Settings that concern no algorithm are
// taken from c: Callbacks, Checkpoint, Initial, Members and Profile, and Monitor with Mode, where "" is val_return.
func (t *Training) Fit(ctx context.Context, c train.Config) (*train.History, error) {
	_, turns := t.turns()
	c.Epochs, c.BatchSize, c.Seed, c.NoShuffle, c.KeepBest = t.settings.Epochs, 1, t.settings.Seed, true, true
	if c.Monitor == "" {
		c.Monitor = "val_return"
	}
	c.Callbacks = append([]train.Callback{t.learner}, c.Callbacks...)
	needless := tensor.New(tensor.Float32, turns, 1) // a turn needs no data
	return t.loop().Fit(ctx, train.Data{X: []*tensor.Tensor{needless}}, c)
}

// Train trains a network to act in an environment, and leaves it with the weights of the best epoch. The mean return
// of episodes is "return" in the history, that of the greedy policy at the end of each epoch "val_return".
func Train(ctx context.Context, e env.Spec, m *model.Model, a Algorithm, c Config) (*train.History, error) {
	t, err := Prepare(e, m, a, c)
	if err != nil {
		return nil, fmt.Errorf("rl: %w", err)
	}
	h, err := t.Fit(ctx, train.Config{Callbacks: c.Callbacks, Checkpoint: c.Checkpoint})
	if err != nil {
		return h, fmt.Errorf("rl: %w", err)
	}
	return h, nil
}
