package cluster

import (
	"fmt"
	"math"

	"gorae/internal/par"
)

// block is the number of rows that one worker takes at a time. Sums are added up block by block, so the number is part
// of the result's last bits.
const block = 1024

// matrix is n rows of d numbers.
type matrix struct {
	n, d int
	v    []float64
}

func newMatrix(x [][]float64) (*matrix, error) {
	if len(x) == 0 || len(x[0]) == 0 {
		return nil, fmt.Errorf("there are no numbers to group: %d samples", len(x))
	}
	m := &matrix{n: len(x), d: len(x[0]), v: make([]float64, 0, len(x)*len(x[0]))}
	for i, row := range x {
		if len(row) != m.d {
			return nil, fmt.Errorf("sample %d has %d numbers, the first %d; all must have as many", i+1, len(row), m.d)
		}
		for k, v := range row {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("sample %d: number %d is %v; distances need finite numbers", i+1, k+1, v)
			}
		}
		m.v = append(m.v, row...)
	}
	return m, nil
}

func (m *matrix) row(i int) []float64 { return m.v[i*m.d : (i+1)*m.d : (i+1)*m.d] }

// distinct returns the number of different rows, at most.
func (m *matrix) distinct(most int) int {
	var found [][]float64
next:
	for i := range m.n {
		row := m.row(i)
		for _, f := range found {
			if squared(f, row) == 0 {
				continue next
			}
		}
		if found = append(found, row); len(found) == most {
			break
		}
	}
	return len(found)
}

// meanVariance returns the mean of the columns' variances, numpy.var.
func (m *matrix) meanVariance() float64 {
	total := 0.0
	for k := range m.d {
		mean, square := 0.0, 0.0
		for i := range m.n {
			mean += m.v[i*m.d+k] / float64(m.n)
		}
		for i := range m.n {
			square += (m.v[i*m.d+k] - mean) * (m.v[i*m.d+k] - mean)
		}
		total += square / float64(m.n) / float64(m.d)
	}
	return total
}

// squares writes the squared distance of each row to a point, or what to had where that is less; most is nil: the
// distance.
func (m *matrix) squares(point, most, to []float64) {
	m.blocks(func(from, end int) {
		for i := from; i < end; i++ {
			to[i] = squared(m.row(i), point)
			if most != nil {
				to[i] = min(to[i], most[i])
			}
		}
	})
}

// blocks calls f for each block of rows, on several threads.
func (m *matrix) blocks(f func(from, end int)) { m.blocksOf(block, f) }

// blocksOf calls f for blocks of a number of rows, on several threads.
func (m *matrix) blocksOf(rows int, f func(from, end int)) {
	par.Default().Run((m.n+rows-1)/rows, blockTask(func(b int) { f(b*rows, min(m.n, (b+1)*rows)) }))
}

type blockTask func(block int)

// Run implements par.Task.
func (t blockTask) Run(block, _ int) { t(block) }

// squared returns the squared distance of two points. Four sums run side by side.
func squared(a, b []float64) float64 {
	var s0, s1, s2, s3 float64
	b = b[:len(a)]
	k := 0
	for ; k+4 <= len(a); k += 4 {
		d0, d1, d2, d3 := a[k]-b[k], a[k+1]-b[k+1], a[k+2]-b[k+2], a[k+3]-b[k+3]
		s0 += d0 * d0
		s1 += d1 * d1
		s2 += d2 * d2
		s3 += d3 * d3
	}
	for ; k < len(a); k++ {
		s0 += (a[k] - b[k]) * (a[k] - b[k])
	}
	return (s0 + s1) + (s2 + s3)
}

func sum(x []float64) (s float64) {
	for _, v := range x {
		s += v
	}
	return s
}
