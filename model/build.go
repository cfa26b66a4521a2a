package model

import (
	"fmt"
	"sync"

	"gorae/graph"
	"gorae/layer"
	"gorae/weight"
)

// building is held while a model is built: which store declares the weights of a shared layer is decided there.
var building sync.Mutex

// Build finds the shapes, declares the weights and draws their first values from
// the seed. Layers that a model built before has too keep their weights and share them. A mistake in a layer comes
// back as an error that names it. A model that is built stays as it is.
func (m *Model) Build(seed uint64) error {
	return m.buildWith(func(store *weight.Store) error { return store.Init(seed) })
}

// BuildFrom builds the model as Build does, with initial values from elsewhere, such as a file. fill gets the declared
// variables before they have memory, so that it can return an error for their shapes; it calls Alloc and sets the
// values. It builds no other model. A model that is built already is an error.
func (m *Model) BuildFrom(fill func(*weight.Store) error) error {
	fresh := false
	err := m.buildWith(func(store *weight.Store) error {
		fresh = true
		return fill(store)
	})
	if err == nil && !fresh {
		return fmt.Errorf("model %q is built already", m.Name)
	}
	return err
}

func (m *Model) buildWith(fill func(*weight.Store) error) error {
	m.build.Lock()
	defer m.build.Unlock()
	if m.broken != nil {
		return m.broken
	}
	if m.built {
		return nil
	}
	building.Lock()
	defer building.Unlock()
	store := weight.NewStore()
	if err := m.share(store, "", map[*Instance]string{}); err != nil {
		return err
	}
	for _, training := range []bool{true, false} {
		t := layer.NewTrace(training)
		if err := graph.Catch(func() {
			types := map[*Value]graph.Type{}
			m.trace(m.scope(t, store, true), m.inputNodes(t.Graph, 2),
				func(v *Value, n *graph.Node) { types[v] = n.Type })
			m.types, m.stateful, m.loops = types, t.Stateful, hasLoops(t.Graph)
			for k, v := range m.outputs {
				if s := types[v].Shape; len(s) == 0 || s[0] != 2 {
					t.Graph.Fail("model", "output %d, of %q, is %v for 2 samples; its first axis must be that of the "+
						"samples", k, m.valueName(v), s)
				}
			}
		}); err != nil {
			return layer.Cause(err)
		}
	}
	if err := fill(store); err != nil {
		return err
	}
	m.settle(store, "")
	m.store, m.built = store, true
	return nil
}

// share makes the weights that layers of m have already weights of the store too, in which the paths of m begin with
// prefix. A layer without weights yet that stands in several places of the store has them where it stands
// first; declared lists these places.
func (m *Model) share(store *weight.Store, prefix string, declared map[*Instance]string) error {
	for _, i := range m.instances() {
		at := prefix + m.names[i] + "/"
		from, there := store, ""
		switch sub, further := inner(i.Layer); {
		case sub != nil && sub.store == nil:
			if err := sub.share(store, at+further, declared); err != nil {
				return err
			}
			continue
		case sub != nil:
			at, from = at+further, sub.store
		case i.home != nil:
			from, there = i.home.store, i.home.prefix
		case declared[i] != "":
			there = declared[i]
		default:
			declared[i] = at
			continue
		}
		if err := store.Share(at, from, there); err != nil {
			return err
		}
	}
	return nil
}

// settle notes in layers that have no weights yet that they are in the store.
func (m *Model) settle(store *weight.Store, prefix string) {
	for _, i := range m.instances() {
		at := prefix + m.names[i] + "/"
		switch sub, further := inner(i.Layer); {
		case sub != nil && sub.store == nil:
			sub.settle(store, at+further)
		case sub == nil && i.home == nil:
			i.home = &home{store, at}
		}
	}
}
