package series

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"gorae/data"
	"gorae/internal/words"
)

// Stamps describes the time stamps of a series.
type Stamps struct {
	Step    float64 // the usual distance in seconds; of months or years the mean one
	Rule            // how the times follow each other
	Numbers bool    // the times are plain numbers, not dates: Step counts whatever they do
	// Rows (from 0) at which something is odd, looking at the row before.
	Unsorted, Repeated, Gaps, Irregular []int

	on Rule // by which the times go on beyond the end: Rule, or that of the training
}

// checkNumbers looks at plain numbers. The usual step is the most common distance, the shorter one where two are as
// common. A distance of a whole number of usual steps above one is a gap; any other is irregular.
func checkNumbers(at []float64) Stamps {
	s := Stamps{Numbers: true}
	if len(at) < 2 {
		return s
	}
	distances := make([]float64, len(at)-1)
	for i := range distances {
		distances[i] = at[i+1] - at[i]
	}
	s.Step = common(distances, func(d float64) float64 { return math.Round(d*1e9) / 1e9 })
	s.check(distances, s.Step)
	return s
}

// checkTimes looks at times: at months, then at days of the calendar, then at the time between them and at the hours of
// the week in which they lie. Beyond the end they go on by the rule of the training where that holds for them.
func checkTimes(at []time.Time, training *Rule) Stamps {
	s := ruled(at)
	if s.on = s.Rule; training != nil && training.holds(at) {
		s.on = *training
	}
	return s
}

// ruled finds the rule of times.
func ruled(at []time.Time) Stamps {
	var s Stamps
	if len(at) < 2 {
		return s
	}
	if distances, rule := months(at); distances != nil {
		step := common(distances, func(d float64) float64 { return d })
		s.Rule, s.Months = rule, int(step)
		s.Step = at[len(at)-1].Sub(at[0]).Seconds() / float64(len(at)-1)
		s.check(distances, step)
		return s
	}
	if distances, rule := halves(at); distances != nil {
		s.Rule = rule
		s.Step = at[len(at)-1].Sub(at[0]).Seconds() / float64(len(at)-1)
		s.check(distances, 1)
		return s
	}
	if distances, business := days(at); distances != nil {
		step := common(distances, func(d float64) float64 { return d })
		s.Days, s.Business, s.Step = int(step), business, step*86400
		s.check(distances, step)
		return s
	}
	distances := make([]float64, len(at)-1)
	for i := range distances {
		distances[i] = float64(at[i+1].Sub(at[i]))
	}
	step := common(distances, func(d float64) float64 { return d })
	s.Every, s.Step = time.Duration(step), step/1e9
	s.check(distances, step)
	if slices.IsSortedFunc(at, time.Time.Compare) {
		s.Week = sessions(at, s.Every)
	}
	return s
}

// common returns the most common distance above 0, the shorter one where two are as common.
func common(distances []float64, round func(float64) float64) float64 {
	times, best, most := map[float64]int{}, 0.0, 0
	for _, d := range distances {
		if d = round(d); d > 0 {
			times[d]++
		}
	}
	for d, n := range times {
		if n > most || n == most && d < best {
			best, most = d, n
		}
	}
	return best
}

// check notes the rows that do not follow the one before by the step.
func (s *Stamps) check(distances []float64, step float64) {
	for i, d := range distances {
		switch {
		case d < 0:
			s.Unsorted = append(s.Unsorted, i+1)
		case d == 0:
			s.Repeated = append(s.Repeated, i+1)
		case step == 0 || math.Abs(d/step-1) < 1e-3:
		case d > step && math.Abs(d/step-math.Round(d/step)) < 1e-3:
			s.Gaps = append(s.Gaps, i+1)
		default:
			s.Irregular = append(s.Irregular, i+1)
		}
	}
}

// clockTime returns the time of day that a clock shows.
func clockTime(t time.Time) [4]int { return [4]int{t.Hour(), t.Minute(), t.Second(), t.Nanosecond()} }

