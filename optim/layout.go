package optim

import (
	"slices"
	"strings"

	"gorae/graph"
	"gorae/tensor"
)

// State is a state of an optimizer: its name, its shape and its first value.
type State struct {
	Name  string
	Shape tensor.Shape
	Init  float32
	// Unkept is a state that Keras writes and never reads; here it is computed anew in each step.
	Unkept bool
}

// Layout is which states an optimizer keeps, in the order in which Keras 3 writes them.
type Layout struct {
	// Slots are the states of each weight. Those of one list stand side by side for each weight, and the
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

// Unkeeping is an optimizer some of whose states in Keras are never read.
type Unkeeping interface {
	// Unkept are these states of a weight of a shape.
	Unkept(weight tensor.Shape) []State
}

// LayoutOf is the layout of the states of an optimizer for a weight of a shape. It asks Update for the states; what
// Update refuses is the error.
func LayoutOf(o Optimizer, shape tensor.Shape) (l Layout, err error) {
	const path = "w"
	var made *Plan
	if err := graph.Catch(func() {
		w := graph.New().Leaf(graph.Weight, path, graph.F32(shape...))
		made = Minimize(o, w.Square().Sum(), []*graph.Node{w})
	}); err != nil {
		return l, err
	}
	var slots []State
	for _, s := range made.Slots {
		if name, ok := strings.CutPrefix(s.Name, "optimizer/"+path+"/"); ok {
			slots = append(slots, State{Name: name, Shape: s.Shape, Init: s.Init})
		} else {
			name := strings.TrimPrefix(s.Name, "optimizer/")
			l.Shared = append(l.Shared, State{Name: name, Shape: s.Shape, Init: s.Init})
		}
	}
	if u, ok := o.(Unkeeping); ok {
		for _, s := range u.Unkept(shape) {
			s.Unkept = true
			slots = append(slots, s)
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
