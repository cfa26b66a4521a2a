package grouped

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gorae/data"
	"gorae/task"
)

const (
	mostShares = 5    // categories whose shares of a key's rows become columns
	leastShare = 0.01 // of all rows that such a category has
	mostLevels = 50   // different values of a column whose shares are taken
)

// Aggregation is how the rows of a key become one row. It is fitted to the training source.
type Aggregation struct {
	Key      string    `json:"key"`
	Products []Product `json:"products,omitempty"`
	Columns  []Column  `json:"columns"`
}

// Product is a column that is the product of others.
type Product struct {
	Name string   `json:"name"`
	Of   []string `json:"of"`
}

// Kinds of columns by their content.
const (
	numbers    = "numbers"    // sum and mean
	times      = "times"      // days since the first and since the last
	categories = "categories" // number of different values, shares of the most frequent ones
)

// Column is a column of the rows and what becomes of it.
type Column struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
	// Format and Latest are how the times are written and the latest of the training source, in seconds since 1970,
	// from which days are counted; a later one of a new source takes its place.
	Format *data.TimeFormat `json:"format,omitempty"`
	Latest float64          `json:"latest,omitempty"`
	Levels []string         `json:"levels,omitempty"` // whose shares are taken
}

// newAggregation chooses what becomes of each column by its content: of numbers the sum and the mean, of times the days
// since the first and the last, of other columns the number of different values and the shares of up to five frequent
// ones. What is the same in all rows becomes nothing.
func newAggregation(s *Section, t *data.Table) (*Aggregation, error) {
	key, err := t.Column(s.GroupBy)
	if err != nil {
		return nil, task.Errorf("data.group_by", "%s", err)
	}
	a := &Aggregation{Key: key.Name}
	for _, p := range s.Products {
		if _, err := t.Column(p.Name); err == nil {
			return nil, task.Errorf("data.products."+p.Name, "%s has a column %s already; give another name", t.Name,
				p.Name)
		}
		a.Products = append(a.Products, Product{p.Name, p.Columns})
	}
	whole, err := a.multiplied(t)
	if err != nil {
		return nil, err
	}
	for i := range whole.Columns {
		c := &whole.Columns[i]
		if c.Name == a.Key || constant(c) {
			continue
		}
		a.Columns = append(a.Columns, columnOf(whole, c))
	}
	if len(a.Columns) == 0 {
		return nil, task.Errorf("data.source", "%s has no column beside %s that differs between rows; there is "+
			"nothing to group by", t.Name, a.Key)
	}
	return a, nil
}

// columnOf returns what becomes of a column.
func columnOf(t *data.Table, c *data.Column) Column {
	if c.Kind == data.Category && t.MayBeTime(c) {
		if clock, err := t.Clock(c.Name); err == nil && clock.Times != nil {
			f := clock.Format
			return Column{Name: c.Name, Kind: times, Format: &f, Latest: latest(clock.Times)}
		}
	}
	if c.Kind == data.Number {
		return Column{Name: c.Name, Kind: numbers}
	}
	out := Column{Name: c.Name, Kind: categories}
	counts := map[string]int{}
	for i := range c.Len() {
		if !c.IsMissing(i) {
			counts[c.Level(i)]++
		}
	}
	if len(counts) > mostLevels {
		return out
	}
	for l, n := range counts {
		if float64(n) >= leastShare*float64(c.Len()) {
			out.Levels = append(out.Levels, l)
		}
	}
	slices.SortFunc(out.Levels, func(x, y string) int {
		return cmp.Or(cmp.Compare(counts[y], counts[x]), cmp.Compare(x, y))
	})
	out.Levels = out.Levels[:min(len(out.Levels), mostShares)]
	return out
}

// constant reports whether all values of a column that are not missing are the same.
func constant(c *data.Column) bool {
	first := -1
	for i := range c.Len() {
		if c.IsMissing(i) {
			continue
		}
		if first < 0 {
			first = i
		} else if c.Level(i) != c.Level(first) {
			return false
		}
	}
	return true
}

func latest(all []time.Time) float64 {
	out := math.Inf(-1)
	for _, t := range all {
		out = max(out, seconds(t))
	}
	return out
}

func seconds(t time.Time) float64 { return float64(t.Unix()) + float64(t.Nanosecond())/1e9 }

// multiplied returns a table with the products beside its columns.
func (a *Aggregation) multiplied(t *data.Table) (*data.Table, error) {
	out := *t
	out.Columns = slices.Clip(t.Columns)
	for _, p := range a.Products {
		made := data.Column{Name: p.Name, Kind: data.Number, Numbers: make([]float64, t.Rows)}
		for i := range made.Numbers {
			made.Numbers[i] = 1
		}
		for _, of := range p.Of {
			c, err := t.Column(of)
			if err != nil {
				return nil, task.Errorf("data.products."+p.Name, "%s", err)
			}
			if c.Kind != data.Number {
				return nil, task.Errorf("data.products."+p.Name, "%s is no column of numbers", c.Name)
			}
			for i, v := range c.Numbers {
				made.Numbers[i] *= v
			}
		}
		out.Columns = append(out.Columns, made)
	}
	return &out, nil
}

// lines say what the columns become.
func (a *Aggregation) lines(table string) []string {
	of := map[string][]string{}
	for _, c := range a.Columns {
		word := c.Name
		if len(c.Levels) > 0 {
			word += " (" + strings.Join(c.Levels, ", ") + ")"
		}
		of[c.Kind] = append(of[c.Kind], word)
	}
	var out []string
	if names := of[numbers]; names != nil {
		out = append(out, fmt.Sprintf("%s: sum and mean of the numbers of each %s: %s", table, a.Key,
			strings.Join(names, ", ")))
	}
	if names := of[times]; names != nil {
		out = append(out, fmt.Sprintf("%s: days from the first and from the last time of each %s to the latest in the "+
			"file: %s", table, a.Key, strings.Join(names, ", ")))
	}
	if names := of[categories]; names != nil {
		out = append(out, fmt.Sprintf("%s: number of different values of each %s, and shares of frequent values: %s",
			table, a.Key, strings.Join(names, ", ")))
	}
	return out
}

