package keras_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gorae/format/keras"
)

// FuzzLoad: no bytes make Load panic, and what it loads can be saved.
func FuzzLoad(f *testing.F) {
	file := smallFile(f)
	f.Add(file)
	f.Add(file[:len(file)-30])
	f.Add([]byte("\x89HDF\r\n\x1a\n"))
	f.Fuzz(func(t *testing.T, file []byte) { tryLoad(t, file) })
}

// FuzzMembers is FuzzLoad behind the archive's check sums: the members are mutated, and packed.
func FuzzMembers(f *testing.F) {
	all := members(f, smallFile(f))
	weights := all[2].data
	f.Add(all[1].data, weights)
	functional := models(f)
	for _, name := range []string{"shared", "nested", "own"} {
		var b bytes.Buffer
		if err := keras.Save(&b, functional[name]); err != nil {
			f.Fatal(err)
		}
		all := members(f, b.Bytes())
		f.Add(all[1].data, all[2].data)
	}
	f.Fuzz(func(t *testing.T, config, weights []byte) {
		tryLoad(t, pack(t, []member{{"config.json", config, zip.Store}, {"model.weights.h5", weights, zip.Store}}))
	})
}

func tryLoad(t *testing.T, file []byte) {
	m, _, err := keras.Load(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("an error of several lines: %q", err)
		}
		return
	}
	var b bytes.Buffer
	if err := keras.Save(&b, m); err != nil {
		t.Fatalf("what was loaded is not saved: %v", err)
	}
	if _, _, err := keras.Load(bytes.NewReader(b.Bytes()), int64(b.Len())); err != nil {
		t.Fatalf("what was saved is not loaded: %v", err)
	}
}

// TestWrongConfigs changes values of configurations at random: each is loaded or refused, and none panics.
func TestWrongConfigs(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	refused := 0
	all := models(t)
	times := 60
	if testing.Short() {
		times = 10
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		parts := members(t, saved(t, all[name]))
		for range times {
			var cfg any
			if err := json.Unmarshal(parts[1].data, &cfg); err != nil {
				t.Fatal(err)
			}
			for range 1 + rnd.IntN(2) {
				disturb(rnd, &cfg)
			}
			text, err := json.Marshal(cfg)
			if err != nil {
				t.Fatal(err)
			}
			file := pack(t, []member{{"config.json", text, zip.Store}, parts[2]})
			tryLoad(t, file)
			if load(file) != nil {
				refused++
			}
			if t.Failed() {
				t.Fatalf("%s: %s", name, text)
			}
		}
	}
	if refused < times*len(all)/3 {
		t.Errorf("only %d of %d wrong configurations are refused", refused, times*len(all))
	}
}

// disturb changes one value somewhere in *v.
func disturb(rnd *rand.Rand, v *any) {
	wrong := []any{nil, true, -1.0, 0.0, 1.0, 2.5, 1e9, 1e18, 1e300, "", "x", "dense", "\x00", []any{}, []any{-1.0},
		[]any{1e12, 1e12}, map[string]any{},
		map[string]any{"class_name": "Dense", "config": map[string]any{}}, []any{"dense", 0.0, 0.0}}
	switch x := (*v).(type) {
	case map[string]any:
		if len(x) > 0 && rnd.IntN(12) > 0 {
			keys := slices.Sorted(maps.Keys(x))
			k := keys[rnd.IntN(len(keys))]
			if rnd.IntN(20) == 0 {
				delete(x, k)
				return
			}
			y := x[k]
			disturb(rnd, &y)
			x[k] = y
			return
		}
	case []any:
		if len(x) > 0 && rnd.IntN(12) > 0 {
			i := rnd.IntN(len(x))
			switch rnd.IntN(20) {
			case 0:
				*v = slices.Delete(slices.Clone(x), i, i+1)
			case 1:
				*v = append(slices.Clone(x), x[i])
			default:
				disturb(rnd, &x[i])
			}
			return
		}
	}
	*v = wrong[rnd.IntN(len(wrong))]
}
