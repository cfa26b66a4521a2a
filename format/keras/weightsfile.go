package keras

import (
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
	files, _, done, err := shelfOf(r, size)
	defer done()
	if err != nil {
		return nil, fmt.Errorf("keras: %w", err)
	}
	var list []format.Array
	for _, root := range files {
		err = root.Walk(func(path string, _ *hdf5.Group, d *hdf5.Dataset) error {
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
// wrote of a model of the same layers, or of the .weights.json beside the several files that it writes with
// max_shard_size. Layers are found by their classes and their order among those of a class, as in Keras; names play no
// part. Only in files of Keras 1 and 2, and in whole models in HDF5, layers are found by their names. The model takes
// all weights or none. The state of an optimizer in the file is passed over.
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
	files, _, done, err := shelfOf(r, size)
	defer done()
	if err != nil {
		return fmt.Errorf("keras: %w", err)
	}
	from, err := files.find(all, gs)
	if err != nil {
		return fmt.Errorf("keras: %w", err)
	}
	parts := weight.Adapters(m.Store().Vars())
	values := map[*weight.Variable]*tensor.Tensor{}
	for _, v := range m.Store().Vars() {
		if v.Kind == weight.Session || values[v.Variable] != nil { // a layer in several places has those of the first
			continue
		}
		t := tensor.New(tensor.Float32, v.Shape...)
		a, found := from[v]
		if parts[v.Variable] { // begins anew, beside the weight that holds what it was
			err := v.Init.Fill(t.F32, v.Shape, weight.NewRand(0, v.Path))
			if err != nil {
				return fmt.Errorf("keras: %s: %w", v.Path, err)
			}
			values[v.Variable] = t
			continue
		}
		if !found {
			return fmt.Errorf("keras: the file has no numbers for %s", v.Path)
		}
		if err := a.read(t.F32); err != nil {
			return fmt.Errorf("keras: %s: %w", a.name, err)
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

// find finds the array of each variable of a model.
func (s shelf) find(all []place, gs []*group) (map[*weight.Var]stored, error) {
	root, older, err := s.older()
	if err != nil {
		return nil, err
	}
	if older {
		from := originOf(s[0])
		return match(all, gs, func(p place) ([]stored, error) { return from.arrays(root, p) })
	}
	sets := map[*weight.Var]*hdf5.Dataset{}
	for _, g := range gs {
		if err := g.match(s, sets); err != nil {
			return nil, err
		}
	}
	of := map[*weight.Var]stored{}
	for v, d := range sets {
		of[v] = stored{d.Path(), d.Shape(), d.ReadFloat32s}
	}
	return of, nil
}
