package reduce_test

import (
	"fmt"

	"gorae/reduce"
)

func ExamplePCA_Fit() {
	x := [][]float64{{0, 1}, {1, 3}, {2, 5}, {3, 7}} // on a line of slope 2
	p, err := reduce.PCA{Components: 1}.Fit(reduce.Of(x))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f, variance ratio %.3f\n", p.Components[0], p.Ratio[0])
	fmt.Printf("%.3f\n", p.Inverse(p.Transform([]float64{5, 11})))
	// Output:
	// [0.447 0.894], variance ratio 1.000
	// [5.000 11.000]
}
