package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"gorae/internal/reference"
)

// TestHelpWords: gorae help answers topics, names, commands, near misses and words that nothing is called.
func TestHelpWords(t *testing.T) {
	for _, c := range []struct {
		args   string
		status int
		says   []string
	}{
		{"--version", 0, []string{"gorae " + version}},
		{"help", 0, []string{"train", "Topics of gorae help", "layers", "experiment file"}},
		{"help layers", 0, []string{"dense", "batch_normalization", "  y = γ·(x − μ)"}},
		{"help layer dense", 0, []string{"keras.layers.Dense", "units", "required", "default glorot_uniform",
			"- dense: 64", "layer.Dense{Units: 64}"}},
		{"help losses huber", 0, []string{"loss: ", "loss.Huber{"}},
		{"help data target", 0, []string{"key of data", "data: {target: Survived}"}},
		{"help data features", 0, []string{"Keys of data.features.COLUMN", "impute"}},
		{"help train", 0, []string{"batch_size", "train --help"}},
		{"help predict", 0, []string{"Apply a trained model"}},
		{"help Dense", 0, []string{"keras.layers.Dense"}},
		{"help softmax", 0, []string{"help layers softmax", "help activations softmax"}},
		{"help batch_norm", 0, []string{`nothing is called "batch_norm"`, "help layers batch_normalization"}},
		{"help normalize", 0, []string{"batch_normalization", "help data features"}},
		{"help losses cross_entropy", 0, []string{"none of the losses", "sparse_categorical_crossentropy"}},
		{"help zylinder", 2, []string{`nothing is called "zylinder"`}},
		{"layers", 2, []string{"see gorae help layers"}},
		{"standardize", 2, []string{"see gorae help standardize"}},
		{"fit", 2, []string{"see gorae train --help"}},
		{"inspect", 2, []string{"see gorae data inspect --help"}},
	} {
		var out, errs strings.Builder
		status := execute(t.Context(), strings.Fields(c.args), strings.NewReader(""), &out, &errs)
		if status != c.status {
			t.Errorf("%s: status %d, want %d: %s", c.args, status, c.status, errs.String())
		}
		for _, s := range c.says {
			if text := out.String() + errs.String(); !strings.Contains(text, s) {
				t.Errorf("%s: %q is not in\n%s", c.args, s, text)
			}
		}
	}
}

// TestUnknownWords: an experiment file that names things in other libraries' words is told gorae's.
func TestUnknownWords(t *testing.T) {
	for _, c := range []struct{ set, says string }{
		{"model=[{batch_norm: {}}]", `did you mean "batch_normalization"?`},
		{"model=[{fully_connected: 3}]", `did you mean "dense"?`},
		{"model=[{dense: {units: 3, activation: logistic}}]", `did you mean "sigmoid"?`},
		{"train.loss=cross_entropy", `did you mean "sparse_categorical_crossentropy"?`},
		{"train.metrics=[roc_auc]", `did you mean "auc"?`},
		{"train.lr=0.1", `unknown key`},
		{"train.optimizer=gradient_descent", `did you mean "sgd"?`},
		{"data.label=x", `did you mean "target"?`},
	} {
		var out, errs strings.Builder
		status := execute(t.Context(), []string{"train", "--set", c.set}, strings.NewReader(""), &out, &errs)
		if status == 0 || !strings.Contains(errs.String(), c.says) {
			t.Errorf("%s: status %d, %q is not in %s", c.set, status, c.says, errs.String())
		}
	}
}

// TestCompletion: each script has every command and flag that the program declares, and shells read it.
func TestCompletion(t *testing.T) {
	parser, err := kong.New(&command{}, kong.Name("gorae"), kong.Vars{"version": version})
	if err != nil {
		t.Fatal(err)
	}
	all := places(parser.Model).all()
	if len(all) < 12 {
		t.Fatalf("%d commands", len(all))
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		var out, errs strings.Builder
		if execute(t.Context(), []string{"completion", shell}, nil, &out, &errs) != 0 {
			t.Fatal(errs.String())
		}
		for _, p := range all {
			for _, w := range append(p.words, p.flags...) {
				if name := strings.TrimPrefix(w.text, "--"); !strings.Contains(out.String(), name) {
					t.Errorf("%s: %s %s is not in the script", shell, p.path, w.text)
				}
			}
		}
		if path, err := exec.LookPath(shell); err == nil {
			c := exec.CommandContext(t.Context(), path, "-n")
			c.Stdin = strings.NewReader(out.String())
			if text, err := c.CombinedOutput(); err != nil {
				t.Errorf("%s -n: %v: %s", shell, err, text)
			}
		}
	}
	complete := func(line ...string) string {
		bashPath, err := exec.LookPath("bash")
		if err != nil {
			t.Skip("no bash")
		}
		script := bash(places(parser.Model)) + "\nCOMP_WORDS=('" + strings.Join(line, "' '") + "')\n" +
			"COMP_CWORD=$((${#COMP_WORDS[@]}-1))\n_gorae\necho \"${COMPREPLY[@]}\"\n"
		text, err := exec.CommandContext(t.Context(), bashPath, "-c", script).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		return strings.TrimSpace(string(text))
	}
	for _, c := range []struct {
		line []string
		want string
	}{
		{[]string{"gorae", "tr"}, "train"}, {[]string{"gorae", "data", "in"}, "inspect"},
		{[]string{"gorae", "train", "--resu"}, "--resume"}, {[]string{"gorae", "help", "lay"}, "layers"},
		{[]string{"gorae", "completion", ""}, "bash zsh fish"}, {[]string{"gorae", "data", "list", "--the"}, ""},
	} {
		if got := complete(c.line...); got != c.want {
			t.Errorf("%q: %q, want %q", c.line, got, c.want)
		}
	}
	if n := len(reference.Topics()); n < 14 {
		t.Errorf("%d topics", n)
	}
}
