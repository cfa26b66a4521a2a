// Package grouped is the task of keys that have several rows of a table each, such as customers and their
// purchases: the rows of a key become one row of counts, sums, means, days and shares, whose codes an autoencoder
// finds and k-means groups.
package grouped

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"gorae/data"
	"gorae/model"
	"gorae/prep"
	"gorae/spec"
	"gorae/task"
	"gorae/task/supervised"
	"gorae/task/table"
	"gorae/tensor"
)

func init() { task.Register(Task{}) }

const name = "grouped"

// Task is the task of keys with several rows each.
type Task struct{}

// Section is the keys of the data section for rows that belong to keys.
type Section struct {
	// GroupBy is the column of the key, such as that of the customers: its rows become one row.
	GroupBy string `keras:"group_by,column"`
	// Products are columns that are made of the products of others, row by row, before rows are aggregated: {Amount:
	// [Quantity, UnitPrice]}.
	Products spec.Inputs `keras:"products"`
}

// Reconstructs implements task.Reconstructor.
func (Task) Reconstructs() {}

// Name implements task.Task.
func (Task) Name() string { return name }

// Section implements task.Task.
func (Task) Section() any { return &Section{} }

// Detect takes tables where the experiment names the column of the key.
func (Task) Detect(in *task.Input) (task.Score, error) {
	if task.Section[Section](in, name).GroupBy == "" {
		return task.None, nil
	}
	src, err := in.Source.Read()
	if err != nil || src.Table == nil {
		return task.None, err
	}
	return task.Typical, nil
}

// Prepare aggregates the rows of each key, and goes on with the table of keys.
func (Task) Prepare(_ context.Context, in *task.Input) (*task.Prepared, error) {
	if !supervised.OwnInput(in) {
		return nil, task.Errorf("data.group_by", "rows are aggregated for codes and groups of their keys, and nothing "+
			"else is learnt from them").AtKey().Fix("give data.cluster, data.codes or target: input")
	}
	src, err := in.Source.Read()
	if err != nil {
		return nil, err
	}
	if err := in.Take(src.Table); err != nil {
		return nil, err
	}
	s := task.Section[Section](in, name)
	a, err := newAggregation(s, src.Table)
	if err != nil {
		return nil, err
	}
	keys, notes, err := a.apply(src.Table)
	if err != nil {
		return nil, err
	}
	if keys.Rows < 2 {
		return nil, task.Errorf("data.group_by", "%s has rows of %d different values of %s; groups need several",
			src.Table.Name, keys.Rows, a.Key)
	}
	in.Notes = append(in.Notes, append(a.lines(src.Table.Name), notes...)...)
	var test *data.Table
	if in.Test != nil {
		if test, err = table.Test(in); err == nil {
			test, _, err = a.apply(test)
		}
		if err != nil {
			return nil, in.Test.Errorf("%s", err)
		}
	}
	in.Notes = append(in.Notes, a.features(&in.Spec.Data.Features, keys)...)
	p, f, _, err := table.Prepare(in, keys, test)
	if err != nil {
		return nil, err
	}
	p.Fitted = &Fitted{table: f, aggregation: a}
	return table.Autoencode(in, p, f)
}

// features adds what becomes of columns of which the experiment says nothing. The key is left out. So is a column
// that is the same for 95 % of the keys: divided by its small deviation the few other keys would be outliers that
// outweigh all else. Shares stay as they are, like categories.
func (a *Aggregation) features(f *spec.Features, keys *data.Table) (notes []string) {
	add := func(name string, s prep.Spec) bool {
		_, given := f.Of(name)
		if !given {
			f.Columns = append(f.Columns, spec.Feature{Name: name, Spec: s})
		}
		return !given
	}
	add(a.Key, prep.Spec{Drop: true})
	if f.All != "" {
		return nil
	}
	var same []string
	for i := range keys.Columns[1:] {
		if c := &keys.Columns[1+i]; mostFrequent(c) >= alike && add(c.Name, prep.Spec{Drop: true}) {
			same = append(same, c.Name)
		}
	}
	for _, c := range a.Columns {
		for _, l := range c.Levels {
			add(c.share(l), prep.Spec{Scale: prep.Unscaled{}})
		}
	}
	if len(same) > 0 && len(same) < len(keys.Columns)-1 {
		notes = append(notes, fmt.Sprintf("%s: the same for %d %% or more of the values of %s, and left out: %s; "+
			"features: {COLUMN: TRANSFORM} keeps one", keys.Name, int(100*alike), a.Key, strings.Join(same, ", ")))
	}
	return notes
}

// alike is the share of the keys that have the same value of a column that is left out.
const alike = 0.95

// mostFrequent returns the share of a column's most frequent value.
func mostFrequent(c *data.Column) float64 {
	counts, most := map[float64]int{}, 0
	for _, v := range c.Numbers {
		counts[v]++ // a NaN is a value of its own
		most = max(most, counts[v])
	}
	return float64(most) / float64(max(1, len(c.Numbers)))
}

// Restore implements task.Task.
func (Task) Restore(b json.RawMessage) (task.Fitted, error) {
	f, err := table.Restore(b)
	if err != nil {
		return nil, err
	}
	var own saved
	if err := json.Unmarshal(b, &own); err != nil {
		return nil, err
	}
	if own.Aggregation == nil || own.Aggregation.Key == "" || len(own.Aggregation.Columns) == 0 || !f.Targets.None() {
		return nil, errors.New("the aggregation of the rows is missing")
	}
	return supervised.RestoredAutoencoder(b, &Fitted{table: f, aggregation: own.Aggregation})
}

// Fitted is the aggregation of rows and the fitted columns of the table of keys.
type Fitted struct {
	task.Plain
	table       *table.Fitted
	aggregation *Aggregation
}

type saved struct {
	Aggregation *Aggregation `json:"aggregation"`
}

// MarshalJSON writes the fitted columns and the aggregation as one object.
func (f *Fitted) MarshalJSON() ([]byte, error) {
	return task.JoinObjects(f.table, saved{f.aggregation})
}

// Outputs implements task.Fitted.
func (f *Fitted) Outputs() []task.Output { return f.table.Outputs() }

// Unit returns the word for a key with its rows.
func (*Fitted) Unit() string { return "key" }

// Check implements task.Fitted.
func (f *Fitted) Check(m *model.Model) error { return f.table.Check(m) }

// Open reads rows and aggregates those of each key.
func (f *Fitted) Open(r *task.Request) (*task.Bound, error) {
	r.Source.CSV = f.table.CSV
	src, err := r.Source.Read()
	if err != nil {
		return nil, err
	}
	if src.Table == nil {
		return nil, r.Source.Errorf("%s holds no table of rows with the key %s", r.Source.Name, f.aggregation.Key)
	}
	keys, notes, err := f.aggregation.apply(src.Table)
	if err != nil {
		return nil, err
	}
	b, err := f.table.Bind(r, keys)
	if err != nil {
		return nil, err
	}
	b.Notes = append(notes, b.Notes...)
	ids, err := keys.Column(f.aggregation.Key)
	if err != nil {
		return nil, err
	}
	if len(b.Header) == 0 || b.Header[0] != ids.Name {
		decode := b.Decode
		b.Header = append([]string{ids.Name}, b.Header...)
		b.Decode = func(outputs []*tensor.Tensor, i int) ([][]any, error) {
			rows, err := decode(outputs, i)
			for k := range rows {
				rows[k] = append([]any{ids.Spelling(i)}, rows[k]...)
			}
			return rows, err
		}
	}
	return b, nil
}
