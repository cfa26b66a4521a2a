package series

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"

	"gorae/config"
	"gorae/data"
	"gorae/internal/spell"
	"gorae/quantile"
)

// Spec is the settings of a series: how it is read, cut into windows and scaled.
type Spec struct {
	Reading
	Window  int `json:"window"`            // steps that the network sees
	Horizon int `json:"horizon,omitempty"` // how far ahead the first target stands; 0 means 1
	Steps   int `json:"steps,omitempty"`   // consecutive targets predicted at once; 0 means 1
	Stride  int `json:"stride,omitempty"`  // from one window to the next; 0 means 1
	// Every has the network predict from each step of a window, not from its last alone: its outputs
	// are [window, steps·targets]. Forecasts are those of the last step, which has seen the whole
	// window.
	Every bool `json:"every,omitempty"`
	// Context lets the windows of a span begin in the steps before it; only what they predict is the span's own.
	Context bool `json:"context,omitempty"`
	// Features are the columns that enter the network; none: all that were read.
	Features []string `json:"features,omitempty"`
	// Targets are the columns that are predicted; none: the only one that was read.
	Targets []string `json:"targets,omitempty"`
	// Transform by column: none, log, difference (x_t − x_{t−1}), log_return
	// (log x_t − log x_{t−1}), seasonal (x_t − x_{t−Season}), trend (x_t less the line in time of the training span).
	// Forecasts are brought back.
	Transform map[string]string `json:"transform,omitempty"`
	// Scale of the transformed columns: zscore (also ""), minmax or none.
	Scale string `json:"scale,omitempty"`
	// WindowScale normalises the values of each window by themselves, behind Scale, and undoes it for what is
	// predicted: none (also ""), last (less the last value, as NLinear does), mean (less the mean), zscore (less the
	// mean and divided by the standard deviation, as RevIN does without learnt factors).
	WindowScale string `json:"window_scale,omitempty"`
	// Quantiles are those of each target that are predicted; nil: the target alone is.
	Quantiles quantile.Levels `json:"quantiles,omitempty"`
	Calendar  []string        `json:"calendar,omitempty"` // hour, weekday, month, yearday: two features each
	// Season is the steps in a season, for the transform and for the baseline; 0: the one that the values of the
	// first target show, else what Stamps.Season guesses, or none.
	Season int `json:"season,omitempty"`
}

// Transforms are the words of Spec.Transform.
var Transforms = []string{"none", "log", "difference", "log_return", "seasonal", "trend"}

var scales = []string{"zscore", "minmax", "none"}

// Scale takes a transformed value v to (v − Shift) / Divisor.
type Scale struct {
	Shift   float64 `json:"shift"`
	Divisor float64 `json:"divisor"`
}

// Fitted is a Spec with nothing left to infer and with the training span's
// statistics. It is saved as JSON with the model.
type Fitted struct {
	Spec     Spec    `json:"spec"`
	Features []Scale `json:"features"` // by feature column
	// Targets has a scale for each step's each target, step by step. A differenced
	// target is predicted as what it gains on the last value of its phase that is known.
	Targets []Scale `json:"targets"`
	// Trends are the lines of the columns whose transform is trend, in the order of their names.
	Trends []Trend `json:"trends,omitempty"`

	guesses []data.Guess
	seasons []found // that the first target shows in the training span, where Season was open
}

