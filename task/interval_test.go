package task

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gorae/data"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/stat"
	"gorae/tensor"
	"gorae/train"
	"gorae/weight"
)

// identity evaluates a network that gives its inputs x as they are.
func identity(t *testing.T, e train.Evaluation, x, y, weights []float32) (train.Metrics, *train.PerSample) {
	t.Helper()
	m := model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: 1, Kernel: weight.Ones{}})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	d := train.Pairs(tensor.Of(x, len(x), 1), tensor.Of(y, len(y), 1))
	if weights != nil {
		d.Weights = tensor.Of(weights, len(weights))
	}
	each, err := e.PerSample(m)
	if err != nil {
		t.Fatal(err)
	}
	ms, err := e.Run(t.Context(), m, d, each)
	if err != nil {
		t.Fatal(err)
	}
	return ms, each
}

// TestAreaInterval: the interval of auc is stat.AUC's where samples are independent, also where the scores make no
// mistake, the bootstrap's of whole groups where they are not, and the bootstrap's where they have weights. None, with
// its reason, where all scores are equal. It is approximate with fewer than 50 samples of a class, or 50 groups.
func TestAreaInterval(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	const n = 120
	x, y, scores, positive := make([]float32, n), make([]float32, n), make([]float64, n), make([]bool, n)
	groups := make([]int, n)
	for i := range x {
		positive[i], groups[i] = r.Float64() < 0.4, i/6
		if x[i] = float32(r.NormFloat64()); positive[i] {
			x[i], y[i] = x[i]+1, 1
		}
		scores[i] = float64(x[i])
	}
	e := train.Evaluation{Loss: loss.MeanSquaredError{}, Metrics: []metric.Metric{metric.AUC{}}}
	ms, each := identity(t, e, x, y, nil)
	want, err := stat.AUC(scores, positive, 0.95)
	if err != nil || math.Abs(want.Value-ms.Of("auc")) > 1e-9 {
		t.Fatal(want, ms, err)
	}
	i := Intervals(ms, each, Dependence{}, 1, "auc")[0]
	if i.Method != "score" || i.Interval != want.Interval || i.Approximate {
		t.Errorf("%+v, want %+v", i, want)
	}
	if of := IntervalOfArea(slices.Repeat(scores, 2), slices.Repeat(positive, 2)); of.Approximate || of.Why != "" {
		t.Errorf("of 240: %+v", of)
	}
	if of := IntervalOfArea(scores[:40], positive[:40]); of.Method != "score" || !of.Approximate {
		t.Errorf("of 40: %+v", of)
	}
	if of := IntervalOfArea(scores[:9], positive[:9]); !strings.Contains(of.Why, "9 samples") {
		t.Errorf("of 9: %+v", of)
	}
	i = Intervals(ms, each, Dependence{Groups: groups}, 1, "auc")[0]
	if i.Method != "bootstrap of groups" || !i.Contains(want.Value) || i.Why != "" || !i.Approximate {
		t.Errorf("in groups: %+v", i)
	}
	weights := make([]float32, n)
	for at := range weights {
		weights[at] = float32(1 + at%3)
	}
	weighted := train.Evaluation{Loss: loss.MeanSquaredError{}, WeightedMetrics: []metric.Metric{metric.AUC{}}}
	ms, each = identity(t, weighted, x, y, weights)
	i = Intervals(ms, each, Dependence{}, 1, "auc")[0]
	if i.Method != "bootstrap" || !i.Contains(ms.Of("auc")) {
		t.Errorf("with weights: %+v of %v", i, ms)
	}
	for at, p := range positive {
		if x[at] = 0.1; p {
			x[at] = 0.9
		}
	}
	ms, each = identity(t, e, x, y, nil)
	i = Intervals(ms, each, Dependence{}, 1, "auc")[0]
	if i.Method != "score" || i.High != 1 || !(i.Low > 0.9 && i.Low < 1) {
		t.Errorf("without a mistake: %+v", i)
	}
	for at := range x {
		x[at] = 0.5
	}
	ms, each = identity(t, e, x, y, nil)
	i = Intervals(ms, each, Dependence{}, 1, "auc")[0]
	if i.Method != "" || i.Why != "the variance of the area, 0.5, is 0" {
		t.Errorf("of equal scores: %+v", i)
	}
}

