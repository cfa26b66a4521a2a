package train

import (
	"math"
	"strings"
	"testing"

	"gorae/optim"
)

// TestSteepest: the index of numpy.gradient(losses[10:-1]).argmin() + 10, computed with NumPy 2.4.6.
func TestSteepest(t *testing.T) {
	curve := func(n int, f func(i float64) float64) []float64 {
		list := make([]float64, n)
		for i := range list {
			list[i] = f(float64(i))
		}
		return list
	}
	for _, c := range []struct {
		name   string
		losses []float64
		at     int
		ok     bool
	}{
		// l = 2.3 - 1/(1+np.exp(-(np.arange(40)-22)/3))
		{"a step", curve(40, func(i float64) float64 { return 2.3 - 1/(1+math.Exp(-(i-22)/3)) }), 22, true},
		// l = np.cos(np.arange(30)/5)
		{"a wave", curve(30, func(i float64) float64 { return math.Cos(i / 5) }), 10, true},
		// l = 1/np.arange(1, 14)
		{"two in the end", curve(13, func(i float64) float64 { return 1 / (i + 1) }), 10, true},
		{"rising", curve(30, func(i float64) float64 { return i * i }), 0, false},
		{"short", curve(12, func(i float64) float64 { return -i }), 0, false},
	} {
		if at, ok := steepest(c.losses); at != c.at || ok != c.ok {
			t.Errorf("%s: %d, %v; want %d, %v", c.name, at, ok, c.at, c.ok)
		}
	}
}

// TestLearningRateFinder: the search tries rates from the least to the greatest, leaves no trace but the rate that it
// sets, and finds one with which the network learns.
func TestLearningRateFinder(t *testing.T) {
	d := digits(t, 0, 500)
	f := &LearningRateFinder{MinLR: 1e-6, MaxLR: 10}
	c := lessons(2)
	c.Optimizer = optim.SGD{LearningRate: 1e-6, Momentum: 0.5}
	c.Callbacks = []Callback{f}
	m := classifier()
	h := mustFit(t, m, d, c)

	rate, ok := f.Suggestion()
	rates, losses := f.Curve()
	if !ok || rate < 1e-3 || rate > 2 {
		t.Fatalf("the suggested rate is %v, %v", rate, ok)
	}
	if len(rates) != len(losses) || len(rates) > 100 || len(rates) < 50 {
		t.Fatalf("%d rates and %d losses", len(rates), len(losses))
	}
	for i, r := range rates {
		if want := 1e-6 * math.Pow(1e7, float64(i)/99); math.Abs(r-want) > 1e-12*want {
			t.Fatalf("rate %d is %v, want %v", i, r, want)
		}
	}
	if last := h.Rows[1].Metrics.Of("loss"); !(last < losses[0]/2) {
		t.Errorf("the loss of the second epoch is %v, of the first step of the search %v", last, losses[0])
	}

	plain := lessons(2)
	plain.Optimizer = optim.SGD{LearningRate: rate, Momentum: 0.5}
	n := classifier()
	want := mustFit(t, n, d, plain)
	if outcome(print(m), h) != outcome(print(n), want) {
		t.Errorf("with a search\n%swith the rate that it found\n%s", outcome(print(m), h), outcome(print(n), want))
	}
}

// TestLearningRateFinderStops: a search ends where the loss is beyond the threshold, and one that keeps the rate only
// suggests.
func TestLearningRateFinderStops(t *testing.T) {
	d := digits(t, 0, 300)
	for _, c := range []struct {
		threshold float64
		least     int
		most      int
	}{{1.5, 20, 90}, {4, 20, 99}, {0, 100, 100}} {
		f := &LearningRateFinder{MinLR: 1e-5, MaxLR: 1e3, EarlyStopThreshold: &c.threshold, KeepRate: true,
			Mode: "exponential"}
		var rate float64
		l := lessons(1)
		l.Optimizer = optim.SGD{LearningRate: 0.03}
		l.Callbacks = []Callback{f, Lambda{EpochBegin: func(e Event) error {
			rate = e.Run.LearningRate()
			return nil
		}}}
		mustFit(t, classifier(), d, l)
		if rates, _ := f.Curve(); len(rates) < c.least || len(rates) > c.most {
			t.Errorf("threshold %v: %d steps", c.threshold, len(rates))
		}
		if rate != float64(float32(0.03)) {
			t.Errorf("the rate became %v", rate)
		}
	}
}

// TestLearningRateFinderErrors: what cannot be searched is refused in one line.
func TestLearningRateFinderErrors(t *testing.T) {
	decay := lessons(1)
	decay.Optimizer = optim.SGD{Schedule: optim.ExponentialDecay{Initial: 0.1, Steps: 10, Rate: 0.5}}
	for _, c := range []struct {
		config Config
		finder LearningRateFinder
		want   string
	}{
		{decay, LearningRateFinder{}, "follows a schedule"},
		{lessons(1), LearningRateFinder{MinLR: 1, MaxLR: 0.1}, "is not above min_lr"},
		{lessons(1), LearningRateFinder{Steps: 5}, "num_training_steps"},
		{lessons(1), LearningRateFinder{Mode: "random"}, "mode"},
	} {
		c.config.Callbacks = []Callback{&c.finder}
		_, err := Fit(t.Context(), classifier(), digits(t, 0, 100), c.config)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%+v: %v, want %q", c.finder, err, c.want)
		}
	}
}
