package rl

import (
	"fmt"
	"math"

	"gorae/graph"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

// DQN is deep Q-learning (Mnih et al., 2015): the network estimates the value of each action, the return from there on
// with rewards discounted by Gamma, and learns from transitions that are drawn from a buffer of the latest ones:
//
//	y = r₁ + γ·r₂ + … + γⁿ⁻¹·rₙ + γⁿ·Q′(s, argmax Q(s, ·)),  s after n = NSteps steps,  loss = Huber(Q(s₀, a) − y)
//
// Q′ is the target network, whose weights follow those of Q. The action is chosen by Q and valued by Q′ (double
// Q-learning; van Hasselt, Guez and Silver, 2016), unless SingleQ is set: then Q′ does both. An episode that is
// truncated is not over: its value is estimated as elsewhere.
//
// The names of the arguments are those of Stable-Baselines3's DQN.
type DQN struct {
	// LearningRate is that of Adam, where the experiment names no optimizer.
	LearningRate float64 `keras:"learning_rate,default=0.0005,positive,what=learning rate"`
	// Gamma is the factor by which a reward counts less with each step that it is away.
	Gamma *float64 `keras:"gamma,default=0.99,min=0,max=1"`
	// BufferSize is the number of transitions that the replay buffer keeps.
	BufferSize int `keras:"buffer_size,default=50000,min=1,what=number of transitions"`
	// BatchSize is the number of transitions that an update learns from.
	BatchSize int `keras:"batch_size,default=64,min=1,what=number of transitions"`
	// LearningStarts is the number of steps with random actions before the first update.
	LearningStarts *int `keras:"learning_starts,default=1000,min=0,what=number of steps"`
	// TrainFreq is the number of steps of the environment between updates.
	TrainFreq int `keras:"train_freq,default=2,min=1,what=number of steps"`
	// GradientSteps is the number of updates that are then done.
	GradientSteps int `keras:"gradient_steps,default=1,min=1,what=number of updates"`
	// TargetUpdateInterval is the number of steps after which the target network follows the network.
	TargetUpdateInterval int `keras:"target_update_interval,default=500,min=1,what=number of steps"`
	// Tau is the part of the network's weights w that the target network's w′ then take: w′ + Tau·(w − w′).
	Tau *float64 `keras:"tau,default=1,min=0,max=1"`
	// ExplorationFraction is the part of the training over which the probability of a random action falls, linearly.
	ExplorationFraction *float64 `keras:"exploration_fraction,default=0.2,min=0,max=1"`
	// ExplorationInitial is the probability of a random action at the beginning.
	ExplorationInitial *float64 `keras:"exploration_initial_eps,default=1,min=0,max=1"`
	// ExplorationFinal is the probability of a random action at the end.
	ExplorationFinal *float64 `keras:"exploration_final_eps,default=0.05,min=0,max=1"`
	// NSteps is the number of rewards before the value of an observation is estimated.
	NSteps int `keras:"n_steps,default=3,min=1,what=number of steps"`
	// SingleQ turns double Q-learning off.
	SingleQ bool `keras:"!double_q"`
	// MaxGradNorm is the length to which gradients are cut, all together.
	MaxGradNorm float64 `keras:"max_grad_norm,default=10,positive"`
}

// Defaults implements Algorithm.
func (DQN) Defaults() Defaults { return Defaults{Activation: "relu"} }

// adam is the optimizer where none is given.
func adam(rate, norm float64) optim.Optimizer {
	return optim.Adam{LearningRate: rate, Common: optim.Common{GlobalClipNorm: &norm}}
}

// dqn is DQN at work.
type dqn struct {
	DQN
	learner       *learner
	online, other *model.Model // Q and Q′
	step          *train.Step
	buffer        *replayBuffer
	recent        recent
	follow        func(tau float32)

	observations, nexts         *tensor.Tensor // a batch
	actions, rewards, discounts *tensor.Tensor
	batch                       []*tensor.Tensor
}

func (d DQN) method(t *Training) (method, error) {
	l := t.learner
	m := &dqn{DQN: d, learner: l, online: t.Model}
	var err error
	if m.other, err = twin(t.Model, t.settings.Seed); err != nil {
		return nil, err
	}
	if m.follow, err = follower(m.other, m.online); err != nil {
		return nil, err
	}
	m.follow(1)
	o := t.settings.Optimizer
	if o == nil {
		o = adam(d.LearningRate, d.MaxGradNorm)
	}
	m.step, err = train.NewStep(m.trace, t.Model.TrainableWeights(), o, t.settings.Seed, m.online, m.other)
	if err != nil {
		return nil, err
	}
	w := l.space.Len()
	m.buffer = newReplayBuffer(d.BufferSize, w)
	m.recent = recent{n: d.NSteps, gamma: float32(*d.Gamma), width: w}
	b := d.BatchSize
	m.observations = tensor.New(tensor.Float32, b, l.encoder.Width)
	m.nexts = tensor.New(tensor.Float32, b, l.encoder.Width)
	m.actions, m.rewards = tensor.New(tensor.Int32, b), tensor.New(tensor.Float32, b)
	m.discounts = tensor.New(tensor.Float32, b)
	m.batch = []*tensor.Tensor{m.observations, m.actions, m.rewards, m.discounts, m.nexts}
	return m, nil
}

// trace is the loss of a batch, with the mean value of its actions.
func (m *dqn) trace(t *model.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
	observations, actions, rewards, discounts, nexts := in[0], in[1], in[2], in[3], in[4]
	q := m.online.Trace(t, observations)[0].Pick(actions)
	values := m.other.Trace(t, nexts)[0]
	best := values.ReduceMax(1)
	if !m.SingleQ {
		best = values.Pick(m.online.Trace(t, nexts)[0].ArgMax())
	}
	y := rewards.Add(discounts.Mul(best)).StopGradient()
	n := q.Shape[0]
	l := loss.Huber{Delta: 1}.Value(y.Reshape(n, 1), q.Reshape(n, 1)).Mean()
	return l, []*graph.Node{q.Mean()}
}

func (m *dqn) parts() ([]train.NamedModel, []train.LoopStep) {
	return []train.NamedModel{{Name: "online", Model: m.online}, {Name: "target", Model: m.other}},
		[]train.LoopStep{{Step: m.step, Outputs: []train.LoopMetric{{Name: "q"}}}}
}

func (m *dqn) actors() int { return 1 }

// exploration is the present probability of a random action.
func (m *dqn) exploration() float64 {
	if m.learner.steps < uint64(*m.LearningStarts) {
		return 1
	}
	part := 1.0
	if over := *m.ExplorationFraction * float64(m.learner.total); over > 0 {
		part = math.Min(1, float64(m.learner.steps)/over)
	}
	return *m.ExplorationInitial + part*(*m.ExplorationFinal-*m.ExplorationInitial)
}

func (m *dqn) choose(l *learner, actions []int, outputs func() (*tensor.Tensor, error)) error {
	if l.random.Float64() < m.exploration() {
		actions[0] = l.random.IntN(l.actions)
		return nil
	}
	q, err := outputs()
	if err != nil {
		return err
	}
	actions[0] = argmax(q.F32)
	return nil
}

// argmax is the number of the first greatest value.
func argmax(v []float32) int {
	best := 0
	for i, x := range v {
		if x > v[best] {
			best = i
		}
	}
	return best
}

func (m *dqn) observe(_ *actor, s *transition) { m.recent.observe(s, m.buffer) }

func (m *dqn) update(t *train.Turn) error {
	steps := m.learner.steps
	if steps >= uint64(*m.LearningStarts) && m.buffer.count > 0 && steps%uint64(m.TrainFreq) == 0 {
		for range m.GradientSteps {
			m.sample()
			if err := m.learner.learn(t, m.batch); err != nil {
				return err
			}
		}
	}
	if steps%uint64(m.TargetUpdateInterval) == 0 {
		m.follow(float32(*m.Tau))
	}
	return nil
}

// sample draws a batch.
func (m *dqn) sample() {
	e, b := m.learner.encoder, m.buffer
	for k := range m.actions.I32 {
		t := b.draw(m.learner.random)
		e.Encode(m.observations.F32[k*e.Width:(k+1)*e.Width], t.observation)
		e.Encode(m.nexts.F32[k*e.Width:(k+1)*e.Width], t.next)
		m.actions.I32[k], m.rewards.F32[k], m.discounts.F32[k] = t.action, t.reward, t.discount
	}
}

func (m *dqn) save(w *writer) {
	m.buffer.save(w)
	m.recent.save(w)
}

func (m *dqn) restore(r *reader) {
	m.buffer.restore(r)
	m.recent.restore(r)
}

// recent holds the latest transitions of an episode until their n rewards are known.
type recent struct {
	n, width     int
	gamma        float32
	observations []float32 // the oldest first
	actions      []int32
	rewards      []float32
}

// observe takes a transition, and puts into the buffer what is complete.
func (q *recent) observe(s *transition, to *replayBuffer) {
	q.observations = append(q.observations, s.observation...)
	q.actions, q.rewards = append(q.actions, int32(s.action)), append(q.rewards, s.reward)
	done := s.terminated || s.truncated
	for len(q.actions) == q.n || done && len(q.actions) > 0 {
		reward, discount := float32(0), float32(1)
		for _, r := range q.rewards {
			reward += discount * r
			discount *= q.gamma
		}
		if s.terminated {
			discount = 0
		}
		to.add(replayed{q.observations[:q.width], s.next, q.actions[0], reward, discount})
		q.observations = q.observations[:copy(q.observations, q.observations[q.width:])]
		q.actions = q.actions[:copy(q.actions, q.actions[1:])]
		q.rewards = q.rewards[:copy(q.rewards, q.rewards[1:])]
	}
}

func (q *recent) save(w *writer) {
	w.floats(q.observations)
	w.ints(q.actions)
	w.floats(q.rewards)
}

func (q *recent) restore(r *reader) {
	q.observations, q.actions, q.rewards = r.floats(), r.ints(), r.floats()
	if len(q.actions) >= q.n && q.n > 0 || len(q.rewards) != len(q.actions) ||
		len(q.observations) != len(q.actions)*q.width {
		r.fail()
	}
}

// follower returns a function that moves the weights w′ of dst to tau·w + (1 − tau)·w′, w being those of src.
func follower(dst, src *model.Model) (func(tau float32), error) {
	to, from := dst.Store().Vars(), src.Store().Vars()
	if len(to) != len(from) {
		return nil, fmt.Errorf("the target network has %d weights, the network %d", len(to), len(from))
	}
	locks := model.Lock(dst, src)
	return func(tau float32) {
		locks.Lock()
		defer locks.Unlock()
		for i, v := range to {
			w := from[i].Value.F32
			if tau == 1 {
				copy(v.Value.F32, w)
				continue
			}
			for k := range v.Value.F32 {
				v.Value.F32[k] += tau * (w[k] - v.Value.F32[k])
			}
		}
	}, nil
}
