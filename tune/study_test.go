package tune_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorae/tune"
)

// space has each kind of parameter, one of which exists with one option only.
var space = tune.Space{
	{Name: "rate", Low: 1e-5, High: 1, Log: true, Start: 0.1},
	{Name: "layers", Kind: tune.Int, Low: 1, High: 8, Start: 2},
	{Name: "kind", Kind: tune.Choice, Options: 3},
	{Name: "drop", Low: 0, High: 0.5, Step: 0.1, Start: 0.2, When: []tune.Condition{{Param: 2, Option: 1}}},
}

// objective is least, 0, at rate 0.005, 5 layers, kind 0.
func objective(v tune.Values) float64 {
	sum := math.Abs(math.Log10(v[0]/0.005)) + math.Abs(v[1]-5)/4 + v[2]/3
	if !math.IsNaN(v[3]) {
		sum += v[3]
	}
	return sum
}

// trained is a training whose objective falls to its end by 1/epoch.
func trained(_ context.Context, t tune.Trial, until int) (tune.Outcome, error) {
	var c []float64
	for e := 1; e <= until; e++ {
		c = append(c, objective(t.Values)+1/float64(e))
	}
	return tune.Outcome{Curves: [][]float64{c}, Seconds: float64(until)}, nil
}

func study(sampler tune.Sampler, pruner tune.Pruner) *tune.Study {
	return &tune.Study{Space: space, Sampler: sampler, Pruner: pruner, Trials: 40, Epochs: 60, Seed: 1, Parallel: 3,
		Train: trained}
}

func run(t *testing.T, s *tune.Study) []tune.Trial {
	t.Helper()
	trials, err := s.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return trials
}

// plain is trials without NaN, which equals nothing.
func plain(trials []tune.Trial) string { return fmt.Sprintf("%+v", trials) }

// TestStudy: the user's own values come first and are trained to the end, as is the best trial; values lie in their
// ranges and exist where they should; every rung is a value of the curve.
func TestStudy(t *testing.T) {
	pruners := []tune.Pruner{tune.None{}, tune.ASHA{}, tune.Median{}, tune.ASHA{Least: 7, Reduction: 2}}
	for _, sampler := range []tune.Sampler{tune.Random{}, tune.TPE{}, tune.Grid{Points: 2}} {
		for _, pruner := range pruners {
			trials := run(t, study(sampler, pruner))
			name := fmt.Sprintf("%T %T", sampler, pruner)
			own := trials[0]
			if own.State != tune.Finished || own.Epochs != 60 || own.Values[0] != 0.1 || own.Values[1] != 2 ||
				!math.IsNaN(own.Values[3]) {
				t.Errorf("%s: the user's own values became %+v", name, own)
			}
			best := tune.Best(trials)
			rungs := pruner.Rungs(60)
			for _, x := range trials {
				for i, p := range space {
					v := x.Values[i]
					if exists := i < 3 || x.Values[2] == 1; exists == math.IsNaN(v) {
						t.Errorf("%s: trial %d: %s is %v", name, x.Number, p.Name, v)
					}
					if p.Kind != tune.Choice && (v < p.Low || v > p.High) {
						t.Errorf("%s: trial %d: %s is %v", name, x.Number, p.Name, v)
					}
				}
				for k, v := range x.Rungs {
					if want := objective(x.Values) + 1/float64(rungs[k]); v != want {
						t.Errorf("%s: trial %d has %v at rung %d, want %v", name, x.Number, v, k, want)
					}
				}
				if x.State == tune.Finished && x.Value < trials[best].Value {
					t.Errorf("%s: trial %d is better than the best one, %d", name, x.Number, best)
				}
			}
		}
	}
}

