package spec_test

import (
	"path/filepath"
	"testing"

	"gorae/spec"
	_ "gorae/spec/yaml" // of experiment files
)

// TestExamples: every experiment of examples is read, and what is written of it is the same experiment again.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("../examples/*.yaml")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d examples: %v", len(files), err)
	}
	for _, path := range files {
		f, err := spec.Read(path)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		text, err := spec.Marshal(&f.Experiment)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		again, err := spec.Parse("again.yaml", f.Name, text)
		if err != nil {
			t.Errorf("%s: %v\n%s", path, err, text)
			continue
		}
		if a, b := spec.Flatten(&f.Experiment), spec.Flatten(&again.Experiment); !equal(a, b) {
			t.Errorf("%s: %v\n%v", path, a, b)
		}
	}
}

func equal(a, b map[string]string) bool {
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return len(a) == len(b)
}
