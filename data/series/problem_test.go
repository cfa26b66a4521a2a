package series

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"gorae/data"
	"gorae/tensor"
)

// made is a frame of two columns that are above 0, with a season of 12.
func made(n int) *Frame {
	f := &Frame{Name: "made", Names: []string{"a", "b"}, Columns: make([][]float64, 2), Stamps: Stamps{Step: 3600}}
	for i := range n {
		f.At = append(f.At, float64(i)*3600)
		f.Columns[0] = append(f.Columns[0], 50+float64(i)/10+10*math.Sin(2*math.Pi*float64(i)/12)+float64(i*i%7)/5)
		f.Columns[1] = append(f.Columns[1], 20+5*math.Cos(float64(i)/9)+float64(i*i%5)/5)
	}
	return f
}

func fit(t *testing.T, f *Frame, s Spec, learn Span) *Problem {
	t.Helper()
	fitted, err := Fit(f, s, learn)
	if err != nil {
		t.Fatal(err)
	}
	p, err := fitted.On(f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestUnits: what is learnt, brought back, is what happened, for every transform,
// scale, horizon and number of steps.
func TestUnits(t *testing.T) {
	f := made(200)
	for _, how := range Transforms {
		for _, scale := range scales {
			for _, c := range [][3]int{{1, 1, 1}, {3, 1, 1}, {1, 5, 2}, {14, 13, 3}} {
				p := fit(t, f, Spec{Window: 10, Horizon: c[0], Steps: c[1], Stride: c[2], Targets: []string{"b", "a"},
					Transform: map[string]string{"a": how, "b": "difference"}, Scale: scale, Season: 12,
					WindowScale: WindowScales[(c[0]+len(how)+len(scale))%4]}, Span{0, 140})
				row := data.Row{*tensor.New(tensor.Float32, p.Spec().Inputs[0].Shape...),
					*tensor.New(tensor.Float32, p.Spec().Targets[0].Shape...)}
				for _, i := range []int{0, p.Len() / 2, p.Len() - 1} {
					if err := p.Read(0, i, row); err != nil {
						t.Fatal(err)
					}
					got, want := p.Units(p.Origin(i), row[1].F32), p.Actual(p.Origin(i))
					for k := range want {
						if math.Abs(got[k]-want[k]) > 1e-4*want[k] {
							t.Fatalf("%s %s %v: window %d: %v, want %v", how, scale, c, i, got, want)
						}
					}
				}
			}
		}
	}
}

// TestLearningSpanAlone: what happens after the training span changes no statistic.
func TestLearningSpanAlone(t *testing.T) {
	f := made(200)
	s := Spec{Window: 10, Horizon: 2, Steps: 3, Targets: []string{"a"},
		Transform: map[string]string{"b": "log_return", "a": "seasonal"}, Season: 12}
	before := fit(t, f, s, Span{0, 120}).Fitted
	for i := 120; i < 200; i++ {
		f.Columns[0][i] *= 100
		f.Columns[1][i] *= 100
	}
	after := fit(t, f, s, Span{0, 120}).Fitted
	a, _ := json.Marshal(before)
	b, _ := json.Marshal(after)
	if string(a) != string(b) {
		t.Errorf("the future leaks into the scale:\n%s\n%s", a, b)
	}
	// And by hand: mean and sd of a's learning steps (12 of them used up by the season).
	p := fit(t, f, Spec{Window: 10, Targets: []string{"b"}}, Span{0, 120})
	sum, n := 0.0, 0.0
	for _, v := range f.Columns[1][:120] {
		sum, n = sum+v, n+1
	}
	if got := p.Fitted.Features[1].Shift; math.Abs(got-sum/n) > 1e-12*sum {
		t.Errorf("mean %v, want %v", got, sum/n)
	}
}

// TestPartsShareNothing: changing every step of one span changes no sample of another's
// part, differences and seasons included.
func TestPartsShareNothing(t *testing.T) {
	f := made(200)
	spec := Spec{Window: 10, Horizon: 2, Targets: []string{"a"},
		Transform: map[string]string{"a": "seasonal", "b": "difference"}, Season: 12}
	spans := []Span{{0, 100}, {100, 150}, {150, 200}}
	p := fit(t, f, spec, spans[0])
	parts, err := p.Parts(spans...)
	if err != nil {
		t.Fatal(err)
	}
	read := func(p *Problem, i int) []float32 {
		row := data.Row{*tensor.New(tensor.Float32, 10, 2), *tensor.New(tensor.Float32, 1)}
		if err := p.Read(0, i, row); err != nil {
			t.Fatal(err)
		}
		return append(row[0].F32, row[1].F32...)
	}
	for k, s := range spans {
		g := made(200)
		for i := s.From; i < s.To; i++ {
			g.Columns[0][i] += 1000
			g.Columns[1][i] *= -3
		}
		q, err := p.Fitted.On(g)
		if err != nil {
			t.Fatal(err)
		}
		changed := 0
		for j, part := range parts {
			for _, i := range part.Rows {
				same := slices.Equal(read(p, i), read(q, i))
				if !same {
					changed++
				}
				if !same && j != k {
					t.Fatalf("window %d of part %d sees span %d", i, j, k)
				}
			}
		}
		// A season's difference hides a constant, but not b's change.
		if changed != len(parts[k].Rows) {
			t.Errorf("span %d: %d of its %d windows changed", k, changed, len(parts[k].Rows))
		}
	}
}

// TestSaved: a Fitted read back makes the same samples of another frame; damaged ones
// are refused.
func TestSaved(t *testing.T) {
	f := made(100)
	p := fit(t, f, Spec{Window: 10, Targets: []string{"a"}, Calendar: []string{"hour", "weekday"}}, Span{0, 70})
	b, err := json.Marshal(p.Fitted)
	if err != nil {
		t.Fatal(err)
	}
	var back Fitted
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	q, err := back.On(f)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range p.X.F32 {
		if q.X.F32[i] != v {
			t.Fatalf("element %d: %v, was %v", i, q.X.F32[i], v)
		}
	}
	if p.X.Shape[1] != 2+4 {
		t.Errorf("%d features, want 2 and 4 of the calendar", p.X.Shape[1])
	}
	for _, r := range [][2]string{{`"window":10`, `"window":0`}, {`"horizon":1`, `"horizon":-1`},
		{`"zscore"`, `"zcore"`}, {`"divisor":`, `"divisor":0,"x":`}, {`"hour"`, `"our"`}, {`"steps":1`, `"steps":2`}} {
		bad := strings.Replace(string(b), r[0], r[1], 1)
		if bad == string(b) {
			t.Fatalf("%s is not in %s", r[0], b)
		}
		if err := json.Unmarshal([]byte(bad), &back); err == nil {
			t.Errorf("%s was read", r[1])
		}
	}
}

// TestRecursive: a network that knows the rule x_{t+1} = x_t + 2 (in differences: the
// same as before) goes on with it, in the column's units.
func TestRecursive(t *testing.T) {
	f := &Frame{Name: "line", Names: []string{"x"}, Columns: [][]float64{{}}, Stamps: Stamps{Step: 60}}
	for i := range 50 {
		f.Columns[0] = append(f.Columns[0], 100+2*float64(i))
		f.At = append(f.At, float64(60*i))
	}
	for _, c := range []struct {
		how   string
		steps int
	}{{"none", 1}, {"difference", 1}, {"none", 3}} {
		p := fit(t, f, Spec{Window: 4, Steps: c.steps, Transform: map[string]string{"x": c.how},
			Calendar: []string{"hour"}}, Span{0, 40})
		predict := func(x *tensor.Tensor) (*tensor.Tensor, error) {
			y := tensor.New(tensor.Float32, 1, c.steps)
			if c.how == "difference" {
				return y, nil // no more than usual: the mean, 2
			}
			s := p.Fitted.Features[0]
			last := float64(x.F32[3*3])*s.Divisor + s.Shift
			for i := range y.F32 {
				z := p.Fitted.Targets[i]
				y.F32[i] = float32((last + 2*float64(i+1) - z.Shift) / z.Divisor)
			}
			return y, nil
		}
		out, err := p.Recursive(predict, 7)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range out {
			if want := 200 + 2*float64(i); math.Abs(row[0]-want) > 1e-3 {
				t.Errorf("%v: step %d: %v, want %v", c, i+1, row[0], want)
			}
		}
	}
	p := fit(t, made(60), Spec{Window: 4, Targets: []string{"a"}}, Span{0, 40})
	if _, err := p.Recursive(nil, 3); err == nil || !strings.Contains(err.Error(), "feature b is no target") {
		t.Errorf("got %v", err)
	}
	p = fit(t, made(60), Spec{Window: 4, Horizon: 2, Targets: []string{"a", "b"}}, Span{0, 40})
	if _, err := p.Recursive(nil, 3); err == nil || !strings.Contains(err.Error(), "horizon 1, not 2") {
		t.Errorf("got %v", err)
	}
}

// TestPartsContext: by hand. Of 20 steps whose changes are learnt, windows of 5 changes and 2 targets behind them, the
// window from change b to b + 4 predicts the steps b + 6 and b + 7. Those of the steps 12 to 15 are predicted by b = 6,
// 7 and 8 with context; without, no window has room in them, nor in 16 to 19.
func TestPartsContext(t *testing.T) {
	f := &Frame{Name: "s", Names: []string{"x"}, Columns: [][]float64{{}}}
	for i := range 20 {
		f.Columns[0] = append(f.Columns[0], float64(i*i%7))
	}
	spec := Spec{Window: 5, Steps: 2, Transform: map[string]string{"x": "difference"}}
	spans := []Span{{0, 12}, {12, 16}, {16, 20}}
	if _, err := fit(t, f, spec, spans[0]).Parts(spans...); err == nil {
		t.Error("no error without context")
	}
	spec.Context = true
	p := fit(t, f, spec, spans[0])
	parts, err := p.Parts(spans...)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]int{{0, 1, 2, 3, 4}, {6, 7, 8}, {10, 11, 12}} {
		if !slices.Equal(parts[i].Rows, want) {
			t.Errorf("part %d has the windows %v, want %v", i, parts[i].Rows, want)
		}
	}
	if spec.Every = true; spec.check() == nil {
		t.Error("no error for a window that predicts from each step")
	}
}

// TestBaselines: on x_t = x_{t−1} + 0.5·(x_{t−1} − x_{t−2}) the autoregression is exact;
// the last value is off by the step; the season repeats.
func TestBaselines(t *testing.T) {
	f := &Frame{Name: "s", Names: []string{"x"}, Columns: [][]float64{{}}}
	for i := range 120 {
		f.Columns[0] = append(f.Columns[0], float64(i%6)*float64(i%6))
	}
	p := fit(t, f, Spec{Window: 7, Season: 6, Horizon: 2, Steps: 2}, Span{0, 80})
	parts, err := p.Parts(Span{0, 80}, Span{80, 120})
	if err != nil {
		t.Fatal(err)
	}
	fitted, why := p.FitBaselines(parts[0])
	all, err := fitted.Forecasts(p, parts[1])
	if err != nil || len(why) > 0 {
		t.Fatal(err, why)
	}
	var names []string
	for _, x := range all {
		names = append(names, x.Name)
	}
	if got := strings.Join(names, ", "); got != "last value, drift, last season (6), exponential smoothing, "+
		"Holt-Winters (6), linear autoregression" {
		t.Fatal(got)
	}
	last, drift, season, winters, ar := all[0], all[1], all[2], all[4], all[5]
	for i := range season.Values {
		for k := range season.Values[i] {
			at := season.Origins[i] + 2 + k
			want := float64(at%6) * float64(at%6)
			if season.Values[i][k] != want || season.Actual[i][k] != want {
				t.Fatalf("season: %v, actual %v, want %v", season.Values[i][k], season.Actual[i][k], want)
			}
			if math.Abs(ar.Values[i][k]-want) > 1e-4 {
				t.Fatalf("autoregression: %v, want %v", ar.Values[i][k], want)
			}
			o := season.Origins[i]
			now := float64(o%6) * float64(o%6)
			if last.Values[i][k] != now {
				t.Fatalf("last value: %v at %d", last.Values[i][k], o)
			}
			if line := now + float64(2+k)*now/float64(o); math.Abs(drift.Values[i][k]-line) > 1e-12 {
				t.Fatalf("drift: %v at %d, want %v", drift.Values[i][k], o, line) // the series begins with 0
			}
			if math.Abs(winters.Values[i][k]-want) > 1e-9 {
				t.Fatalf("Holt-Winters: %v, want %v", winters.Values[i][k], want)
			}
		}
	}
	scores := p.Scores(last, season, ar)
	if scores[1].RMSE != 0 || scores[0].MAE <= 0 || scores[0].RMSE < scores[0].MAE {
		t.Errorf("%+v", scores)
	}
	if text := Table(scores); strings.Count(text, "\n") != 4 {
		t.Error(text)
	}
}

func TestFitErrors(t *testing.T) {
	f := made(60)
	for want, s := range map[string]Spec{
		"series.targets: made: none named": {Window: 4},
		`no column "c" among`:              {Window: 4, Targets: []string{"c"}},
		"series.window: 0 is no number":    {Targets: []string{"a"}},
		`did you mean "log_return"`: {Window: 4, Targets: []string{"a"},
			Transform: map[string]string{"a": "log_retrun"}},
		`did you mean "weekday"`: {Window: 4, Targets: []string{"a"}, Calendar: []string{"wekday"}},
		"hold no window of 50":   {Window: 50, Targets: []string{"a"}},
		"that is 90 steps ahead": {Window: 4, Horizon: 90, Targets: []string{"a"},
			Transform: map[string]string{"a": "difference"}},
		"the column a is named twice":     {Window: 4, Targets: []string{"a", "a"}},
		"is none of zscore, minmax, none": {Window: 4, Targets: []string{"a"}, Scale: "max"},
	} {
		if _, err := Fit(f, s, Span{0, 40}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	f.Columns[0][7] = 0
	if _, err := Fit(f, Spec{Window: 4, Targets: []string{"a"}, Transform: map[string]string{"a": "log"}},
		Span{0, 40}); err == nil ||
		err.Error() != "series.transform.a: made: step 8: a: 0 has no logarithm; give transform: {a: difference}" {
		t.Errorf("got %v", err)
	}
	f.At = nil
	if _, err := Fit(f, Spec{Window: 4, Targets: []string{"b"}, Calendar: []string{"hour"}},
		Span{0, 40}); err == nil || !strings.Contains(err.Error(), "needs dates") {
		t.Errorf("got %v", err)
	}
}