// TestRandom: 20,000 random draws have the probabilities of their ranges, worked out by hand: uniform, of the logarithm
// where the range is logarithmic, a whole number k with those of k − ½ to k + ½, options and steps alike; what depends
// on an option is drawn with it alone. The greatest difference of the distribution functions is beyond 1.95/√n with a
// probability of .001 (Kolmogorov).
func TestRandom(t *testing.T) {
	s := tune.Space{
		{Name: "plain", Low: -2, High: 6},
		{Name: "log", Low: 1e-4, High: 1, Log: true},
		{Name: "whole", Kind: tune.Int, Low: 1, High: 8},
		{Name: "logWhole", Kind: tune.Int, Low: 1, High: 8, Log: true},
		{Name: "stepped", Low: 0.1, High: 0.5, Step: 0.2},
		{Name: "choice", Kind: tune.Choice, Options: 4},
		{Name: "below", Low: 0, High: 1, When: []tune.Condition{{Param: 5, Option: 2}}},
	}
	below := []func(v float64) float64{ // the probability of v or less
		func(v float64) float64 { return (v + 2) / 8 },
		func(v float64) float64 { return math.Log10(v)/4 + 1 },
		func(v float64) float64 { return v / 8 },
		func(v float64) float64 { return math.Log((v+0.5)/0.5) / math.Log(8.5/0.5) },
		func(v float64) float64 { return math.Round((v+0.1)/0.2) / 3 },
		func(v float64) float64 { return (v + 1) / 4 },
		func(v float64) float64 { return v },
	}
	drawn := make([][]float64, len(s))
	for i := range 20_000 {
		v, ok := tune.Random{}.Sample(s, nil, i, rand.New(rand.NewPCG(5, uint64(i))))
		if !ok || math.IsNaN(v[6]) != (v[5] != 2) {
			t.Fatalf("trial %d: %v", i, v)
		}
		for k, x := range v {
			if !math.IsNaN(x) {
				drawn[k] = append(drawn[k], x)
			}
		}
	}
	for k, values := range drawn {
		slices.Sort(values)
		n, most := float64(len(values)), 0.0
		for i, v := range values {
			if i+1 == len(values) || values[i+1] != v { // the last of equal ones
				most = max(most, math.Abs(float64(i+1)/n-below[k](v)))
			}
		}
		if most > 1.95/math.Sqrt(n) {
			t.Errorf("%s: the distribution functions of %v draws differ by %.4f", s[k].Name, n, most)
		}
	}
}

// TestParallelTrials: so many trials are trained at the same time as the study says, and no more.
func TestParallelTrials(t *testing.T) {
	for _, parallel := range []int{0, 1, 4} {
		var lock sync.Mutex
		running, most := 0, 0
		all := make(chan struct{}) // closed once as many run as are to
		s := study(tune.Random{}, tune.None{})
		s.Trials, s.Parallel = 12, parallel
		s.Train = func(ctx context.Context, x tune.Trial, until int) (tune.Outcome, error) {
			lock.Lock()
			running++
			if most = max(most, running); running == max(1, parallel) {
				select {
				case <-all:
				default:
					close(all)
				}
			}
			lock.Unlock()
			select {
			case <-all:
			case <-time.After(10 * time.Second):
			}
			lock.Lock()
			running--
			lock.Unlock()
			return trained(ctx, x, until)
		}
		run(t, s)
		if most != max(1, parallel) {
			t.Errorf("%d trials at the same time, want %d", most, parallel)
		}
	}
}

// TestSamplersLearn: of 60 trials TPE finds better values than random ones, in nearly all of 20 studies.
func TestSamplersLearn(t *testing.T) {
	won := 0
	for seed := range uint64(20) {
		value := func(sampler tune.Sampler) float64 {
			s := study(sampler, tune.None{})
			s.Trials, s.Seed, s.Parallel = 60, seed, 1
			trials := run(t, s)
			return trials[tune.Best(trials)].Value
		}
		if value(tune.TPE{}) < value(tune.Random{}) {
			won++
		}
	}
	if won < 17 {
		t.Errorf("TPE is better than random values in %d of 20 studies", won)
	}
}

