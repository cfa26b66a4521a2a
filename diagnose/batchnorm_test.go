package diagnose

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/config"
	"gorae/layer"
	"gorae/run"
	"gorae/spec"
	_ "gorae/task/all"
)

// unmoved is the case of a network that was trained for three epochs of ten steps each, so small that its weights stay
// what they were: a feature with a variance of 1, and a column that says nothing.
func unmoved(t *testing.T, model string) *Case {
	t.Helper()
	r := rand.New(rand.NewPCG(5, 55))
	rows := []string{"x,kind"}
	for i := range 400 {
		rows = append(rows, fmt.Sprintf("%.5f,%s", 3*r.NormFloat64(), []string{"a", "b"}[i%2]))
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "t.csv")
	if err := os.WriteFile(path, []byte(strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := spec.Parse("", "still", []byte("data: {source: "+path+", target: kind, features: {x: zscore}}\n"+
		"split: {validation: 0.1, test: 0.1}\n"+model+
		"train: {epochs: 3, batch_size: 32, callbacks: [], optimizer: {sgd: {learning_rate: 1e-9}}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := run.Prepare(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(dir, "run")
	if _, err := run.Run(t.Context(), p, run.Options{Out: at}); err != nil {
		t.Fatal(err)
	}
	of, err := run.TrainedOf(p, at)
	if err != nil {
		t.Fatal(err)
	}
	c, err := newCase(t.Context(), of)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const (
	tenth    = "dense: {units: 1, activation: linear, kernel_initializer: {constant: {value: 0.1}}}"
	lagging  = "batch_normalization: {momentum: 0.9999}"
	twoUnits = "dense: {units: 1, activation: sigmoid}"
)

// TestLag: by hand, a tenth of a feature of variance 1 has a variance of 0.01; after 30 steps (320 samples in batches
// of 32, three times) a moving variance with a momentum of 0.9999 is 0.9999^30 + (1 − 0.9999^30)·0.01 = 0.99703, and
// the deviations, with ε = 0.001, have a ratio of √(0.99803/0.011) = 9.525. Averages that keep up have one near 1. In a
// network with branches the layer that leads to the normalization counts, not the one that stands before it.
func TestLag(t *testing.T) {
	branches := "model: {layers: [{name: small, " + tenth + ", inputs: input}, {name: large, " +
		strings.ReplaceAll(tenth, "0.1", "10") + ", inputs: input}, {name: norm, " + lagging + ", inputs: small}, " +
		"{concatenate: {}, inputs: [norm, large]}, {" + twoUnits + "}]}\n"
	for _, x := range []struct {
		name, model string
		want        float64
	}{
		{"lags", "model: [{" + tenth + "}, {" + lagging + "}, {" + twoUnits + "}]\n", 9.525},
		{"behind dropout", "model: [{" + tenth + "}, {dropout: 0.5}, {" + lagging + "}, {" + twoUnits + "}]\n", 9.525},
		{"keeps up", "model: [{" + tenth + "}, {batch_normalization: {momentum: 0.5}}, {" + twoUnits + "}]\n", 1},
		{"first layer", "model: [{" + lagging + "}, {" + twoUnits + "}]\n", math.NaN()},
		{"branches", branches, 9.525},
		{"another axis", "model: [{reshape: {target_shape: [1, 1]}}, {conv1d: {filters: 2, kernel_size: 1}}, " +
			"{batch_normalization: {axis: 1}}, {flatten: {}}, {" + twoUnits + "}]\n", math.NaN()},
	} {
		c := unmoved(t, x.model)
		k := slices.IndexFunc(c.layers(), func(l link) bool { return strings.Contains(l.key, "batch_normalization") })
		for _, l := range c.layers() { // a key is that of the layer itself
			if !strings.HasSuffix(l.key, "."+config.Snake(layer.TypeName(l.Layer))) {
				t.Errorf("%s: %s has the key %q", x.name, l.name, l.key)
			}
		}
		got, err := c.lag(k)
		if err != nil || math.IsNaN(got) != math.IsNaN(x.want) || math.Abs(got-x.want) > 0.05*x.want {
			t.Errorf("%s: %v, %v, want %v", x.name, got, err, x.want)
		}
	}
}
