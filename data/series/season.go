package series

import (
	"fmt"
	"math"
	"slices"

	"gorae/data"
	"gorae/stat"
)

// Season is how many steps the season is long that such stamps usually have: a day of hours or minutes, or of the hours
// of the week in which the steps lie, 7 days, 24 halves of months, 12 months, 4 quarters; 0 for all else.
func (s Stamps) Season() int {
	if all := s.seasons(); len(all) > 0 {
		return all[0]
	}
	return 0
}

// seasons are the seasons that such stamps may have, in steps, the shortest first: those of the day, the week and the
// year that are whole numbers of steps.
func (s Stamps) seasons() []int {
	day := int64(86400e9)
	switch {
	case s.Numbers:
	case s.Second > 0:
		return []int{24}
	case s.Months > 0 && s.Months < 12 && 12%s.Months == 0:
		return []int{12 / s.Months}
	case s.Days == 1 && s.Business:
		return []int{5}
	case s.Days == 1:
		return []int{7, 365}
	case s.Days == 7:
		return []int{52}
	case s.perWeek() > 0:
		switch n, week := s.perDay(), s.perWeek(); {
		case n > 1:
			return []int{n, week}
		case n == 1 || week <= longestSeason:
			return []int{week}
		}
	case s.Every > 0 && int64(s.Every) < day && day%int64(s.Every) == 0:
		n := int(day / int64(s.Every))
		return []int{n, 7 * n}
	}
	return nil
}

// perDay is how many steps each day has that has any, 0 where they are not alike.
func (r Rule) perDay() int {
	n := 0
	for _, day := range r.Week {
		d := 0
		for _, s := range day {
			d += s.steps(r.Every)
		}
		if d > 0 && n > 0 && d != n {
			return 0
		}
		n = max(n, d)
	}
	return n
}

// longestSeason is how many steps a season may be long that is sought in the values alone.
const longestSeason = 400

// found is a season that the values show.
type found struct {
	steps int
	r     float64 // the autocorrelation at so many steps
}

// season finds the seasons of values in the order of time, whose differences are taken where they are not stationary.
func season(x []float64, usual []int) []found {
	x = tested(x)
	s, err := stat.Stationarity(x)
	if err != nil {
		return nil
	}
	if s.Nature() != stat.Stationary {
		x = differences(x)
	}
	return shown(x, usual)
}

// shown is the seasons that stationary values show, the one to go by first: of the usual ones the shortest, or a longer
// one where the autocorrelation at it is greater by .1; where they show none of these, that at which their
// autocorrelation is greatest.
func shown(x []float64, usual []int) (all []found) {
	for _, n := range usual {
		if len(x) < 3*n {
			break
		}
		r, err := stat.Autocorrelation(x, n)
		if err != nil {
			return nil
		}
		switch shows := seasonal(r, n, len(x)); {
		case len(all) == 0 && shows:
			all = []found{{n, r[n]}}
		case len(all) > 0 && shows && r[n] > all[0].r+.1:
			all = slices.Insert(all, 0, found{n, r[n]})
		case len(all) > 0 && beside(x, all[0].steps, n):
			all = append(all, found{n, r[n]})
		}
	}
	if len(all) > 0 {
		return all
	}
	r, err := stat.Autocorrelation(x, min(longestSeason, len(x)/3))
	if err != nil {
		return nil
	}
	if f, ok := sought(r, len(x)); ok {
		return []found{f}
	}
	return nil
}

// beside says whether values have a season of n steps beside a shorter one, of which n may be a multiple: it shows when
// the mean of each phase of the shorter one is taken out.
func beside(x []float64, shorter, n int) bool {
	sum, count := make([]float64, shorter), make([]float64, shorter)
	for i, v := range x {
		sum[i%shorter] += v
		count[i%shorter]++
	}
	rest := make([]float64, len(x))
	for i, v := range x {
		rest[i] = v - sum[i%shorter]/count[i%shorter]
	}
	r, err := stat.Autocorrelation(rest, n)
	return err == nil && seasonal(r, n, len(x))
}

// seasonal says whether values n steps apart are alike: by more than a fifth, and more than chance explains, both by
// themselves and above the least alike of those nearer to each other. Mere persistence makes values the less alike the
// farther apart they are, which is no season.
func seasonal(r []float64, n, of int) bool {
	return r[n]-max(slices.Min(r[1:n]), 0) >= max(.2, 2/math.Sqrt(float64(of)))
}

// sought is the season among all lags: the shortest lag whose autocorrelation is within a tenth of the greatest of
// those that stand above their neighbours, above what the lags before leave to chance (Bartlett's variance, with
// Bonferroni's correction for the number of lags), and that show at twice the lag again.
func sought(r []float64, of int) (found, bool) {
	var peaks []found
	z := stat.NormalQuantile(1 - .025/float64(len(r)))
	sum, least := 0.0, 1.0
	for k := 1; k+1 < len(r); k++ {
		limit := max(.2, z*math.Sqrt((1+2*sum)/float64(of)))
		peak := k > 1 && r[k] > r[k-1] && r[k] >= r[k+1]
		twice := 2*k >= len(r)-1 || slices.Max(r[2*k-1:2*k+2]) >= r[k]/2
		if peak && r[k]-max(least, 0) >= limit && twice {
			peaks = append(peaks, found{k, r[k]})
		}
		sum, least = sum+r[k]*r[k], min(least, r[k])
	}
	best := 0.0
	for _, p := range peaks {
		best = max(best, p.r)
	}
	for _, p := range peaks {
		if p.r >= .9*best {
			return p, true
		}
	}
	return found{}, false
}

// settleSeason takes the season that the first target shows within the span, or else the one that is usual for the
// stamps.
func (t *Fitted) settleSeason(f *Frame, learn Span) error {
	s := &t.Spec
	s.Season = f.Stamps.Season()
	x, err := f.Column(s.Targets[0])
	if err != nil {
		return err
	}
	t.seasons = season(x[learn.From:learn.To], f.Stamps.seasons())
	say := func(format string, args ...any) {
		t.guesses = append(t.guesses, data.Guess{Column: s.Targets[0], Count: 1, What: fmt.Sprintf(format, args...),
			Key: "series: {season: N} says otherwise"})
	}
	if len(t.seasons) == 0 {
		return nil
	}
	got, usual := t.seasons[0], s.Season
	s.Season = got.steps
	switch {
	case got.steps == usual && len(t.seasons) == 1:
	case got.steps == usual:
		say("seasons of %d and of %d steps show, as values so far apart correlate by %.2f and by %.2f; that of %[1]d "+
			"is taken", got.steps, t.seasons[1].steps, got.r, t.seasons[1].r)
	case len(t.seasons) > 1:
		say("a season of %d steps is taken, as values so far apart correlate by %.2f; one of %d steps shows too, with "+
			"%.2f", got.steps, got.r, t.seasons[1].steps, t.seasons[1].r)
	case usual > 0:
		say("a season of %d steps is taken, as values so far apart correlate by %.2f; %d are usual for its times",
			got.steps, got.r, usual)
	default:
		say("a season of %d steps is taken, as values so far apart correlate by %.2f; its times say none", got.steps,
			got.r)
	}
	return nil
}

// Guesses is what Fit took for granted.
func (t *Fitted) Guesses() []data.Guess { return t.guesses }
