package series

import (
	"fmt"
	"slices"

	"gorae/data"
	"gorae/stat"
)

// testedSteps is the greatest number of steps on which stationarity is tested: the tests' cost grows faster than their
// power.
const testedSteps = 20000

// tested returns the last steps of values, on which tests are made.
func tested(x []float64) []float64 { return x[max(0, len(x)-testedSteps):] }

// differences returns x_t − x_{t−1}.
func differences(x []float64) []float64 {
	d := make([]float64, max(0, len(x)-1))
	for i := range d {
		d[i] = x[i+1] - x[i]
	}
	return d
}

// natureLine says whether values are stationary, from the four tests, and which transform of the column learns them
// where they are not.
func natureLine(name string, s stat.StationarityResult) string {
	level, line := s.Level, s.Line
	switch nature := s.Nature(); {
	case nature == stat.Stationary:
		return fmt.Sprintf("%s looks stationary around a level (ADF %s, KPSS %s)", name, level.ADF.Probability(),
			level.KPSS.Probability())
	case nature == stat.TrendStationary:
		return fmt.Sprintf("%s looks stationary around a line in time (ADF %s, KPSS %s; around a level ADF %s, KPSS "+
			"%s): series: {transform: {%[1]s: trend}} removes the trend, a line in the times of the training steps",
			name,
			line.ADF.Probability(), line.KPSS.Probability(), level.ADF.Probability(), level.KPSS.Probability())
	case nature == stat.DifferenceStationary:
		return fmt.Sprintf("%s wanders, with no level or line to return to (around a level ADF %s, KPSS %s; around a "+
			"line ADF %s, KPSS %s): series: {transform: {%[1]s: difference}} learns its changes", name,
			level.ADF.Probability(), level.KPSS.Probability(), line.ADF.Probability(), line.KPSS.Probability())
	case nature == stat.Contradictory:
		return fmt.Sprintf("whether %s is stationary is in doubt (around a level ADF %s, KPSS %s; around a line ADF "+
			"%s, KPSS %s): a unit root is rejected, and stationarity too, as where the level jumps or memory is long, "+
			"or by chance; series: {transform: {%[1]s: difference}} learns its changes: compare both by their "+
			"validation figures", name, level.ADF.Probability(), level.KPSS.Probability(), line.ADF.Probability(),
			line.KPSS.Probability())
	case s.Wanders():
		return fmt.Sprintf("the level of %s moves, and whether it wanders or follows a line is in doubt (around a "+
			"level ADF %s, KPSS %s; around a line ADF %s, KPSS %s): series: {transform: {%[1]s: difference}} learns "+
			"its changes, which takes out either", name, level.ADF.Probability(), level.KPSS.Probability(),
			line.ADF.Probability(), line.KPSS.Probability())
	}
	return fmt.Sprintf("whether %s is stationary is in doubt (around a level ADF %s, KPSS %s; around a line ADF %s, "+
		"KPSS %s): the tests reject neither a unit root nor stationarity", name, level.ADF.Probability(),
		level.KPSS.Probability(), line.ADF.Probability(), line.KPSS.Probability())
}

// changesLine says whether the changes of a column are stationary.
func changesLine(name string, s stat.StationarityResult) string {
	level, line := s.Level, s.Line
	switch s.Nature() {
	case stat.Stationary:
		return fmt.Sprintf("the changes of %s look stationary around a level (ADF %s, KPSS %s)", name,
			level.ADF.Probability(), level.KPSS.Probability())
	case stat.TrendStationary:
		return fmt.Sprintf("the changes of %s look stationary around a line in time (ADF %s, KPSS %s)", name,
			line.ADF.Probability(), line.KPSS.Probability())
	case stat.DifferenceStationary:
		return fmt.Sprintf("the changes of %s wander themselves (around a level ADF %s, KPSS %s; around a line ADF "+
			"%s, KPSS %s)", name, level.ADF.Probability(), level.KPSS.Probability(), line.ADF.Probability(),
			line.KPSS.Probability())
	}
	return fmt.Sprintf("whether the changes of %s are stationary is in doubt (around a level ADF %s, KPSS %s; around "+
		"a line ADF %s, KPSS %s)", name, level.ADF.Probability(), level.KPSS.Probability(), line.ADF.Probability(),
		line.KPSS.Probability())
}

