package tune

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Grid tries all combinations of values, each once: all options of a choice, all steps of a range, and of a range
// without steps, or with more than Points of them, Points values at like distances, of the logarithm where the range is
// logarithmic. The user's own values come first, as in every study.
type Grid struct {
	Points int // 0 is 5
}

// mostCombinations bounds a grid.
const mostCombinations = 100_000

// Check returns an error for a space with too many combinations.
func (g Grid) Check(s Space) error {
	if n := len(g.all(s)); n > mostCombinations {
		return fmt.Errorf("a grid of more than %d combinations; give ranges fewer values, or use another sampler",
			mostCombinations)
	}
	return nil
}

// Combinations is the number of trials of a whole grid, the user's own values among them.
func (g Grid) Combinations(s Space) int { return len(g.all(s)) }

// Sample implements Sampler.
func (g Grid) Sample(s Space, history []Trial, number int, _ *rand.Rand) (Values, bool) {
	all := g.all(s)
	if number >= len(all) {
		return nil, false
	}
	return all[number], true
}

// values lists the values of a parameter on the grid.
func (g Grid) values(p Param) (list []float64) {
	points := g.Points
	if points == 0 {
		points = 5
	}
	if n := p.steps(); n > 0 && (n <= points || p.Kind == Choice) {
		for i := range n {
			list = append(list, p.clip(p.Low+float64(i)*max(p.step(), 0)))
			if p.Kind == Choice {
				list[i] = float64(i)
			}
		}
		return list
	}
	low, high := p.Low, p.top()
	if p.Log {
		low, high = math.Log(low), math.Log(high)
	}
	for i := range points {
		v := p.at(low + (high-low)*float64(i)/float64(max(1, points-1)))
		if len(list) == 0 || list[len(list)-1] != v {
			list = append(list, v)
		}
	}
	return list
}

// all lists the combinations, the user's own values first.
func (g Grid) all(s Space) []Values {
	list := []Values{make(Values, len(s))}
	for i, p := range s {
		var next []Values
		for _, v := range list {
			if !s.exists(i, v) {
				v[i] = math.NaN()
				next = append(next, v)
				continue
			}
			for _, x := range g.values(p) {
				w := slices.Clone(v)
				w[i] = x
				if next = append(next, w); len(next) > mostCombinations {
					return next
				}
			}
		}
		list = next
	}
	own := s.Start()
	list = slices.DeleteFunc(list, func(v Values) bool { return same(v, own) })
	return slices.Insert(list, 0, own)
}

// same reports whether two lists of values are equal but for rounding; what exists in neither is.
func same(a, b Values) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool {
		return math.Abs(x-y) <= 1e-9*math.Abs(y) || math.IsNaN(x) && math.IsNaN(y)
	})
}
