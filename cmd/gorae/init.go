package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gorae/data/source"
	"gorae/internal/file"
	"gorae/internal/words"
	"gorae/run"
	"gorae/scaffold"
	"gorae/spec"
)

// schemaFile is the JSON Schema that the written file names for editors.
const schemaFile = "gorae.schema.json"

// languageServer is the program of editors that a comment on the schema is for.
const languageServer = "yaml-language-server"

// commentWidth is the number of columns of a comment at most.
const commentWidth = 72

// draftWords are what a user says of a data file that an experiment is made for.
type draftWords struct {
	Target string `placeholder:"COLUMN" help:"Column to predict: a name, a 1-based number, or last."`
	Task   string `placeholder:"KIND" help:"Kind of the task: classification, regression, series or groups (of samples, without a target); found out if left out."`
	Labels string `placeholder:"FILE" help:"File of the labels, where they are not in the same file."`

	cacheWords

	read *source.Info // the data, where they have been read to ask
}

type initWords struct {
	Data string `arg:"" help:"Data file, folder or embed:NAME."`
	draftWords
	Output  string   `short:"o" default:"experiment.yaml" placeholder:"FILE" help:"The file to write; - writes it to standard output."`
	Force   bool     `help:"Write over a file that is there."`
	Schema  bool     `negatable:"" default:"true" help:"Write gorae.schema.json beside it, by which editors check and complete the file."`
	Set     []string `sep:"none" placeholder:"PATH=VALUE" help:"Change a setting, such as train.epochs=3 or split.by=random. May be repeated."`
	Network bool     `name:"allow-network" help:"Let the data be a URL or a database."`
}

// Help returns the text of gorae init --help.
func (initWords) Help() string {
	return `Looks at the data, chooses what kind of task they are, how they are split, the network, the
metrics, and writes them into a file with the reasons. "gorae train" without words then trains experiment.yaml of the
present directory. On a terminal it asks for the column to predict, where --target does not name one.`
}

// Run writes an experiment file.
func (w *initWords) Run(o *environment) error {
	if err := w.open(o); err != nil {
		return err
	}
	path := w.Output
	if path == "-" {
		path = ""
	} else if _, err := os.Stat(path); err == nil && !w.Force {
		return usageError{fmt.Errorf("%s: there is a file of this name; --force writes over it, --output names another",
			path)}
	}
	if err := w.ask(o, w.Data, w.Network); err != nil {
		return err
	}
	o.at("reading %s", w.Data)
	d, err := scaffold.New(o.ctx, w.request(w.Data, path, w.Set, w.Network))
	if err != nil {
		return err
	}
	p, err := d.Prepare(o.ctx)
	if err != nil {
		return err
	}
	comments := d.Comments(p)
	for i := range comments {
		comments[i].Text = wrapped(o.by.Lines(comments[i].Text), commentWidth)
	}
	text, err := spec.Marshal(p.Spec, comments...)
	if err != nil {
		return err
	}
	if path != "" && w.Schema {
		named := strings.Join([]string{"#", languageServer + ":", "$schema=" + schemaFile}, " ")
		text = append([]byte(named+"\n"), text...)
	}
	if path == "" {
		_, err = o.stdout.Write(text)
		return err
	}
	if err := file.Replace(path, func(to io.Writer) error { _, err := to.Write(text); return err }); err != nil {
		return err
	}
	if w.Schema {
		schema := filepath.Join(filepath.Dir(path), schemaFile)
		if err := file.Replace(schema, spec.WriteSearchSchema); err != nil {
			return err
		}
	}
	next := []string{program, "train"}
	if filepath.Clean(path) != run.ExperimentFile {
		next = append(next, quote(path))
	}
	_, err = fmt.Fprintf(o.report, "%s: written for data of the kind %s; what is predicted: %s\nnext:\n  %s\n",
		line(path), p.Task.Name(), line(p.Problem.About()), strings.Join(next, " "))
	return err
}

// request asks for an experiment for the data of a name.
func (w *draftWords) request(name, path string, set []string, network bool) scaffold.Request {
	return scaffold.Request{Source: name, Labels: w.Labels, Target: w.Target, Task: w.Task, Path: path, Set: set,
		AllowNetwork: network, Cache: w.cache, Read: w.read}
}

// given returns the first of the flags that is given, "" where none is.
func (w *draftWords) given() string {
	for _, f := range [][2]string{{"--target", w.Target}, {"--task", w.Task}, {"--labels", w.Labels}} {
		if f[1] != "" {
			return f[0]
		}
	}
	return ""
}

// ask asks what is to be predicted, where nobody named it, and what kind of task that is, where the column leaves it
// open and there is somebody to ask.
func (w *draftWords) ask(o *environment, name string, network bool) error {
	in, ok := o.stdin.(*os.File)
	if !ok || !terminal(in) || !o.status.bar || w.Target != "" && w.Task != "" || w.Task == scaffold.Groups {
		return nil
	}
	i, err := scaffold.Find(name, w.Labels, network, w.cache)
	if err != nil || !i.Readable() {
		return err
	}
	src, err := i.Read()
	if err != nil || src.Table == nil || src.Sample != nil || len(src.Table.Columns) < 2 {
		return err
	}
	w.read = i
	lines := bufio.NewReader(o.stdin)
	names := src.Table.Names()
	if w.Target == "" {
		last := names[len(names)-1]
		fmt.Fprintf(o.stderr, "columns: %s\n", line(strings.Join(names, ", ")))
		fmt.Fprintf(o.stderr, "which one is to be predicted? none groups the rows [%s]\n", line(last))
		if w.Target, err = read(o.ctx, lines); err != nil {
			return err
		}
		switch {
		case w.Target == "":
			w.Target = last
		case w.Target == "none" && !slices.Contains(names, w.Target):
			w.Target, w.Task = "", scaffold.Groups
		}
	}
	kinds := scaffold.Open(src.Table, w.Target)
	if w.Task != "" || len(kinds) < 2 {
		return nil
	}
	fmt.Fprintf(o.stderr, "which kind of task is it: %s? [%s]\n", strings.Join(kinds, ", "), kinds[0])
	if w.Task, err = read(o.ctx, lines); w.Task == "" {
		w.Task = kinds[0]
	}
	return err
}

// read reads a line; the end of the input is an empty one.
func read(ctx context.Context, from *bufio.Reader) (string, error) {
	type answer struct {
		text string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		text, err := from.ReadString('\n')
		if errors.Is(err, io.EOF) {
			err = nil
		}
		got <- answer{strings.TrimSpace(text), err}
	}()
	select {
	case a := <-got:
		return a.text, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// wrapped breaks lines at blanks so that each has at most so many columns; a longer word has a line of its own.
func wrapped(text string, columns int) string {
	var out []string
	for l := range strings.Lines(text) {
		row := ""
		for _, w := range strings.Fields(l) {
			if row != "" && words.Width(row)+1+words.Width(w) > columns {
				out, row = append(out, row), ""
			}
			row = strings.TrimSpace(row + " " + w)
		}
		out = append(out, row)
	}
	return strings.Join(out, "\n")
}
