package control_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/bundle"
	"gorae/data/source"
	"gorae/env"
	"gorae/run"
	"gorae/spec"
	"gorae/task"
)

// spoilt is CartPole that returns NaN after some steps.
type spoilt struct {
	env.CartPole
	steps int
}

func (s *spoilt) Step(action int) ([]float64, float64, bool, bool) {
	o, r, terminated, truncated := s.CartPole.Step(action)
	if s.steps++; s.steps > 5 {
		o[2] = math.NaN()
	}
	return o, r, terminated, truncated
}

// short is CartPole whose observations lack a number.
type short struct{ env.CartPole }

func (s *short) Reset(seed uint64) []float64 { return s.CartPole.Reset(seed)[:3] }

func init() {
	env.Register(env.Spec{Name: "Spoilt-v0", Make: func() env.Env { return &spoilt{} }, Steps: 100})
	env.Register(env.Spec{Name: "Short-v0", Make: func() env.Env { return &short{} }, Steps: 100})
}

func prepare(t *testing.T, dir, text string) (*run.Prepared, error) {
	t.Helper()
	f, err := spec.Parse(filepath.Join(dir, "e.yaml"), "e", []byte(text))
	if err != nil {
		return nil, err
	}
	return run.Prepare(t.Context(), f)
}

// TestBadExperiments: what cannot be trained is one line with place, value and remedy.
func TestBadExperiments(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{
		"data: {environment: cartpol}": `data.environment: there is no environment "cartpol"; ` +
			`did you mean CartPole-v1?`,
		"data: {environment: 3}": "data.environment: 3 is not",
		"data: {environment: CartPole-v0}": `data.environment: there is no environment "CartPole-v0"; ` +
			`there is CartPole-v1`,
		"data: {environment: cartpole}\ntrain: {dqn: {}, reinforce: {}}": "train.reinforce: stands beside dqn, but a " +
			"network learns by one algorithm; leave one of them out",
		"data: {environment: cartpole}\ntrain: {dqn: {gamma: 2}}":         "train.dqn.gamma: 2 is not",
		"data: {environment: cartpole}\ntrain: {dqn: {buffer_size: 0}}":   "train.dqn.buffer_size: 0 is not a number of",
		"data: {environment: cartpole}\ntrain: {dqn: {bufer_size: 10}}":   `did you mean "buffer_size"`,
		"data: {environment: cartpole}\ntrain: {loss: mse}":               "train.loss: has no meaning for the task control",
		"data: {environment: cartpole}\ntrain: {monitor: val_loss}":       `train.monitor: no metric "val_loss"`,
		"data: {environment: cartpole}\ntrain: {test_episodes: 1}":        "train.test_episodes: 1 is not a number of",
		"data: {environment: cartpole, source: a.csv}":                    "leave one of them out",
		"data: {environment: cartpole}\nmodel: [dense: 3]":                "returns outputs of shape (3,); give it one",
		"data: {environment: short}":                                      "Reset of the episode of seed",
		"data: {environment: cartpole}\nsplit: {validation: 0.2}":         "split.validation: has no meaning",
		"data: {environment: cartpole}\nmodel: [dense: 2, softmax: {}]":   "",
		"data: {environment: frozen_lake_8x8}\ntrain: {actor_critic: {}}": "",
	} {
		_, err := prepare(t, dir, text)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n")):
			t.Errorf("%s:\n%v, want\n%s", text, err, want)
		}
	}
	p, err := prepare(t, dir, "data: {environment: spoilt}\ntrain: {dqn: {}, epochs: 1}\n")
	if err != nil {
		t.Fatal(err)
	}
	_, err = run.Run(t.Context(), p, run.Options{Out: filepath.Join(dir, "spoilt")})
	if err == nil || !strings.Contains(err.Error(), "environment Spoilt-v0: step 6 of the episode of seed ") ||
		!strings.Contains(err.Error(), "the observation number 3 is NaN; all must be finite") {
		t.Error(err)
	}
}

// TestBadObservations: rows that are no observations, and data where there is nothing to do with them.
func TestBadObservations(t *testing.T) {
	dir := t.TempDir()
	p, err := prepare(t, dir, "data: {environment: frozen_lake}\n"+
		"train: {dqn: {}, epochs: 1, validation_episodes: 2, test_episodes: 2}\n")
	if err != nil {
		t.Fatal(err)
	}
	r, err := run.Run(t.Context(), p, run.Options{Out: filepath.Join(dir, "run")})
	if err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Open(filepath.Join(r.Dir, "model.keras"))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"observation\n3\n16\n": "o.csv:3: the observation is 16; a value of Discrete(16) is a whole number from 0 to 15",
		"observation\n0.5\n":   "o.csv:2: the observation is 0.5; a value of Discrete(16) is a whole number",
		"a,b\n1,2\n":           "an observation of FrozenLake-v1 has 1 numbers, and the table has 2 columns",
		"field\n1\n2\n":        "",
	} {
		path := filepath.Join(dir, "o.csv")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		s := &task.Source{Info: open(t, path)}
		bound, err := b.Bind(s)
		switch {
		case want == "" && (err != nil || bound.Data.Len() != 2):
			t.Errorf("%q: %v", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: %v, want %s", text, err, want)
		}
		if _, err := b.Evaluate(context.Background(), s, ""); err == nil || !strings.Contains(err.Error(),
			"a policy is evaluated by episodes of FrozenLake-v1, which need no data; leave --data out") {
			t.Error(err)
		}
	}
	for _, sample := range []any{[]float64{1, 2}, []float64{-1}, "left"} {
		if _, err := bundle.Predictions[int](t.Context(), b, []any{sample}); err == nil {
			t.Errorf("%v is taken for an observation", sample)
		}
	}
}

func open(t *testing.T, path string) *source.Info {
	t.Helper()
	s, err := source.Find(path, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
