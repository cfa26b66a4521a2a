// Package control is the task of acting in an environment: the network learns by rewards (package rl), without samples
// from a file. The key environment stands in the place of data.source.
package control

import (
	"context"
	"encoding/json"
	"fmt"

	"gorae/config"
	"gorae/env"
	"gorae/layer"
	"gorae/rl"
	"gorae/spec"
	"gorae/task"
)

const name = "control"

func init() {
	task.Register(Task{})
	spec.RegisterTrain(name, &Train{})
}

// Task is the task of acting in an environment.
type Task struct{}

// Section is the keys of the data section.
type Section struct {
	// Environment is what the network acts in, in the place of a source of data: cartpole, acrobot, mountain_car,
	// frozen_lake or frozen_lake_8x8.
	Environment string `keras:"environment,instead=source"`
}

// Train is the keys of the train section.
type Train struct {
	// DQN learns by deep Q-learning, which is the choice where no algorithm is named.
	DQN *rl.DQN `keras:"dqn,flag"`
	// Reinforce learns by the policy gradient with a baseline.
	Reinforce *rl.Reinforce `keras:"reinforce,flag"`
	// ActorCritic learns by the advantage actor-critic (A2C).
	ActorCritic *rl.ActorCritic `keras:"actor_critic,flag"`
	// StepsPerEpoch is the number of steps of the environment in an epoch.
	StepsPerEpoch int `keras:"steps_per_epoch,min=1,what=number of steps"`
	// ValidationEpisodes is the number of episodes that are played at the end of each epoch, to find the best one.
	ValidationEpisodes int `keras:"validation_episodes,min=1,what=number of episodes"`
	// TestEpisodes is the number of fresh episodes that the network of the best epoch is tested in.
	TestEpisodes int `keras:"test_episodes,min=2,what=number of episodes"`
}

// algorithm returns the algorithm that is given, DQN where there is none.
func (t *Train) algorithm() (rl.Algorithm, error) {
	var given []string
	var a rl.Algorithm
	if t.DQN != nil {
		given, a = append(given, "dqn"), *t.DQN
	}
	if t.Reinforce != nil {
		given, a = append(given, "reinforce"), *t.Reinforce
	}
	if t.ActorCritic != nil {
		given, a = append(given, "actor_critic"), *t.ActorCritic
	}
	switch len(given) {
	case 0:
		return rl.DQN{}, nil
	case 1:
		return a, nil
	}
	return nil, task.Errorf("train."+given[1], "stands beside %s, but a network learns by one algorithm",
		given[0]).Fix("leave one of them out").AtKey()
}

// Name implements task.Task.
func (Task) Name() string { return name }

// Section implements task.Task.
func (Task) Section() any { return &Section{} }

// Detect implements task.Task: no file is an environment.
func (Task) Detect(*task.Input) (task.Score, error) { return task.None, nil }

// Prepare finds the environment.
func (Task) Prepare(_ context.Context, in *task.Input) (*task.Prepared, error) {
	if keys := config.Given(&in.Spec.Split); len(keys) > 0 {
		return nil, task.Errorf("split."+keys[0], "has no meaning for the task %s, whose episodes are made as the "+
			"training goes on", name).Fix("leave it out").AtKey()
	}
	section := task.Section[Section](in, name)
	e, err := env.Find(section.Environment)
	if err != nil {
		return nil, task.Errorf("data.environment", "%v", err)
	}
	section.Environment = e.Name
	f := &Fitted{Environment: e.Name}
	if err := f.open(); err != nil {
		return nil, task.Errorf("data.environment", "%v", err)
	}
	a, err := in.Spec.Train.Section(name).(*Train).algorithm()
	if err != nil {
		return nil, err
	}
	f.Algorithm = word(a)
	return &task.Prepared{Fitted: f,
		Problem: &problem{fitted: f, activation: layer.Activation(a.Defaults().Activation)}}, nil
}

// Restore implements task.Task.
func (Task) Restore(b json.RawMessage) (task.Fitted, error) {
	f := &Fitted{}
	if err := json.Unmarshal(b, f); err != nil {
		return nil, err
	}
	switch f.Algorithm {
	case "dqn", "reinforce", "actor_critic":
	default:
		return nil, fmt.Errorf("the algorithm %q is none of this program's", f.Algorithm)
	}
	if f.Episodes < 2 || f.Episodes > mostEpisodes {
		return nil, fmt.Errorf("%d test episodes", f.Episodes)
	}
	return f, f.open()
}

// mostEpisodes is the greatest number of episodes that a model file may ask for.
const mostEpisodes = 1_000_000

// word returns the key of an algorithm.
func word(a rl.Algorithm) string {
	switch a.(type) {
	case rl.Reinforce:
		return "reinforce"
	case rl.ActorCritic:
		return "actor_critic"
	}
	return "dqn"
}
