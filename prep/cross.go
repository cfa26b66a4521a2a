package prep

import (
	"fmt"
	"slices"
	"strings"

	"gorae/config"
	"gorae/data"
)

// Cross names the columns of which a crossed feature is made: each combination of their values is a category, so that
// even a linear network has a weight for "Seoul and rented". Written below data.features it is a column of its own,
//
//	features: {city and home: {cross: [city, home], encode: {hash: {n_features: 200}}}}
//
// encoded as any column of categories; where encode is left out, by onehot, or by hash where the training rows have
// more than 50 combinations. A combination with a missing value is missing.
type Cross struct{ Columns []string }

// UnmarshalConfig reads a list of columns.
func (x *Cross) UnmarshalConfig(d *config.Decoder, written any) error {
	var c struct {
		Columns []string `keras:"cross,required,column"`
	}
	if err := d.Decode(&c, config.Map{{Key: "cross", Value: written}}); err != nil {
		return config.Without("cross", err)
	}
	if len(c.Columns) < 2 {
		return config.Errorf("", "a cross of %d columns", len(c.Columns)).Fix("name two or more").
			Coded(config.WrongLength)
	}
	x.Columns = c.Columns
	return nil
}

// MarshalConfig returns the list.
func (x Cross) MarshalConfig() any {
	list := make([]any, len(x.Columns))
	for i, c := range x.Columns {
		list[i] = c
	}
	return list
}

// ConfigSchema returns a list of two columns or more.
func (Cross) ConfigSchema(*config.Schemas) config.Map {
	column := config.AnyOf(config.Map{{Key: "type", Value: "string"}, {Key: "minLength", Value: 1}},
		config.Map{{Key: "type", Value: "integer"}, {Key: "minimum", Value: 1}, {Key: "maximum", Value: 1 << 53}})
	return append(config.List(column), config.Entry{Key: "minItems", Value: 2})
}

// combine is crossed where RegisterAll was called, nil elsewhere.
var combine func(name string, parts []*data.Column) data.Column

// crossed returns a column whose categories are the combinations of those of other columns.
func crossed(name string, parts []*data.Column) data.Column {
	n := parts[0].Len()
	c := data.Column{Name: name, Kind: data.Category, Reading: data.Reading{Kind: data.Category},
		Strings: make([]string, n), Missing: make([]bool, n)}
	var b strings.Builder
	for r := range n {
		b.Reset()
		for k, p := range parts {
			if c.Missing[r] = p.IsMissing(r); c.Missing[r] {
				b.Reset()
				break
			}
			if k > 0 {
				b.WriteString(" × ")
			}
			// A × within a value is doubled, so that a single one stands between values alone.
			b.WriteString(strings.ReplaceAll(p.Level(r), "×", "××"))
		}
		c.Strings[r] = b.String()
	}
	return c
}

// withCrosses returns a table with its crossed columns behind its own, those of specs in the order of their names, and
// the specs with the columns' names in the place of their numbers.
func withCrosses(t *data.Table, of Columns) (*data.Table, Columns, error) {
	var names []string
	for name, s := range of.Specs {
		if s.Cross != nil {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return t, of, nil
	}
	slices.Sort(names)
	specs := make(map[string]Spec, len(of.Specs))
	for name, s := range of.Specs {
		specs[name] = s
	}
	of.Specs = specs
	out := *t
	out.Columns = slices.Clone(t.Columns)
	for _, name := range names {
		if slices.Contains(t.Names(), name) {
			return nil, of, config.Errorf(featurePath(name)+".cross", "%s is a column of the file", name).
				Fix("give the cross a name of its own")
		}
		var parts []*data.Column
		own := &Cross{}
		for _, word := range specs[name].Cross.Columns {
			at, err := t.Find(word)
			if err != nil {
				return nil, of, config.Under(featurePath(name)+".cross", err)
			}
			c := &t.Columns[at]
			if slices.Contains(own.Columns, c.Name) {
				return nil, of, config.Errorf(featurePath(name)+".cross", "%s stands twice", c.Name).
					Fix("leave one out")
			}
			for _, word := range of.Targets {
				if target, err := t.Find(word); err == nil && target == at {
					return nil, of, config.Errorf(featurePath(name)+".cross", "%s is the target", c.Name).
						Fix("leave it out of the features")
				}
			}
			own.Columns, parts = append(own.Columns, c.Name), append(parts, c)
		}
		s := specs[name]
		s.Cross = own
		specs[name] = s
		out.Columns = append(out.Columns, crossed(name, parts))
	}
	return &out, of, nil
}

// crossOf returns a crossed column of a table that the pipeline is applied to.
func (p *Pipeline) crossOf(t *data.Table, f *Fitted) (*data.Column, error) {
	parts := make([]*data.Column, len(f.Spec.Cross.Columns))
	for k, name := range f.Spec.Cross.Columns {
		var err error
		if parts[k], err = p.match(t, p.column(name)); err != nil {
			return nil, err
		}
	}
	if combine == nil {
		return nil, fmt.Errorf("%s is a cross of columns; the program has to import gorae/prep/columns", f.Name)
	}
	c := combine(f.Name, parts)
	return &c, nil
}

// column returns the column of a name, nil if there is none.
func (p *Pipeline) column(name string) *Fitted {
	for i := range p.Columns {
		if p.Columns[i].Name == name {
			return &p.Columns[i]
		}
	}
	return nil
}
