package loss

import (
	"gorae/config"
	"gorae/graph"
)

// Base is what all losses of this package have in common. A loss of a user's own that embeds it has the key reduction
// too.
type Base struct {
	// Reduction makes one number of the values of the samples: their mean (sum_over_batch_size, mean), their sum, or
	// their mean with the weights of the samples (mean_with_sample_weight): Σ v·w/Σ w. The first two divide by the
	// number of samples whatever their weights are.
	Reduction string   `keras:"reduction,default=sum_over_batch_size,oneof=sum_over_batch_size|mean|sum|mean_with_sample_weight"`
	_         struct{} `keras:"?fn~null"`
}

// Reduced implements Reducing.
func (b Base) Reduced() string { return b.Reduction }

// Reducing is a loss that names the reduction of its values, as Base does; any other one has sum_over_batch_size.
type Reducing interface{ Reduced() string }

// ByWeights reports whether a loss is divided by the weights of the samples (mean_with_sample_weight), not by their
// number.
func ByWeights(l Loss) bool { return reduction(l) == "mean_with_sample_weight" }

// BySum reports whether a loss is the sum over a batch, which depends on the number of samples in it.
func BySum(l Loss) bool { return reduction(l) == "sum" }

// reduction is the name of a loss's reduction; "" where it names none.
func reduction(l Loss) string {
	if r, ok := config.Filled(l).(Reducing); ok {
		return r.Reduced()
	}
	return ""
}

// Selective is a loss that leaves out samples, or elements of them, by their targets. Counts is 1 where an element
// counts, else 0, and has the shape of the targets; nil: all count.
type Selective interface {
	Counts(y, pred *graph.Node) *graph.Node
}

// Reduce is Σ v·w / batch, Keras's sum_over_batch_size; weights may be nil.
func Reduce(values, weights *graph.Node) *graph.Node {
	if weights != nil {
		values = Spread(values, weights)
		values = values.Mul(weights.AsFloat().Reshape(values.Shape...))
	}
	return values.Mean()
}

// Spread gives each sample that weights [batch] speak of the value of the batch, where a loss has one value [1] for all
// of it, as Dice does.
func Spread(values, weights *graph.Node) *graph.Node {
	if n := weights.Shape.Size(); len(values.Shape) == 1 && values.Shape[0] == 1 && n > 1 {
		return values.Broadcast(n)
	}
	return values
}

// Total is the loss of a batch, a scalar: the values of the samples with their weights [batch], by the reduction of the
// loss. Where there is a mask [batch, steps] each step is a sample, and steps count where the mask is 1, in the number
// of samples too; 0 where none counts. The same holds for targets that a [Selective] loss leaves out. Weights and mask
// may be nil.
func Total(l Loss, y, pred, mask, weights *graph.Node) *graph.Node {
	l = config.Filled(l)
	how := reduction(l)
	if a, ok := l.(axial); ok && mask != nil && a.axis() > 0 {
		y.Graph().Fail("loss", "axis: %d, and the steps have a mask; count the axis from the end, as -1", a.axis())
	}
	if mask = counted(l, y, pred, mask); mask == nil {
		return total(how, l.Value(y, pred), nil, weights)
	}
	ys, preds, counts := Steps(y, pred, mask)
	counts = counts.AsFloat()
	v := Spread(l.Value(ys, preds), counts)
	v = counts.Gt(v.Graph().Scalar(0)).Where(v, v.Graph().Scalar(0)) // what does not count may be anything
	if weights != nil {
		first := make([]int, len(mask.Shape))
		for i := range first {
			first[i] = 1
		}
		first[0] = mask.Shape[0]
		weights = weights.AsFloat().Reshape(first...).Broadcast(mask.Shape...).Reshape(-1)
	}
	return total(how, v, counts, weights)
}

// counted is the mask, or that of the targets that a loss selects, or both.
func counted(l Loss, y, pred, mask *graph.Node) *graph.Node {
	s, ok := l.(Selective)
	if !ok {
		return mask
	}
	own := s.Counts(y, pred)
	if own == nil || mask == nil {
		if own == nil {
			return mask
		}
		return own
	}
	shape := own.Shape.Clone()
	for i := len(mask.Shape); i < len(shape); i++ {
		shape[i] = 1
	}
	return own.Mul(mask.AsFloat().Reshape(shape...))
}

// total reduces values, of which those count for which counts is 1.
func total(how string, v, counts, weights *graph.Node) *graph.Node {
	if counts == nil && how != "sum" && (how != "mean_with_sample_weight" || weights == nil) {
		return Reduce(v, weights)
	}
	of := counts
	if weights != nil {
		v = Spread(v, weights)
	}
	if counts != nil {
		v = v.Mul(counts)
	}
	if weights != nil {
		weights = weights.AsFloat().Reshape(v.Shape...)
		v = v.Mul(weights)
		if how == "mean_with_sample_weight" {
			if of = weights; counts != nil {
				of = weights.Mul(counts)
			}
		}
	}
	if how == "sum" {
		return v.Sum()
	}
	n, zero := of.Sum(), v.Graph().Scalar(0)
	none := n.Eq(zero)
	return none.Where(zero, v.Sum().Div(none.Where(v.Graph().Scalar(1), n)))
}
