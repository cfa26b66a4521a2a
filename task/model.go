package task

import (
	"fmt"

	"gorae/data"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// OutputShapes returns the shapes of a model's outputs for one sample, the batch axis first.
func OutputShapes(m *model.Model) []tensor.Shape {
	var out []tensor.Shape
	for _, t := range m.OutputTypes(1) {
		out = append(out, t.Shape)
	}
	return out
}

// CheckIDs reads the samples d and returns an error for the first value that is not one of the ids of a layer that it
// enters (layer.TakesIDs, such as Embedding), whichever input it belongs to: the network would turn it into NaN. name
// is that of the source. Values that another layer changes first are not checked (model.Model.Readers).
func CheckIDs(m *model.Model, d data.Dataset, name string) error {
	limits := idLimits(m)
	if len(limits) == 0 || d.Len() < 1 {
		return nil
	}
	spec := d.Spec()
	row := spec.Row()[:len(spec.Inputs)]
	for i := range d.Len() {
		if err := d.Read(0, i, row); err != nil {
			return err
		}
		for _, l := range limits {
			x := &row[l.input]
			for k := range x.Len() {
				if v := x.Float(k); !(v >= 0 && v < float64(l.ids)) || v != float64(int(v)) {
					return fmt.Errorf("%s: sample %d holds %v at position %d%s; embedding %q takes ids from 0 to %d",
						name, numberIn(d, i), v, k, l.of(m), l.layer, l.ids-1)
				}
			}
		}
	}
	return nil
}

// idLimit is a layer that takes the ids from 0 to ids − 1 from an input.
type idLimit struct {
	input, ids int
	layer      string
}

// idLimits returns the layers of m that take ids from its inputs.
func idLimits(m *model.Model) []idLimit {
	var out []idLimit
	for i := range m.InputNames() {
		for _, r := range m.Readers(i) {
			if e, ok := r.Layer.(layer.TakesIDs); ok {
				out = append(out, idLimit{i, e.IDs(), r.Name})
			}
		}
	}
	return out
}

// of returns the words that name the input in a message, "" where the model has only one.
func (l idLimit) of(m *model.Model) string {
	names := m.InputNames()
	if len(names) == 1 {
		return ""
	}
	return fmt.Sprintf(" of input %q", names[l.input])
}

// numberIn returns the index of sample i in the file that a dataset was read from.
func numberIn(d data.Dataset, i int) int {
	if s, ok := d.(data.Subset); ok {
		return s.Rows[i]
	}
	return i
}
