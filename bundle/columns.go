package bundle

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"gorae/data"
	"gorae/explain"
	"gorae/internal/doing"
	"gorae/metric"
	"gorae/task"
	"gorae/train"
)

// What the columns of a table say is asked of at most so many of its rows, drawn at random.
const (
	importanceRows = 5000
	dependenceRows = 500
	backgroundRows = 100

	shufflings     = 5  // of each column
	dependenceGrid = 20 // values of a column of numbers, at equal shares of its rows
	mostLevels     = 20 // categories of a column, the most frequent ones
	orderPairs     = 5  // orders of the columns for each background row
)

// Columns is what the columns of a table say to a network.
type Columns struct {
	Source string
	// Metric is that of the experiment, Score its value on Rows rows, and Importance how much worse it becomes where a
	// column is shuffled; nil where the table has no targets, as Missing says.
	Metric     string
	Score      float64
	Rows       int
	Importance []explain.Importance
	Missing    string
	Outputs    []string // numbers of a prediction: p(CLASS) of each class, or the prediction of a number
	Dependence []Dependence
	Row        *RowColumns // nil: none was asked for
}

// Dependence is the partial dependence of the outputs on a column.
type Dependence struct {
	Column string
	Values []string    // of the column
	X      []float64   // the same as numbers; nil of words
	Means  [][]float64 // of the outputs, by value
}

// RowColumns is what brings the prediction of a row from that of other rows to its own.
type RowColumns struct {
	Row        int // of the file, from 1
	Output     string
	Said, Mean float64 // of the row, and the mean of the background
	Columns    []Contribution
}

// Contribution is the Shapley value of a column, with its standard error.
type Contribution struct {
	Column, Value string
	Shapley       float64
	Error         float64
}

// binder is a Fitted that takes tables.
type binder interface {
	Bind(r *task.Request, t *data.Table) (*task.Bound, error)
	Needs() []string
}

// ExplainsColumns reports whether ExplainColumns takes the network.
func (b *Bundle) ExplainsColumns() bool {
	_, ok := b.Fitted.(binder)
	return ok
}

// ExplainColumns tells what the columns of a table say to the network, whatever its preparation makes of them: how
// important each is, how predictions depend on each, and, where row is not 0, what the columns of that row contribute.
func (b *Bundle) ExplainColumns(ctx context.Context, s *task.Source, row int, seed uint64) (*Columns, error) {
	f, ok := b.Fitted.(binder)
	if !ok {
		return nil, fmt.Errorf("%s: its samples are no rows of a table", b.path)
	}
	if _, err := b.open(s, false, ""); err != nil {
		return nil, err
	}
	src, err := s.Read()
	if err != nil {
		return nil, err
	}
	t := src.Table
	if t == nil {
		return nil, fmt.Errorf("%s: no table of columns", s.Name)
	}
	if row < 0 || row > t.Rows {
		return nil, fmt.Errorf("%s: there is no row %d, of %d", s.Name, row, t.Rows)
	}
	training, err := b.training()
	if err != nil {
		return nil, err
	}
	a := &byColumns{bundle: b, fitted: f, training: training, table: t, places: map[string]int{}}
	for _, name := range f.Needs() {
		c, err := t.Column(name)
		if err != nil {
			return nil, err
		}
		a.places[c.Name] = len(a.names)
		a.names = append(a.names, c.Name)
	}
	rng := rand.New(rand.NewPCG(seed, 1))
	order := rng.Perm(t.Rows)
	out := &Columns{Source: s.Name}
	if err := a.importance(ctx, out, order[:min(len(order), importanceRows)], seed); err != nil {
		return nil, err
	}
	if err := a.dependence(ctx, out, order[:min(len(order), dependenceRows)]); err != nil {
		return nil, err
	}
	if row > 0 {
		err = a.row(ctx, out, row-1, order[:min(len(order), backgroundRows)], seed)
	}
	return out, err
}

// byColumns is a network that is asked about rows of a table.
type byColumns struct {
	bundle   *Bundle
	fitted   binder
	training *task.Training
	table    *data.Table
	names    []string       // of the columns that the network learns from
	places   map[string]int // among names
}

