package main

import (
	"encoding/json"
	"fmt"

	"gorae/experiment"
	"gorae/train"
)

type evaluateWords struct {
	Model   string `arg:"" help:"Model file (.keras)."`
	Data    string `required:"" placeholder:"FILE" help:"Samples with their targets: csv, npy, npz (also of the columns of a table), IDX, a folder of pictures, embed:NAME, or - for standard input."`
	Labels  string `placeholder:"FILE" help:"File of the targets, where they are not in the same file (IDX, npy)."`
	Target  string `placeholder:"COLUMN" help:"Target's column: a name, a 1-based number, or last; the one of the learning data if left out."`
	Threads int    `placeholder:"N" help:"Threads to use; all cores if left out."`
	JSON    bool   `help:"Print one JSON object of metric: value."`
}

// Run prints the loss and the metrics.
func (w *evaluateWords) Run(o *outlet) error {
	if err := threads(w.Threads); err != nil {
		return err
	}
	p, err := experiment.OpenProduct(w.Model)
	if err != nil {
		return err
	}
	src, err := p.Read(w.Data, o.stdin, w.Labels)
	if err != nil {
		return err
	}
	if err := o.note(src); err != nil {
		return err
	}
	f, err := p.Evaluate(o.ctx, src, w.Target)
	if err != nil {
		return err
	}
	m, err := p.Remark(o.ctx, src)
	if err != nil {
		return err
	}
	if err := o.noted(src.Table); err != nil {
		return err
	}
	if w.JSON {
		return w.json(o, f, m)
	}
	for _, x := range f {
		if _, err := fmt.Fprintf(o.stdout, "%s %s\n", x.Name, figure(x.Value)); err != nil {
			return err
		}
	}
	for _, words := range m.Lines() {
		if _, err := fmt.Fprintln(o.stdout, words); err != nil {
			return err
		}
	}
	return nil
}

// json prints one object: the figures by name, and what else there is to say.
func (w *evaluateWords) json(o *outlet, f train.Metrics, m *experiment.Remarks) error {
	head, err := json.Marshal(f)
	if err != nil {
		return err
	}
	tail, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if len(tail) > len("{}") { // the two objects are joined into one
		head = append(append(head[:len(head)-1], ','), tail[1:]...)
	}
	_, err = o.stdout.Write(append(head, '\n'))
	return err
}
