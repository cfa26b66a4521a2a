package control

import (
	"context"
	"fmt"

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

// beside plays the episodes of an evaluation, in which the network came to the returns of own, by policies without
// learning, and adds them and the verdict to the findings.
func (f *Fitted) beside(ctx context.Context, own rl.Episodes, seed uint64, part string, to *task.Findings) error {
	var rivals []task.Rival
	add := func(name, called string, p rl.Policy) (mean float64, err error) {
		played, err := rl.Evaluate(ctx, f.spec, p, f.Episodes, seed)
		if err != nil {
			return 0, err
		}
		to.Baselines = append(to.Baselines, task.Baseline{Name: name, Part: part,
			Metrics: measured(played, f.spec.Steps).Metrics})
		r := task.Rival{Name: called}
		for _, v := range played.Returns {
			r.Losses = append(r.Losses, -v)
		}
		rivals = append(rivals, r)
		return played.Mean(), nil
	}
	if _, err := add("random actions", "random actions", rl.Random(f.actions, seed)); err != nil {
		return err
	}
	if r, ok := rules[f.Environment]; ok {
		mean, err := add("fixed rule", "the rule", r.make(f.spec.New()))
		if err != nil {
			return err
		}
		to.Say("rule: %s; its mean return is %.4g on the same episodes", r.words, mean)
		if f.Environment == "CartPole-v1" && mean == float64(f.spec.Steps) {
			to.Say("no network can do better than the rule on this environment, where an episode ends after %d steps",
				f.spec.Steps)
		}
	}
	to.Judge(verdict(own, rivals, seed))
	return nil
}

// verdict compares returns episode by episode.
func verdict(own rl.Episodes, rivals []task.Rival, seed uint64) (task.Verdict, string) {
	p, rival, words := task.Against(rivals, func(k, of int) task.Paired {
		difference := make([]float64, len(own.Returns))
		equal := true
		for i, v := range own.Returns {
			difference[i] = -v - rivals[k].Losses[i]
			equal = equal && difference[i] == 0
		}
		if equal {
			return task.Paired{Test: "every episode has the same return by both"}
		}
		return task.ComparePaired(difference, task.SquaredError, task.Dependence{}, seed, of)
	})
	theirs := 0.0
	for _, v := range rivals[rival].Losses {
		theirs -= v / float64(len(rivals[rival].Losses))
	}
	return p.Verdict, fmt.Sprintf("%s: mean return %.4g against %.4g on %d episodes (%s)", words, own.Mean(), theirs,
		len(own.Returns), p.Test)
}
