package env

import (
	"math"
	"strings"
	"testing"
)

// room is an environment of a user's own that returns what a test says.
type room struct {
	space   Space
	actions int
	first   []float64
	next    []float64
	reward  float64
}

func (r *room) ObservationSpace() Space { return r.space }
func (r *room) ActionSpace() Discrete   { return Discrete{r.actions} }
func (r *room) Reset(uint64) []float64  { return r.first }
func (r *room) Step(int) ([]float64, float64, bool, bool) {
	return r.next, r.reward, false, false
}

// TestFaults holds that whatever an environment returns wrongly is one line that says where, what and how it should be.
func TestFaults(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	box := Box{Low: []float64{-1, -1}, High: []float64{1, 1}}
	for _, c := range []struct {
		room room
		act  int
		want string
	}{
		{room{box, 2, []float64{0}, nil, 0}, 0,
			"environment room: Reset of the episode of seed 7: the observation has 1 numbers; " +
				"the observation space says 2"},
		{room{box, 2, []float64{0, 0}, []float64{0, nan}, 0}, 0,
			"environment room: step 1 of the episode of seed 7: the observation number 2 is NaN; all must be finite"},
		{room{box, 2, []float64{0, 0}, []float64{0, -inf}, 0}, 0,
			"environment room: step 1 of the episode of seed 7: the observation number 2 is -Inf; all must be finite"},
		{room{box, 2, []float64{0, 0}, nil, 0}, 0,
			"environment room: step 1 of the episode of seed 7: the observation has 0 numbers; " +
				"the observation space says 2"},
		{room{box, 2, []float64{0, 0}, []float64{9, 9}, nan}, 0,
			"environment room: step 1 of the episode of seed 7: the reward is NaN; it must be finite"},
		{room{box, 2, []float64{0, 0}, []float64{9, 9}, 0}, 2,
			"environment room: step 1 of the episode of seed 7: there is no action 2; there are 0 to 1"},
		{room{Discrete{3}, 2, []float64{3}, nil, 0}, 0, "environment room: Reset of the episode of seed 7: " +
			"the observation is 3; a value of Discrete(3) is a whole number from 0 to 2"},
		{room{Discrete{3}, 2, []float64{1.5}, nil, 0}, 0, "environment room: Reset of the episode of seed 7: " +
			"the observation is 1.5; a value of Discrete(3) is a whole number from 0 to 2"},
		{room{nil, 2, nil, nil, 0}, 0,
			"environment room: the observation space is nil; give env.Box or env.Discrete"},
		{room{Discrete{3}, 0, nil, nil, 0}, 0,
			"environment room: the action space Discrete(0) has no value; give N from 1"},
		{room{Box{Low: []float64{0}}, 2, nil, nil, 0}, 0, "environment room: the observation space has 1 lower and " +
			"0 upper bounds; give as many of both, and at least one"},
		{room{Box{Low: []float64{0}, High: []float64{nan}}, 2, nil, nil, 0}, 0, "environment room: " +
			"the observation space number 1 lies between 0 and NaN; the lower bound must be the smaller"},
	} {
		e, err := Check("room", &c.room)
		if err == nil {
			if _, err = e.Reset(7); err == nil {
				_, err = e.Step(c.act)
			}
		}
		if err == nil || err.Error() != c.want {
			t.Errorf("%+v:\n%v, want\n%s", c.room, err, c.want)
		}
	}
	if _, err := Check("", nil); err == nil || !strings.Contains(err.Error(), "there is none") {
		t.Error(err)
	}
	e, err := Check("", &TimeLimit{Env: &room{box, 1, []float64{0, 0}, []float64{5, 5}, 1}, Steps: 2})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Reset(1); err != nil {
		t.Fatal(err)
	}
	for step, want := range []bool{false, true} { // numbers outside of the bounds are no error
		if r, err := e.Step(0); err != nil || r.Truncated != want || r.Done() != want || r.Terminated {
			t.Errorf("step %d: %+v, %v", step+1, r, err)
		}
	}
}

