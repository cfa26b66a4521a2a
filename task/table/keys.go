package table

import (
	"fmt"
	"math"
	"slices"

	"gorae/data"
	"gorae/internal/par"
	"gorae/prep"
	"gorae/task"
	"gorae/task/supervised"
)

// Bounds of what is said of rows of one key.
const (
	fewestKeysOf  = 10   // different values of a key
	mostOfOneKey  = 0.2  // share of the rows with one value
	leastShared   = 0.5  // share of the rows whose value another row has
	leastAlike    = 0.9  // share of the rows whose nearest one has the same value
	leastRise     = 2    // mean error from the nearest row of another value, by that from the nearest row
	leastStudent  = 4    // mean difference of both errors by its standard error
	mostNeighbour = 1000 // rows among which the nearest is looked for
	mostOfKeys    = 1e5  // rows of which the values are counted
	mostIndicated = 20   // values up to which text counts in a distance
	keysWork      = 1e9  // differences of coordinates up to which keys are looked for
)

// noteKeys adds a note where the values of a column stand for persons, machines or other groups whose rows are in all
// parts: where the nearest training row in the other columns has nearly always the same value, and where the target of
// the nearest row with another value is wrong by far more. Then the network may tell the group of a test row, and with
// it the target, from training rows, and the figures do not hold for new groups. Both errors are those of the nearest
// neighbour, mean squares of numbers and shares of classes, on up to 1,000 rows, taken by whole groups.
//
// On the tables of 11 sources, 50 columns had values enough; the nearest row had the same value for up to 60 % (the
// nitric oxides of the Boston housing, which are those of a town).
func noteKeys(in *task.Input, l labelled, f *Fitted, training []int) {
	if by := in.Spec.Split.By; in.Test != nil || by != "random" && by != "stratified" || len(f.Targets) != 1 ||
		len(l.columns) != 1 {
		return
	}
	g, target := f.Targets[0], l.columns[0]
	classes := g.Task == prep.Classification
	if !classes && g.Task != prep.Regression {
		return
	}
	var codes []int
	if classes {
		codes = target.Groups()
	}
	rows, work := l.rowsOf(training), 0.0
	all := keysOf(l.whole, f.Pipeline, rows)
	for _, c := range f.Pipeline.Columns {
		some, of := all[c.Name].some, all[c.Name].of
		if some == nil {
			continue
		}
		var features [][]float64
		for _, other := range f.Pipeline.Columns {
			if column := all[other.Name].Column; column != nil && other.Name != c.Name && !other.Spec.Drop {
				features = append(features, coordinates(column, rows, some)...)
			}
		}
		work += float64(len(some)) * float64(len(some)) * float64(len(features))
		if len(features) == 0 || work > keysWork {
			continue
		}
		alike, own, other := neighbours(features, of, func(i, j int) float64 {
			a, b := training[some[i]], training[some[j]]
			if classes {
				if codes[a] != codes[b] {
					return 1
				}
				return 0
			}
			d := target.Numbers[a] - target.Numbers[b]
			return d * d
		})
		switch {
		case alike < leastAlike:
			continue
		case classes:
			in.Notes = append(in.Notes, fmt.Sprintf("%s: for %.0f %% of the training rows the nearest one in the "+
				"other columns has the same %s; the nearest has another %s for %.3g %%, the nearest with another %s "+
				"for %.3g %%: parts drawn at random have rows of each, so that the figures do not hold for a new %s; "+
				"split: {group: %s} keeps each in one part", l.whole.Name, 100*alike, c.Name, g.Name, 100*own, c.Name,
				100*other, c.Name, supervised.Quoted(c.Name)))
		default:
			in.Notes = append(in.Notes, fmt.Sprintf("%s: for %.0f %% of the training rows the nearest one in the "+
				"other columns has the same %s; %s of the nearest is off by %.3g (rmse), of the nearest with another "+
				"%s by %.3g: parts drawn at random have rows of each, so that the figures do not hold for a new %s; "+
				"split: {group: %s} keeps each in one part", l.whole.Name, 100*alike, c.Name, g.Name, math.Sqrt(own),
				c.Name, math.Sqrt(other), c.Name, supervised.Quoted(c.Name)))
		}
		return
	}
}

// grouped is a column, and where it is a key, some rows, by their places among those that are trained on, and the
// number of the value of each.
type grouped struct {
	*data.Column
	some, of []int
}

