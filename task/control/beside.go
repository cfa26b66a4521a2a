package control

import (
	"context"

	"gorae/env"
	"gorae/rl"
	"gorae/task"
)

// rule is a policy that a person wrote down.
type rule struct {
	words string
	make  func(e env.Env) rl.Policy
}

// rules are the rules by environment.
var rules = map[string]rule{
	"CartPole-v1": {
		"a rule of two lines (push right where 0.1·position + 0.3·velocity + angle + angular_velocity > 0, else left)",
		func(env.Env) rl.Policy {
			return rl.PolicyFunc(func(o []float64) int {
				if 0.1*o[0]+0.3*o[1]+o[2]+o[3] > 0 {
					return 1
				}
				return 0
			})
		},
	},
	"MountainCar-v0": {
		"a rule of two lines (drive in the direction of motion)",
		func(env.Env) rl.Policy {
			return rl.PolicyFunc(func(o []float64) int {
				if o[1] >= 0 {
					return 2
				}
				return 0
			})
		},
	},
	"Acrobot-v1": {
		"a rule of two lines (turn the joint in the direction of the first link's motion)",
		func(env.Env) rl.Policy {
			return rl.PolicyFunc(func(o []float64) int {
				if o[4] >= 0 {
					return 0
				}
				return 2
			})
		},
	},
	"FrozenLake-v1":    {"the policy computed from the map by value iteration, which knows how the ice behaves", best},
	"FrozenLake8x8-v1": {"the policy computed from the map by value iteration, which knows how the ice behaves", best},
}

// best returns the policy with the greatest probability of reaching the goal in the end.
func best(e env.Env) rl.Policy {
	f := env.Unwrap(e).(*env.FrozenLake)
	n := f.ObservationSpace().(env.Discrete).N
	values, actions := make([]float64, n), make([]int, n)
	for range 10_000 { // sweeps; each brings the values nearer by a constant factor
		for s := range n {
			greatest := -1.0
			for a := range 4 {
				q := 0.0
				for _, w := range f.Transitions(s, a) {
					after := values[w.Field]
					if w.Terminated {
						after = 0
					}
					q += w.Probability * (w.Reward + after)
				}
				if q > greatest+1e-12 {
					greatest, actions[s] = q, a
				}
			}
			values[s] = greatest
		}
	}
	return rl.PolicyFunc(func(o []float64) int { return actions[int(o[0])] })
}

// beside plays the episodes of an evaluation by policies without learning, and adds them to the findings.
func (f *Fitted) beside(ctx context.Context, seed uint64, part string, to *task.Findings) error {
	add := func(name string, p rl.Policy) (*task.Measured, error) {
		m, err := f.measure(ctx, p, seed)
		if err == nil {
			to.Baselines = append(to.Baselines, task.Baseline{Name: name, Metrics: m.Metrics, Part: part})
		}
		return m, err
	}
	if _, err := add("random actions", rl.Random(f.actions, seed)); err != nil {
		return err
	}
	r, ok := rules[f.Environment]
	if !ok {
		return nil
	}
	m, err := add("fixed rule", r.make(f.spec.New()))
	if err != nil {
		return err
	}
	to.Say("%s has a mean return of %.4g on the same episodes", r.words, m.Metrics[0].Value)
	if f.Environment == "CartPole-v1" && m.Metrics[0].Value == float64(f.spec.Steps) {
		to.Say("no network can do better than the rule on this environment, where an episode ends after %d steps",
			f.spec.Steps)
	}
	return nil
}
