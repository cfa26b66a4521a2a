package keras_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/format"
	"gorae/format/keras"
	"gorae/hdf5"
	"gorae/model"
	"gorae/tensor"
)

// TestRealWeights gives the networks of models/real that are a configuration in JSON each file of weights beside it, of
// Keras 1, 2 and 3, one that Keras wrote in shards among them, and compares the outputs; once the loader finds a file
// by itself.
func TestRealWeights(t *testing.T) {
	paths, err := filepath.Glob(shared(t, "models/real/*/architecture.json"))
	if err != nil || len(paths) < 9 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	files := 0
	for _, path := range paths {
		dir := filepath.Dir(path)
		tolerance := realMeta(t, dir).Tolerance.Value
		compare := func(name string, f *format.File, err error) {
			if err != nil {
				t.Errorf("%s: %v", name, err)
				return
			}
			worst, err := realOutputs(f, filepath.Join(dir, "io.npz"))
			if err != nil || !(worst <= tolerance) {
				t.Errorf("%s: outputs differ by %.2g, more than %.2g; %v", name, worst, tolerance, err)
			}
			files++
		}
		f, err := format.Load(path)
		compare(path, f, err)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, pattern := range []string{"*.h5", "*.hdf5", "*.weights.json"} {
			weights, _ := filepath.Glob(filepath.Join(dir, pattern))
			for _, w := range weights {
				m, err := keras.FromConfig(text)
				if err == nil && m.Store() == nil {
					err = m.Build(1)
				}
				if err != nil {
					t.Errorf("%s: %v", path, err)
					continue
				}
				_, err = format.LoadWeights(w, m, model.CopyOptions{})
				compare(w, &format.File{Model: m}, err)
			}
		}
	}
	t.Logf("the outputs with %d files of weights are compared", files)
}

// TestShards: the weights of a layer, and those of different layers, lie in several files; an index that names what is
// not there, or leads out of its folder, is an error.
func TestShards(t *testing.T) {
	m, n := adapted(t, 1, 2), adapted(t, 2, 2)
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole.weights.h5")
	if err := format.SaveWeights(whole, &format.File{Model: m}); err != nil {
		t.Fatal(err)
	}
	list, err := format.ListWeights(whole)
	if err != nil || len(list) < 6 {
		t.Fatalf("%d arrays, %v", len(list), err)
	}
	in, err := os.Open(whole)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	st, err := in.Stat()
	if err != nil {
		t.Fatal(err)
	}
	h, err := hdf5.Open(in, st.Size())
	if err != nil {
		t.Fatal(err)
	}
	shards := make([]*hdf5.Node, 3)
	for i, a := range list { // neighbours lie in different files
		d, err := h.Root().Dataset(a.Name)
		if err != nil {
			t.Fatal(err)
		}
		v, err := d.Float32s()
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.Split(a.Name, "/")
		if shards[i%3] == nil {
			shards[i%3] = &hdf5.Node{}
		}
		at := shards[i%3]
		for _, p := range parts[:len(parts)-1] {
			if at.Groups == nil {
				at.Groups = map[string]*hdf5.Node{}
			}
			if at.Groups[p] == nil {
				at.Groups[p] = &hdf5.Node{}
			}
			at = at.Groups[p]
		}
		if at.Datasets == nil {
			at.Datasets = map[string]*hdf5.Data{}
		}
		at.Datasets[parts[len(parts)-1]] = &hdf5.Data{Shape: d.Shape(), Values: v}
	}
	for i, s := range shards {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("m_%05d.weights.h5", i)), h5(t, s), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	index := filepath.Join(dir, "m.weights.json")
	write := func(text string) {
		if err := os.WriteFile(index, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"metadata": {"total_size": 1}, "weight_map": {"/layers/dense/vars": ["m_00000.weights.h5",
		"m_00001.weights.h5"], "/layers/dense_1/vars": "m_00002.weights.h5"}}`)
	if _, err := format.LoadWeights(index, n, model.CopyOptions{}); err != nil {
		t.Fatal(err)
	}
	if all, err := format.ListWeights(index); err != nil || len(all) != len(list) {
		t.Errorf("%d of %d arrays are listed; %v", len(all), len(list), err)
	}
	x := tensor.Of([]float32{1, -2, 0.5, 0, 0.25, 3}, 2, 3)
	a, err := m.Predict(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	b, err := n.Predict(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range a[0].F32 {
		if d := b[0].F32[i] - v; d > 1e-5 || d < -1e-5 {
			t.Errorf("output %d is %v, in the model that was saved %v", i, b[0].F32[i], v)
		}
	}
	for says, text := range map[string]string{
		"names 0 files":        `{"weight_map": {}}`,
		"has no list of files": `{"weight_map": {"/layers/dense/vars": 3}}`,
		"no such file":         `{"weight_map": {"/layers/dense/vars": ["absent.weights.h5"]}}`,
		"path escapes":         `{"weight_map": {"/layers/dense/vars": ["../m_00000.weights.h5"]}}`,
		"holds 1 arrays":       `{"weight_map": {"/layers/dense/vars": ["m_00000.weights.h5", "m_00001.weights.h5"]}}`,
		"lies in two files":    `{"weight_map": {"/layers/dense/vars": ["m_00000.weights.h5", "whole.weights.h5"]}}`,
		"no JSON object":       `{"weight_map": {"/layers/dense/vars": `,
	} {
		write(text)
		_, err := format.LoadWeights(index, n, model.CopyOptions{})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: error %v, want one about %q", text, err, says)
		}
	}
}
