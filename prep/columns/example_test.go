package columns_test

import (
	"fmt"
	"strings"

	"gorae/data"
	"gorae/prep"
	_ "gorae/prep/columns" // the scale robust
)

// A column is brought to its median and quartiles, and extreme values are clipped smoothly.
func Example() {
	t, err := data.ReadCSV(strings.NewReader("income,rent\n1,0\n2,1\n3,0\n4,1\n1000,1\n"), "t.csv", data.CSVOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := prep.ParseSpec("robust")
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := prep.Fit(t, nil, prep.Columns{Targets: []string{"rent"}, Specs: map[string]prep.Spec{"income": s}})
	if err != nil {
		fmt.Println(err)
		return
	}
	x, err := p.Apply(t)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range x.F32 {
		fmt.Printf("%.2f ", v)
	}
	// Output: -0.95 -0.49 0.00 0.49 3.00
}
