package model_test

import (
	"archive/zip"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"gorae/loss"
	"gorae/model"
	"gorae/optim"
)

// TestKerasConfigs reads configurations that real Keras 3 wrote, and writes them back.
func TestKerasConfigs(t *testing.T) {
	dir := os.Getenv("GORAE_SHARED")
	if dir == "" {
		t.Skip("GORAE_SHARED is not set; the models of real Keras are not there")
	}
	for path, params := range map[string]int{"mnist-softmax/mnist_model.keras": 0, "keras3/best-model.keras": 79510,
		"keras3/model-whole.keras":    79510,
		"keras3/best-gru-model.keras": 8633, "keras3/best-embedding-model.keras": 8209,
		"keras3/best-simplernn-model.keras": 1681, "bilstm-nifty/bilstm_model.keras": 0,
		"cnn-lstm-delladeldel/cnn_lstm_model.keras": 0} {
		z, err := zip.OpenReader(filepath.Join(dir, "models", path))
		if err != nil {
			t.Fatal(err)
		}
		f, err := z.Open("config.json")
		if err != nil {
			t.Fatal(err)
		}
		var theirs map[string]any
		if err := json.NewDecoder(f).Decode(&theirs); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		m, err := model.FromConfig(theirs)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if err := m.Build(1); err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if got := m.Summary().Total; params != 0 && got != params {
			t.Errorf("%s: %d parameters, want %d", path, got, params)
		}
		cfg, err := m.Config()
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(cfg)
		if err != nil {
			t.Fatal(err)
		}
		var ours map[string]any
		if err := json.Unmarshal(text, &ours); err != nil {
			t.Fatal(err)
		}
		sameKeys(t, path, theirs, ours)
		compiled(t, path, theirs["compile_config"])
	}
}

// compiled reads the optimiser and the loss that Keras saved, and writes the optimiser back.
func compiled(t *testing.T, path string, cfg any) {
	t.Helper()
	c, ok := cfg.(map[string]any)
	if !ok {
		t.Errorf("%s: no compile_config", path)
		return
	}
	if c["optimizer"] == nil { // saved without
		return
	}
	o, err := optim.Optimizers.Decode(c["optimizer"])
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return
	}
	text, err := json.Marshal(optim.Optimizers.Encode(o))
	if err != nil {
		t.Fatal(err)
	}
	var ours map[string]any
	if err := json.Unmarshal(text, &ours); err != nil {
		t.Fatal(err)
	}
	// compile(optimizer="adam") is saved as the bare name.
	if theirs, ok := c["optimizer"].(map[string]any); ok {
		delete(theirs["config"].(map[string]any), "name") // Keras names an optimiser; nothing asks for the name
		sameKeys(t, path+".optimizer", theirs, ours)
	}
	if _, err := loss.Losses.Decode(c["loss"]); err != nil {
		t.Errorf("%s: %v", path, err)
	}
}

// versions are keys that some versions of Keras write and others refuse, those of training, and build_config, which
// Keras leaves out for a few layers without weights.
var versions = map[string]bool{"compile_config": true, "shared_object_id": true, "quantization_config": true,
	"optional": true, "ragged": true, "dtype": true, "build_config": true}

// sameKeys compares two configurations but for the keys of versions.
func sameKeys(t *testing.T, at string, theirs, ours any) {
	t.Helper()
	switch a := theirs.(type) {
	case map[string]any:
		if a["class_name"] == "OrthogonalInitializer" { // as Keras 3.0 spelled it
			a["class_name"] = "Orthogonal"
		}
		b, ok := ours.(map[string]any)
		if !ok {
			t.Errorf("%s: Keras has %v, gorae %v", at, theirs, ours)
			return
		}
		for k, v := range a {
			if versions[k] {
				continue
			}
			w, ok := b[k]
			if !ok {
				t.Errorf("%s: Keras writes %s", at, k)
			}
			sameKeys(t, at+"."+k, v, w)
		}
		for k := range b {
			if _, ok := a[k]; !ok && !versions[k] {
				t.Errorf("%s: Keras does not write %s", at, k)
			}
		}
	case []any:
		b, ok := ours.([]any)
		if !ok || len(a) != len(b) {
			t.Errorf("%s: Keras has %v, gorae %v", at, theirs, ours)
			return
		}
		for i := range a {
			sameKeys(t, at, a[i], b[i])
		}
	default:
		if !reflect.DeepEqual(theirs, ours) {
			t.Errorf("%s: Keras has %v, gorae %v", at, theirs, ours)
		}
	}
}
