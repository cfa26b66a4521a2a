package metric

import (
	"math"
	"testing"

	"gorae/config"
	"gorae/graph"
)

// valueOf is a metric of samples in rows, by the definitions in float64.
func valueOf(t *testing.T, m Metric, y, pred [][]float64, w []float64) float64 {
	t.Helper()
	g, leaves := graph.New(), map[string]*graph.Array{}
	leaf := func(name string, rows [][]float64) *graph.Node {
		a := graph.NewArray(graph.F32(len(rows), len(rows[0])))
		a.V = a.V[:0]
		for _, r := range rows {
			a.V = append(a.V, r...)
		}
		leaves[name] = a
		return g.Input(name, a.Type)
	}
	var terms []*graph.Node
	if err := graph.Catch(func() {
		var weights *graph.Node
		if w != nil {
			leaves["w"] = &graph.Array{Type: graph.F32(len(w)), V: w}
			weights = g.Input("w", leaves["w"].Type)
		}
		terms = m.Terms(leaf("y", y), leaf("p", pred), weights)
	}); err != nil {
		t.Fatal(err)
	}
	var sums []float64
	e := &graph.Evaluator{Leaves: leaves}
	for _, n := range terms {
		v, err := e.Value(n)
		if err != nil {
			t.Fatal(err)
		}
		sums = append(sums, v.V...)
	}
	return m.Result(sums)
}

// TestExpand: metrics of several values by hand, under the names of their parts.
func TestExpand(t *testing.T) {
	y := [][]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 0, 0}}
	p := [][]float64{{0.5, 0.3, 0.2}, {0.4, 0.4, 0.2}, {0.1, 0.3, 0.6}, {0.2, 0.7, 0.1}}
	two, zero := 2, 0
	for _, c := range []struct {
		m    Metric
		want map[string]float64
	}{
		{Precision{Thresholds: []float64{0.25, 0.45}}, map[string]float64{"@0.25": 3.0 / 7, "@0.45": 2.0 / 3}},
		{Recall{Thresholds: []float64{0.25, 0.45}}, map[string]float64{"@0.25": 3.0 / 4, "@0.45": 2.0 / 4}},
		{Recall{Thresholds: []float64{0.25}}, map[string]float64{"": 3.0 / 4}},
		{TruePositives{[]float64{0.25, 0.45}}, map[string]float64{"@0.25": 3, "@0.45": 2}},
		{FalsePositives{[]float64{0.25, 0.45}}, map[string]float64{"@0.25": 4, "@0.45": 1}},
		{TrueNegatives{[]float64{0.25, 0.45}}, map[string]float64{"@0.25": 4, "@0.45": 7}},
		{FalseNegatives{[]float64{0.25, 0.45}}, map[string]float64{"@0.25": 1, "@0.45": 2}},
		// Of each sample two are predicted: 0, 1; 0, 1 (equal); 1, 2; 0, 1.
		{Precision{TopK: &two}, map[string]float64{"": 4.0 / 8}},
		// Of class 0 samples 1, 2 and 4 are predicted, 1 and 4 are right.
		{Precision{TopK: &two, ClassID: &zero}, map[string]float64{"": 2.0 / 3}},
		{Recall{TopK: &two, ClassID: &zero}, map[string]float64{"": 1}},
		// The greatest: 0; 0 and 1; 2; 1. Hits 1, 1, 1; predicted 2, 2, 1; positive 2, 1, 1.
		{F1Score{}, map[string]float64{"_0": 0.5, "_1": 2.0 / 3, "_2": 1}},
		{F1Score{Average: "macro"}, map[string]float64{"": (0.5 + 2.0/3 + 1) / 3}},
		{F1Score{Average: "weighted"}, map[string]float64{"": (2*0.5 + 2.0/3 + 1) / 4}},
		{FBetaScore{Average: "micro", Beta: 2}, map[string]float64{"": 5 * 3.0 / (4*4 + 5)}},
	} {
		parts := Expand(c.m, 3)
		if len(parts) != len(c.want) {
			t.Errorf("%T: %d parts, want %d", c.m, len(parts), len(c.want))
		}
		for _, part := range parts {
			want, ok := c.want[part.Suffix]
			if got := valueOf(t, part.Metric, y, p, nil); !ok || !(math.Abs(got-want) <= 1e-7) {
				t.Errorf("%+v %q is %v, want %v", c.m, part.Suffix, got, want)
			}
			if DirectionOf(part.Metric) != DirectionOf(c.m) {
				t.Errorf("%T %q has another direction", c.m, part.Suffix)
			}
		}
	}
}