// Wandering returns the transform difference for each of the named columns (none: all) whose level wanders within the
// span, as [stat.StationarityResult.Wanders] has it, and what is to be said of it; nil where none wanders. Networks for
// levels that wander meet values in the test span that they have not seen in training: measured on series of prices,
// passengers and made ones, the errors of networks that learn changes are a half to a twentieth of theirs.
func Wandering(f *Frame, names []string, learn Span) (transform map[string]string, said []data.Guess) {
	for k, name := range f.Names {
		if len(names) > 0 && !slices.Contains(names, name) {
			continue
		}
		s, ok := wanders(tested(f.Columns[k][learn.From:learn.To]))
		if !ok {
			continue
		}
		if transform == nil {
			transform = map[string]string{}
		}
		transform[name] = "difference"
		said = append(said, data.Guess{Column: name, Count: 1, Setting: "data.series.transform",
			Key: fmt.Sprintf("series: {transform: {%s: none}} has the level learnt", name),
			What: fmt.Sprintf("its changes are learnt (transform: difference), as its level moves in the training "+
				"steps and a unit root is not rejected (around a level ADF %s, KPSS %s; around a line ADF %s)",
				s.Level.ADF.Probability(), s.Level.KPSS.Probability(), s.Line.ADF.Probability())})
	}
	return transform, said
}

// wanders reports whether values wander, with the three tests that say so: the next one is made only where those before
// leave it open, the cheapest first, since a table may have many columns.
func wanders(x []float64) (s stat.StationarityResult, ok bool) {
	var err error
	if s.Level.KPSS, err = stat.KPSS(x, stat.Level, stat.Auto); err != nil || !s.Level.Moves() {
		return s, false
	}
	if s.Level.ADF, err = stat.ADF(x, stat.Level, stat.Auto); err != nil || !s.Level.Root() {
		return s, false
	}
	s.Line.ADF, err = stat.ADF(x, stat.Line, stat.Auto)
	return s, err == nil && s.Wanders()
}

// InDoubt reports whether the tests contradict each other on each of the named columns within the span
// ([stat.Contradictory]), and what is to be said of that: levels that move slowly, or jump. A network that is given
// each window less its last value (Spec.WindowScale last, as in NLinear: Zeng et al. 2023) meets no level that it has
// not seen. Measured on the seven columns of ETTh1 (6,000 hours), the errors of the default network one step ahead are
// 1 to 20 % smaller then on the validation steps, 5 to 28 % on the test steps.
func InDoubt(f *Frame, names []string, learn Span) (said []data.Guess, ok bool) {
	for _, name := range names {
		k := slices.Index(f.Names, name)
		if k < 0 {
			return nil, false
		}
		s, err := stat.Stationarity(tested(f.Columns[k][learn.From:learn.To]))
		if err != nil || s.Nature() != stat.Contradictory {
			return nil, false
		}
		said = append(said, data.Guess{Column: name, Count: 1, Setting: "data.series.window_scale",
			Key: "series: {window_scale: none} has the level learnt",
			What: fmt.Sprintf("each window is learnt less its last value (window_scale: last), as a unit root is "+
				"rejected in the training steps, and stationarity too (around a level ADF %s, KPSS %s; around a line "+
				"ADF %s, KPSS %s)", s.Level.ADF.Probability(), s.Level.KPSS.Probability(), s.Line.ADF.Probability(),
				s.Line.KPSS.Probability())})
	}
	return said, len(names) > 0
}

// seasonLines says what seasons stationary values show, a line each; none where they show none. Changed: the values are
// the changes of the column.
func seasonLines(name string, x []float64, s Stamps, changed bool) (out []string) {
	for _, f := range shown(x, s.seasons()) {
		switch cycle := s.cycleOf(f.steps); {
		case changed:
			out = append(out, fmt.Sprintf("%s has a season of %d steps: changes so far apart correlate by %.2f; "+
				"series: {season: %[2]d, transform: {%[1]s: seasonal}} learns what a step gains on the one %[2]d "+
				"before; or learn the changes with {window: %[2]d} or more", name, f.steps, f.r))
		case cycle != "":
			out = append(out, fmt.Sprintf("%s has a season of %d steps: values so far apart correlate by %.2f; "+
				"series: {calendar: [%s]} tells a network the place in it, and {window: %[2]d} or more shows it", name,
				f.steps, f.r, cycle))
		default:
			out = append(out, fmt.Sprintf("%s has a season of %d steps: values so far apart correlate by %.2f; "+
				"series: {window: %[2]d} or more shows it to a network", name, f.steps, f.r))
		}
	}
	return out
}

