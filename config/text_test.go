package config

import "testing"

// TestText: equal values have one text, whatever their pointers are, and others have another.
func TestText(t *testing.T) {
	type inner struct{ A, B any }
	type outer struct {
		P    *float64
		List []inner
		Name string
	}
	of := func(p float64, name string, a any) string {
		return Text(outer{P: &p, List: []inner{{A: a, B: nil}}, Name: name})
	}
	first := of(1, "x", &inner{A: 2})
	if again := of(1, "x", &inner{A: 2}); again != first {
		t.Errorf("%s and %s", first, again)
	}
	for _, other := range []string{of(2, "x", &inner{A: 2}), of(1, "y", &inner{A: 2}), of(1, "x", &inner{A: 3}),
		of(1, "x", nil), of(1, "x", 2)} {
		if other == first {
			t.Errorf("another value has the text %s", first)
		}
	}
}
