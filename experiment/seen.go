package experiment

import (
	"cmp"
	"context"
	"fmt"
	stdimage "image"
	"io"
	"path/filepath"
	"slices"

	"gorae/data"
	"gorae/internal/file"
	"gorae/plot"
	"gorae/prep"
	"gorae/tensor"
)

// How much the pictures of a run show.
const (
	sheetTiles   = 40
	mistakeTiles = 24
	mostClasses  = 200 // of a confusion matrix
)

// drawSeen draws what shows how the network sees its data: a contact sheet of the
// learning pictures, the confusion of classes on rows that it never saw, and the worst mistakes.
func (r *Ready) drawSeen(ctx context.Context, dir string) error {
	if r.pictures {
		if err := r.drawSheet(dir); err != nil {
			return err
		}
	}
	g := r.Recipe.Target
	if g.Task != prep.Classification || len(g.Classes) > mostClasses {
		return nil
	}
	part, of := r.Test.Source, "test"
	if r.Rows[2] == 0 {
		part, of = r.Validation.Source, "validation"
	}
	if part == nil {
		return nil
	}
	verdicts, err := r.verdicts(ctx, part)
	if err != nil {
		return err
	}
	c := plot.Confusion{Title: fmt.Sprintf("%s: %s", r.Name, plural(len(verdicts), of+" sample")), Classes: g.Classes}
	for range g.Classes {
		c.Counts = append(c.Counts, make([]int, len(g.Classes)))
	}
	var wrong []verdict
	for _, v := range verdicts {
		c.Counts[v.class][v.said]++
		if v.class != v.said {
			wrong = append(wrong, v)
		}
	}
	if err := file.Replace(filepath.Join(dir, ConfusionFile+".png"), c.PNG); err != nil {
		return err
	}
	if err := file.Replace(filepath.Join(dir, ConfusionFile+".svg"), c.SVG); err != nil {
		return err
	}
	if !r.pictures || len(wrong) == 0 {
		return nil
	}
	// The surest first; equally sure ones in their order.
	slices.SortStableFunc(wrong, func(a, b verdict) int { return cmp.Compare(b.p, a.p) })
	s := plot.Sheet{Title: fmt.Sprintf("%s: %s in %d %s samples", r.Name, plural(len(wrong), "mistake"), len(verdicts), of)}
	if len(wrong) > 1 {
		s.Title += ", the surest first"
	}
	for _, v := range wrong[:min(len(wrong), mistakeTiles)] {
		img, _, err := r.look(part, 0, v.sample)
		if err != nil {
			return err
		}
		s.Tiles = append(s.Tiles, plot.Tile{Image: img, Lines: []string{
			fmt.Sprintf("said %s: %s", percent(v.p), g.Classes[v.said]), fmt.Sprintf("true %s: %s", percent(v.right), g.Classes[v.class])}})
	}
	return file.Replace(filepath.Join(dir, MistakesFile), s.PNG)
}

// drawSheet draws some learning samples as the first epoch sees them.
func (r *Ready) drawSheet(dir string) error {
	d := r.Varied.Source
	s := plot.Sheet{Title: r.Name + ": learning samples as the network sees them"}
	if len(r.Data.Augment) > 0 {
		s.Title += " in the first epoch"
	}
	order := data.Order(d.Len(), r.Seed, 0)
	for _, i := range order[:min(len(order), sheetTiles)] {
		img, y, err := r.look(d, 0, i)
		if err != nil {
			return err
		}
		t := plot.Tile{Image: img}
		if g := r.Recipe.Target; g.Task == prep.Classification {
			t.Lines = []string{g.Classes[classOf(y)]}
		} else {
			t.Lines = []string{fmt.Sprintf("%.4g", g.Value(y.F32[0]))}
		}
		s.Tiles = append(s.Tiles, t)
	}
	return file.Replace(filepath.Join(dir, SheetFile), func(w io.Writer) error { return s.PNG(w) })
}

// classOf is the class of an encoded target: its number, the larger side of 0 to 1, or
// the largest of a row.
func classOf(y *tensor.Tensor) int {
	switch {
	case y.I32 != nil:
		return int(y.I32[0])
	case len(y.F32) == 1:
		return int(y.F32[0] + 0.5)
	}
	best := 0
	for i, v := range y.F32 {
		if v > y.F32[best] {
			best = i
		}
	}
	return best
}

// look is a sample as a picture, and its target. What was scaled for the network is
// scaled back for people.
func (r *Ready) look(d data.Dataset, epoch, i int) (stdimage.Image, *tensor.Tensor, error) {
	row := d.Spec().Row()
	if err := d.Read(epoch, i, row); err != nil {
		return nil, nil, err
	}
	a := r.Recipe.Array
	x := row[0].F32
	for k := range x {
		c := a.Place(k)
		x[k] = float32(float64(x[k])*a.Divisor[c] + a.Shift[c])
	}
	s := r.Recipe.Sample
	if data.ChannelsFirst(s) {
		x, s = lastChannels(x, s)
	}
	return plot.Picture(x, s[0], s[1], s[2], 0, 255), &row[len(row)-1], nil
}

// lastChannels is a picture [channels, height, width] with its channels last.
func lastChannels(x []float32, s tensor.Shape) ([]float32, tensor.Shape) {
	out, size := make([]float32, len(x)), s[1]*s[2]
	for i, v := range x {
		out[i%size*s[0]+i/size] = v
	}
	return out, tensor.Shape{s[1], s[2], s[0]}
}

// verdict is what the network said of one sample, and with what probability; right is that of the sample's class.
type verdict struct {
	sample, class, said int
	p, right            float32
}

// percent is a probability for people, who are not told that what is unlikely is impossible.
func percent(p float32) string {
	switch {
	case p < 0.01:
		return "<1 %"
	case p > 0.99 && p < 1:
		return ">99 %"
	}
	return fmt.Sprintf("%.0f %%", 100*p)
}

// verdicts asks the network about every sample of a dataset.
func (r *Ready) verdicts(ctx context.Context, d data.Dataset) ([]verdict, error) {
	l := data.Loader{Data: d, Size: r.Model.PredictBatch()}
	b, err := l.New()
	if err != nil {
		return nil, err
	}
	g := r.Recipe.Target
	var out []verdict
	for step := range l.Steps() {
		if err := l.Fill(b, 0, step); err != nil {
			return nil, err
		}
		y, err := r.Model.Predict(ctx, b.Inputs...)
		if err != nil {
			return nil, err
		}
		if fromLogits(r.Train.Loss) {
			y[0] = probabilitiesOf(y[0])
		}
		k := y[0].Len() / len(b.Samples)
		for i, sample := range b.Samples {
			p := y[0].F32[i*k : (i+1)*k]
			v := verdict{sample: sample, class: classOf(b.Targets[0].Rows(i, i+1)), said: g.Class(p)}
			all := g.Probabilities(p)
			v.p, v.right = all[v.said], all[v.class]
			out = append(out, v)
		}
	}
	return out, nil
}
