package optim

import (
	"slices"
	"testing"

	"gorae/tensor"
)

// TestLayout: the names and the order of the states are those of Keras 3.15's optimizer.variables, behind iteration and
// learning_rate, for a weight.
func TestLayout(t *testing.T) {
	vector := tensor.Shape{1}
	for _, c := range []struct {
		o     Optimizer
		want  []string
		lists int
		shape tensor.Shape
	}{
		{SGD{}, nil, 0, vector},
		{SGD{Momentum: 0.5}, []string{"momentum"}, 1, vector},
		{RMSprop{}, []string{"velocity"}, 1, vector},
		{RMSprop{Momentum: 0.5}, []string{"velocity", "momentum"}, 2, vector},
		{RMSprop{Momentum: 0.5, Centered: true}, []string{"velocity", "momentum", "average_gradient"}, 3, vector},
		{Adam{}, []string{"momentum", "velocity"}, 1, vector},
		{AdamW{}, []string{"momentum", "velocity"}, 1, vector},
		{Nadam{}, []string{"momentum", "velocity", "product"}, 1, vector}, // Keras: variable
		{Adamax{}, []string{"momentum", "norm"}, 1, vector},
		{Adagrad{}, []string{"accumulator"}, 1, vector},
		{Adafactor{}, []string{"row", "column", "velocity"}, 1, vector},             // Keras: numbers beside the last
		{Adafactor{}, []string{"row", "column", "velocity"}, 1, tensor.Shape{2, 3}}, // Keras: all variable but the last
		{Adadelta{}, []string{"accumulated_grad", "accumulated_delta_var"}, 1, vector},
	} {
		l, err := LayoutOf(c.o, c.shape)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.Names(); !slices.Equal(got, c.want) || len(l.Slots) != c.lists {
			t.Errorf("%T keeps %v in %d lists, want %v in %d", c.o, got, len(l.Slots), c.want, c.lists)
		}
	}
	l, err := LayoutOf(Adagrad{InitialAccumulator: new(0.5)}, vector)
	if err != nil || l.Slots[0][0].Init != 0.5 {
		t.Errorf("Adagrad begins with %v: %v", l.Slots, err)
	}
	if _, err := LayoutOf(Adam{Beta1: new(2.0)}, vector); err == nil {
		t.Error("Adam with β₁ = 2 has a layout")
	}
}
