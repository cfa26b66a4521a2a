package philox

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestPositionIndependent: the numbers of a range do not depend on the cuts by which it is computed, in any variant
// of the code: two parts, wherever the cut, have the bits of the whole.
func TestPositionIndependent(t *testing.T) {
	type fill func(dst []float32, key Key, stream uint32, step, start uint64)
	fills := map[string]fill{
		"uniform": Uniform,
		"normal":  Normal,
		"dropout": func(dst []float32, key Key, stream uint32, step, start uint64) {
			for i := range dst {
				dst[i] = 1
			}
			Dropout(dst, dst, 0.4, key, stream, step, start)
		},
		"words": func(dst []float32, key Key, stream uint32, step, start uint64) {
			words := make([]uint32, len(dst))
			Uint32s(words, key, stream, step, start)
			for i, w := range words {
				dst[i] = math.Float32frombits(w)
			}
		},
	}
	eachVariant(t, func(v *variant) {
		for name, fill := range fills {
			rapid.Check(t, func(t *rapid.T) {
				n := rapid.IntRange(0, 400).Draw(t, "length")
				cut := rapid.IntRange(0, n).Draw(t, "cut")
				start := rapid.OneOf(rapid.Uint64Max(1000), rapid.Uint64Range(1<<34-400, 1<<34+400),
					rapid.Uint64Max(1<<60)).
					Draw(t, "start")
				key, step := KeyOf(rapid.Uint64().Draw(t, "seed")), rapid.Uint64().Draw(t, "step")
				stream := rapid.Uint32().Draw(t, "stream")
				whole, parts := make([]float32, n), make([]float32, n)
				fill(whole, key, stream, step, start)
				fill(parts[cut:], key, stream, step, start+uint64(cut))
				fill(parts[:cut], key, stream, step, start)
				for i := range whole {
					if math.Float32bits(whole[i]) != math.Float32bits(parts[i]) {
						t.Fatalf("%s, %s: element %d is %v in one part, %v in two", v.name, name, i, whole[i], parts[i])
					}
				}
			})
		}
	})
}