// TestFind holds the names under which an environment is found, and what is said of others.
func TestFind(t *testing.T) {
	for name, want := range map[string]string{
		"CartPole-v1": "CartPole-v1", "cartpole": "CartPole-v1", "cart_pole": "CartPole-v1",
		"cartpole-V1": "CartPole-v1", "mountain_car": "MountainCar-v0", "frozen-lake": "FrozenLake-v1",
		"frozen_lake_8x8": "FrozenLake8x8-v1", "ACROBOT": "Acrobot-v1",
	} {
		if s, err := Find(name); err != nil || s.Name != want {
			t.Errorf("Find(%q) = %q, %v; want %q", name, s.Name, err, want)
		}
	}
	for name, want := range map[string]string{
		"CartPole-v0": `there is no environment "CartPole-v0"; there is CartPole-v1`,
		"cartpol":     `there is no environment "cartpol"; did you mean CartPole-v1?`,
		"pong": `there is no environment "pong"; there are CartPole-v1, Acrobot-v1, MountainCar-v0, FrozenLake-v1, ` +
			`FrozenLake8x8-v1, and env.Register adds others`,
		"": `there is no environment ""; there are CartPole-v1, Acrobot-v1, MountainCar-v0, FrozenLake-v1, ` +
			`FrozenLake8x8-v1, and env.Register adds others`,
	} {
		if _, err := Find(name); err == nil || err.Error() != want {
			t.Errorf("Find(%q): %v, want %s", name, err, want)
		}
	}
}

// TestRandom holds the generator against numpy.random.default_rng of NumPy 2: known draws of random() for three seeds.
func TestRandom(t *testing.T) {
	for seed, want := range map[uint64][]float64{
		0:  {0.6369616873214543, 0.2697867137638703, 0.04097352393619469},
		42: {0.7739560485559633, 0.4388784397520523, 0.8585979199113825},
	} {
		r := NewRandom(seed)
		for i, w := range want {
			if g := r.Float64(); g != w {
				t.Errorf("seed %d, draw %d: %v, NumPy %v", seed, i, g, w)
			}
		}
	}
}

// TestReturns holds the mean return of policies without learning on CartPole against those of 300 episodes of its
// equations in plain Python (data/uses/U10/SOURCE.md): random 22.3, the sign of the pole's angular velocity 198.5, a
// hand rule of two lines 500.
func TestReturns(t *testing.T) {
	const episodes = 1000
	random := NewRandom(5)
	for _, c := range []struct {
		name      string
		policy    func(o []float64) bool
		want, off float64
	}{
		{"random", func([]float64) bool { return random.Float64() < 0.5 }, 22.3, 1.5},
		{"angular velocity", func(o []float64) bool { return o[3] > 0 }, 198.5, 8},
		{"hand rule", func(o []float64) bool { return 0.1*o[0]+0.3*o[1]+o[2]+o[3] > 0 }, 500, 0},
	} {
		e, err := Make("CartPole-v1")
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for seed := range uint64(episodes) {
			o := e.Reset(seed)
			for done := false; !done; {
				action := 0
				if c.policy(o) {
					action = 1
				}
				next, r, terminated, truncated := e.Step(action)
				o, done = next, terminated || truncated
				sum += r
			}
		}
		if mean := sum / episodes; math.Abs(mean-c.want) > c.off {
			t.Errorf("%s: mean return %.1f, want %.1f ± %.1f", c.name, mean, c.want, c.off)
		}
	}
}

// TestStepAllocates holds that a step allocates nothing.
func TestStepAllocates(t *testing.T) {
	for _, name := range Names() {
		e, err := Make(name)
		if err != nil {
			t.Fatal(err)
		}
		e.Reset(1)
		seed := uint64(0)
		if n := testing.AllocsPerRun(1000, func() {
			if _, _, terminated, truncated := e.Step(1); terminated || truncated {
				seed++
				e.Reset(seed)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations in a step", name, n)
		}
	}
}
