package spec_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"gorae/config"
	"gorae/internal/yamltree"
	"gorae/spec"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schema is the schema as an independent validator compiles it.
var schema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	var text bytes.Buffer
	if err := spec.WriteSchema(&text); err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(&text)
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("experiment.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("experiment.json")
})

// accepts reports whether the schema accepts a written value.
func accepts(t testing.TB, written any) error {
	t.Helper()
	s, err := schema()
	if err != nil {
		t.Fatal(err)
	}
	if m, ok := written.(config.Map); ok {
		written = m.Plain()
	}
	text, err := json.Marshal(written)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

// TestSchemaExamples: the schema is one, and accepts every experiment of examples.
func TestSchemaExamples(t *testing.T) {
	files, err := filepath.Glob("../examples/*.yaml")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d examples: %v", len(files), err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := yamltree.Parse(path, text)
		if err != nil {
			t.Fatal(err)
		}
		if err := accepts(t, tree.Written()); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}
