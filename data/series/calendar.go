package series

import (
	"fmt"
	"math"
	"time"

	"gorae/config"
	"gorae/internal/spell"
)

// Calendar features are the hands of a clock: sin and cos of 2π·(place in the cycle),
// so that 23:59 lies beside 0:00.
//
//	hour      place in the day, from midnight
//	weekday   place in the week, from Monday 0:00
//	month     place in the year, month by month
//	yearday   place in the year, day by day
var cycles = []string{"hour", "weekday", "month", "yearday"}

// turn returns the place within a cycle, from 0 up to below 1. Times are taken as they are
// written: as UTC.
func turn(cycle string, at float64) float64 {
	day := math.Floor(at / 86400)
	in := at/86400 - day
	switch cycle {
	case "hour":
		return in
	case "weekday":
		w := math.Mod(day+3, 7) // 1 January 1970 was a Thursday
		if w < 0 {
			w += 7
		}
		return (w + in) / 7
	}
	t := time.Unix(int64(day)*86400, 0).UTC()
	if cycle == "month" {
		return float64(t.Month()-1) / 12
	}
	days := 365.0
	if y := t.Year(); y%4 == 0 && (y%100 != 0 || y%400 == 0) {
		days = 366
	}
	return (float64(t.YearDay()-1) + in) / days
}

// hands writes sin and cos of each cycle.
func hands(to []float32, names []string, at float64) {
	for i, c := range names {
		sin, cos := math.Sincos(2 * math.Pi * turn(c, at))
		to[2*i], to[2*i+1] = float32(sin), float32(cos)
	}
}

func checkCalendar(names []string) error {
	for _, n := range names {
		known := false
		for _, c := range cycles {
			known = known || c == n
		}
		if !known {
			return config.Errorf("series.calendar", "%q is none of hour, weekday, month, yearday%s", n,
				spell.Hint(n, cycles))
		}
	}
	return nil
}

func unknown(f *Frame, name string) error {
	hint := spell.Hint(name, f.Names)
	if hint == "" {
		hint = fmt.Sprintf("; there are %v", f.Names)
	}
	return fmt.Errorf("%s: no column %q among the series%s", f.Name, name, hint)
}
