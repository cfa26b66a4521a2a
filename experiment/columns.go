package experiment

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorae/data"
	"gorae/tensor"
)

// columns takes the arrays of an .npz file for columns where the network learnt from a table. Samples x as wide
// as the network go to it as they are, unless all columns are there.
func (f plain) columns(p *Product, src *data.Source, labels string) (*data.Source, error) {
	a := src.Arrays
	if f.recipe == nil || f.recipe.Table == nil {
		return src, nil
	}
	needs := f.recipe.Table.Needs()
	if !p.columnwise(a, needs) {
		return src, nil
	}
	target := f.recipe.Target.Name
	if labels != "" && !holds(a, target) && a.Y != nil {
		a.All = append(a.All, tensor.Named{Name: target, Tensor: a.Y})
	}
	known := []string{target}
	for i := range f.recipe.Table.Columns {
		known = append(known, f.recipe.Table.Columns[i].Name)
	}
	t, err := a.Table(needs, known, f.recipe.CSV)
	if err != nil {
		return nil, err
	}
	// Numbers in place of words would be categories that nobody knows, and pass for rows without any.
	for i := range f.recipe.Table.Columns {
		c := &f.recipe.Table.Columns[i]
		if c.Spec.Drop || !slices.ContainsFunc(a.All, func(n tensor.Named) bool { return n.Name == c.Name }) {
			continue
		}
		if c.Vocabulary != nil || len(c.Levels) > 0 && !slices.ContainsFunc(c.Levels, isNumber) {
			about := "text"
			if len(c.Levels) > 0 {
				about += " such as " + strings.Join(c.Levels[:min(2, len(c.Levels))], ", ")
			}
			return nil, fmt.Errorf("%s: array %q holds numbers where the model was fitted with %s; save it as an array of text", t.Name, c.Name, about)
		}
	}
	return &data.Source{Table: t}, nil
}

// columnwise reports whether the arrays of a file stand for columns: they hold all that are needed, or no
// samples that the network could take.
func (p *Product) columnwise(a *data.Arrays, needs []string) bool {
	if a == nil || a.All == nil || len(p.Model.InputNames()) > 1 {
		return false
	}
	lacks := slices.ContainsFunc(needs, func(name string) bool { return !holds(a, name) })
	return !lacks || a.X == nil || a.X.Shape[1:].Size() != p.Model.InputTypes(1)[0].Shape[1:].Size()
}

func holds(a *data.Arrays, name string) bool {
	return slices.ContainsFunc(a.All, func(n tensor.Named) bool { return n.Name == name }) ||
		slices.ContainsFunc(a.Text, func(n tensor.Text) bool { return n.Name == name })
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}
