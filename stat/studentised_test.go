package stat

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// TestStudentised: NumPy's bootstrap-t intervals with 200,000 resamples (testdata/studentised.py), within a tenth
// of a standard error, which is what the quantiles of 50,000 resamples may vary by where a tail is long.
func TestStudentised(t *testing.T) {
	b, err := os.ReadFile("testdata/studentised.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Cases []struct {
			Name          string
			Errors, Truth []float64
			Sizes         []int
			Value, Error  float64
			Interval      [2]float64
		}
	}
	if err := json.Unmarshal(b, &all); err != nil || len(all.Cases) != 4 {
		t.Fatal(err, len(all.Cases))
	}
	for _, c := range all.Cases {
		power := 1.0
		if c.Name == "rmse" {
			power = 2
		}
		statistic := func(rows []int) float64 {
			sum := 0.0
			for _, r := range rows {
				sum += math.Pow(math.Abs(c.Errors[r]), power) / float64(len(rows))
			}
			return math.Pow(sum, 1/power)
		}
		o := Resampling{Times: 50000, Seed: 3}
		if begin := 0; c.Sizes != nil {
			for _, size := range c.Sizes {
				var of []int
				for i := range size {
					of = append(of, begin+i)
				}
				o.Clusters, begin = append(o.Clusters, of), begin+size
			}
		}
		if c.Truth != nil {
			parts := func(rows []int) (mean, spread, wrong float64) {
				for _, r := range rows {
					mean += c.Truth[r] / float64(len(rows))
				}
				for _, r := range rows {
					spread += (c.Truth[r] - mean) * (c.Truth[r] - mean)
					wrong += c.Errors[r] * c.Errors[r]
				}
				return mean, spread, wrong
			}
			statistic = func(rows []int) float64 {
				_, spread, wrong := parts(rows)
				return 1 - wrong/spread
			}
			o.Influence = func(rows []int, u []float64) {
				mean, spread, wrong := parts(rows)
				for i, r := range rows {
					d := c.Truth[r] - mean
					u[i] = (wrong/spread*d*d - c.Errors[r]*c.Errors[r]) / spread * float64(len(rows))
				}
			}
		}
		got, err := Bootstrap(len(c.Errors), statistic, o)
		if err != nil || math.Abs(got.Acceleration) <= dominated && got.Interval() != got.Studentised {
			t.Fatalf("%s: %v, %+v", c.Name, err, got)
		}
		if math.Abs(got.Value-c.Value) > 1e-12*math.Abs(c.Value) {
			t.Errorf("%s: %v, want %v", c.Name, got.Value, c.Value)
		}
		for k, v := range []float64{got.Studentised.Low, got.Studentised.High} {
			if math.Abs(v-c.Interval[k]) > c.Error/10 {
				t.Errorf("%s: %v, want %v ± %v", c.Name, got.Studentised, c.Interval, c.Error/10)
			}
		}
	}
}

// TestDominated: where one of 50 samples is far away, the expanded interval stands in the place of the studentised one.
func TestDominated(t *testing.T) {
	x := make([]float64, 50)
	for i := range x {
		x[i] = 0.01 * float64(i)
	}
	for _, c := range []struct {
		last float64
		want func(b Bootstrapped) Interval
	}{{0.49, func(b Bootstrapped) Interval { return b.Studentised }},
		{9, func(b Bootstrapped) Interval { return b.Expanded }}} {
		x[49] = c.last
		b, err := Bootstrap(50, func(rows []int) float64 {
			sum := 0.0
			for _, r := range rows {
				sum += x[r] / float64(len(rows))
			}
			return sum
		}, Resampling{Seed: 1})
		if err != nil || b.Interval() != c.want(b) || math.IsNaN(b.Studentised.High) {
			t.Errorf("%v: %v, %+v", c.last, err, b)
		}
	}
}

// TestStudentisedNone: shares of right and wrong, and statistics that are no means, have the expanded interval.
func TestStudentisedNone(t *testing.T) {
	for name, f := range map[string]func([]int) float64{
		"share": func(rows []int) float64 {
			sum := 0.0
			for _, r := range rows {
				sum += float64(r % 2)
			}
			return sum / float64(len(rows))
		},
		"greatest": func(rows []int) float64 {
			most := 0
			for _, r := range rows {
				most = max(most, r)
			}
			return float64(most)
		},
	} {
		got, err := Bootstrap(50, f, Resampling{Seed: 1})
		if err != nil || !math.IsNaN(got.Studentised.Low) || got.Interval() != got.Expanded {
			t.Errorf("%s: %v, %+v", name, err, got)
		}
	}
}

