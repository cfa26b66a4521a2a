package supervised

import (
	"context"
	"fmt"
	"math"

	"gorae/data"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// Reconstruction is the Objective and the Problem of a network that learns its own input (target: input): an
// autoencoder. Targets are the inputs as the network takes them, scaled, so that losses and metrics are in
// those units.
type Reconstruction struct {
	task.Plain `json:"-"`
	Sample     tensor.Shape `json:"sample"` // the shape of the input
}

// Outputs is the input again.
func (*Reconstruction) Outputs() []task.Output { return []task.Output{{Name: spec.OwnInput}} }

// bottleneck is the number of nodes that the default network brings n values down to: a power of 2, an
// eighth of n or so, 2 at least.
func bottleneck(n int) int {
	return max(2, 1<<int(math.Log2(max(1, float64(n)/8))))
}

// Network is an encoder to a bottleneck and a decoder back to the input.
func (r *Reconstruction) Network() *spec.Network {
	n := r.Sample.Size()
	code := bottleneck(n)
	var layers []layer.Layer
	if len(r.Sample) > 1 {
		layers = append(layers, layer.Flatten{})
	}
	layers = append(layers,
		layer.Dense{Units: 4 * code, Activation: "relu"},
		layer.Dense{Base: layer.Base{Name: "code"}, Units: code},
		layer.Dense{Units: 4 * code, Activation: "relu"},
		layer.Dense{Units: n})
	if len(r.Sample) > 1 {
		layers = append(layers, layer.Reshape{Target: r.Sample})
	}
	return spec.Chain(layers...)
}

// Fits wants an output of the shape of the input.
func (r *Reconstruction) Fits(outputs []tensor.Shape) error {
	if len(outputs) != 1 {
		return task.Errorf("model.outputs", "%d outputs; a network that learns its own input has one", len(outputs))
	}
	if got := tensor.Shape(outputs[0][1:]); !got.Equal(r.Sample) {
		return &task.OutputError{Msg: fmt.Sprintf("the model gives %v, but its target is its own input, of shape %v",
			got, r.Sample)}
	}
	return nil
}

// Losses implements task.Problem.
func (*Reconstruction) Losses(*model.Model) []string { return []string{"mean_squared_error"} }

// Metrics implements task.Problem.
func (*Reconstruction) Metrics() [][]string { return [][]string{{"rmse"}} }

// Check finds losses and metrics of class numbers.
func (*Reconstruction) Check(t *task.Training) error {
	if loss.TraitsOf(t.Losses[0]).Targets == loss.ClassNumbers {
		return task.Errorf(t.LossPath(0), "%s takes class numbers, but the target is the input; give "+
			"mean_squared_error", loss.Losses.Word(t.Losses[0]))
	}
	for i, m := range t.Metrics[0] {
		if metric.TraitsOf(m.Metric).Targets == loss.ClassNumbers {
			return task.Errorf(t.MetricPath(0, i), "%s takes class numbers, but the target is the input; give rmse",
				m.Name)
		}
	}
	return nil
}

// About implements task.Problem.
func (r *Reconstruction) About() string { return fmt.Sprintf("its own input %v", r.Sample) }

// Observe implements task.Problem.
func (*Reconstruction) Observe(task.Part, data.Dataset, *task.Training) train.Consumer { return nil }

// Finish implements task.Problem.
func (*Reconstruction) Finish(context.Context, *task.Finish) error { return nil }

// ReconstructionTable words the outputs of a network that learns its own input: the root mean square error of
// each sample, and of at most mostValues values the values themselves, as the network has them.
type ReconstructionTable struct {
	IDs    []*data.Column
	Inputs data.Dataset // the samples
	Names  []string     // of the values; nil: they are numbered
}

// mostValues is how many values of a sample are worded; more are written as arrays.
const mostValues = 256

func (t *ReconstructionTable) size() int { return t.Inputs.Spec().Inputs[0].Shape.Size() }

// Header names the values of a row.
func (t *ReconstructionTable) Header() []string {
	var h []string
	for _, c := range t.IDs {
		h = append(h, c.Name)
	}
	h = append(h, "error")
	if n := t.size(); n <= mostValues {
		for k := range n {
			if k < len(t.Names) {
				h = append(h, "prediction("+t.Names[k]+")")
			} else {
				h = append(h, fmt.Sprintf("prediction_%d", k+1))
			}
		}
	}
	return h
}

// Decode is the row of sample i.
func (t *ReconstructionTable) Decode(outputs []*tensor.Tensor, i int) ([][]any, error) {
	var out []any
	for _, c := range t.IDs {
		out = append(out, c.Text(i))
	}
	row := t.Inputs.Spec().Row()[:1]
	if err := t.Inputs.Read(0, i, row); err != nil {
		return nil, err
	}
	n := t.size()
	values := outputs[0].F32[i*n : (i+1)*n]
	square := 0.0
	for k, v := range values {
		d := float64(v) - row[0].Float(k)
		square += d * d
	}
	out = append(out, math.Sqrt(square/float64(n)))
	if n <= mostValues {
		for _, v := range values {
			out = append(out, v)
		}
	}
	return [][]any{out}, nil
}
