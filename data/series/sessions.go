package series

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Bounds of what counts as sessions.
const (
	leastDays   = 3      // on which there are steps
	manyTimes   = 90_000 // different times of day: a day has 86,400 seconds
	manyOfADay  = 12     // sessions
	leastOfWeek = 3      // of a day of the week, before its own hours are told from those of the others

	// shortest is the least time between two sessions of a day. Times that are missing on most days for less than that,
	// as late minutes without a trade, are gaps within a session.
	shortest = 15 * time.Minute
)

// hours counts on which days of the week which times of day were seen.
type hours struct {
	step        time.Duration
	first, last time.Time
	seen        map[time.Duration]*[7]int
	dates       [7]int // on which there is a step, by the day of the week
	all         [7]int // from the first to the last
}

// sessions returns the hours of the week in which times in their order, a step apart, lie; nil where they show none:
// where they go on day and night, on fewer than three days, or now and then at any time. A time of day belongs to a
// session where there is a step on at least half of the days; by itself for each day of the week that comes three
// times, else for all. A Saturday or Sunday without a step is closed.
func sessions(at []time.Time, step time.Duration) [][]Session {
	if step <= 0 || step >= 24*time.Hour || len(at) < 2*leastDays {
		return nil
	}
	h := hours{step: step, first: at[0], last: at[len(at)-1], seen: map[time.Duration]*[7]int{}}
	before, breaks := -1<<40, 0
	for i, t := range at {
		if i > 0 && t.Sub(at[i-1]) != step {
			breaks++
		}
		w, tod := t.Weekday(), timeOf(t)
		if h.seen[tod] == nil {
			if len(h.seen) > manyTimes {
				return nil
			}
			h.seen[tod] = new([7]int)
		}
		h.seen[tod][w]++
		if d := date(t); d != before {
			h.dates[w]++
			before = d
		}
	}
	days := 0
	for w := range h.dates {
		days += h.dates[w]
	}
	if days < leastDays || 7*breaks < days-1 { // sessions end once a week at least
		return nil
	}
	for w, from := 0, date(h.first); w < 7; w++ {
		n := date(h.last) - from + 1
		h.all[(int(h.first.Weekday())+w)%7] = (n - w + 6) / 7
	}
	return h.week(len(at))
}

// week returns the sessions, of so many steps in all.
func (h *hours) week(steps int) [][]Session {
	week, closed, inside := make([][]Session, 7), false, 0
	for w := range week {
		var open []time.Duration
		for tod := range h.seen {
			if h.open(w, tod) {
				open = append(open, tod)
				inside += h.seen[tod][w]
			}
		}
		slices.Sort(open)
		for _, tod := range open {
			if k := len(week[w]); k > 0 && tod-week[w][k-1].To <= max(h.step, shortest) {
				week[w][k-1].To = tod
			} else {
				week[w] = append(week[w], Session{tod, tod})
			}
		}
		if len(week[w]) > manyOfADay {
			return nil
		}
		whole := len(week[w]) == 1 && week[w][0].To-week[w][0].From+h.step == 24*time.Hour
		closed = closed || !whole
	}
	if !closed || inside == 0 || (steps-inside)*most > steps {
		return nil
	}
	return week
}

// open reports whether a time of day belongs to a session of a day of the week.
func (h *hours) open(w int, tod time.Duration) bool {
	switch {
	case h.all[w] >= leastOfWeek:
		return h.seen[tod][w] > 0 && 2*h.seen[tod][w] >= h.all[w]-h.cut(w, tod)
	case h.all[w] > 0 && h.dates[w] == 0 && (w == int(time.Saturday) || w == int(time.Sunday)):
		return false
	}
	seen, days := 0, 0
	for v := range h.dates {
		seen += h.seen[tod][v]
		if h.dates[v] > 0 {
			days += h.dates[v] - h.cut(v, tod)
		}
	}
	return 2*seen >= days
}

// cut returns the number of days of the week that lack a time of day because the series begins after it or ends before
// it.
func (h *hours) cut(w int, tod time.Duration) int {
	n := 0
	if int(h.first.Weekday()) == w && tod < timeOf(h.first) {
		n++
	}
	if int(h.last.Weekday()) == w && tod > timeOf(h.last) {
		n++
	}
	return n
}

// Hours returns the sessions in words: "09:00 to 17:00 Monday to Friday"; "" without any.
func (r Rule) Hours() string {
	if r.perWeek() == 0 {
		return ""
	}
	var parts []string
	for k := 0; k < 7; {
		day := func(k int) int { return (k + 1) % 7 } // from Monday on
		end := k + 1
		for end < 7 && slices.Equal(r.Week[day(end)], r.Week[day(k)]) {
			end++
		}
		if s := r.Week[day(k)]; len(s) > 0 {
			names := time.Weekday(day(k)).String()
			if end > k+1 {
				names += " to " + time.Weekday(day(end-1)).String()
			}
			var spans []string
			for _, x := range s {
				if x.From == x.To {
					spans = append(spans, ofDay(x.From))
				} else {
					spans = append(spans, ofDay(x.From)+" to "+ofDay(x.To))
				}
			}
			parts = append(parts, strings.Join(spans, " and ")+" "+names)
		}
		k = end
	}
	return strings.Join(parts, ", ")
}

// ofDay returns a time of day as clocks show it.
func ofDay(d time.Duration) string {
	s := fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60)
	if rest := d % time.Minute; rest != 0 {
		s += fmt.Sprintf(":%02d", rest/time.Second)
		if ns := rest % time.Second; ns != 0 {
			s += strings.TrimRight(fmt.Sprintf(".%09d", ns), "0")
		}
	}
	return s
}