// lastDay returns the number of days of a month.
func lastDay(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// months returns the distances of stamps in months and the day of the month on which they fall, where it is the same in
// all (the last one where a month is shorter), or the first or the last one from Monday to Friday in all, and they
// stand in different months, most of them equally far apart; else nil.
func months(at []time.Time) (distances []float64, on Rule) {
	if len(at) < 3 {
		return nil, Rule{}
	}
	rule, ok := monthDay(at)
	if !ok {
		return nil, Rule{}
	}
	count := func(t time.Time) int { return t.Year()*12 + int(t.Month()) }
	for i, t := range at {
		if clockTime(t) != clockTime(at[0]) {
			return nil, Rule{}
		}
		if i > 0 {
			d := count(t) - count(at[i-1])
			if d < 1 {
				return nil, Rule{}
			}
			distances = append(distances, float64(d))
		}
	}
	step := common(distances, func(d float64) float64 { return d })
	if alike := len(slices.DeleteFunc(slices.Clone(distances),
		func(d float64) bool { return d != step })); 2*alike < len(distances) {
		return nil, Rule{}
	}
	return distances, rule
}

// monthDay is the day of the month on which all times fall: the last one of the calendar, one by its number, the first
// or the last one from Monday to Friday, or one by its day of the week, such as the second Friday.
func monthDay(at []time.Time) (Rule, bool) {
	day := 0
	for _, t := range at {
		day = max(day, t.Day())
	}
	w := at[0].Weekday()
	for _, r := range []Rule{{Day: 31}, {Day: day}, {Day: 1, Business: true}, {Day: 31, Business: true},
		{Nth: 1, Weekday: w}, {Nth: 2, Weekday: w}, {Nth: 3, Weekday: w}, {Nth: 4, Weekday: w}, {Nth: 5, Weekday: w}} {
		if r.Nth > 0 && evenly(at) { // every fourth week
			break
		}
		r.Months = 1
		if !slices.ContainsFunc(at, func(t time.Time) bool { return t.Day() != r.dayOf(t.Year(), t.Month()) }) {
			return r, true
		}
	}
	return Rule{}, false
}

// evenly reports whether times are all as many days apart.
func evenly(at []time.Time) bool {
	for i := 2; i < len(at); i++ {
		if date(at[i])-date(at[i-1]) != date(at[1])-date(at[0]) {
			return false
		}
	}
	return true
}

// date counts the days of the calendar.
func date(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// days returns the distances of stamps in days of the calendar, where all are at the same time of the day; else nil.
// Where none is on a weekend, and Mondays follow Fridays, they are counted in days from Monday to Friday.
func days(at []time.Time) (distances []float64, business bool) {
	off, monday := false, false
	for i, t := range at {
		if clockTime(t) != clockTime(at[0]) {
			return nil, false
		}
		off = off || weekend(t)
		if i > 0 {
			d := date(t) - date(at[i-1])
			monday = monday || d == 3 && t.Weekday() == time.Monday
			distances = append(distances, float64(d))
		}
	}
	step := common(distances, func(d float64) float64 { return d })
	if step == 0 {
		return nil, false
	}
	if off || !monday || step != 1 {
		return distances, false
	}
	for i := range distances {
		distances[i] = float64(workdays(at[i+1]) - workdays(at[i]))
	}
	return distances, true
}

// workdays counts the days from Monday to Friday.
func workdays(t time.Time) int {
	n := date(t) + 3 // 1 January 1970 was a Thursday
	week := int(math.Floor(float64(n) / 7))
	return week*5 + min(n-week*7, 5)
}

// steps returns how many usual steps step i is behind the one before.
func (f *Frame) steps(i int) float64 {
	switch s := f.Stamps; {
	case f.Times == nil:
		return (f.At[i] - f.At[i-1]) / s.Step
	case s.Second > 0:
		return float64(s.half(f.Times[i]) - s.half(f.Times[i-1]))
	case s.Months > 0:
		a, b := f.Times[i-1], f.Times[i]
		return float64((b.Year()-a.Year())*12+int(b.Month()-a.Month())) / float64(s.Months)
	case s.Days > 0 && s.Business:
		return float64(workdays(f.Times[i])-workdays(f.Times[i-1])) / float64(s.Days)
	case s.Days > 0:
		return float64(date(f.Times[i])-date(f.Times[i-1])) / float64(s.Days)
	}
	return f.seconds(i) / f.Stamps.Step
}

// seconds returns the distance of step i from the one before, in seconds or in what plain numbers count.
func (f *Frame) seconds(i int) float64 {
	if f.Times == nil {
		return f.At[i] - f.At[i-1]
	}
	return f.Times[i].Sub(f.Times[i-1]).Seconds()
}

// explained reports whether the time of step i is the next one by the hours of the week, though no step after the one
// before it.
func (f *Frame) explained(i int) bool {
	return f.Stamps.Week != nil && f.Stamps.next(f.Times[i-1], 1).Equal(f.Times[i])
}

// Breaks returns the rows that do not follow the one before by the usual step.
func (s Stamps) Breaks() []int {
	all := slices.Concat(s.Gaps, s.Irregular)
	slices.Sort(all)
	return all
}

// Period returns the usual step in words: "1 minute", "2 hours", "1 month".
func (s Stamps) Period() string {
	if s.Numbers {
		return fmt.Sprintf("%.6g", s.Step)
	}
	if s.Second > 0 {
		return "half a month"
	}
	if s.Months > 0 {
		if s.Months%12 == 0 {
			return words.Plural(float64(s.Months/12), "year")
		}
		return words.Plural(float64(s.Months), "month")
	}
	if s.Days > 0 && s.Business {
		return words.Plural(float64(s.Days), "working day")
	}
	for _, u := range []struct {
		seconds float64
		name    string
	}{{86400, "day"}, {3600, "hour"}, {60, "minute"}} {
		if s.Step >= u.seconds && math.Mod(s.Step, u.seconds) == 0 {
			return words.Plural(s.Step/u.seconds, u.name)
		}
	}
	if s.Step > 0 && s.Step < 1 {
		for _, u := range []struct {
			per  float64
			name string
		}{{1e3, "millisecond"}, {1e6, "microsecond"}, {1e9, "nanosecond"}} {
			if v := s.Step * u.per; math.Abs(v-math.Round(v)) < 1e-6*v {
				return words.Plural(math.Round(v), u.name)
			}
		}
	}
	return words.Plural(s.Step, "second")
}

// at is what clocks show at a step, also of one beyond the frame's end; see Frame.At.
func (f *Frame) at(step int) float64 {
	n := len(f.At)
	switch {
	case step < n:
		return f.At[step]
	case f.Times != nil:
		return wall(f.Stamps.on.next(f.Times[n-1], step-n+1))
	}
	return f.At[n-1] + float64(step-n+1)*f.Stamps.Step
}

// Stamp returns the time of a step as the rows have it, also of one beyond the frame's end; the step's
// number, counted from 1, where the frame has no times.
func (f *Frame) Stamp(step int) string {
	n := len(f.At)
	switch {
	case n == 0:
		return strconv.Itoa(step + 1)
	case f.Times == nil:
		return data.FormatNumber(f.at(step))
	}
	t := f.Times[min(step, n-1)]
	if step >= n {
		t = f.Stamps.on.next(t, step-n+1)
	}
	return f.clock.Stamp(t)
}
