package bundle

import "testing"

// Metrics are of known data where more samples were trained on than chance explains.
func TestFamiliar(t *testing.T) {
	for _, c := range []struct {
		k    *Known
		want bool
	}{
		{nil, false}, {&Known{Samples: 500}, false}, {&Known{Samples: 500, Training: 8, Chance: true}, false},
		{&Known{Samples: 228, Training: 48}, true},
	} {
		if got := c.k.familiar(); got != c.want {
			t.Errorf("%+v: %v", c.k, got)
		}
	}
}
