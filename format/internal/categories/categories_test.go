package categories

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gorae/prep"
	_ "gorae/prep/columns"
)

// fitted is a column with an encoding as a product saves it.
func fitted(e prep.Encoder, saved string) (*prep.Fitted, error) {
	c := &prep.Fitted{Spec: prep.Spec{Encode: e}, Encoded: e.Blank()}
	c.RawEncoded = json.RawMessage(saved)
	return c, json.Unmarshal(c.RawEncoded, c.Encoded)
}

// TestOf: tables by hand, of what products save.
func TestOf(t *testing.T) {
	for _, c := range []struct {
		e     prep.Encoder
		saved string
		want  Table
	}{
		{prep.OneHotEncoder{}, `{"levels": ["x", "y"]}`,
			Table{Levels: []string{"x", "y"}, Rows: [][]float32{{1, 0}, {0, 1}}, Other: []float32{0, 0},
				Missing: []float32{0, 0}}},
		{prep.Ordinal{}, `{"levels": ["x", "y"]}`,
			Table{Levels: []string{"x", "y"}, Rows: [][]float32{{1}, {2}}, Other: []float32{0}, Missing: []float32{0}}},
		// (mean − shift) / divisor: (5 − 1)/2, (2 − 1)/2, of missing values (9 − 1)/2, of others (3 − 1)/2.
		{prep.TargetMean{}, `{"levels": ["x", "y"], "targets": [{"name": "t", "means": [5, 2, 9], "mean": 3, "shift": 1,
			"divisor": 2}]}`,
			Table{Levels: []string{"x", "y"}, Rows: [][]float32{{2}, {0.5}}, Other: []float32{1},
				Missing: []float32{4}}},
		// Places in the order, less their mean.
		{prep.Ranks{Categories: []string{"Very  low", "high"}},
			`{"categories": ["Very  low", "high"], "mean": 0.5, "sd": 0.5}`,
			Table{Levels: []string{"very low", "high"}, Rows: [][]float32{{-1}, {1}}, Other: []float32{0},
				Missing: []float32{0}, Folded: true}},
	} {
		f, err := fitted(c.e, c.saved)
		if err != nil {
			t.Fatalf("%s: %v", c.saved, err)
		}
		got, ok := Of(f)
		if diff := cmp.Diff(c.want, got); !ok || diff != "" {
			t.Errorf("%s: %v %s", c.saved, ok, diff)
		}
	}
}

// TestHostile: what an encoding does not save is no table, and never a panic.
func TestHostile(t *testing.T) {
	_, err := fitted(prep.TargetMean{}, `{"levels": ["x", "y"], "targets": [{"means": [5], "mean": 3, "shift": 1,
		"divisor": 2}]}`)
	if err == nil || !strings.Contains(err.Error(), "target means of 1 values for 2 levels") {
		t.Errorf("means of one level for two: %v", err)
	}
	f, err := fitted(prep.OneHotEncoder{}, `{"levels": ["x"]}`)
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{`{"levels": 3}`, `{"targets": "x"}`, `[`, ``} {
		f.RawEncoded = json.RawMessage(raw)
		if _, ok := Of(f); ok {
			t.Errorf("%s is a table", raw)
		}
	}
	if _, ok := Edges(f); ok {
		t.Error("a one-hot encoding has edges")
	}
}

// TestParts: levels of crossed columns as prep's crossed writes them.
func TestParts(t *testing.T) {
	for level, want := range map[string][]string{"a × b": {"a", "b"}, "a×× × ××": {"a×", "×"}, " × ": {"", ""},
		"2 ×× 3 × b": {"2 × 3", "b"}, "a": nil, "a × b × c": nil} {
		got, ok := Parts(level, 2)
		if ok != (want != nil) || ok && !cmp.Equal(got, want) {
			t.Errorf("%q: %q %v", level, got, ok)
		}
	}
}

// TestNormalQuantile: the polynomials give the quantiles of scipy.stats.norm.ppf.
func TestNormalQuantile(t *testing.T) {
	poly := func(c []float64, x float64) (y float64) {
		for _, a := range slices.Backward(c) {
			y = y*x + a
		}
		return y
	}
	for p, want := range map[float64]float64{0.5: 0, 0.6: 0.2533471031357997, 0.1: -1.2815515655446004,
		0.975: 1.959963984540054, 1e-7: -5.1993375821928165, 1e-4: -3.719016485455709} {
		q, got := p-0.5, 0.0
		if math.Abs(q) <= 0.425 {
			r := 0.180625 - q*q
			got = q * poly(Middle[0], r) / poly(Middle[1], r)
		} else {
			r := math.Sqrt(-math.Log(min(p, 1-p))) - 1.6
			got = math.Copysign(poly(Tail[0], r)/poly(Tail[1], r), q)
		}
		if math.Abs(got-want) > 1e-13*(1+math.Abs(want)) {
			t.Errorf("%v: %v, want %v", p, got, want)
		}
	}
}

// TestCurves: the curves of columns by what they save.
func TestCurves(t *testing.T) {
	for saved, c := range map[string]struct {
		scale prep.Scale
		want  Curve
	}{
		`{"shift": 1, "divisor": 2}`: {prep.Robust{}, Curve{Form: Robust, Shift: 1, Divisor: 2, Normal: true}},
		`{"lambda": 0.5, "middle": 1, "mean": 2, "sd": 3, "positive": true}`: {prep.BoxCox{},
			Curve{Form: BoxCox, Shift: 2, Divisor: 3, Lambda: 0.5, Middle: 1, Normal: true}},
		`{"lambda": 3, "mean": 2, "sd": 3, "mirror": true}`: {prep.YeoJohnson{},
			Curve{Form: YeoJohnson, Shift: 2, Divisor: 3, Lambda: 3, Mirror: true, Normal: true}},
		`{"quantiles": [1, 2, 5], "uniform": true}`: {prep.Quantile{Output: "uniform"},
			Curve{Form: Quantile, Divisor: 1, Quantiles: []float64{1, 2, 5}}},
	} {
		f := &prep.Fitted{Spec: prep.Spec{Scale: c.scale}, Curve: c.scale.Blank()}
		f.RawCurve = json.RawMessage(saved)
		got, ok := CurveOf(f)
		if diff := cmp.Diff(c.want, got); !ok || diff != "" {
			t.Errorf("%s: %v %s", saved, ok, diff)
		}
		f.RawCurve = json.RawMessage(`{"quantiles": 5}`)
		if _, ok := CurveOf(f); ok {
			t.Errorf("%T: quantiles that are none are a curve", c.scale)
		}
	}
}
