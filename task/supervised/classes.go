package supervised

import (
	"cmp"
	"fmt"
	stdimage "image"
	"path/filepath"
	"slices"

	"gorae/data"
	"gorae/internal/file"
	"gorae/internal/words"
	"gorae/plot"
	"gorae/prep"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// Files of a run about classes.
const (
	ConfusionFile = "confusion"    // .png and .svg: which class was taken for which
	MistakesFile  = "mistakes.png" // the pictures that the network was most wrong about
)

const (
	mistakeTiles = 24
	mostClasses  = 200 // of a confusion matrix
)

// Look is sample i of a dataset as a picture, with its row.
type Look func(d data.Dataset, i int) (stdimage.Image, error)

// classes is what a network says of the classes of a part, by target.
type classes struct {
	targets Targets
	part    task.Part
	data    data.Dataset
	rules   []task.Rule // by target
	said    [][]verdict // by target; nil for a number
	n       int
}

// verdict is the class that the network gives a sample, with its probability or score; right is that of the
// sample's own class.
type verdict struct {
	sample, class, said int
	p, right            float32
}

// newClasses is nil where no target has classes that a confusion matrix can show.
func newClasses(ts Targets, part task.Part, d data.Dataset, rules []task.Rule) *classes {
	if !slices.ContainsFunc(ts, shown) {
		return nil
	}
	return &classes{targets: ts, part: part, data: d, rules: rules, said: make([][]verdict, len(ts))}
}

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
			v := verdict{sample: sample, class: ClassOf(b.Targets[k].Rows(i, i+1)), said: c.rules[k].Class(p)}
			v.p, v.right = task.Support(all, v.said), task.Support(all, v.class)
			c.said[k] = append(c.said[k], v)
		}
	}
	return nil
}

// ClassOf is the class of an encoded target: its number, the larger side of 0 to 1, or the largest
// of a row.
func ClassOf(y *tensor.Tensor) int {
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

// draw writes the confusion of each target's classes and, of pictures, the mistakes.
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
		if err := c.mistakes(f, k, look); err != nil {
			return err
		}
	}
	return nil
}

func (c *classes) confusion(f *task.Finish, k int, name string) error {
	t := c.targets[k]
	fig := plot.Confusion{Title: fmt.Sprintf("%s: %s", f.Name, words.Plural(c.n, c.part.String()+" sample")),
		Classes: t.Classes}
	for range t.Classes {
		fig.Counts = append(fig.Counts, make([]int, len(t.Classes)))
	}
	for _, v := range c.said[k] {
		fig.Counts[v.class][v.said]++
	}
	if err := file.Replace(filepath.Join(f.Dir, name+".png"), fig.PNG); err != nil {
		return err
	}
	f.Findings.Pictures = append(f.Findings.Pictures, name+".png")
	return file.Replace(filepath.Join(f.Dir, name+".svg"), fig.SVG)
}

// mistakes draws the wrong predictions of the highest probability or score; equal ones in the order of the
// samples.
func (c *classes) mistakes(f *task.Finish, k int, look Look) error {
	t := c.targets[k]
	var wrong []verdict
	for _, v := range c.said[k] {
		if v.class != v.said {
			wrong = append(wrong, v)
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	slices.SortStableFunc(wrong, func(a, b verdict) int { return cmp.Or(cmp.Compare(b.p, a.p), a.sample-b.sample) })
	s := plot.Sheet{Title: fmt.Sprintf("%s: %s in %d %s samples", f.Name, words.Plural(len(wrong), "mistake"), c.n,
		c.part)}
	if len(wrong) > 1 {
		s.Title += ", the surest first"
	}
	show := words.Percent
	if !c.rules[k].Probable {
		show = func(score float32) string { return fmt.Sprintf("%.3g", score) }
	}
	for _, v := range wrong[:min(len(wrong), mistakeTiles)] {
		img, err := look(c.data, v.sample)
		if err != nil {
			return err
		}
		s.Tiles = append(s.Tiles, plot.Tile{Image: img, Lines: []string{
			fmt.Sprintf("said %s: %s", show(v.p), t.Classes[v.said]),
			fmt.Sprintf("true %s: %s", show(v.right), t.Classes[v.class])}})
	}
	f.Findings.Pictures = append(f.Findings.Pictures, MistakesFile)
	return file.Replace(filepath.Join(f.Dir, MistakesFile), s.PNG)
}
