package keras_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gorae/format"
	"gorae/optim"
	"gorae/tensor"
)

// TestLegacyOptimizer: the state that Keras 3.15 and tf-keras 2.21 wrote into HDF5 is that of the .keras archive beside
// it, which the same program wrote of the same model: number of steps, learning rate and all slots.
func TestLegacyOptimizer(t *testing.T) {
	paths, err := filepath.Glob(shared(t, "models/real/*/model.h5"))
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for _, path := range paths {
		archive := strings.TrimSuffix(path, ".h5") + ".keras"
		if _, err := os.Stat(archive); err != nil {
			continue
		}
		name := filepath.Base(filepath.Dir(path))
		old, err := format.Load(path)
		if err != nil {
			continue // TestRealKeras says which and why
		}
		new, err := format.Load(archive)
		if err != nil {
			continue
		}
		got, err := format.LoadOptimizer(path, old.Model)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want, err := format.LoadOptimizer(archive, new.Model)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got == nil || want == nil || len(want.Slots) == 0 {
			continue
		}
		class, _ := optim.Optimizers.Class(want.Settings)
		seen = append(seen, class)
		if diff := cmp.Diff(want.Settings, got.Settings); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if got.Iterations != want.Iterations || got.Iterations == 0 || (got.LearningRate == nil) !=
			(want.LearningRate == nil) || got.LearningRate != nil && *got.LearningRate != *want.LearningRate {
			t.Errorf("%s: %d steps and rate %v, want %d and %v", name, got.Iterations, got.LearningRate,
				want.Iterations, want.LearningRate)
		}
		byName := func(a, b tensor.Named) int { return strings.Compare(a.Name, b.Name) }
		slices.SortFunc(got.Slots, byName)
		slices.SortFunc(want.Slots, byName)
		if len(got.Slots) != len(want.Slots) {
			t.Errorf("%s: %d slots, want %d", name, len(got.Slots), len(want.Slots))
			continue
		}
		for i, w := range want.Slots {
			if g := got.Slots[i]; filepath.Base(g.Name) != filepath.Base(w.Name) || !slices.Equal(g.F32, w.F32) {
				t.Errorf("%s: %s differs from %s", name, g.Name, w.Name)
			}
		}
	}
	for _, class := range []string{"Adam", "AdamW", "Adamax", "Nadam", "RMSprop", "SGD", "Adagrad", "Adadelta"} {
		if !slices.Contains(seen, class) {
			t.Errorf("no file has the state of %s: %q", class, seen)
		}
	}
}
