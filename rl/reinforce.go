package rl

import "gorae/train"

// Reinforce is the policy gradient of Williams (1992) with a baseline: after each Episodes episodes the policy moves
// along ∇ ln π(a)·(G − V), where G is the return from there on, discounted by Gamma, and V what the critic estimates of
// it. Where an episode was truncated the critic's estimate stands for what was cut off.
type Reinforce struct {
	// LearningRate is that of Adam, where the experiment names no optimizer.
	LearningRate float64 `keras:"learning_rate,default=0.003,positive,what=learning rate"`
	// Gamma is the factor by which a reward counts less with each step that it is away.
	Gamma *float64 `keras:"gamma,default=0.99,min=0,max=1"`
	// Episodes is the number of episodes from which an update learns.
	Episodes int `keras:"episodes,default=8,min=1,what=number of episodes"`
	// EntropyCoef is the weight of the policy's entropy, which keeps it from settling too early.
	EntropyCoef *float64 `keras:"ent_coef,default=0.01,min=0"`
	// ValueCoef is the weight of the critic's error.
	ValueCoef *float64 `keras:"vf_coef,default=0.5,min=0"`
	// RawAdvantage leaves the advantages of an update as they are; else they are brought to mean 0 and deviation 1.
	RawAdvantage bool `keras:"!normalize_advantage"`
	// MaxGradNorm is the length to which gradients are cut, all together.
	MaxGradNorm float64 `keras:"max_grad_norm,default=0.5,positive"`
}

// Defaults implements Algorithm.
func (Reinforce) Defaults() Defaults { return Defaults{Activation: "tanh", Critic: true} }

// reinforce is Reinforce at work.
type reinforce struct {
	Reinforce
	*policyGradient
	rollout rollout
	ended   int // episodes in the rollout
}

func (a Reinforce) method(t *Training) (method, error) {
	p, err := newPolicyGradient(t, adam(a.LearningRate, a.MaxGradNorm), *a.ValueCoef, *a.EntropyCoef, !a.RawAdvantage)
	if err != nil {
		return nil, err
	}
	return &reinforce{Reinforce: a, policyGradient: p, rollout: rollout{width: t.learner.space.Len()}}, nil
}

func (m *reinforce) actors() int { return 1 }

func (m *reinforce) observe(_ *actor, s *transition) {
	m.rollout.add(s)
	if s.terminated || s.truncated {
		m.ended++
	}
}

func (m *reinforce) update(t *train.Turn) error {
	if m.ended < m.Episodes {
		return nil
	}
	r := &m.rollout
	if err := m.fill(r); err != nil {
		return err
	}
	n, gamma := len(r.actions), float32(*m.Gamma)
	sum := float32(0)
	for i := n - 1; i >= 0; i-- {
		switch r.ends[i] {
		case 1:
			sum = 0
		case 2:
			sum = m.after[i]
		}
		sum = r.rewards[i] + gamma*sum
		m.returns.F32[i], m.advantages.F32[i] = sum, sum-m.values[i]
	}
	r.reset()
	m.ended = 0
	return m.learn(t, n)
}

func (m *reinforce) save(w *writer) {
	m.rollout.save(w)
	w.number(uint64(m.ended))
}

func (m *reinforce) restore(r *reader) {
	m.rollout.restore(r)
	m.ended = int(r.number())
}
