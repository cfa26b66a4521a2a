package quantile_test

import (
	"fmt"

	"gorae/quantile"
)

// Of four days a forecast says the quantiles 0.1, 0.5 and 0.9 of the demand.
func ExampleLevels_Judge() {
	levels := quantile.Levels{0.1, 0.5, 0.9}
	s := levels.Judge("forecast", "demand", []float64{10, 12, 9, 30},
		[][]float64{{8, 10, 13}, {9, 11, 14}, {8, 10, 12}, {9, 12, 15}})
	fmt.Printf("pinball %.4f, %.0f %% within the interval of %.0f %%\n", s.Pinball, 100*s.Intervals[0].Covered,
		100*s.Intervals[0].Level)
	// Output: pinball 2.2500, 75 % within the interval of 80 %
}
