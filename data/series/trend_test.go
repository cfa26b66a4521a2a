package series

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"gorae/tensor"
)

// passengers are the first year of the airline passengers, monthly (Box and Jenkins 1976).
var passengers = []float64{112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118}

// detrended are passengers without their line: statsmodels 0.14, tsa.tsatools.detrend(x, order=1).
var detrended = []float64{-15.08974359, -9.01282051, 5.06410256, 2.14102564, -5.78205128, 8.29487179, 21.37179487,
	21.44871795, 9.52564103, -7.3974359, -22.32051282, -8.24358974}

// frameOf is a frame of one column x with equal steps of time.
func frameOf(x []float64) *Frame {
	f := &Frame{Name: "made", Names: []string{"x"}, Columns: [][]float64{x}, Stamps: Stamps{Step: 60, Numbers: true}}
	for i := range x {
		f.At = append(f.At, 1e9+60*float64(i))
	}
	return f
}

func TestTrendStatsmodels(t *testing.T) {
	s := Spec{Window: 2, Transform: map[string]string{"x": "trend"}, Scale: "none"}
	p := fit(t, frameOf(passengers), s, Span{0, 12})
	for i, want := range detrended {
		if got := p.targets[0].at(i); math.Abs(got-want) > 1e-8 {
			t.Errorf("step %d: %v, want %v", i, got, want)
		}
	}
}

// TestTrendGoesOn: the line is that of the training span alone, holds in rows that follow and in another file, and goes
// on beyond the end; a network that says 0 forecasts the line.
func TestTrendGoesOn(t *testing.T) {
	var x []float64
	for i := range 30 {
		x = append(x, 7+3*float64(i)+[]float64{1, -1}[i%2])
	}
	s := Spec{Window: 4, Transform: map[string]string{"x": "trend"}, Scale: "none"}
	fitted, err := Fit(frameOf(x), s, Span{0, 20})
	if err != nil {
		t.Fatal(err)
	}
	for i := 20; i < 30; i++ {
		x[i] *= 1000 // the future changes nothing that is fitted
	}
	again, err := Fit(frameOf(x), s, Span{0, 20})
	if err != nil || again.Trends[0] != fitted.Trends[0] {
		t.Errorf("%v %v %v", again.Trends, fitted.Trends, err)
	}
	// By hand: steps 0 to 19 have Σ(i − 9.5)² = 665 and Σ(i − 9.5)·(±1) = −10, so that the slope is 3 − 10/665.
	slope := 3 - 10.0/665
	line := func(i int) float64 { return 7 + 3*9.5 + slope*(float64(i)-9.5) }
	later := frameOf(x[:12])
	for i := range later.At {
		later.At[i] += 60 * 100 // a file that begins 100 steps later
	}
	p, err := fitted.On(later)
	if err != nil {
		t.Fatal(err)
	}
	zero := func(x *tensor.Tensor) (*tensor.Tensor, error) { return tensor.New(tensor.Float32, x.Shape[0], 1), nil }
	out, err := p.Recursive(zero, 3)
	if err != nil {
		t.Fatal(err)
	}
	for k, row := range out {
		if want := line(112 + k); math.Abs(row[0]-want) > 1e-6 {
			t.Errorf("%d beyond the end: %v, want %v", k+1, row[0], want)
		}
	}
}

func TestTrendRefused(t *testing.T) {
	s := Spec{Window: 2, Transform: map[string]string{"x": "trend"}}
	f := frameOf(passengers)
	fitted, err := Fit(f, s, Span{0, 12})
	if err != nil {
		t.Fatal(err)
	}
	f.At = nil
	if _, err := Fit(f, s, Span{0, 12}); err == nil ||
		!strings.Contains(err.Error(), "a trend is a line in time, and these rows have no times; name their column") {
		t.Errorf("%v", err)
	}
	if _, err := fitted.On(f); err == nil || !strings.Contains(err.Error(), "these rows have no times") {
		t.Errorf("%v", err)
	}
	b, err := json.Marshal(fitted)
	if err != nil {
		t.Fatal(err)
	}
	var q Fitted
	if err := json.Unmarshal(b, &q); err != nil || q.Trends[0] != fitted.Trends[0] {
		t.Errorf("%v %v", q.Trends, err)
	}
	for _, spoilt := range []string{
		strings.Replace(string(b), `"column":"x"`, `"column":"y"`, 1),
		strings.Replace(string(b), `"transform":{"x":"trend"}`, `"transform":{"x":"none"}`, 1),
	} {
		if err := json.Unmarshal([]byte(spoilt), &q); err == nil {
			t.Errorf("%s is read", spoilt)
		}
	}
}