// TestASHA: of the trials at a rung a third goes on, and those are the best at that time; a trial goes on from where it
// rests and is never trained twice over the same epochs.
func TestASHA(t *testing.T) {
	var epochs atomic.Int64
	s := study(tune.Random{}, tune.ASHA{Least: 3, Reduction: 3})
	s.Trials, s.Parallel = 81, 1
	s.Train = func(ctx context.Context, x tune.Trial, until int) (tune.Outcome, error) {
		epochs.Add(int64(until - x.Epochs))
		return trained(ctx, x, until)
	}
	trials := run(t, s)
	rungs := s.Pruner.Rungs(60)
	if want := []int{3, 9, 27, 60}; !slices.Equal(rungs, want) {
		t.Fatalf("rungs %v, want %v", rungs, want)
	}
	at := make([]int, len(rungs))
	sum := 0
	for _, x := range trials {
		sum += x.Epochs
		for k := range x.Rungs {
			at[k]++
		}
	}
	if int(epochs.Load()) != sum {
		t.Errorf("%d epochs were trained for trials of %d epochs", epochs.Load(), sum)
	}
	for k := 1; k < len(at); k++ { // late comers displace some √n that were promoted before (Li et al., section 3.2)
		n := at[k-1]
		if low, high := n/3, n/3+int(2*math.Sqrt(float64(n))); at[k] < low || at[k] > high {
			t.Errorf("%d trials at rung %d after %d at the one before", at[k], k, at[k-1])
		}
	}
}

// TestStudyRepeats: trainings that take their time, whichever is done first, make the same study.
func TestStudyRepeats(t *testing.T) {
	slow := func(seed uint64) func(context.Context, tune.Trial, int) (tune.Outcome, error) {
		return func(ctx context.Context, x tune.Trial, until int) (tune.Outcome, error) {
			rng := rand.New(rand.NewPCG(seed, uint64(x.Number)<<8|uint64(until)))
			time.Sleep(time.Duration(rng.IntN(1000)) * time.Microsecond)
			return trained(ctx, x, until)
		}
	}
	for _, sampler := range []tune.Sampler{tune.Random{}, tune.TPE{}} {
		want := plain(run(t, study(sampler, tune.ASHA{})))
		for seed := range uint64(4) {
			s := study(sampler, tune.ASHA{})
			s.Train = slow(seed)
			if got := plain(run(t, s)); got != want {
				t.Fatalf("%T: another study:\n%s\n%s", sampler, got, want)
			}
		}
	}
}

// TestStudyResumes: a study that is stopped again and again by its context, or by errors, ends as one that was not, and
// trains nothing again that had ended.
func TestStudyResumes(t *testing.T) {
	want := plain(run(t, study(tune.TPE{}, tune.ASHA{})))
	path := filepath.Join(t.TempDir(), "study.db")
	settings := tune.Settings{{"seed", "1"}}
	done := map[string]int{}
	for try := range 200 {
		store, err := tune.OpenStore(path, settings)
		if err != nil {
			t.Fatal(err)
		}
		s := study(tune.TPE{}, tune.ASHA{})
		s.Store = store
		ctx, cancel := context.WithCancel(t.Context())
		results := make(chan string, 200)
		var left atomic.Int64
		left.Store(int64(try%7 + 1))
		s.Train = func(ctx context.Context, x tune.Trial, until int) (tune.Outcome, error) {
			if left.Add(-1) < 0 {
				if try%2 == 0 {
					return tune.Outcome{}, errors.New("the disk is full")
				}
				cancel()
			}
			if ctx.Err() != nil {
				return tune.Outcome{}, ctx.Err()
			}
			results <- fmt.Sprintf("trial %d until %d", x.Number, until)
			return trained(ctx, x, until)
		}
		trials, err := s.Run(ctx)
		cancel()
		close(results)
		for r := range results {
			if done[r]++; done[r] > 1 {
				t.Fatalf("%s was trained again", r)
			}
		}
		if err != nil {
			continue
		}
		if got := plain(trials); got != want {
			t.Errorf("after %d stops:\n%s\nwant\n%s", try, got, want)
		}
		if try < 5 {
			t.Errorf("only %d stops", try)
		}
		return
	}
	t.Fatal("the study does not end")
}

