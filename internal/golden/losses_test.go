package golden

import (
	"maps"
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

// TestLosses: the value of every loss and its gradient are Keras's. The reductions are the engine's ([loss.Total]), but
// for none, which gives a value for each sample.
func TestLosses(t *testing.T) {
	file := "keras3-training/losses.jsonl"
	y := newTally(file)
	lines(t, file, func(c *lossCase) {
		if !loss.Losses.Has(c.Class) {
			y.lacks(t, c.Class)
			return
		}
		if c.Expected.Error != "" {
			y.refused++
			return
		}
		_, err := c.loss()
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

// rows is rows, of an axis 1 given as [rows, axis, 1].
func (c *lossCase) rows(y, pred *graph.Node) (*graph.Node, *graph.Node) {
	if c.whole() {
		return y.Reshape(1, -1), pred.Reshape(1, -1)
	}
	if c.together() {
		return y, pred
	}
	y, pred = axisRows(c.Options, y, pred)
	if c.Mask != nil && axisOne(c.Options) {
		return y.Reshape(y.Shape[:2]...), pred.Reshape(pred.Shape[:2]...)
	}
	return y, pred
}

// axisRows is rows where the option axis, if there is one, is 1: rows are [n, k, 1] then, for the axis of the loss.
func axisRows(options map[string]any, y, pred *graph.Node) (*graph.Node, *graph.Node) {
	if !axisOne(options) {
		return rows(y, pred)
	}
	own := func(n *graph.Node) *graph.Node {
		n = n.Transpose(0, 2, 1)
		return n.Reshape(-1, n.Shape[2], 1)
	}
	return own(y), own(pred)
}

// axisOne reports whether the option axis is 1, or a list of it.
func axisOne(options map[string]any) bool {
	if list, ok := options["axis"].([]any); ok {
		return len(list) == 1 && list[0] == 1.0
	}
	return options["axis"] == 1.0
}

// together reports whether a loss adds up all axes of a sample, or of the batch, so that steps are no samples.
func (c *lossCase) together() bool {
	return (c.Class == "Dice" || c.Class == "Tversky") && !axisOne(c.Options)
}

// whole reports whether a loss is one number for the batch.
func (c *lossCase) whole() bool { return c.together() && c.Options["axis"] == nil }

func (c *lossCase) check(t *testing.T) {
	for _, how := range computers {
		t.Run(how.name, func(t *testing.T) {
			l, err := c.loss()
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
				y, p := c.rows(leaf("truth", c.Truth), pred)
				value = c.reduced(l, y, p, leaf("weight", c.Weight), leaf("mask", c.Mask))
				slope = graph.Gradients([]*graph.Node{value}, nil, []*graph.Node{pred})[0]
				if len(value.Shape) > 0 || len(c.Expected.Value.Shape) > 0 {
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
	if c.together() {
		return n.Reshape(-1)
	}
	of := c.Prediction.Shape[:len(c.Prediction.Shape)-1]
	if axisOne(c.Options) {
		of = tensor.Shape{c.Prediction.Shape[0], c.Prediction.Shape[2]}
	}
	if len(of) > 0 {
		n = n.Broadcast(of...)
	}
	return n.Reshape(-1)
}

// reduced is the loss of rows.
func (c *lossCase) reduced(l loss.Loss, y, pred, given, mask *graph.Node) *graph.Node {
	weight := c.counts(given)
	mask = c.counts(mask)
	if c.Reduction == "none" {
		v := l.Value(y, pred)
		for _, n := range []*graph.Node{weight, mask} {
			if n != nil {
				v = v.Mul(n)
			}
		}
		return v
	}
	v := loss.Total(l, y, pred, mask, weight)
	if c.Reduction == "mean_with_sample_weight" && !c.whole() && given != nil && mask == nil &&
		c.Options["ignore_class"] == nil {
		// Keras divides by the sum of the weights as they are given, of which one may count for several rows.
		v = v.MulC(float64(weight.Shape.Size()) / float64(given.Shape.Size()))
	}
	return v
}

// loss makes the loss with the reduction of the case.
func (c *lossCase) loss() (loss.Loss, error) {
	options := maps.Clone(c.Options)
	if options == nil {
		options = map[string]any{}
	}
	switch {
	case c.whole() && c.Reduction == "mean_with_sample_weight": // Keras does not reduce a scalar
		options["reduction"] = "sum"
	case c.Reduction != "none":
		options["reduction"] = c.Reduction
	}
	if c.Mask != nil && axisOne(options) {
		options["axis"] = -1.0
		if c.Class == "Dice" || c.Class == "Tversky" {
			options["axis"] = []any{-1.0}
		}
	}
	return loss.Losses.New(c.Class, options)
}
