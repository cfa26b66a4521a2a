package series

import (
	"cmp"
	"math"
	"slices"

	"gorae/data"
	"gorae/data/series"
	"gorae/internal/words"
	"gorae/task"
)

// How many forecasts are shown of a target, and how much of what was seen.
const (
	worstCases   = 4
	typicalCases = 2
	caseSteps    = 200
)

// cases returns, for the first targets, the forecasts with the greatest errors and some with those of the middle. The
// error of a forecast is the root mean square over its steps. Windows that overlap have like errors: of those that lie
// within a forecast of each other one is shown.
func cases(p *series.Problem, net *series.Forecasts, part task.Part) []task.Cases {
	spec := p.Fitted.Spec
	var out []task.Cases
	for k, target := range spec.Targets[:min(len(spec.Targets), shownTargets)] {
		off := make([]float64, len(net.Values))
		for i, v := range net.Values {
			for j := k; j < len(v); j += len(spec.Targets) {
				d := v[j] - net.Actual[i][j]
				off[i] += d * d
			}
		}
		order := slices.DeleteFunc(data.Range(len(off)), func(i int) bool { return off[i]-off[i] != 0 })
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(off[b], off[a]) })
		var used []int
		pick := func(from []int, n int) (list []task.Case) {
			for _, i := range from {
				at := net.Origins[i]
				if len(list) == n || slices.ContainsFunc(used, func(o int) bool {
					return at-o < spec.Steps && o-at < spec.Steps
				}) {
					continue
				}
				if c, ok := single(p, net, i, k); ok {
					list, used = append(list, c), append(used, at)
				}
			}
			return list
		}
		worst := pick(order, worstCases)
		out = append(out, task.Cases{Target: target, Part: part.String(), Worst: worst,
			Typical: pick(order[len(order)/2:], typicalCases)})
	}
	return out
}

// single is a forecast of target k beside what was seen before it and what came; false where a number is not finite.
func single(p *series.Problem, net *series.Forecasts, i, k int) (task.Case, bool) {
	spec, origin := p.Fitted.Spec, net.Origins[i]
	course := &task.Course{Ahead: spec.Horizon}
	if column, err := p.Frame.Column(spec.Targets[k]); err == nil {
		from := max(0, origin+1-min(spec.Window, caseSteps))
		course.Seen = slices.Clone(column[from : origin+1])
	}
	worst, most := 0, -1.0
	for j := k; j < len(net.Values[i]); j += len(spec.Targets) {
		course.Forecast = append(course.Forecast, net.Values[i][j])
		course.Observed = append(course.Observed, net.Actual[i][j])
		if d := math.Abs(net.Values[i][j] - net.Actual[i][j]); d > most {
			worst, most = len(course.Forecast)-1, d
		}
	}
	for _, v := range slices.Concat(course.Seen, course.Forecast, course.Observed) {
		if v-v != 0 {
			return task.Case{}, false
		}
	}
	return task.Case{Place: p.Frame.Stamp(origin + spec.Horizon + worst), Course: course,
		True: words.Figure(course.Observed[worst]), Predicted: words.Figure(course.Forecast[worst])}, true
}
