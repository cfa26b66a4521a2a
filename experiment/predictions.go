package experiment

import (
	"encoding/csv"
	"io"

	"gorae/data"
	"gorae/prep"
	"gorae/tensor"
)

// WriteCSV writes predictions as a table for people, as the form of the data has it: what tells the samples apart,
// prediction (a class's name, or the figure in the target's units), and for classes one
// column p(NAME) each.
func (p *Product) WriteCSV(w io.Writer, src *data.Source, out *tensor.Tensor) error {
	t, err := p.applied().rows(p, src, out)
	if err != nil {
		return err
	}
	return t.write(w)
}

func (t *rows) write(w io.Writer) error {
	to := csv.NewWriter(w)
	if err := to.Write(t.header); err != nil {
		return err
	}
	row := make([]string, 0, len(t.header))
	for i := range t.n {
		if err := to.Write(t.row(i, row[:0])); err != nil {
			return err
		}
	}
	to.Flush()
	return to.Error()
}

// target is what the network foretells; nil when that is not known.
func (p *Product) target(outputs int) *prep.Target {
	if p.Recipe != nil {
		return p.Recipe.Target
	}
	layers := p.Model.Layers()
	act := activation(layers[len(layers)-1].Layer)
	if act == "softmax" && outputs > 1 || act == "sigmoid" && outputs == 1 {
		return &prep.Target{Task: prep.Classification, Classes: numbered(outputs, prep.Classification), SD: 1}
	}
	return nil
}

// ids are the columns that only tell rows apart.
func (p *Product) ids(src *data.Source) []*data.Column {
	if src.Metadata != nil {
		return []*data.Column{&src.Metadata.Columns[0]}
	}
	if p.Recipe == nil || p.Recipe.Table == nil || src.Table == nil {
		return nil
	}
	var out []*data.Column
	for _, name := range p.Recipe.Table.IDs() {
		for k := range src.Table.Columns {
			if src.Table.Columns[k].Name == name {
				out = append(out, &src.Table.Columns[k])
			}
		}
	}
	return out
}
