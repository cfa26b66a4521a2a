package supervised

import (
	"cmp"
	"fmt"
	stdimage "image"
	"slices"

	"gorae/chart"
	"gorae/data"
	"gorae/internal/picture"
	"gorae/internal/words"
	"gorae/prep"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// Files of a run about classes.
const (
	ConfusionFile = "confusion"    // .png and .svg: the confusion matrix
	MistakesFile  = "mistakes.png" // the wrong predictions of the highest probability, of samples that are pictures
	RightFile     = "right.png"    // right ones at equal distances in the part
)

const (
	mistakeTiles = 24
	mostClasses  = 200 // in a confusion matrix
)

// Look returns sample i of a dataset as a picture.
type Look func(d data.Dataset, i int) (stdimage.Image, error)

// classes collects the predicted classes of a part of the samples, by target.
type classes struct {
	targets   Targets
	part      task.Part
	data      data.Dataset
	rules     []task.Rule    // by target
	predicted [][]classified // by target; nil for a number
	n         int
}

// classified is the predicted class of a sample, with the values ([task.Support]) of the predicted and of the true
// class.
type classified struct {
	sample, class, predicted int // class is the true one
	p, right                 float32
}

// newClasses returns nil where no target has classes that a confusion matrix can show.
func newClasses(ts Targets, part task.Part, d data.Dataset, rules []task.Rule) *classes {
	if !slices.ContainsFunc(ts, shown) {
		return nil
	}
	return &classes{targets: ts, part: part, data: d, rules: rules, predicted: make([][]classified, len(ts))}
}

// shown reports whether a confusion matrix can show the classes of a target.
func shown(t *prep.Target) bool {
	return t.Task == prep.Classification && len(t.Classes) <= mostClasses
}

// Batch implements train.Consumer.
func (c *classes) Batch(b *train.EvalBatch) error {
	c.n += len(b.Samples)
	for k, t := range c.targets {
		if !shown(t) {
			continue
		}
		y := b.Outputs[k]
		width := y.Len() / len(b.Samples)
		for i, sample := range b.Samples {
			p := y.F32[i*width : (i+1)*width]
			all := c.rules[k].Values(p)
			v := classified{sample: sample, class: ClassOf(b.Targets[k].Rows(i, i+1)), predicted: c.rules[k].Class(p)}
			v.p, v.right = task.Support(all, v.predicted), task.Support(all, v.class)
			c.predicted[k] = append(c.predicted[k], v)
		}
	}
	return nil
}

// ClassOf returns the class of the encoded target of one sample: an int32 class number, a float32 of 0 or 1 (rounded),
// or a one-hot row (the index of its greatest value).
func ClassOf(y *tensor.Tensor) int {
	switch {
	case y.I32 != nil:
		return int(y.I32[0])
	case len(y.F32) == 1:
		return int(y.F32[0] + 0.5)
	}
	return task.ArgMax(y.F32)
}

// draw writes the confusion matrix of each target of classes and, where samples are pictures, the wrong predictions.
func (c *classes) draw(f *task.Finish, look Look) error {
	for k, t := range c.targets {
		if !shown(t) {
			continue
		}
		name := ""
		if len(c.targets) > 1 {
			name = "-" + words.FileName(t.Name)
		}
		if err := c.confusion(f, k, ConfusionFile+name); err != nil {
			return err
		}
		if look == nil {
			continue
		}
		if err := c.sheets(f, k, look); err != nil {
			return err
		}
	}
	return nil
}

// counts returns how many samples of each class, by row, were predicted as each class.
func (c *classes) counts(k int) [][]int {
	var out [][]int
	for range c.targets[k].Classes {
		out = append(out, make([]int, len(c.targets[k].Classes)))
	}
	for _, v := range c.predicted[k] {
		out[v.class][v.predicted]++
	}
	return out
}

func (c *classes) confusion(f *task.Finish, k int, name string) error {
	t := c.targets[k]
	return f.Draw(name, func() (picture.Vector, error) {
		return chart.Confusion{Title: chart.Sprintf("%s: %s", f.Name, words.Plural(c.n, c.part.String()+" sample")),
			Classes: t.Classes, Counts: c.counts(k)}, nil
	})
}

// sheets draws pictures of the wrong predictions of the highest probability or score, and some of the right ones.
func (c *classes) sheets(f *task.Finish, k int, look Look) error {
	wrong, right := c.wrong(k), apart(c.right(k), mistakeTiles)
	if len(wrong) > 0 {
		title := func() string {
			title := chart.Sprintf("%s: %s in %d %s samples", f.Name, words.Plural(len(wrong), "mistake"), c.n, c.part)
			if len(wrong) > 1 {
				title = chart.Sprintf("%s, the surest first", title)
			}
			return title
		}
		if err := c.sheet(f, k, look, MistakesFile, title, wrong[:min(len(wrong), mistakeTiles)]); err != nil {
			return err
		}
	}
	if len(right) == 0 {
		return nil
	}
	title := func() string { return chart.Sprintf("%s: right predictions of %s samples", f.Name, c.part) }
	return c.sheet(f, k, look, RightFile, title, right)
}

// wrong returns the wrong predictions of target k, the surest first.
func (c *classes) wrong(k int) []classified {
	var out []classified
	for _, v := range c.predicted[k] {
		if v.class != v.predicted {
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(a, b classified) int { return cmp.Or(cmp.Compare(b.p, a.p), a.sample-b.sample) })
	return out
}

// right returns the right predictions of target k in the order of the samples.
func (c *classes) right(k int) []classified {
	var out []classified
	for _, v := range c.predicted[k] {
		if v.class == v.predicted {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b classified) int { return a.sample - b.sample })
	return out
}

// sheet draws pictures of samples with what was said of them.
func (c *classes) sheet(f *task.Finish, k int, look Look, name string, title func() string, of []classified) error {
	return f.DrawPNG(name, func() (picture.Drawing, error) { return c.tiles(k, look, title(), of) })
}

// tiles are the pictures of a sheet.
func (c *classes) tiles(k int, look Look, title string, of []classified) (picture.Drawing, error) {
	t := c.targets[k]
	s := chart.Sheet{Title: title}
	show := words.Percent
	if !c.rules[k].Probable {
		show = func(score float32) string { return fmt.Sprintf("%.3g", score) }
	}
	for _, v := range of {
		img, err := look(c.data, v.sample)
		if err != nil {
			return nil, err
		}
		lines := []string{chart.Sprintf("said %s: %s", show(v.p), t.Classes[v.predicted])}
		if v.class != v.predicted {
			lines = append(lines, chart.Sprintf("true %s: %s", show(v.right), t.Classes[v.class]))
		}
		s.Tiles = append(s.Tiles, chart.Tile{Image: img, Lines: lines})
	}
	return s, nil
}