// mixed returns n rows whose columns have the values of the rows base[pick(column)].
func (a *byColumns) mixed(n int, base []int, pick func(column int) []int, others []int) *data.Table {
	return a.table.Mix(n, func(column int) []int {
		place, ok := a.places[a.table.Columns[column].Name]
		if !ok {
			return others
		}
		rows := make([]int, n)
		for i, p := range pick(place) {
			rows[i] = base[p]
		}
		return rows
	})
}

// columns returns the network and the rows base as package explain takes them.
func (a *byColumns) columns(base []int) *explain.Columns {
	c := &explain.Columns{Names: a.names, Rows: len(base)}
	c.Ask = func(ctx context.Context, n int, pick func(int) []int) ([][]float64, error) {
		said, _, err := a.ask(ctx, a.mixed(n, base, pick, slices.Repeat(base[:1], n)))
		return said, err
	}
	return c
}

// ask returns the numbers of the predictions for the rows of a table, and their names.
func (a *byColumns) ask(ctx context.Context, t *data.Table) (said [][]float64, names []string, err error) {
	bound, err := a.fitted.Bind(&task.Request{Training: a.training}, t)
	if err != nil {
		return nil, nil, err
	}
	if bound.Decode == nil || bound.Predict != nil || bound.Model != nil {
		return nil, nil, fmt.Errorf("%s: its predictions are no rows of classes or numbers", a.bundle.path)
	}
	outputs, err := a.bundle.Predict(doing.With(ctx, func(string) {}), bound)
	if err != nil {
		return nil, nil, err
	}
	var columns []int
	for i := range bound.Data.Len() {
		rows, err := bound.Decode(outputs, i)
		if err != nil {
			return nil, nil, err
		}
		if i == 0 {
			for k, v := range rows[0] {
				if _, ok := float(v); ok {
					columns, names = append(columns, k), append(names, bound.Header[k])
				}
			}
		}
		values := make([]float64, len(columns))
		for j, k := range columns {
			values[j], _ = float(rows[0][k])
		}
		said = append(said, values)
	}
	if names == nil {
		return nil, nil, fmt.Errorf("%s: its predictions are no numbers", a.bundle.path)
	}
	return said, names, nil
}

// importance sets how important the columns are.
func (a *byColumns) importance(ctx context.Context, to *Columns, base []int, seed uint64) error {
	score := func(ctx context.Context, t *data.Table) (train.Metrics, int, error) {
		bound, err := a.fitted.Bind(&task.Request{Training: a.training, Targets: true}, t)
		if err != nil {
			return nil, 0, err
		}
		f := a.bundle.Fitted
		d := task.Encode(bound.Data, f.Outputs(), a.training.Losses, task.OutputShapes(a.bundle.Model))
		e := Evaluation(f, a.training)
		e.Finite = true
		m, err := e.Run(ctx, a.bundle.Model, train.Data{Source: d})
		return m, d.Len(), err
	}
	same := a.table.Select(base)
	m, n, err := score(ctx, same)
	if err != nil {
		to.Missing = err.Error()
		return ctx.Err()
	}
	to.Rows, to.Metric = n, "loss"
	c := a.columns(base)
	c.Lower = true
	if list := a.training.Metrics[0]; len(list) > 0 && len(a.training.Metrics) == 1 {
		if v := m.Of(list[0].Name); v == v {
			to.Metric = list[0].Name
			if d, ok := list[0].Metric.(metric.Directed); ok {
				c.Lower = d.Direction() != metric.Max
			}
		}
	}
	c.Score = func(ctx context.Context, pick func(int) []int) (float64, error) {
		m, _, err := score(ctx, a.mixed(len(base), base, pick, base))
		return m.Of(to.Metric), err
	}
	doing.Say(ctx, "shuffling %d columns of %d rows", len(a.names), len(base))
	to.Importance, to.Score, err = c.Permutation(ctx, shufflings, seed)
	return err
}

// dependence sets how the predictions depend on each column.
func (a *byColumns) dependence(ctx context.Context, to *Columns, base []int) error {
	c := a.columns(base)
	_, names, err := a.ask(ctx, a.table.Select(base[:1]))
	if err != nil {
		return err
	}
	to.Outputs, c.Outputs = names, names
	for k, name := range a.names {
		doing.Say(ctx, "asking for the dependence on %s", name)
		column, err := a.table.Column(name)
		if err != nil {
			return err
		}
		d := Dependence{Column: name}
		at := grid(column, base)
		if d.Means, err = c.Dependence(ctx, k, at); err != nil {
			return err
		}
		for _, i := range at {
			d.Values = append(d.Values, column.Spelling(base[i]))
			if column.Kind == data.Number {
				d.X = append(d.X, column.Numbers[base[i]])
			}
		}
		to.Dependence = append(to.Dependence, d)
	}
	return nil
}

