package main

import (
	"encoding/json"
	"fmt"
	"slices"

	"gorae/run"
	"gorae/task"
)

type evaluateWords struct {
	Model   string `arg:"" help:"Model file (.keras, .h5)."`
	Data    string `placeholder:"FILE" help:"Samples with their targets: csv, npy, npz (also of the columns of a table), IDX, a folder of pictures, embed:NAME, or - for standard input."`
	Labels  string `placeholder:"FILE" help:"File of the targets, where they are not in the same file (IDX, npy)."`
	Target  string `placeholder:"COLUMN" help:"Target's column: a name, a 1-based number, or last; the one of the training data if left out."`
	Threads int    `placeholder:"N" help:"Threads to use; all cores if left out."`
	JSON    bool   `help:"Print one JSON object of metric: value, with the 95 % intervals."`
}

// Run prints the loss and the metrics.
func (w *evaluateWords) Run(o *environment) error {
	if err := threads(w.Threads); err != nil {
		return err
	}
	b, err := o.open(w.Model)
	if err != nil {
		return err
	}
	var src *task.Source
	if w.Data != "" {
		if src, err = o.source(w.Data, w.Labels); err != nil {
			return err
		}
	}
	e, err := b.Evaluate(o.ctx, src, w.Target)
	if err != nil {
		return err
	}
	var seen run.Looks
	if src != nil {
		seen = run.Look(o.ctx, w.Model, w.Data)
	}
	if e.Known != nil && e.Known.Training > 0 && !e.Known.Chance {
		seen.Runs = 0 // that the figures are of known data is said
	}
	if err := o.note(e.Notes); err != nil {
		return err
	}
	if w.JSON {
		return json.NewEncoder(o.stdout).Encode(e)
	}
	var lines []string
	if e.Target != "" {
		lines = append(lines, "target "+line(e.Target))
	}
	if e.Known != nil {
		lines = append(lines, e.Known.Words...)
	}
	if words := looks(seen, "samples"); words != "" {
		lines = append(lines, words)
	}
	for _, words := range lines {
		if _, err := fmt.Fprintln(o.report, words); err != nil {
			return err
		}
	}
	for _, x := range e.Metrics {
		interval := intervalOf(e.Intervals, x.Name)
		if _, err := fmt.Fprintf(o.report, "%s %s%s\n", x.Name, explained(x), interval); err != nil {
			return err
		}
	}
	for _, words := range slices.Concat(rareClasses(e.Findings), baselines(e.Findings), e.Findings.Words) {
		if _, err := fmt.Fprintln(o.report, words); err != nil {
			return err
		}
	}
	return nil
}
