package csource

import (
	"io"

	"gorae/format/csource/internal/emit"
	"gorae/internal/file"
	"gorae/model"
)

// Options says how a file is written.
type Options struct {
	// Name begins the names of the file's functions and macros; "" takes the model's name.
	Name string
	// Steps is the extent of axes that the model leaves open; 0 refuses models with such axes.
	Steps int
	// Notes are lines for the comment at the head of the file.
	Notes []string
}

// Report says how large the program is.
type Report struct {
	Weights int // bytes of constant arrays
	RAM     int // bytes of static arrays: values between the loops, and states of stateful layers
}

// Write writes a built model as C99. The same model gives the same bytes. What has no form in C is an error that names
// all of it with its layers.
func Write(w io.Writer, m *model.Model, o Options) (Report, error) {
	text, r, err := source(m, o)
	if err != nil {
		return r, err
	}
	_, err = io.WriteString(w, text)
	return r, err
}

// WriteFile writes a built model to a file as [Write] does.
func WriteFile(path string, m *model.Model, o Options) (Report, error) {
	text, r, err := source(m, o)
	if err != nil {
		return r, err
	}
	return r, file.Replace(path, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// source is the text of the file.
func source(m *model.Model, o Options) (string, Report, error) {
	f, err := emit.Write(m, emit.Options{Name: o.Name, Steps: o.Steps, Notes: o.Notes})
	return f.Text, Report{Weights: f.Constants, RAM: f.Static}, err
}