// TestPartsOfR2: R² of the columns (1, 2, 3, 4) and (0, 4, 0, 4) with errors of 1 in one sample each, and adjusted for
// one regressor, by hand: 1 − 1/5 and 1 − 1/16; with n = 4 and p = 1 (1 − R²) is times 3/2.
func TestPartsOfR2(t *testing.T) {
	y := [][]float64{{1, 0}, {2, 4}, {3, 0}, {4, 4}}
	p := [][]float64{{2, 0}, {2, 4}, {3, 1}, {4, 4}}
	a, b := 1-1.0/5, 1-1.0/16
	for _, c := range []struct {
		m    Metric
		want []float64
	}{
		{R2Score{ClassAggregation: "none"}, []float64{a, b}},
		{R2Score{}, []float64{(a + b) / 2}},
		{R2Score{ClassAggregation: "variance_weighted_average"}, []float64{1 - 2.0/21}},
		{R2Score{NumRegressors: 1}, []float64{1 - 1.5*(1-(a+b)/2)}},
		{R2Score{ClassAggregation: "none", NumRegressors: 1}, []float64{1 - 1.5/5, 1 - 1.5/16}},
	} {
		for i, part := range Expand(c.m, 2) {
			if got := valueOf(t, part.Metric, y, p, nil); !(math.Abs(got-c.want[i]) <= 1e-7) {
				t.Errorf("%+v: value %d is %v, want %v", c.m, i, got, c.want[i])
			}
			var sums []float64
			d := part.Metric.(Double)
			for k := range y {
				sums = d.Sample(sums, y[k], p[k], 1)
			}
			if got := part.Metric.Result(sums); !(math.Abs(got-c.want[i]) <= 1e-12) {
				t.Errorf("%+v in float64: value %d is %v, want %v", c.m, i, got, c.want[i])
			}
		}
	}
	few := valueOf(t, R2Score{NumRegressors: 3}, y, p, nil)
	if !math.IsNaN(few) || Undefined(R2Score{NumRegressors: 3}) == "" {
		t.Errorf("4 samples and 3 regressors have the adjusted R² %v", few)
	}
}

// TestSeveralAsOne: a metric of several values that nobody expanded, and a place beyond the outputs, are errors.
func TestSeveralAsOne(t *testing.T) {
	three, four := 3, 4
	for _, m := range []Metric{Precision{Thresholds: []float64{0.2, 0.3}}, F1Score{}, R2Score{ClassAggregation: "none"},
		Recall{TopK: &four}, Recall{ClassID: &three}} {
		g := graph.New()
		err := graph.Catch(func() {
			config.Filled(m).Terms(g.Input("y", graph.F32(2, 3)), g.Input("p", graph.F32(2, 3)), nil)
		})
		if err == nil {
			t.Errorf("%+v is taken", m)
		}
	}
	for cfg, ok := range map[string]bool{"0": true, "1": false, "2": true, "200": true} {
		var n float64
		for _, r := range cfg {
			n = 10*n + float64(r-'0')
		}
		if _, err := Metrics.New("auc", map[string]any{"num_thresholds": n}); ok != (err == nil) {
			t.Errorf("num_thresholds %s: %v", cfg, err)
		}
	}
}
