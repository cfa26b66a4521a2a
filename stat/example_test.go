package stat_test

import (
	"fmt"
	"strings"

	"gorae/stat"
)

func ExampleErrors() {
	errors := make([]float64, 60)
	for i := range errors {
		errors[i] = float64((i*i)%11) + 25*float64(i%7/6) // something every seventh step
	}
	_, words, err := stat.Errors(errors, 7, 0)
	fmt.Println(strings.NewReplacer(": ", ":\n", "; ", ";\n").Replace(words), err)
	// Output:
	// the errors are not i.i.d. (Ljung-Box p < 0.001 at lag 7):
	// an error and the one 7 steps before it correlate by 0.78;
	// show a window longer than 7 steps, or the season as a feature <nil>
}
