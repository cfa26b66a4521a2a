package image

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"gorae/data"
	"gorae/data/image"
	"gorae/internal/words"
	"gorae/prep"
	"gorae/task"
	"gorae/task/supervised"
	"gorae/tensor"
)

// list returns the pictures whose paths stand in a column of a table.
func list(in *task.Input, t *data.Table) (*samples, error) {
	own := task.Section[Section](in, name)
	if own.Paths == "" {
		own.Paths = image.PathColumn(t)
	}
	f, err := image.List(t, own.Paths, filepath.Dir(in.Source.Path))
	if err != nil {
		return nil, task.Errorf("data.paths", "%s", err)
	}
	in.Files = append(in.Files, f.Paths...)
	return files(in, f, t)
}

// files returns the pictures in files; t is the table that lists them, nil where folders are the classes.
func files(in *task.Input, f *image.Files, t *data.Table) (*samples, error) {
	d := &in.Spec.Data
	in.Notes = append(in.Notes, f.Notes...)
	if d.Labels != "" {
		return nil, task.Errorf("data.labels", "pictures have their classes by folder, or in a column of the csv of "+
			"paths; leave it out")
	}
	if train, test := partFolders(f.Classes); train != "" {
		return nil, task.Errorf("data.source", "%s holds %s, which are parts of a set and no classes; give source: "+
			"%s, test: {source: %s}", f.Name,
			strings.Join(f.Classes, " and "), filepath.Join(d.Source, train), filepath.Join(d.Source, test))
	}
	own := task.Section[Section](in, name)
	set, err := settle(in, &own.Image, f)
	if err != nil {
		return nil, err
	}
	if supervised.OwnInput(in) {
		shown := own.Image
		s := &samples{rows: task.Rows{N: set.Len()}, image: &shown}
		s.bytes, s.shape = data.Untargeted{Dataset: set}, set.Shape()
		if t == nil {
			s.known = knownIn(set.Table(), "")
			return s, nil
		}
		if set.Rows != nil {
			t = t.Select(set.Rows)
		}
		var err error
		if s.known, err = supervised.KnownColumn(in, t); err != nil {
			return nil, err
		}
		return s, supervised.NoColumn(t)
	}
	switch {
	case t != nil:
		if set.Rows != nil {
			t = t.Select(set.Rows)
		}
		if err := settleTarget(in, t, own.Paths); err != nil {
			return nil, err
		}
	case f.Labels == nil:
		return nil, task.Errorf("data.source", "%s holds pictures without classes; put each class's pictures into a "+
			"folder of its own, or give a csv with a column of paths and one of classes", f.Name)
	default:
		t = set.Table()
		if len(d.Target) == 0 {
			d.Target = []string{"class"}
		}
	}
	var cs []*data.Column
	for _, name := range d.Target {
		c, err := t.Column(name)
		if err != nil {
			return nil, task.Errorf("data.target", "%s", err)
		}
		cs = append(cs, c)
	}
	if len(cs) > 1 && d.Task != string(prep.Labels) &&
		(d.Task != "" || slices.ContainsFunc(cs, func(c *data.Column) bool { return !prep.Marked(c) })) {
		return nil, task.Errorf("data.target", "%d targets; pictures have one, or columns of 0 and 1 that are labels",
			len(cs))
	}
	shown := own.Image
	s := samplesOf(t, cs...)
	s.bytes, s.shape, s.image = data.Untargeted{Dataset: set}, set.Shape(), &shown
	return s, nil
}

// samplesOf returns samples whose target is a column of a table, without their pictures.
func samplesOf(t *data.Table, cs ...*data.Column) *samples {
	s := &samples{rows: task.Rows{N: t.Rows, Table: t}}
	c := cs[0]
	s.target = func(rows []int, o prep.TargetOptions) (*prep.Target, error) {
		if len(cs) > 1 {
			names := make([]string, len(cs))
			for i, c := range cs {
				names[i] = c.Name
			}
			return prep.FitLabelSet(t, names, o)
		}
		if o.Task == "" {
			o.Task = prep.InferTask(c)
		}
		return prep.FitTarget(t, c.Name, rows, o)
	}
	s.encode = func(g *prep.Target) (*tensor.Tensor, error) { return g.Encode(t, cs...) }
	s.codes = func() []int { codes, _ := c.Codes(); return codes }
	return s
}