// cycleOf is the calendar feature that tells the place in a season of so many steps, "" where none does.
func (s Stamps) cycleOf(steps int) string {
	day := 86400.0
	switch span := s.Step * float64(steps); {
	case s.Numbers || s.Step == 0:
	case s.Second > 0:
		if steps == 24 {
			return "yearday"
		}
	case s.Months > 0 && s.Months*steps == 12:
		return "month"
	case s.Days == 1 && steps == 365:
		return "yearday"
	case s.Days == 1 && (steps == 7 || s.Business && steps == 5) || span == 7*day || steps == s.perWeek():
		return "weekday"
	case span == day || steps == s.perDay():
		return "hour"
	}
	return ""
}

// Notes returns what the tests of stationarity say of the targets in the steps within learn, as they are learnt,
// where there is something to do or to doubt, and which seasons of the first target the network does not see; a
// sentence each.
func (t *Fitted) Notes(f *Frame, learn Span) (out []string) {
	for _, name := range t.Spec.Targets {
		x, err := t.channel(f, name)
		if err != nil {
			continue // Fit has returned it
		}
		var learnt []float64
		for i := max(learn.From, x.lag); i < learn.To; i++ {
			learnt = append(learnt, x.at(i))
		}
		s, err := stat.Stationarity(tested(learnt))
		how := t.Spec.Transform[name]
		switch nature := s.Nature(); {
		case err != nil || nature == stat.Stationary:
		case how == "" || how == "none":
			out = append(out, natureLine(name, s))
		case nature == stat.DifferenceStationary || nature == stat.TrendStationary:
			out = append(out, fmt.Sprintf("%s is not stationary as it is learnt, transform: %s (around a level ADF "+
				"%s, KPSS %s; around a line ADF %s, KPSS %s)", name, how, s.Level.ADF.Probability(),
				s.Level.KPSS.Probability(), s.Line.ADF.Probability(), s.Line.KPSS.Probability()))
		}
	}
	return append(out, t.seasonNotes(f.Stamps)...)
}

// Cycles returns the features from the time that say the place in the seasons which the first target shows in the
// training span; nil without dates.
func (t *Fitted) Cycles(stamps Stamps) (out []string) {
	for _, f := range t.seasons {
		if c := stamps.cycleOf(f.steps); c != "" && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// seasonNotes returns a sentence on each season of the first target that is longer than the window and that neither the
// calendar features nor the transform tell.
func (t *Fitted) seasonNotes(stamps Stamps) (out []string) {
	target, sees := t.Spec.Targets[0], t.Spec.Window
	lag := t.lag(target)
	for _, f := range t.seasons {
		cycle := stamps.cycleOf(f.steps)
		switch {
		case f.steps <= sees || lag == f.steps || slices.Contains(t.Spec.Calendar, cycle):
		case lag == 1:
			out = append(out, fmt.Sprintf("%s has a season of %d steps (changes so far apart correlate by %.2f), and "+
				"the network sees %d: series: {season: %[2]d, transform: {%[1]s: seasonal}} learns what a step gains "+
				"on the one %[2]d before", target, f.steps, f.r, sees))
		case cycle != "":
			out = append(out, fmt.Sprintf("%s has a season of %d steps (values so far apart correlate by %.2f), and "+
				"the network sees %d: series: {calendar: [%s]} tells it the place in the season", target, f.steps, f.r,
				sees, cycle))
		default:
			out = append(out, fmt.Sprintf("%s has a season of %d steps (values so far apart correlate by %.2f), and "+
				"the network sees %d: series: {window: %[2]d} shows it a whole one", target, f.steps, f.r, sees))
		}
	}
	return out
}
