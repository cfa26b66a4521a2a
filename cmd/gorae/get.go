package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"gorae/data/fetch"
)

type getWords struct {
	Name   string `arg:"" optional:"" help:"Name of the data set; without one they are listed."`
	Output string `short:"o" placeholder:"FILE" help:"The file to write; the published name in the present directory if left out."`
	From   string `placeholder:"MIRROR" help:"Folder or URL that has the file, in place of the publisher's."`
	JSON   bool   `help:"Print JSON objects."`
}

// Help returns the text of gorae data get --help.
func (getWords) Help() string {
	return `The data sets are those of Keras whose SHA-256 Keras states. A file gets its name once all of it is there and
its hash is right. What has come of it stays in FILE.part where a transfer ends early, also by Ctrl-C; the same command
then goes on behind it. The proxy of HTTPS_PROXY is used.`
}

// Run gets a data set, or lists them.
func (w *getWords) Run(o *environment) error {
	if w.Name == "" {
		return w.list(o)
	}
	f, err := fetch.Find(w.Name)
	if err != nil {
		return usageError{err}
	}
	began := time.Now()
	r := fetch.Request{File: f, Path: w.Output, From: w.From, Progress: func(done, total int64) {
		what := fmt.Sprintf("getting %s: %.1f MB", f.Base(), float64(done)/1e6)
		if total > 0 {
			what = fmt.Sprintf("getting %s: %.1f of %.1f MB", f.Base(), float64(done)/1e6, float64(total)/1e6)
		}
		o.status.goOn(what, began)
	}}
	o.at("getting %s", f.Base())
	interrupted.set(otherPatience, "stopped; what has come is kept, and the same command goes on behind it")
	at, there, err := r.Get(o.ctx)
	switch {
	case err != nil && o.ctx.Err() != nil:
		return fmt.Errorf("stopped; what has come is kept, and the same command goes on behind it")
	case err != nil:
		return err
	case w.JSON:
		return json.NewEncoder(o.stdout).Encode(struct {
			fetch.File
			Path  string `json:"path"`
			There bool   `json:"there"`
		}{f, at, there})
	}
	format := "%s: SHA-256 %s is right\n"
	if there {
		format = "%s: there already, SHA-256 %s is right\n"
	}
	_, err = fmt.Fprintf(o.report, format, line(at), f.SHA256)
	return err
}

// list lists the data sets.
func (w *getWords) list(o *environment) error {
	if w.JSON {
		e := json.NewEncoder(o.stdout)
		for _, f := range fetch.Files() {
			if err := e.Encode(f); err != nil {
				return err
			}
		}
		return nil
	}
	t := tabwriter.NewWriter(o.report, 0, 0, 2, ' ', 0)
	for _, f := range fetch.Files() {
		if _, err := fmt.Fprintf(t, "%s\t%s\t%s\n", f.Name, f.Base(), o.by.Text(f.About)); err != nil {
			return err
		}
	}
	return t.Flush()
}
