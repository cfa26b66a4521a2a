package rl

import (
	"math"

	"gorae/graph"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

// policyGradient is what Reinforce and ActorCritic share: a network whose outputs are the logits of the actions'
// probabilities π, a critic V, and one step over both,
//
//	loss = Σ w·(−A·ln π(a) + valueCoef·(G − V)² − entropyCoef·H(π)) / Σ w
//
// with the advantage A and the return G of each sample; w is 0 for samples that fill a batch up.
type policyGradient struct {
	learner        *learner
	policy, critic *model.Model
	step           *train.Step
	value          *model.Program

	valueCoef, entropyCoef float64
	normalize              bool

	observations, nexts, advantages, returns, weights, actions tensor.Tensor // a batch of the size at hand
	batch                                                      []*tensor.Tensor
	values, after                                              []float32 // of observations and of nexts
}

// newPolicyGradient makes the step.
func newPolicyGradient(t *Training, o optim.Optimizer, valueCoef, entropyCoef float64, normalize bool) (
	*policyGradient, error) {
	p := &policyGradient{learner: t.learner, policy: t.Model, critic: t.Critic, valueCoef: valueCoef,
		entropyCoef: entropyCoef, normalize: normalize}
	if t.settings.Optimizer != nil {
		o = t.settings.Optimizer
	}
	var err error
	p.step, err = train.NewStep(p.trace, nil, o, t.settings.Seed, p.policy, p.critic)
	if err != nil {
		return nil, err
	}
	p.value = forward(p.critic)
	p.batch = []*tensor.Tensor{&p.observations, &p.actions, &p.advantages, &p.returns, &p.weights}
	return p, nil
}

// trace is the loss, with the mean entropy of the policy and the mean square of the critic's error.
func (p *policyGradient) trace(t *model.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
	observations, actions, advantages, returns, weights := in[0], in[1], in[2], in[3], in[4]
	n := weights.Shape[0]
	log := p.policy.Trace(t, observations)[0].LogSoftmax(-1)
	entropy := log.Exp().Mul(log).Sum(1).Neg()
	values := p.critic.Trace(t, observations)[0].Reshape(n)
	mean := func(x *graph.Node) *graph.Node { return x.Mul(weights).Sum().Div(weights.Sum()) }
	gain := mean(log.Pick(actions).Mul(advantages))
	off, spread := mean(returns.Sub(values).Square()), mean(entropy)
	l := off.MulC(p.valueCoef).Sub(gain).Sub(spread.MulC(p.entropyCoef))
	return l, []*graph.Node{spread, off}
}

func (p *policyGradient) parts() ([]train.NamedModel, []train.LoopStep) {
	return []train.NamedModel{{Name: "policy", Model: p.policy}, {Name: "critic", Model: p.critic}},
		[]train.LoopStep{{Step: p.step, Outputs: []train.LoopMetric{{Name: "entropy"}, {Name: "value_loss"}}}}
}

// choose draws an action of each actor by the policy's probabilities.
func (p *policyGradient) choose(l *learner, actions []int, outputs func() (*tensor.Tensor, error)) error {
	logits, err := outputs()
	if err != nil {
		return err
	}
	for i := range actions {
		actions[i] = drawn(logits.F32[i*l.actions:(i+1)*l.actions], l.random.Float64())
	}
	return nil
}

// drawn is the action at the place u, from 0 to 1, of the distribution of softmax(logits).
func drawn(logits []float32, u float64) int {
	most := float64(logits[argmax(logits)])
	sum := 0.0
	for _, v := range logits {
		sum += math.Exp(float64(v) - most)
	}
	u *= sum
	for i, v := range logits {
		if u -= math.Exp(float64(v) - most); u < 0 {
			return i
		}
	}
	return argmax(logits) // where rounding leaves u at the end
}

// size makes the batch one of n samples.
func (p *policyGradient) size(n int) {
	fit := func(t *tensor.Tensor, shape ...int) {
		size := tensor.Shape(shape).Size()
		if cap(t.F32) < size {
			t.F32 = make([]float32, size)
		}
		t.Shape, t.F32 = append(t.Shape[:0], shape...), t.F32[:size]
	}
	w := p.learner.encoder.Width
	fit(&p.observations, n, w)
	fit(&p.nexts, n, w)
	for _, t := range []*tensor.Tensor{&p.advantages, &p.returns, &p.weights} {
		fit(t, n)
	}
	if cap(p.actions.I32) < n {
		p.actions.I32, p.values, p.after = make([]int32, n), make([]float32, n), make([]float32, n)
	}
	p.actions.Shape, p.actions.I32 = append(p.actions.Shape[:0], n), p.actions.I32[:n]
	p.values, p.after = p.values[:n], p.after[:n]
}

// fill puts the samples of a rollout into the batch, whose size is a multiple of 64 so that there are few of them, and
// estimates the values of their observations.
func (p *policyGradient) fill(r *rollout) error {
	n := len(r.actions)
	p.size((n + 63) / 64 * 64)
	clear(p.observations.F32)
	clear(p.nexts.F32)
	clear(p.weights.F32)
	clear(p.advantages.F32)
	clear(p.returns.F32)
	clear(p.actions.I32)
	e, w := p.learner.encoder, r.width
	for i := range n {
		e.Encode(p.observations.F32[i*e.Width:(i+1)*e.Width], r.observations[i*w:(i+1)*w])
		e.Encode(p.nexts.F32[i*e.Width:(i+1)*e.Width], r.nexts[i*w:(i+1)*w])
		p.weights.F32[i] = 1
	}
	copy(p.actions.I32, r.actions)
	for _, x := range []struct {
		in *tensor.Tensor
		to []float32
	}{{&p.observations, p.values}, {&p.nexts, p.after}} {
		outs, err := p.value.Run(x.in)
		if err != nil {
			return err
		}
		copy(x.to, outs[0].F32)
	}
	return nil
}

// learn does the step for n samples, whose advantages and returns stand in the batch.
func (p *policyGradient) learn(t *train.Turn, n int) error {
	if p.normalize && n > 1 {
		sum, squares := 0.0, 0.0
		for _, a := range p.advantages.F32[:n] {
			sum += float64(a)
		}
		mean := sum / float64(n)
		for _, a := range p.advantages.F32[:n] {
			squares += (float64(a) - mean) * (float64(a) - mean)
		}
		scale := 1 / (math.Sqrt(squares/float64(n-1)) + 1e-8)
		for i, a := range p.advantages.F32[:n] {
			p.advantages.F32[i] = float32((float64(a) - mean) * scale)
		}
	}
	return p.learner.learn(t, p.batch)
}

// rollout is a list of transitions, in the order in which they were made.
type rollout struct {
	width               int
	observations, nexts []float32
	actions             []int32
	rewards             []float32
	ends                []int32 // 1 terminated, 2 truncated, 0 neither
}

func (r *rollout) add(s *transition) {
	r.observations = append(r.observations, s.observation...)
	r.nexts = append(r.nexts, s.next...)
	r.actions, r.rewards = append(r.actions, int32(s.action)), append(r.rewards, s.reward)
	end := int32(0)
	switch {
	case s.terminated:
		end = 1
	case s.truncated:
		end = 2
	}
	r.ends = append(r.ends, end)
}

func (r *rollout) reset() {
	r.observations, r.nexts, r.actions = r.observations[:0], r.nexts[:0], r.actions[:0]
	r.rewards, r.ends = r.rewards[:0], r.ends[:0]
}

func (r *rollout) save(w *writer) {
	w.floats(r.observations)
	w.floats(r.nexts)
	w.ints(r.actions)
	w.floats(r.rewards)
	w.ints(r.ends)
}

func (r *rollout) restore(from *reader) {
	r.observations, r.nexts, r.actions = from.floats(), from.floats(), from.ints()
	r.rewards, r.ends = from.floats(), from.ints()
	n := len(r.actions)
	if len(r.observations) != n*r.width || len(r.nexts) != n*r.width || len(r.rewards) != n || len(r.ends) != n {
		from.fail()
	}
}
