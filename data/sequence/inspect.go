package sequence

import (
	"fmt"
	"slices"
	"strings"

	"gorae/data"
	"gorae/tensor"
)

// Inspect reports on a set: how many sequences of which lengths there are, the statistics of each feature over all
// steps, and the classes, if the labels are such.
func Inspect(s *Set) (*data.Report, error) {
	width := len(s.Features)
	t := &data.Table{Name: s.Name, Header: true, Rows: s.Values.Shape[0]}
	for k, name := range s.Features {
		c := data.Column{Name: name, Kind: data.Number, Numbers: make([]float64, t.Rows)}
		for i := range c.Numbers {
			c.Numbers[i] = s.Values.Float(i*width + k)
		}
		t.Columns = append(t.Columns, c)
	}
	r, err := data.Inspect(&data.Source{Table: t}, "")
	if err != nil {
		return nil, err
	}
	r.Assumed, r.Uses = "", nil // of tables whose columns are the samples' own: here they are the steps' features
	r.Warnings = slices.DeleteFunc(r.Warnings, func(w string) bool { return !s.constant(r, w) })
	r.Samples = s.Len()
	r.Shape, r.Input = tensor.Shape{s.Len(), s.Longest(), width}, tensor.Shape{s.Longest(), width}
	r.Axes = []string{"sequences", "steps", "features"}
	lengths := make([]int, s.Len())
	for i := range lengths {
		lengths[i] = s.Length(i)
	}
	slices.Sort(lengths)
	n := len(lengths)
	if lengths[0] == lengths[n-1] {
		r.Sequences = append(r.Sequences,
			fmt.Sprintf("all of %d steps, %d steps in all", lengths[0], s.Values.Shape[0]))
	} else {
		r.Sequences = append(r.Sequences,
			fmt.Sprintf("%d to %d steps, median %d, 95 %% have %d or fewer; %d steps in all; shorter ones are "+
				"padded, and the padding masked",
				lengths[0], lengths[n-1], lengths[n/2], lengths[(95*n+99)/100-1], s.Values.Shape[0]))
	}
	r.Sequences = append(r.Sequences, s.Notes...)
	if len(s.Others) > 0 && s.Labels == nil {
		r.Sequences = append(r.Sequences,
			"no labels yet; these files hold no sequences and may be about them: "+strings.Join(s.Others[:min(5,
				len(s.Others))], ", "))
	}
	if s.Labels != nil {
		about, err := data.Inspect(&data.Source{Table: &data.Table{Name: s.Name, Header: true, Rows: s.Len(),
			Columns: []data.Column{*s.Labels}}}, s.Labels.Name)
		if err != nil {
			return nil, err
		}
		r.Target, r.Classes = about.Target, about.Classes
		if r.Classes == nil {
			r.Columns = append(r.Columns, about.Columns...)
		}
	}
	return r, nil
}

// constant reports whether a warning is about a feature that does not vary: of rows that are steps the others mean
// nothing.
func (s *Set) constant(r *data.Report, warning string) bool {
	for _, c := range r.Columns {
		if c.Levels == 1 && len(warning) > len(c.Name) && warning[:len(c.Name)] == c.Name {
			return true
		}
	}
	return false
}
