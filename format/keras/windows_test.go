package keras_test

import (
	"bytes"
	"path"
	"strings"
	"testing"

	"gorae/format/keras"
	"gorae/hdf5"
	"gorae/layer"
	"gorae/model"
)

// TestWindows: Keras 2.13 to 3.0 on Windows wrote a layer's path with backslashes, as the name of one group
// (keras-team/keras issue 18528). Such a file opens as the same model.
func TestWindows(t *testing.T) {
	inner := model.Sequential(layer.Input{Shape: []int{4}}, layer.Dense{Units: 3})
	m := model.Sequential(layer.Input{Shape: []int{5, 2}},
		layer.Bidirectional{Layer: layer.LSTM{Units: 2}}, inner, layer.BatchNormalization{})
	if err := m.Build(3); err != nil {
		t.Fatal(err)
	}
	all := members(t, saved(t, m))
	groups := 0
	for i, f := range all {
		if f.name != "model.weights.h5" {
			continue
		}
		r, err := hdf5.Open(bytes.NewReader(f.data), int64(len(f.data)))
		if err != nil {
			t.Fatal(err)
		}
		root := &hdf5.Node{Groups: map[string]*hdf5.Node{}}
		err = r.Root().Walk(func(at string, _ *hdf5.Group, d *hdf5.Dataset) error {
			if d == nil {
				return nil
			}
			n := 1
			for _, e := range d.Shape() {
				n *= e
			}
			values := make([]float32, n)
			if err := d.ReadFloat32s(values); err != nil {
				return err
			}
			vars := path.Dir(at)
			name := strings.ReplaceAll(strings.Trim(path.Dir(vars), "/"), "/", `\`)
			if root.Groups[name] == nil {
				root.Groups[name] = &hdf5.Node{Groups: map[string]*hdf5.Node{
					"vars": {Datasets: map[string]*hdf5.Data{}}}}
				groups++
			}
			root.Groups[name].Groups["vars"].Datasets[path.Base(at)] = &hdf5.Data{Shape: d.Shape(), Values: values}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		all[i].data = h5(t, root)
	}
	if groups < 4 {
		t.Fatalf("%d groups", groups)
	}
	n, _, err := keras.Load(bytes.NewReader(pack(t, all)), int64(len(pack(t, all))))
	if err != nil {
		t.Fatal(err)
	}
	sameOutput(t, m, n)
}
