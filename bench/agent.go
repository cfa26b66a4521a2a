package main

import (
	"context"
	"fmt"

	"gorae/env"
	"gorae/rl"
	"gorae/train"
)

// agentTurn is the number of steps of the environment in an iteration of a workload of agents: a turn of rl.Training.
const agentTurn = 64

// agent is deep Q-learning in CartPole: steps of the environment, 5 % of them at random, and an update on 64
// transitions for every second step. The training runs in a goroutine that waits between turns.
func agent(name string) (func() error, error) {
	spec, err := env.Find(name)
	if err != nil {
		return nil, err
	}
	e := spec.New()
	network := rl.Network(rl.NewEncoder(e.ObservationSpace()).Width, e.ActionSpace().N, "relu", 64, 64)
	begin, done := make(chan struct{}), make(chan error)
	turn := train.Lambda{BatchEnd: func(train.Event) error {
		done <- nil
		<-begin
		return nil
	}}
	go func() {
		<-begin
		_, err := rl.Train(context.Background(), spec, network, rl.DQN{ExplorationFraction: new(0.0)},
			rl.Config{Epochs: 1, StepsPerEpoch: 1 << 30, Seed: 1, Callbacks: []train.Callback{turn}})
		if err == nil {
			err = fmt.Errorf("agent: the training is over")
		}
		for {
			done <- err
			<-begin
		}
	}()
	step := func() error {
		begin <- struct{}{}
		return <-done
	}
	for range 2000 / agentTurn { // until it learns
		if err := step(); err != nil {
			return nil, err
		}
	}
	return step, nil
}
