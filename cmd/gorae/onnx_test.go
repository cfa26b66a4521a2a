package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestONNX: gorae predict on models of other programs: columns of a table by their names, classes by their names, as
// ONNX Runtime 1.32 gives them for the same rows.
func TestONNX(t *testing.T) {
	dir := os.Getenv("GORAE_SHARED")
	if dir == "" {
		t.Skip("GORAE_SHARED is not set")
	}
	for _, c := range []struct{ model, table, want string }{
		{"p-titanic", "Age,Fare,Sex,Embarked,Pclass\n22,7.25,male,S,3\n38,71.2833,female,C,1\n,8.05,male,,3\n",
			"prediction,probabilities_1,probabilities_2\ndied,0.87199\nsurvived,0.02727\ndied,0.83264\n"},
		{"s-titanic-pipeline", "Age,Fare,Sex,Embarked,Pclass\n22,7.25,male,S,3\n38,71.2833,female,C,1\n",
			"label,probabilities_1,probabilities_2\ndied,0.87510\nsurvived,0.02980\n"},
		{"s-mlp-iris-zipmap", "a,b,c,d\n5.1,3.5,1.4,0.2\n",
			"output_label,output_probability_1,output_probability_2,output_probability_3\nsetosa,0.68070\n"},
	} {
		table := filepath.Join(t.TempDir(), "rows.csv")
		if err := os.WriteFile(table, []byte(c.table), 0o644); err != nil {
			t.Fatal(err)
		}
		stdout, stderr, status := gorae("", "predict", filepath.Join(dir, "onnx-models", c.model, "model.onnx"),
			"--input", table, "--output", "-")
		got := strings.Split(strings.TrimSpace(stdout), "\n")
		want := strings.Split(strings.TrimSpace(c.want), "\n")
		if status != 0 || len(got) != len(want) {
			t.Errorf("%s: %d, %q %q", c.model, status, stdout, stderr)
			continue
		}
		for i := range got {
			if !strings.HasPrefix(got[i], want[i]) {
				t.Errorf("%s: line %d is %q, want %q…", c.model, i+1, got[i], want[i])
			}
		}
	}
}
