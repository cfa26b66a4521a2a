package prep

import (
	"fmt"
	"slices"
	"strings"

	"gorae/config"
	"gorae/data"
)

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
		var own []string
		for _, word := range *specs[name].Cross {
			at, err := t.Find(word)
			if err != nil {
				return nil, of, config.Under(featurePath(name)+".cross", err)
			}
			c := &t.Columns[at]
			if slices.Contains(own, c.Name) {
				return nil, of, config.Errorf(featurePath(name)+".cross", "%s stands twice", c.Name).
					Fix("leave one out")
			}
			for _, word := range of.Targets {
				if target, err := t.Find(word); err == nil && target == at {
					return nil, of, config.Errorf(featurePath(name)+".cross", "%s is the target", c.Name).
						Fix("leave it out of the features")
				}
			}
			own, parts = append(own, c.Name), append(parts, c)
		}
		s := specs[name]
		s.Cross = &own
		specs[name] = s
		out.Columns = append(out.Columns, crossed(name, parts))
	}
	return &out, of, nil
}

// crossOf returns a crossed column of a table that the pipeline is applied to.
func (p *Pipeline) crossOf(t *data.Table, f *Fitted) (*data.Column, error) {
	parts := make([]*data.Column, len(*f.Spec.Cross))
	for k, name := range *f.Spec.Cross {
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
