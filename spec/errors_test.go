package spec_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/config"
	"gorae/spec"
)

// TestMistakes: each mistake has its place, its kind and a remedy.
func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		text, set string
		code      config.Code
		want      string
	}{
		{"trian: {epochs: 2}\n", "", config.UnknownKey, `e.yaml:1:1: trian: unknown key; did you mean "train"?`},
		{"train: {epocs: 2}\n", "", config.UnknownKey, `e.yaml:1:9: train.epocs: unknown key; did you mean "epochs"?`},
		{"train: {epochs: 2}\n", "", config.Missing,
			"e.yaml:1:1: data.source: is missing; name a data file or a sample such as embed:iris"},
		{"data: {source: a, name: b}\n", "", config.UnknownKey, "e.yaml:1:19: data.name: unknown key; there are"},
		{"data: {source: a}\nseed: -1\n", "", config.OutOfRange, "e.yaml:2:7: seed: -1 is not allowed; give 0 or more"},
		{"data: {source: a, target: 0}\n", "", config.OutOfRange,
			"e.yaml:1:27: data.target: 0 is not the number of a column; give 1 or more, or a name"},
		{"data: {source: a, target: [b, input]}\n", "", config.Conflict,
			"e.yaml:1:19: data.target: input stands for all of the input"},
		{"data: {source: a, features: zscor}\n", "", config.UnknownName,
			`e.yaml:1:29: data.features: "zscor" is not a scale; did you mean "zscore"?`},
		{"data: {source: a, features: {b.c: {text: {unit: wrod}}}}\n", "", config.UnknownName,
			`e.yaml:1:49: data.features.b\.c.text.unit: "wrod" is unknown; did you mean "word"?`},
		{"data: {source: a, series: {windw: 3}}\n", "", config.UnknownKey,
			`e.yaml:1:28: data.series.windw: unknown key; did you mean "window"?`},
		{"data: {source: a, augment: [flip, {rotation: 999}]}\n", "", config.OutOfRange,
			"e.yaml:1:35: data.augment[1]: rotation: from -999 to 999; give a range within -180 to 180"},
		{"data: {source: a, inputs: {wide: []}}\n", "", config.WrongLength,
			"e.yaml:1:28: data.inputs.wide: no column; name one or more"},
		{"data: {source: a}\nsplit: {validation: 0.5, test: 0.6}\n", "", config.Conflict,
			"e.yaml:2:1: split: validation and test take 1.1 of all samples together; leave some to train on"},
		{"data: {source: a}\nsplit: {by: {group: b}, group: c}\n", "", config.Conflict,
			"e.yaml:2:32: split.group: c, but by names b; leave one out"},
		{"data: {source: a}\nsplit: {by: group}\n", "", config.Conflict,
			"e.yaml:2:13: split.by: group needs the column that names the groups; write group: COLUMN"},
		{"data: {source: a}\nmodel: []\n", "", config.WrongType, "e.yaml:2:1: model: no layers; write a list"},
		{"data: {source: a}\nmodel: [{dense: {unit: 3}}]\n", "", config.UnknownKey,
			`e.yaml:2:18: model[0].dense.unit: unknown key; did you mean "units"?`},
		{"data: {source: a}\nmodel: [dens]\n", "", config.UnknownName,
			`e.yaml:2:9: model[0].dens: unknown layer; did you mean "dense"?`},
		{"data: {source: a}\nmodel: [{Dense: {units: 0}}]\n", "", config.OutOfRange,
			"e.yaml:2:25: model[0].Dense.units: 0 is not a number of nodes; give 1 or more"},
		{"data: {source: a}\nmodel: [{dense: 1, dropout: 0.3}]\n", "", config.WrongType,
			"e.yaml:2:9: model[0]: dense and dropout in one place; give each layer a line of its own"},
		{"data: {source: a}\nmodel: [{name: a b, dense: 1}]\n", "", config.OutOfRange,
			`e.yaml:2:16: model[0].name: "a b" is not a name; give a word without blanks and slashes`},
		{"data: {source: a}\nmodel: {layers: [{dense: 1, inputs: deep}], outputs: x}\n", "", config.Conflict,
			`e.yaml:2:37: model.layers[0].inputs: no layer "deep" stands before this one; there are input`},
		{"data: {source: a}\nmodel: [{name: x, dense: 1}, {name: x, dense: 1}]\n", "", config.Conflict,
			"e.yaml:2:30: model[1]: the name x stands twice; each layer needs one of its own"},
		{"data: {source: a}\nmodel: [{embedding: {input_dim: vocabulry, output_dim: 3}}]\n", "", config.WrongType,
			`e.yaml:2:33: model[0].embedding.input_dim: "vocabulry" is not a whole number; give 1 or more`},
		{"data: {source: a}\nmodel: [{embedding: {input_dim: vocabulary, output_dim: 0}}]\n", "", config.OutOfRange,
			"e.yaml:2:57: model[0].embedding.output_dim: 0"},
		{"data: {source: a}\ntrain: {loss: {binary_crossentrpy: {from_logits: true}}}\n", "", config.UnknownName,
			`e.yaml:2:16: train.loss.binary_crossentrpy: unknown loss; did you mean "binary_crossentropy"?`},
		{"data: {source: a}\ntrain: {loss: {price: mse, mae: mse}}\n", "", config.WrongType,
			"e.yaml:2:28: train.loss.mae: the output has the name of a loss; give the layer another name"},
		{"data: {source: a}\ntrain: {metrics: {price: [mae, acuracy]}}\n", "", config.UnknownName,
			`e.yaml:2:32: train.metrics.price[1].acuracy: unknown metric; did you mean "accuracy"?`},
		{"data: {source: a}\ntrain: {metrics: [mae, mae]}\n", "", config.Conflict,
			"e.yaml:2:24: train.metrics[1]: mae stands twice; leave one out"},
		{"data: {source: a}\ntrain: {callbacks: [{early_stopping: {patience: -1}}]}\n", "", config.OutOfRange,
			"e.yaml:2:49: train.callbacks[0].early_stopping.patience: -1 is not a number of epochs; give 0 or more"},
		{"data: {source: a}\n", "train.batch_size=0", config.OutOfRange,
			"--set train.batch_size=0: train.batch_size: 0 is not a number of samples; give 1 or more"},
		{"data: {source: a}\n", "train", "", "--set train: give path=value, such as train.epochs=3"},
		{"data: {source: a\n", "", "", "e.yaml:"},
		{"- data\n", "", config.WrongType,
			"e.yaml:1:1: an experiment is a map with the keys data, split, model, train, seed"},
	} {
		var set []string
		if c.set != "" {
			set = []string{c.set}
		}
		_, err := spec.Parse("e.yaml", "e", []byte(c.text), set...)
		var at *spec.Located
		if !errors.As(err, &at) || !strings.HasPrefix(err.Error(), c.want) || at.Err.Code != c.code ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%s%s\ngot  %v\nwant %s (%s)", c.text, c.set, err, c.want, c.code)
		}
	}
}

