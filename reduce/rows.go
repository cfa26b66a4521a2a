package reduce

import (
	"fmt"
	"math"

	"gorae/internal/par"
)

// Rows is samples of numbers, all of one length. Any number of goroutines may call Row at the same time.
type Rows interface {
	Len() int                // the number of samples
	Dim() int                // of numbers of a sample
	Row(i int, to []float64) // writes sample i
}

// Of returns samples that are rows of float64.
func Of(x [][]float64) Rows { return rows(x) }

type rows [][]float64

func (x rows) Len() int { return len(x) }

func (x rows) Dim() int {
	if len(x) == 0 {
		return 0
	}
	return len(x[0])
}

func (x rows) Row(i int, to []float64) {
	if len(x[i]) != len(to) { // a NaN is found and reported by whoever reads the row
		to[0] = math.NaN()
		return
	}
	copy(to, x[i])
}

// Flat returns samples of d numbers each that stand one behind the other.
func Flat(values []float32, d int) Rows { return flat{values, d} }

type flat struct {
	values []float32
	d      int
}

func (x flat) Len() int { return len(x.values) / max(1, x.d) }
func (x flat) Dim() int { return x.d }

func (x flat) Row(i int, to []float64) {
	for k, v := range x.values[i*x.d : (i+1)*x.d] {
		to[k] = float64(v)
	}
}

// lanes is the number of parts that samples are cut into; each is summed by one worker, and the sums are added in the
// order of the parts.
const lanes = 16

// each calls f for parts of n things, on several threads.
func each(n, parts int, f func(part, from, end int)) {
	parts = max(1, min(n, parts))
	par.Default().Run(parts, task(func(p int) { f(p, p*n/parts, (p+1)*n/parts) }))
}

type task func(block int)

// Run implements par.Task.
func (t task) Run(block, _ int) { t(block) }

// moments returns the mean of each column, and the sum over the columns of the variance, divided by n − 1.
func moments(x Rows) (mean []float64, variance float64, err error) {
	n, d := x.Len(), x.Dim()
	sums := make([][]float64, lanes)
	bad := make([]int, lanes)
	each(n, lanes, func(part, from, end int) {
		s, row := make([]float64, d), make([]float64, d)
		bad[part] = -1
		for i := from; i < end; i++ {
			x.Row(i, row)
			for k, v := range row {
				if s[k] += v; math.IsNaN(v) || math.IsInf(v, 0) {
					bad[part] = i
					return
				}
			}
		}
		sums[part] = s
	})
	mean = make([]float64, d)
	for part, s := range sums {
		if s == nil && bad[part] >= 0 && part < n {
			return nil, 0, fmt.Errorf("sample %d has other than %d finite numbers", bad[part]+1, d)
		}
		for k, v := range s {
			mean[k] += v
		}
	}
	for k := range mean {
		mean[k] /= float64(n)
	}
	squares := make([]float64, lanes)
	each(n, lanes, func(part, from, end int) {
		row := make([]float64, d)
		for i := from; i < end; i++ {
			x.Row(i, row)
			for k, v := range row {
				squares[part] += (v - mean[k]) * (v - mean[k])
			}
		}
	})
	for _, s := range squares {
		variance += s
	}
	return mean, variance / float64(n-1), nil
}
