package tune_test

import (
	"context"
	"fmt"

	"gorae/tune"
)

// Forty trials of a training whose loss falls with each epoch towards the square of the distance from x = 2; the better
// third is trained on after 1, 3 and 9 epochs.
func ExampleStudy() {
	s := tune.Study{
		Space:   tune.Space{{Name: "x", Low: -10, High: 10, Start: 9}},
		Sampler: tune.TPE{}, Pruner: tune.ASHA{Least: 1, Reduction: 3}, Trials: 40, Epochs: 27, Seed: 1,
		Train: func(_ context.Context, t tune.Trial, until int) (tune.Outcome, error) {
			var curve []float64
			for epoch := 1; epoch <= until; epoch++ {
				curve = append(curve, (t.Values[0]-2)*(t.Values[0]-2)+1/float64(epoch))
			}
			return tune.Outcome{Curves: [][]float64{curve}}, nil
		},
	}
	trials, err := s.Run(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	epochs := 0
	for _, t := range trials {
		epochs += t.Epochs
	}
	best := trials[tune.Best(trials)]
	fmt.Printf("%d epochs in place of %d, x = %.1f\n", epochs, 40*27, best.Values[0])
	// Output: 218 epochs in place of 1080, x = 2.0
}