// Fit fits a Spec to the steps of f within learn.
func Fit(f *Frame, s Spec, learn Span) (*Fitted, error) {
	t := &Fitted{Spec: s}
	if learn.From < 0 || learn.To > f.Len() || learn.To <= learn.From {
		return nil, fmt.Errorf("%s: steps %d to %d are no part of %d", f.Name, learn.From, learn.To, f.Len())
	}
	if err := t.complete(f, learn); err != nil {
		return nil, err
	}
	if err := t.fitTrends(f, learn); err != nil {
		return nil, err
	}
	from := max(learn.From, t.lead())
	if learn.To-from < t.Spec.Window {
		return nil, config.Errorf("series.window", "%s: %d training steps hold no window of %d", f.Name,
			max(0, learn.To-from), t.Spec.Window).
			Fix("give a shorter window or a larger share")
	}
	for _, name := range t.Spec.Features {
		x, err := t.channel(f, name)
		if err != nil {
			return nil, err
		}
		var values []float64
		for i := from; i < learn.To; i++ {
			if x.observed(i) && (x.lag == 0 || x.observed(i-x.lag)) {
				values = append(values, x.at(i))
			}
		}
		if values == nil {
			return nil, config.Errorf("series.fill", "%s: %s", f.Name, noneObserved(name, learn.To-from)).
				Fix("leave it out of series.features")
		}
		sc, err := fitScale(t.Spec.Scale, values)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", f.Name, name, err)
		}
		t.Features = append(t.Features, sc)
	}
	for step := range t.Spec.Steps {
		for _, name := range t.Spec.Targets {
			x, err := t.channel(f, name)
			if err != nil {
				return nil, err
			}
			ahead := t.Spec.Horizon + step
			begin, norm := from+x.back(ahead), t.instanceOf(name)
			if !norm.none() {
				begin = max(begin, from+t.Spec.Window-1+ahead)
			}
			if begin >= learn.To {
				return nil, config.Errorf("series.horizon",
					"%s: %d training steps hold no value of %s that is %d steps ahead", f.Name, learn.To-from, name,
					ahead)
			}
			values, gains := x.seen(from, learn.To), []float64(nil)
			for i := begin; i < learn.To; i++ {
				if x.observed(i) {
					level, divisor := norm.of(x, i-ahead)
					gains = append(gains, (x.gain(i, ahead)-level)/divisor)
				}
			}
			if gains == nil {
				return nil, config.Errorf("series.fill", "%s: %s", f.Name, noneObserved(name, learn.To-begin)).
					Fix("name another target or give a larger share")
			}
			if slices.Max(values) == slices.Min(values) {
				return nil, config.Errorf("series.targets",
					"%s: the target %s is %s at each of the %d training steps, so there is nothing to predict",
					f.Name, name, data.FormatNumber(values[0]), len(values)).
					Fix("name another target or give a larger share")
			}
			sc, err := fitScale(t.Spec.Scale, gains)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", f.Name, name, err)
			}
			t.Targets = append(t.Targets, sc)
		}
	}
	return t, nil
}

// complete settles what the Spec leaves open.
func (t *Fitted) complete(f *Frame, learn Span) error {
	s := &t.Spec
	s.Transform = maps.Clone(s.Transform)
	if len(s.Features) == 0 {
		s.Features = slices.Clone(f.Names)
	}
	if len(s.Targets) == 0 {
		if len(f.Names) != 1 {
			return config.Errorf("series.targets", "%s: none named among %v", f.Name, f.Names).
				Fix("name those to predict")
		}
		s.Targets = slices.Clone(f.Names)
	}
	for _, p := range []*int{&s.Horizon, &s.Steps, &s.Stride} {
		if *p == 0 {
			*p = 1
		}
	}
	if s.Scale == "" {
		s.Scale = "zscore"
	}
	if s.WindowScale == "" {
		s.WindowScale = "none"
	}
	if len(s.Calendar) > 0 && (f.At == nil || f.Stamps.Numbers) {
		return config.Errorf("series.calendar", "%s: it needs dates", f.Name).Fix("name their column: time: COLUMN")
	}
	for _, list := range [][]string{s.Features, s.Targets, slices.Sorted(maps.Keys(s.Transform))} {
		for i, name := range list {
			if _, err := f.Column(name); err != nil {
				return err
			}
			if slices.Contains(list[:i], name) {
				return fmt.Errorf("%s: the column %s is named twice", f.Name, name)
			}
		}
	}
	if s.Season == 0 {
		if err := t.settleSeason(f, learn); err != nil {
			return err
		}
	}
	return s.check()
}

