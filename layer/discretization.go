package layer

import (
	"slices"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

func init() { Layers.Register(Discretization{}) }

// Discretization gives each number its bin: y = the number of boundaries b_i with b_i ≤ x, from 0 to n for n
// boundaries, which lie in ascending order. No gradient flows.
//
// BinBoundaries are the boundaries; in their place NumBins asks [Discretization.Adapted] for NumBins − 1 of them,
// quantiles of data with a share of Epsilon (default 0.01) as their precision. Output says what becomes of the bins:
//
//	int        the bin (default): [batch, …] → [batch, …], whole numbers
//	one_hot    n + 1 features for each: [batch, …] → [batch, …, n + 1], an axis of extent 1 is replaced
//	multi_hot  1 for each bin that occurs along axis 1: [batch, k, …] → [batch, …, n + 1]
//	count      how often it occurs
//
// With the boundaries 0, 2 and 5 the numbers −1, 0, 3.5 and 5 are in the bins 0, 1, 2 and 3.
//
// Source: Keras 3.15, keras/src/layers/preprocessing/discretization.py; NumPy, digitize.
type Discretization struct {
	Base
	_ struct{} `keras:"dtype~float32"`
	// BinBoundaries are the boundaries, ascending.
	BinBoundaries []float64 `keras:"bin_boundaries"`
	// NumBins is the number of bins that Adapted makes.
	NumBins int `keras:"num_bins,optional,min=1,what=number of bins"`
	// Epsilon is the precision of quantiles, a share of the data.
	Epsilon float64  `keras:"epsilon,default=0.01,positive"`
	Output  string   `keras:"output_mode,default=int,oneof=int|one_hot|multi_hot|count"`
	_       struct{} `keras:"?sparse=false"`
}

// Check tests that boundaries ascend.
func (l Discretization) Check() error {
	if !slices.IsSorted(l.BinBoundaries) {
		return config.Errorf("bin_boundaries", "%v do not ascend", l.BinBoundaries).Fix("sort them")
	}
	return nil
}

// Call implements Layer.
func (l Discretization) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in := one(s, x)
	if len(l.BinBoundaries) == 0 && l.NumBins != 1 {
		s.Fail("bin_boundaries: there are none; give them, or make them of data with Adapted")
	}
	if in.DType == tensor.Uint8 {
		in = float(in)
	}
	return []*graph.Node{encoded(s, in.Map(bins(l.BinBoundaries)), l.Output, len(l.BinBoundaries)+1)}
}

// Adapted is the layer with NumBins − 1 boundaries between quantiles of x, as Keras's adapt finds them: of the sorted
// numbers one in n·Epsilon is kept, where there are more than 1/Epsilon, and the shares 1/NumBins, 2/NumBins, … lie
// linearly between them.
func (l Discretization) Adapted(x *tensor.Tensor) (Discretization, error) {
	l = config.Filled(l)
	if l.NumBins < 1 {
		return l, config.Errorf("num_bins", "there is none").Fix("give the number of bins that data are cut into").
			Coded(config.Missing)
	}
	sorted := make([]float64, 0, x.Len())
	for _, v := range graph.ArrayOf(x).V {
		sorted = append(sorted, float64(float32(v)))
	}
	if len(sorted) == 0 {
		return l, config.Errorf("", "there are no samples to adapt to")
	}
	slices.Sort(sorted)
	step := max(float64(len(sorted))*l.Epsilon, 1)
	var kept summary
	for i := int(step - 1); i < len(sorted); i += int(step) {
		kept.value, kept.weight = append(kept.value, sorted[i]), append(kept.weight, step)
	}
	all := kept.compressed(l.Epsilon).compressed(1 / float64(l.NumBins))
	l.BinBoundaries = all.value[:len(all.value)-1]
	return l, nil
}

// summary is sorted numbers and how many others each stands for.
type summary struct{ value, weight []float64 }

// compressed is a summary by numbers that share apart lie, rounded to float32.
func (s summary) compressed(share float64) summary {
	if float64(len(s.value))*share < 1 {
		return s
	}
	sums, sum := make([]float64, len(s.weight)), 0.0
	for i, w := range s.weight {
		sum += w
		sums[i] = sum
	}
	parts := slices.Clone(sums)
	for i := range parts {
		parts[i] /= sum
	}
	var c summary
	before := 0.0
	for i := 0; float64(i)*share < 1; i++ { // as numpy.arange(0, 1, share)
		at := share + float64(i)*share
		upTo := interpolated(at, parts, sums)
		c.value = append(c.value, float64(float32(interpolated(at, parts, s.value))))
		c.weight = append(c.weight, float64(float32(upTo-before)))
		before = upTo
	}
	return c
}

// interpolated is the piecewise linear function through (x, y) at a place, constant outside.
func interpolated(at float64, x, y []float64) float64 {
	i, found := slices.BinarySearch(x, at)
	switch {
	case found:
		return y[i]
	case i == 0:
		return y[0]
	case i == len(x):
		return y[i-1]
	}
	return y[i-1] + (y[i]-y[i-1])/(x[i]-x[i-1])*(at-x[i-1])
}

// Traits implements Described.
func (Discretization) Traits() Traits { return rearranging(AnyFormat) }

// Unwritten implements config.Unwritten.
func (Discretization) Unwritten() []string { return trainable }
