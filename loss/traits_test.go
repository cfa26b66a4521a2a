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
