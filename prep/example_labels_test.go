package prep_test

import (
	"fmt"
	"strings"

	"gorae/data"
	"gorae/prep"
)

// A column whose cells are lists of labels becomes a row of 0 and 1 for each sample.
func ExampleFitLabelSet() {
	t, err := data.ReadCSV(strings.NewReader("picture,shows\na.png,dog|person\nb.png,\nc.png,cat|dog\n"), "p.csv",
		data.CSVOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	g, err := prep.FitLabelSet(t, []string{"shows"}, prep.TargetOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	y, err := g.Encode(t, &t.Columns[1])
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(g.Classes, y.F32)
	// Output:
	// [cat dog person] [0 1 1 0 0 0 1 1 0]
}
