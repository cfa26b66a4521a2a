package rl

import "gorae/train"

// ActorCritic is the synchronous advantage actor-critic (A2C; Mnih et al., 2016): NEnvs environments are played side by
// side, and after each NSteps steps the policy moves along ∇ ln π(a)·A with generalised advantages (Schulman et al.,
// 2016),
//
//	δ = r + γ·V(s′) − V(s),  A = δ + γ·λ·A′,  λ = GAELambda,
//
// where V(s′) is 0 after the end of an episode that terminated. The critic learns A + V(s).
type ActorCritic struct {
	// LearningRate is that of Adam, where the experiment names no optimizer.
	LearningRate float64 `keras:"learning_rate,default=0.002,positive,what=learning rate"`
	// Gamma is the factor by which a reward counts less with each step that it is away.
	Gamma *float64 `keras:"gamma,default=0.99,min=0,max=1"`
	// GAELambda is the factor by which an error of the critic counts less with each step that it is away.
	GAELambda *float64 `keras:"gae_lambda,default=0.95,min=0,max=1"`
	// NSteps is the number of steps of each environment between updates.
	NSteps int `keras:"n_steps,default=16,min=1,what=number of steps"`
	// NEnvs is the number of environments that are played side by side.
	NEnvs int `keras:"n_envs,default=8,min=1,what=number of environments"`
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
func (ActorCritic) Defaults() Defaults { return Defaults{Activation: "tanh", Critic: true} }

// actorCritic is ActorCritic at work.
type actorCritic struct {
	ActorCritic
	*policyGradient
	rollout rollout // of all actors in turn, step by step
}

func (a ActorCritic) method(t *Training) (method, error) {
	p, err := newPolicyGradient(t, adam(a.LearningRate, a.MaxGradNorm), *a.ValueCoef, *a.EntropyCoef, !a.RawAdvantage)
	if err != nil {
		return nil, err
	}
	return &actorCritic{ActorCritic: a, policyGradient: p, rollout: rollout{width: t.learner.space.Len()}}, nil
}

func (m *actorCritic) actors() int { return m.NEnvs }

func (m *actorCritic) observe(_ *actor, s *transition) { m.rollout.add(s) }

func (m *actorCritic) update(t *train.Turn) error {
	r := &m.rollout
	n := len(r.actions)
	if n < m.NSteps*m.NEnvs {
		return nil
	}
	if err := m.fill(r); err != nil {
		return err
	}
	gamma, lambda := float32(*m.Gamma), float32(*m.GAELambda)
	for i := n - 1; i >= 0; i-- {
		after, later := m.after[i], float32(0)
		if r.ends[i] == 1 {
			after = 0
		}
		if r.ends[i] == 0 && i+m.NEnvs < n {
			later = m.advantages.F32[i+m.NEnvs]
		}
		a := r.rewards[i] + gamma*after - m.values[i] + gamma*lambda*later
		m.advantages.F32[i], m.returns.F32[i] = a, a+m.values[i]
	}
	r.reset()
	return m.learn(t, n)
}

func (m *actorCritic) save(w *writer)    { m.rollout.save(w) }
func (m *actorCritic) restore(r *reader) { m.rollout.restore(r) }
