package task

import (
	"slices"
	"testing"

	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/spec"
)

// TestRule: what parts classes, which values are shown, and how much they speak for a class. A tie is the first class,
// as
// Keras's binary_accuracy (ŷ > threshold) and argmax have it.
func TestRule(t *testing.T) {
	prob, logit := Rule{Predictions: loss.Probabilities, Probable: true}, Rule{Predictions: loss.Logits, Probable: true}
	score, number := Rule{Predictions: loss.Scores}, Rule{Predictions: loss.AnyNumbers}
	for _, c := range []struct {
		rule     Rule
		y        []float32
		class    int
		values   []float32
		no, last float32 // support of the first and of the last class
	}{
		{prob, []float32{0.25}, 0, []float32{0.75, 0.25}, 0.75, 0.25},
		{prob, []float32{0.5}, 0, []float32{0.5, 0.5}, 0.5, 0.5},
		{prob, []float32{0.75}, 1, []float32{0.25, 0.75}, 0.25, 0.75},
		{prob, []float32{0.5, 0.5}, 0, []float32{0.5, 0.5}, 0.5, 0.5},
		{prob, []float32{0.25, 0.5, 0.25}, 1, []float32{0.25, 0.5, 0.25}, 0.25, 0.25},
		{logit, []float32{0}, 0, []float32{0.5, 0.5}, 0.5, 0.5},
		{logit, []float32{1e-9}, 1, []float32{0.5, 0.5}, 0.5, 0.5}, // float32 has no p that near to ½
		{logit, []float32{2, 2}, 0, []float32{0.5, 0.5}, 0.5, 0.5},
		{score, []float32{0}, 0, []float32{0}, 0, 0},
		{score, []float32{0.25}, 1, []float32{0.25}, -0.25, 0.25},
		{score, []float32{-2}, 0, []float32{-2}, 2, -2},
		{score, []float32{-2, -1}, 1, []float32{-2, -1}, -2, -1},
		{number, []float32{0.5}, 0, []float32{0.5}, -0.5, 0.5},
		{number, []float32{0.75}, 1, []float32{0.75}, -0.75, 0.75},
	} {
		if got := c.rule.Class(c.y); got != c.class {
			t.Errorf("%+v: %v is of class %d, want %d", c.rule, c.y, got, c.class)
		}
		values := c.rule.Values(c.y)
		if !slices.Equal(values, c.values) {
			t.Errorf("%+v: %v shows %v, want %v", c.rule, c.y, values, c.values)
		}
		last := max(2, len(c.y)) - 1
		if a, b := Support(values, 0), Support(values, last); a != c.no || b != c.last {
			t.Errorf("%+v: %v speaks for the first and last class by %v and %v, want %v and %v", c.rule, c.y, a, b,
				c.no, c.last)
		}
	}
}

// TestLabelRule: labels are said each by itself, above the threshold of each; by hand, with σ(0) = 0.5 and σ(ln 3) =
// 0.75.
func TestLabelRule(t *testing.T) {
	for _, c := range []struct {
		rule   Rule
		y      []float32
		labels []int
		values []float32
	}{
		{Rule{Predictions: loss.Probabilities, Probable: true, Each: true}, []float32{0.75, 0.5, 0.625}, []int{0, 2},
			[]float32{0.75, 0.5, 0.625}},
		{Rule{Predictions: loss.Probabilities, Probable: true, Each: true, Thresholds: []float64{0.8, 0.25, 0.625}},
			[]float32{0.75, 0.5, 0.625}, []int{1}, []float32{0.75, 0.5, 0.625}},
		{Rule{Predictions: loss.Logits, Probable: true, Each: true}, []float32{0, 1.0986123}, []int{1},
			[]float32{0.5, 0.75}},
	} {
		if got := c.rule.Labels(c.y); !slices.Equal(got, c.labels) {
			t.Errorf("%+v: %v has the labels %v, want %v", c.rule, c.y, got, c.labels)
		}
		if got := c.rule.Values(c.y); !slices.Equal(got, c.values) {
			t.Errorf("%+v: %v shows %v, want %v", c.rule, c.y, got, c.values)
		}
	}
}

// TestRules: outputs are probabilities where the loss takes them for such or the last layer makes them; those of a
// hinge loss never are.
func TestRules(t *testing.T) {
	for _, c := range []struct {
		loss   loss.Loss
		act    layer.Activation
		want   loss.Predictions
		proper bool
	}{
		{loss.BinaryCrossentropy{}, "sigmoid", loss.Probabilities, true},
		{loss.BinaryCrossentropy{}, "", loss.Probabilities, false}, // linear: any numbers
		{loss.BinaryCrossentropy{FromLogits: true}, "", loss.Logits, true},
		{loss.MeanSquaredError{}, "sigmoid", loss.AnyNumbers, true},
		{loss.MeanSquaredError{}, "", loss.AnyNumbers, false},
		{loss.Hinge{}, "tanh", loss.Scores, false},
		{loss.SquaredHinge{}, "sigmoid", loss.Scores, false},
	} {
		m := model.Sequential(layer.Input{Shape: []int{2}}, layer.Dense{Units: 1, Activation: c.act})
		if err := m.Build(1); err != nil {
			t.Fatal(err)
		}
		got := NewTraining(m, spec.Losses{{Loss: c.loss}}, nil).Rules()
		if len(got) != 1 || got[0].Predictions != c.want || got[0].Probable != c.proper {
			t.Errorf("%T after %q: %+v", c.loss, c.act, got)
		}
	}
}
