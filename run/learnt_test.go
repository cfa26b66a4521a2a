package run_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/run"
)

// TestNotLearnt: a network whose training loss never was below that of a constant answer is told what was observed, and
// the key that helps. The loss of the constant answer is the entropy of the shares of the classes: for the ten classes
// of digits, nearly alike, ln 10 = 2.303. Each remedy was tried: accuracy 0.10 becomes 0.96 with a learning rate of
// 0.1, 0.95 with 0.001, and 0.54 after 8 epochs of relu in place of sigmoid.
func TestNotLearnt(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	rows := "a,b,y\n" // y is whether a is above 0, and b says nothing
	for i := range 200 {
		rows += fmt.Sprintf("%.3f,%.0f,%s\n", math.Sin(float64(i*i)), 1e7*math.Cos(float64(i)),
			[]string{"no", "yes"}[min(1, int(1+math.Sin(float64(i*i))))])
	}
	table := filepath.Join(t.TempDir(), "t.csv")
	if err := os.WriteFile(table, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	const digits = "data: {source: embed:digits, features: minmax}\n"
	const never = "the training loss never fell more than 0.1 % below 2.302, that of always answering with the " +
		"majority class: it "
	const head = ", {dense: {units: 10, activation: softmax}}]\n"
	const relu = digits + "model: [{dense: {units: 64, activation: relu}}" + head
	sigmoids := digits + "model: [" + strings.Repeat(", {dense: {units: 32, activation: sigmoid}}", 20)[2:] + head
	for name, c := range map[string]struct{ experiment, begins, ends string }{
		"steps too large": {relu + "train: {epochs: 4, optimizer: {sgd: {learning_rate: 10}}}\n",
			never + "fell from 42.7 to ",
			"; the output is the same for all 1258 training samples; the relu of dense gives 0 for each of the first " +
				"256 training samples, so that no gradient passes; most likely to help: a lower learning_rate (now " +
				"10)"},
		"steps too small": {relu + "train: {epochs: 3, optimizer: {adam: {learning_rate: 1e-7}}}\n",
			never + "stayed between 2.43",
			" over 3 epochs; most likely to help: a higher learning_rate (now 1e-07)"},
		"dead relu": {digits + "model: [{dense: {units: 64, activation: relu, bias_initializer: {constant: " +
			"{value: -10}}}}" + head + "train: {epochs: 3}\n",
			never + "stayed between 2.302",
			"most likely to help: the default initializers in dense"},
		"dead relu, a number": {fmt.Sprintf("data: {source: %q, target: a}\nmodel: [{dense: {units: 8, activation: "+
			"relu, bias_initializer: {constant: {value: -10}}}}, {dense: 1}]\ntrain: {epochs: 8}\n", table),
			"the training loss never fell more than 0.1 % below ",
			"most likely to help: the default initializers in dense"},
		"sigmoids": {sigmoids + "train: {epochs: 3}\n",
			never + "fell from 2.3",
			"most likely to help: relu in place of sigmoid in the 20 hidden layers"},
		"not scaled": {fmt.Sprintf("data: {source: %q, features: none}\nmodel: [{dense: {units: 8, activation: relu}}"+
			", {dense: {units: 2, activation: softmax}}]\ntrain: {epochs: 2}\n", table),
			"the training loss never fell more than 0.1 % below 0.69",
			"most likely to help: scaled features (features: zscore): b reaches 1e+07"},
		"linear": {digits + "model: [{dense: {name: a, units: 64}}, {dropout: 0.1}, {dense: {name: b, units: 32}}" +
			head + "train: {epochs: 10}\n",
			"the hidden layers have no activation (a, b), so that the network can learn no more than a linear model: " +
				"activation: relu lets it", ""},
		"sound": {digits + "train: {epochs: 10}\n", "", ""},
		"half of the features": {"data: {source: embed:iris, features: {petal_length: drop, petal_width: drop}}\n" +
			"train: {epochs: 5}\n", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			res, err := run.Run(t.Context(), open(t, c.experiment), run.Options{Out: filepath.Join(t.TempDir(), "run")})
			if err != nil {
				t.Fatal(err)
			}
			if len(res.Warnings) > 0 {
				t.Errorf("warnings %q", res.Warnings)
			}
			var said []string
			for _, w := range res.Report.Findings.Words {
				if strings.Contains(w, "never fell") || strings.Contains(w, "no activation") {
					said = append(said, w)
				}
			}
			text := strings.Join(said, "\n")
			if c.begins == "" && text != "" || !strings.HasPrefix(text, c.begins) || !strings.HasSuffix(text, c.ends) {
				t.Errorf("said %q, want %q … %q", text, c.begins, c.ends)
			}
		})
	}
}
