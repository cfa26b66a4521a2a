//go:build browser

package browser

import (
	"path/filepath"
	"testing"

	"gorae/internal/lang"
	"gorae/spec"
	"gorae/tune/study"
)

// searched carries out a study of six trials and returns its directory.
func searched(t *testing.T) string {
	t.Helper()
	search, err := spec.ParseSearch(filepath.Join(t.TempDir(), "experiment.yaml"), "digits", []byte(
		"data: {source: embed:digits}\nmodel:\n"+
			"  - dense: {units: {log_int: [8, 64]}, activation: {choice: [relu, tanh]}}\n"+
			"  - {choice: [null, {dropout: {uniform: [0.1, 0.5]}}]}\n  - dense: {units: 10, activation: softmax}\n"+
			"train: {epochs: 2, optimizer: {adam: {learning_rate: {log: [0.0001, 0.1]}}}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "study")
	if _, err := study.Run(t.Context(), search, study.Options{Out: dir, Trials: 6}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestStudy: the page of a study, in English and in Korean.
func TestStudy(t *testing.T) {
	dir := searched(t)
	t.Run("English", func(t *testing.T) { look(t, written(t, nil, dir), nil) })
	t.Run("Korean", func(t *testing.T) {
		by, err := lang.For(lang.Korean)
		if err != nil {
			t.Fatal(err)
		}
		look(t, written(t, by, dir), nil)
	})
}
