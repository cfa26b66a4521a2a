package optim

import (
	"slices"
	"strings"

	"gorae/graph"
)

// State is the name of a state of an optimizer and its first value.
type State struct {
	Name string
	Init float32
}

// Layout is which states an optimizer keeps, in the order in which Keras 3 writes them.
type Layout struct {
	// Slots are the states of each weight, of its shape. Those of one list stand side by side for each weight, and the
	// lists follow one another: momentum and velocity of the first weight, of the second one, ….
	Slots [][]State
	// Shared are scalars that all weights have in common. They stand after the slots.
	Shared []State
}

// Ordered is an optimizer whose slots do not stand weight by weight in the order in which Update asks for them.
type Ordered interface {
	// SlotOrder has the lists of Layout.Slots by name. Names that Update does not ask for are passed over.
	SlotOrder() [][]string
}

// commonOrder is that of the slots which any optimizer may have (use_ema, gradient_accumulation_steps): they stand
// first.
var commonOrder = [][]string{{"average"}, {"gradient_accumulator"}}

// LayoutOf is the layout of the states of an optimizer. It asks Update for the states of one weight; what Update
// refuses is the error.
func LayoutOf(o Optimizer) (l Layout, err error) {
	const path = "w"
	var made *Plan
	if err := graph.Catch(func() {
		w := graph.New().Leaf(graph.Weight, path, graph.F32(1))
		made = Minimize(o, w.Square().Sum(), []*graph.Node{w})
	}); err != nil {
		return l, err
	}
	var slots []State
	for _, s := range made.Slots {
		if name, ok := strings.CutPrefix(s.Name, "optimizer/"+path+"/"); ok {
			slots = append(slots, State{name, s.Init})
		} else {
			l.Shared = append(l.Shared, State{strings.TrimPrefix(s.Name, "optimizer/"), s.Init})
		}
	}
	order := slices.Clone(commonOrder)
	if ordered, ok := o.(Ordered); ok {
		order = append(order, ordered.SlotOrder()...)
	}
	for _, names := range order {
		var list []State
		for _, name := range names {
			if i := slices.IndexFunc(slots, func(s State) bool { return s.Name == name }); i >= 0 {
				list, slots = append(list, slots[i]), slices.Delete(slots, i, i+1)
			}
		}
		if len(list) > 0 {
			l.Slots = append(l.Slots, list)
		}
	}
	if len(slots) > 0 {
		l.Slots = append(l.Slots, slots)
	}
	return l, nil
}

// Names lists the names of the slots, and then of the shared states.
func (l Layout) Names() (names []string) {
	for _, list := range append(slices.Clone(l.Slots), l.Shared) {
		for _, s := range list {
			names = append(names, s.Name)
		}
	}
	return names
}
