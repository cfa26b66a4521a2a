package image

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/data"
	"gorae/internal/words"
	"gorae/tensor"
)

// Inspect reads every picture and reports what gorae data inspect tells of them:
// the shape that they make, their classes, sizes and values, and the files that cannot
// be read.
func Inspect(f *Files, o Options) (*data.Report, error) {
	s := f.Survey(o, true)
	r := &data.Report{Name: f.Name, Samples: s.Good(), DType: tensor.Uint8.String(), Sizes: s.Sizes,
		Warnings: append([]string(nil), f.Notes...)}
	if r.Samples == 0 {
		return nil, fmt.Errorf("none of %s can be read; the first: %w", words.Count(f.Len(), "file", "files"),
			s.Bad[0].Err)
	}
	if o.Height == 0 {
		o.Height, o.Width = s.Suggest()
	}
	good := f
	if len(s.Bad) > 0 {
		good, _ = without(f, s.Bad)
	}
	d, err := good.Dataset(o)
	if err != nil {
		return nil, err
	}
	r.Input = d.Shape()
	r.Shape = append(tensor.Shape{r.Samples}, r.Input...)
	if d.Bits() == 16 {
		r.DType = "uint16"
	}
	r.Axes = []string{"samples", "height", "width", "channels"}
	for name, n := range s.Formats {
		r.Formats = append(r.Formats, data.ClassReport{Name: name, Count: n})
	}
	slices.SortFunc(r.Formats, func(a, b data.ClassReport) int {
		return cmp.Or(b.Count-a.Count,
			strings.Compare(a.Name, b.Name))
	})
	for _, c := range []data.ClassReport{{Name: "in colour", Count: s.Good() - s.Grey}, {Name: "grey", Count: s.Grey}} {
		if c.Count > 0 {
			r.Colours = append(r.Colours, c)
		}
	}
	if f.Labels != nil {
		r.Target = "folders"
		for i, name := range f.Classes {
			r.Classes = append(r.Classes, data.ClassReport{Name: name})
			for _, l := range d.Labels {
				if l == i {
					r.Classes[i].Count++
				}
			}
			if r.Classes[i].Count == 0 {
				r.Warnings = append(r.Warnings, fmt.Sprintf("class %s: none of its files can be read", name))
			}
		}
		if len(f.Classes) == 1 {
			r.Warnings = append(r.Warnings, "a single class; there is nothing to tell apart")
		}
	}
	if len(s.Sizes) > 1 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("the pictures are of %d sizes; %d high × %d wide is what they "+
			"would be resized to where an experiment does not say it", len(s.Sizes), o.Height, o.Width))
	}
	for i, b := range s.Bad {
		if i == 10 {
			r.Warnings = append(r.Warnings, fmt.Sprintf("… and %d more files that cannot be read", len(s.Bad)-i))
			break
		}
		r.Warnings = append(r.Warnings, b.Err.Error())
	}
	r.Warnings = append(r.Warnings, d.Lost...)
	counts, err := data.Histogram(d, nil)
	if err != nil {
		return nil, err
	}
	r.Values = statistics(counts)
	return r, nil
}

// InspectList is Inspect for the pictures whose paths stand in a column of a table, relative to dir, with the other
// columns as data.Inspect reports them. target is in the words of Find; "" is the last column beside the paths.
func InspectList(t *data.Table, column, dir, target string, o Options) (*data.Report, error) {
	if target == "" {
		for _, c := range slices.Backward(t.Columns) {
			if c.Name != column {
				target = c.Name
				break
			}
		}
	}
	rows, err := data.Inspect(&data.Source{Table: t}, target)
	if err != nil {
		return nil, err
	}
	f, err := List(t, column, dir)
	if err != nil {
		return nil, err
	}
	r, err := Inspect(f, o)
	if err != nil {
		return nil, err
	}
	r.Columns, r.Classes, r.Target = rows.Columns, rows.Classes, rows.Target
	for _, w := range rows.Warnings {
		// Warnings about features are left out: the other columns are not features here.
		if name, _, found := strings.Cut(w, ": "); !found || name == r.Target ||
			!slices.ContainsFunc(t.Columns, func(c data.Column) bool { return c.Name == name }) {
			r.Warnings = append(r.Warnings, w)
		}
	}
	return r, nil
}

// statistics summarises the values of all channels together, as the files have them.
func statistics(counts [][]int64) *data.ColumnReport {
	v := &data.ColumnReport{Kind: data.Number.String(), Min: math.Inf(1), Max: math.Inf(-1)}
	n, sum := 0.0, 0.0
	for _, c := range counts {
		for b, k := range c {
			if k > 0 {
				v.Min, v.Max = min(v.Min, float64(b)), max(v.Max, float64(b))
				n, sum = n+float64(k), sum+float64(k)*float64(b)
			}
		}
	}
	v.Mean = sum / n
	for _, c := range counts {
		for b, k := range c {
			v.SD += float64(k) * (float64(b) - v.Mean) * (float64(b) - v.Mean)
		}
	}
	v.SD = math.Sqrt(v.SD / n)
	return v
}
