package stat

import (
	"math"
	"slices"
)

// Smoothing is exponential smoothing with additive errors, in the form of a state space:
//
//	x_t = l_{t−1} + b_{t−1} + s_{t−m} + e_t
//	l_t = l_{t−1} + b_{t−1} + α e_t,   b_t = b_{t−1} + β e_t,   s_t = s_{t−m} + γ e_t
//
// simple smoothing without slope b and season s, Holt's with the slope, Holt and Winters's with both. h steps ahead the
// forecast is l + h b + s of that step's phase. Level, Slope and Seasonal are the state before the first observation.
//
// An observation that is NaN is missing: its error is 0, so that level, slope and season go on as they were forecast.
//
// Source: Hyndman, Koehler, Ord and Snyder, Forecasting with Exponential Smoothing (2008): ETS(A,N,N), (A,A,N), (A,N,A)
// and (A,A,A).
type Smoothing struct {
	Trend    bool      `json:"trend,omitempty"`
	Season   int       `json:"season,omitempty"` // m; 0: none
	Alpha    float64   `json:"alpha"`
	Beta     float64   `json:"beta,omitempty"`
	Gamma    float64   `json:"gamma,omitempty"`
	Level    float64   `json:"level"`
	Slope    float64   `json:"slope,omitempty"`
	Seasonal []float64 `json:"seasonal,omitempty"` // of the first m observations
}

// Check refuses one that could not have been fitted.
func (s *Smoothing) Check() error {
	sum := s.Alpha + s.Beta + s.Gamma + s.Level + s.Slope
	for _, v := range s.Seasonal {
		sum += v
	}
	if math.IsNaN(sum) || math.IsInf(sum, 0) || len(s.Seasonal) != s.Season || s.Season < 0 || s.Season == 1 ||
		s.Alpha < 0 || s.Alpha > 1 || s.Beta < 0 || s.Beta > s.Alpha || s.Gamma < 0 || s.Gamma > 1 {
		return failed("smoothing", "α %v, β %v, γ %v, a season of %d", s.Alpha, s.Beta, s.Gamma, len(s.Seasonal))
	}
	return nil
}

// The least and the greatest α, and bounds in proportion of the others: β ≤ α, γ ≤ 1 − α, as in statsmodels.
const (
	leastWeight = 1e-4
	mostWeight  = 1 - 1e-4
)

// exactStart is the work, in observations times squared states, up to which the state before the first observation is
// found by least squares for each α, β, γ that is tried.
const exactStart = 1 << 20

// FitSmoothing fits α, β, γ and the state before the first observation by least squares of the one-step errors, which
// is maximum likelihood. Given α, β and γ the errors are linear in that state, so that it is found exactly; α, β and γ
// are found by a compass search from the best point of a grid. Where observations and season are so long that this
// takes long, the state is that of Hyndman et al. (section 2.6.1): the season of the first five cycles, and a line
// through the rest of the first ten observations, or two cycles. An error: too few observations.
func FitSmoothing(x []float64, trend bool, season int) (*Smoothing, error) {
	s := &Smoothing{Trend: trend, Season: season}
	states := s.states()
	known := slices.DeleteFunc(slices.Clone(x), math.IsNaN)
	if least := max(states+4, 2*season); len(known) < least {
		return nil, failed("exponential smoothing", "%d observations; give %d or more", len(known), least)
	}
	if err := finite("exponential smoothing", known); err != nil {
		return nil, err
	}
	f := &smoother{x: x, exact: len(x)*states*states <= exactStart, of: s}
	if !f.exact {
		s.start(x)
	}
	at := f.search()
	f.try(at)
	if err := s.Check(); err != nil {
		return nil, err
	}
	return s, nil
}

// states is the number of free numbers of a state: a constant may move between level and season.
func (s *Smoothing) states() int {
	n := 1
	if s.Trend {
		n++
	}
	return n + max(0, s.Season-1)
}

// start is the state by the heuristic.
func (s *Smoothing) start(x []float64) {
	m := s.Season
	s.Seasonal = make([]float64, m)
	if m > 0 {
		s.cycles(x[:min(5, len(x)/m)*m])
	}
	n := max(10, 2*m)
	var y, t []float64
	for i, v := range x {
		if math.IsNaN(v) {
			continue
		}
		if m > 0 {
			v -= s.Seasonal[i%m]
		}
		if y, t = append(y, v), append(t, float64(i+1)); len(y) == n {
			break
		}
	}
	s.Level, s.Slope = mean(y), 0
	if s.Trend {
		mt, my := mean(t), mean(y)
		up, down := 0.0, 0.0
		for i := range y {
			up += (t[i] - mt) * (y[i] - my)
			down += (t[i] - mt) * (t[i] - mt)
		}
		s.Slope = up / down
		s.Level = my - s.Slope*mt
	}
}

// cycles sets Seasonal to the means of the phases of whole cycles, less the mean of all.
func (s *Smoothing) cycles(x []float64) {
	known := make([]float64, s.Season)
	for i, v := range x {
		if !math.IsNaN(v) {
			known[i%s.Season]++
		}
	}
	whole := mean(slices.DeleteFunc(slices.Clone(x), math.IsNaN))
	for i, v := range x {
		if !math.IsNaN(v) {
			s.Seasonal[i%s.Season] += (v - whole) / known[i%s.Season]
		}
	}
}

// smoother fits one.
type smoother struct {
	x     []float64
	exact bool
	of    *Smoothing
}

