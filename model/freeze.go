package model

import (
	"slices"
	"strings"

	"gorae/layer"
	"gorae/weight"
)

// What SetTrainable has said of an instance.
const (
	asConfigured int32 = iota // nothing: its layer's configuration says it
	trainable
	frozen
)

// SetTrainable freezes the layer (false) or lets training move its weights (true), also those of layers within it,
// in all models that share it. It is saved with a model. As in Keras, a frozen batch normalization computes as in
// prediction and its averages stay; a frozen weight adds no penalty to the loss.
//
// A training step that is made after the change follows it; one made before may go on as it was.
func (i *Instance) SetTrainable(on bool) {
	i = i.root()
	i.state.Store(map[bool]int32{true: trainable, false: frozen}[on])
	if sub, _ := inner(i.Layer); sub != nil {
		sub.SetTrainable(on)
	}
	building.Lock()
	h := i.home
	building.Unlock()
	if h == nil {
		return
	}
	h.store.Lock()
	defer h.store.Unlock()
	for _, v := range h.store.Vars() {
		if v.Kind == weight.Weight && strings.HasPrefix(v.Path, h.prefix) {
			v.Trainable = on
		}
	}
}

// Trainable reports whether training moves the layer's weights, if it has any, as far as the layer itself is concerned.
func (i *Instance) Trainable() bool {
	i = i.root()
	switch i.state.Load() {
	case trainable:
		return true
	case frozen:
		return false
	}
	l, ok := i.Layer.(interface{ Common() layer.Base })
	return !ok || !l.Common().Frozen
}

// layer returns the layer with what SetTrainable has said of it in its configuration.
func (i *Instance) layer() layer.Layer {
	if i.state.Load() == asConfigured {
		return i.Layer
	}
	return layer.SetTrainable(i.Layer, i.Trainable())
}

// configured returns the layer as a file has it: frozen also where all of its weights are, one by one.
func (i *Instance) configured() layer.Layer {
	l := i.layer()
	if i.home == nil || !i.Trainable() {
		return l
	}
	weights := false
	i.home.store.RLock()
	defer i.home.store.RUnlock()
	for _, v := range i.home.store.Vars() {
		if v.Kind == weight.Weight && strings.HasPrefix(v.Path, i.home.prefix) {
			if weights = true; v.Trainable {
				return l
			}
		}
	}
	if !weights {
		return l
	}
	return layer.SetTrainable(l, false)
}

// scope returns the scope in which the instance is traced.
func (i *Instance) scope(s *layer.Scope) *layer.Scope {
	if i.state.Load() == frozen {
		return s.Frozen()
	}
	return s
}

// SetTrainable freezes all layers of the model (false) or lets training move their weights (true); see
// [Instance.SetTrainable]. As in Keras, the weights of a model that is frozen as a whole do not move, whatever
// is said of a single layer afterwards.
func (m *Model) SetTrainable(on bool) {
	m.frozen.Store(!on)
	for _, i := range m.instances() {
		i.SetTrainable(on)
	}
}

// Trainable reports whether training moves weights of the model, as far as SetTrainable of the model is concerned.
func (m *Model) Trainable() bool { return !m.frozen.Load() }

// TrainableWeights returns the weights that training moves: those that are neither frozen themselves nor in a layer or
// model that is. A weight that stands in several places is listed once. The model must be built.
func (m *Model) TrainableWeights() []*weight.Var { return TrainableWeights(m) }

// TrainableWeights returns those of several built models; one that they share is listed once.
func TrainableWeights(models ...*Model) []*weight.Var {
	l := Lock(models...)
	l.RLock()
	defer l.RUnlock()
	var list []*weight.Var
	seen := map[*weight.Variable]bool{}
	for _, m := range models {
		frozen := m.frozenParts("")
		for _, v := range m.store.Vars() {
			if v.Kind != weight.Weight || !v.Trainable || v.Delta != nil || seen[v.Variable] ||
				slices.ContainsFunc(frozen, func(prefix string) bool { return strings.HasPrefix(v.Path, prefix) }) {
				continue
			}
			seen[v.Variable] = true
			list = append(list, v)
		}
	}
	return list
}

// frozenParts returns the beginnings of the paths of weights in frozen layers and models, where those of m begin with
// prefix.
func (m *Model) frozenParts(prefix string) []string {
	if m.frozen.Load() {
		return []string{prefix}
	}
	var list []string
	for _, i := range m.instances() {
		at := prefix + m.names[i] + "/"
		if sub, further := inner(i.Layer); !i.Trainable() {
			list = append(list, at)
		} else if sub != nil {
			list = append(list, sub.frozenParts(at+further)...)
		}
	}
	return list
}
