package inline_test

import (
	"fmt"
	"strings"

	"gorae/chart"
	"gorae/chart/inline"
)

// A panel becomes an element of a page, which says in words what it shows.
func Example() {
	curves := chart.LearningCurves("", 3, chart.Curve{Name: "loss", Training: []float64{2, 1, .5, .4}})
	svg := inline.Panel(curves.Panels[0])
	fmt.Println(strings.HasPrefix(svg, "<svg class=\"chart\""))
	fmt.Println(inline.Describe(curves.Panels[0]))
	// Output:
	// true
	// loss; training: from 2 to 0.4, least 0.4, greatest 2
}
