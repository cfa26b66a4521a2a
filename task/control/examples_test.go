package control_test

import (
	"path/filepath"
	"testing"

	"gorae/run"
	"gorae/spec"
)

// TestU10Examples: each experiment of examples/U10-control can be prepared, and, shortened, reaches a part of what its
// README tells: CartPole's actor-critic ten times what random actions have (22; data/uses/U10/SOURCE.md), FrozenLake
// ten times theirs (0.015), MountainCar the flag, which random actions do not reach.
func TestU10Examples(t *testing.T) {
	files, err := filepath.Glob("../../examples/U10-control/*.yaml")
	if err != nil || len(files) != 6 {
		t.Fatalf("%d examples: %v", len(files), err)
	}
	short := map[string]struct {
		set   []string
		least float64
	}{
		"cartpole-actor-critic": {[]string{"train.epochs=20"}, 220},
		"frozen-lake":           {[]string{"train.epochs=25"}, 0.15},
		"mountain-car":          {[]string{"train.epochs=45", "train.validation_episodes=10"}, -199},
	}
	for _, path := range files {
		name := filepath.Base(path[:len(path)-len(".yaml")])
		t.Run(name, func(t *testing.T) {
			s := short[name]
			f, err := spec.Read(path, s.set...)
			if err != nil {
				t.Fatal(err)
			}
			p, err := run.Prepare(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			if s.set == nil {
				return
			}
			if testing.Short() && name == "mountain-car" {
				t.Skip("trains for seconds")
			}
			r, err := run.Run(t.Context(), p, run.Options{Out: filepath.Join(t.TempDir(), "run")})
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Report.Test.Of("return"); got < s.least {
				t.Errorf("mean return %v, want %v or more", got, s.least)
			}
			if len(r.Warnings) > 0 {
				t.Errorf("%q", r.Warnings)
			}
		})
	}
}
