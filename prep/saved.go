package prep

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"gorae/config"
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
	for i := range r.Columns {
		if err := r.Columns[i].read(); err != nil {
			return fmt.Errorf("preprocessing: column %q: %w", r.Columns[i].Name, err)
		}
	}
	if err := r.check(); err != nil {
		return fmt.Errorf("preprocessing: %w", err)
	}
	for i := range r.Columns {
		r.Columns[i].prepare()
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
		if f.Position < 0 || (f.Position >= p.Width) != (f.Spec.Cross != nil) || p.isTarget(f.Position) {
			return fmt.Errorf("column %q: position %d of %d columns", f.Name, f.Position, p.Width)
		}
		if (f.Spec.Text != nil) != (f.Vocabulary != nil) {
			return fmt.Errorf("column %q: text without its vocabulary, or a vocabulary without text", f.Name)
		}
		if !f.Spec.Drop && f.Spec.Encode == nil && f.Spec.Scale == nil && f.Spec.Text == nil {
			return fmt.Errorf("column %q: no transform", f.Name)
		}
		if !finite(f.Shift, f.Divisor, f.Fill) || f.Divisor == 0 {
			return fmt.Errorf("column %q: (x − %v) / %v with %v for missing values is no transform", f.Name,
				f.Shift, f.Divisor, f.Fill)
		}
		if err := f.checkParts(); err != nil {
			return fmt.Errorf("column %q: %w", f.Name, err)
		}
		if l := f.Fence; l != nil && (!(l.Low <= l.High) || math.IsInf(l.High-l.Low, 0) || !f.Spec.limits()) {
			return fmt.Errorf("column %q: a fence from %v to %v", f.Name, l.Low, l.High)
		}
		if err := f.Bins.check(f.Spec); err != nil {
			return fmt.Errorf("column %q: %w", f.Name, err)
		}
		for _, part := range f.crossed() {
			if c := p.column(part); c == nil || c.Spec.Cross != nil {
				return fmt.Errorf("column %q: %q, of which it is made, is no column", f.Name, part)
			}
		}
	}
	return p.checkInputs(names)
}

// crossed names the columns that a crossed one is made of.
func (f *Fitted) crossed() []string {
	if f.Spec.Cross == nil {
		return nil
	}
	return *f.Spec.Cross
}

// checkParts holds what the scale and the encoding have fitted to what they fit.
func (f *Fitted) checkParts() error {
	if f.Spec.Drop || f.Spec.Text != nil {
		return nil
	}
	switch {
	case (f.Spec.Encode != nil) != (f.Encoded != nil):
		return fmt.Errorf("an encoding without what it fitted, or the reverse")
	case f.Encoded != nil:
		return f.Encoded.Check()
	}
	if _, line := f.Spec.Scale.Blank().(*Linear); line != (f.Curve == nil) {
		return fmt.Errorf("the scale %s without its curve, or a curve without it", Scales.Word(f.Spec.Scale))
	}
	if f.Curve != nil {
		if err := f.Curve.Check(); err != nil {
			return err
		}
	}
	return checkPeriodic(f.Spec.Periodic, f.Frequencies)
}

// Saved is a column's transform and what it has fitted, as JSON. It is written once, when the column has been fitted,
// so that programs that only predict link nothing that writes.
type Saved struct {
	RawSpec    json.RawMessage `json:"spec"`
	RawCurve   json.RawMessage `json:"curve,omitempty"`
	RawEncoded json.RawMessage `json:"encoded,omitempty"`
	OldLevels  []string        `json:"levels,omitempty"` // of older files, in the place of RawEncoded
}

// save writes the transform and what it has fitted.
func (f *Fitted) save() (err error) {
	write := func(v any) json.RawMessage {
		b, failed := json.Marshal(v)
		err = cmp.Or(err, failed)
		return b
	}
	f.RawSpec = write(f.Spec.MarshalConfig())
	if f.Curve != nil {
		f.RawCurve = write(f.Curve)
	}
	if f.Encoded != nil {
		f.RawEncoded = write(f.Encoded)
	}
	return err
}

// read reads what save wrote.
func (f *Fitted) read() error {
	if f.RawSpec == nil {
		return nil // which check refuses
	}
	if err := json.Unmarshal(f.RawSpec, &f.Spec); err != nil {
		if e := (*config.Error)(nil); errors.As(err, &e) && e.Code == config.UnknownName {
			return fmt.Errorf("transform: %w (programs of one's own import gorae/prep/columns)", err)
		}
		return fmt.Errorf("transform: %w", err)
	}
	if f.RawCurve != nil && f.Spec.Scale != nil {
		f.Curve = f.Spec.Scale.Blank()
		if err := json.Unmarshal(f.RawCurve, f.Curve); err != nil {
			return fmt.Errorf("curve: %w", err)
		}
	}
	if f.Spec.Encode == nil {
		return nil
	}
	f.Encoded = f.Spec.Encode.Blank()
	if f.RawEncoded == nil { // of an older file
		old, err := json.Marshal(map[string][]string{"levels": f.OldLevels})
		if err != nil {
			return err
		}
		f.RawEncoded, f.OldLevels = old, nil
	}
	if err := json.Unmarshal(f.RawEncoded, f.Encoded); err != nil {
		return fmt.Errorf("encoded: %w", err)
	}
	return nil
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
