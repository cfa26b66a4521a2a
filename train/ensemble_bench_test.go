package train

import (
	"fmt"
	"testing"

	"gorae/internal/par"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
)

// BenchmarkEnsemble is a training step of the default network of a table, of 20 features, alone and as an ensemble of
// five, each with a batch of its own. Two threads are to take at most three times as long for five networks as one
// thread for one.
func BenchmarkEnsemble(b *testing.B) {
	network := func() *model.Model {
		return model.Sequential(
			layer.Input{Shape: []int{20}},
			layer.Dense{Units: 256, Activation: "relu"},
			layer.Dropout{Rate: 0.15},
			layer.Dense{Units: 256, Activation: "relu"},
			layer.Dropout{Rate: 0.15},
			layer.Dense{Units: 1, Activation: "sigmoid"},
		)
	}
	for _, batch := range []int{32, 256} {
		for _, of := range []struct{ networks, threads int }{{1, 1}, {1, 2}, {5, 1}, {5, 2}} {
			b.Run(fmt.Sprintf("batch=%d/networks=%d/threads=%d", batch, of.networks, of.threads), func(b *testing.B) {
				old, pool := par.Default(), par.New(of.threads)
				par.SetDefault(pool)
				defer func() { par.SetDefault(old); pool.Close() }()
				c := Config{Loss: loss.BinaryCrossentropy{}, Optimizer: optim.Adam{}, BatchSize: batch, Seed: 1}
				m := network()
				if of.networks > 1 {
					var networks []*model.Model
					m, networks = ensembleOf(of.networks, network)
					c.Ensemble = &Ensemble{Networks: networks}
				}
				t, err := NewTrainer(m, c)
				if err != nil {
					b.Fatal(err)
				}
				x, y := tensor.New(tensor.Float32, batch, 20), tensor.New(tensor.Float32, batch, 1)
				for i := range x.F32 {
					x.F32[i] = float32(i%7) - 3
				}
				in, err := t.batch(Pairs(x, y))
				if err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					if err := t.learn(in[0].Shape[0], in); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