// check returns an error for a complete Spec whose values contradict each other or the columns.
func (s *Spec) check() error {
	for _, p := range []struct {
		name string
		v    int
	}{{"window", s.Window}, {"horizon", s.Horizon}, {"steps", s.Steps}, {"stride", s.Stride}} {
		if p.v < 1 || p.v > 1<<30 {
			return config.Errorf("series."+p.name, "%d is no number of steps; give 1 or more", p.v)
		}
	}
	if s.Context && s.Every {
		return config.Errorf("series.context", "a window that predicts from each of its steps predicts those before "+
			"the part too").Fix("leave context or every out")
	}
	if s.Season < 0 || s.Season > 1<<30 {
		return config.Errorf("series.season", "%d is no number of steps; give 2 or more, or leave it out", s.Season)
	}
	if len(s.Features) == 0 || len(s.Targets) == 0 {
		return fmt.Errorf("series: no features or no targets")
	}
	if !slices.Contains(scales, s.Scale) {
		return config.Errorf("series.scale", "%q is none of zscore, minmax, none%s", s.Scale,
			spell.Hint(s.Scale, scales))
	}
	for _, name := range slices.Sorted(maps.Keys(s.Transform)) {
		how := s.Transform[name]
		if !slices.Contains(Transforms, how) {
			return config.Errorf("series.transform."+config.Step(name),
				"%q is none of none, log, difference, log_return, seasonal, trend%s", how, spell.Hint(how, Transforms))
		}
		if how == "seasonal" && s.Season < 1 {
			return config.Errorf("series.transform."+config.Step(name), "seasonal needs the season's length").
				Fix("give season: 12")
		}
	}
	if err := s.Quantiles.Check(); err != nil {
		return err
	}
	if err := s.checkInstance(); err != nil {
		return err
	}
	return checkCalendar(s.Calendar)
}

// lead returns the number of first steps that have no transformed value.
func (t *Fitted) lead() int {
	most := 0
	for _, name := range slices.Concat(t.Spec.Features, t.Spec.Targets) {
		most = max(most, t.lag(name))
	}
	return most
}

func (t *Fitted) lag(name string) int {
	switch t.Spec.Transform[name] {
	case "difference", "log_return":
		return 1
	case "seasonal":
		return t.Spec.Season
	}
	return 0
}

// width returns the number of features of a step.
func (t *Fitted) width() int { return len(t.Spec.Features) + 2*len(t.Spec.Calendar) }

// channel is one column under its transform: f(x_t), f(x_t) − f(x_{t−lag}), f being the identity or the logarithm, or
// x_t less its trend.
type channel struct {
	x      []float64
	filled []bool // values that were missing; nil: none
	log    bool
	lag    int
	trend  func(i int) float64 // the line at a step, also beyond the last one; nil without
}

func (t *Fitted) channel(f *Frame, name string) (channel, error) {
	x, err := f.Column(name)
	if err != nil {
		return channel{}, err
	}
	how := t.Spec.Transform[name]
	c := channel{x: x, log: how == "log" || how == "log_return", lag: t.lag(name)}
	if how == trend {
		line, err := t.lineOf(f, name)
		if err != nil {
			return c, err
		}
		c.trend = func(i int) float64 { return line.at(f.at(i)) }
	}
	if f.Filled != nil {
		c.filled = f.Filled[slices.Index(f.Names, name)]
	}
	for i, v := range x {
		if c.log && !(v > 0) {
			return c, config.Errorf("series.transform."+config.Step(name), "%s: %s: %v has no logarithm", f.Place(i),
				name, v).
				Fix("give transform: {%s: difference}", name)
		}
		if math.IsInf(v, 0) || math.IsNaN(v) {
			return c, fmt.Errorf("%s: %s: %v is no finite number; replace or remove it", f.Place(i), name, v)
		}
	}
	return c, nil
}

// observed reports whether the value of a step was in the file, and not filled in.
func (c channel) observed(i int) bool { return i >= len(c.filled) || !c.filled[i] }

// latest returns the latest step up to i that was observed, of those 0, by, 2·by, … steps before it; i where none was.
func (c channel) latest(i, by int) int {
	for k := i; k >= 0; k -= by {
		if c.observed(k) {
			return k
		}
	}
	return i
}

// seen returns the observed values of the steps from … to − 1.
func (c channel) seen(from, to int) (values []float64) {
	for i := from; i < to; i++ {
		if c.observed(i) {
			values = append(values, c.x[i])
		}
	}
	return values
}

