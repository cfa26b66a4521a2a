package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"gorae/data"
	"gorae/layer"
	"gorae/run"
	"gorae/task"
)

// experimentFile reports whether a path is that of an experiment file: no file of samples ends so.
func experimentFile(path string) bool {
	return slices.Contains([]string{".yaml", ".yml"}, strings.ToLower(filepath.Ext(path)))
}

// experiment reports on the data of an experiment: on the source, as far as its columns or pictures are those of the
// samples, and on the samples that a training has of it.
func (w *inspectWords) experiment(o *environment) error {
	given := w.Layout.Given()
	for _, f := range []struct{ flag, value string }{{"target", w.Target}, {"labels", w.Labels}, {"time", w.Time},
		{"sequence", w.Sequence}} {
		if f.value != "" {
			given = f.flag
		}
	}
	if given != "" {
		return usageError{fmt.Errorf("--%s: an experiment file says itself how its data are read; leave it out", given)}
	}
	f, err := run.Read(w.File)
	if err != nil {
		return err
	}
	f.AllowNetwork = w.Network
	p, err := run.Prepare(o.ctx, f)
	if err != nil {
		return err
	}
	source, err := p.Describe()
	if err != nil {
		return err
	}
	if w.JSON {
		return json.NewEncoder(o.stdout).Encode(inspected(p, source))
	}
	var b strings.Builder
	if source != nil {
		source.Name = line(source.Name)
		fmt.Fprintf(&b, "%s\n", source)
	}
	fmt.Fprintf(&b, "in the experiment %s, of the kind %s:\n", line(w.File), p.Task.Name())
	for _, l := range append(assumptions(p, len(p.Guesses)), samples(p)) {
		fmt.Fprintf(&b, "%s\n", l)
	}
	fmt.Fprintf(&b, "the network has %s parameters\n", layer.Thousands(p.Model.Summary().Total))
	_, err = fmt.Fprint(o.report, b.String())
	return err
}

// inspectedExperiment is the report on an experiment's data as JSON.
type inspectedExperiment struct {
	Source     *data.Report   `json:"source,omitempty"`
	Task       string         `json:"task"`
	From       string         `json:"from"`
	Predicts   string         `json:"predicts"`
	Unit       string         `json:"unit"`
	Samples    map[string]int `json:"samples"` // by part
	Inputs     []string       `json:"inputs"`  // their shapes, without the samples' axis; any: an extent that may differ
	Parameters int            `json:"parameters"`
	Guesses    []string       `json:"guesses"`
	Notes      []string       `json:"notes"`
}

func inspected(p *run.Prepared, source *data.Report) inspectedExperiment {
	out := inspectedExperiment{Source: source, Task: p.Task.Name(), From: p.From(), Predicts: p.Problem.About(),
		Unit: p.Fitted.Unit(), Samples: map[string]int{}, Parameters: p.Model.Summary().Total,
		Guesses: []string{}, Notes: append([]string{}, p.Notes...)}
	for part := range p.Parts {
		out.Samples[task.Part(part).String()] = p.Rows(task.Part(part))
	}
	open := p.Model.OpenExtents()
	for i, t := range p.Model.InputTypes(1) {
		out.Inputs = append(out.Inputs, sampleShape(t.Shape[1:], open[i]))
	}
	for _, g := range p.Guesses {
		out.Guesses = append(out.Guesses, g.String())
	}
	return out
}