// keysOf returns the columns of a pipeline in a table, by name. rows are those that are trained on.
func keysOf(t *data.Table, p *prep.Pipeline, rows []int) map[string]grouped {
	places := map[string]int{} // one by one they would be looked for in time that grows with the square of their number
	for i := range t.Columns {
		places[t.Columns[i].Name] = i
	}
	all := make([]grouped, len(p.Columns))
	par.Each(len(all), func(i int) {
		if at, ok := places[p.Columns[i].Name]; ok {
			c := &t.Columns[at]
			all[i].Column = c
			all[i].some, all[i].of = ofWholeGroups(c, rows)
		}
	})
	out := map[string]grouped{}
	for i, g := range all {
		out[p.Columns[i].Name] = g
	}
	return out
}

// neighbours returns the share of rows whose nearest one is of the same group, the mean error from the nearest row,
// and that from the nearest row of another group. The share is 0 where the errors do not differ enough.
func neighbours(features [][]float64, of []int, wrong func(i, j int) float64) (alike, own, other float64) {
	near, far := nearest(features, of)
	n, square := float64(len(of)), 0.0
	for i := range of {
		if near[i] < 0 || far[i] < 0 {
			return 0, 0, 0
		}
		if of[near[i]] == of[i] {
			alike += 1 / n
		}
		a, b := wrong(i, near[i]), wrong(i, far[i])
		own, other, square = own+a/n, other+b/n, square+(b-a)*(b-a)/n
	}
	rise := other - own
	if other < leastRise*own || rise <= 0 || rise*rise*n < leastStudent*leastStudent*(square-rise*rise) {
		return 0, own, other
	}
	return alike, own, other
}

// ofWholeGroups returns places in rows, all of those with the same value of a column or none of them, at most
// mostNeighbour, and the number of the value of each; nil where the column is no key.
func ofWholeGroups(key *data.Column, rows []int) (some, of []int) {
	if key.MostCommon(rows, mostOfKeys) > mostOfOneKey {
		return nil, nil
	}
	places, values := key.WholeGroups(rows, mostOfKeys)
	groups := make([][]int, 1+slices.Max(append([]int{-1}, values...)))
	for i, v := range values {
		groups[v] = append(groups[v], places[i])
	}
	shared := 0
	for _, g := range groups {
		if len(g) > 1 {
			shared += len(g)
		}
	}
	if len(groups) < fewestKeysOf || float64(shared) < leastShared*float64(len(places)) {
		return nil, nil
	}
	for v, g := range groups {
		if len(some)+len(g) <= mostNeighbour {
			some = append(some, g...)
			of = append(of, slices.Repeat([]int{v}, len(g))...)
		}
	}
	return some, of
}

// coordinates returns what a column adds to the place of each of some rows: a number by its deviation over all rows, a
// text of few values by one coordinate for each. Missing numbers are the mean.
func coordinates(c *data.Column, rows, some []int) [][]float64 {
	if c.Kind != data.Number {
		levels := c.Levels()
		if levels < 2 || levels > mostIndicated {
			return nil
		}
		groups := c.Groups()
		out := make([][]float64, levels)
		for level := range out {
			out[level] = make([]float64, len(some))
			for i, place := range some {
				if groups[rows[place]] == level {
					out[level][i] = 1
				}
			}
		}
		return out
	}
	sum, square, n := 0.0, 0.0, 0.0
	for _, r := range rows {
		if v := c.Numbers[r]; !c.IsMissing(r) {
			sum, square, n = sum+v, square+v*v, n+1
		}
	}
	mean := sum / max(1, n)
	deviation := math.Sqrt(max(0, square/max(1, n)-mean*mean))
	if !(deviation > 0) || math.IsInf(deviation, 0) {
		return nil
	}
	out := make([]float64, len(some))
	for i, place := range some {
		if r := rows[place]; !c.IsMissing(r) {
			out[i] = (c.Numbers[r] - mean) / deviation
		}
	}
	return [][]float64{out}
}

// nearest returns for each row the nearest other one, and the nearest of another group; −1 where there is none. The
// groups of the rows are of.
func nearest(features [][]float64, of []int) (near, far []int) {
	near, far = slices.Repeat([]int{-1}, len(of)), slices.Repeat([]int{-1}, len(of))
	distance := make([]float64, len(of))
	for i := range of {
		for j := range distance {
			distance[j] = 0
		}
		for _, x := range features {
			at := x[i]
			for j, v := range x {
				distance[j] += (v - at) * (v - at)
			}
		}
		for j, d := range distance {
			if j != i && (near[i] < 0 || d < distance[near[i]]) {
				near[i] = j
			}
			if of[j] != of[i] && (far[i] < 0 || d < distance[far[i]]) {
				far[i] = j
			}
		}
	}
	return near, far
}
