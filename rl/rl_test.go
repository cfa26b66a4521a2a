package rl

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/env"
	_ "gorae/format/keras"
	"gorae/internal/par"
	"gorae/tensor"
	"gorae/train"
)

func spec(t *testing.T, name string) env.Spec {
	t.Helper()
	s, err := env.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// algorithms are small settings of each algorithm, with which all of its parts work within a few hundred steps.
func algorithms() map[string]Algorithm {
	return map[string]Algorithm{
		"dqn": DQN{LearningStarts: new(100), BufferSize: 300, BatchSize: 16, NSteps: 3, TargetUpdateInterval: 50,
			Tau: new(0.5)},
		"reinforce":    Reinforce{Episodes: 2},
		"actor_critic": ActorCritic{NEnvs: 3, NSteps: 5},
	}
}

// weights are the bits of all weights of a checkpoint of a run.
func run(t *testing.T, ctx context.Context, a Algorithm, c Config) ([]float32, error) {
	t.Helper()
	m := Network(4, 2, a.Defaults().Activation, 16)
	_, err := Train(ctx, spec(t, "CartPole-v1"), m, a, c)
	var all []float32
	for _, v := range m.Store().Vars() {
		all = append(all, v.Value.F32...)
	}
	return all, err
}

// TestThreads: one seed gives the same bits for any number of threads, another seed gives others.
func TestThreads(t *testing.T) {
	for name, a := range algorithms() {
		t.Run(name, func(t *testing.T) {
			c := Config{Epochs: 2, StepsPerEpoch: 400, ValidationEpisodes: 3, Seed: 5}
			var first []float32
			for _, threads := range []int{1, 2, 5} {
				before := par.Default()
				par.SetDefault(par.New(threads))
				w, err := run(t, t.Context(), a, c)
				par.SetDefault(before)
				if err != nil {
					t.Fatal(err)
				}
				if first == nil {
					first = w
				}
				if !slices.Equal(w, first) {
					t.Errorf("%d threads: other weights than with one", threads)
				}
			}
			c.Seed = 6
			if w, err := run(t, t.Context(), a, c); err != nil || slices.Equal(w, first) {
				t.Errorf("another seed gives the same weights, %v", err)
			}
		})
	}
}

// TestResume: a run that is stopped anywhere and continued ends with the same bits as without the interruption: the
// weights, the history, and the state of the agent with its replay buffer.
func TestResume(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	for name, a := range algorithms() {
		t.Run(name, func(t *testing.T) {
			config := func(path string) Config {
				return Config{Epochs: 3, StepsPerEpoch: 300, ValidationEpisodes: 2, Seed: 9,
					Checkpoint: &train.Checkpoint{Path: path, Every: 1, Resume: true}}
			}
			dir := t.TempDir()
			whole := filepath.Join(dir, "whole.keras")
			want, err := run(t, t.Context(), a, config(whole))
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "halved.keras")
			for _, stop := range []int{1, 2, 1} { // turns until each interruption
				ctx, cancel := context.WithCancel(t.Context())
				c := config(path)
				c.Callbacks = []train.Callback{train.Lambda{BatchEnd: func(train.Event) error {
					if stop--; stop == 0 {
						cancel()
					}
					return nil
				}}}
				if _, err := run(t, ctx, a, c); !errors.Is(err, context.Canceled) {
					t.Fatal(err)
				}
			}
			got, err := run(t, t.Context(), a, config(path))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, want) {
				t.Error("the continued run ends with other weights")
			}
			x, y := snapshot(t, whole), snapshot(t, path)
			if !bytes.Equal(x.Callbacks[0].State, y.Callbacks[0].State) {
				t.Error("the continued run ends with another state of the agent")
			}
			for i, r := range x.Rows {
				for k, m := range r.Metrics {
					if o := y.Rows[i].Metrics[k]; math.Float64bits(m.Value) != math.Float64bits(o.Value) {
						t.Errorf("epoch %d: %s is %v, undisturbed %v", i+1, m.Name, o.Value, m.Value)
					}
				}
			}
		})
	}
}

