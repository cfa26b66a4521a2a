package keras

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"gorae/format"
	"gorae/hdf5"
	"gorae/internal/words"
	"gorae/model"
	"gorae/tensor"
	"gorae/weight"
)

// SaveWeights implements format.WeightsCodec.
func (codec) SaveWeights(w io.Writer, f *format.File) error {
	return SaveWeights(w, f.Model, f.Optimizer)
}

// LoadWeights implements format.WeightsCodec.
func (codec) LoadWeights(r io.ReaderAt, size int64, m *model.Model) error {
	return LoadWeights(r, size, m)
}

// Arrays implements format.WeightsCodec.
func (codec) Arrays(r io.ReaderAt, size int64) ([]format.Array, error) {
	f, err := hdf5.Open(r, size)
	if err != nil {
		return nil, fmt.Errorf("keras: %w", err)
	}
	var list []format.Array
	err = f.Root().Walk(func(path string, _ *hdf5.Group, d *hdf5.Dataset) error {
		if d == nil {
			return nil
		}
		if len(list) == maxMembers {
			return fmt.Errorf("the file holds more than %d arrays", maxMembers)
		}
		list = append(list, format.Array{Name: strings.TrimPrefix(path, "/"), Shape: d.Shape(),
			Type: d.Type().String(), Read: d.ReadFloat32s})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("keras: %w", err)
	}
	return list, nil
}

// SaveWeights writes the weights of a built model, and the state of its optimizer unless it is nil, as Keras's
// model.save_weights does: the member model.weights.h5 of a .keras file, alone. Keras's model.load_weights reads it
// into a model of the same layers.
//
// Source: Keras, keras/src/saving/saving_lib.py, save_weights_only.
func SaveWeights(w io.Writer, m *model.Model, o *Optimizer) error {
	p, err := newWriting(m).part(m, o, nil)
	if err != nil {
		return err
	}
	m.Store().RLock()
	defer m.Store().RUnlock()
	if err := hdf5.Write(w, p.weights); err != nil {
		return fmt.Errorf("keras: %w", err)
	}
	return nil
}

// LoadWeights gives a built model the weights of a file of size bytes that SaveWeights or Keras's model.save_weights
// wrote of a model of the same layers. Layers are found by their classes and their order among those of a class, as in
// Keras; names play no part. The model takes all weights or none. The state of an optimizer in the file is passed over.
func LoadWeights(r io.ReaderAt, size int64, m *model.Model) (err error) {
	defer words.Printable(&err)
	if m.Store() == nil {
		return fmt.Errorf("keras: model %q is not built; call Build first", m.Name)
	}
	cfg, err := configOf(m, model.SharedBy(m))
	if err != nil {
		return fmt.Errorf("keras: %w", err)
	}
	all, err := places(cfg.Plain(), place{class: "model", name: m.Name})
	if err != nil {
		return fmt.Errorf("keras: %w", err)
	}
	gs, stray := groups(all, m.Store().Vars(), seen{})
	if len(stray) > 0 {
		return fmt.Errorf("keras: weight %q belongs to no layer", stray[0].Path)
	}
	f, err := hdf5.Open(r, size)
	if err != nil {
		return fmt.Errorf("keras: %w", err)
	}
	if f.Root().HasAttr("layer_names") || f.Root().HasAttr("model_config") {
		return errors.New("keras: the file is one of Keras 1 or 2; open its model, or save the weights with Keras 3")
	}
	from := map[*weight.Var]*hdf5.Dataset{}
	for _, g := range gs {
		if err := g.match(f.Root(), from); err != nil {
			return fmt.Errorf("keras: %w", err)
		}
	}
	parts := weight.Adapters(m.Store().Vars())
	values := map[*weight.Variable]*tensor.Tensor{}
	for _, v := range m.Store().Vars() {
		if v.Kind == weight.Session || values[v.Variable] != nil { // a layer in several places has those of the first
			continue
		}
		t, d := tensor.New(tensor.Float32, v.Shape...), from[v]
		if parts[v.Variable] { // begins anew, beside the weight that holds what it was
			err := v.Init.Fill(t.F32, v.Shape, weight.NewRand(0, v.Path))
			if err != nil {
				return fmt.Errorf("keras: %s: %w", v.Path, err)
			}
			values[v.Variable] = t
			continue
		}
		if d == nil {
			return fmt.Errorf("keras: the file has no numbers for %s", v.Path)
		}
		if err := d.ReadFloat32s(t.F32); err != nil {
			return fmt.Errorf("keras: %s: %w", d.Path(), err)
		}
		if err := weight.Finite(v.Path, t); err != nil {
			return fmt.Errorf("keras: %w", err)
		}
		values[v.Variable] = t
	}
	lock := model.Lock(m)
	lock.Lock()
	defer lock.Unlock()
	for v, t := range values {
		copy(v.Value.F32, t.F32)
	}
	return nil
}