// grid returns places of base whose rows have the values of a column that stand for the others: of numbers those at
// equal shares of the rows from a twentieth to nineteen of them, of words each of the most frequent ones; none is
// missing, and none twice.
func grid(c *data.Column, base []int) []int {
	var known []int
	for i, r := range base {
		if !c.IsMissing(r) {
			known = append(known, i)
		}
	}
	if c.Kind == data.Number {
		slices.SortStableFunc(known, func(a, b int) int {
			return compare(c.Numbers[base[a]], c.Numbers[base[b]])
		})
		var out []int
		for k := range dependenceGrid {
			if len(known) == 0 {
				break
			}
			share := 0.05 + 0.9*float64(k)/(dependenceGrid-1)
			i := known[int(share*float64(len(known)-1)+0.5)]
			if n := len(out); n == 0 || c.Numbers[base[out[n-1]]] != c.Numbers[base[i]] {
				out = append(out, i)
			}
		}
		return out
	}
	first, times := map[string]int{}, map[string]int{}
	for _, i := range known {
		word := c.Spelling(base[i])
		if times[word]++; times[word] == 1 {
			first[word] = i
		}
	}
	var levels []string
	for word := range first {
		levels = append(levels, word)
	}
	slices.SortFunc(levels, func(a, b string) int {
		if times[a] != times[b] {
			return times[b] - times[a]
		}
		return strings.Compare(a, b)
	})
	var out []int
	for _, word := range levels[:min(len(levels), mostLevels)] {
		out = append(out, first[word])
	}
	return out
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// row sets what the columns of a row contribute to its prediction: of a number, or of the probability of the predicted
// class of the first target.
func (a *byColumns) row(ctx context.Context, to *Columns, row int, background []int, seed uint64) error {
	base := append(slices.Clone(background), row)
	c := a.columns(base)
	c.Outputs = to.Outputs
	output, err := a.predicted(ctx, row, to.Outputs)
	if err != nil {
		return err
	}
	doing.Say(ctx, "asking what the columns of row %d contribute", row+1)
	places := make([]int, len(background))
	for i := range places {
		places[i] = i
	}
	values, deviations, err := c.Contributions(ctx, len(background), places, orderPairs, seed)
	if err != nil {
		return err
	}
	said, _, err := a.ask(ctx, a.table.Select(base))
	if err != nil {
		return err
	}
	r := &RowColumns{Row: row + 1, Output: to.Outputs[output], Said: said[len(background)][output]}
	for i := range background {
		r.Mean += said[i][output] / float64(len(background))
	}
	for k, name := range a.names {
		column, err := a.table.Column(name)
		if err != nil {
			return err
		}
		r.Columns = append(r.Columns, Contribution{name, column.Spelling(row), values[k][output],
			deviations[k][output]})
	}
	slices.SortStableFunc(r.Columns, func(a, b Contribution) int { return compare(abs(b.Shapley), abs(a.Shapley)) })
	to.Row = r
	return nil
}

func abs(v float64) float64 { return max(v, -v) }

// predicted returns which of the outputs a row's prediction is about.
func (a *byColumns) predicted(ctx context.Context, row int, names []string) (int, error) {
	bound, err := a.fitted.Bind(&task.Request{Training: a.training}, a.table.Select([]int{row}))
	if err != nil {
		return 0, err
	}
	outputs, err := a.bundle.Predict(doing.With(ctx, func(string) {}), bound)
	if err != nil {
		return 0, err
	}
	rows, err := bound.Decode(outputs, 0)
	if err != nil {
		return 0, err
	}
	for k, h := range bound.Header {
		of, ok := strings.CutPrefix(h, "prediction")
		if !ok {
			continue
		}
		name := h
		if _, number := float(rows[0][k]); !number {
			name = ""
			if column, ok := probabilities(bound.Header, of)[fmt.Sprint(rows[0][k])]; ok {
				name = bound.Header[column]
			}
		}
		if i := slices.Index(names, name); i >= 0 {
			return i, nil
		}
	}
	return 0, nil
}