// TestAlikeInterval: a share of dependent samples that are all right, or all wrong, has Wilson's interval of as many
// samples as there are groups or blocks: 20 groups, 120/5 and 60/4 blocks. Ends by hand: 20/(20 + z²), z²/(24 + z²),
// 15/(15 + z²), z = 1.95996.
func TestAlikeInterval(t *testing.T) {
	for _, c := range []struct {
		n, wrong  int
		d         func(i int) int
		low, high float64
		why       string
	}{
		{120, 0, func(i int) int { return i / 6 }, 0.838875, 1, ""},
		{120, 120, nil, 0, 0.137976, ""},
		{54, 0, func(i int) int { return i / 6 }, 0, 0, "an interval needs 10 or more"},
		{60, 0, nil, 0.796117, 1, ""},
		{36, 0, nil, 0, 0, "an interval needs 40 or more"},
	} {
		x, y := make([]float32, c.n), make([]float32, c.n)
		d := Dependence{Serial: c.d == nil}
		for i := range x {
			if y[i] = float32(i % 2); c.d != nil {
				d.Groups = append(d.Groups, c.d(i))
			}
			if x[i] = y[i]; i < c.wrong {
				x[i] = 1 - y[i]
			}
		}
		e := train.Evaluation{Loss: loss.MeanSquaredError{}, Metrics: []metric.Metric{metric.BinaryAccuracy{}}}
		ms, each := identity(t, e, x, y, nil)
		i := Intervals(ms, each, d, 1, "binary_accuracy")[0]
		if math.Abs(i.Low-c.low) > 1e-5 || math.Abs(i.High-c.high) > 1e-5 || !strings.Contains(i.Why, c.why) ||
			(c.why == "") != (i.Why == "") || i.Why == "" && !i.Approximate {
			t.Errorf("%+v: %+v", c, i)
		}
	}
}

// TestRareClassInterval: the F1 score has an interval from five samples of its class on, unless no sample is wrong.
func TestRareClassInterval(t *testing.T) {
	half := 0.5
	for _, c := range []struct {
		positives, wrong int
		why              string
	}{
		{4, 2, "4 samples of the rarest class; an interval of this metric needs 5 or more of each class"},
		{5, 2, ""},
		{5, 0, "nearly all resamples give 1, which says nothing of its error"},
	} {
		x, y := make([]float32, 40), make([]float32, 40)
		for i := range x {
			if i < c.positives {
				y[i] = 1
			}
			if x[i] = 0.1 + 0.8*y[i]; i > 0 && i <= c.wrong {
				x[i] = 1 - x[i]
			}
		}
		e := train.Evaluation{Loss: loss.MeanSquaredError{}, Metrics: []metric.Metric{
			metric.F1Score{Threshold: &half}}}
		ms, each := identity(t, e, x, y, nil)
		if i := Intervals(ms, each, Dependence{}, 1, "f1_score")[0]; i.Why != c.why || i.Why == "" && !i.Approximate {
			t.Errorf("%+v: %+v", c, i)
		}
	}
}

