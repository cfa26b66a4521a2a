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

// groupSpecs adds to the specs of columns of which the experiment says nothing what distances between rows call
// for: a column of numbers whose skewness in the training rows is beyond ±1, and half of that or less for
// sign(x)·log(1 + |x|), is taken on that scale, so that a few great values do not make the groups.
func groupSpecs(in *task.Input, t *data.Table, training []int, specs map[string]prep.Spec) {
	if in.Spec.Data.Cluster == nil || in.Spec.Data.Features.All != "" {
		return
	}
	rows := t.Select(training)
	var found []string
	for i := range t.Columns {
		c := &rows.Columns[i]
		if _, given := specs[c.Name]; given || c.Kind != data.Number {
			continue
		}
		use, _ := t.Use(rows, i)
		if use != data.AsValue && use != data.WithMark {
			continue
		}
		plain, log := skewness(c.Numbers, func(v float64) float64 { return v }), skewness(c.Numbers, log1p)
		if math.Abs(plain) > skewed && math.Abs(log) <= math.Abs(plain)/2 {
			specs[c.Name] = prep.Spec{Log1p: true, Scale: "zscore", Indicator: use == data.WithMark}
			found = append(found, fmt.Sprintf("%s (%.1f, then %.1f)", c.Name, plain, log))
		}
	}
	if len(found) > 0 {
		in.Note("%s: sign(x)·log(1 + |x|) takes the place of columns whose skewness is beyond ±%d and halved by it: "+
			"%s; features: {COLUMN: TRANSFORM} says otherwise", t.Name, skewed, strings.Join(found, ", "))
	}
}

func log1p(v float64) float64 { return math.Copysign(math.Log1p(math.Abs(v)), v) }

// skewness returns the third central moment over the cube of the standard deviation of f of the numbers, 0 where they
// are all the same; missing ones are passed over.
func skewness(x []float64, f func(float64) float64) float64 {
	n, mean := 0.0, 0.0
	for _, v := range x {
		if !math.IsNaN(v) {
			n++
			mean += (f(v) - mean) / n
		}
	}
	square, cube := 0.0, 0.0
	for _, v := range x {
		if !math.IsNaN(v) {
			d := f(v) - mean
			square += d * d / n
			cube += d * d * d / n
		}
	}
	if !(square > 0) {
		return 0
	}
	return cube / math.Pow(square, 1.5)
}
