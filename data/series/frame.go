package series

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gorae/config"
	"gorae/data"
	"gorae/internal/spell"
	"gorae/internal/words"
)

// Frame is columns of numbers over time, in time's order.
type Frame struct {
	Name  string
	Times []time.Time // nil where the rows have no times but plain numbers, or none
	// At is the local clock times, in seconds since 1 January 1970 0:00, or the plain numbers; nil where the rows have
	// neither.
	At      []float64
	Stamps  Stamps
	Names   []string
	Columns [][]float64 // Columns[c][t]
	// Filled marks, by column, the steps whose value was missing and was filled in; nil: none was.
	Filled [][]bool
	Breaks []int    // steps that windows may not run across
	Notes  []string // what a reader should know, one line each
	// Guesses are the guesses about the format of the times.
	Guesses []data.Guess

	place func(step int) string
	clock *data.Clock // of the table's rows; nil without times
}

// Place returns the place of a step for messages.
func (f *Frame) Place(step int) string {
	if f.place == nil {
		return fmt.Sprintf("%s: step %d", f.Name, step+1)
	}
	return f.place(step)
}

// Reading is the settings by which a table becomes a Frame.
type Reading struct {
	// Time names the column of times, or the columns of date and time of day; none:
	// rows follow each other as they stand.
	Time []string `json:"time,omitempty"`
	// Format is the format of the times; nil infers it.
	Format *data.TimeFormat `json:"format,omitempty"`
	// Rule is how the times of the training follow each other. Those of a table that follow it too go on by it beyond
	// their end; nil has them go on by their own.
	Rule *Rule `json:"rule,omitempty"`
	// Columns names those to read; none: all columns of numbers but the time.
	Columns []string `json:"columns,omitempty"`
	// Wanted names columns that are among those to read even where they number the rows.
	Wanted []string `json:"-"`
	// Sort puts rows in time's order; without it unsorted times are an error.
	Sort bool `json:"sort,omitempty"`
	// Repeated keeps the first or the last of rows with the same time; "" has them an
	// error.
	Repeated string `json:"repeated,omitempty"`
	// Gaps is bridge (also ""): steps on both sides of a gap follow each other, as days
	// laid side by side do; or break: no window runs across one.
	Gaps string `json:"gaps,omitempty"`
	// Fill puts previous (the last value before), linear (between the values on both
	// sides, which looks ahead) or zero where a value is missing; "" has it an error.
	Fill string `json:"fill,omitempty"`
}

// FromTable takes the columns of a table as series. Unsorted and repeated times
// and missing values are errors with their place unless r says what to do; gaps
// and irregular times are noted.
func FromTable(t *data.Table, r Reading) (*Frame, error) {
	for _, w := range []struct{ key, value, known string }{
		{"repeated", r.Repeated, "first last"}, {"gaps", r.Gaps, "bridge break"}, {"fill", r.Fill,
			"previous linear zero"},
	} {
		if known := strings.Fields(w.known); w.value != "" && !slices.Contains(known, w.value) {
			return nil, config.Errorf("series."+w.key, "%q is none of %s%s", w.value, strings.Join(known, ", "),
				spell.Hint(w.value, known))
		}
	}
	if t.Rows == 0 {
		return nil, fmt.Errorf("%s: no rows", t.Name)
	}
	f := &Frame{Name: t.Name}
	rows := make([]int, t.Rows)
	for i := range rows {
		rows[i] = i
	}
	if len(r.Time) > 0 {
		clock, err := t.ClockAs(r.Format, r.Time...)
		if err != nil {
			return nil, err
		}
		if rows, err = ordered(t, clock, r); err != nil {
			return nil, err
		}
		f.set(clock, rows, r.Rule)
		f.note(t, rows, r)
		if err := f.zones(t, rows); err != nil {
			return nil, err
		}
	}
	f.place = func(step int) string { return t.Place(rows[step]) }
	return f, f.read(t, rows, r)
}

// Format returns the format of the frame's times; nil where it has none.
func (f *Frame) Format() *data.TimeFormat {
	if f.clock == nil {
		return nil
	}
	return &f.clock.Format
}