// TestStoreSettings: a study of other settings, or of another version's values, is an error that says which.
func TestStoreSettings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "study.db")
	store, err := tune.OpenStore(path, tune.Settings{{"seed", "1"}, {"sampler", "tpe"}})
	if err != nil {
		t.Fatal(err)
	}
	s := study(tune.TPE{}, tune.None{})
	s.Trials, s.Store = 3, store
	first := run(t, s)
	var changed *tune.ChangedError
	if _, err := tune.OpenStore(path, tune.Settings{{"seed", "2"}}); !errors.As(err, &changed) || changed.Was != "1" {
		t.Errorf("%v", err)
	}
	again, err := tune.OpenStore(path, tune.Settings{{"seed", "1"}, {"sampler", "tpe"}})
	if err != nil {
		t.Fatal(err)
	}
	if o := again.Outcome(2); o == nil || !reflect.DeepEqual(o.Curves[0][59], objective(first[2].Values)+1/60.) {
		t.Errorf("outcome of trial 2: %+v", o)
	}
	s = study(tune.TPE{}, tune.None{})
	s.Trials, s.Store, s.Seed = 3, again, 9
	if _, err := s.Run(t.Context()); err == nil {
		t.Error("trials of another seed were taken for this study's")
	}
}

// TestStudyFailures: values that cannot be trained and trainings that diverge are no candidates, and the study goes on.
func TestStudyFailures(t *testing.T) {
	s := study(tune.TPE{}, tune.ASHA{})
	s.Train = func(ctx context.Context, x tune.Trial, until int) (tune.Outcome, error) {
		switch {
		case x.Number > 0 && x.Values[2] == 2:
			return tune.Outcome{Failed: "no such layer"}, nil
		case x.Values[0] > 0.5:
			return tune.Outcome{Curves: [][]float64{{2}}, Diverged: "the loss is NaN"}, nil
		}
		return trained(ctx, x, until)
	}
	trials := run(t, s)
	failed, diverged := 0, 0
	for _, x := range trials {
		switch {
		case x.State == tune.Failed:
			failed++
		case math.IsNaN(x.Value):
			diverged++
		}
	}
	best := trials[tune.Best(trials)]
	if failed == 0 || len(trials) != 40 || best.Values[2] == 2 || best.Values[0] > 0.5 {
		t.Errorf("%d trials, %d failed, %d diverged; best %+v", len(trials), failed, diverged, best)
	}
}

// TestGrid lists all combinations of a small space.
func TestGrid(t *testing.T) {
	s := tune.Space{
		{Name: "a", Kind: tune.Choice, Options: 2, Start: 1},
		{Name: "b", Kind: tune.Int, Low: 1, High: 3, Start: 2, When: []tune.Condition{{Param: 0, Option: 1}}},
		{Name: "c", Low: 0.01, High: 1, Log: true, Start: 0.1},
	}
	g := tune.Grid{Points: 3}
	if n := g.Combinations(s); n != (1+3)*3 {
		t.Errorf("%d combinations, want 12", n)
	}
	seen := map[string]bool{}
	for i := range 12 {
		v, ok := g.Sample(s, nil, i, nil)
		if !ok || seen[fmt.Sprint(v)] {
			t.Errorf("trial %d: %v %v", i, v, ok)
		}
		seen[fmt.Sprint(v)] = true
	}
	if v, _ := g.Sample(s, nil, 0, nil); fmt.Sprint(v) != "[1 2 0.1]" {
		t.Errorf("first %v", v)
	}
	if _, ok := g.Sample(s, nil, 12, nil); ok {
		t.Error("a thirteenth combination")
	}
}
