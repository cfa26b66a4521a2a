// Package product writes a trained network with what was fitted around it as one file of C99: a row of a table goes in,
// and out come classes with their probabilities, or numbers in their units.
//
//	struct titanic_row { double Age; const char *Sex; };
//	int titanic_predict_row(const struct titanic_row *row, struct titanic_prediction *to);
//
// Numbers are double, NAN where they are missing; texts are strings, NULL or empty where they are missing. They are
// imputed, limited, scaled and encoded in double as gorae does it in training, texts cut into words, characters or byte
// pairs. What C has no function for (texts of Hangul letters, times with a zone) is named in notes, and a member of the
// row takes its features.
package product

import (
	"fmt"
	"io"

	"gorae/bundle"
	"gorae/format/csource"
	"gorae/format/csource/internal/emit"
	"gorae/format/csource/internal/rows"
	"gorae/internal/file"
	"gorae/task/image"
	tabular "gorae/task/tabular/fitted"
	"gorae/task/text"
)

// Known reports whether the preparation of a bundle has a form in C: that of tables and of pictures.
func Known(b *bundle.Bundle) bool {
	switch b.Fitted.(type) {
	case *tabular.Fitted, *text.Fitted, *image.Fitted:
		return true
	}
	return false
}

// WriteFile writes a bundle to a file, of a kind that is [Known]. notes say, a line each, what the program that calls
// the file has to do itself.
func WriteFile(path string, b *bundle.Bundle, o csource.Options) (r csource.Report, notes []string, err error) {
	if !Known(b) {
		return r, nil, fmt.Errorf("what the task %s makes of raw samples has no form in C", b.Task())
	}
	p := rows.New(b)
	p.Say = func(n rows.Note) string {
		notes = append(notes, said(n))
		return notes[len(notes)-1]
	}
	f, err := emit.Write(b.Model, emit.Options{Name: o.Name, Steps: o.Steps, Notes: o.Notes, Around: p.Around})
	if err != nil {
		return r, nil, err
	}
	return csource.Report{Weights: f.Constants, RAM: f.Static}, notes, file.Replace(path, func(w io.Writer) error {
		_, err := io.WriteString(w, f.Text)
		return err
	})
}

// said is a note in words.
func said(n rows.Note) string {
	switch n.What {
	case rows.Words:
		return fmt.Sprintf("%s: C has no function that cuts texts as in training; the row takes its features as %s[%d]",
			n.Column, n.Member, n.Size)
	case rows.Form:
		return fmt.Sprintf("%s: C takes its texts as they are, in UTF-8 and with each letter and its accents in one "+
			"character (normal form C)", n.Column)
	case rows.Times:
		return fmt.Sprintf("%s: C reads no dates; the row takes its seconds from 1970-01-01 00:00 on, by the clock of "+
			"the column, as %s", n.Column, n.Member)
	case rows.Letters:
		return fmt.Sprintf("%s: in C letters beyond ASCII are told apart by their case", n.Column)
	case rows.Learnt:
		return fmt.Sprintf("%s: C has no function that undoes its scale (%s); the file gives it as it was learnt",
			n.Column, n.Of)
	}
	return fmt.Sprintf("%s: C has no function for its transform (%s); the row takes its features as %s[%d]", n.Column,
		n.Of, n.Member, n.Size)
}
