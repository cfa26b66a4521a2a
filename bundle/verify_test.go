package bundle_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/bundle"
	"gorae/format/keras"
)

// TestVerify: a saved product knows what it gave for made-up samples; another number in a weight is told, and what a
// file without made-up samples gives is not.
func TestVerify(t *testing.T) {
	b := learnt(t, "data: {source: embed:iris}\nmodel: [{dense: 3}]\ntrain: {epochs: 1}\n")
	if err := b.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	b.Model.Store().Vars()[0].Value.F32[0] += 1
	if err := b.Verify(t.Context()); err == nil || !strings.Contains(err.Error(), "gives other numbers here") {
		t.Errorf("a weight was changed: %v", err)
	}
	var file bytes.Buffer
	if err := keras.Save(&file, b.Model); err != nil {
		t.Fatal(err)
	}
	plain := filepath.Join(t.TempDir(), "plain.keras")
	if err := os.WriteFile(plain, file.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Open(plain)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Verify(t.Context()); err != nil {
		t.Errorf("a file without made-up samples: %v", err)
	}
}
