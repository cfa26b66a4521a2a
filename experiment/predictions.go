package experiment

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"gorae/data"
	"gorae/prep"
	"gorae/tensor"
)

// WriteCSV writes predictions as a table: the samples' id columns if any,
// prediction (the class's name, or the figure in the target's units), and for classes
// one column p(NAME) each, the probability also where the network gives logits. A network of which it is not known what it foretells has its
// outputs written as prediction, or prediction_1, prediction_2, ….
func (p *Product) WriteCSV(w io.Writer, src *data.Source, out *tensor.Tensor) error {
	n := out.Shape[0]
	out, err := out.Reshape(n, -1)
	if err != nil {
		return err
	}
	k := out.Shape[1]
	target := p.target(k)
	if target != nil && target.Task == prep.Classification && p.Recipe != nil && p.Recipe.logits() {
		out = probabilitiesOf(out)
	}
	ids := p.ids(src)
	var header []string
	for _, c := range ids {
		header = append(header, c.Name)
	}
	var labels []string
	switch {
	case target != nil:
		if labels, err = target.Labels(out); err != nil {
			return fmt.Errorf("%s: %w", p.path, err)
		}
		header = append(header, "prediction")
		for _, c := range target.Classes {
			header = append(header, "p("+c+")")
		}
	case k == 1:
		header = append(header, "prediction")
	default:
		for j := range k {
			header = append(header, "prediction_"+strconv.Itoa(j+1))
		}
	}
	t := csv.NewWriter(w)
	if err := t.Write(header); err != nil {
		return err
	}
	row := make([]string, 0, len(header))
	for i := range n {
		row = row[:0]
		for _, c := range ids {
			row = append(row, c.Text(i))
		}
		figures := out.F32[i*k : (i+1)*k]
		if target != nil {
			row = append(row, labels[i])
			if target.Task == prep.Classification {
				figures = target.Probabilities(figures)
			} else {
				figures = nil
			}
		}
		for _, v := range figures {
			row = append(row, strconv.FormatFloat(float64(v), 'g', -1, 32))
		}
		if err := t.Write(row); err != nil {
			return err
		}
	}
	t.Flush()
	return t.Error()
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
	if src.Beside != nil {
		return []*data.Column{&src.Beside.Columns[0]}
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
