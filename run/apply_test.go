package run_test

import (
	"fmt"
	"strings"
	"testing"

	"gorae/run"
	"gorae/tensor"
)

// bare returns printed arrays without the brackets at their ends and without signs of 0.
func bare(s string) string { return strings.Trim(strings.ReplaceAll(s, "-0.", "0."), "[]") }

// TestApply: layers are applied to arrays; the numbers are by hand.
func TestApply(t *testing.T) {
	for _, c := range []struct{ layers, input, want string }{
		{"max_pooling2d", "[[2,5,7,8],[8,3,10,2],[4,5,1,2],[7,2,3,4]]", "[[ 8. 10.]\n [ 7.  4.]]"},
		{"[max_pooling2d, flatten]", "[[2,5,7,8],[8,3,10,2],[4,5,1,2],[7,2,3,4]]", "[ 8. 10.  7.  4.]"},
		{"conv1d: {filters: 1, kernel_size: 3, use_bias: false, kernel_initializer: ones}", "[1,2,3,4,5,6]",
			"[ 6.  9. 12. 15.]"},
		{"conv1d: {filters: 1, kernel_size: 3, padding: same, use_bias: false, kernel_initializer: ones}",
			"[1,2,3,4,5,6]", "[ 3.  6.  9. 12. 15. 11.]"},
		{"conv1d: {filters: 2, kernel_size: 6, use_bias: false, kernel_initializer: ones}", "[1,2,3,4,5,6]",
			"[[21. 21.]]"},
		{"relu", "[-2,0,3]", "[0. 0. 3.]"},
		{"[input: {shape: [2]}, dense: {units: 1, kernel_initializer: ones, bias_initializer: ones}]", "[1,2]", "[4.]"},
		{"embedding: {input_dim: 3, output_dim: 1, embeddings_initializer: ones}", "[0,2]", "[[1.]\n [1.]]"},
		{"simple_rnn: {units: 1, activation: linear, kernel_initializer: ones, recurrent_initializer: ones, " +
			"return_sequences: true, return_state: true}", "[1,2,3]", "[1. 3. 6.] [6.]"},
		{"bidirectional: {layer: {lstm: {units: 1, return_state: true, kernel_initializer: zeros, " +
			"recurrent_initializer: zeros, unit_forget_bias: false}}}", "[1,2]", "[0. 0.] [0.] [0.] [0.] [0.]"},
		{"flatten", "5", "[5.]"},
	} {
		f, err := run.ParseLayers(c.layers)
		if err != nil {
			t.Errorf("%s: %v", c.layers, err)
			continue
		}
		x, err := tensor.Parse([]byte(c.input))
		if err != nil {
			t.Fatal(err)
		}
		a, err := run.Apply(t.Context(), f, x)
		if err != nil {
			t.Errorf("%s: %v", c.layers, err)
		} else if got := bare(fmt.Sprint(a.Outputs)); got != bare(c.want) {
			t.Errorf("%s of %s: %s, want %s", c.layers, c.input, got, c.want)
		}
	}
	for layers, want := range map[string]string{
		"max_poling2d":      `LAYERS: model[0].max_poling2d: unknown layer; did you mean "max_pooling2d"?`,
		"dense":             "LAYERS: model[0].dense.units: is missing",
		"dense: vocabulary": `LAYERS: model[0].dense.units: "vocabulary" is not a whole number`,
		"{":                 "LAYERS: ",
		"embedding: {input_dim: 3, output_dim: 1}": "takes ids, and 0.5 is no whole number",
		"conv2d: {filters: 1, kernel_size: 5}":     "LAYERS: model[0].conv2d",
		"[]":                                       "no layers",
	} {
		f, err := run.ParseLayers(layers)
		if err == nil {
			_, err = run.Apply(t.Context(), f, tensor.Of([]float32{0.5, 2, 3, 4}, 2, 2))
		}
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", layers, err, want)
		}
	}
}

// TestLayers builds a network without data.
func TestLayers(t *testing.T) {
	m, err := run.Layers("[input: {shape: [28, 28, 3]}, flatten, dense: 64]")
	if err != nil || m.Summary().Total != 150592 {
		t.Errorf("%v, %v", m.Summary().Total, err)
	}
	if _, err := run.Layers("[dense: 64]"); err == nil ||
		!strings.Contains(err.Error(), "the first layer is no input with the shape of a sample; begin with it") {
		t.Error(err)
	}
}

// TestP1Shown: the batches that are shown are those of an epoch: each training sample once, 32 at a time.
func TestP1Shown(t *testing.T) {
	p := open(t, "data: {source: embed:iris}\n")
	seen, sizes := map[int]int{}, []int{}
	for k := 1; ; k++ {
		b, err := p.Batch(1, k)
		if err != nil {
			if want := "batch 5: an epoch has the batches 1 to 4"; err.Error() != want {
				t.Errorf("%v, want %s", err, want)
			}
			break
		}
		sizes = append(sizes, len(b.Samples))
		for _, s := range b.Samples {
			seen[s]++
		}
	}
	if len(seen) != p.Rows(0) || len(sizes) != 4 || sizes[0] != 32 || sizes[3] != p.Rows(0)-96 {
		t.Errorf("%d samples in batches of %v", len(seen), sizes)
	}
	one, err := p.Batch(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	first := fmt.Sprint(one.Samples)
	if two, err := p.Batch(2, 1); err != nil || fmt.Sprint(two.Samples) == first {
		t.Errorf("epoch 2 has the order of epoch 1: %v", err)
	}
	var b strings.Builder
	if err := one.Write(&b, &b, 2); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"batch 1 of 4 in epoch 1: 32 of 128 training rows\n", "X x: (32, 4) float32\n",
		"features: sepal_length, sepal_width, petal_length, petal_width\n", "y species: (32,) int32\n["} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
	series := open(t, "data: {source: embed:airline, series: {window: 12}}\n")
	if b, err := series.Batch(1, 1); err != nil || b.Targets[0].Shape[1] != 1 {
		t.Errorf("a target of a window is one number: %v, %v", b, err)
	}
	if _, err := p.Batch(0, 1); err == nil {
		t.Error("there is an epoch 0")
	}
}
