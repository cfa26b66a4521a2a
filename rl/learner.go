package rl

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"gorae/env"
	"gorae/graph"
	"gorae/model"
	"gorae/tensor"
	"gorae/train"
)

// method is an algorithm at work.
type method interface {
	// parts lists the models and the steps of the loop.
	parts() ([]train.NamedModel, []train.LoopStep)
	// actors is the number of environments that are played side by side.
	actors() int
	// choose writes an action for each actor. outputs computes those of the network for the present observations.
	choose(l *learner, actions []int, outputs func() (*tensor.Tensor, error)) error
	// observe takes an actor's step: what it observed before (observation) and after (next).
	observe(a *actor, s *transition)
	// update learns where it is due, after all actors have stepped.
	update(t *train.Turn) error
	// save and restore carry what the method keeps beside its models and steps.
	save(w *writer)
	restore(r *reader)
}

// transition is a step of an actor. Its slices are the actor's.
type transition struct {
	observation, next     []float32 // as float32, not encoded
	action                int
	reward                float32
	terminated, truncated bool
}

// actor is an environment with its present episode.
type actor struct {
	index             int
	env               *env.Checked
	observation, next []float32
	actions           []int32 // of the present episode
	sum               float64 // of its rewards
}

// learner plays the environments and lets the method learn. It is a callback too, so that its state is in checkpoints.
type learner struct {
	seed    uint64
	total   int // steps of the whole training
	space   env.Space
	actions int
	encoder *Encoder
	method  method
	actors  []*actor

	source *rand.PCG
	random *rand.Rand
	steps  uint64 // of all environments together
	begun  uint64 // episodes
	ended  int    // episodes

	learnt bool      // in this epoch
	latest []float64 // loss and outputs of the latest update; nil before the first

	policy  *model.Program
	inputs  *tensor.Tensor // of all actors
	chosen  []int
	step    transition // the present one
	outputs func() (*tensor.Tensor, error)
}

// begin makes the actors, and starts their first episodes.
func (l *learner) begin(e env.Spec, first *env.Checked) error {
	l.source = rand.NewPCG(mix(l.seed, streamChoice, 0), mix(l.seed, streamChoice, 1))
	l.random = rand.New(l.source)
	n := l.method.actors()
	for i := range n {
		checked := first
		if i > 0 {
			var err error
			if checked, err = env.Check(e.Name, e.New()); err != nil {
				return err
			}
			if !env.Same(checked.Space(), l.space) || checked.Actions() != l.actions {
				return fmt.Errorf("environment %s: two of them have different spaces: %v and %v; make all alike",
					e.Name, l.space, checked.Space())
			}
		}
		width := l.space.Len()
		l.actors = append(l.actors, &actor{index: i, env: checked, observation: make([]float32, width),
			next: make([]float32, width)})
	}
	l.inputs, l.chosen = tensor.New(tensor.Float32, n, l.encoder.Width), make([]int, n)
	models, _ := l.method.parts()
	l.policy = forward(models[0].Model)
	l.outputs = func() (*tensor.Tensor, error) {
		w := l.encoder.Width
		for i, a := range l.actors {
			l.encoder.Encode(l.inputs.F32[i*w:(i+1)*w], a.observation)
		}
		outs, err := l.policy.Run(l.inputs)
		if err != nil {
			return nil, err
		}
		return outs[0], nil
	}
	for _, a := range l.actors {
		if err := l.reset(a); err != nil {
			return err
		}
	}
	return nil
}

// forward is the inference of a network.
func forward(m *model.Model) *model.Program {
	return model.NewProgram(func(t *model.Trace, in []*graph.Node) model.Traced {
		return model.Traced{Outputs: m.Trace(t, in...)[:1]}
	}, model.ProgramConfig{Models: []*model.Model{m}, ReadOnly: true})
}

// reset begins the next episode of an actor.
func (l *learner) reset(a *actor) error {
	seed := mix(l.seed, trainingEpisodes, l.begun)
	l.begun++
	return a.reset(seed)
}

func (a *actor) reset(seed uint64) error {
	observation, err := a.env.Reset(seed)
	if err != nil {
		return err
	}
	rounded(a.observation, observation)
	a.actions, a.sum = a.actions[:0], 0
	return nil
}

