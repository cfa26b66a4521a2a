package model_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/model"
)

// statistics is a model inside of which a batch normalization and a dropout are called by node, in Keras's form.
func statistics(node string) string {
	return `{"class_name":"Functional","config":{"name":"m","layers":[{"class_name":"InputLayer","name":"x","config":
		{"name":"x","batch_shape":[null,1]},"inbound_nodes":[]},
		{"class_name":"Sequential","name":"f","config":{"name":"f","layers":[{"class_name":"InputLayer",
		"config":{"batch_shape":[null,1]}},{"class_name":"BatchNormalization","config":{"name":"b"}},
		{"class_name":"Dropout","config":{"name":"d","rate":0.5}}]},"inbound_nodes":` +
		strings.ReplaceAll(node, "$T", `{"class_name":"__keras_tensor__","config":{"keras_history":["x",0,0]}}`) + `},
		{"class_name":"Dense","name":"y","config":{"name":"y","units":1},"inbound_nodes":[[["f",0,0,{}]]]}],
		"input_layers":[["x",0,0]],"output_layers":[["y",0,0]]}}`
}

// keeps reports whether training leaves the averages of a model as they are, and whether its weights move.
func keeps(t *testing.T, m *model.Model) (averages, weights bool) {
	t.Helper()
	build(t, m)
	value := func(end string) []float32 {
		for _, v := range m.Store().Vars() {
			if strings.HasSuffix(v.Path, end) {
				return slices.Clone(v.Value.F32)
			}
		}
		t.Fatalf("there is no %s", end)
		return nil
	}
	mean, gamma := value("b/moving_mean"), value("b/gamma")
	fitSome(t, m, random(3, 8, 1))
	return slices.Equal(mean, value("b/moving_mean")), !slices.Equal(gamma, value("b/gamma"))
}

// TestInference: training=False of a call in a file of Keras 2 makes what is called compute as in prediction while it
// is trained; Keras 3 does not heed it in fit. (Keras 3.15.1 on TensorFlow: the moving mean of a model of one
// normalization, called so, moves in fit.) Both stay as they are when a model is written and read again.
func TestInference(t *testing.T) {
	for node, still := range map[string]bool{
		`[[["x",0,0,{"training":false}]]]`:                    true,
		`[[["x",0,0,{"training":null}]]]`:                     false,
		`[{"args":[$T],"kwargs":{"training":false}}]`:         false,
		`[{"args":[$T],"kwargs":{},"gorae_inference":true}]`:  true,
		`[{"args":[$T],"kwargs":{},"gorae_inference":false}]`: false,
	} {
		m, err := model.FromConfig(parsed(t, statistics(node)))
		if err != nil {
			t.Errorf("%s: %v", node, err)
			continue
		}
		cfg, err := m.Config()
		if err != nil {
			t.Fatal(err)
		}
		if averages, weights := keeps(t, m); averages != still || !weights {
			t.Errorf("%s: the averages stay %v, want %v; weights move: %v", node, averages, still, weights)
		}
		text, err := json.Marshal(cfg)
		if err != nil {
			t.Fatal(err)
		}
		again, err := model.FromConfig(parsed(t, string(text)))
		if err != nil {
			t.Fatal(err)
		}
		if averages, weights := keeps(t, again); averages != still || !weights {
			t.Errorf("%s written and read: the averages stay %v, want %v", node, averages, still)
		}
	}
}

// TestApplyInference: a dropout that is applied so drops nothing in training.
func TestApplyInference(t *testing.T) {
	x := model.Input("x", 50)
	m := build(t, model.New([]*model.Value{x}, []*model.Value{model.ApplyInference(layer.Dropout{Rate: 0.5}, x),
		model.Apply(layer.Dropout{Rate: 0.5}, x)}))
	tr := model.NewTrace(true)
	in := tr.Graph.Input("x", graph.F32(1, 50))
	out := m.Trace(tr, in)
	if out[0] != in || out[1] == in {
		t.Errorf("%v and %v of %v", out[0], out[1], in)
	}
}