// Rule returns the calendar rule of the frame's times; nil where it has none.
func (f *Frame) Rule() *Rule {
	if f.Times == nil {
		return nil
	}
	rule := f.Stamps.Rule
	return &rule
}

// set takes the times of rows.
func (f *Frame) set(clock *data.Clock, rows []int, training *Rule) {
	f.clock, f.Guesses = clock, clock.Guesses
	for _, i := range rows {
		if clock.Times == nil {
			f.At = append(f.At, clock.Numbers[i])
			continue
		}
		f.Times = append(f.Times, clock.Times[i])
		f.At = append(f.At, wall(clock.Times[i]))
	}
	if clock.Times == nil {
		f.Stamps = checkNumbers(f.At)
	} else {
		f.Stamps = checkTimes(f.Times, training)
	}
}

// wall returns the local clock time, in seconds since 1 January 1970 0:00.
func wall(t time.Time) float64 {
	_, offset := t.Zone()
	return float64(t.Unix()+int64(offset)) + float64(t.Nanosecond())/1e9
}

// ordered returns the rows in time's order, repeated ones dropped, as r allows.
func ordered(t *data.Table, at *data.Clock, r Reading) ([]int, error) {
	rows := data.Range(t.Rows)
	if !slices.IsSortedFunc(rows, at.Compare) {
		i := 1
		for at.Compare(i, i-1) >= 0 {
			i++
		}
		if !r.Sort {
			return nil, t.ErrorAt(i, "", "this row's time is earlier than the one before it; sort the rows, or "+
				"train with series: {sort: true}")
		}
		slices.SortStableFunc(rows, at.Compare)
	}
	out := rows[:1:1]
	for _, i := range rows[1:] {
		last := out[len(out)-1]
		switch {
		case at.Compare(i, last) != 0:
			out = append(out, i)
		case r.Repeated == "":
			return nil, t.ErrorAt(i, "", "the same time as %s; remove one of them, or train with series: "+
				"{repeated: first} or last%s", t.Place(last), setBack(at, out))
		case r.Repeated == "last":
			out[len(out)-1] = i
		}
	}
	return out, nil
}

// setBack is a further remedy for a repeated time: where hours follow each other before it, it may be the hour that
// clocks show twice when they are set back.
func setBack(at *data.Clock, before []int) string {
	n := len(before)
	if at.Times == nil || at.Format.Zone != "" || n < 3 {
		return ""
	}
	a, b, c := at.Times[before[n-3]], at.Times[before[n-2]], at.Times[before[n-1]]
	if step := c.Sub(b); step != b.Sub(a) || step > time.Hour || c.Hour() > 3 {
		return ""
	}
	return "; where clocks were set back, zone: NAME such as Europe/Berlin tells the two apart"
}

// note says what is odd about the times, one line each with its first place.
func (f *Frame) note(t *data.Table, rows []int, r Reading) {
	s := f.Stamps
	across := "windows run across them as if nothing were missing; series: {gaps: break} forbids it"
	if r.Gaps == "break" {
		across = "no window runs across one"
	}
	if hours := s.Hours(); hours != "" {
		f.Notes = append(f.Notes, fmt.Sprintf("%s: the steps lie within hours, %s; forecasts go on in these; of the "+
			"times between, %s", t.Name, hours, across))
		s.Gaps = slices.DeleteFunc(slices.Clone(s.Gaps), f.explained)
		s.Irregular = slices.DeleteFunc(slices.Clone(s.Irregular), f.explained)
	}
	if len(s.Gaps) > 0 {
		i := s.Gaps[0]
		f.Notes = append(f.Notes, fmt.Sprintf("%s: a gap of %s of %s before this row, the first of %d; %s",
			t.Place(rows[i]), words.Plural(math.Round(f.steps(i)-1), "step"), s.Period(), len(s.Gaps),
			across))
	}
	if len(s.Irregular) > 0 {
		i := s.Irregular[0]
		f.Notes = append(f.Notes, fmt.Sprintf("%s: %s after the row before it, where the usual step is %s; the "+
			"first of %d irregular times",
			t.Place(rows[i]), Stamps{Step: f.seconds(i), Numbers: s.Numbers}.Period(), s.Period(), len(s.Irregular)))
	}
	if r.Gaps == "break" {
		f.Breaks = f.Stamps.Breaks()
	}
}

