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

// Reconstruction is the problem of a network that learns its own input (target: input): an autoencoder. Targets are
// the inputs as the network takes them, scaled, so that losses and metrics are in those units.
type Reconstruction struct {
	Sample tensor.Shape // the shape of the input

	errors *reconstructionErrors // of the part that is reported on
	mean   *meanSample           // of the training samples
	beside *besideMean
}

// bottleneck returns the number of nodes that the default network brings n values down to: a power of 2, an
// eighth of n or so, 2 at least.
func bottleneck(n int) int {
	return max(2, 1<<int(math.Log2(max(1, float64(n)/8))))
}

// Network returns an encoder to a bottleneck and a decoder back to the input.
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

// Fits returns an error unless the output has the shape of the input.
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

// Check finds losses and metrics of class numbers, and weights of classes.
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

// Observe gathers the mean of the training samples, and the errors of the test samples, or of the validation samples
// where there are none.
func (r *Reconstruction) Observe(part task.Part, d data.Dataset, t *task.Training) train.Consumer {
	if part == task.Train {
		r.mean = &meanSample{}
		return r.mean
	}
	// The parts come in their order: validation samples give way to test samples.
	r.errors = &reconstructionErrors{part: part}
	if r.mean == nil {
		return r.errors
	}
	r.beside = newBesideMean(r.mean, &Autoencoder{}, t, d)
	r.beside.part = part.String()
	return consumers{r.errors, r.beside}
}

// Finish says how the errors of single samples are distributed: from there on a sample is unusual.
func (r *Reconstruction) Finish(ctx context.Context, f *task.Finish) error {
	if f.Baselines && r.beside != nil {
		if err := r.beside.Compare(ctx, f.Findings); err != nil {
			return err
		}
	}
	if r.errors == nil || len(r.errors.rmse) == 0 {
		return nil
	}
	return r.errors.report(f.Findings)
}

// OwnInput reports whether an experiment makes a network's input its target.
func OwnInput(in *task.Input) bool {
	t := in.Spec.Data.Target
	return len(t) == 1 && t[0] == spec.OwnInput
}

// NoColumn returns an error for a table with a column named input, the word for the network's own input as the target.
func NoColumn(t *data.Table) error {
	if _, err := t.Column(spec.OwnInput); err != nil {
		return nil
	}
	return task.Errorf("data.target", "%s has a column %q, which is also the word for a network that learns its own "+
		"input; give the column another name", t.Name, spec.OwnInput)
}

// Autoencode makes samples without targets samples whose target is their input. Prepared.Problem becomes a
// *[Reconstruction].
func Autoencode(in *task.Input, p *task.Prepared) (*task.Prepared, error) {
	d := &in.Spec.Data
	inputs := p.Parts[task.Train].Spec().Inputs
	switch {
	case d.Task != "":
		return nil, task.Errorf("data.task", "%s is for targets of their own, but the target is the input; leave it "+
			"out",
			d.Task)
	case d.Scale != "":
		return nil, task.Errorf("data.target_scale",
			"the target is the input, which data.features scales; leave it out")
	case len(inputs) != 1:
		return nil, task.Errorf("data.inputs", "%d inputs; a network that learns its own input has one", len(inputs))
	case p.Vocabulary > 0 || inputs[0].DType != tensor.Float32:
		return nil, task.Errorf("data.target", "texts become ids, which a network cannot give back as numbers; give "+
			"the "+
			"column of text an output of bag, counts or tfidf")
	}
	for i, part := range p.Parts {
		if part != nil {
			p.Parts[i] = data.Reconstruction(part)
		}
	}
	if augment := p.Augment; augment != nil {
		p.Augment = func(raw data.Dataset) (data.Dataset, error) {
			augmented, err := augment(raw)
			if err != nil {
				return nil, err
			}
			return data.Reconstruction(augmented), nil
		}
	}
	p.Fitted = &Autoencoder{p.Fitted}
	p.Problem = &Reconstruction{Sample: inputs[0].Shape}
	return p, nil
}
