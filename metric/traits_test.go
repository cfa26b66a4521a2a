package metric

import (
	"slices"
	"testing"

	"gorae/graph"
	"gorae/loss"
)

// undirected are metrics of which Keras 3 does not say which values are better (MonitorCallback, mode auto:
// ValueError).
var undirected = []string{"TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives"}

// TestTraits: every registered metric says which values are better, but for the undirected, and what it compares.
func TestTraits(t *testing.T) {
	for _, class := range Metrics.Classes() {
		m := Metrics.Prototype(class)
		if (DirectionOf(m) == Unknown) != slices.Contains(undirected, class) {
			t.Errorf("%s has the direction %v", class, DirectionOf(m))
		}
		tr := TraitsOf(m)
		if tr.Targets == 0 || tr.Predictions == 0 || tr.Outputs == 0 || tr.Units == 0 {
			t.Errorf("%s leaves a trait undeclared: %+v", class, tr)
		}
	}
	if DirectionOf(Mean{loss.Poisson{}}) != Min {
		t.Error("a loss is not minimised")
	}
	if d := DirectionOf(renamed{Accuracy{}}); d != Max {
		t.Errorf("the direction of a wrapped accuracy is %v", d)
	}
	if d := DirectionOf(own{}); d != Unknown {
		t.Errorf("the direction of a metric without one is %v", d)
	}
}

type renamed struct{ Metric }

func (m renamed) Unwrap() Metric { return m.Metric }

type own struct{}

func (own) Terms(y, pred, w *graph.Node) []*graph.Node { return average(pred.Sub(y), w) }
func (own) Result(sums []float64) float64              { return ratio(sums) }
