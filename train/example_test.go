package train_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"gorae/data"
	"gorae/format/keras"
	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

// digits is the embedded sample as images of 8×8 pixels and labels: 1400 rows to learn
// from, the rest to be evaluated on.
func digits() (learn, rest train.Data) {
	s, err := data.FindSample("digits")
	if err != nil {
		panic(err)
	}
	a, err := s.Images()
	if err != nil {
		panic(err)
	}
	n := a.Len()
	return train.Pairs(a.X.Rows(0, 1400), a.Y.Rows(0, 1400)), train.Pairs(a.X.Rows(1400, n), a.Y.Rows(1400, n))
}

func network() *model.Model {
	return model.Sequential(
		layer.Input{Shape: []int{8, 8, 1}},
		layer.Rescaling{Scale: layer.Number(1.0 / 16)},
		layer.Flatten{},
		layer.Dense{Units: 64, Activation: "relu"},
		layer.Dropout{Rate: 0.2},
		layer.Dense{Units: 10, Activation: "softmax"},
	)
}

// Learn, stop when the validation loss has not improved for three epochs, and evaluate.
func ExampleFit() {
	ctx := context.Background()
	learn, val := digits()
	m := network()
	c := train.Config{
		Loss:      loss.SparseCategoricalCrossentropy{},
		Metrics:   []metric.Metric{metric.Accuracy{}},
		Optimizer: optim.Adam{LearningRate: 0.003},
		Epochs:    100, Validation: &val, Seed: 1,
		Callbacks: []train.Callback{&train.EarlyStopping{Patience: 3, RestoreBestWeights: true}},
	}
	h, err := train.Fit(ctx, m, learn, c)
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := train.Evaluate(ctx, m, val, c.Loss, c.Metrics, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("stopped before the 100th epoch:", len(h.Rows) < 100)
	fmt.Println("three epochs after the best:", len(h.Rows)-h.Best == 3)
	fmt.Println("accuracy above 0.9:", f.Of("accuracy") > 0.9)
	// Output:
	// stopped before the 100th epoch: true
	// three epochs after the best: true
	// accuracy above 0.9: true
}

// A run that was stopped goes on from its checkpoint as if nothing had happened.
func ExampleCheckpoint() {
	dir, err := os.MkdirTemp("", "gorae")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "last.keras")

	learn, _ := digits()
	config := func() train.Config {
		return train.Config{
			Loss: loss.SparseCategoricalCrossentropy{}, Optimizer: optim.Adam{}, Epochs: 3, Seed: 1,
			Checkpoint: &train.Checkpoint{Path: path, Resume: true},
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	c := config()
	c.Callbacks = []train.Callback{train.Lambda{BatchEnd: func(e train.Event) error {
		if e.Step == 50 {
			cancel() // as Ctrl-C would
		}
		return nil
	}}}
	_, err = train.Fit(ctx, network(), learn, c)
	fmt.Println(err)

	h, err := train.Fit(context.Background(), network(), learn, config())
	fmt.Println(len(h.Rows), "epochs,", err)

	m, _, err := keras.LoadFile(path) // a checkpoint is a model, too
	fmt.Println(m.OutputTypes(1), err)
	// Output:
	// fit: stopped in epoch 2 after batch 6 (step 50): context canceled
	// 3 epochs, <nil>
	// [float32(1, 10)] <nil>
}

// A learning step of one's own: least squares on the logarithm of what the model says.
func ExampleStep() {
	m := model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: 1, Activation: "softplus"})
	step, err := train.NewStep(func(t *model.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
		pred := m.Trace(t, in[0])[0]
		return pred.Log().Sub(in[1].Log()).Square().Mean(), []*graph.Node{pred}
	}, nil, optim.Adam{LearningRate: 0.05}, 1, m)
	if err != nil {
		fmt.Println(err)
		return
	}
	x := tensor.Of([]float32{0, 1, 2, 3}, 4, 1)
	y := tensor.Of([]float32{1, 1.5, 2, 2.5}, 4, 1)
	var first, last float64
	for i := range 500 {
		l, _, err := step.Run(x, y)
		if err != nil {
			fmt.Println(err)
			return
		}
		if i == 0 {
			first = l
		}
		last = l
	}
	fmt.Println("the loss fell a hundredfold:", last < first/100)
	// Output: the loss fell a hundredfold: true
}

