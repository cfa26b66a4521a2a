package table

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/chart"
	"gorae/data"
	"gorae/internal/picture"
	"gorae/internal/words"
	"gorae/task"
)

// ProfileFile is what the groups have in common, column by column.
const ProfileFile = "groups.png"

const (
	mostSaid  = 4   // columns in the words of a group
	mostRows  = 16  // columns of the picture
	mostWords = 10  // typical words of a group
	clear     = 0.5 // standard deviations that are worth saying
)

// profile describes groups of training rows by their columns.
type profile struct {
	*Fitted
	data data.Dataset // the training samples

	names  []string
	means  []float64   // of each feature over all rows
	spread []float64   // its standard deviation
	groups [][]float64 // the mean of each feature, by group
	sizes  []float64
}

// describe says which columns are far from the mean in each group, and draws it.
func (p *profile) describe(_ context.Context, labels []int, k int, f *task.Finish) error {
	if len(p.Pipeline.Inputs) > 0 {
		return nil
	}
	if v := p.Pipeline.Vocabulary(); v != nil && v.Spec.Ids() {
		return nil
	}
	if p.names = p.Pipeline.FeatureNames(); len(p.names) == 0 {
		return nil
	}
	if err := p.measure(labels, k); err != nil {
		return err
	}
	section := make([]described, k)
	for g := range k {
		columns, tokens := p.columns(g), p.tokens(g)
		section[g] = described{Group: g + 1, Columns: []departure{}, Words: tokens}
		var said []string
		for _, c := range columns[:min(len(columns), mostSaid)] {
			d := p.departure(c, g, labels)
			section[g].Columns = append(section[g].Columns, d)
			said = append(said, d.String())
		}
		if len(tokens) > 0 {
			f.Findings.Say("group %d: typical words (mean weight in the group over that in the others): %s", g+1,
				strings.Join(typicals(tokens), ", "))
		}
		switch {
		case len(said) > 0:
			f.Findings.Say("group %d (%s): %s", g+1, words.Plural(int(p.sizes[g]), "training row"),
				strings.Join(said, "; "))
		case len(tokens) == 0:
			f.Findings.Say("group %d (%s): no column is half a standard deviation from the mean", g+1,
				words.Plural(int(p.sizes[g]), "training row"))
		}
	}
	if err := f.Findings.Add("group_profiles", section); err != nil {
		return err
	}
	return p.draw(f, k)
}

// described is what is special about a group.
type described struct {
	Group   int         `json:"group"`
	Columns []departure `json:"columns"`
	Words   []typical   `json:"words,omitempty"`
}

// departure is a feature that differs in a group: the median of a number and its median over all rows, or the share of
// the rows with a category and its share over all.
type departure struct {
	Feature   string  `json:"feature"`
	Group     float64 `json:"group"`
	All       float64 `json:"all"`
	Share     bool    `json:"share,omitempty"`
	Deviation float64 `json:"deviation"` // of the means as they are prepared, in standard deviations
}

// String says it in the units of the data: "Quantity sum (far above): median 1240, of all 380".
func (d departure) String() string {
	how := "above"
	if d.Deviation < 0 {
		how = "below"
	}
	if math.Abs(d.Deviation) >= 1 {
		how = "far " + how
	}
	if d.Share {
		return fmt.Sprintf("%s (%s): %.0f %% of the group, %.0f %% of all", d.Feature, how, 100*d.Group, 100*d.All)
	}
	return fmt.Sprintf("%s (%s): median %.4g, of all %.4g", d.Feature, how, d.Group, d.All)
}

// typical is a word that is heavier in a group than elsewhere.
type typical struct {
	Word  string  `json:"word"`
	Ratio float64 `json:"ratio"` // of the mean weights; infinite where no other group has the word, written as 1e9
}

func typicals(all []typical) []string {
	var out []string
	for _, t := range all {
		out = append(out, fmt.Sprintf("%s %.1f", t.Word, t.Ratio))
	}
	return out
}

// measure computes the means and deviations of the features.
func (p *profile) measure(labels []int, k int) error {
	n := len(p.names)
	p.means, p.spread, p.sizes = make([]float64, n), make([]float64, n), make([]float64, k)
	for range k {
		p.groups = append(p.groups, make([]float64, n))
	}
	row := p.data.Spec().Row()
	for i, g := range labels {
		if err := p.data.Read(0, i, row); err != nil {
			return err
		}
		p.sizes[g]++
		for j, v := range row[0].F32 {
			p.groups[g][j] += float64(v)
			p.means[j] += float64(v)
			p.spread[j] += float64(v) * float64(v)
		}
	}
	for j := range p.means {
		p.means[j] /= float64(len(labels))
		p.spread[j] = math.Sqrt(max(0, p.spread[j]/float64(len(labels))-p.means[j]*p.means[j]))
		for g := range p.groups {
			p.groups[g][j] /= max(1, p.sizes[g])
		}
	}
	return nil
}

