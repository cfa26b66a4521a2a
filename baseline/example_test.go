package baseline_test

import (
	"context"
	"fmt"

	"gorae/baseline"
	"gorae/data"
	"gorae/tensor"
)

func Example() {
	// y = 3x + 1
	x := tensor.Of([]float32{0, 1, 2, 3, 4, 5, 6, 7}, 8, 1)
	y := baseline.Target{Numbers: []float64{1, 4, 7, 10, 13, 16, 19, 22}}
	d, err := data.Of(x, nil)
	if err != nil {
		panic(err)
	}
	design, samples, err := baseline.NewDesign(d, baseline.Outputs(0), 1)
	if err != nil {
		panic(err)
	}
	l, err := baseline.Fit(context.Background(), design, samples, y, samples, y, baseline.Work, 1)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.2f\n", l.Scores(samples)[7])
	// Output: 22.00
}
