package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"gorae/stat"
	"gorae/tune"
	"gorae/tune/study"
)

// arm is a way of searching.
type arm struct {
	name    string
	trials  int
	sampler tune.Sampler
	pruner  tune.Pruner
}

var arms = []arm{
	{"TPE + ASHA, 40 trials", 40, tune.TPE{}, tune.ASHA{}},
	{"random, 120 trials", 120, tune.Random{}, tune.None{}},
	{"random + ASHA, 40 trials", 40, tune.Random{}, tune.ASHA{}},
}

// tabular makes a sampler propose configurations of a table: the nearest one that the study has not had.
type tabular struct {
	tune.Sampler
	*table
}

// Sample implements tune.Sampler.
func (s tabular) Sample(space tune.Space, history []tune.Trial, number int, rng *rand.Rand) (tune.Values, bool) {
	v, ok := s.Sampler.Sample(space, history, number, rng)
	if !ok {
		return nil, false
	}
	best, least := -1, math.Inf(1)
	for i, r := range s.rows {
		had := func(t tune.Trial) bool { return slices.Equal(t.Values, tune.Values(r.Values)) }
		if slices.ContainsFunc(history, had) {
			continue
		}
		if d := distance(space, v, r.Values); d < least {
			best, least = i, d
		}
	}
	if best < 0 {
		return nil, false
	}
	return s.rows[best].Values, true
}

// distance is the Euclidean one of the places in the ranges; options that differ are 1 apart.
func distance(space tune.Space, a, b []float64) float64 {
	sum := 0.0
	for i, p := range space {
		d := 0.0
		switch {
		case p.Kind == tune.Choice && a[i] != b[i]:
			d = 1
		case p.Kind == tune.Choice:
		case p.Log:
			d = math.Log(a[i]/b[i]) / math.Log(p.High/p.Low)
		default:
			d = (a[i] - b[i]) / (p.High - p.Low)
		}
		sum += d * d
	}
	return sum
}

// outcome is what a study found, and what it cost.
type outcome struct {
	objective float64 // of the chosen configuration, the mean over all recorded trainings
	test      float64 // likewise
	seconds   float64
}

// find returns the row of values.
func (t *table) find(v tune.Values) *row {
	i := slices.IndexFunc(t.rows, func(r row) bool { return slices.Equal(r.Values, []float64(v)) })
	return &t.rows[i]
}

// replay carries out a study on the table, whose trainings are number k of each configuration.
func (t *table) replay(a arm, seed uint64, k int) (outcome, error) {
	var seconds float64
	s := &tune.Study{Space: t.space, Sampler: tabular{a.sampler, t}, Pruner: a.pruner, Trials: a.trials,
		Epochs: len(t.rows[0].Curves[0]), Seed: seed,
		Train: func(_ context.Context, x tune.Trial, until int) (tune.Outcome, error) {
			r := t.find(x.Values)
			seconds += r.Time * float64(until-x.Epochs)
			return tune.Outcome{Curves: [][]float64{r.Curves[k][:until]}}, nil
		}}
	trials, err := s.Run(context.Background())
	if err != nil {
		return outcome{}, err
	}
	r := t.find(trials[tune.Best(trials)].Values)
	return outcome{r.objective(), mean(r.Test), seconds}, nil
}

// objective is the mean of the best objective of each training.
func (r *row) objective() float64 {
	sum := 0.0
	for _, c := range r.Curves {
		sum += slices.Min(c)
	}
	return sum / float64(len(r.Curves))
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

// compare prints what the arms find, in pairs of studies with like seeds.
func (t *table) compare(studies int) error {
	own, best := t.rows[0].objective(), math.Inf(1)
	for i := range t.rows {
		best = min(best, t.rows[i].objective())
	}
	fmt.Printf("\n%s: %d configurations, %d epochs, %d studies; %s of the experiment's own values %.4f, of the best "+
		"configuration %.4f\n", t.name, len(t.rows), len(t.rows[0].Curves[0]), studies, t.objective, own, best)
	fmt.Printf("  %-26s  %9s  %9s  %9s\n", "", t.objective, "test", "seconds")
	results := make([][]outcome, len(arms))
	for i, a := range arms {
		var sum outcome
		for seed := range studies {
			o, err := t.replay(a, uint64(seed+1), seed%trainings)
			if err != nil {
				return err
			}
			results[i] = append(results[i], o)
			sum.objective, sum.test, sum.seconds = sum.objective+o.objective, sum.test+o.test, sum.seconds+o.seconds
		}
		n := float64(studies)
		fmt.Printf("  %-26s  %9.4f  %9.4f  %9.1f\n", a.name, sum.objective/n, sum.test/n, sum.seconds/n)
	}
	for _, i := range []int{1, 2} {
		t.difference(results[0], results[i], arms[i].name)
	}
	return nil
}

// difference prints by how much the first arm differs from another, of pairs.
func (t *table) difference(first, other []outcome, name string) {
	var objective, test, time []float64
	better, equal := 0, 0
	for i := range first {
		objective = append(objective, first[i].objective-other[i].objective)
		test = append(test, first[i].test-other[i].test)
		time = append(time, first[i].seconds/other[i].seconds)
		switch {
		case first[i].objective < other[i].objective:
			better++
		case first[i].objective == other[i].objective:
			equal++
		}
	}
	fmt.Printf("  TPE + ASHA less %s: %s %s, test %s; better %d, equal %d, worse %d; %.0f %% of the time\n", name,
		t.objective, interval(objective), interval(test), better, equal, len(first)-better-equal, 100*mean(time))
}

// interval is a mean with its 95 % interval of Student.
func interval(v []float64) string {
	m, square := mean(v), 0.0
	for _, x := range v {
		square += (x - m) * (x - m)
	}
	n := float64(len(v))
	half := stat.StudentQuantile(0.975, n-1) * math.Sqrt(square/(n-1)/n)
	return fmt.Sprintf("%+.4f (%+.4f to %+.4f)", m, m-half, m+half)
}

// live carries out one study as a user does, with TPE and ASHA at 40 trials.
func (t *table) live(ctx context.Context) error {
	shared := os.Getenv("GORAE_SHARED")
	if shared == "" && t.data != "" {
		return errors.New("GORAE_SHARED is not set; give the folder with data")
	}
	search, err := t.parse(shared)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "gorae-tune-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // it is temporary
	r, err := study.Run(ctx, search, study.Options{Out: filepath.Join(dir, "study")})
	if err != nil {
		return err
	}
	fmt.Printf("  live: %d trials, %d epochs, %.1f s of training: %s %.4f, the experiment's own values %.4f; test "+
		"%.4f\n", len(r.Trials), r.Epochs, r.Seconds, r.Objective, r.Value, r.Own, r.Tested.Test.Of(t.test))
	return nil
}
