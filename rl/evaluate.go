package rl

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"gorae/env"
	"gorae/model"
	"gorae/stat"
	"gorae/tensor"
)

// Policy chooses actions. Observations are given as the environment returned them.
type Policy interface {
	// Act writes an action for each observation.
	Act(observations [][]float64, actions []int) error
}

// PolicyFunc is a policy that looks at one observation at a time.
type PolicyFunc func(observation []float64) int

// Act implements Policy.
func (f PolicyFunc) Act(observations [][]float64, actions []int) error {
	for i, o := range observations {
		actions[i] = f(o)
	}
	return nil
}

// Random returns the policy that chooses each of n actions with the same probability.
func Random(n int, seed uint64) Policy {
	random := rand.New(rand.NewPCG(mix(seed, streamPolicy, 0), mix(seed, streamPolicy, 1)))
	return PolicyFunc(func([]float64) int { return random.IntN(n) })
}

// Greedy returns the policy that takes the action with the greatest output of a network that Train trained in an
// environment of this observation space.
func Greedy(m *model.Model, space env.Space) *Agent {
	return &Agent{encoder: NewEncoder(space), space: space, program: forward(m), network: m}
}

// Agent is the greedy policy of a network.
type Agent struct {
	encoder *Encoder
	space   env.Space
	network *model.Model
	program *model.Program
	in      tensor.Tensor
	raw     []float32
}

// Act implements Policy.
func (a *Agent) Act(observations [][]float64, actions []int) error {
	return a.outputs(observations, func(i int, values []float32) { actions[i] = argmax(values) })
}

// Outputs returns what the network says of each action: its value, or the logit of its probability.
func (a *Agent) Outputs(observations [][]float64) ([][]float32, error) {
	all := make([][]float32, len(observations))
	err := a.outputs(observations, func(i int, values []float32) { all[i] = append([]float32(nil), values...) })
	return all, err
}

func (a *Agent) outputs(observations [][]float64, take func(i int, values []float32)) error {
	n, w := len(observations), a.encoder.Width
	if cap(a.in.F32) < n*w {
		a.in.F32 = make([]float32, n*w)
	}
	a.in.Shape, a.in.F32 = append(a.in.Shape[:0], n, w), a.in.F32[:n*w]
	for i, o := range observations {
		if err := a.space.Check(o); err != nil {
			return fmt.Errorf("observation %d %w", i+1, err)
		}
		if len(a.raw) != len(o) {
			a.raw = make([]float32, len(o))
		}
		rounded(a.raw, o)
		a.encoder.Encode(a.in.F32[i*w:(i+1)*w], a.raw)
	}
	outs, err := a.program.Run(&a.in)
	if err != nil {
		return err
	}
	values, k := outs[0].F32, len(outs[0].F32)/n
	for i := range n {
		row := values[i*k : (i+1)*k]
		for _, v := range row {
			if v-v != 0 {
				return errors.New("the network's output is not finite; its weights are spoilt")
			}
		}
		take(i, row)
	}
	return nil
}

// Episodes are the results of episodes that a policy played.
type Episodes struct {
	Returns []float64 // the sum of each episode's rewards
	Lengths []int     // in steps
}

// Mean is the mean return.
func (e Episodes) Mean() float64 {
	sum := 0.0
	for _, r := range e.Returns {
		sum += r
	}
	return sum / float64(len(e.Returns))
}

// Interval is the interval of the mean return over all episodes of the environment at a level, as 0.95: mean ±
// t·s/√n, with Student's quantile t of n − 1 degrees of freedom and the standard deviation s of n returns.
func (e Episodes) Interval(level float64) stat.Interval {
	n, mean, squares := float64(len(e.Returns)), e.Mean(), 0.0
	for _, r := range e.Returns {
		squares += (r - mean) * (r - mean)
	}
	half := 0.0
	if n > 1 && squares > 0 {
		half = stat.StudentQuantile(0.5+level/2, n-1) * math.Sqrt(squares/(n-1)/n)
	}
	return stat.Interval{Low: mean - half, High: mean + half}
}

