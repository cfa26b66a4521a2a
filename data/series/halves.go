package series

import "time"

// halves returns the distances of stamps in halves of months where all fall on two days of the month that are 12 to 18
// days apart, such as the 1st and the 15th, or the 15th and the last one, and most follow the one before by a half;
// else nil. Stamps as many days apart everywhere are none: they may be every 14 or 15 days.
func halves(at []time.Time) (distances []float64, on Rule) {
	if len(at) < 3 || evenly(at) {
		return nil, Rule{}
	}
	first, last := 31, 0
	for _, t := range at {
		first, last = min(first, t.Day()), max(last, t.Day())
	}
	for _, second := range []int{31, last} {
		r := Rule{Months: 1, Day: first, Second: second}
		if apart := min(second, 30) - first; apart < 12 || apart > 18 {
			continue
		}
		if distances = r.halves(at); distances != nil {
			return distances, r
		}
	}
	return nil, Rule{}
}

// halves returns the distances of stamps in halves of months by the rule; nil where a stamp is on another day or time of
// the day, or not after the one before, and where fewer than half follow the one before by a half.
func (r Rule) halves(at []time.Time) (distances []float64) {
	alike := 0
	for i, t := range at {
		if t.Day() != r.Day && t.Day() != min(r.Second, lastDay(t.Year(), t.Month())) || clockTime(t) != clockTime(at[0]) {
			return nil
		}
		if i == 0 {
			continue
		}
		d := r.half(t) - r.half(at[i-1])
		if d < 1 {
			return nil
		}
		if d == 1 {
			alike++
		}
		distances = append(distances, float64(d))
	}
	if 2*alike < len(distances) {
		return nil
	}
	return distances
}

// half counts the halves of months.
func (r Rule) half(t time.Time) int {
	n := 2 * (12*t.Year() + int(t.Month()))
	if t.Day() > r.Day {
		n++
	}
	return n
}
