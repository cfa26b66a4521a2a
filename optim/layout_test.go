package optim

import (
	"slices"
	"testing"
)

// TestLayout: the names and the order of the states are those of Keras 3.15's optimizer.variables, behind iteration and
// learning_rate, for a weight.
func TestLayout(t *testing.T) {
	for _, c := range []struct {
		o     Optimizer
		want  []string
		lists int
	}{
		{SGD{}, nil, 0},
		{SGD{Momentum: 0.5}, []string{"momentum"}, 1},
		{RMSprop{}, []string{"velocity"}, 1},
		{RMSprop{Momentum: 0.5}, []string{"velocity", "momentum"}, 2},
		{RMSprop{Momentum: 0.5, Centered: true}, []string{"velocity", "momentum", "average_gradient"}, 3},
		{Adam{}, []string{"momentum", "velocity"}, 1},
		{AdamW{}, []string{"momentum", "velocity"}, 1},
		{Nadam{}, []string{"momentum", "velocity", "product"}, 1}, // Keras: variable
		{Adamax{}, []string{"momentum", "norm"}, 1},
		{Adagrad{}, []string{"accumulator"}, 1},
		{Adadelta{}, []string{"accumulated_grad", "accumulated_delta_var"}, 1},
	} {
		l, err := LayoutOf(c.o)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.Names(); !slices.Equal(got, c.want) || len(l.Slots) != c.lists {
			t.Errorf("%T keeps %v in %d lists, want %v in %d", c.o, got, len(l.Slots), c.want, c.lists)
		}
	}
	l, err := LayoutOf(Adagrad{InitialAccumulator: new(0.5)})
	if err != nil || l.Slots[0][0].Init != 0.5 {
		t.Errorf("Adagrad begins with %v: %v", l.Slots, err)
	}
	if _, err := LayoutOf(Adam{Beta1: new(2.0)}); err == nil {
		t.Error("Adam with β₁ = 2 has a layout")
	}
}
