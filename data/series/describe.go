package series

import (
	"fmt"

	"gorae/stat"
)

// Describe says in lines what a series is like before anything is learnt: its steps,
// what is odd about its times, and for each column whether it is stationary, and
// where it is not, whether its differences are.
func Describe(f *Frame) []string {
	steps := plural(float64(f.Len()), "step")
	if f.At != nil {
		steps += " of " + f.Stamps.Period()
	}
	out := []string{fmt.Sprintf("%s: %s × %s", f.Name, steps, plural(float64(len(f.Columns)), "column"))}
	if s := f.Stamps.Season(); s > 0 {
		out[0] += fmt.Sprintf("; a season of %d steps is usual for such", s)
	}
	out = append(out, f.Notes...)
	for k, x := range f.Columns {
		v, err := stat.Stationarity(f.Names[k], x)
		if err != nil {
			out = append(out, err.Error())
			continue
		}
		out = append(out, v.Words)
		if v.Stationary {
			continue
		}
		d := make([]float64, len(x)-1)
		for i := range d {
			d[i] = x[i+1] - x[i]
		}
		if v, err = stat.Stationarity(f.Names[k]+"'s difference", d); err == nil {
			out = append(out, v.Words)
		}
	}
	return out
}
