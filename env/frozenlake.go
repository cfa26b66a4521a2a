package env

import "fmt"

// Lake4x4 and Lake8x8 are the maps of Gymnasium: S the start, F ice, H a hole, G the goal.
var (
	Lake4x4 = []string{"SFFF", "FHFH", "FFFH", "HFFG"}
	Lake8x8 = []string{"SFFFFFFF", "FFFFFFFF", "FFFHFFFF", "FFFFFHFF", "FFFHFFFF", "FHHFFFHF", "FHFFHFHF", "FFFHFFFG"}
)

// FrozenLake is a walk over ice: on a slippery lake a step goes where it should in a third of all cases, and to either
// side in the others. Reaching the goal earns 1; holes and the goal end the episode.
//
// An observation is the number of the field, row by row.
type FrozenLake struct {
	lake       string
	rows, cols int
	slippery   bool

	random Random
	field  int
	value  [1]float64
}

// Walk is a step that a FrozenLake may take: its probability, where it leads, what it earns, and whether the episode is
// over.
type Walk struct {
	Probability float64
	Field       int
	Reward      float64
	Terminated  bool
}

// NewFrozenLake returns a slippery lake. It panics where rows have different lengths or there is no start.
func NewFrozenLake(lake []string) *FrozenLake {
	f := &FrozenLake{rows: len(lake), slippery: true}
	start := false
	for _, row := range lake {
		if f.cols = len(lake[0]); len(row) != f.cols {
			panic(fmt.Sprintf("env: the lake's row %q has %d fields, the first one %d", row, len(row), f.cols))
		}
		for _, c := range row {
			start = start || c == 'S'
		}
		f.lake += row
	}
	if !start {
		panic("env: the lake has no start S")
	}
	return f
}

// Firm makes the lake one on which every step goes where it should, and returns it.
func (f *FrozenLake) Firm() *FrozenLake {
	f.slippery = false
	return f
}

// ObservationSpace has a number for each field.
func (f *FrozenLake) ObservationSpace() Space { return Discrete{len(f.lake)} }

// ActionSpace has four actions: 0 left, 1 down, 2 right, 3 up.
func (f *FrozenLake) ActionSpace() Discrete { return Discrete{4} }

// Reset puts the walker on a start, at random if there are several.
func (f *FrozenLake) Reset(seed uint64) []float64 {
	f.random.Seed(seed)
	starts := 0
	for _, c := range f.lake {
		if c == 'S' {
			starts++
		}
	}
	u, sum := f.random.Float64(), 0.0
	for i, c := range f.lake {
		if c == 'S' {
			f.field = i
			if sum += 1 / float64(starts); sum > u {
				break
			}
		}
	}
	return f.observe()
}

func (f *FrozenLake) observe() []float64 {
	f.value[0] = float64(f.field)
	return f.value[:]
}

// Transitions lists what an action on a field may lead to.
func (f *FrozenLake) Transitions(field, action int) []Walk {
	var buf [3]Walk
	return append([]Walk(nil), f.transitions(buf[:0], field, action)...)
}

func (f *FrozenLake) transitions(to []Walk, field, action int) []Walk {
	if c := f.lake[field]; c == 'G' || c == 'H' {
		return append(to, Walk{1, field, 0, true})
	}
	if !f.slippery {
		return append(to, f.walk(1, field, action))
	}
	third := 1.0 / 3.0
	aside := (1 - third) / 2 // in float64, as Gymnasium computes it; a constant would be exact
	return append(to, f.walk(aside, field, (action+3)%4), f.walk(third, field, action),
		f.walk(aside, field, (action+1)%4))
}

func (f *FrozenLake) walk(p float64, field, direction int) Walk {
	row, col := field/f.cols, field%f.cols
	switch direction {
	case 0:
		col = max(col-1, 0)
	case 1:
		row = min(row+1, f.rows-1)
	case 2:
		col = min(col+1, f.cols-1)
	case 3:
		row = max(row-1, 0)
	}
	w := Walk{Probability: p, Field: row*f.cols + col}
	switch f.lake[w.Field] {
	case 'G':
		w.Reward, w.Terminated = 1, true
	case 'H':
		w.Terminated = true
	}
	return w
}

// Step walks.
func (f *FrozenLake) Step(action int) (observation []float64, reward float64, terminated, truncated bool) {
	var buf [3]Walk
	list := f.transitions(buf[:0], f.field, action)
	u, sum := f.random.Float64(), 0.0
	w := list[0] // where rounding leaves the sum of all below u
	for _, c := range list {
		if sum += c.Probability; sum > u {
			w = c
			break
		}
	}
	f.field = w.Field
	return f.observe(), w.Reward, w.Terminated, false
}
