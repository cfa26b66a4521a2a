package model_test

import (
	"encoding/json"
	"testing"

	"gorae/layer"
	"gorae/model"
)

// FuzzFromConfig: no configuration, however broken, stops the program.
func FuzzFromConfig(f *testing.F) {
	seeds := []*model.Model{siamese(), model.Sequential(layer.Input{Shape: []int{4}}, layer.BatchNormalization{},
		layer.Dense{Units: 2})}
	for _, m := range seeds {
		cfg, err := m.Config()
		if err != nil {
			f.Fatal(err)
		}
		text, err := json.Marshal(cfg)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, s := range []string{`{}`, `{"class_name":"Sequential","config":{}}`,
		`{"class_name":"Sequential","config":{"layers":[null]}}`,
		`{"class_name":"Functional","config":{"layers":[{"class_name":"Dense","config":{"units":1},"name":"a","inbound_nodes":[[["a",0,0,{}]]]}],"input_layers":[["a",0,0]],"output_layers":[["a",0,-1]]}}`,
		`{"class_name":"Functional","config":{"layers":[{"class_name":"Dense","config":{"units":1},"name":"a","inbound_nodes":[[["a",0,0,{}]]]}],"input_layers":[],"output_layers":[["a",0,0]]}}`,
		`{"class_name":"Sequential","config":{"layers":[{"class_name":"Dense","config":{"units":1e300,"batch_input_shape":[null,"x"]}}]}}`,
		`{"class_name":"Sequential","config":{"layers":[{"class_name":"Sequential","config":{"layers":[]}}]}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var c map[string]any
		if json.Unmarshal(text, &c) != nil {
			return
		}
		m, err := model.FromConfig(c)
		if m == nil && err == nil {
			t.Error("neither a model nor an error")
		}
	})
}
