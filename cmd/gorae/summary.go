package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"gorae/model"
	"gorae/run"
)

type summaryWords struct {
	Of       string `arg:"" name:"model" help:"Model file (.keras, .h5), experiment file (.yaml), or layers as an experiment file has them: '[input: {shape: [784]}, dense: 64]'."`
	Network  bool   `name:"allow-network" help:"Let the experiment open URLs and databases."`
	Formulas bool   `help:"Say how each count of parameters comes about."`
}

// Run prints the table of layers.
func (w *summaryWords) Run(o *environment) error {
	m, note, err := w.load(o)
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
		e, err := run.Read(w.Of)
		if err != nil {
			return nil, "", err
		}
		e.AllowNetwork = w.Network
		return run.Network(o.ctx, e)
	}
	p, err := o.open(w.Of)
	if err != nil {
		return nil, "", err
	}
	return p.Model, "", nil
}
