package golden

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/tensor"
	"gorae/weight"
)

// initCase is a line of keras3/initializers.jsonl.
type initCase struct {
	Kind, Layer string
	Class       string `json:"class_name"`
	Config      map[string]any
	Shape       tensor.Shape
	Value       *array
	Error       string
	Expected    struct {
		Mean, Std float64
		Low, High *float64
	}
	Orthonormal string
	Diagonal    float64         `json:"gram_diagonal"`
	InputShape  json.RawMessage `json:"input_shape"`
	Weights     []struct {
		Path   string
		Shape  tensor.Shape
		Class  string `json:"initializer"`
		Config map[string]any
		Limit  float64
		Value  *array
	}
}

// initLayers are the configurations of the layers of kind layer_defaults, whose files hold only the names.
var initLayers = map[string]string{
	"Dense":                       `{"units": 7}`,
	"EinsumDense":                 `{"equation": "abc,cde->abde", "output_shape": [null, 2, 3], "bias_axes": "de"}`,
	"GroupNormalization":          `{"groups": 1}`,
	"SpectralNormalization Dense": `{"layer": {"class_name": "Dense", "config": {"units": 7}}}`,
	"Conv1D":                      `{"filters": 4, "kernel_size": 3}`,
	"Conv2D":                      `{"filters": 4, "kernel_size": [3, 2]}`,
	"Conv2D groups=2":             `{"filters": 4, "kernel_size": 3, "groups": 2}`,
	"Conv3D":                      `{"filters": 4, "kernel_size": [3, 2, 1]}`,
	"Conv1DTranspose":             `{"filters": 4, "kernel_size": 3}`,
	"Conv2DTranspose":             `{"filters": 4, "kernel_size": 3}`,
	"DepthwiseConv1D":             `{"kernel_size": 3, "depth_multiplier": 2}`,
	"DepthwiseConv2D":             `{"kernel_size": 3, "depth_multiplier": 2}`,
	"SeparableConv1D":             `{"filters": 4, "kernel_size": 3, "depth_multiplier": 2}`,
	"SeparableConv2D":             `{"filters": 4, "kernel_size": 3, "depth_multiplier": 2}`,
	"Embedding":                   `{"input_dim": 11, "output_dim": 4}`,
	"SimpleRNN":                   `{"units": 4}`,
	"LSTM":                        `{"units": 4}`,
	"LSTM unit_forget_bias=False": `{"units": 4, "unit_forget_bias": false}`,
	"GRU":                         `{"units": 4}`,
	"GRU reset_after=False":       `{"units": 4, "reset_after": false}`,
	"ConvLSTM2D":                  `{"filters": 3, "kernel_size": 2}`,
	"ConvLSTM1D":                  `{"filters": 3, "kernel_size": 2}`,
	"BatchNormalization":          `{}`,
	"LayerNormalization":          `{}`,
	"PReLU":                       `{}`,
	"RMSNormalization":            `{}`,
	"Attention use_scale":         `{"use_scale": true}`,
	"AdditiveAttention":           `{}`,
	"MultiHeadAttention":          `{"num_heads": 2, "key_dim": 3}`,
	"GroupQueryAttention":         `{"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}`,
	"Bidirectional LSTM":          `{"layer": {"class_name": "LSTM", "config": {"units": 4}}}`,
}

// TestInitializers: constant values are Keras's; drawn ones have Keras's limits, mean and standard deviation; and each
// weight of a layer is drawn by default as Keras draws it.
func TestInitializers(t *testing.T) {
	file := "keras3/initializers.jsonl"
	y := newTally(file)
	lines(t, file, func(c *initCase) {
		name := c.Kind + "/" + c.Class
		if c.Kind == "layer_defaults" {
			if initLayers[c.Layer] == "" {
				class, _, _ := strings.Cut(c.Layer, " ")
				y.lacks(t, class)
				return
			}
			y.try(t, c.Kind+"/"+c.Layer, c.defaults)
			return
		}
		if !weight.Initializers.Has(c.Class) {
			y.lacks(t, c.Class)
			return
		}
		y.try(t, name, c.check)
	}, whole)
	y.report(t)
}

