package train_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"gorae/data"
	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

// A GAN: the discriminator learns to tell real numbers (around 3) from made ones, the generator to make numbers that
// pass for real. Each has a step of its own; the loop runs both for every batch.
func ExampleLoop() {
	generator := model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: 8, Activation: "tanh"},
		layer.Dense{Units: 1})
	discriminator := model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: 8, Activation: "tanh"},
		layer.Dense{Units: 1})
	bce := loss.BinaryCrossentropy{FromLogits: true}
	says := func(logits *graph.Node, real float64) *graph.Node { // the loss where this is the truth
		return loss.Reduce(bce.Value(logits.Graph().Scalar(real).Broadcast(logits.Shape...), logits), nil)
	}
	fake := func(t *model.Trace, n int) *graph.Node {
		return generator.Trace(t, graph.RandomNormal(t.Key, 1, n, 1))[0]
	}
	tell := func(t *model.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
		real, made := in[0], fake(t, in[0].Shape[0]).StopGradient()
		a, b := discriminator.Trace(t, real)[0], discriminator.Trace(t, made)[0]
		return says(a, 1).Add(says(b, 0)), []*graph.Node{made.Mean()}
	}
	fool := func(t *model.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
		return says(discriminator.Trace(t, fake(t, in[0].Shape[0]))[0], 1), nil
	}
	adam := optim.Adam{LearningRate: 0.005, Beta1: new(0.5)}
	var steps [2]*train.Step
	for i, s := range []struct {
		trace train.Trace
		model *model.Model
	}{{tell, discriminator}, {fool, generator}} {
		for _, m := range []*model.Model{discriminator, generator} {
			if err := m.Build(uint64(1 + i)); err != nil {
				fmt.Println(err)
				return
			}
		}
		var err error
		steps[i], err = train.NewStep(s.trace, s.model.TrainableWeights(), adam, uint64(i), discriminator, generator)
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	real := tensor.New(tensor.Float32, 256, 1)
	for i := range real.F32 {
		real.F32[i] = 3 + 0.3*float32(math.Sin(float64(i)))
	}
	loop := train.Loop{
		Models: []train.NamedModel{{Name: "generator", Model: generator},
			{Name: "discriminator", Model: discriminator}},
		Steps: []train.LoopStep{
			{Name: "discriminator", Step: steps[0], Outputs: []train.LoopMetric{{Name: "mean"}}},
			{Name: "generator", Step: steps[1]},
		},
	}
	h, err := loop.Fit(context.Background(), train.Data{X: []*tensor.Tensor{real}}, train.Config{Epochs: 60, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(h.Last().Metrics.Names())
	fmt.Printf("the mean of what is made: %.0f\n", h.Last().Metrics.Of("mean"))
	// Output:
	// [discriminator_loss mean generator_loss]
	// the mean of what is made: 3
}

// A dataset of unknown length: samples come one after the other until io.EOF, as from a file too large for memory. Each
// epoch reads them anew, in an order that is drawn from a buffer.
func ExampleFit_stream() {
	readings := &data.Generator{
		Fields: data.Spec{
			Inputs:  []data.Field{{Name: "x", Shape: tensor.Shape{1}}},
			Targets: []data.Field{{Name: "y", Shape: tensor.Shape{1}}},
		},
		Begin: func(epoch int) (func(row data.Row) error, error) {
			i := 0
			return func(row data.Row) error {
				if i == 500 {
					return io.EOF
				}
				x := float32(i%10) / 10
				row[0].F32[0] = x
				if len(row) > 1 { // a reader may want the inputs alone
					row[1].F32[0] = 2*x + 1
				}
				i++
				return nil
			}, nil
		},
	}
	m := model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: 1})
	h, err := train.Fit(context.Background(), m, train.Data{Source: readings}, train.Config{
		Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{LearningRate: 0.3},
		Epochs: 20, ShuffleBuffer: 100,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	w := m.Store().Var("dense/kernel").Value.F32[0]
	b := m.Store().Var("dense/bias").Value.F32[0]
	fmt.Printf("y = %.2f·x + %.2f after %d epochs\n", w, b, len(h.Rows))
	// Output: y = 2.00·x + 1.00 after 20 epochs
}

// A probe looks at every tenth step: the share of relu's outputs that are off, and how far a step moves the weights.
func ExampleProbe() {
	learn, _ := digits()
	p := &train.Probe{
		Watch: []train.Watch{{Quantity: train.Activations, Path: "dense"},
			{Quantity: train.Updates, Path: "dense/kernel"}},
		Steps: 10,
		See: func(o *train.Observation) error {
			if o.Step != 10 {
				return nil
			}
			for _, v := range o.Values {
				s := v.Stats()
				fmt.Println(v.Quantity, v.Path, v.Value.Shape, s.Zeros > 0, s.Norm > 0)
			}
			return nil
		},
	}
	_, err := train.Fit(context.Background(), network(), learn, train.Config{
		Loss: loss.SparseCategoricalCrossentropy{}, Optimizer: optim.Adam{}, Epochs: 1, Callbacks: []train.Callback{p},
	})
	fmt.Println(err)
	// Output:
	// activations dense (32, 64) true true
	// updates dense/kernel (64, 64) true true
	// <nil>
}

// goal is a callback of one's own: it ends the run when a metric is good enough.
type goal struct {
	metric string
	value  float64
}

func (g goal) On(e train.Event) error {
	if e.Kind != train.EpochEnd {
		return nil
	}
	v, ok := e.Metrics.Lookup(g.metric)
	if !ok {
		return errors.New("goal: there is no metric " + g.metric)
	}
	if v >= g.value {
		e.Run.Stop()
	}
	return nil
}

// Callbacks see every event of a run and may act on it: the library's own, functions, and types of one's own.
func ExampleCallback() {
	learn, val := digits()
	h, err := train.Fit(context.Background(), network(), learn, train.Config{
		Loss: loss.SparseCategoricalCrossentropy{}, Metrics: []metric.Metric{metric.Accuracy{}},
		Optimizer: optim.Adam{}, Epochs: 100, Validation: &val,
		Callbacks: []train.Callback{
			goal{"val_accuracy", 0.9},
			&train.ReduceLROnPlateau{Patience: new(2)},
			train.Lambda{TrainEnd: func(e train.Event) error {
				fmt.Println("accuracy reached:", e.Run.History.Last().Metrics.Of("val_accuracy") >= 0.9)
				return nil
			}},
		},
	})
	fmt.Println(err, len(h.Rows) < 100)
	// Output:
	// accuracy reached: true
	// <nil> true
}
