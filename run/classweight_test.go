package run_test

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
)

// TestClassWeight makes one step of gradient descent with the rate 1 from zeros, with 6, 3 and 1 samples of three
// classes. The bias of a class becomes (wⱼ·nⱼ − Σ wᵢ/3)/n: with balanced weights, n/(3·nⱼ), 0.
func TestClassWeight(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("x,y\n")
	for i := range 10 {
		fmt.Fprintf(&b, "%d,%s\n", i*i, []string{"a", "a", "b", "a", "a", "c", "b", "a", "b", "a"}[i])
	}
	source := write(t, filepath.Join(dir, "d.csv"), b.String())
	with := func(weights string) string {
		return "data: {source: " + source + ", target: y, task: classification}\nsplit: {validation: 0, test: 0}\n" +
			"model: [dense: {units: 3, activation: softmax, kernel_initializer: zeros}]\n" +
			"train: {epochs: 1, batch_size: 10, optimizer: {sgd: {learning_rate: 1}}" + weights + "}\n"
	}
	for weights, want := range map[string][]float64{
		"":                               {6.0/10 - 1.0/3, 3.0/10 - 1.0/3, 1.0/10 - 1.0/3},
		", class_weight: balanced":       {0, 0, 0},
		", class_weight: {a: 2, c: 0}":   {12.0/10 - 0.5, 3.0/10 - 0.5, -0.5},
		", class_weight: {c: 6, b: 2.0}": {6.0/10 - 0.6, 6.0/10 - 0.6, 6.0/10 - 0.6},
	} {
		p := open(t, with(weights))
		if text := resolved(t, p); !strings.Contains(text, strings.TrimPrefix(weights, ", ")) &&
			!strings.Contains(text, "class_weight") {
			t.Errorf("%s is not in\n%s", weights, text)
		}
		_, m := fit(t, p, filepath.Join(dir, strings.Map(func(r rune) rune {
			if strings.ContainsRune("{}:, ", r) {
				return '_'
			}
			return r
		}, "run"+weights)))
		bias := m.Model.Store().Var("dense/bias").Value.F32
		for j, v := range want {
			if math.Abs(float64(bias[j])-v) > 1e-6 {
				t.Errorf("%q: biases %v, want %v", weights, bias, want)
				break
			}
		}
		if s := resolved(t, open(t, resolved(t, p))); s != resolved(t, p) {
			t.Errorf("resolved twice:\n%s", s)
		}
	}
	for text, want := range map[string]string{
		with(", class_weight: {d: 2}"):    `train.class_weight.d: no class "d"`,
		with(", class_weight: {a: -1}"):   "-1 is no weight; give a number from 0",
		with(", class_weight: {a: much}"): `"much" is not a number`,
		with(", class_weight: equal"):     "equal is no weight of classes",
		"data: {source: " + source + ", target: x, task: regression}\ntrain: {class_weight: balanced}\n": "is for a " +
			"network with one target of classes, and this one predicts x",
	} {
		if _, err := prepare("", text); err == nil || !strings.Contains(err.Error(), want) ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%s\ngot  %v\nwant %s", text, err, want)
		}
	}
}
