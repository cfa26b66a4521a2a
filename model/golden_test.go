package model_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// array is numbers as the golden cases have them.
type array struct {
	Data  []float32 `json:"data"`
	Shape []int     `json:"shape"`
}

// golden is a layer computed by real Keras 2.
type golden struct {
	Name     string          `json:"name"`
	Kind     string          `json:"kind"`
	Class    string          `json:"class_name"`
	Config   map[string]any  `json:"config"`
	Input    json.RawMessage `json:"input"`
	Weights  []array         `json:"weights"`
	Expected array           `json:"expected"`
}

// merges are the layers whose golden cases put a Dense before each input.
var merges = map[string]bool{"Add": true, "Subtract": true, "Multiply": true, "Average": true, "Maximum": true,
	"Minimum": true, "Concatenate": true, "Dot": true}

// ofPlaces are the layers over series, pictures and volumes.
var ofPlaces = regexp.MustCompile("Conv|Pooling|UpSampling|ZeroPadding|Cropping")

// TestGolden compares every layer that exists with real Keras.
func TestGolden(t *testing.T) {
	dir := os.Getenv("GORAE_SHARED")
	if dir == "" {
		t.Skip("GORAE_SHARED is not set; the golden cases are not there")
	}
	f, err := os.Open(filepath.Join(dir, "golden", "keras-layers.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<22)
	count := map[string]int{}
	places := 0
	for lines.Scan() {
		var g golden
		if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
			t.Fatal(err)
		}
		if g.Kind != "layer" || !layer.Layers.Has(g.Class) {
			continue
		}
		count[g.Class]++
		if ofPlaces.MatchString(g.Class) {
			places++
		}
		t.Run(g.Name, g.check)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, n := range count {
		total += n
	}
	if total < 132 || places < 93 {
		t.Errorf("only %d cases were found, %d of them of layers over places", total, places)
	}
	for class, want := range map[string]int{"SimpleRNN": 6, "LSTM": 5, "GRU": 3, "Bidirectional": 3,
		"TimeDistributed": 1, "Embedding": 1} {
		if count[class] != want {
			t.Errorf("%d cases of %s were tried, there are %d", count[class], class, want)
		}
	}
	t.Logf("%d cases of real Keras, %d of them of layers over places: %v", total, places, count)
}

// keras2 gives a configuration, and those of layers within it, the meaning that Keras 2 gave it.
func keras2(class string, cfg map[string]any) {
	for k, v := range cfg {
		if v == "hard_sigmoid" {
			cfg[k] = "legacy_hard_sigmoid"
		}
		if inner, ok := v.(map[string]any); ok && inner["class_name"] != nil {
			keras2(inner["class_name"].(string), inner["config"].(map[string]any))
		}
	}
	if class == "GRU" {
		cfg["reset_after"] = false
	}
}

func (g golden) check(t *testing.T) {
	var x array
	if err := json.Unmarshal(g.Input, &x); err != nil {
		t.Fatal(err)
	}
	cfg := map[string]any{}
	for k, v := range g.Config {
		if k != "num_branches" && !(k == "units" && merges[g.Class]) {
			cfg[k] = v
		}
	}
	keras2(g.Class, cfg)
	l, err := layer.Layers.New(g.Class, cfg)
	if err != nil {
		t.Fatal(err)
	}
	in := model.Input("x", x.Shape...)
	branches := []*model.Value{in}
	if merges[g.Class] {
		branches = nil
		for i := range int(g.Config["num_branches"].(float64)) {
			d := layer.Dense{Base: layer.Base{Name: fmt.Sprint("branch", i)}, Units: int(g.Config["units"].(float64))}
			branches = append(branches, model.Apply(d, in))
		}
	}
	m := model.New([]*model.Value{in}, []*model.Value{model.Apply(l, branches...)})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	vars := m.Store().Vars()
	if len(vars) != len(g.Weights) {
		t.Fatalf("%d weights, Keras has %d", len(vars), len(g.Weights))
	}
	for i, w := range g.Weights {
		if err := m.Store().Set(vars[i].Path, tensor.Of(w.Data, w.Shape...)); err != nil {
			t.Fatal(err)
		}
	}
	batch := tensor.Of(x.Data, append([]int{1}, x.Shape...)...)
	y, err := m.Predict(context.Background(), batch)
	if err != nil {
		t.Fatal(err)
	}
	if g.Config["stateful"] == true { // what it remembers counts the second time
		if y, err = m.Predict(context.Background(), batch); err != nil {
			t.Fatal(err)
		}
	}
	if want := append(tensor.Shape{1}, g.Expected.Shape...); !want.Equal(y[0].Shape) {
		t.Fatalf("shape %v, Keras has %v", y[0].Shape, want)
	}
	for i, want := range g.Expected.Data {
		if d := math.Abs(float64(y[0].F32[i] - want)); d > 1e-3 && d > 1e-3*math.Abs(float64(want)) {
			t.Fatalf("element %d is %v, Keras has %v", i, y[0].F32[i], want)
		}
	}
}
