package series

import (
	"fmt"
	"math"
	"slices"

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
			out = append(out, season(f.Stamps.Season(), f.Names[k], x)...)
			continue
		}
		d := make([]float64, len(x)-1)
		for i := range d {
			d[i] = x[i+1] - x[i]
		}
		if v, err = stat.Stationarity(f.Names[k]+"'s difference", d); err == nil {
			out = append(out, v.Summary)
		}
		out = append(out, season(f.Stamps.Season(), f.Names[k]+"'s difference", d)...)
	}
	return out
}

// season returns a sentence where the autocorrelation r at n steps shows a season, else nil: r, and r less the least
// autocorrelation at fewer steps, are at least 0.2 and at least 2/√N of N values. The difference counts because
// persistence alone makes r fall with the number of steps.
func season(n int, name string, x []float64) []string {
	if n == 0 || len(x) < 3*n {
		return nil
	}
	r, err := stat.Autocorrelation(x, n)
	if err != nil {
		return nil
	}
	if limit := max(0.2, 2/math.Sqrt(float64(len(x)))); r[n]-max(slices.Min(r[1:n]), 0) < limit {
		return nil
	}
	return []string{fmt.Sprintf("%s has a season: values %d steps apart correlate by %.2f", name, n, r[n])}
}
