package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"gorae/internal/file"
	"gorae/run"
	"gorae/tensor"
)

type applyWords struct {
	Layers  string `arg:"" help:"Layers as an experiment file has them: one, such as max_pooling2d or 'conv1d: {filters: 1, kernel_size: 3}', or a list, '[flatten, dense: 64]'."`
	Input   string `required:"" placeholder:"ARRAY" help:"One sample: an array such as '[[2, 5], [7, 8]]', a file of numbers (.npy, .json, .csv without a header), or - for standard input."`
	Seed    uint64 `default:"1" help:"Seed of the first weights."`
	Weights bool   `help:"Print the layers' weights too."`
}

// Help returns the text of gorae apply --help.
func (applyWords) Help() string {
	return `The layers have their first weights, by the seed or by initializers: 'dense: {units: 1, kernel_initializer: ones}'.
An array without an axis of channels gets one where the first layer takes one.`
}

// Run prints the layers and their result.
func (w *applyWords) Run(o *environment) error {
	f, err := run.ParseLayers(w.Layers)
	if err != nil {
		return err
	}
	f.Seed = w.Seed
	x, err := array(o, w.Input)
	if err != nil {
		return usageError{fmt.Errorf("--input: %w", err)}
	}
	a, err := run.Apply(o.ctx, f, x)
	if err != nil {
		return err
	}
	for _, r := range a.Model.Summary().Rows {
		if _, err := fmt.Fprintf(o.report, "%s: output shape %s, parameters: %s\n", r.Name, r.Shape,
			r.Formula); err != nil {
			return err
		}
	}
	show := func(name string, t *tensor.Tensor) error {
		_, err := fmt.Fprintf(o.stdout, "%s %v\n%v\n", name, t.Shape, t)
		return err
	}
	if w.Weights {
		for _, v := range a.Model.Store().Vars() {
			if err := show(v.Path, v.Value); err != nil {
				return err
			}
		}
	}
	for i, name := range a.Model.OutputNames() {
		if i > 0 {
			name = fmt.Sprintf("%s/%d", a.Model.OutputNames()[0], i+1)
		}
		if err := show(name, a.Outputs[i]); err != nil {
			return err
		}
	}
	return nil
}

// array reads an array from a word, a file or standard input.
func array(o *environment, word string) (*tensor.Tensor, error) {
	if strings.HasPrefix(strings.TrimSpace(word), "[") {
		return tensor.Parse([]byte(word))
	}
	if word == "-" {
		b, err := io.ReadAll(o.stdin)
		if err != nil {
			return nil, err
		}
		return tensor.Parse(b)
	}
	f, err := os.Open(word)
	if err != nil {
		return nil, file.OpenError(word, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	read := tensor.ReadNPY
	if strings.ToLower(filepath.Ext(word)) != ".npy" {
		read = func(r io.Reader) (*tensor.Tensor, error) {
			b, err := io.ReadAll(r)
			if err != nil {
				return nil, err
			}
			return tensor.Parse(b)
		}
	}
	x, err := read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", word, err)
	}
	return x, nil
}