// TestSet: a number that stands for its main key stays when a further key is set.
func TestSet(t *testing.T) {
	text := "data: {source: a}\nmodel: [{dense: 64}, {dropout: 0.3}]\ntrain: {optimizer: {adam: 0.005}}\n"
	f, err := spec.Parse("", "e", []byte(text), "model[0].dense.activation=tanh", "model[1].dropout.rate=0.5",
		"train.optimizer.adam.beta_1=0.8", "model[2]=relu")
	if err != nil {
		t.Fatal(err)
	}
	got := spec.Flatten(&f.Experiment)
	for path, want := range map[string]string{
		"model[0].dense.units": "64", "model[0].dense.activation": "tanh", "model[1].dropout": "0.5",
		"model[2]":                           "relu",
		"train.optimizer.adam.learning_rate": "0.005", "train.optimizer.adam.beta_1": "0.8",
	} {
		if got[path] != want {
			t.Errorf("%s: %q, want %q in %v", path, got[path], want, got)
		}
	}
}

// TestRead: a path that is no experiment file is refused with what to do.
func TestRead(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.csv", "iris.yaml"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("data: {source: b.csv}\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{
		"a.csv":     "a.csv: data, not an experiment; gorae init ",
		"":          ": a directory, not an experiment; gorae init ",
		"irsi.yaml": "irsi.yaml: no such file; check the path; did you mean " + filepath.Join(dir, "iris.yaml") + "?",
	} {
		if _, err := spec.Read(filepath.Join(dir, path)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
	f, err := spec.Read(filepath.Join(dir, "iris.yaml"))
	if err != nil || f.Name != "iris" || f.Dir != dir || f.Seed != 1 {
		t.Errorf("%+v %v", f, err)
	}
}

// TestRegisterData: a key below data has one owner.
func TestRegisterData(t *testing.T) {
	for name, proto := range map[string]any{
		"source": &struct {
			Source string `keras:"source"`
		}{},
		"window": &struct {
			Window int `keras:"series"`
		}{},
		"value": struct{}{},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s is registered", name)
				}
			}()
			spec.RegisterData(name, proto)
		}()
	}
}