// tick lets each actor do a step, and the method learn.
func (l *learner) tick(t *train.Turn) error {
	if err := l.method.choose(l, l.chosen, l.outputs); err != nil {
		return err
	}
	for i, a := range l.actors {
		r, err := a.env.Step(l.chosen[i])
		if err != nil {
			return err
		}
		rounded(a.next, r.Observation)
		a.actions, a.sum = append(a.actions, int32(l.chosen[i])), a.sum+r.Reward
		l.steps++
		l.step = transition{a.observation, a.next, l.chosen[i], float32(r.Reward), r.Terminated,
			r.Truncated && !r.Terminated}
		l.method.observe(a, &l.step)
		if !r.Done() {
			a.observation, a.next = a.next, a.observation
			continue
		}
		l.ended++
		if err := t.Add("return", a.sum); err != nil {
			return err
		}
		if err := t.Add("length", float64(len(a.actions))); err != nil {
			return err
		}
		if err := l.reset(a); err != nil {
			return err
		}
	}
	return l.method.update(t)
}

// learn does an update.
func (l *learner) learn(t *train.Turn, batch []*tensor.Tensor) error {
	loss, outputs, err := t.Run("", batch...)
	if err != nil {
		return err
	}
	l.learnt, l.latest = true, append(l.latest[:0], loss)
	for _, o := range outputs {
		l.latest = append(l.latest, o.Float(0))
	}
	return nil
}

// endEpoch adds to an epoch's averages what is known at its end alone: the number of episodes, and, where the epoch had
// no update, the loss and outputs of the latest one.
func (l *learner) endEpoch(t *train.Turn, names []string) error {
	if !l.learnt && l.latest != nil {
		for i, v := range l.latest {
			if err := t.Add(names[i], v); err != nil {
				return err
			}
		}
	}
	l.learnt = false
	return t.Add("episodes", float64(l.ended))
}

// On implements train.Callback.
func (l *learner) On(train.Event) error { return nil }

// State implements train.Stateful: counters, random numbers, the episodes under way, and the method's own.
func (l *learner) State() []byte {
	w := &writer{}
	w.number(stateVersion)
	w.number(l.steps)
	w.number(l.begun)
	w.number(uint64(l.ended))
	w.number(map[bool]uint64{true: 1}[l.learnt])
	w.doubles(l.latest)
	source, err := l.source.MarshalBinary()
	if err != nil {
		panic(err) // PCG has none
	}
	w.bytes(source)
	w.number(uint64(len(l.actors)))
	for _, a := range l.actors {
		w.number(a.env.Seed())
		w.ints(a.actions)
		w.floats(a.observation)
	}
	l.method.save(w)
	return w.b
}

// Restore implements train.Stateful.
func (l *learner) Restore(state []byte) error {
	r := &reader{b: state}
	if v := r.number(); r.err == nil && v != stateVersion {
		return fmt.Errorf("agent: the state has version %d; this program knows %d", v, stateVersion)
	}
	l.steps, l.begun, l.ended = r.number(), r.number(), int(r.number())
	l.learnt, l.latest = r.number() == 1, r.doubles()
	source := r.bytes()
	if n := r.number(); r.err == nil && n != uint64(len(l.actors)) {
		return fmt.Errorf("agent: the former run played %d environments, this one %d; give the same", n, len(l.actors))
	}
	for _, a := range l.actors {
		seed, actions, observation := r.number(), r.ints(), r.floats()
		if r.err != nil {
			return r.err
		}
		if err := a.replay(seed, actions, observation); err != nil {
			return err
		}
	}
	l.method.restore(r)
	if r.err != nil {
		return r.err
	}
	return l.source.UnmarshalBinary(source)
}

// replay plays an episode again up to the observation of a former run.
func (a *actor) replay(seed uint64, actions []int32, observation []float32) error {
	if err := a.reset(seed); err != nil {
		return err
	}
	for _, action := range actions {
		r, err := a.env.Step(int(action))
		if err != nil {
			return err
		}
		if a.sum += r.Reward; r.Done() {
			return a.unlike(len(actions))
		}
		rounded(a.observation, r.Observation)
	}
	a.actions = append(a.actions[:0], actions...)
	if !slices.Equal(a.observation, observation) {
		return a.unlike(len(actions))
	}
	return nil
}

func (a *actor) unlike(steps int) error {
	return fmt.Errorf("environment %s: the episode of seed %d, played again for %d steps, is another one than in the "+
		"former run; draw everything random from the seed of Reset", a.env.Name(), a.env.Seed(), steps)
}

// The streams of random numbers that a seed has.
const (
	trainingEpisodes uint64 = iota + 1
	validationEpisodes
	testEpisodes
	streamChoice
	streamCritic
	streamPolicy
)

// mix returns a seed for number n of a stream (the finaliser of SplitMix64; Steele, Lea and Flood, 2014).
func mix(seed, stream, n uint64) uint64 {
	x := seed
	for _, v := range [...]uint64{stream, n} {
		x += 0x9e3779b97f4a7c15 * (v + 1)
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		x ^= x >> 31
	}
	return x
}
