package model_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// parsed is JSON as a configuration. $T(layer, use, result) stands for a Keras tensor.
func parsed(t *testing.T, text string) map[string]any {
	t.Helper()
	for {
		before, rest, ok := strings.Cut(text, "$T(")
		if !ok {
			break
		}
		args, after, _ := strings.Cut(rest, ")")
		name, numbers, _ := strings.Cut(args, ",")
		text = before + fmt.Sprintf(`{"class_name":"__keras_tensor__","config":{"keras_history":["%s",%s]}}`, name,
			numbers) + after
	}
	var c map[string]any
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return c
}

// functional is a functional configuration of layers with the inputs x and y of two numbers.
func functional(layers, outputs string) string {
	return `{"class_name":"Functional","config":{"name":"m","layers":[
		{"class_name":"InputLayer","name":"x","config":{"name":"x","batch_shape":[null,2]},"inbound_nodes":[]},
		{"class_name":"InputLayer","name":"y","config":{"name":"y","batch_shape":[null,2]},"inbound_nodes":[]},
		` + layers + `],"input_layers":[["x",0,0],["y",0,0]],"output_layers":` + outputs + `}}`
}

// tenfold is a nested Functional that multiplies by 10.
const tenfold = `{"class_name":"Functional","name":"f","config":{"name":"f","layers":[
	{"class_name":"InputLayer","name":"z","config":{"name":"z","batch_shape":[null,2]},"inbound_nodes":[]},
	{"class_name":"Rescaling","name":"r","config":{"name":"r","scale":10},
	"inbound_nodes":[{"args":[$T(z,0,0)],"kwargs":{}}]}],
	"input_layers":["z",0,0],"output_layers":["r",0,0]},"inbound_nodes":`

// outputs of a model for x = (1, 2) and y = (3, 4), one after the other.
func outputs(t *testing.T, m *model.Model) []float32 {
	t.Helper()
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	x := []*tensor.Tensor{tensor.Of([]float32{1, 2}, 1, 2), tensor.Of([]float32{3, 4}, 1, 2)}
	ys, err := m.Predict(context.Background(), x...)
	if err != nil {
		t.Fatal(err)
	}
	var all []float32
	for _, y := range ys {
		all = append(all, y.F32...)
	}
	return all
}

// TestUses reads functional configurations whose numbers of uses count as Keras 3, Keras 2 and gorae once wrote
// them, and ends by name. The wanted numbers are the inputs times 10, by hand.
func TestUses(t *testing.T) {
	node3 := func(of ...string) string {
		var nodes []string
		for _, o := range of {
			nodes = append(nodes, `{"args":[$T(`+o+`)],"kwargs":{}}`)
		}
		return "[" + strings.Join(nodes, ",") + "]"
	}
	for name, c := range map[string]struct {
		config string
		want   []float32
	}{
		"Keras 3: a nested Functional's uses count from 1 in output_layers": {
			functional(tenfold+node3("x,0,0", "y,0,0")+"}", `[["f",2,0],["f",1,0]]`), []float32{30, 40, 10, 20}},
		"Keras 3: twice in a row": {functional(tenfold+node3("x,0,0", "f,0,0")+`},
			{"class_name":"Add","name":"a","config":{"name":"a"},"inbound_nodes":[{"args":[[$T(f,1,0),$T(y,0,0)]]}]}`,
			`["a",0,0]`), []float32{103, 204}},
		"gorae before: from 0 in output_layers": {
			functional(tenfold+node3("x,0,0", "y,0,0")+"}", `[["f",1,0],["f",0,0]]`), []float32{30, 40, 10, 20}},
		"Keras 2: from 1 everywhere": {functional(tenfold+`[[["x",0,0,{}]],[["y",0,0,{}]]]},
			{"class_name":"Subtract","name":"s","config":{"name":"s"},"inbound_nodes":[[["f",2,0,{}],["f",1,0,{}]]]}`,
			`[["s",0,0]]`), []float32{20, 20}},
		"outputs by name, in the order of their names": {
			functional(tenfold+node3("x,0,0", "y,0,0")+"}", `{"second":["f",1,0],"first":["f",2,0]}`),
			[]float32{30, 40, 10, 20}},
	} {
		m, err := model.FromConfig(parsed(t, c.config))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := outputs(t, m); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		// What gorae writes is Keras 3's way.
		cfg, err := m.Config()
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), `"output_layers":[["f",0`) {
			t.Errorf("%s: written as %s", name, text)
		}
		again, err := model.FromConfig(parsed(t, string(text)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := outputs(t, again); !slices.Equal(got, c.want) {
			t.Errorf("%s: written and read %v, want %v", name, got, c.want)
		}
	}
}

