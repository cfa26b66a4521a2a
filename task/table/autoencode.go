package table

import (
	"fmt"
	"math"
	"strings"

	"gorae/data"
	"gorae/prep"
	"gorae/task"
	"gorae/task/supervised"
)

// origin is the tables and the rows that the samples of a training are.
type origin struct {
	table, test *data.Table
	parts       [3][]int
}

// Autoencode makes rows without targets samples whose target is their input; the groups of their codes are described by
// the columns.
func Autoencode(in *task.Input, p *task.Prepared, f *Fitted) (*task.Prepared, error) {
	known, err := f.known(in)
	if err != nil {
		return nil, err
	}
	out, err := supervised.Autoencode(in, p, known)
	if err == nil {
		out.Problem.(*supervised.Reconstruction).Describe = (&profile{Fitted: f, data: p.Parts[task.Train]}).describe
	}
	return out, err
}

// known returns the classes in the column data.known.
func (f *Fitted) known(in *task.Input) (*supervised.Known, error) {
	c, err := supervised.KnownColumn(in, f.origin.table)
	if c == nil || err != nil {
		return nil, err
	}
	var test *data.Column
	if f.origin.test != nil {
		if test, err = supervised.KnownColumn(in, f.origin.test); err != nil {
			return nil, err
		}
	}
	k := supervised.KnownOf(c, f.origin.parts, test)
	if k == nil {
		return nil, task.Errorf("data.known", "%s has too many different values to be classes", c.Name)
	}
	return k, nil
}

// skewed is the skewness from which a column of numbers is taken on a logarithmic scale.
const skewed = 1

// groupSpecs adds to the specs of columns of which the experiment says nothing what distances between rows call for,
// so that a few extreme values do not make the groups. A column of numbers whose skewness in the training rows is
// beyond ±1, and half of that or less for sign(x)·log(1 + |x|), is taken on that scale; values beyond Tukey's fences
// are brought to them.
func groupSpecs(in *task.Input, t *data.Table, training []int, specs map[string]prep.Spec) {
	if in.Spec.Data.Cluster == nil || in.Spec.Data.Features.All != "" {
		return
	}
	rows := t.Select(training)
	var logs, fenced []string
	for i := range t.Columns {
		c := &rows.Columns[i]
		if _, given := specs[c.Name]; given || c.Kind != data.Number {
			continue
		}
		use, _ := t.Use(rows, i)
		if use != data.AsValue && use != data.WithMark {
			continue
		}
		s := prep.Spec{Scale: prep.ZScore{}, Indicator: use == data.WithMark}
		values := present(c.Numbers, func(v float64) float64 { return v })
		log := present(c.Numbers, log1p)
		if a, b := skewness(values), skewness(log); math.Abs(a) > skewed && math.Abs(b) <= math.Abs(a)/2 {
			s.Log1p, values = true, log
			logs = append(logs, fmt.Sprintf("%s (%.1f, then %.1f)", c.Name, a, b))
		}
		if n := beyond(values); n > 0 {
			s.Fences = fences
			fenced = append(fenced, fmt.Sprintf("%s (%.1f %%)", c.Name, 100*float64(n)/float64(len(values))))
		}
		if s.Log1p || s.Fences > 0 {
			specs[c.Name] = s
		}
	}
	if len(logs) > 0 {
		in.Note("%s: sign(x)·log(1 + |x|) takes the place of columns whose skewness is beyond ±%d and halved by it: "+
			"%s; features: {COLUMN: TRANSFORM} says otherwise", t.Name, skewed, strings.Join(logs, ", "))
	}
	if len(fenced) > 0 {
		in.Note("%s: values of the training rows farther than %g interquartile ranges outside the quartiles are "+
			"brought to that limit, so that a few extreme rows do not make the groups: %s; features: {COLUMN: "+
			"TRANSFORM} says otherwise", t.Name, fences, strings.Join(fenced, ", "))
	}
}

// fences is the number of interquartile ranges outside the quartiles from which values are extreme: Tukey's.
const fences = 1.5

// beyond returns the number of values beyond the fences.
func beyond(x []float64) int {
	f, n := prep.Fences(x, fences), 0
	for _, v := range x {
		if f != nil && f.Bring(v) != v {
			n++
		}
	}
	return n
}

// present returns f of the numbers that are not missing.
func present(x []float64, f func(float64) float64) []float64 {
	out := make([]float64, 0, len(x))
	for _, v := range x {
		if !math.IsNaN(v) {
			out = append(out, f(v))
		}
	}
	return out
}

func log1p(v float64) float64 { return math.Copysign(math.Log1p(math.Abs(v)), v) }

// skewness returns the third central moment over the cube of the standard deviation of numbers, 0 where they are all
// the same.
func skewness(x []float64) float64 {
	n, mean := float64(len(x)), 0.0
	for _, v := range x {
		mean += v / n
	}
	square, cube := 0.0, 0.0
	for _, v := range x {
		d := v - mean
		square += d * d / n
		cube += d * d * d / n
	}
	if !(square > 0) {
		return 0
	}
	return cube / math.Pow(square, 1.5)
}
