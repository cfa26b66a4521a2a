package series

import (
	"fmt"

	"gorae/internal/words"
	"gorae/stat"
)

// testedSteps is the greatest number of steps on which stationarity is tested: the tests' cost grows faster than their
// power.
const testedSteps = 20000

// Describe returns lines about a series before training: its steps, what is odd about its times, and for each column
// whether it is stationary, and where it is not, whether its differences are.
func Describe(f *Frame) []string {
	steps := words.Plural(float64(f.Len()), "step")
	if f.At != nil {
		steps += " of " + f.Stamps.Period()
	}
	out := []string{fmt.Sprintf("%s: %s × %s", f.Name, steps, words.Plural(float64(len(f.Columns)), "column"))}
	if s := f.Stamps.Season(); s > 0 {
		out[0] += fmt.Sprintf("; a season of %d steps is usual for such", s)
	}
	out = append(out, f.Notes...)
	if n := f.Len(); n > testedSteps {
		out = append(out, fmt.Sprintf("stationarity is tested on the last %d of these steps", testedSteps))
	}
	for k, x := range f.Columns {
		x = x[max(0, len(x)-testedSteps):]
		v, err := stat.Stationarity(f.Names[k], x)
		if err != nil {
			out = append(out, err.Error())
			continue
		}
		out = append(out, v.Summary)
		if v.Stationary {
			out = append(out, seasonLine(f.Names[k], x, f.Stamps)...)
			continue
		}
		d := make([]float64, len(x)-1)
		for i := range d {
			d[i] = x[i+1] - x[i]
		}
		if v, err = stat.Stationarity(f.Names[k]+"'s difference", d); err == nil {
			out = append(out, v.Summary)
		}
		out = append(out, seasonLine(f.Names[k]+"'s difference", d, f.Stamps)...)
	}
	return out
}

// seasonLine says what season stationary values show, in a line; none where they show none.
func seasonLine(name string, x []float64, s Stamps) []string {
	got, ok := shown(x, s.seasons())
	if !ok {
		return nil
	}
	return []string{fmt.Sprintf("%s has a season: values %d steps apart correlate by %.2f", name, got.steps, got.r)}
}