// TestCalls refuses calls of layers with what is no tensor and counts, naming layer and argument.
func TestCalls(t *testing.T) {
	drop := `{"class_name":"Dropout","name":"d","config":{"name":"d","rate":0.5},"inbound_nodes":`
	for nodes, says := range map[string]string{
		`[{"args":[$T(x,0,0)],"kwargs":{"training":false,"mask":null}}]`: "",
		`[[["x",0,0,{"training":null}]]]`:                                "",
		`[{"args":[$T(x,0,0)],"kwargs":{"training":true}}]`:              "",
		`[[["x",0,0,{"training":true}]]]`:                                "layers[2].d: is called with training: true",
		`[{"args":[$T(x,0,0),2.0]}]`: "layers[2].d: is called with 2 in the place of a " +
			"tensor",
	} {
		_, err := model.FromConfig(parsed(t, functional(drop+nodes+"}", `["d",0,0]`)))
		if says == "" && err != nil || says != "" && (err == nil || !strings.HasPrefix(err.Error(), says)) {
			t.Errorf("%s: error %v, want %q", nodes, err, says)
		}
	}
}

// TestOpenExtents: a model whose input leaves an extent open takes samples of any, as a model of the extent does, and
// writes null again.
func TestOpenExtents(t *testing.T) {
	open := parsed(t, `{"class_name":"Sequential","config":{"name":"m","layers":[
		{"class_name":"InputLayer","config":{"name":"in","batch_shape":[null,null,3]}},
		{"class_name":"LSTM","config":{"name":"l","units":4,"return_sequences":true}},
		{"class_name":"Dense","config":{"name":"d","units":2}}]}}`)
	m, err := model.FromConfig(open)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Build(5); err != nil {
		t.Fatal(err)
	}
	for _, steps := range []int{7, 1, 300} {
		fixed := model.Sequential(layer.Input{Shape: []int{steps, 3}},
			layer.LSTM{Base: layer.Base{Name: "l"}, Units: 4, ReturnSequences: true},
			layer.Dense{Base: layer.Base{Name: "d"}, Units: 2})
		if err := fixed.Build(5); err != nil {
			t.Fatal(err)
		}
		x := tensor.New(tensor.Float32, 3, steps, 3)
		for i := range x.F32 {
			x.F32[i] = float32(math.Sin(float64(i)))
		}
		want, err := fixed.Predict(context.Background(), x)
		if err != nil {
			t.Fatal(err)
		}
		got, err := m.Predict(context.Background(), x)
		if err != nil {
			t.Fatal(err)
		}
		if !got[0].Shape.Equal(want[0].Shape) || !slices.Equal(got[0].F32, want[0].F32) {
			t.Errorf("%d steps: %v, want %v", steps, got[0], want[0])
		}
		if err := fixed.PredictInto(context.Background(), want, x); err != nil {
			t.Fatal(err)
		}
		if err := m.PredictInto(context.Background(), got, x); err != nil || !slices.Equal(got[0].F32, want[0].F32) {
			t.Errorf("%d steps again: %v, %v", steps, got[0], err)
		}
	}
	_, err = m.Predict(context.Background(), tensor.New(tensor.Float32, 1, 7, 2))
	if err == nil || !strings.Contains(err.Error(), "any extent") {
		t.Errorf("samples of 2 features: %v", err)
	}
	cfg, err := m.Config()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(cfg)
	if err != nil || !strings.Contains(string(text), `"batch_shape":[null,null,3]`) {
		t.Errorf("%s, %v", text, err)
	}
}
