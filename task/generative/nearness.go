package generative

import (
	"fmt"
	"math"

	"gorae/reduce"
	"gorae/stat"
	"gorae/task"
)

// leftOutTimes is how many groups of pictures the jackknife leaves out in turn.
const leftOutTimes = 20

// nearness says whether samples are nearer to the held-out pictures than blurred training pictures are, by the interval
// of the difference of the two distances, and what the distance of real pictures is. Distances of n pictures are
// greater than those of the distributions; as many pictures are behind each.
func (p *problem) nearness(real, blurred *seen, to *task.Findings) error {
	own, other, interval, err := closer(p.made, blurred, p.real)
	if err != nil {
		return err
	}
	least, err := real.distance(p.real)
	if err != nil {
		return err
	}
	verdict, words := task.Untold, fmt.Sprintf("it cannot be told whether the samples are nearer to %s pictures than "+
		"blurred training pictures", p.part)
	switch {
	case interval.High < 0:
		verdict = task.Better
		words = fmt.Sprintf("the samples are nearer to %s pictures than blurred training pictures", p.part)
	case interval.Low > 0:
		verdict = task.Worse
		words = fmt.Sprintf("the samples are farther from %s pictures than blurred training pictures", p.part)
	}
	test := fmt.Sprintf("95 %% interval of the difference %.3g to %.3g, by the jackknife", interval.Low, interval.High)
	if math.IsNaN(interval.Low) {
		test = fmt.Sprintf("%d pictures; an interval needs %d or more", p.real.n, 5*leftOutTimes)
	}
	to.Judge(verdict, fmt.Sprintf("%s: distance %.4f against %.4f, that of real ones %.4f (%s)", words, own, other,
		least, test))
	return nil
}

// closer returns the distances of two lists of pictures from the same real ones, and the 95 % interval of the first
// less the second by the jackknife, which leaves out a twentieth of all three lists at a time; NaN of too few.
func closer(a, b, real *seen) (ofA, ofB float64, i stat.Interval, err error) {
	i = stat.Interval{Low: math.NaN(), High: math.NaN()}
	if ofA, err = a.distance(real); err != nil {
		return ofA, ofB, i, err
	}
	if ofB, err = b.distance(real); err != nil || min(a.n, b.n, real.n) < 5*leftOutTimes {
		return ofA, ofB, i, err
	}
	var left []float64
	for g := range leftOutTimes {
		var normals []*reduce.Normal
		for _, s := range []*seen{a, b, real} {
			n, err := reduce.FitNormal(without(s.rows, g))
			if err != nil {
				return ofA, ofB, i, err
			}
			normals = append(normals, n)
		}
		x, err := reduce.Frechet(normals[0], normals[2])
		if err != nil {
			return ofA, ofB, i, err
		}
		y, err := reduce.Frechet(normals[1], normals[2])
		if err != nil {
			return ofA, ofB, i, err
		}
		left = append(left, x-y)
	}
	m, square := average(left), 0.0
	for _, v := range left {
		square += (v - m) * (v - m)
	}
	const k = leftOutTimes
	half := stat.StudentQuantile(0.975, k-1) * math.Sqrt(square*(k-1)/k)
	return ofA, ofB, stat.Interval{Low: ofA - ofB - half, High: ofA - ofB + half}, nil
}

// without is the rows whose numbers are not g modulo the number of groups.
func without(rows reduce.Rows, g int) reduce.Rows {
	var kept [][]float64
	for i := range rows.Len() {
		if i%leftOutTimes != g {
			row := make([]float64, rows.Dim())
			rows.Row(i, row)
			kept = append(kept, row)
		}
	}
	return reduce.Of(kept)
}
