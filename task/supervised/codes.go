package supervised

import (
	"gorae/chart"
	"gorae/internal/picture"
	"gorae/reduce"
	"gorae/task"
)

// CodesFile is the map of the codes.
const CodesFile = "codes.png"

// mostDrawn is the number of samples on a map.
const mostDrawn = 3000

// drawCodes draws where the samples of the part that is reported on lie by their codes, and beside it by the principal
// components: in the colours of the known classes, and of the groups.
func (r *Reconstruction) drawCodes(f *task.Finish) error {
	part := r.reported()
	n := len(r.codes[part])
	if n < 2 {
		return nil
	}
	rows := picked(n, mostDrawn, r.seed)
	return f.DrawPNG(CodesFile, func() (picture.Drawing, error) { return r.mapped(f.Name, part, rows) })
}

// mapped is the map of samples of a part.
func (r *Reconstruction) mapped(name string, part task.Part, rows []int) (picture.Drawing, error) {
	codes := r.codes[part]
	at, about, err := r.places(part, rows)
	if err != nil {
		return nil, err
	}
	fig := chart.Figure{Title: chart.Sprintf("%s: codes of samples of the %s part", name, part)}
	classes, known := r.Known.named(part)
	var groups, none []int
	for _, i := range rows {
		none = append(none, 0)
		if r.found != nil {
			groups = append(groups, r.found.groups.of(codes[i]))
		}
	}
	var colours []int
	var names []string
	switch {
	case known:
		names = r.Known.Classes
		for _, i := range rows {
			colours = append(colours, classes[i])
		}
	case groups != nil:
		colours, names = groups, groupNames(len(r.found.groups.Centres))
	default:
		colours, names = none, []string{""}
	}
	fig.Panels = append(fig.Panels, panel(about, at, colours, names))
	if known && groups != nil {
		fig.Panels = append(fig.Panels, panel(chart.Sprintf("the same, by group"), at, groups,
			groupNames(len(r.found.groups.Centres))))
	}
	if r.rivals != nil && r.rivals.PCA != nil && r.encoder.Codes > 1 {
		var beside [][]float64
		x, err := read(r.samples[part], rows)
		if err != nil {
			return nil, err
		}
		for _, row := range x {
			beside = append(beside, r.rivals.PCA.Transform(row)[:2])
		}
		fig.Panels = append(fig.Panels, panel(chart.Sprintf("principal components of the samples"), beside, colours,
			names))
	}
	return fig, nil
}

func groupNames(k int) []string {
	var out []string
	for g := range k {
		out = append(out, chart.Sprintf("group %d", g+1))
	}
	return out
}

// places returns two numbers for each of some samples: two codes, the first two principal components of more codes, at
// the distances that groups were made by, or one code and the place of the sample among the others.
func (r *Reconstruction) places(part task.Part, rows []int) (at [][]float64, about string, err error) {
	codes := r.codes[part]
	switch {
	case r.encoder.Codes == 1:
		for k, i := range rows {
			at = append(at, []float64{codes[i][0], float64(k)})
		}
		return at, chart.Sprintf("the code, and samples in their order"), nil
	case r.encoder.Codes == 2 || len(codes) < 3:
		for _, i := range rows {
			at = append(at, codes[i][:2])
		}
		return at, chart.Sprintf("codes 1 and 2"), nil
	}
	if r.found != nil && r.found.groups.Metric != nil {
		scaled := make([][]float64, len(codes))
		for i, row := range codes {
			scaled[i] = r.found.groups.place(row)
		}
		codes = scaled
	}
	p, err := reduce.PCA{Components: 2}.Fit(reduce.Of(codes))
	if err != nil { // all codes are alike
		for _, i := range rows {
			at = append(at, codes[i][:2])
		}
		return at, chart.Sprintf("codes 1 and 2"), nil
	}
	for _, i := range rows {
		at = append(at, p.Transform(codes[i]))
	}
	return at, chart.Sprintf("principal components of the %d codes", r.encoder.Codes), nil
}

// panel draws points in the colours of their kinds; a kind below 0 is not drawn.
func panel(title string, at [][]float64, kinds []int, names []string) chart.Panel {
	p := chart.Panel{Title: title, Points: make([]chart.Points, len(names))}
	for k, name := range names {
		p.Points[k].Name = name
	}
	for i, xy := range at {
		if k := kinds[i]; k >= 0 {
			p.Points[k].X = append(p.Points[k].X, xy[0])
			p.Points[k].Y = append(p.Points[k].Y, xy[1])
		}
	}
	return p
}
