package main

import (
	"fmt"

	"gorae/stat"
)

// natures: what stat.Stationarity says of series whose law is known, and how often it says that they wander.
func (s *simulation) natures() {
	s.title("What ADF and KPSS say of a series (each test at 5 %%)")
	for _, law := range []struct {
		name string
		next func(i int, x, z float64) float64
	}{
		{"noise", func(_ int, _, z float64) float64 { return z }},
		{"autoregression of 0.6", func(_ int, x, z float64) float64 { return .6*x + z }},
		{"autoregression of 0.95", func(_ int, x, z float64) float64 { return .95*x + z }},
		{"a line of 0.02 a step, noise", func(i int, _, z float64) float64 { return .02*float64(i) + z }},
		{"random walk", func(_ int, x, z float64) float64 { return x + z }},
		{"random walk with drift 0.2", func(_ int, x, z float64) float64 { return x + .2 + z }},
	} {
		for _, n := range []int{100, 300, 1000} {
			var said [stat.Contradictory + 1]int
			wanders, times := 0, min(s.times, 500)
			for range times {
				x := make([]float64, n+100)
				for i := range x[1:] {
					x[i+1] = law.next(i, x[i], s.r.NormFloat64())
				}
				v, err := stat.Stationarity(x[100:])
				if err != nil {
					continue
				}
				said[v.Nature()]++
				if v.Wanders() {
					wanders++
				}
			}
			_, _ = fmt.Fprintf(s.out, "  %s, n = %d:", law.name, n)
			for nature, count := range said {
				_, _ = fmt.Fprintf(s.out, " %v %.0f,", stat.Nature(nature), 100*float64(count)/float64(times))
			}
			_, _ = fmt.Fprintf(s.out, " wanders %.0f\n", 100*float64(wanders)/float64(times))
		}
	}
}
