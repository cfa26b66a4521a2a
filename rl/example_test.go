package rl_test

import (
	"context"
	"fmt"

	"gorae/env"
	"gorae/rl"
)

// grid is an environment of one's own: a walk over a field of 5×5 from the middle to a corner that is drawn, and seen,
// at the beginning. Each step costs 1.
type grid struct {
	seen [4]float64 // row and column of the walker, row and column of the corner
}

func (g *grid) ObservationSpace() env.Space {
	return env.Box{Low: []float64{0, 0, 0, 0}, High: []float64{4, 4, 4, 4}}
}

func (g *grid) ActionSpace() env.Discrete { return env.Discrete{N: 4} } // left, down, right, up

func (g *grid) Reset(seed uint64) []float64 {
	r := env.NewRandom(seed)
	g.seen = [4]float64{2, 2, 4 * float64(r.Uint64()%2), 4 * float64(r.Uint64()%2)}
	return g.seen[:]
}

func (g *grid) Step(action int) (observation []float64, reward float64, terminated, truncated bool) {
	move := [][2]float64{{0, -1}, {1, 0}, {0, 1}, {-1, 0}}[action]
	for i, d := range move {
		g.seen[i] = min(4, max(0, g.seen[i]+d))
	}
	return g.seen[:], -1, g.seen[0] == g.seen[2] && g.seen[1] == g.seen[3], false
}

// A network learns by deep Q-learning to act in an environment of one's own, and plays 100 fresh episodes.
func ExampleTrain() {
	world := env.Spec{Name: "grid", Make: func() env.Env { return &grid{} }, Steps: 50}
	network := rl.Network(4, 4, "relu", 32)
	ctx := context.Background()
	_, err := rl.Train(ctx, world, network, rl.DQN{NSteps: 1, TrainFreq: 1},
		rl.Config{Epochs: 12, StepsPerEpoch: 1000, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	space := world.New().ObservationSpace()
	for _, p := range []struct {
		name   string
		policy rl.Policy
	}{{"trained", rl.Greedy(network, space)}, {"random", rl.Random(4, 1)}} {
		played, err := rl.Evaluate(ctx, world, p.policy, 100, 1)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(p.name, "needs more than 4 steps:", played.Mean() < -4)
	}
	// Output:
	// trained needs more than 4 steps: false
	// random needs more than 4 steps: true
}

// Any function of an observation is a policy: here the rule of two lines that no network beats.
func ExampleEvaluate() {
	cart, err := env.Find("CartPole-v1")
	if err != nil {
		fmt.Println(err)
		return
	}
	rule := rl.PolicyFunc(func(o []float64) int {
		if 0.1*o[0]+0.3*o[1]+o[2]+o[3] > 0 {
			return 1
		}
		return 0
	})
	for _, p := range []rl.Policy{rule, rl.Random(2, 1)} {
		played, err := rl.Evaluate(context.Background(), cart, p, 100, 1)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("mean return %.0f\n", played.Mean())
	}
	// Output:
	// mean return 500
	// mean return 19
}