func snapshot(t *testing.T, path string) *train.Snapshot {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	s, err := train.ReadSnapshot(f, st.Size())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestState: an agent takes no state that is cut off, of another version, or of another training.
func TestState(t *testing.T) {
	for name, a := range algorithms() {
		prepare := func(a Algorithm) *learner {
			r, err := Prepare(spec(t, "CartPole-v1"), Network(4, 2, "relu", 8), a, Config{Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			return r.learner
		}
		l := prepare(a)
		state := l.State()
		if err := prepare(a).Restore(state); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for n := 0; n < len(state); n += 1 + len(state)/20 {
			if err := prepare(a).Restore(state[:n]); err == nil {
				t.Fatalf("%s: a state of %d bytes in place of %d is taken", name, n, len(state))
			}
		}
		other := slices.Clone(state)
		other[0]++
		if err := prepare(a).Restore(other); err == nil || !strings.Contains(err.Error(), "version") {
			t.Errorf("%s: %v", name, err)
		}
	}
	small, large := DQN{BufferSize: 5}, DQN{BufferSize: 50}
	l, err := Prepare(spec(t, "CartPole-v1"), Network(4, 2, "relu", 8), large, Config{})
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		l.learner.method.(*dqn).buffer.add(replayed{observation: make([]float32, 4), next: make([]float32, 4)})
	}
	s, err := Prepare(spec(t, "CartPole-v1"), Network(4, 2, "relu", 8), small, Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.learner.Restore(l.learner.State()); err == nil ||
		!strings.Contains(err.Error(), "the state does not belong to this training") {
		t.Error(err)
	}
}

// drift is an environment that does not draw everything from the seed of Reset.
type drift struct {
	env.CartPole
	n *int
}

func (d drift) Reset(seed uint64) []float64 {
	*d.n++
	return d.CartPole.Reset(seed + uint64(*d.n))
}

// TestReplay: where an episode that is played again is another one, the run says so.
func TestReplay(t *testing.T) {
	n := 0
	e := env.Spec{Name: "drift", Make: func() env.Env { return &drift{n: &n} }, Steps: 500}
	prepare := func() *learner {
		r, err := Prepare(e, Network(4, 2, "relu", 8), DQN{}, Config{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		return r.learner
	}
	if err := prepare().Restore(prepare().State()); err == nil || !strings.Contains(err.Error(),
		"played again for 0 steps, is another one than in the former run; draw everything random from the seed") {
		t.Error(err)
	}
}

// TestMistakes: what cannot be trained is one line.
func TestMistakes(t *testing.T) {
	cart := spec(t, "CartPole-v1")
	broken := env.Spec{Name: "broken", Make: func() env.Env { return &faulty{} }}
	for _, c := range []struct {
		env    env.Spec
		width  int
		out    int
		a      Algorithm
		config Config
		want   string
	}{
		{env.Spec{}, 4, 2, DQN{}, Config{}, "rl: there is no environment; give an env.Spec with Make"},
		{cart, 4, 2, nil, Config{}, "rl: there is no algorithm; give rl.DQN{}, rl.Reinforce{} or rl.ActorCritic{}"},
		{cart, 5, 2, DQN{}, Config{}, "rl: the network takes inputs of shape (5,); observations have the shape (4,)"},
		{cart, 4, 3, DQN{}, Config{},
			"rl: the network returns outputs of shape (3,); give it one output of the shape (2,): " +
				"one number for each action"},
		{cart, 4, 2, DQN{}, Config{Critic: Network(4, 1, "relu")}, "rl: critic: rl.DQN has none; leave it out"},
		{cart, 4, 2, Reinforce{}, Config{Critic: Network(4, 2, "relu")}, "rl: the critic returns outputs of " +
			"shape (2,); give it one output of the shape (1,): the value of an observation"},
		{cart, 4, 2, DQN{}, Config{Epochs: -1}, "rl: epochs: -1; give a number from 1, or 0 for 100"},
		{broken, 4, 2, DQN{LearningStarts: new(1)}, Config{}, "environment broken: step 3 of the episode of seed"},
	} {
		_, err := Train(t.Context(), c.env, Network(c.width, c.out, "relu"), c.a, c.config)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	m := Network(4, 2, "relu")
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	_, err := Greedy(m, new(env.CartPole).ObservationSpace()).Outputs([][]float64{{0, 0, 0, 0}, {0, 0, 0}})
	if err == nil || err.Error() != "observation 2 has 3 numbers; the observation space says 4" {
		t.Error(err)
	}
	if _, err := Evaluate(t.Context(), cart, Random(2, 1), 0, 1); err == nil {
		t.Error("no episodes are evaluated")
	}
}

// faulty is CartPole that returns NaN in the third step.
type faulty struct {
	env.CartPole
	steps int
}

func (f *faulty) Step(action int) ([]float64, float64, bool, bool) {
	o, r, terminated, truncated := f.CartPole.Step(action)
	if f.steps++; f.steps%3 == 0 {
		o[1] = math.NaN()
	}
	return o, r, terminated, truncated
}

// TestStepAllocates: once its programs are compiled and the buffer is full, an agent's step allocates nothing.
func TestStepAllocates(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	for name, a := range algorithms() {
		r, err := Prepare(spec(t, "CartPole-v1"), Network(4, 2, "relu", 16), a, Config{Seed: 1, Epochs: 1,
			StepsPerEpoch: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		turns, least := 0, math.Inf(1)
		loop := r.loop()
		step := loop.Batch
		loop.Batch = func(turn *train.Turn) error {
			if turns++; turns > 150 {
				cancel()
			}
			if turns < 100 {
				return step(turn)
			}
			least = min(least, testing.AllocsPerRun(1, func() { err = step(turn) }))
			return err
		}
		_, err = loop.Fit(ctx, train.Data{X: []*tensor.Tensor{tensor.New(tensor.Float32, 1<<14, 1)}},
			train.Config{Epochs: 1, BatchSize: 1, Callbacks: []train.Callback{r.learner}})
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if least > 0 {
			t.Errorf("%s: %v allocations in %d steps", name, least, ticksPerTurn)
		}
	}
}

// TestNStep holds the samples of n-step returns against sums by hand: γ = ½, rewards 1, 2, 4, 8 and n = 3, an episode
// that terminates and one that is truncated.
func TestNStep(t *testing.T) {
	for _, terminated := range []bool{true, false} {
		b := newReplayBuffer(10, 1)
		q := recent{n: 3, gamma: 0.5, width: 1}
		for i, r := range []float32{1, 2, 4, 8} {
			last := i == 3
			q.observe(&transition{observation: []float32{float32(i)}, next: []float32{float32(i + 1)}, action: i,
				reward: r, terminated: last && terminated, truncated: last && !terminated}, b)
		}
		rest := float32(0)
		if !terminated {
			rest = 1
		}
		rewards := []float32{1 + 1 + 1, 2 + 2 + 2, 4 + 4, 8}
		discounts := []float32{0.125, 0.125 * rest, 0.25 * rest, 0.5 * rest}
		if b.count != 4 {
			t.Fatalf("%d samples", b.count)
		}
		for i, next := range []float32{3, 4, 4, 4} {
			if g := b.get(i); g.observation[0] != float32(i) || g.next[0] != next || g.action != int32(i) ||
				g.reward != rewards[i] || g.discount != discounts[i] {
				t.Errorf("terminated %v, sample %d: %+v", terminated, i, g)
			}
		}
	}
}

// TestEncoder: close bounds become −1 and 1, wide ones are centred, numbers without bounds stay, fields become
// one-hot.
func TestEncoder(t *testing.T) {
	e := NewEncoder(env.Box{Low: []float64{-1.2, math.Inf(-1), 10}, High: []float64{0.6, math.Inf(1), 30}})
	got := make([]float32, 3)
	for in, want := range map[[3]float32][3]float32{{-1.2, 7, 10}: {-1, 7, -10}, {0.6, -7, 30}: {1, -7, 10},
		{-0.3, 0, 20}: {0, 0, 0}} {
		e.Encode(got, in[:])
		for i := range want {
			if math.Abs(float64(got[i]-want[i])) > 1e-6 {
				t.Errorf("%v is encoded as %v, want %v", in, got, want)
			}
		}
	}
	e = NewEncoder(env.Discrete{N: 3})
	got = []float32{9, 9, 9}
	if e.Encode(got, []float32{1}); !slices.Equal(got, []float32{0, 1, 0}) {
		t.Errorf("1 of 3 is encoded as %v", got)
	}
}

// TestEpochWithoutUpdate: where no update falls into an epoch, its loss is that of the latest one, and no NaN; before
// the first update there is none to tell.
func TestEpochWithoutUpdate(t *testing.T) {
	h, err := Train(t.Context(), spec(t, "CartPole-v1"), Network(4, 2, "tanh", 8), Reinforce{Episodes: 4},
		Config{Epochs: 40, StepsPerEpoch: 20, ValidationEpisodes: 1, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	repeated := 0
	for i, r := range h.Rows {
		loss := r.Metrics.Of("loss")
		if math.IsNaN(loss) && i > 10 {
			t.Fatalf("epoch %d: %v", i+1, r.Metrics)
		}
		if i > 0 && loss == h.Rows[i-1].Metrics.Of("loss") {
			repeated++
		}
	}
	if !math.IsNaN(h.Rows[0].Metrics.Of("loss")) || repeated < 10 {
		t.Errorf("first loss %v, %d repeated", h.Rows[0].Metrics.Of("loss"), repeated)
	}
}

// TestSideBySide: episodes have the same returns whatever number of them is played, and by whichever policy object.
func TestSideBySide(t *testing.T) {
	m := Network(4, 2, "relu", 8)
	if err := m.Build(3); err != nil {
		t.Fatal(err)
	}
	e := spec(t, "CartPole-v1")
	policy := Greedy(m, e.New().ObservationSpace())
	all, err := Evaluate(t.Context(), e, policy, 75, 4)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 31, 33} {
		some, err := Evaluate(t.Context(), e, policy, n, 4)
		if err != nil || !slices.Equal(some.Returns, all.Returns[:n]) || !slices.Equal(some.Lengths, all.Lengths[:n]) {
			t.Errorf("%d episodes: %v, %v; of 75: %v", n, some.Returns, err, all.Returns[:n])
		}
	}
	if validation, err := play(t.Context(), e, policy, validationEpisodes, 75, 4); err != nil ||
		slices.Equal(validation.Returns, all.Returns) {
		t.Errorf("the episodes of the validation are those of the evaluation, %v", err)
	}
	// The mean of 1, 2, 3, 6 is 3, their deviation √(14/3), t(0.975; 3) = 3.182446: 3 ± 1.080123·3.182446.
	i := Episodes{Returns: []float64{1, 2, 3, 6}}.Interval(0.95)
	if math.Abs(i.Low+0.437435) > 1e-5 || math.Abs(i.High-6.437435) > 1e-5 {
		t.Error(i)
	}
}

// TestLearns: each algorithm learns within seconds: DQN to cross the lake that is not slippery in the fewest steps,
// the others to hold the pole for ten times as long as at random (22 steps; data/uses/U10/SOURCE.md).
func TestLearns(t *testing.T) {
	firm := env.Spec{Name: "firm", Make: func() env.Env { return env.NewFrozenLake(env.Lake4x4).Firm() }, Steps: 100}
	for _, c := range []struct {
		name   string
		env    env.Spec
		width  int
		out    int
		a      Algorithm
		epochs int
		least  float64
	}{
		{"dqn", firm, 16, 4,
			DQN{LearningStarts: new(500), TargetUpdateInterval: 100, ExplorationFraction: new(1.0)}, 8, 1},
		{"reinforce", spec(t, "CartPole-v1"), 4, 2, Reinforce{}, 30, 220},
		{"actor_critic", spec(t, "CartPole-v1"), 4, 2, ActorCritic{}, 30, 220},
	} {
		t.Run(c.name, func(t *testing.T) {
			if testing.Short() && c.name != "dqn" {
				t.Skip("trains for seconds")
			}
			m := Network(c.width, c.out, c.a.Defaults().Activation, 32)
			if _, err := Train(t.Context(), c.env, m, c.a, Config{Seed: 2, Epochs: c.epochs,
				ValidationEpisodes: 10}); err != nil {
				t.Fatal(err)
			}
			r, err := Evaluate(t.Context(), c.env, Greedy(m, c.env.New().ObservationSpace()), 50, 2)
			if err != nil || r.Mean() < c.least {
				t.Errorf("mean return %v, %v; want %v or more", r.Mean(), err, c.least)
			}
			if c.env.Name == "firm" && r.Lengths[0] != 6 {
				t.Errorf("%d steps over the lake, the fewest are 6", r.Lengths[0])
			}
		})
	}
}
