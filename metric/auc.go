package metric

import (
	"fmt"
	"math"
	"slices"

	"gorae/graph"
	"gorae/loss"
)

func init() { Metrics.RegisterAs("AUC", AUC{}, "auc") }

// AUC is the area under a curve of two classes: ROC, recall against the false positives' share, or PR, precision
// against recall. Where samples of a class that the curve needs are missing it is not defined.
//
// It is exact unless NumThresholds or Thresholds is given: the share of the pairs of a positive and a negative sample
// that are in order (ROC), or the average precision, the sum of precision times the step of recall (PR). Exact, PR
// takes time for each batch in proportion to the samples so far. With thresholds it is Keras's approximation.
type AUC struct {
	// NumThresholds is the number of equally spaced thresholds from 0 to 1; 0: the area is exact.
	NumThresholds int    `keras:"num_thresholds,main,min=0"`
	Curve         string `keras:"curve,default=ROC,oneof=ROC|PR"`
	// SummationMethod is the height of the curve between two thresholds: the mean, the smaller or the greater one; for
	// PR the mean is Davis and Goadrich's (2006).
	SummationMethod string `keras:"summation_method,default=interpolation,oneof=interpolation|minoring|majoring"`
	// Thresholds are thresholds from 0 to 1 in the place of equally spaced ones.
	Thresholds []float64 `keras:"thresholds,optional"`
	// MultiLabel is the mean of the areas of the labels, each a column of the targets; without it all columns are one
	// list of samples.
	MultiLabel   bool      `keras:"multi_label"`
	NumLabels    int       `keras:"num_labels,min=1"`
	LabelWeights []float64 `keras:"label_weights"`
	// FromLogits takes the sigmoid of predictions first.
	FromLogits bool `keras:"from_logits"`
}

// Check tests what the tags do not say.
func (m AUC) Check() error {
	switch {
	case m.NumThresholds == 1:
		return fmt.Errorf("num_thresholds: one threshold is no curve; give 2 or more, or 0 for the exact area")
	case m.exact() && m.SummationMethod != "" && m.SummationMethod != "interpolation":
		return fmt.Errorf("summation_method: %s is a rule for thresholds, and an exact area has none; give "+
			"num_thresholds or thresholds", m.SummationMethod)
	case !m.MultiLabel && m.LabelWeights != nil:
		return fmt.Errorf("label_weights: weights of labels need multi_label: true")
	case !m.MultiLabel && m.NumLabels > 0:
		return fmt.Errorf("num_labels: a number of labels needs multi_label: true")
	case m.NumLabels > 0 && m.LabelWeights != nil && len(m.LabelWeights) != m.NumLabels:
		return fmt.Errorf("label_weights: %d weights for %d labels", len(m.LabelWeights), m.NumLabels)
	}
	for _, t := range m.Thresholds {
		if !(t >= 0 && t <= 1) {
			return fmt.Errorf("thresholds: %v is not from 0 to 1", t)
		}
	}
	for _, w := range m.LabelWeights {
		if !(w >= 0) || math.IsInf(w, 0) {
			return fmt.Errorf("label_weights: %v is not a number from 0", w)
		}
	}
	return nil
}

func (m AUC) exact() bool { return m.NumThresholds == 0 && m.Thresholds == nil }

func (m AUC) isPR() bool { return m.Curve == "PR" }

// grid lists the thresholds, from below 0 to above 1.
func (m AUC) grid() []float64 {
	var ts []float64
	switch {
	case m.Thresholds != nil:
		ts = slices.Sorted(slices.Values(m.Thresholds))
	default:
		for i := 1; i < m.NumThresholds-1; i++ {
			ts = append(ts, float64(i)/float64(m.NumThresholds-1))
		}
	}
	return append(append([]float64{-1e-7}, ts...), 1+1e-7)
}

// Keep implements Keeper.
func (m AUC) Keep() State {
	if !m.exact() {
		return &sums{metric: m}
	}
	one := func() *ranked { return &ranked{precision: m.isPR()} }
	if m.MultiLabel {
		return &labelled{weights: m.LabelWeights, one: one}
	}
	return one()
}

