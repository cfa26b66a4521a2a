package loss

import "testing"

// TestTraits: every registered loss declares every trait.
func TestTraits(t *testing.T) {
	for _, class := range Losses.Classes() {
		l := Losses.Prototype(class)
		tr := TraitsOf(l)
		if tr.Targets == 0 || tr.Predictions == 0 || tr.Outputs == 0 || tr.Units == 0 {
			t.Errorf("%s leaves a trait undeclared: %+v", class, tr)
		}
	}
	if p := TraitsOf(BinaryCrossentropy{FromLogits: true}).Predictions; p != Logits {
		t.Errorf("a loss from logits takes %v", p)
	}
}

// TestThreshold: a hinge parts scores at their sign, logits are parted at 0, probabilities and other numbers between 0
// and 1 at 0.5 (Keras: hinge labels are −1 and 1; binary_accuracy's default is 0.5).
func TestThreshold(t *testing.T) {
	for _, c := range []struct {
		loss Loss
		want float64
	}{{Hinge{}, 0}, {SquaredHinge{}, 0}, {BinaryCrossentropy{FromLogits: true}, 0}, {BinaryCrossentropy{}, 0.5},
		{MeanSquaredError{}, 0.5}} {
		if got := TraitsOf(c.loss).Predictions.Threshold(); got != c.want {
			t.Errorf("%T parts classes at %v, want %v", c.loss, got, c.want)
		}
	}
}