// gaps returns the values of all steps, NaN where none was observed.
func (c channel) gaps() []float64 {
	if c.filled == nil {
		return c.x
	}
	x := slices.Clone(c.x)
	for i, filled := range c.filled {
		if filled {
			x[i] = math.NaN()
		}
	}
	return x
}

func noneObserved(name string, steps int) string {
	return fmt.Sprintf("each value of %s in the %d training steps was missing and filled in", name, steps)
}

func (c channel) level(i int) float64 {
	if c.log {
		return math.Log(c.x[i])
	}
	return c.x[i]
}

// at returns the transformed value of a step.
func (c channel) at(i int) float64 {
	switch {
	case c.trend != nil:
		return c.level(i) - c.trend(i)
	case c.lag == 0:
		return c.level(i)
	}
	return c.level(i) - c.level(i-c.lag)
}

// back returns how far before a target, which lies ahead of the present, the latest known value of its phase is: the
// least multiple of lag that is at least ahead.
func (c channel) back(ahead int) int {
	if c.lag == 0 {
		return 0
	}
	return (ahead + c.lag - 1) / c.lag * c.lag
}

// known returns what is known of the level of the target at step i, which lies ahead steps after the present and need
// not have happened: the latest value of its phase, its trend, or 0.
func (c channel) known(i, ahead int) float64 {
	switch {
	case c.trend != nil:
		return c.trend(i)
	case c.lag == 0:
		return 0
	}
	return c.level(i - c.back(ahead))
}

// gain returns the learnt value of the target at step i, which lies ahead steps after the present.
func (c channel) gain(i, ahead int) float64 { return c.level(i) - c.known(i, ahead) }

// value brings a gain back to the column's units; i itself need not be known.
func (c channel) value(gain float64, i, ahead int) float64 {
	y := gain + c.known(i, ahead)
	if c.log {
		return math.Exp(y)
	}
	return y
}

// fitScale fits the scale to values that were observed.
func fitScale(how string, values []float64) (Scale, error) {
	s := Scale{Divisor: 1}
	if how == "none" {
		return s, nil
	}
	lo, hi, sum := math.Inf(1), math.Inf(-1), 0.0
	for _, v := range values {
		lo, hi, sum = min(lo, v), max(hi, v), sum+v
	}
	if lo == hi { // nothing varies: 0 after scaling
		s.Shift = lo
		return s, nil
	}
	if how == "minmax" {
		s.Shift, s.Divisor = lo, hi-lo
	} else {
		s.Shift = sum / float64(len(values))
		ss := 0.0
		for _, v := range values {
			d := v - s.Shift
			ss += d * d
		}
		s.Divisor = math.Sqrt(ss / float64(len(values)))
	}
	if !(s.Divisor > 0) || math.IsInf(s.Divisor, 0) || math.IsInf(s.Shift, 0) {
		return s, fmt.Errorf("values from %.4g to %.4g are beyond the range of %s; rescale the column", lo, hi, how)
	}
	return s, nil
}

// UnmarshalJSON reads a saved Fitted and refuses one that could not have been fitted.
func (t *Fitted) UnmarshalJSON(b []byte) error {
	type plain Fitted
	var q plain
	if err := json.Unmarshal(b, &q); err != nil {
		return fmt.Errorf("series: %w", err)
	}
	if err := q.Spec.check(); err != nil {
		return fmt.Errorf("series: %w", err)
	}
	if len(q.Features) != len(q.Spec.Features) || len(q.Targets)%len(q.Spec.Targets) != 0 ||
		len(q.Targets)/len(q.Spec.Targets) != q.Spec.Steps {
		return fmt.Errorf("series: %d and %d scales for %d features and %d targets over %d steps", len(q.Features),
			len(q.Targets),
			len(q.Spec.Features), len(q.Spec.Targets), q.Spec.Steps)
	}
	for _, s := range slices.Concat(q.Features, q.Targets) {
		if !(s.Divisor > 0) || math.IsInf(s.Divisor, 0) || math.IsInf(s.Shift, 0) || math.IsNaN(s.Shift) {
			return fmt.Errorf("series: (x − %v) / %v is no scale", s.Shift, s.Divisor)
		}
	}
	if err := checkTrends(q.Trends, q.Spec.Transform); err != nil {
		return err
	}
	*t = Fitted(q)
	return nil
}
