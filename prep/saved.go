package prep

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// UnmarshalJSON reads a saved pipeline and refuses one that could not have been
// fitted.
func (p *Pipeline) UnmarshalJSON(b []byte) error {
	type plain Pipeline
	q := struct {
		plain
		Target *int `json:"target"` // of files with one target, −1: none
	}{}
	if err := json.Unmarshal(b, &q); err != nil {
		return fmt.Errorf("preprocessing: %w", err)
	}
	r := Pipeline(q.plain)
	if q.Target != nil {
		if r.Targets != nil {
			return fmt.Errorf("preprocessing: target and targets are both there")
		}
		if *q.Target != -1 {
			r.Targets = []int{*q.Target}
		}
	}
	if r.Targets == nil {
		r.Targets = []int{}
	}
	if err := r.check(); err != nil {
		return fmt.Errorf("preprocessing: %w", err)
	}
	for i := range r.Columns {
		if r.Columns[i].Spec.Encode != "" {
			r.Columns[i].index()
		}
	}
	*p = r
	return nil
}

// check holds the pipeline to what Fit makes.
func (p *Pipeline) check() error {
	for i, at := range p.Targets {
		if at < 0 || at >= p.Width || slices.Contains(p.Targets[:i], at) {
			return fmt.Errorf("target %d of %d columns", at, p.Width)
		}
	}
	names := map[string]bool{}
	for i := range p.Columns {
		f := &p.Columns[i]
		if names[f.Name] {
			return fmt.Errorf("two columns %q", f.Name)
		}
		names[f.Name] = true
		if f.Position < 0 || f.Position >= p.Width || p.isTarget(f.Position) {
			return fmt.Errorf("column %q: position %d of %d columns", f.Name, f.Position, p.Width)
		}
		if err := f.Spec.check(); err != nil {
			return fmt.Errorf("column %q: %w", f.Name, err)
		}
		if (f.Spec.Text != nil) != (f.Vocabulary != nil) {
			return fmt.Errorf("column %q: text without its vocabulary, or a vocabulary without text", f.Name)
		}
		if !f.Spec.Drop && f.Spec.Encode == "" && f.Spec.Scale == "" && f.Spec.Text == nil {
			return fmt.Errorf("column %q: no transform", f.Name)
		}
		for _, v := range []float64{f.Shift, f.Divisor, f.Fill} {
			if math.IsNaN(v) || math.IsInf(v, 0) || f.Divisor == 0 {
				return fmt.Errorf("column %q: (x − %v) / %v with %v for missing values is no transform", f.Name,
					f.Shift, f.Divisor, f.Fill)
			}
		}
		if l := f.Fence; l != nil && (!(l.Low <= l.High) || math.IsInf(l.High-l.Low, 0) || !(f.Spec.Fences > 0)) {
			return fmt.Errorf("column %q: a fence from %v to %v", f.Name, l.Low, l.High)
		}
		if err := f.Bins.check(f.Spec); err != nil {
			return fmt.Errorf("column %q: %w", f.Name, err)
		}
		levels := map[string]bool{}
		for _, l := range f.Levels {
			if levels[l] {
				return fmt.Errorf("column %q: the category %q twice", f.Name, l)
			}
			levels[l] = true
		}
	}
	return p.checkInputs(names)
}

// checkInputs holds the inputs to what Fit makes; known are the columns.
func (p *Pipeline) checkInputs(known map[string]bool) error {
	seen := map[string]bool{}
	for _, in := range p.Inputs {
		if in.Name == "" || seen[in.Name] {
			return fmt.Errorf("two inputs %q, or one without a name", in.Name)
		}
		seen[in.Name] = true
		twice := map[string]bool{}
		for _, c := range in.Columns {
			if !known[c] || twice[c] {
				return fmt.Errorf("input %q: the column %q is not there, or twice", in.Name, c)
			}
			twice[c] = true
		}
		ids := 0
		for _, f := range p.of(in.Columns) {
			if f.Vocabulary != nil && f.Vocabulary.Spec.Ids() {
				ids++
			}
		}
		if ids > 0 && len(p.of(in.Columns)) > 1 {
			return fmt.Errorf("input %q: ids stand beside other features", in.Name)
		}
	}
	return nil
}
