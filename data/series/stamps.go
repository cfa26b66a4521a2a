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

// Stamps is what the time stamps of a series look like.
type Stamps struct {
	Step    float64 // the usual distance in seconds; of months or years the mean one
	Months  int     // > 0: the stamps are so many calendar months apart, and Step only says about how long
	Numbers bool    // the times are plain numbers, not dates: Step counts whatever they do
	// Rows (from 0) at which something is odd, looking at the row before.
	Unsorted, Repeated, Gaps, Irregular []int
}

// checkStamps looks at times in seconds since 1970. The usual step is the most
// common distance, the shorter one where two are as common. A distance of a
// whole number of usual steps above one is a gap; any other is irregular.
func checkStamps(at []float64) Stamps {
	var s Stamps
	if len(at) < 2 {
		return s
	}
	if m := monthStep(at); m > 0 {
		s.Months = m
		s.Step = (at[len(at)-1] - at[0]) / float64(len(at)-1)
		return s
	}
	times := map[float64]int{}
	for i := 1; i < len(at); i++ {
		// Milliseconds: parsed fractions of a second differ in their last bits.
		if d := math.Round((at[i]-at[i-1])*1000) / 1000; d > 0 {
			times[d]++
		}
	}
	best := 0
	for d, n := range times {
		if n > best || n == best && d < s.Step {
			s.Step, best = d, n
		}
	}
	for i := 1; i < len(at); i++ {
		d := at[i] - at[i-1]
		switch {
		case d < 0:
			s.Unsorted = append(s.Unsorted, i)
		case d == 0:
			s.Repeated = append(s.Repeated, i)
		case s.Step == 0 || math.Abs(d/s.Step-1) < 1e-3:
		case d > s.Step && math.Abs(d/s.Step-math.Round(d/s.Step)) < 1e-3:
			s.Gaps = append(s.Gaps, i)
		default:
			s.Irregular = append(s.Irregular, i)
		}
	}
	return s
}

// monthStep is the number of months between stamps, where it is the same
// throughout and day and time of day are too; else 0. Months are of 28 to 31 days.
func monthStep(at []float64) int {
	month := func(v float64) (int, time.Time) {
		t := time.Unix(int64(math.Floor(v)), 0).UTC()
		return t.Year()*12 + int(t.Month()), t
	}
	if len(at) < 3 || math.Abs(at[0]) > 1e12 {
		return 0
	}
	m0, t0 := month(at[0])
	m1, _ := month(at[1])
	step := m1 - m0
	if step < 1 {
		return 0
	}
	for i, v := range at {
		if math.Abs(v) > 1e12 {
			return 0
		}
		m, t := month(v)
		if m != m0+i*step || t.Day() != t0.Day() || t.Hour() != t0.Hour() || t.Minute() != t0.Minute() ||
			t.Second() != t0.Second() {
			return 0
		}
	}
	return step
}

// Breaks is the rows that do not follow the one before by the usual step.
func (s Stamps) Breaks() []int {
	all := slices.Concat(s.Gaps, s.Irregular)
	slices.Sort(all)
	return all
}

// Period is the usual step in words: "1 minute", "2 hours", "1 month".
func (s Stamps) Period() string {
	if s.Numbers {
		return fmt.Sprintf("%.6g", s.Step)
	}
	if s.Months > 0 {
		if s.Months%12 == 0 {
			return words.Plural(float64(s.Months/12), "year")
		}
		return words.Plural(float64(s.Months), "month")
	}
	for _, u := range []struct {
		seconds float64
		name    string
	}{{86400, "day"}, {3600, "hour"}, {60, "minute"}} {
		if s.Step >= u.seconds && math.Mod(s.Step, u.seconds) == 0 {
			return words.Plural(s.Step/u.seconds, u.name)
		}
	}
	return words.Plural(s.Step, "second")
}

// Season is how many steps the season is long that such stamps usually have: 24
// hours, 7 days, 12 months, 4 quarters; 0 for all else.
func (s Stamps) Season() int {
	switch {
	case s.Numbers:
	case s.Months == 1:
		return 12
	case s.Months == 3:
		return 4
	case s.Step == 3600:
		return 24
	case s.Step == 86400:
		return 7
	}
	return 0
}

// after is the stamp n steps after at.
func (s Stamps) after(at float64, n int) float64 {
	if s.Months > 0 {
		t := time.Unix(int64(math.Floor(at)), 0).UTC().AddDate(0, n*s.Months, 0)
		return float64(t.Unix())
	}
	return at + float64(n)*s.Step
}

// Stamp is the time of a step as text, also of one beyond the frame's end: a date where all
// times are at midnight, a month where all are the first of one, a number as it is; the step's
// number, counted from 1, where the frame has no times.
func (f *Frame) Stamp(step int) string {
	n := len(f.At)
	if n == 0 {
		return strconv.Itoa(step + 1)
	}
	at := f.At[min(step, n-1)]
	if step >= n {
		at = f.Stamps.after(at, step-n+1)
	}
	if f.Stamps.Numbers {
		return data.FormatNumber(at)
	}
	layout := f.layout
	if layout == "" {
		layout = layoutOf(f.At)
	}
	second := math.Floor(at)
	return time.Unix(int64(second), int64(math.Round((at-second)*1e3))*1e6).UTC().Format(layout)
}

// layoutOf is the shortest way of writing that tells all these times whole.
func layoutOf(at []float64) string {
	layout := "2006-01"
	for _, v := range at {
		second := math.Floor(v)
		t := time.Unix(int64(second), 0).UTC()
		switch {
		case v != second:
			return "2006-01-02 15:04:05.000"
		case t.Hour()+t.Minute()+t.Second() > 0:
			layout = time.DateTime
		case layout == "2006-01" && t.Day() != 1:
			layout = time.DateOnly
		}
	}
	return layout
}