func (c *initCase) check(t *testing.T) {
	in, err := weight.Initializers.New(c.Class, c.Config)
	if err != nil {
		t.Fatal(err)
	}
	w := make([]float32, c.Shape.Size())
	err = in.Fill(w, c.Shape, weight.NewRand(7, "w"))
	if c.Error != "" {
		if err == nil {
			t.Errorf("shape %v passes, Keras: %s", c.Shape, c.Error)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	switch c.Kind {
	case "exact":
		within{rel: 1e-7}.compare(t, "value", graph.ArrayOf(tensor.Of(w, c.Shape...)), c.Value)
	case "statistics":
		c.statistics(t, w)
	case "orthogonal":
		c.orthogonal(t, w)
	default:
		t.Fatalf("kind %s", c.Kind)
	}
}

// statistics compares a draw with its distribution: the mean within 5 standard errors, the standard deviation within
// 2 % and all values within the limits, as the README says.
func (c *initCase) statistics(t *testing.T, w []float32) {
	var sum, squares float64
	for _, v := range w {
		v := float64(v)
		sum += v
		if c.Expected.Low != nil && v < *c.Expected.Low-1e-7 || c.Expected.High != nil && v > *c.Expected.High+1e-7 {
			t.Fatalf("%v is not within %v and %v", v, *c.Expected.Low, *c.Expected.High)
		}
	}
	n := float64(len(w))
	mean := sum / n
	for _, v := range w {
		squares += (float64(v) - mean) * (float64(v) - mean)
	}
	if d := math.Abs(mean - c.Expected.Mean); d > 5*c.Expected.Std/math.Sqrt(n) {
		t.Errorf("the mean is %v, Keras's is %v", mean, c.Expected.Mean)
	}
	if std := math.Sqrt(squares / n); math.Abs(std/c.Expected.Std-1) > 0.02 {
		t.Errorf("the standard deviation is %v, Keras's is %v", std, c.Expected.Std)
	}
}

// orthogonal checks that the rows or columns of the flattened matrix are orthonormal, times the gain.
func (c *initCase) orthogonal(t *testing.T, w []float32) {
	cols := c.Shape[len(c.Shape)-1]
	rows := len(w) / cols
	n, k := rows, cols // products of columns
	at := func(i, j int) float64 { return float64(w[j*cols+i]) }
	if c.Orthonormal == "rows" {
		n, k = cols, rows
		at = func(i, j int) float64 { return float64(w[i*cols+j]) }
	}
	for a := range k {
		for b := range k {
			dot, want := 0.0, 0.0
			if a == b {
				want = c.Diagonal
			}
			for j := range n {
				dot += at(a, j) * at(b, j)
			}
			if math.Abs(dot-want) > 1e-5*max(1, c.Diagonal) {
				t.Fatalf("the product of %s %d and %d is %v, not %v", c.Orthonormal, a, b, dot, want)
			}
		}
	}
}

// defaults builds a layer and compares its weights: values where Keras's are constant, the limits where they are
// drawn, orthonormal rows or columns where those are.
func (c *initCase) defaults(t *testing.T) {
	var cfg map[string]any
	if err := json.Unmarshal([]byte(initLayers[c.Layer]), &cfg); err != nil {
		t.Fatal(err)
	}
	l, err := layer.Layers.New(c.Class, cfg)
	if err != nil {
		t.Fatal(err)
	}
	in := graph.Type{DType: tensor.Int32, Shape: tensor.Shape{2, 3}} // "int"
	var shape []int
	if json.Unmarshal(c.InputShape, &shape) == nil {
		in = graph.F32(shape...)
	}
	if text := string(c.InputShape); text == `"pair"` || text == `"qv"` { // a query and a value of 5 features
		in = graph.F32(2, 3, 5)
	}
	trace, store := layer.NewTrace(false), weight.NewStore()
	if err := graph.Catch(func() {
		layer.NewScope(trace, store, true).Child("layer", l, trace.Graph.Input("x", in))
	}); err != nil {
		t.Fatal(layer.Cause(err))
	}
	if err := store.Init(3); err != nil {
		t.Fatal(err)
	}
	vars := store.Vars()
	if len(vars) != len(c.Weights) {
		t.Fatalf("%d weights, Keras has %d", len(vars), len(c.Weights))
	}
	for i, want := range c.Weights {
		v := vars[i]
		if !v.Value.Shape.Equal(want.Shape) {
			t.Fatalf("%s: shape %v, Keras has %v", want.Path, v.Value.Shape, want.Shape)
		}
		low, high := 0.0, 0.0
		for _, x := range v.Value.F32 {
			low, high = min(low, float64(x)), max(high, float64(x))
		}
		limit := want.Limit
		if want.Class == "RandomUniform" {
			limit = 0.05
		}
		switch {
		case want.Value != nil:
			within{}.compare(t, want.Path, graph.ArrayOf(v.Value), want.Value)
		case want.Class == "Orthogonal":
			o := initCase{Shape: want.Shape, Orthonormal: "rows", Diagonal: 1}
			if last := want.Shape[len(want.Shape)-1]; want.Shape.Size()/last > last {
				o.Orthonormal = "columns"
			}
			o.orthogonal(t, v.Value.F32)
		case want.Class == "TruncatedNormal": // SpectralNormalization's, cut off at two standard deviations
			if most := max(-low, high); most == 0 || most > 0.04 {
				t.Errorf("%s: from %v to %v, Keras draws within ± 0.04", want.Path, low, high)
			}
		case limit > 0:
			if span := (high - low) / (2 * limit); span > 1+1e-6 || span < 0.75 {
				t.Errorf("%s: from %v to %v, Keras draws within ± %v", want.Path, low, high, limit)
			}
		default:
			t.Errorf("%s: an initializer %s without value and limit", want.Path, want.Class)
		}
	}
}
