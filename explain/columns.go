package explain

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Columns is samples of named columns, and a network that is asked about samples whose columns are exchanged between
// them: its preprocessing and itself are one function of the columns.
type Columns struct {
	Names []string
	Rows  int
	// Ask returns what the network says of n samples, which have in column c the values of the rows pick(c), [n] each:
	// values of Outputs by sample.
	Ask     func(ctx context.Context, n int, pick func(column int) []int) ([][]float64, error)
	Outputs []string
	// Score is a metric on all rows with the columns so picked; nil where the rows have no targets. Lower says that
	// less is better.
	Score func(ctx context.Context, pick func(column int) []int) (float64, error)
	Lower bool
}

// Importance is how much worse the metric becomes when the values of a column are shuffled among the rows, so that the
// network is told nothing of it (Breiman 2001; scikit-learn's permutation_importance).
type Importance struct {
	Column    string
	Mean      float64 // of the shufflings; negative where the metric became better
	Deviation float64 // of the shufflings, divided by their number
	Each      []float64
}

// Permutation returns the importance of each column, the most important first, and the metric on the rows as they are.
func (c *Columns) Permutation(ctx context.Context, repeats int, seed uint64) ([]Importance, float64, error) {
	same := identity(c.Rows)
	score, err := c.Score(ctx, func(int) []int { return same })
	if err != nil {
		return nil, 0, err
	}
	var out []Importance
	for at, name := range c.Names {
		rng := rand.New(rand.NewPCG(seed, uint64(at)))
		i := Importance{Column: name}
		for range repeats {
			order := rng.Perm(c.Rows)
			s, err := c.Score(ctx, func(column int) []int {
				if column == at {
					return order
				}
				return same
			})
			if err != nil {
				return nil, 0, err
			}
			if c.Lower {
				i.Each = append(i.Each, s-score)
			} else {
				i.Each = append(i.Each, score-s)
			}
		}
		for _, v := range i.Each {
			i.Mean += v / float64(repeats)
		}
		for _, v := range i.Each {
			i.Deviation += (v - i.Mean) * (v - i.Mean) / float64(repeats)
		}
		i.Deviation = math.Sqrt(i.Deviation)
		out = append(out, i)
	}
	slices.SortStableFunc(out, func(a, b Importance) int {
		switch {
		case a.Mean > b.Mean:
			return -1
		case a.Mean < b.Mean:
			return 1
		}
		return 0
	})
	return out, score, nil
}

// Dependence returns the partial dependence on a column (Friedman 2001): for each of the rows at, the mean of what the
// network says of all rows when the column has the value of that row in all of them, by output.
func (c *Columns) Dependence(ctx context.Context, column int, at []int) ([][]float64, error) {
	same := identity(c.Rows)
	var out [][]float64
	for _, row := range at {
		fixed := slices.Repeat([]int{row}, c.Rows)
		said, err := c.Ask(ctx, c.Rows, func(k int) []int {
			if k == column {
				return fixed
			}
			return same
		})
		if err != nil {
			return nil, err
		}
		out = append(out, means(said, len(c.Outputs)))
	}
	return out, nil
}

// Contributions returns the Shapley value of each column for a row, by output: how much its value brings the
// prediction from that of the other rows to that of the row, in the mean of orders in which the columns are set one
// after the other (Štrumbelj and Kononenko 2014). Each of the background rows begins as many orders, each order is
// taken forwards and backwards, and the values of an output add up to the difference of what the network says of the
// row and, in the mean, of the background. orders is that of pairs for a background row. The deviation is the standard
// error of a value by the orders.
func (c *Columns) Contributions(ctx context.Context, row int, background []int, orders int, seed uint64) (
	values, deviations [][]float64, err error) {
	if len(background) == 0 || orders < 1 {
		return nil, nil, fmt.Errorf("%d background rows and %d orders; give at least one of each", len(background),
			orders)
	}
	rng := rand.New(rand.NewPCG(seed, uint64(row)))
	k := len(c.Names)
	walk := k + 1 // samples of an order: before the first column, and after each
	pairs := len(background) * orders
	sums, squares := zeros(k, len(c.Outputs)), zeros(k, len(c.Outputs))
	together := max(1, mostPicked/(2*walk*k)) // pairs that are asked about at once
	for first := 0; first < pairs; first += together {
		n := min(together, pairs-first)
		picks := make([][]int, k)
		for column := range picks {
			picks[column] = make([]int, 0, 2*walk*n)
		}
		var taken [][]int // orders
		for p := range n {
			order := rng.Perm(k)
			back := slices.Clone(order)
			slices.Reverse(back)
			taken = append(taken, order, back)
			for _, order := range taken[2*p:] {
				for step, column := range order {
					from := slices.Repeat([]int{background[(first+p)%len(background)]}, step+1)
					picks[column] = append(append(picks[column], from...), slices.Repeat([]int{row}, k-step)...)
				}
			}
		}
		said, err := c.Ask(ctx, 2*walk*n, func(column int) []int { return picks[column] })
		if err != nil {
			return nil, nil, err
		}
		for p := range n {
			both := zeros(k, len(c.Outputs))
			for o, order := range taken[2*p : 2*p+2] {
				at := said[(2*p+o)*walk:]
				for step, column := range order {
					for out := range c.Outputs {
						both[column][out] += (at[step+1][out] - at[step][out]) / 2
					}
				}
			}
			for column := range both {
				for out, v := range both[column] {
					sums[column][out] += v
					squares[column][out] += v * v
				}
			}
		}
	}
	n := float64(pairs)
	for column := range sums {
		for o := range sums[column] {
			sums[column][o] /= n
			mean := sums[column][o]
			squares[column][o] = math.Sqrt(max(0, squares[column][o]/n-mean*mean) / max(1, n-1))
		}
	}
	return sums, squares, nil
}

// mostPicked is the number of values of samples that the network is asked about at once.
const mostPicked = 1 << 20

func identity(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func zeros(rows, columns int) [][]float64 {
	out := make([][]float64, rows)
	for i := range out {
		out[i] = make([]float64, columns)
	}
	return out
}

func means(rows [][]float64, columns int) []float64 {
	out := make([]float64, columns)
	for _, r := range rows {
		for j, v := range r {
			out[j] += v / float64(len(rows))
		}
	}
	return out
}
