package metric

import (
	"math"
	"slices"
	"testing"

	"gorae/tensor"
)

// TestAveragePrecision: scikit-learn's example of average_precision_score, y = 0 0 1 1 and scores 0.1 0.4 0.35 0.8, is
// 0.83; by hand 1/2·1 + 1/2·2/3. The mean over labels takes the labels' weights, and what is saved gives the same.
func TestAveragePrecision(t *testing.T) {
	score, y := tensor.Of([]float32{0.1, 0.4, 0.35, 0.8}, 4), tensor.Of([]float32{0, 0, 1, 1}, 4)
	a := NewAccumulator(AUC{Curve: "PR"})
	for i := range 4 { // sample by sample, so that runs are merged
		a.Add(score.Rows(i, i+1), y.Rows(i, i+1))
	}
	if got, want := a.Result(), 0.5+0.5*2/3; math.Abs(got-want) > 1e-15 {
		t.Errorf("the average precision is %v, not %v", got, want)
	}
	// The second label has all pairs in reverse order, an area of 0 under ROC; the first has 3 of 4 pairs in order.
	m := AUC{MultiLabel: true, LabelWeights: []float64{2, 1}}
	b := NewAccumulator(m)
	b.Add(tensor.Of([]float32{0.1, 0.9, 0.4, 0.8, 0.35, 0.2, 0.8, 0.1}, 4, 2),
		tensor.Of([]float32{0, 0, 0, 0, 1, 1, 1, 1}, 4, 2))
	if got := b.Result(); math.Abs(got-0.5) > 1e-15 {
		t.Errorf("the mean of two labels is %v, by hand 0.5", got)
	}
	c := NewAccumulator(m)
	if err := c.Restore(b.Sums()); err != nil {
		t.Fatal(err)
	}
	if c.Result() != b.Result() || !slices.Equal(c.Sums(), b.Sums()) {
		t.Errorf("restored sums give %v, not %v", c.Result(), b.Result())
	}
	for _, wrong := range [][]float64{{1, 2}, {3, 1, 1, 1}, {9, 1, 1, 1, 0}} {
		if c.Restore(wrong) == nil {
			t.Errorf("the sums %v pass", wrong)
		}
	}
}

// TestAUCRefuses: options that contradict each other are errors.
func TestAUCRefuses(t *testing.T) {
	for _, cfg := range []map[string]any{
		{"summation_method": "minoring"},
		{"label_weights": []any{1.0, 2.0}},
		{"num_labels": 2},
		{"thresholds": []any{0.5, 1.5}},
		{"multi_label": true, "num_labels": 3, "label_weights": []any{1.0, 2.0}},
		{"curve": "PRC"},
	} {
		if _, err := Metrics.New("AUC", cfg); err == nil {
			t.Errorf("%v passes", cfg)
		}
	}
}