// Terms implements Metric: predictions, targets and weights of the samples, or for each threshold and label the
// positives above it, and then the negatives.
func (m AUC) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = loss.Match(y, pred)
	labels := 1
	if m.MultiLabel {
		if len(pred.Shape) < 2 {
			pred.Graph().Fail("auc", "multi_label needs predictions of several labels, the shape is %v", pred.Shape)
		}
		labels = pred.Shape[len(pred.Shape)-1]
		if n := m.NumLabels; n > 0 && n != labels {
			pred.Graph().Fail("auc", "num_labels is %d, the predictions are of %d labels", n, labels)
		}
		if n := len(m.LabelWeights); n > 0 && n != labels {
			pred.Graph().Fail("auc", "label_weights: %d weights for %d labels", n, labels)
		}
	}
	if m.exact() {
		shape := []int{-1}
		if m.MultiLabel {
			shape = []int{-1, labels}
		}
		terms := []*graph.Node{pred.Reshape(shape...), y.Reshape(shape...)}
		if w != nil {
			terms = append(terms, w)
		}
		return terms
	}
	if m.FromLogits {
		pred = pred.Sigmoid()
	}
	no := weighed(y.Neg().AddC(1), w).Reshape(-1, 1, labels)
	yes := weighed(y, w).Reshape(-1, 1, labels)
	g := y.Graph()
	var parts []*graph.Node
	for _, t := range m.grid() {
		parts = append(parts, g.Scalar(t).Reshape(1, 1, 1))
	}
	over := pred.Reshape(-1, 1, labels).Gt(graph.Concatenate(1, parts...))
	return []*graph.Node{over.Mul(yes).Sum(0), over.Mul(no).Sum(0)}
}

// Traits implements Described.
func (m AUC) Traits() loss.Traits {
	if m.exact() || m.FromLogits {
		return order(loss.Shares, loss.EachOutput)
	}
	return share(loss.Shares, loss.EachOutput)
}

// IsROC reports whether a metric, or the one that it wraps, is the exact area under the ROC curve of one list of
// samples, whose terms are scores, targets and perhaps weights.
func IsROC(m Metric) bool {
	a, ok := find[AUC](m)
	return ok && a.exact() && !a.isPR() && !a.MultiLabel
}

// Direction implements Directed.
func (AUC) Direction() Direction { return Max }

// Undefined implements Partial.
func (m AUC) Undefined() string {
	if m.isPR() {
		return noPositives
	}
	return oneClass
}

// Result implements Metric: the area by thresholds.
func (m AUC) Result(sums []float64) float64 {
	n := len(m.grid())
	labels := len(sums) / 2 / n
	areas := make([]float64, labels)
	tp, fp := make([]float64, n), make([]float64, n)
	for l := range labels {
		for i := range n {
			tp[i], fp[i] = sums[i*labels+l], sums[(n+i)*labels+l]
		}
		areas[l] = m.area(tp, fp)
	}
	return meanOf(areas, m.LabelWeights)
}

// meanOf is the mean of areas of labels with their weights.
func meanOf(areas, weights []float64) float64 {
	sum, of := 0.0, 0.0
	for l, a := range areas {
		w := 1.0
		if weights != nil {
			w = weights[l]
		}
		if w != 0 {
			sum, of = sum+w*a, of+w
		}
	}
	return sum / of
}

// area is the area under the curve of true and false positives by threshold. The lowest threshold counts everything.
func (m AUC) area(tp, fp []float64) float64 {
	if tp[0] == 0 || !m.isPR() && fp[0] == 0 {
		return math.NaN()
	}
	sum := 0.0
	for i := 1; i < len(tp); i++ {
		if m.isPR() && m.SummationMethod != "minoring" && m.SummationMethod != "majoring" {
			sum += davis(tp[i-1], tp[i], fp[i-1], fp[i]) / tp[0]
			continue
		}
		x, a, b := (fp[i-1]-fp[i])/fp[0], tp[i-1]/tp[0], tp[i]/tp[0]
		if m.isPR() {
			x, a, b = (tp[i-1]-tp[i])/tp[0], precisionAt(tp[i-1], fp[i-1]), precisionAt(tp[i], fp[i])
		}
		switch m.SummationMethod {
		case "minoring":
			sum += x * min(a, b)
		case "majoring":
			sum += x * max(a, b)
		default:
			sum += x * (a + b) / 2
		}
	}
	return sum
}

func precisionAt(tp, fp float64) float64 {
	if tp+fp == 0 {
		return 0
	}
	return tp / (tp + fp)
}

// davis is the integral of precision over true positives between two thresholds, a the lower one, where true positives
// grow in proportion to all positives (Davis and Goadrich, "The relationship between precision-recall and ROC curves",
// 2006, section 4).
func davis(tpA, tpB, fpA, fpB float64) float64 {
	a, b := tpA+fpA, tpB+fpB
	if a <= b {
		return 0
	}
	slope := (tpA - tpB) / (a - b)
	ratio := 0.0
	if b > 0 {
		ratio = math.Log(a / b)
	}
	return slope * (tpA - tpB + (tpB-slope*b)*ratio)
}
