package prep

import (
	"fmt"
	"slices"

	"gorae/config"
	"gorae/data"
)

// assign sets the inputs, their columns by name, and drops columns that are in none.
func (p *Pipeline) assign(t *data.Table, inputs []Input, specs map[int]Spec) error {
	if len(inputs) == 0 {
		return nil
	}
	used := map[int]bool{}
	for _, in := range inputs {
		out := Input{Name: in.Name}
		for _, word := range in.Columns {
			at, err := t.Find(word)
			if err != nil {
				return config.Under(inputPath(in.Name), err)
			}
			name := t.Columns[at].Name
			switch {
			case p.isTarget(at):
				return config.Errorf(inputPath(in.Name), "%s is the target", name).Fix("leave it out of the inputs")
			case slices.Contains(out.Columns, name):
				return config.Errorf(inputPath(in.Name), "%s is named twice", name)
			}
			used[at] = true
			out.Columns = append(out.Columns, name)
		}
		p.Inputs = append(p.Inputs, out)
	}
	for i := range t.Columns {
		if used[i] || p.isTarget(i) {
			continue
		}
		if s, given := specs[i]; given && !s.Drop {
			return config.Errorf(featurePath(t.Columns[i].Name), "%s is in none of the inputs", t.Columns[i].Name).
				Fix("add it to one, or leave it out")
		}
		specs[i] = Spec{Drop: true}
		if !t.IsID(i) {
			p.because[i] = "in none of the inputs"
		}
	}
	return nil
}

// withoutFeatures returns the name of an input that no feature is left for; "" where there is one input of all.
func (p *Pipeline) withoutFeatures() (name string, is bool) {
	if len(p.Inputs) == 0 {
		return "", len(p.FeatureNames()) == 0
	}
	for _, in := range p.Inputs {
		if p.width(in.Columns) == 0 {
			return in.Name, true
		}
	}
	return "", false
}

// alone sees to it that ids for an Embedding are the only features of their input: beside them a number would be taken
// for an id. With one input of all, columns without a requested spec are dropped, with a note; one with a spec is an
// error, and so is any other column of a named input.
func (p *Pipeline) alone(t *data.Table, specs map[int]Spec) error {
	ids := func(i int) bool { s := specs[i].Text; return s != nil && s.Ids() }
	for _, in := range p.Inputs {
		for _, name := range in.Columns {
			at, err := t.Find(name)
			if err == nil && ids(at) && len(in.Columns) > 1 {
				return config.Errorf(inputPath(in.Name),
					"%s becomes ids for an Embedding, which are alone in their input", name).
					Fix("give the other columns an input of their own")
			}
		}
	}
	first := 0
	for first < len(t.Columns) && !ids(first) {
		first++
	}
	if first == len(t.Columns) || len(p.Inputs) > 0 {
		return nil
	}
	for i := range t.Columns {
		s, given := specs[i]
		switch {
		case i == first || p.isTarget(i) || s.Drop:
		case given && s != (Spec{}):
			return config.Errorf(featurePath(t.Columns[i].Name),
				"%s becomes ids for an Embedding, and %s would stand beside them as if it were one",
				t.Columns[first].Name, t.Columns[i].Name).Fix("give %s: drop, or %s: {text: {output: tfidf}}",
				t.Columns[i].Name, t.Columns[first].Name)
		default:
			specs[i] = Spec{Drop: true}
			if !t.IsID(i) {
				p.because[i] = fmt.Sprintf("beside the ids of %s it would be taken for one", t.Columns[first].Name)
			}
		}
	}
	return nil
}

// inputs returns the inputs; without named ones it is x of all columns.
func (p *Pipeline) inputs() []Input {
	if len(p.Inputs) > 0 {
		return p.Inputs
	}
	all := Input{Name: "x"}
	for i := range p.Columns {
		all.Columns = append(all.Columns, p.Columns[i].Name)
	}
	return []Input{all}
}

// of returns the columns of these names that become features.
func (p *Pipeline) of(names []string) []*Fitted {
	byName := make(map[string]*Fitted, len(p.Columns))
	for i := range p.Columns {
		byName[p.Columns[i].Name] = &p.Columns[i]
	}
	var out []*Fitted
	for _, name := range names {
		if f := byName[name]; f != nil && f.features() > 0 {
			out = append(out, f)
		}
	}
	return out
}

// width returns the number of features that the columns of these names become.
func (p *Pipeline) width(names []string) int {
	n := 0
	for _, f := range p.of(names) {
		n += f.features()
	}
	return n
}
