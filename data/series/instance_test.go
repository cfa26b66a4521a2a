package series

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"gorae/config"
	"gorae/data"
	"gorae/tensor"
)

// TestWindowScale: the window 3, 5, 4, 8 has the mean 5 and the variance (4 + 0 + 1 + 9)/4 = 3.5. Without a scale of
// the training span its values become by hand, with 10⁻⁵ added to the variance:
//
//	last    −5, −3, −4, 0
//	mean    −2, 0, −1, 3
//	zscore  those of the mean divided by √3.50001
//
// The target 11 is 3 more than the last value, 6 more than the mean. A network that says 0 of last predicts the last
// value. The level of differences stays.
func TestWindowScale(t *testing.T) {
	x := []float64{3, 5, 4, 8, 11, 10, 14, 13, 17, 16}
	root := math.Sqrt(3.5 + 1e-5)
	for how, want := range map[string][]float64{"none": {3, 5, 4, 8, 11}, "last": {-5, -3, -4, 0, 3},
		"mean": {-2, 0, -1, 3, 6}, "zscore": {-2 / root, 0, -1 / root, 3 / root, 6 / root}} {
		f := &Frame{Name: "x", Names: []string{"x"}, Columns: [][]float64{x}}
		p := fit(t, f, Spec{Window: 4, Scale: "none", WindowScale: how}, Span{0, 10})
		row := data.Row{*tensor.New(tensor.Float32, 4, 1), *tensor.New(tensor.Float32, 1)}
		if err := p.Read(0, 0, row); err != nil {
			t.Fatal(err)
		}
		for i, v := range slices.Concat(row[0].F32, row[1].F32) {
			if math.Abs(float64(v)-want[i]) > 1e-6 {
				t.Errorf("%s: %v %v, want %v", how, row[0].F32, row[1].F32, want)
				break
			}
		}
		if got := p.Units(p.Origin(0), []float32{0}); how == "last" && got[0] != 8 {
			t.Errorf("the last value with nothing added is %v", got)
		}
		carried := *tensor.New(tensor.Float32, Carried)
		if err := (Levelled{p}).Read(0, 0, data.Row{row[0], carried}); err != nil {
			t.Fatal(err)
		}
		actual, level, spread := Carry(carried.F32, 0, 1)
		if y := p.Fitted.Units()[0].Value(0.5, level, spread); actual != 11 ||
			math.Abs(y-p.Units(p.Origin(0), []float32{0.5})[0]) > 1e-12 {
			t.Errorf("%s: metrics read 0.5 as %v of %v", how, y, actual)
		}
		b, err := json.Marshal(p.Fitted)
		if err != nil {
			t.Fatal(err)
		}
		var saved Fitted
		if err := json.Unmarshal(b, &saved); err != nil || saved.Spec.WindowScale != how {
			t.Errorf("%s was read as %q: %v", how, saved.Spec.WindowScale, err)
		}
	}
	f := &Frame{Name: "x", Names: []string{"x"}, Columns: [][]float64{x}}
	p := fit(t, f, Spec{Window: 3, Scale: "none", WindowScale: "last", Transform: map[string]string{"x": "difference"}},
		Span{0, 10})
	row := data.Row{*tensor.New(tensor.Float32, 3, 1), *tensor.New(tensor.Float32, 1)}
	if err := p.Read(0, 0, row); err != nil || !slices.Equal(row[0].F32, []float32{2, -1, 4}) || row[1].F32[0] != 3 {
		t.Errorf("differences %v, %v: %v", row[0].F32, row[1].F32, err)
	}
}

// TestWindowScaleAhead: forecasts beyond the end go on from windows that are normalised too: a network that answers
// the last of its values, 0, and one that answers 2 units more, of a series that goes up by 2.
func TestWindowScaleAhead(t *testing.T) {
	f := &Frame{Name: "x", Names: []string{"x"}, Columns: [][]float64{make([]float64, 40)}}
	for i := range f.Columns[0] {
		f.Columns[0][i] = 2*float64(i) + float64(i%2)/2
	}
	p := fit(t, f, Spec{Window: 6, WindowScale: "last"}, Span{0, 40})
	sc := p.Fitted.Targets[0]
	out, err := p.Recursive(func(x *tensor.Tensor) (*tensor.Tensor, error) {
		if x.F32[5] != 0 || x.F32[0] >= 0 {
			t.Errorf("the network sees %v", x.F32)
		}
		return &tensor.Tensor{Shape: tensor.Shape{1, 1}, F32: []float32{float32((2 - sc.Shift) / sc.Divisor)}}, nil
	}, 5)
	if err != nil {
		t.Fatal(err)
	}
	for i, y := range out {
		if want := f.Columns[0][39] + 2*float64(i+1); math.Abs(y[0]-want) > 1e-5 {
			t.Errorf("step %d: %v, want %v", i+1, y[0], want)
		}
	}
}

// TestWindowScaleRefused: words that are none, and normalisations that could not be undone.
func TestWindowScaleRefused(t *testing.T) {
	f := made(60)
	for says, s := range map[string]Spec{
		`"std" is none of none, last, mean, zscore`: {Window: 5, Targets: []string{"a"}, WindowScale: "std"},
		"would know of its last ones": {Window: 5, Targets: []string{"a"}, WindowScale: "mean",
			Every: true},
		"the target a is no feature": {Window: 5, Targets: []string{"a"}, Features: []string{"b"},
			WindowScale: "last"},
	} {
		var e *config.Error
		if _, err := Fit(f, s, Span{0, 60}); !errors.As(err, &e) || e.Path != "series.window_scale" ||
			!strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %s", err, says)
		}
	}
}