// TestInfluenceOf: what a root mean square and a difference of two change by when a sample weighs a little more, by
// differences; statistics that are no means have none.
func TestInfluenceOf(t *testing.T) {
	var x, y [30]float64
	for i := range x {
		x[i], y[i] = math.Sin(float64(3*i+1)), math.Cos(float64(i*i))
	}
	weighted := func(v []float64, w []float64) float64 {
		sum, all := 0.0, 0.0
		for i, e := range v {
			sum, all = sum+w[i]*e*e, all+w[i]
		}
		return math.Sqrt(sum / all)
	}
	root := func(v []float64) func([]int) float64 {
		return func(rows []int) float64 {
			w := make([]float64, len(v))
			for _, r := range rows {
				w[r]++
			}
			return weighted(v, w)
		}
	}
	first, second := InfluenceOf(30, root(x[:])), InfluenceOf(30, root(y[:]))
	all, u := make([]int, 30), make([]float64, 30)
	for i := range all {
		all[i] = i
	}
	first.Less(second)(all, u)
	for i := range all {
		const step = 1e-5
		at := func(by float64) float64 {
			w := make([]float64, 30)
			for k := range w {
				w[k] = 1
			}
			w[i] += by
			return weighted(x[:], w) - weighted(y[:], w)
		}
		if want := (at(step) - at(-step)) / (2 * step) * 30; math.Abs(u[i]-want) > 1e-8 {
			t.Errorf("sample %d: %v, want %v", i, u[i], want)
		}
	}
	most := InfluenceOf(30, func(rows []int) float64 { return x[rows[0]] + float64(len(rows)) })
	if most != nil || first.Less(most) != nil || InfluenceOf(0, root(nil)) != nil {
		t.Error("an influence of no mean")
	}
}

// TestInfluenceInterval: of a mean it is SciPy's stats.t.interval(0.95, 9, d.mean(), stats.sem(d)); of the root of a
// mean of squares that of the squares over twice the root.
func TestInfluenceInterval(t *testing.T) {
	d := []float64{.3, -.25, .5, .1, .9, -.4, .2, .6, 0, .35}
	mean := func(rows []int) float64 {
		sum := 0.0
		for _, r := range rows {
			sum += d[r]
		}
		return sum / float64(len(rows))
	}
	i, err := InfluenceOf(len(d), mean).Interval(0.23, len(d), 0.95)
	if err != nil || math.Abs(i.Low+0.0497117667) > 1e-9 || math.Abs(i.High-0.5097117667) > 1e-9 {
		t.Error(i, err)
	}
	root := func(rows []int) float64 {
		sum := 0.0
		for _, r := range rows {
			sum += d[r] * d[r]
		}
		return math.Sqrt(sum / float64(len(rows)))
	}
	value, squares := root([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}), 0.0
	for _, v := range d {
		squares += (v*v - value*value) * (v*v - value*value)
	}
	half := 2.2621571628 * math.Sqrt(squares/90) / (2 * value)
	of := InfluenceOf(len(d), root)
	if i, err = of.Interval(value, len(d), 0.95); err != nil || math.Abs(i.High-value-half) > 1e-9 {
		t.Error(i, err, value, half)
	}
	if i, err = of.Less(of).Interval(0, len(d), 0.95); err == nil {
		t.Error("no difference at all:", i)
	}
}

// TestIntervalOfDifference: the ends of two skew statistics' difference are the outer ones of the delta method's and of
// the studentised bootstrap's intervals, which other tests hold against SciPy and numpy; statistics that do not differ
// are an error.
func TestIntervalOfDifference(t *testing.T) {
	a := []float64{.1, .3, 0, .2, .5, .1, .4, .2, .1, .3, .2, .6}
	b := []float64{.9, .2, 3, .1, 1, .4, .2, 5, .3, .8, .1, 2}
	mean := func(x []float64) func(rows []int) float64 {
		return func(rows []int) float64 {
			sum := 0.0
			for _, r := range rows {
				sum += x[r]
			}
			return sum / float64(len(rows))
		}
	}
	influence := func(x []float64) Influence {
		return func(rows []int, u []float64) { ofMean(x, rows, u) }
	}
	difference := func(rows []int) float64 { return mean(a)(rows) - mean(b)(rows) }
	of, o := influence(a).Less(influence(b)), Resampling{Seed: 3}
	got, err := IntervalOfDifference(len(a), difference, of, o)
	if err != nil {
		t.Fatal(err)
	}
	delta, err := of.Interval(3.0/12-14.0/12, len(a), 0.95)
	if err != nil {
		t.Fatal(err)
	}
	o.Influence = of
	boot, err := Bootstrap(len(a), difference, o)
	if err != nil {
		t.Fatal(err)
	}
	if s := boot.Studentised; !(s.Low < delta.Low && s.High < delta.High) ||
		math.Abs(got.Low-s.Low) > 1e-12 || math.Abs(got.High-delta.High) > 1e-12 {
		t.Errorf("%v of the delta method's %v and the bootstrap's %v", got, delta, s)
	}
	if i, err := IntervalOfDifference(len(a), func([]int) float64 { return 0 }, influence(a).Less(influence(a)),
		Resampling{}); err == nil {
		t.Error("no difference at all:", i)
	}
}
