package run_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gorae/run"
	"gorae/train"
)

// TestTryFrom: steps from the last checkpoint of a run have the bits of a run of as many more epochs, dropout and the
// optimizer's state included; the checkpoint of other samples is refused.
func TestTryFrom(t *testing.T) {
	text := func(epochs, batch int) string {
		return fmt.Sprintf("data: {source: embed:iris}\nmodel: [{dense: {units: 8, activation: relu}}, "+
			"{dropout: 0.3}, {dense: {units: 3, activation: softmax}}]\n"+
			"train: {epochs: %d, batch_size: %d, callbacks: []}\n", epochs, batch)
	}
	last := func(epochs int) *train.Snapshot {
		t.Helper()
		dir := filepath.Join(t.TempDir(), "run")
		if _, err := run.Run(t.Context(), preparedFrom(t, text(epochs, 16)), run.Options{Out: dir}); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(filepath.Join(dir, run.LastFile))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		st, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		s, err := train.ReadSnapshot(f, st.Size())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	two, three := last(2), last(3)
	steps := int(three.Steps[0].Count - two.Steps[0].Count)
	p := preparedFrom(t, text(2, 16))
	if _, err := p.TryFrom(t.Context(), two, steps); err != nil {
		t.Fatal(err)
	}
	for _, v := range three.Weights {
		if got := p.Model.Store().Var(v.Name); got == nil || !slices.Equal(got.Value.F32, v.F32) {
			t.Errorf("%s differs", v.Name)
		}
	}
	if _, err := preparedFrom(t, text(2, 8)).TryFrom(t.Context(), two, steps); err == nil {
		t.Error("another size of the batches")
	}
}
