package bundle_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/bundle"
	"gorae/data/source"
	"gorae/internal/ram"
	"gorae/task"
)

// hostile opens a file of the shared cases.
func hostile(t *testing.T, name string) (*bundle.Bundle, error) {
	t.Helper()
	dir := os.Getenv("GORAE_SHARED")
	if dir == "" {
		t.Skip("GORAE_SHARED is not set")
	}
	return bundle.Open(filepath.Join(dir, "cases", "hostile", name))
}

// Weights that are no numbers are refused at load by their name.
func TestNoNumbers(t *testing.T) {
	for name, want := range map[string]string{"nan-weights": "NaN", "inf-weights": "+Inf"} {
		_, err := hostile(t, "keras/"+name+".keras")
		if err == nil || !strings.Contains(err.Error(),
			"model.weights.h5: the weight dense/kernel holds "+want+" at [0 0]") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A model file of 2 KB whose one sample takes 3.2 GB is refused with the figure, and believed where the user says how
// much may be used.
func TestAffordable(t *testing.T) {
	b, err := hostile(t, "keras/f-repeat.keras")
	if err != nil {
		t.Fatal(err)
	}
	bind := func() error {
		_, err := b.Bind(&task.Source{Info: source.Of(strings.NewReader("1,2,3,4\n"), "four.csv", source.Options{})})
		return err
	}
	if err := bind(); err == nil || !strings.Contains(err.Error(), "one sample takes 3.2 GB in its largest layer") {
		t.Error(err)
	}
	defer ram.SetLimit(ram.SetLimit(1e9))
	if err := bind(); err != nil {
		t.Error(err)
	}
}
