package spec

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"gorae/config"
	"gorae/data"
)

// File is an experiment file that was read. It knows where each value stands, so that a mistake that is found later
// still gets its place.
type File struct {
	Name string // of the file, without its extension: run directories are called so
	Path string // of the file, "" for text without one
	Dir  string // that relative paths start from
	// AllowNetwork lets the experiment open URLs and databases.
	AllowNetwork bool
	// Cache keeps large tables as they were read; nil: they are read into memory.
	Cache *data.Cache
	Experiment

	tree Tree
}

// Parse reads an experiment from text, and carries out the assignments (path=value) of --set in their order. File is
// its path, for messages and for relative paths; it may be "". A mistake is a [*Located].
func Parse(file, name string, text []byte, set ...string) (*File, error) {
	if syntax == nil {
		return nil, errNoSyntax
	}
	tree, err := syntax.Parse(file, text, set...)
	if err != nil {
		return nil, err
	}
	f := &File{Name: name, Path: file, Experiment: *Default(), tree: tree}
	if file != "" {
		f.Dir = filepath.Dir(file)
	}
	if err := f.decode(); err != nil {
		return nil, err
	}
	return f, nil
}

// decode reads the content of the tree.
func (f *File) decode() error {
	if !f.tree.Map() {
		return f.Locate(config.Errorf("", "an experiment is a map with the keys %s",
			strings.Join(config.Keys(&f.Experiment), ", ")).Coded(config.WrongType))
	}
	written := f.tree.Written()
	err := (&config.Decoder{}).Decode(&f.Experiment, written)
	if err == nil {
		return nil
	}
	if r := (&Search{}); r.find("", written, nil) == nil && len(r.Ranges) > 0 {
		err = config.Errorf(r.Ranges[0].Path, "a search range stands in the place of a value").
			Fix("give a value, or let gorae tune try those of the range").Coded(config.WrongType)
	}
	return f.Locate(err)
}

// Located is a mistake with its place in a file or on the command line.
type Located struct {
	File         string
	Line, Column int    // from 1; 0 where the place is not in the file
	Words        string // of the command that set the value, such as "--set train.epochs=0"; "" for the file
	Err          *config.Error
}

// Place returns the place for messages: file:line:column, or the --set of the command.
func (l *Located) Place() string {
	switch {
	case l.Words != "":
		return l.Words
	case l.Line > 0:
		return fmt.Sprintf("%s:%d:%d", cmp.Or(l.File, "experiment"), l.Line, l.Column)
	}
	return l.File
}

func (l *Located) Error() string {
	if p := l.Place(); p != "" {
		return p + ": " + l.Err.Error()
	}
	return l.Err.Error()
}

// Unwrap returns the mistake.
func (l *Located) Unwrap() error { return l.Err }

// Locate gives an error that holds a [*config.Error] its place, as deep as the file goes: *Located. Other errors, and
// those that have a place, stay as they are.
func (f *File) Locate(err error) error {
	var placed *Located
	var e *config.Error
	if f.tree == nil || errors.As(err, &placed) || !errors.As(err, &e) {
		return err
	}
	path := e.Path
	if path == "split.group" && !f.tree.Has(path) {
		path = "split.by.group" // as by: {group: COLUMN}
	}
	at := f.tree.Locate(path, e.Key)
	at.File, at.Err = f.Path, e
	return at
}
