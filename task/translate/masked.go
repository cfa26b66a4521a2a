package translate

import (
	"gorae/graph"
	"gorae/loss"
	"gorae/metric"
	"gorae/prep/text"
	"gorae/tensor"
)

// masked is a loss that leaves the places behind the end of a sentence out, whether the network masks them or not.
type masked struct{ loss.Loss }

// Unwrap returns the loss itself.
func (l masked) Unwrap() loss.Loss { return l.Loss }

// Counts implements loss.Selective.
func (l masked) Counts(y, pred *graph.Node) *graph.Node {
	counts := counted(y, pred)
	if s, ok := l.Loss.(loss.Selective); ok {
		if own := s.Counts(y, pred); own != nil {
			counts = counts.Mul(own)
		}
	}
	return counts
}

// Reduced implements loss.Reducing.
func (l masked) Reduced() string {
	if r, ok := l.Loss.(loss.Reducing); ok {
		return r.Reduced()
	}
	return ""
}

// Value is the mean of a sentence over the places that count.
func (l masked) Value(y, pred *graph.Node) *graph.Node {
	if len(pred.Shape) < 3 {
		return l.Loss.Value(y, pred)
	}
	mask := counted(y, pred)
	ys, preds, counts := loss.Steps(loss.ClassIDs(y, pred), pred, mask)
	v := l.Loss.Value(ys, preds).Mul(counts).Reshape(mask.Shape...)
	return v.Sum(1).Div(mask.Sum(1).MaxC(1))
}

// counted is 1 where a target is no padding.
func counted(y, pred *graph.Node) *graph.Node {
	ids := loss.ClassIDs(y, pred).AsFloat()
	return ids.Ne(ids.Graph().Scalar(text.Padding)).AsFloat()
}

// maskedMetric is a metric that leaves padding out.
type maskedMetric struct{ metric.Metric }

// Unwrap implements metric.Wrapper.
func (m maskedMetric) Unwrap() metric.Metric { return m.Metric }

// Terms implements metric.Metric.
func (m maskedMetric) Terms(y, pred, w *graph.Node) []*graph.Node {
	counts := counted(y, pred)
	if len(counts.Shape) == 1 {
		if w != nil {
			counts = counts.Mul(w)
		}
		return m.Metric.Terms(y, pred, counts)
	}
	if w != nil {
		counts = counts.Mul(w.AsFloat().Reshape(append(tensor.Shape{w.Shape[0]}, 1)...))
	}
	ys, preds, each := loss.Steps(loss.ClassIDs(y, pred), pred, counts)
	return m.Metric.Terms(ys, preds, each)
}