// apply returns a table with a row for each key, in the order in which keys first occur: the key, rows (their number),
// and what the columns become.
func (a *Aggregation) apply(t *data.Table) (*data.Table, []string, error) {
	whole, err := a.multiplied(t)
	if err != nil {
		return nil, nil, err
	}
	key, err := whole.Column(a.Key)
	if err != nil {
		return nil, nil, err
	}
	k, without := keysOf(key)
	var notes []string
	if without > 0 {
		notes = append(notes, fmt.Sprintf("%s: rows without %s are left out: %d of %d", t.Name, a.Key, without, t.Rows))
	}
	out := &data.Table{Name: t.Name, Header: true, Rows: len(k.first)}
	ids := data.Column{Name: a.Key, Kind: data.Category, Missing: make([]bool, len(k.first))}
	counts := k.each(func(rows []int) float64 { return float64(len(rows)) })
	for _, i := range k.first {
		ids.Strings = append(ids.Strings, key.Spelling(i))
	}
	out.Columns = append(out.Columns, ids, number("rows", counts))
	for _, c := range a.Columns {
		made, err := c.aggregate(whole, k)
		if err != nil {
			return nil, nil, err
		}
		out.Columns = append(out.Columns, made...)
	}
	return out, notes, nil
}

// keys is the rows of each key.
type keys struct {
	first []int
	rows  [][]int
}

func keysOf(c *data.Column) (k keys, without int) {
	place := map[string]int{}
	for i := range c.Len() {
		if c.IsMissing(i) {
			without++
			continue
		}
		l := c.Level(i)
		at, ok := place[l]
		if !ok {
			at = len(k.first)
			place[l] = at
			k.first, k.rows = append(k.first, i), append(k.rows, nil)
		}
		k.rows[at] = append(k.rows[at], i)
	}
	return k, without
}

func (k keys) each(f func(rows []int) float64) []float64 {
	out := make([]float64, len(k.rows))
	for i, rows := range k.rows {
		out[i] = f(rows)
	}
	return out
}

func number(name string, values []float64) data.Column {
	return data.Column{Name: name, Kind: data.Number, Numbers: values}
}

// aggregate returns the columns that the column becomes.
func (c Column) aggregate(t *data.Table, k keys) ([]data.Column, error) {
	column, err := t.Column(c.Name)
	if err != nil {
		return nil, err
	}
	switch c.Kind {
	case times:
		return c.days(t, column, k)
	case numbers:
		if column.Kind != data.Number {
			return nil, fmt.Errorf("%s: column %s holds words where the model was fitted with numbers", t.Name, c.Name)
		}
		sums := k.each(func(rows []int) float64 { s, _ := total(column.Numbers, rows); return s })
		means := k.each(func(rows []int) float64 { s, n := total(column.Numbers, rows); return s / n })
		return []data.Column{number(c.Name+" sum", sums), number(c.Name+" mean", means)}, nil
	}
	out := []data.Column{number(c.Name+" different", k.each(func(rows []int) float64 {
		seen := map[string]bool{}
		for _, i := range rows {
			if !column.IsMissing(i) {
				seen[column.Level(i)] = true
			}
		}
		return float64(len(seen))
	}))}
	for _, l := range c.Levels {
		out = append(out, number(c.share(l), k.each(func(rows []int) float64 {
			n := 0.0
			for _, i := range rows {
				if !column.IsMissing(i) && column.Level(i) == l {
					n++
				}
			}
			return n / float64(len(rows))
		})))
	}
	return out, nil
}

// share names the column of the shares of a value.
func (c Column) share(level string) string { return c.Name + " share of " + level }

// total returns the sum and the number of the values that are not missing.
func total(x []float64, rows []int) (sum, n float64) {
	for _, i := range rows {
		if !math.IsNaN(x[i]) {
			sum += x[i]
			n++
		}
	}
	return sum, n
}

// days returns the days from the first and from the last time of each key to the latest.
func (c Column) days(t *data.Table, column *data.Column, k keys) ([]data.Column, error) {
	var known []int // rows with a time
	for i := range column.Len() {
		if !column.IsMissing(i) {
			known = append(known, i)
		}
	}
	clock, err := t.Select(known).ClockAs(c.Format, c.Name)
	if err != nil {
		return nil, err
	}
	at := make([]float64, t.Rows)
	for i := range at {
		at[i] = math.NaN()
	}
	end := c.Latest
	for i, row := range known {
		if clock.Times == nil {
			return nil, fmt.Errorf("%s: column %s holds no times as the model was fitted with", t.Name, c.Name)
		}
		at[row] = seconds(clock.Times[i])
		end = max(end, at[row])
	}
	const day = 24 * 60 * 60
	from := func(pick func(a, b float64) float64) []float64 {
		return k.each(func(rows []int) float64 {
			found := math.NaN()
			for _, i := range rows {
				if v := at[i]; !math.IsNaN(v) && (math.IsNaN(found) || pick(v, found) == v) {
					found = v
				}
			}
			return (end - found) / day
		})
	}
	return []data.Column{
		number(c.Name+" days since first", from(func(a, b float64) float64 { return min(a, b) })),
		number(c.Name+" days since last", from(func(a, b float64) float64 { return max(a, b) })),
	}, nil
}
