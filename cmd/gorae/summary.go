package main

import (
	"path/filepath"
	"strings"

	"gorae/experiment"
	"gorae/model"
)

type summaryWords struct {
	Of       string `arg:"" name:"model" help:"Model file (.keras) or experiment file (.yaml)."`
	Formulas bool   `help:"Say how each count of parameters comes about."`
}

// Run prints the table of layers.
func (w *summaryWords) Run(o *outlet) error {
	m, err := w.load()
	if err != nil {
		return err
	}
	return m.Summary().Write(o.stdout, w.Formulas)
}

func (w *summaryWords) load() (*model.Model, error) {
	switch strings.ToLower(filepath.Ext(w.Of)) {
	case ".yaml", ".yml":
		e, err := experiment.Read(w.Of)
		if err != nil {
			return nil, err
		}
		r, err := e.Open()
		if err != nil {
			return nil, err
		}
		return r.Model, nil
	}
	p, err := experiment.OpenProduct(w.Of)
	if err != nil {
		return nil, err
	}
	return p.Model, nil
}
