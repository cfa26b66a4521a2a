package data

import (
	"fmt"
	"io/fs"
	"os"
	"strings"

	"gorae/internal/spell"
	"gorae/tensor"
)

// Source is the content of a file: exactly one of Table, Arrays and Dataset.
type Source struct {
	Table  *Table
	Arrays *Arrays
	// Dataset is samples that are neither, such as sequences with lengths of their own; Name is
	// the file's.
	Dataset Dataset
	Name    string

	// Metadata describes each sample beside its inputs, such as the file and class of a picture; may be nil
	Metadata *Table
	Sample   *Sample // set for embed:NAME
}

// Embed begins the name of an embedded sample: embed:iris.
const Embed = "embed:"

// FileError returns what is wrong with a file, in words that name the remedy; it wraps the cause.
func FileError(name string, err error) error {
	switch {
	case os.IsNotExist(err):
		return &fileError{name + ": no such file; see the path, or gorae data list for embed:NAME", fs.ErrNotExist}
	case os.IsPermission(err):
		return &fileError{name + ": it may not be read (permission denied)", fs.ErrPermission}
	}
	return fmt.Errorf("%s: %w", name, err)
}

// fileError is a cause under other words.
type fileError struct {
	msg   string
	cause error
}

func (e *fileError) Error() string { return e.msg }
func (e *fileError) Unwrap() error { return e.cause }

// SetLabels takes the labels that were read from a file of their own: an array, or a table of one column.
func (a *Arrays) SetLabels(l *Source) error {
	if l.Arrays != nil {
		a.Y = l.Arrays.X
		return a.Check()
	}
	if l.Table == nil {
		return fmt.Errorf("%s: neither a table nor an array; a file of labels is one of both", l.Name)
	}
	t := l.Table
	c := &t.Columns[len(t.Columns)-1]
	if len(t.Columns) != 1 {
		return fmt.Errorf("%s: %d columns; a file of labels has one", t.Name, len(t.Columns))
	}
	y := tensor.New(tensor.Float32, t.Rows)
	codes, levels := c.Codes()
	if c.Kind == Category {
		y = tensor.New(tensor.Int32, t.Rows)
		a.Classes = levels
	}
	for i, code := range codes {
		if code < 0 {
			return t.ErrorAt(i, "", "the label is missing")
		}
		if c.Kind == Category {
			y.I32[i] = int32(code)
		} else {
			y.F32[i] = float32(c.Numbers[i])
		}
	}
	a.Y = whole(y)
	return a.Check()
}

// whole turns floats that are all whole numbers within int32 into Int32.
func whole(t *tensor.Tensor) *tensor.Tensor {
	out := tensor.New(tensor.Int32, t.Shape...)
	if t.DType() != tensor.Float32 {
		return t
	}
	for i, v := range t.F32 {
		if v != float32(int32(v)) || v >= 1<<24 || v <= -1<<24 {
			return t
		}
		out.I32[i] = int32(v)
	}
	return out
}

// FindSample returns the embedded sample of a name, with or without embed: before it.
func FindSample(name string) (*Sample, error) {
	name = strings.TrimPrefix(name, Embed)
	var names []string
	for _, s := range Samples() {
		if s.Name == name {
			return &s, nil
		}
		names = append(names, s.Name)
	}
	hint := spell.Hint(name, names)
	if hint == "" {
		hint = "; there are " + list(names, 12)
	}
	return nil, fmt.Errorf("%s%s: no such sample%s", Embed, name, hint)
}
