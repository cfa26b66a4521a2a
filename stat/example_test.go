package stat_test

import (
	"fmt"
	"math/rand/v2"

	"gorae/stat"
)

func ExampleStationarity() {
	r := rand.New(rand.NewPCG(1, 2))
	walk := make([]float64, 500)
	for i := range walk[1:] {
		walk[i+1] = walk[i] + r.NormFloat64()
	}
	s, err := stat.Stationarity(walk)
	fmt.Println(s.Nature(), err)
	// Output:
	// difference-stationary <nil>
}

func ExampleForecastErrors() {
	errors := make([]float64, 60)
	for i := range errors {
		errors[i] = float64((i*i)%11) + 25*float64(i%7/6) // something every seventh step
	}
	d, err := stat.ForecastErrors(errors, 1, 7)
	fmt.Printf("%s, errors %d steps apart correlate by %.2f %v\n", d.Probability(), d.Lag, d.Correlation, err)
	// Output:
	// p < 0.001, errors 7 steps apart correlate by 0.78 <nil>
}