// weights sets α, β and γ from a point of the unit cube.
func (f *smoother) weights(at []float64) {
	s := f.of
	within := func(v float64) float64 { return leastWeight + v*(mostWeight-leastWeight) }
	s.Alpha = within(at[0])
	k := 1
	if s.Trend {
		s.Beta = within(at[k]) * s.Alpha
		k++
	}
	if s.Season > 0 {
		s.Gamma = within(at[k]) * (1 - s.Alpha)
	}
}

// try is the sum of squared errors at a point of the unit cube; the state before the first observation is set.
func (f *smoother) try(at []float64) float64 {
	f.weights(at)
	s := f.of
	if !f.exact {
		return errors(s, f.x, nil)
	}
	n, k := len(f.x), s.states()
	set := func(j int, v float64) { // state number j alone
		s.Level, s.Slope, s.Seasonal = 0, 0, make([]float64, s.Season)
		switch {
		case j == 0:
			s.Level = v
		case j == 1 && s.Trend:
			s.Slope = v
		case j > 0:
			s.Seasonal[j-(k-s.Season+1)] = v
		}
	}
	set(-1, 0)
	y := make([]float64, n)
	errors(s, f.x, y)
	matrix, one, zeros := make([]float64, n*k), make([]float64, n), make([]float64, n)
	for i, v := range f.x {
		if math.IsNaN(v) {
			zeros[i] = v
		}
	}
	for j := range k {
		set(j, 1)
		errors(s, zeros, one)
		for i, e := range one {
			matrix[i*k+j] = -e
		}
	}
	q := newQR(matrix, k, dependence, y)
	c := q.coefficients(k, 0)
	set(-1, 0)
	s.Level = c[0]
	if s.Trend {
		s.Slope = c[1]
	}
	copy(s.Seasonal, c[k-max(0, s.Season-1):])
	return errors(s, f.x, nil)
}

// errors writes the one-step errors of observations, and returns the sum of their squares.
func errors(s *Smoothing, x, to []float64) (square float64) {
	r := s.Begin()
	for i, v := range x {
		e := 0.0
		if !math.IsNaN(v) {
			e = v - r.Ahead(1)
		}
		if to != nil {
			to[i] = e
		}
		square += e * e
		r.Add(v)
	}
	return square
}

// slowTrend is the greatest β/α of the grid. With many seasonal states in few observations, the errors can be least
// where β = α and γ = 1 − α, outside of what is invertible, and the forecasts from there are wild: airline passengers
// have a mean absolute error of 45 in place of 17 then.
const slowTrend = 0.15

// search is a grid, and a compass search from its best point: along each axis by a step that is halved where none
// descends.
func (f *smoother) search() []float64 {
	axes := 1
	if f.of.Trend {
		axes++
	}
	if f.of.Season > 0 {
		axes++
	}
	grid := []float64{0.02, 0.15, 0.4, 0.7, 0.95}
	best, least := make([]float64, axes), math.Inf(1)
	at := make([]float64, axes)
	for k := range int(math.Pow(float64(len(grid)), float64(axes))) {
		for j := range at {
			at[j] = grid[k%len(grid)]
			k /= len(grid)
		}
		if f.of.Trend && at[1] > slowTrend {
			continue
		}
		if v := f.try(at); v < least {
			least = v
			copy(best, at)
		}
	}
	for step := 0.1; step > 1e-5; {
		moved := false
		for j := range best {
			for _, by := range []float64{step, -step} {
				at = slices.Clone(best)
				at[j] = min(1, max(0, at[j]+by))
				if v := f.try(at); v < least*(1-1e-12) {
					best, least, moved = at, v, true
				}
			}
		}
		if !moved {
			step /= 2
		}
	}
	return best
}

// Smoothed is the state of a Smoothing after some observations.
type Smoothed struct {
	of       *Smoothing
	level    float64
	slope    float64
	seasonal []float64 // by phase
	phase    int       // of the next observation
	online   int       // observations until the season is known; see Online
	first    []float64
}

// Begin is the state before the first observation.
func (s *Smoothing) Begin() *Smoothed {
	return &Smoothed{of: s, level: s.Level, slope: s.Slope, seasonal: slices.Clone(s.Seasonal)}
}

// Online is the state before the first observation of another series, of which nothing is known: the first observation
// is the level, the first season the seasonal numbers. It never looks ahead.
func (s *Smoothing) Online() *Smoothed {
	return &Smoothed{of: s, seasonal: make([]float64, s.Season), online: max(1, s.Season)}
}

// Add observes a number; NaN: none was observed.
func (r *Smoothed) Add(v float64) {
	s := r.of
	if r.online > 0 {
		r.begin(v)
		return
	}
	e := 0.0
	if !math.IsNaN(v) {
		e = v - r.Ahead(1)
	}
	r.level += r.slope + s.Alpha*e
	r.slope += s.Beta * e
	if s.Season > 0 {
		r.seasonal[r.phase] += s.Gamma * e
		r.phase = (r.phase + 1) % s.Season
	}
}

// begin observes one of the first numbers of an unknown series.
func (r *Smoothed) begin(v float64) {
	s := r.of
	if math.IsNaN(v) {
		if len(r.first) == 0 {
			return // nothing is known yet
		}
		v = r.level
	}
	if len(r.first) == 0 {
		r.level = v
	}
	r.first = append(r.first, v)
	r.level += s.Alpha * (v - r.level)
	if r.online--; r.online == 0 && s.Season > 0 {
		r.level = mean(r.first)
		for i, v := range r.first {
			r.seasonal[i] = v - r.level
		}
	}
}

// Ahead is the forecast h steps after the last observation, h ≥ 1.
func (r *Smoothed) Ahead(h int) float64 {
	y := r.level + float64(h)*r.slope
	if m := r.of.Season; m > 0 {
		y += r.seasonal[(r.phase+h-1)%m]
	}
	return y
}
