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

// CheckIDs reads the samples d for a network whose first layer is an Embedding and returns an error for the first value
// that is not one of its ids, which the network would turn into NaN. name is that of the source. Networks with several
// inputs, or whose first layer is another one, are not checked.
func CheckIDs(m *model.Model, d data.Dataset, name string) error {
	layers := m.Layers()
	if len(layers) < 2 || len(m.InputNames()) != 1 || d.Len() < 1 {
		return nil
	}
	e, ok := layers[1].Layer.(layer.TakesIDs)
	if !ok {
		return nil
	}
	spec := d.Spec()
	row := spec.Row()[:1]
	for i := range d.Len() {
		if err := d.Read(0, i, row); err != nil {
			return err
		}
		x := &row[0]
		for k := range x.Len() {
			if v := x.Float(k); !(v >= 0 && v < float64(e.IDs())) || v != float64(int(v)) {
				return fmt.Errorf("%s: sample %d holds %v at position %d; embedding %q takes ids from 0 to %d", name,
					numberIn(d, i), v, k, layers[1].Name(), e.IDs()-1)
			}
		}
	}
	return nil
}

// numberIn returns the index of sample i in the file that a dataset was read from.
func numberIn(d data.Dataset, i int) int {
	if s, ok := d.(data.Subset); ok {
		return s.Rows[i]
	}
	return i
}
