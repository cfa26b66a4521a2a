package env

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// gymCase is a case of golden/statistics/environments.json, made by Gymnasium 1.4.0.
type gymCase struct {
	Name  string
	Input struct {
		ResetSeed uint64    `json:"reset_seed"`
		State     []float64 `json:"initial_state"`
		Actions   []any
		Map       []string
		Slippery  bool
		Gamma     float64
	}
	Expected struct {
		Observations [][]float64
		Rewards      []float64
		Terminated   []bool
		Truncated    []bool
		States       []int
		Probability  []float64
		Transitions  map[string][][]any
		Values       []float64 `json:"optimal_values"`
	}
}

func gymCases(t *testing.T) []gymCase {
	t.Helper()
	dir := os.Getenv("GORAE_SHARED")
	if dir == "" {
		t.Skip("GORAE_SHARED is not set: the cases of Gymnasium are not there")
	}
	b, err := os.ReadFile(filepath.Join(dir, "golden", "statistics", "environments.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []gymCase }
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	return file.Cases
}

// TestGymnasiumControl holds the environments of classical control against trajectories of Gymnasium 1.4.0: the first
// state of a seed to the bit, and each observation rounded to float32 to the last place but one.
func TestGymnasiumControl(t *testing.T) {
	names := map[string]string{"CartPole-v1": "", "MountainCar-v0": "", "Acrobot-v1": ""}
	seen := map[string]int{}
	for _, c := range gymCases(t) {
		cut := strings.LastIndex(c.Name, "-")
		name := c.Name[:strings.LastIndex(c.Name[:cut], "-")]
		if _, ok := names[name]; !ok {
			continue
		}
		seen[name]++
		t.Run(c.Name, func(t *testing.T) {
			e, err := Make(name)
			if err != nil {
				t.Fatal(err)
			}
			near := func(step int, got []float64) {
				for k, want := range c.Expected.Observations[step] {
					g, w := float32(got[k]), float32(want)
					if g != w && math.Abs(float64(g-w)) > 1.2e-7*math.Abs(float64(w)) {
						t.Fatalf("step %d, number %d: %v, Gymnasium %v", step, k, g, w)
					}
				}
			}
			first := e.Reset(c.Input.ResetSeed)
			near(0, first)
			for k, want := range c.Input.State {
				if got := state(e)[k]; got != want {
					t.Fatalf("number %d of the first state is %v, Gymnasium's %v", k, got, want)
				}
			}
			for i, a := range c.Input.Actions {
				o, r, term, trunc := e.Step(int(a.(float64)))
				near(i+1, o)
				if r != c.Expected.Rewards[i] || term != c.Expected.Terminated[i] || trunc != c.Expected.Truncated[i] {
					t.Fatalf("step %d: reward %v, terminated %v, truncated %v; Gymnasium %v, %v, %v", i+1, r, term,
						trunc, c.Expected.Rewards[i], c.Expected.Terminated[i], c.Expected.Truncated[i])
				}
			}
		})
	}
	for name := range names {
		if seen[name] < 2 {
			t.Errorf("%s: %d trajectories, want 2 or more", name, seen[name])
		}
	}
}

func state(e Env) []float64 {
	switch e := Unwrap(e).(type) {
	case *CartPole:
		return e.state[:]
	case *MountainCar:
		return e.state[:]
	case *Acrobot:
		return e.state[:]
	}
	panic("no state")
}

// TestCartPoleFloat64 holds CartPole against trajectories of its equations in float64, computed by plain Python
// (data/uses/U10/SOURCE.md).
func TestCartPoleFloat64(t *testing.T) {
	dir := os.Getenv("GORAE_SHARED")
	if dir == "" {
		t.Skip("GORAE_SHARED is not set: the trajectories are not there")
	}
	f, err := os.Open(filepath.Join(dir, "data", "uses", "U10", "cartpole-v1-trajectories.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var c CartPole
	steps := 0
	for _, row := range rows[1:] {
		var want [4]float64
		for k := range want {
			if want[k], err = strconv.ParseFloat(row[3+k], 64); err != nil {
				t.Fatal(err)
			}
		}
		if row[2] == "" {
			c.state = want
			continue
		}
		steps++
		action, err := strconv.Atoi(row[2])
		if err != nil {
			t.Fatal(err)
		}
		got, _, terminated, _ := c.Step(action)
		for k := range want {
			if math.Abs(got[k]-want[k]) > 1e-14*math.Max(1, math.Abs(want[k])) {
				t.Fatalf("episode %s, step %s, number %d: %v, want %v", row[0], row[1], k, got[k], want[k])
			}
		}
		if terminated != (row[7] == "1") {
			t.Fatalf("episode %s, step %s: terminated %v", row[0], row[1], terminated)
		}
	}
	if steps < 50 {
		t.Fatalf("%d steps were compared", steps)
	}
}

// TestGymnasiumLake holds FrozenLake against Gymnasium's: its table of transitions, paths drawn from the seed, their
// probabilities, and the values of the best policy.
func TestGymnasiumLake(t *testing.T) {
	n := 0
	for _, c := range gymCases(t) {
		if !strings.HasPrefix(c.Name, "FrozenLake") {
			continue
		}
		n++
		t.Run(c.Name, func(t *testing.T) {
			f := NewFrozenLake(c.Input.Map)
			if !c.Input.Slippery {
				f.Firm()
			}
			for key, want := range c.Expected.Transitions {
				at := strings.Split(key, ",")
				field, _ := strconv.Atoi(at[0])
				action, _ := strconv.Atoi(at[1])
				got := f.Transitions(field, action)
				if len(got) != len(want) {
					t.Fatalf("field %d, action %d: %d transitions, Gymnasium %d", field, action, len(got), len(want))
				}
				for i, w := range want {
					g := got[i]
					if g.Probability != w[0] || float64(g.Field) != w[1] || g.Reward != w[2] || g.Terminated != w[3] {
						t.Fatalf("field %d, action %d: %+v, Gymnasium %v", field, action, g, w)
					}
				}
			}
			seed, err := strconv.ParseUint(c.Name[strings.LastIndex(c.Name, "-")+1:], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			if s := int(f.Reset(seed)[0]); s != c.Expected.States[0] {
				t.Fatalf("start %d, Gymnasium %d", s, c.Expected.States[0])
			}
			for i, a := range c.Input.Actions {
				o, r, term, _ := f.Step(int(a.(float64)))
				if int(o[0]) != c.Expected.States[i+1] || r != c.Expected.Rewards[i] ||
					term != c.Expected.Terminated[i] {
					t.Fatalf("step %d: field %v, reward %v, terminated %v; Gymnasium %d, %v, %v", i+1, o[0], r, term,
						c.Expected.States[i+1], c.Expected.Rewards[i], c.Expected.Terminated[i])
				}
			}
			for s, v := range lakeValues(f, c.Input.Gamma) {
				if math.Abs(v-c.Expected.Values[s]) > 1e-8 {
					t.Fatalf("field %d is worth %v, numpy's value iteration says %v", s, v, c.Expected.Values[s])
				}
			}
		})
	}
	if n < 4 {
		t.Fatalf("%d lakes", n)
	}
}

// lakeValues is value iteration.
func lakeValues(f *FrozenLake, gamma float64) []float64 {
	v := make([]float64, len(f.lake))
	for {
		change := 0.0
		next := make([]float64, len(v))
		for s := range v {
			next[s] = math.Inf(-1)
			for a := range 4 {
				q := 0.0
				for _, w := range f.Transitions(s, a) {
					after := v[w.Field]
					if w.Terminated {
						after = 0
					}
					q += w.Probability * (w.Reward + gamma*after)
				}
				next[s] = max(next[s], q)
			}
			change = max(change, math.Abs(next[s]-v[s]))
		}
		if v = next; change < 1e-13 {
			return v
		}
	}
}
