// Package runtest trains for tests that need a product.
package runtest

import (
	"path/filepath"
	"testing"

	"gorae/bundle"
	"gorae/run"
	"gorae/spec"
)

// Product is what one epoch of an experiment leaves in a folder, with settings as of --set; the experiment is said to
// stand in the folder, and its data are found from there.
func Product(t testing.TB, dir, experiment string, settings ...string) *bundle.Bundle {
	t.Helper()
	settings = append([]string{"train.epochs=1"}, settings...)
	f, err := spec.Parse(filepath.Join(dir, "e.yaml"), "e", []byte(experiment), settings...)
	if err != nil {
		t.Fatal(err)
	}
	prepared, err := run.Prepare(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	r, err := run.Run(t.Context(), prepared, run.Options{Out: filepath.Join(dir, "run")})
	if err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Open(filepath.Join(r.Dir, run.ModelFile))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
