package model

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gorae/config"
	"gorae/tensor"
	"gorae/weight"
)

// CopyOptions say which weights [CopyWeights] copies.
type CopyOptions struct {
	// Layers are the names of the layers to copy, each of which both models must have; nil means all layers
	// whose names both have.
	Layers []string
	// SkipMismatch leaves out layers whose weights have other shapes, instead of failing: Keras's skip_mismatch.
	SkipMismatch bool
}

// Copied is the result of [CopyWeights], by the names of layers with weights, in the models' order.
type Copied struct {
	Layers  []string         // whose weights were copied
	Missing []string         // of the destination, which the source lacks: they keep what they have
	Unused  []string         // of the source, which the destination lacks or which were not asked for
	Skipped []*MismatchError // layers left out for SkipMismatch
}

// MismatchError is the error for a layer whose weights do not fit: a weight has other shapes in both models, or one of
// them has it alone.
type MismatchError struct {
	Layer, Weight string       // conv1, kernel
	Want, Have    tensor.Shape // in the destination and in the source; nil where there is no such weight
}

func (e *MismatchError) Error() string {
	switch {
	case e.Have == nil:
		return fmt.Sprintf("layer %q: the source has no weight %s of shape %v", e.Layer, e.Weight, e.Want)
	case e.Want == nil:
		return fmt.Sprintf("layer %q: the source has a weight %s of shape %v, the model has none", e.Layer, e.Weight,
			e.Have)
	}
	return fmt.Sprintf("layer %q: %s has shape %v, in the source %v", e.Layer, e.Weight, e.Want, e.Have)
}

// CopyWeights gives the layers of dst the weights and states of the layers of src that have the same names: the
// beginning of transfer learning from another network. Both models are built, and stay apart afterwards. Layers within
// layers go by their paths. Nothing is copied unless everything fits; a weight that does not is a
// *[MismatchError], and no name in common is an error too.
func CopyWeights(dst, src *Model, o CopyOptions) (*Copied, error) {
	for _, m := range []*Model{dst, src} {
		if !m.built {
			return nil, fmt.Errorf("model %q is not built; call Build first", m.Name)
		}
	}
	to, toNames := dst.layerVars()
	from, fromNames := src.layerVars()
	for _, name := range o.Layers {
		for k, has := range []map[string][]*weight.Var{to, from} {
			if len(has[name]) == 0 {
				return nil, config.Errorf("", "model %q has no layer %q with weights", []*Model{dst, src}[k].Name,
					name).
					Suggesting(name, slices.Collect(maps.Keys(has))).Coded(config.UnknownName)
			}
		}
	}
	done := &Copied{}
	pairs := map[*weight.Var]*weight.Var{}
	for _, name := range toNames {
		switch {
		case o.Layers != nil && !slices.Contains(o.Layers, name):
			continue
		case from[name] == nil:
			done.Missing = append(done.Missing, name)
			continue
		}
		err := match(name, to[name], from[name], pairs)
		switch {
		case err != nil && !o.SkipMismatch:
			return nil, err
		case err != nil:
			done.Skipped = append(done.Skipped, err)
		default:
			done.Layers = append(done.Layers, name)
		}
	}
	for _, name := range fromNames {
		if to[name] == nil || o.Layers != nil && !slices.Contains(o.Layers, name) {
			done.Unused = append(done.Unused, name)
		}
	}
	if len(done.Layers)+len(done.Skipped) == 0 {
		list := func(names []string) string { return cmp.Or(strings.Join(names, ", "), "none") }
		return nil, fmt.Errorf("models %q and %q have no layer with weights in common: %s, and %s; give them the "+
			"same names", dst.Name, src.Name, list(toNames), list(fromNames))
	}
	both := Lock(dst, src)
	both.Lock()
	defer both.Unlock()
	for v, w := range pairs {
		copy(v.Value.F32, w.Value.F32)
	}
	return done, nil
}

// match pairs the variables of a layer in both models.
func match(name string, to, from []*weight.Var, pairs map[*weight.Var]*weight.Var) *MismatchError {
	rest := map[string]*weight.Var{}
	for _, w := range from {
		rest[w.Path] = w
	}
	found := map[*weight.Var]*weight.Var{}
	for _, v := range to {
		e := &MismatchError{Layer: name, Weight: strings.TrimPrefix(v.Path, name+"/"), Want: v.Shape}
		w := rest[v.Path]
		if w == nil {
			return e
		}
		if !w.Shape.Equal(v.Shape) {
			e.Have = w.Shape
			return e
		}
		found[v] = w
		delete(rest, v.Path)
	}
	for _, w := range from {
		if rest[w.Path] != nil {
			return &MismatchError{Layer: name, Weight: strings.TrimPrefix(w.Path, name+"/"), Have: w.Shape}
		}
	}
	maps.Copy(pairs, found)
	return nil
}

// WeightedLayers lists the names of the layers of a built model that have weights or states, in the model's order.
func (m *Model) WeightedLayers() []string {
	_, order := m.layerVars()
	return order
}

// layerVars returns the variables of each layer that has some, and the layers' names in order.
func (m *Model) layerVars() (vars map[string][]*weight.Var, order []string) {
	vars = map[string][]*weight.Var{}
	for _, i := range m.instances() {
		name := m.names[i]
		for _, v := range m.store.Vars() {
			if strings.HasPrefix(v.Path, name+"/") {
				vars[name] = append(vars[name], v)
			}
		}
		if vars[name] != nil {
			order = append(order, name)
		}
	}
	return vars, order
}
