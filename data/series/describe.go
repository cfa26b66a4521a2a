package series

import (
	"fmt"

	"gorae/internal/words"
	"gorae/stat"
)

// Describe returns lines about a series before training: its steps, what is odd about its times, and for each column
// whether it is stationary, where it is not, whether its changes are, and its seasons.
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
		x = tested(x)
		s, err := stat.Stationarity(x)
		if err != nil {
			out = append(out, fmt.Sprintf("%s: stationarity was not tested: %v", f.Names[k], stat.Reason(err)))
			continue
		}
		out = append(out, natureLine(f.Names[k], s))
		changed := s.Nature() != stat.Stationary
		if changed {
			x = differences(x)
			if s, err := stat.Stationarity(x); err == nil {
				out = append(out, changesLine(f.Names[k], s))
			}
		}
		out = append(out, seasonLines(f.Names[k], x, f.Stamps, changed)...)
	}
	return out
}