// read takes the columns' values.
func (f *Frame) read(t *data.Table, rows []int, r Reading) error {
	names := r.Columns
	if len(names) == 0 {
		if names = f.channels(t, r); len(names) == 0 {
			return fmt.Errorf("%s: no column of numbers besides the time", t.Name)
		}
	}
	for _, name := range names {
		c, err := t.Column(name)
		if err != nil {
			return err
		}
		if slices.Contains(f.Names, c.Name) {
			return fmt.Errorf("%s: the column %s is named twice", t.Name, c.Name)
		}
		x := make([]float64, len(rows))
		for k, i := range rows {
			if x[k], err = c.Float(i); err != nil {
				return t.ErrorAt(i, c.Name, "%w; correct it, or train with series.features that leave the column out",
					err)
			}
		}
		filled := missing(x)
		if at := fill(x, r.Fill); at >= 0 {
			if r.Fill == "" {
				return t.ErrorAt(rows[at], "", "%s is missing; fill it in, or train with series: {fill: "+
					"previous}, linear or zero", c.Name)
			}
			return t.ErrorAt(rows[at], "", "%s is missing, and there is no value before it to fill it with; "+
				"remove the row, or train with series: {fill: zero}", c.Name)
		}
		f.Filled = append(f.Filled, filled)
		f.Names = append(f.Names, c.Name)
		f.Columns = append(f.Columns, x)
	}
	return nil
}

// channels names the columns of numbers but the time and, where others are left, those that tell rows apart.
func (f *Frame) channels(t *data.Table, r Reading) (names []string) {
	var ids []string
	for i := range t.Columns {
		c := &t.Columns[i]
		switch {
		case c.Kind != data.Number || slices.Contains(r.Time, c.Name):
		case t.IsID(i) && !slices.Contains(r.Wanted, c.Name):
			ids = append(ids, c.Name)
		default:
			names = append(names, c.Name)
		}
	}
	if len(names) == 0 {
		return ids
	}
	for _, name := range ids {
		at, _ := t.Find(name) // it is one of its columns
		f.Notes = append(f.Notes, fmt.Sprintf("dropped: %s (%s); series: {features: [%[1]s, …]} keeps it", name,
			t.Identity(at).Why))
	}
	return names
}

// missing marks the values that are missing; nil: none is.
func missing(x []float64) (marks []bool) {
	for i, v := range x {
		if math.IsNaN(v) {
			if marks == nil {
				marks = make([]bool, len(x))
			}
			marks[i] = true
		}
	}
	return marks
}

// fill replaces NaN in place; it gives the first that it could not, −1 if none.
func fill(x []float64, how string) int {
	for i := 0; i < len(x); i++ {
		if !math.IsNaN(x[i]) {
			continue
		}
		j := i
		for j < len(x) && math.IsNaN(x[j]) {
			j++
		}
		for k := i; k < j; k++ {
			switch {
			case how == "zero":
				x[k] = 0
			case how == "previous" && i > 0, how == "linear" && i > 0 && j == len(x):
				x[k] = x[i-1]
			case how == "linear" && i > 0:
				x[k] = x[i-1] + (x[j]-x[i-1])*float64(k-i+1)/float64(j-i+1)
			default:
				return i
			}
		}
		i = j
	}
	return -1
}

// Column returns a channel by name.
func (f *Frame) Column(name string) ([]float64, error) {
	i := slices.Index(f.Names, name)
	if i < 0 {
		return nil, unknown(f, name)
	}
	return f.Columns[i], nil
}

// Len returns the number of steps.
func (f *Frame) Len() int {
	if len(f.Columns) == 0 {
		return 0
	}
	return len(f.Columns[0])
}
