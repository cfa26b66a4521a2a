package main

import (
	"fmt"
)

type explainWords struct {
	Model   string `arg:"" help:"Model file (.keras, .h5) of a network over pictures."`
	Input   string `required:"" placeholder:"FILE" help:"A picture, or a file or folder of which the first sample is taken."`
	Output  string `required:"" placeholder:"DIR" help:"Directory for the pictures; it is created."`
	Threads int    `placeholder:"N" help:"Threads to use; all cores if left out."`
}

// Run draws what the network sees.
func (w *explainWords) Run(o *environment) error {
	if err := threads(w.Threads); err != nil {
		return err
	}
	p, err := o.open(w.Model)
	if err != nil {
		return err
	}
	src, err := o.source(w.Input, "")
	if err != nil {
		return err
	}
	interrupted.set(otherPatience, "stopped before the end; some pictures may be missing, and each that is "+
		"there is whole")
	names, err := p.Explain(o.ctx, src, w.Output)
	if err != nil {
		return err
	}
	for _, n := range names {
		if _, err := fmt.Fprintln(o.report, n); err != nil {
			return err
		}
	}
	return nil
}
