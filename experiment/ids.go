package experiment

import (
	"fmt"

	"gorae/data"
	"gorae/layer"
	"gorae/model"
)

// checkIDs reads samples for a network that begins with an Embedding, and finds the first that is no
// id of it: in the network it would become not-a-number, untold. Other networks take any number.
func checkIDs(m *model.Model, d data.Dataset, name string) error {
	layers := m.Layers()
	if len(layers) < 2 || len(m.InputNames()) != 1 || d.Len() == 0 {
		return nil
	}
	e, ok := layers[1].Layer.(layer.TakesIDs)
	if !ok {
		return nil
	}
	spec := d.Spec()
	if len(spec.Inputs) != 1 {
		return nil
	}
	row := spec.Row()[:1]
	for i := range d.Len() {
		if err := d.Read(0, i, row); err != nil {
			return err
		}
		x := &row[0]
		for k := range x.Len() {
			if v := x.Float(k); !(v >= 0 && v < float64(e.IDs())) || v != float64(int(v)) {
				return fmt.Errorf("%s: sample %d holds %v at place %d; embedding %q takes ids from 0 to %d", name, i, v, k, layers[1].Name(), e.IDs()-1)
			}
		}
	}
	return nil
}