// What one epoch came to, as Keras prints it.
func ExampleMetrics() {
	f := train.Metrics{{Name: "loss", Value: 0.25}, {Name: "accuracy", Value: 0.9375},
		{Name: "val_loss", Value: math.Inf(1)}}
	fmt.Println(f[:2])
	b, err := f.MarshalJSON()
	fmt.Println(string(b), err)
	// Output:
	// loss: 0.2500 - accuracy: 0.9375
	// {"loss":0.25,"accuracy":0.9375,"val_loss":null} <nil>
}

// A callback of one's own.
func ExampleLambda() {
	learn, _ := digits()
	_, err := train.Fit(context.Background(), network(), learn, train.Config{
		Loss: loss.SparseCategoricalCrossentropy{}, Optimizer: optim.SGD{}, Epochs: 2,
		Callbacks: []train.Callback{train.Lambda{EpochEnd: func(e train.Event) error {
			fmt.Printf("epoch %d/%d: %d batches, %d steps so far\n", e.Epoch, e.Epochs, e.Batches, e.Step)
			return nil
		}}},
	})
	fmt.Println(err)
	// Output:
	// epoch 1/2: 44 batches, 44 steps so far
	// epoch 2/2: 44 batches, 88 steps so far
	// <nil>
}

// One pass over the data gives the metrics and, to a consumer, every sample with its output and its target: here the
// samples on which the network is wrong.
func ExampleEvaluation() {
	x := tensor.Of([]float32{-2, -1, 1, 2}, 4, 1)
	y := tensor.Of([]float32{0, 1, 1, 1}, 4, 1)
	m := model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: 1, Activation: "sigmoid"})
	if err := m.Build(0); err != nil {
		panic(err)
	}
	if err := m.Store().Set("dense/kernel", tensor.Of([]float32{3}, 1, 1)); err != nil {
		panic(err)
	}
	var wrong []int
	mistakes := train.ConsumerFunc(func(b *train.EvalBatch) error {
		for i, sample := range b.Samples {
			if (b.Outputs[0].F32[i] > 0.5) != (b.Targets[0].F32[i] > 0.5) {
				wrong = append(wrong, sample)
			}
		}
		return nil
	})
	e := train.Evaluation{Loss: loss.BinaryCrossentropy{}, Metrics: []metric.Metric{metric.Accuracy{}}}
	metrics, err := e.Run(context.Background(), m, train.Pairs(x, y), mistakes)
	if err != nil {
		panic(err)
	}
	fmt.Printf("accuracy %.2f, wrong: %v\n", metrics.Of("accuracy"), wrong)
	// Output: accuracy 0.75, wrong: [1]
}

// A training loop of one's own: batch by batch, with a learning rate that is set between them.
func ExampleTrainer() {
	m := model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: 1})
	if err := m.Build(1); err != nil {
		fmt.Println(err)
		return
	}
	t, err := train.NewTrainer(m, train.Config{Loss: loss.MeanSquaredError{},
		Optimizer: optim.SGD{LearningRate: 0.1}})
	if err != nil {
		fmt.Println(err)
		return
	}
	batch := train.Pairs(tensor.Of([]float32{0, 1, 2, 3}, 4, 1), tensor.Of([]float32{1, 3, 5, 7}, 4, 1)) // 2x + 1
	for i := range 300 {
		if i == 200 {
			if err := t.SetLearningRate(0.01); err != nil {
				fmt.Println(err)
				return
			}
		}
		if _, err := t.TrainOnBatch(batch); err != nil {
			fmt.Println(err)
			return
		}
	}
	y, err := m.Predict(context.Background(), tensor.Of([]float32{10}, 1, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("learning rate %.2g; f(10) = %.2f\n", t.LearningRate(), y[0].F32[0])
	// Output: learning rate 0.01; f(10) = 21.00
}
