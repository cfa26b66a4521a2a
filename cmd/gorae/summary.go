package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gorae/format"
	"gorae/format/keras"
	"gorae/format/keras/yaml"
	"gorae/model"
	"gorae/run"
)

type summaryWords struct {
	Of       string `arg:"" name:"model" help:"Model file (.keras, .h5, .onnx, .json), file of weights (.safetensors, .npz, .pt, .weights.h5), experiment file (.yaml), or layers as an experiment file has them: '[input: {shape: [784]}, dense: 64]'."`
	Network  bool   `name:"allow-network" help:"Let the experiment open URLs and databases."`
	Formulas bool   `help:"Say how each count of parameters comes about."`
}

// Run prints the table of layers.
func (w *summaryWords) Run(o *environment) error {
	if _, err := format.ForWeights(w.Of); err == nil {
		return listArrays(o, w.Of)
	}
	m, note, err := w.load(o)
	if alone := (*format.AloneError)(nil); errors.As(err, &alone) {
		return listArrays(o, w.Of)
	}
	if err != nil {
		return err
	}
	if note != "" {
		if _, err := fmt.Fprintln(o.stderr, "note: "+note); err != nil {
			return err
		}
	}
	return m.Summary().Write(o.report, w.Formulas)
}

func (w *summaryWords) load(o *environment) (m *model.Model, note string, err error) {
	if strings.HasPrefix(strings.TrimSpace(w.Of), "[") {
		m, err := run.Layers(w.Of)
		return m, "", err
	}
	switch strings.ToLower(filepath.Ext(w.Of)) {
	case ".yaml", ".yml":
		if m, err := yamlArchitecture(w.Of); m != nil || err != nil {
			return m, "", err
		}
		e, err := run.Read(w.Of)
		if err != nil {
			return nil, "", err
		}
		e.AllowNetwork = w.Network
		return run.Network(o.ctx, e)
	}
	if m, err := architecture(w.Of); m != nil || err != nil {
		return m, "", err
	}
	p, err := o.open(w.Of)
	if err != nil {
		return nil, "", err
	}
	return p.Model, "", nil
}

// maxArchitecture bounds the configuration of a network.
const maxArchitecture = 32 << 20

// yamlArchitecture is the network of a .yaml file that holds Keras's configuration; nil for another file.
func yamlArchitecture(path string) (*model.Model, error) {
	st, err := os.Stat(path)
	if err != nil || st.Size() > maxArchitecture {
		return nil, nil // what reads experiment files says what is wrong
	}
	text, err := os.ReadFile(path)
	if err != nil || !yaml.IsModel(text[:min(len(text), format.HeadSize)]) {
		return nil, err
	}
	m, err := yaml.FromConfig(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// architecture is the network of a .json file that holds Keras's configuration alone, without weights beside it; nil
// for another file.
func architecture(path string) (*model.Model, error) {
	st, err := os.Stat(path)
	if !strings.EqualFold(filepath.Ext(path), ".json") || err != nil || st.Size() > maxArchitecture {
		return nil, nil // what reads model files says what is wrong
	}
	text, err := os.ReadFile(path)
	if err != nil || bytes.Contains(text, []byte(`"modelTopology"`)) || bytes.Contains(text, []byte(`"weight_map"`)) {
		return nil, err
	}
	m, err := keras.FromConfig(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}