// Evaluate plays fresh episodes: none of those in which a training of the same seed learns or chooses its best epoch.
// The same environment, count and seed are the same episodes for every policy.
func Evaluate(ctx context.Context, e env.Spec, p Policy, count int, seed uint64) (Episodes, error) {
	played, err := play(ctx, e, p, testEpisodes, count, seed)
	if err != nil {
		return played, fmt.Errorf("rl: %w", err)
	}
	return played, nil
}

// Watch plays the first of the episodes that Evaluate plays of a seed, and lets see look at the environment before the
// first step and after each one; last says that the episode is over. It ends where see returns false.
func Watch(ctx context.Context, e env.Spec, p Policy, seed uint64, see func(e env.Env, last bool) bool) (Episodes,
	error) {
	played := Episodes{Returns: []float64{0}, Lengths: []int{0}}
	c, err := env.Check(e.Name, e.New())
	if err != nil {
		return played, fmt.Errorf("rl: %w", err)
	}
	observation, err := c.Reset(mix(seed, testEpisodes, 0))
	if err != nil {
		return played, fmt.Errorf("rl: %w", err)
	}
	more, actions := see(c.Env(), false), []int{0}
	for more {
		if err := ctx.Err(); err != nil {
			return played, err
		}
		if err := p.Act([][]float64{observation}, actions); err != nil {
			return played, fmt.Errorf("rl: %w", err)
		}
		r, err := c.Step(actions[0])
		if err != nil {
			return played, fmt.Errorf("rl: %w", err)
		}
		observation = r.Observation
		played.Returns[0] += r.Reward
		played.Lengths[0]++
		more = see(c.Env(), r.Done()) && !r.Done()
	}
	return played, nil
}

// Validation plays the episodes by which the best epoch is chosen, by the greedy policy of the network as it is.
func (t *Training) Validation(ctx context.Context) (Episodes, error) {
	return t.play(ctx, validationEpisodes, t.settings.ValidationEpisodes)
}

func (t *Training) play(ctx context.Context, stream uint64, count int) (Episodes, error) {
	return play(ctx, t.Env, Greedy(t.Model, t.learner.space), stream, count, t.settings.Seed)
}

// sideBySide is the number of episodes that are played at the same time.
const sideBySide = 32

// play plays episodes, up to sideBySide at the same time, so that the network sees them together. What is played does
// not depend on how many that are, unless the policy draws random numbers.
func play(ctx context.Context, e env.Spec, p Policy, stream uint64, count int, seed uint64) (Episodes, error) {
	if count < 1 {
		return Episodes{}, fmt.Errorf("%d episodes; give a number from 1", count)
	}
	result := Episodes{Returns: make([]float64, count), Lengths: make([]int, count)}
	var envs []*env.Checked
	for range min(count, sideBySide) {
		c, err := env.Check(e.Name, e.New())
		if err != nil {
			return result, err
		}
		envs = append(envs, c)
	}
	episodes, observations := make([]int, len(envs)), make([][]float64, len(envs))
	actions := make([]int, len(envs))
	next := 0
	begin := func(i int) error {
		o, err := envs[i].Reset(mix(seed, stream, uint64(next)))
		observations[i], episodes[i] = o, next
		next++
		return err
	}
	for i := range envs {
		if err := begin(i); err != nil {
			return result, err
		}
	}
	for n := len(envs); n > 0; {
		if err := ctx.Err(); err != nil {
			return result, err
		}
		if err := p.Act(observations[:n], actions[:n]); err != nil {
			return result, err
		}
		for i := n - 1; i >= 0; i-- {
			r, err := envs[i].Step(actions[i])
			if err != nil {
				return result, err
			}
			k := episodes[i]
			observations[i] = r.Observation
			result.Returns[k] += r.Reward
			result.Lengths[k]++
			switch {
			case !r.Done():
			case next < count:
				if err := begin(i); err != nil {
					return result, err
				}
			default: // the last one that is under way takes this one's place
				n--
				envs[i], envs[n] = envs[n], envs[i]
				observations[i], episodes[i] = observations[n], episodes[n]
				actions[i] = actions[n]
			}
		}
	}
	return result, nil
}
