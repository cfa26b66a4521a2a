package inspect_test

import (
	"fmt"
	"strings"

	"gorae/data/source"
	"gorae/task/inspect"
)

// What a file holds, before anything is trained on it.
func Example() {
	csv := "city,rent\nSeoul,\"1,407\"\nBusan,\"1,214\"\nDaegu,905.5\n"
	q := inspect.Request{Source: source.Of(strings.NewReader(csv), "rents.csv", source.Options{})}
	r, err := q.Report()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range r.Columns {
		fmt.Println(c.Name, c.Kind, c.Min, c.Max)
	}
	for _, g := range r.Guesses {
		fmt.Println(g)
	}
	// Output:
	// city category 0 0
	// rent number 905.5 1407
	// rent: 2 values have a mark between thousands: 1,407 is read as 1407; types: {rent: text} keeps the text
}
