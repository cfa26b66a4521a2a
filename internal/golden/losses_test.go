package golden

import (
	"testing"

	"gorae/graph"
	"gorae/loss"
	"gorae/tensor"
)

// lossCase is a line of keras3-training/losses.jsonl.
type lossCase struct {
	Name, Class string
	Options     map[string]any
	Reduction   string
	Truth       *array `json:"y_true"`
	Prediction  *array `json:"y_pred"`
	Weight      *array `json:"sample_weight"`
	Mask        *array
	Expected    struct {
		Value, Gradient *array
		Error           string
	}
}

// TestLosses: the value of every loss and its gradient are Keras's. The reduction sum_over_batch_size is the engine's
// ([loss.Reduce], [loss.Masked]), the others, which gorae refuses in files, are carried out by the test.
func TestLosses(t *testing.T) {
	file := "keras3-training/losses.jsonl"
	y := newTally(file)
	lines(t, file, func(c *lossCase) {
		if !loss.Losses.Has(c.Class) {
			y.missing[c.Class]++
			return
		}
		if c.Expected.Error != "" {
			y.refused++
			return
		}
		_, err := loss.Losses.New(c.Class, c.Options)
		if !y.refuses(c.Class, err) {
			y.try(t, c.Name, c.check)
		}
	})
	y.report(t)
}

// rows gives targets and predictions [..., classes] one axis for all but the last, so that each row is a sample, as
// Keras's losses see them.
func rows(y, pred *graph.Node) (*graph.Node, *graph.Node) {
	rank := len(pred.Shape)
	last := func(n *graph.Node) *graph.Node { return n.Reshape(-1, n.Shape[len(n.Shape)-1]) }
	switch {
	case len(y.Shape) == rank && rank > 1:
		return last(y), last(pred)
	case len(y.Shape) == rank-1:
		return y.Reshape(-1), last(pred)
	}
	return y, pred
}

func (c *lossCase) check(t *testing.T) {
	for _, how := range computers {
		t.Run(how.name, func(t *testing.T) {
			l, err := loss.Losses.New(c.Class, c.Options)
			if err != nil {
				t.Fatal(err)
			}
			tol := within{abs: 1e-11, rel: 1e-9}
			if how.single {
				tol = within{abs: 1e-6, rel: 1e-5}
			}
			g, values := graph.New(), leaves{}
			leaf := func(name string, a *array) *graph.Node {
				if a == nil {
					return nil
				}
				values[name] = a.value()
				return g.Input(name, values[name].Type)
			}
			pred := leaf("prediction", c.Prediction)
			var value, slope *graph.Node
			err = graph.Catch(func() {
				y, p := rows(leaf("truth", c.Truth), pred)
				value = c.reduced(l, y, p, leaf("weight", c.Weight), leaf("mask", c.Mask))
				slope = graph.Gradients([]*graph.Node{value}, nil, []*graph.Node{pred})[0]
				if len(value.Shape) > 0 {
					value = value.Reshape(c.Expected.Value.Shape...)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			nodes := []*graph.Node{value}
			if slope != nil {
				nodes = append(nodes, slope)
			}
			if !how.single && c.Class == "LogCosh" { // Keras rounds ln 2 to float32
				roundConstants(g)
			}
			got, err := how.compute(values, nodes, nil)
			if err != nil {
				t.Fatal(err)
			}
			tol.compare(t, "value", got.outs[0], c.Expected.Value)
			d := graph.NewArray(pred.Type)
			if slope != nil {
				d = got.outs[1]
			}
			tol.compare(t, "gradient", d, c.Expected.Gradient)
		})
	}
}

// counts gives each row its weight or its mask. As in Keras, a weight per sample of shape [batch, 1] counts for all
// rows of the sample, and one of shape [rows] for that row of every sample.
func (c *lossCase) counts(n *graph.Node) *graph.Node {
	if n == nil {
		return nil
	}
	n = n.AsFloat()
	if of := c.Prediction.Shape[:len(c.Prediction.Shape)-1]; len(of) > 0 {
		n = n.Broadcast(of...)
	}
	return n.Reshape(-1)
}

// reduced is the loss of rows.
func (c *lossCase) reduced(l loss.Loss, y, pred, given, mask *graph.Node) *graph.Node {
	weight := c.counts(given)
	mask = c.counts(mask)
	if c.Reduction == "sum_over_batch_size" {
		if mask == nil {
			return loss.Reduce(l.Value(y, pred), weight)
		}
		step := func(n *graph.Node) *graph.Node { // each row is a sample of one step
			return n.Reshape(append(tensor.Shape{n.Shape[0], 1}, n.Shape[1:]...)...)
		}
		return loss.Masked(l, step(y), step(pred), step(mask), weight)
	}
	v := l.Value(y, pred)
	if c.Reduction == "mean_with_sample_weight" && given != nil && mask == nil {
		return over(v.Mul(weight).Sum(), given.AsFloat().Sum()) // of the weights as they are given
	}
	one := v.Graph().Scalar(1).Broadcast(v.Shape...)
	if weight == nil {
		weight = one
	}
	if mask == nil {
		mask = one
	}
	sum := v.Mul(weight).Mul(mask)
	switch c.Reduction {
	case "sum":
		return sum.Sum()
	case "mean":
		return over(sum.Sum(), mask.Sum())
	case "mean_with_sample_weight":
		return over(sum.Sum(), weight.Mul(mask).Sum())
	}
	return sum
}

// over is a/n, and 0 where nothing counts.
func over(a, n *graph.Node) *graph.Node {
	zero := a.Graph().Scalar(0)
	return n.Eq(zero).Where(zero, a.Div(n.Eq(zero).Where(a.Graph().Scalar(1), n)))
}