// partFolders returns the folders of the training and of the test pictures where folders are parts of a
// set and not classes; "" where they are classes.
func partFolders(classes []string) (train, test string) {
	for _, c := range classes {
		switch strings.ToLower(c) {
		case "train", "training":
			train = c
		case "test", "testing":
			test = c
		case "val", "valid", "validation":
			test = cmp.Or(test, c)
		default:
			return "", ""
		}
	}
	if test == "" {
		train = ""
	}
	return train, test
}

// settleTarget returns the target of a table of paths where the experiment names none: the last other
// column.
func settleTarget(in *task.Input, t *data.Table, paths string) error {
	d := &in.Spec.Data
	if len(d.Target) > 0 {
		return nil
	}
	for _, c := range slices.Backward(t.Columns) {
		if c.Name != paths {
			d.Target = []string{c.Name}
			if len(t.Columns) > 2 {
				in.Assumed = true
				in.Note("%s: the target is taken to be %s, the last column beside the paths; data.target names "+
					"another", t.Name, c.Name)
			}
			return nil
		}
	}
	return task.Errorf("data.target", "%s has a column of paths and no other; add one with what the pictures show",
		t.Name)
}

// settled is pictures as samples, with what there is to say of how they became such.
type settled struct {
	*image.Dataset
	notes []string
}

// settle sets the size and the channels of pictures in files.
func settle(in *task.Input, i *Image, f *image.Files) (*image.Dataset, error) {
	o, err := i.options()
	if err != nil {
		return nil, err
	}
	o.Disk = in.Source.Cache
	d, err := task.OnceForData(in, "pictures", func() (*settled, error) { return newSettled(f, o) })
	if err != nil {
		return nil, task.Errorf("data.source", "%s; image: {skip_broken: true} leaves broken files out", err)
	}
	in.Notes = append(in.Notes, d.notes...)
	shape := d.Shape()
	i.Size, i.Colour = []int{shape[0], shape[1]}, map[int]string{1: "grey", 3: "rgb"}[shape[2]]
	i.Resize, i.Fit = o.Resize.String(), o.Fit.String()
	if d.Bits() != 16 {
		return d.Dataset, nil
	}
	if i.Bits == 0 {
		in.Note("%s: pictures of 16 bits a value; all are kept (data.image.bits: 8 keeps the upper 8)", f.Name)
	}
	i.Bits = 16
	if in.Spec.Data.Features.All == "" { // sensors of 16 bits seldom use all of their range
		in.Spec.Data.Features.All = "zscore"
	}
	return d.Dataset, nil
}

// newSettled makes samples of files, whose size follows from those of the pictures where it is not given.
func newSettled(f *image.Files, o image.Options) (*settled, error) {
	out := &settled{}
	if o.Height == 0 {
		s := f.Survey(o, false)
		if s.Good() > 0 {
			if o.Height, o.Width = s.Suggest(); len(s.Sizes) > 1 {
				out.notes = append(out.notes, fmt.Sprintf("%s: pictures of %d sizes are resized to %d high and %d "+
					"wide; data.image.size says another", f.Name, len(s.Sizes), o.Height, o.Width))
			}
		}
	}
	var err error
	if out.Dataset, err = f.Dataset(o); err != nil {
		return nil, err
	}
	out.notes = append(out.notes, leftOut(f, out.Dataset)...)
	return out, nil
}

// leftOut adds notes on broken files, which skip_broken leaves out, and on what the samples lose of the other files.
func leftOut(f *image.Files, d *image.Dataset) []string {
	if len(d.Skipped) == 0 {
		return d.Lost
	}
	return append([]string{f.Name + ": " + words.Plural(len(d.Skipped), "broken file") + " left out; the first: " +
		d.Skipped[0].Err.Error()}, d.Lost...)
}
