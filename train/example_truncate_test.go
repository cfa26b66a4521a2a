package train_test

import (
	"context"
	"fmt"
	"math"

	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

// Long series are learnt in chunks of steps: the network sees 500 steps of a moving average
// y = 0.9·y₋₁ + 0.1·x, and learns after every 25 of them.
func ExampleConfig_truncate() {
	const series, steps = 8, 500
	x, y := tensor.New(tensor.Float32, series, steps, 1), tensor.New(tensor.Float32, series, steps, 1)
	for s := range series {
		mean := 0.0
		for t := range steps {
			i := s*steps + t
			v := math.Sin(float64(i*i%997)) + math.Cos(float64(t)/40)
			mean = 0.9*mean + 0.1*v
			x.F32[i], y.F32[i] = float32(v), float32(mean)
		}
	}
	m := model.Sequential(layer.Input{Shape: []int{steps, 1}},
		layer.SimpleRNN{Units: 1, Activation: "linear", ReturnSequences: true,
			CellOptions: layer.CellOptions{NoBias: true}})
	_, err := train.Fit(context.Background(), m, train.Pairs(x, y), train.Config{
		Loss: loss.MeanSquaredError{}, Optimizer: optim.Adam{LearningRate: 0.01}, Epochs: 200, Truncate: 25, Seed: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"recurrent_kernel", "kernel"} {
		fmt.Printf("%s %.2f\n", name, m.Store().Var("simple_rnn/cell/" + name).Value.F32[0])
	}
	// Output:
	// recurrent_kernel 0.90
	// kernel 0.10
}
