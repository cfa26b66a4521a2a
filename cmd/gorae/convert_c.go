package main

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"

	"gorae/bundle"
	"gorae/format/csource"
	"gorae/format/csource/product"
	"gorae/layer"
	"gorae/prep"
	"gorae/task"
	tabular "gorae/task/tabular/fitted"
)

// writeC writes a bundle as C: what takes raw samples with it, or the network alone. How a network's inputs are made of
// raw samples then stands in the head of the file.
func (w *convertModelWords) writeC(o *environment, path string, b *bundle.Bundle) (notes []string, err error) {
	options := csource.Options{Name: strings.TrimSuffix(filepath.Base(w.To), filepath.Ext(w.To)), Steps: w.Steps}
	var r csource.Report
	if product.Known(b) && !w.Bare {
		r, notes, err = product.WriteFile(path, b, options)
	} else {
		if b.Fitted != nil {
			notes = []string{"the C function takes prepared features; the head of the file says how each is made"}
			options.Notes = preparation(b)
		}
		r, err = csource.WriteFile(path, b.Model, options)
	}
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(o.report, "%s: %s bytes of constants, %s bytes of work space\n", line(w.To),
		layer.Thousands(r.Weights), layer.Thousands(r.RAM))
	return notes, err
}

// preparation says how the inputs of a network are made of raw samples, and what its outputs stand for.
func preparation(b *bundle.Bundle) (lines []string) {
	var names []string
	if f, ok := b.Fitted.(task.Featured); ok {
		names = f.FeatureNames()
	}
	scaled := map[string]string{} // columns of numbers that are only imputed and scaled
	if f, ok := b.Fitted.(*tabular.Fitted); ok {
		for i := range f.Pipeline.Columns {
			if c := &f.Pipeline.Columns[i]; straight(c) {
				fill := c.Shift
				if c.Spec.Impute != "" {
					fill = c.Fill
				}
				scaled[c.Name] = fmt.Sprintf("(%s - %.9g) / %.9g, with %.9g where it is missing", c.Name, c.Shift,
					c.Divisor, fill)
			}
		}
	}
	if names == nil {
		lines = append(lines, fmt.Sprintf("Inputs are what the task %s makes of raw samples.", b.Task()))
	} else {
		lines = append(lines, "Features; that of a category is 1 where the column has it, else 0:")
	}
	for i, n := range names {
		lines = append(lines, fmt.Sprintf("  x[%d] is %s", i, cmp.Or(scaled[n], n)))
	}
	for _, out := range b.Fitted.Outputs() {
		if len(out.Classes) > 0 {
			lines = append(lines, fmt.Sprintf("Classes of %s, in the order of the outputs: %s", out.Name,
				strings.Join(out.Classes, ", ")))
		}
	}
	lines = append(lines, targets(b)...)
	return lines
}

// straight reports whether a column becomes one number, which is imputed and scaled along a line.
func straight(c *prep.Fitted) bool {
	return c.Vocabulary == nil && c.Spec.Encode == nil && c.Spec.Cross == nil && !c.Spec.Indicator &&
		c.Bins.Len() == 0 && !c.Spec.Log1p && c.Curve == nil && c.Frequencies == nil && c.Fence == nil &&
		c.Encoded == nil
}

// targets says in which units outputs of numbers are.
func targets(b *bundle.Bundle) (lines []string) {
	f, ok := b.Fitted.(interface{ Target(output int) *prep.Target })
	if !ok {
		return nil
	}
	for i := range b.Model.OutputNames() {
		switch g := f.Target(i); {
		case g == nil || len(g.Classes) > 0:
		case g.Curve != nil:
			lines = append(lines, fmt.Sprintf("%s is output %d on the scale %s.", g.Name, i, g.Curve.Scale))
		case g.SD != 0:
			lines = append(lines, fmt.Sprintf("%s is output %d * %.9g + %.9g.", g.Name, i, g.SD, g.Mean))
		}
	}
	return lines
}
