package series

import (
	"encoding/json"
	"fmt"
	"time"
)

// Rule is the calendar by which the times of a series follow each other. A product keeps that of its training, by which
// forecasts of other rows go on. One of Months, Days, Week and Every says it; the zero Rule is none.
type Rule struct {
	Months int `json:"months,omitempty"` // so many months of the calendar apart
	// Day is the day of the month, 31 where it is the last one. With Business it is 1 for the first and 31 for the last
	// day of the month from Monday to Friday.
	Day int `json:"day,omitempty"`
	// Nth is which of the month's days of the week it is: 1 for the first Friday of the month, 5 for the last; 0: it
	// goes by Day.
	Nth int `json:"nth,omitempty"`
	// Second is, where each month has two steps, the day of the second one, 31 where it is the last day; Day is that of
	// the first, and Months is 1.
	Second  int          `json:"second,omitempty"`
	Weekday time.Weekday `json:"weekday,omitempty"` // of Nth
	// Days are so many days of the calendar apart, at the same time of the day; with Business days from Monday to
	// Friday.
	Days     int  `json:"days,omitempty"`
	Business bool `json:"business,omitempty"`
	// Every is the time between two steps, within the sessions of Week where there are any.
	Every time.Duration `json:"every,omitempty"`
	// Week is the sessions of each day, Sunday first, in the order of the day.
	Week [][]Session `json:"week,omitempty"`
}

// Session is a part of a day in which steps follow each other: the times of day of the first and of the last step.
type Session struct {
	From time.Duration `json:"from"`
	To   time.Duration `json:"to"`
}

// UnmarshalJSON reads what encoding/json wrote of a Rule. What no series has is an error.
func (r *Rule) UnmarshalJSON(b []byte) error {
	type plain Rule
	var p plain
	if err := json.Unmarshal(b, &p); err != nil {
		return err
	}
	const many = 1 << 20
	ok := p.Months >= 0 && p.Months <= many && p.Days >= 0 && p.Days <= many && p.Every >= 0 &&
		(p.Months == 0 || p.Day >= 1 && p.Day <= 31 || p.Nth > 0) && p.Nth >= 0 && p.Nth <= 5 &&
		p.Weekday >= time.Sunday && p.Weekday <= time.Saturday &&
		(p.Second == 0 || p.Months == 1 && p.Nth == 0 && !p.Business && p.Day < p.Second && p.Second <= 31) &&
		(len(p.Week) == 0 || len(p.Week) == 7 && p.Every > 0)
	for _, day := range p.Week {
		for _, s := range day {
			ok = ok && s.From >= 0 && s.From <= s.To && s.To < 24*time.Hour
		}
	}
	if !ok {
		return fmt.Errorf("series: the rule %s of the times is none", b)
	}
	*r = Rule(p)
	return nil
}

// steps returns how many steps a session has.
func (s Session) steps(every time.Duration) int { return int((s.To-s.From)/every) + 1 }

// perWeek returns how many steps the sessions of a week have.
func (r Rule) perWeek() int {
	n := 0
	for _, day := range r.Week {
		for _, s := range day {
			n += s.steps(r.Every)
		}
	}
	return n
}

// next returns the time n steps after t.
func (r Rule) next(t time.Time, n int) time.Time {
	switch {
	case r.Months > 0:
		y, m, _ := t.Date()
		months, second := n*r.Months, false
		if r.Second > 0 {
			half := n
			if t.Day() > r.Day {
				half++
			}
			months, second = half>>1, half&1 == 1 // down also before 0
		}
		first := time.Date(y, m+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
		day := r.dayOf(first.Year(), first.Month())
		if second {
			day = min(r.Second, lastDay(first.Year(), first.Month()))
		}
		return time.Date(first.Year(), first.Month(), day, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(),
			t.Location())
	case r.Days > 0 && r.Business:
		left := n * r.Days
		t = t.AddDate(0, 0, left/5*7)
		for left %= 5; left > 0; {
			if t = t.AddDate(0, 0, 1); !weekend(t) {
				left--
			}
		}
		return t
	case r.Days > 0:
		return t.AddDate(0, 0, n*r.Days)
	case r.perWeek() > 0:
		return r.inSession(t, n)
	}
	return t.Add(time.Duration(n) * r.Every)
}

// dayOf returns the day of a month on which a step of months falls.
func (r Rule) dayOf(year int, month time.Month) int {
	if r.Nth > 0 {
		first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC).Weekday()
		day := 1 + int(7+r.Weekday-first)%7 + 7*(r.Nth-1)
		if day > lastDay(year, month) {
			day -= 7
		}
		return day
	}
	if !r.Business {
		return min(r.Day, lastDay(year, month))
	}
	t, by := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC), 1
	if r.Day > 1 {
		t, by = time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC), -1
	}
	for weekend(t) {
		t = t.AddDate(0, 0, by)
	}
	return t.Day()
}

func weekend(t time.Time) bool { return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday }

// inSession returns the time n steps after t within the sessions of the week: each week has as many steps, so that
// whole weeks are passed over at once, and then sessions.
func (r Rule) inSession(t time.Time, n int) time.Time {
	week := r.perWeek()
	t = t.AddDate(0, 0, (n-1)/week*7)
	n = (n-1)%week + 1
	for day := 0; ; day++ {
		for _, s := range r.Week[(int(t.Weekday())+day)%7] {
			first := 0
			if at := timeOf(t); day == 0 && at >= s.From {
				first = int((at-s.From)/r.Every) + 1
			}
			if count := max(0, s.steps(r.Every)-first); n > count {
				n -= count
				continue
			}
			at := s.From + time.Duration(first+n-1)*r.Every
			y, m, d := t.Date()
			return time.Date(y, m, d+day, 0, 0, int(at/time.Second), int(at%time.Second), t.Location())
		}
	}
}

// timeOf returns the time of day that clocks show.
func timeOf(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute +
		time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
}

// most is how many of the times may not follow by a rule that holds: one of so many.
const most = 10

// holds reports whether times in their order follow each other by the rule, gaps aside.
func (r Rule) holds(at []time.Time) bool {
	if r.Months == 0 && r.Days == 0 && r.Every == 0 {
		return false
	}
	odd := 0
	for i := 1; i < len(at); i++ {
		t, steps := at[i-1], 0
		for t.Before(at[i]) && steps < 1000 {
			t = r.next(t, 1)
			steps++
		}
		if !t.Equal(at[i]) {
			odd++
		}
	}
	return odd*most <= len(at)-1
}