// deviation is how far the mean of feature j in group g lies from that of all rows, in standard deviations.
func (p *profile) deviation(g, j int) float64 {
	if p.spread[j] == 0 {
		return 0
	}
	return (p.groups[g][j] - p.means[j]) / p.spread[j]
}

// isWord reports whether feature j is a token of a text.
func (p *profile) isWord(j int) bool {
	name, _, _ := strings.Cut(p.names[j], "=")
	c := p.column(name)
	return c >= 0 && p.Pipeline.Columns[c].Vocabulary != nil
}

// column returns the number of a fitted column, −1 without one.
func (p *profile) column(name string) int {
	for i := range p.Pipeline.Columns {
		if p.Pipeline.Columns[i].Name == name {
			return i
		}
	}
	return -1
}

// columns returns the features that are clearly different in group g, the most different first; words are left out.
func (p *profile) columns(g int) []int {
	var out []int
	for j := range p.names {
		if !p.isWord(j) && math.Abs(p.deviation(g, j)) >= clear {
			out = append(out, j)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int {
		return cmp.Compare(math.Abs(p.deviation(g, b)), math.Abs(p.deviation(g, a)))
	})
	return out
}

// tokens returns the words whose mean weight in group g is the greatest multiple of that in the others. The weight that
// a word has over all rows is added to both, times a tenth, so that rare words do not stand first.
func (p *profile) tokens(g int) []typical {
	rows := 0.0
	for _, n := range p.sizes {
		rows += n
	}
	var all []typical
	for j := range p.names {
		if p.names[j] == "" || !p.isWord(j) || p.groups[g][j] <= p.means[j] {
			continue
		}
		rest := max(0, p.means[j]*rows-p.groups[g][j]*p.sizes[g]) / max(1, rows-p.sizes[g])
		extra := p.typicalWeight() / 10
		_, word, _ := strings.Cut(p.names[j], "=")
		all = append(all, typical{word, (p.groups[g][j] + extra) / (rest + extra)})
	}
	slices.SortStableFunc(all, func(a, b typical) int { return cmp.Compare(b.Ratio, a.Ratio) })
	return all[:min(len(all), mostWords)]
}

// typicalWeight is the mean weight of the words over all rows.
func (p *profile) typicalWeight() float64 {
	sum := 0.0
	for _, v := range p.means {
		sum += v
	}
	return sum / float64(len(p.means))
}

// departure returns how feature j differs in group g, in the units of the data.
func (p *profile) departure(j, g int, labels []int) departure {
	d := departure{Feature: p.names[j], Deviation: p.deviation(g, j)}
	c := p.column(p.names[j])
	if c < 0 || p.Pipeline.Columns[c].Spec.Encode != nil { // a category, or a mark of missing values
		d.Share, d.Group, d.All = true, p.groups[g][j], p.means[j]
		return d
	}
	column, err := p.origin.table.Column(p.names[j])
	if err != nil || column.Kind != data.Number {
		d.Group, d.All = p.groups[g][j], p.means[j]
		return d
	}
	var group, all []float64
	for i, row := range p.origin.parts[task.Train] {
		v := column.Numbers[row]
		if math.IsNaN(v) {
			continue
		}
		if all = append(all, v); labels[i] == g {
			group = append(group, v)
		}
	}
	d.Group, d.All = median(group), median(all)
	return d
}

func median(x []float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	slices.Sort(x)
	n := len(x)
	return (x[(n-1)/2] + x[n/2]) / 2
}

// draw draws the columns that differ most between the groups: a dot for each group at its distance from the mean.
func (p *profile) draw(f *task.Finish, k int) error {
	most := func(j int) float64 {
		far := 0.0
		for g := range k {
			far = max(far, math.Abs(p.deviation(g, j)))
		}
		return far
	}
	order := data.Range(len(p.names))
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(most(b), most(a)) })
	order = order[:min(len(order), mostRows)]
	return f.DrawPNG(ProfileFile, func() (picture.Drawing, error) { return p.figure(f.Name, order, k), nil })
}

// figure draws the groups' means of columns.
func (p *profile) figure(name string, order []int, k int) chart.Figure {
	panel := chart.Panel{X: chart.Sprintf("mean of the group, in standard deviations from that of all")}
	for g := range k {
		s := chart.Points{Name: chart.Sprintf("group %d (%.0f %%)", g+1, 100*p.sizes[g]/float64(p.data.Len()))}
		for at, j := range order {
			s.X, s.Y = append(s.X, p.deviation(g, j)), append(s.Y, float64(at+1))
		}
		panel.Points = append(panel.Points, s)
	}
	for _, j := range order {
		panel.Rows = append(panel.Rows, p.names[j])
	}
	return chart.Figure{Title: chart.Sprintf("%s: what the groups have in common", name),
		Panels: []chart.Panel{panel}}
}