// TestWeightedIntervals: weighted metrics and the loss are ratios of sums, Σ w·v/Σ w and Σ w·v/n. Their standard errors
// by the delta method, √(Σ w²(v − θ)²)/Σ w and √(Σ (w·v − θ)²)/n, are those of the intervals; without the weights they
// would be half as large.
func TestWeightedIntervals(t *testing.T) {
	if testing.Short() {
		t.Skip("resamples for a second")
	}
	r := rand.New(rand.NewPCG(6, 6))
	for _, n := range []int{600, 4000} {
		x, y, w := make([]float32, n), make([]float32, n), make([]float32, n)
		for i := range x {
			x[i], w[i] = float32(r.Float64()), float32(math.Exp(1.2*r.NormFloat64()))
			if r.Float64() < float64(x[i]) {
				y[i] = 1
			}
		}
		e := train.Evaluation{Loss: loss.MeanSquaredError{}, Metrics: []metric.Metric{metric.BinaryAccuracy{}},
			WeightedMetrics: []metric.Metric{metric.BinaryAccuracy{}, metric.MeanAbsoluteError{}}}
		ms, each := identity(t, e, x, y, w)
		right := func(i int) float64 {
			if (x[i] > 0.5) == (y[i] == 1) {
				return 1
			}
			return 0
		}
		off := func(i int) float64 { return math.Abs(float64(y[i] - x[i])) }
		square := func(i int) float64 { return float64(w[i]) * off(i) * off(i) }
		one := func(int) float64 { return 1 }
		weight := func(i int) float64 { return float64(w[i]) }
		for name, of := range map[string][2]func(int) float64{
			"loss":                     {square, one},
			"weighted_binary_accuracy": {func(i int) float64 { return weight(i) * right(i) }, weight},
			"mae":                      {func(i int) float64 { return weight(i) * off(i) }, weight},
			"binary_accuracy":          {right, one},
		} {
			sum, count, variance := 0.0, 0.0, 0.0
			for i := range n {
				sum, count = sum+of[0](i), count+of[1](i)
			}
			for i := range n {
				d := of[0](i) - sum/count*of[1](i)
				variance += d * d
			}
			half := 1.96 * math.Sqrt(variance) / count
			if math.Abs(ms.Of(name)-sum/count) > 1e-5 {
				t.Errorf("%s: %v, want %v", name, ms.Of(name), sum/count)
			}
			i := Intervals(ms, each, Dependence{}, 1, name)[0]
			// 200 groups and 2,000 resamples give a standard error within 10 per cent.
			if got := (i.High - i.Low) / 2; i.Why != "" || math.Abs(got/half-1) > 0.15 || !i.Contains(sum/count) {
				t.Errorf("%d samples, %s: %+v, half %v, want %v", n, name, i, got, half)
			}
			if (i.Method == "wilson") != (name == "binary_accuracy") {
				t.Errorf("%s: %+v", name, i)
			}
		}
		if got := each.Value(0, data.Range(n)); math.Abs(got-ms.Of("loss")) > 1e-5 {
			t.Errorf("loss %v, evaluation %v", got, ms.Of("loss"))
		}
	}
}

// TestSumLoss: a loss that is a sum over a batch has no interval, and says why; one that is divided by the weights is a
// weighted mean.
func TestSumLoss(t *testing.T) {
	x, y, w := make([]float32, 64), make([]float32, 64), make([]float32, 64)
	sum, of := 0.0, 0.0
	for i := range x {
		x[i], y[i], w[i] = float32(i%7)/7, float32(i%2), float32(1+i%3)
		d := float64(x[i] - y[i])
		sum, of = sum+float64(w[i])*d*d, of+float64(w[i])
	}
	e := train.Evaluation{Loss: loss.MeanSquaredError{Base: loss.Base{Reduction: "sum"}}, BatchSize: 64}
	ms, each := identity(t, e, x, y, w)
	if i := Intervals(ms, each, Dependence{}, 1)[0]; !strings.HasPrefix(i.Why, "the loss is a sum") {
		t.Errorf("%+v", i)
	}
	e.Loss = loss.MeanSquaredError{Base: loss.Base{Reduction: "mean_with_sample_weight"}}
	ms, each = identity(t, e, x, y, w)
	if got := each.Value(0, data.Range(64)); math.Abs(got-sum/of) > 1e-6 || math.Abs(ms.Of("loss")-sum/of) > 1e-6 {
		t.Errorf("%v, evaluation %v, want %v", got, ms, sum/of)
	}
}

// TestExtremes: by hand. R² of one sample is not defined, of ten it is at most 1; a mean of squares is never negative;
// what is nowhere defined may be anything.
func TestExtremes(t *testing.T) {
	y := func(i int) float64 { return float64(i * i % 7) }
	r2 := func(rows []int) float64 {
		m, rest, total := 0.0, 0.0, 0.0
		for _, i := range rows {
			m += y(i) / float64(len(rows))
		}
		for _, i := range rows {
			rest += (y(i) - 3) * (y(i) - 3)
			total += (y(i) - m) * (y(i) - m)
		}
		return 1 - rest/total
	}
	square := func(rows []int) (s float64) {
		for _, i := range rows {
			s += y(i) * y(i) / float64(len(rows))
		}
		return s
	}
	nan := func([]int) float64 { return math.NaN() }
	for _, c := range []struct {
		value     func([]int) float64
		low, high func(v float64) bool
	}{
		{r2, func(v float64) bool { return v < 0 }, func(v float64) bool { return v < 1 }},
		{square, func(v float64) bool { return v == 0 }, func(v float64) bool { return v == 16 }},
		{nan, func(v float64) bool { return math.IsInf(v, -1) }, func(v float64) bool { return math.IsInf(v, 1) }},
	} {
		if low, high := extremes(data.Range(70), c.value); !c.low(low) || !c.high(high) {
			t.Errorf("%v to %v", low, high)
		}
	}
}
