package yamltree

import (
	"math"
	"math/rand/v2"
	"testing"

	"gorae/config"
)

// TestNumbers: what is written of a number is read as the same number, of every magnitude.
func TestNumbers(t *testing.T) {
	all := []float64{0.5, 1e-3, 1e-4, 1e-5, 1e-7, 5e-8, 1e-12, 1e-14, 2.5e-13, 1e14, 1e15, 3e20, 1e300, math.MaxFloat64,
		math.SmallestNonzeroFloat64}
	rng := rand.New(rand.NewPCG(1, 1))
	for range 100 {
		all = append(all, float64(rng.IntN(9)+1)*math.Pow(10, float64(rng.IntN(40)-20)), rng.NormFloat64()*
			math.Pow(10, float64(rng.IntN(60)-30)))
	}
	list := make([]any, len(all))
	for i, v := range all {
		if list[i] = v; i%2 == 1 {
			list[i] = -v
		}
	}
	b, err := Marshal(config.Map{{Key: "numbers", Value: list}})
	if err != nil {
		t.Fatal(err)
	}
	n, err := Parse("e.yaml", b)
	if err != nil {
		t.Fatal(err)
	}
	read := n.Plain().(map[string]any)["numbers"].([]any)
	for i, x := range list {
		var got any
		switch v := read[i].(type) {
		case uint64:
			got = float64(v)
		case int64:
			got = float64(v)
		default:
			got = v
		}
		if got != x {
			t.Errorf("%g is read as %v (%T)", x, read[i], read[i])
		}
	}
}
