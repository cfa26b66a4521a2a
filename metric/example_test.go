package metric_test

import (
	"context"
	"fmt"

	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/tensor"
	"gorae/train"
)

// Within is a metric of a user's own: the share of predictions that are at most By away from the target.
type Within struct {
	By float64 `keras:"by,main,default=1"`
}

// Terms implements metric.Metric: how many are, and how many there are.
func (m Within) Terms(y, pred, w *graph.Node) []*graph.Node {
	near := pred.Sub(y).Abs().Le(y.Graph().Scalar(m.By))
	return []*graph.Node{near.Sum(), y.Graph().Scalar(float64(y.Shape.Size()))}
}

// Result implements metric.Metric.
func (Within) Result(sums []float64) float64 { return sums[0] / sums[1] }

// Direction implements metric.Directed: callbacks that monitor it need not be told the mode.
func (Within) Direction() metric.Direction { return metric.Max }

// A metric gives sums over a batch, which are added up over all batches, and what follows from them.
func ExampleMetric() {
	m := Within{By: 0.5}
	a := metric.NewAccumulator(m)
	for _, batch := range [][2][]float64{{{1, 2}, {1.2, 2.9}}, {{3, 4}, {3, 4}}} {
		g := graph.New()
		y, pred := g.Input("y", graph.F32(2)), g.Input("pred", graph.F32(2))
		e := &graph.Evaluator{Leaves: map[string]*graph.Array{"y": {Type: graph.F32(2), V: batch[0]},
			"pred": {Type: graph.F32(2), V: batch[1]}}}
		var terms []*tensor.Tensor
		for _, n := range m.Terms(y, pred, nil) {
			v, err := e.Value(n)
			if err != nil {
				fmt.Println(err)
				return
			}
			terms = append(terms, v.Tensor())
		}
		a.Add(terms...)
	}
	fmt.Println(a.Result(), metric.DirectionOf(m))
	// Output: 0.75 max
}

// A literal takes the defaults of its tags where it is used: By is 1.
func ExampleMetric_defaults() {
	m := model.Sequential(layer.Input{Shape: []int{1}}, layer.Rescaling{Scale: layer.Number(1.0)})
	if err := m.Build(1); err != nil {
		fmt.Println(err)
		return
	}
	d := train.Pairs(tensor.Of([]float32{1, 2, 3, 4}, 4, 1), tensor.Of([]float32{1.5, 2, 5, 3}, 4, 1))
	v, err := train.Evaluate(context.Background(), m, d, loss.MeanSquaredError{}, []metric.Metric{Within{}}, 4)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(v.Of("within"))
	// Output: 0.75
}
