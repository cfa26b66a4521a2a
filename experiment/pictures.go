package experiment

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gorae/data"
	"gorae/data/augment"
	"gorae/data/image"
	"gorae/internal/yamltree"
	"gorae/prep"
	"gorae/source"
	"gorae/tensor"
)

// Image says how pictures in files become samples. The zero value is inferred: the
// pictures' own size where all have the same, grey where all are.
type Image struct {
	Size        []int  `keras:"size,optional,min=1,max=32768,each=2,what=number of pixels" json:"size"` // height, width
	Colour      string `keras:"colour,oneof=rgb|grey" json:"colour"`
	Resize      string `keras:"resize,default=bilinear,oneof=bilinear|nearest|bicubic|area|lanczos3" json:"resize"`
	Fit         string `keras:"fit,default=stretch,oneof=stretch|crop|pad" json:"fit"`
	NoAntialias bool   `keras:"!antialias" json:"no_antialias,omitempty"`
	SkipBroken  bool   `keras:"skip_broken" json:"skip_broken,omitempty"`
	MaxPixels   int    `keras:"max_pixels,min=1,what=number of pixels" json:"max_pixels,omitempty"`
}

// options are the same in package image's terms.
func (i Image) options() (o image.Options, err error) {
	o = image.Options{NoAntialias: i.NoAntialias, SkipBad: i.SkipBroken, MaxPixels: i.MaxPixels}
	if len(i.Size) == 2 {
		o.Height, o.Width = i.Size[0], i.Size[1]
	}
	o.Channels = map[string]int{"grey": 1, "rgb": 3}[i.Colour]
	if i.Resize != "" {
		if o.Resize, err = image.ParseFilter(i.Resize); err != nil {
			return o, fmt.Errorf("resize: %w", err)
		}
	}
	if i.Fit != "" {
		if o.Fit, err = image.ParseFit(i.Fit); err != nil {
			return o, fmt.Errorf("fit: %w", err)
		}
	}
	return o, nil
}

func (e *Experiment) decodeAugment(n *yamltree.Node) error {
	if n == nil || n.Kind == yamltree.Scalar && n.Value == nil {
		return nil
	}
	for i, v := range list(n) {
		path := elementPath("data.augment", n, i)
		var value any
		switch {
		case v.Kind == yamltree.Map && len(v.Keys) == 1:
			value = v.Values[0].Plain()
		case v.Kind != yamltree.Scalar:
			return e.mistake(path, "%s is no transform; write one as {rotation: 10}", brief(v))
		}
		ts, err := augment.Parse(nameOf(v), value)
		if err != nil {
			return e.mistake(path, "%s", err)
		}
		e.Data.Augment = append(e.Data.Augment, ts...)
	}
	return nil
}

// pictureKind is pictures in files: a folder of them by class, or a table of their paths.
var pictureKind = kind{
	keys: []string{"image", "augment"},
	decode: func(e *Experiment) error {
		m, err := e.section("data.image")
		if err != nil {
			return err
		}
		if err := e.unknown("data.image", m, &e.Data.Image); err != nil {
			return err
		}
		return e.decodeAugment(e.tree.At("data.augment"))
	},
	of: func(r *Ready, o *origin) (form, error) {
		src, err := o.read()
		if err != nil {
			return nil, err
		}
		files, err := r.files(o, src)
		if files == nil || err != nil {
			return nil, err
		}
		return pictureForm{src: src, files: files}, nil
	},
	applied: func(*Recipe) applied { return nil }, // once read they are arrays
}

type pictureForm struct {
	plain
	src   *data.Source
	files *image.Files
}

// files are the pictures that a source consists of, nil if it holds none.
func (r *Ready) files(o *origin, src *data.Source) (*image.Files, error) {
	if o.folder {
		f, err := image.Folder(o.path)
		if err != nil {
			return nil, r.mistake("data.source", "%s", err)
		}
		return f, nil
	}
	if src.Table == nil {
		return nil, nil
	}
	if r.Data.Paths == "" {
		if r.Data.Paths = image.PathColumn(src.Table); r.Data.Paths == "" {
			return nil, nil
		}
		r.put("data", "paths", r.Data.Paths)
	}
	f, err := image.List(src.Table, r.Data.Paths, filepath.Dir(o.path))
	if err != nil {
		return nil, r.mistake("data.paths", "%s", err)
	}
	return f, nil
}

// open does for pictures in files what tableForm's does for tables.
func (p pictureForm) open(r *Ready) (samples, error) {
	src, f := p.src, p.files
	fail := func(err error) (samples, error) { return samples{}, err }
	r.Notes = append(r.Notes, f.Notes...)
	if r.Data.Labels != "" {
		return fail(r.mistake("data.labels", "pictures have their classes by folder, or in a column of the csv of paths; leave it out"))
	}
	if learn, test := partsOf(f.Classes); learn != "" {
		return fail(r.mistake("data.source", "%s holds %s, which are parts of a set and no classes; give source: %s, test: {source: %s}", f.Name,
			strings.Join(f.Classes, " and "), filepath.Join(r.Data.Source, learn), filepath.Join(r.Data.Source, test)))
	}
	if r.Data.Features != nil {
		return fail(r.mistake("data.features", "pictures have no columns; give one word: zscore, minmax, rescale or none"))
	}
	d, err := r.dataset(f)
	if err != nil {
		return fail(err)
	}
	t := d.Table()
	if src.Table != nil {
		t = src.Table
		if d.Rows != nil {
			t = t.Select(d.Rows)
		}
		if err := r.pictureTarget(t); err != nil {
			return fail(err)
		}
	} else if f.Labels == nil {
		return fail(r.mistake("data.source", "%s holds pictures without classes; put each class's pictures into a folder of its own, or give a csv with a column of paths and one of classes", f.Name))
	} else if r.Data.Target == "" {
		r.Data.Target = "class"
	}
	col, err := t.Column(r.Data.Target)
	if err != nil {
		return fail(r.mistake("data.target", "%s", err))
	}
	task := prep.Task(r.Data.Task)
	if task == "" {
		task = prep.InferTask(col)
	}
	codes, _ := col.Codes()
	parts, err := r.split(t.Rows, t, task, codes)
	if err != nil {
		return fail(err)
	}
	target, err := prep.FitTarget(t, r.Data.Target, parts[0], r.targetOptions(task))
	if err != nil {
		return fail(err)
	}
	var counts [][256]int64
	if r.Data.Array == "zscore" || r.Data.Array == "minmax" {
		if counts, err = data.Histogram(d, parts[0]); err != nil {
			return fail(err)
		}
	}
	affine, err := prep.FitPixels(counts, r.Data.Array)
	if err != nil {
		return fail(r.mistake("data.features", "%s", err))
	}
	r.Recipe.Array, r.Recipe.Target, r.Recipe.Sample = affine, target, d.Shape()
	shown := r.Data.Image
	r.Recipe.Image = &shown
	r.setTarget(target)
	bare := data.Untargeted{Dataset: d}
	x, err := prep.NewPixels(bare, affine)
	if err != nil {
		return fail(err)
	}
	s := samples{x: x, bytes: bare, shape: d.Shape(), parts: parts, labels: func() (*tensor.Tensor, error) {
		return target.Encode(t, col)
	}}
	s.apart, err = r.openApart(nil)
	return s, err
}

// partsOf is the folders of the learning and of the test pictures where folders are parts of a set and not classes, else "".
func partsOf(classes []string) (learn, test string) {
	for _, c := range classes {
		switch strings.ToLower(c) {
		case "train", "training":
			learn = c
		case "test", "testing":
			test = c
		case "val", "valid", "validation":
			test = cmp.Or(test, c)
		default:
			return "", ""
		}
	}
	if test == "" {
		learn = ""
	}
	return learn, test
}

// pictureTarget is the target of a table of paths where the experiment names none: the last
// other column.
func (r *Ready) pictureTarget(t *data.Table) error {
	if r.Data.Target != "" {
		return nil
	}
	for _, c := range slices.Backward(t.Columns) {
		if c.Name != r.Data.Paths {
			r.Data.Target = c.Name
			r.put("data", "target", c.Name)
			if len(t.Columns) > 2 {
				r.Notes = append(r.Notes, fmt.Sprintf("%s: the target is taken to be %s, the last column beside the paths; data.target names another", t.Name, c.Name))
			}
			return nil
		}
	}
	return r.mistake("data.target", "%s has a column of paths and no other; add one with what the pictures show", t.Name)
}

// dataset settles the pictures' size and colours and writes them down.
func (r *Ready) dataset(f *image.Files) (*image.Dataset, error) {
	o, err := r.Data.Image.options()
	if err != nil {
		return nil, r.mistake("data.image", "%s", err)
	}
	if o.Height == 0 {
		s := f.Survey(o, false)
		if s.Good() > 0 {
			if o.Height, o.Width = s.Suggest(); len(s.Sizes) > 1 {
				r.Notes = append(r.Notes, fmt.Sprintf("%s: pictures of %d sizes are resized to %d high and %d wide; data.image.size says another", f.Name, len(s.Sizes), o.Height, o.Width))
			}
		}
	}
	d, err := f.Dataset(o)
	if err != nil {
		return nil, r.mistake("data.source", "%s; image: {skip_broken: true} leaves broken files out", err)
	}
	r.Notes = append(r.Notes, leftOut(f, d)...)
	i := &r.Data.Image
	shape := d.Shape()
	i.Size, i.Colour, i.Resize, i.Fit = []int{shape[0], shape[1]}, map[int]string{1: "grey", 3: "rgb"}[shape[2]], o.Resize.String(), o.Fit.String()
	n := r.tree.At("data.image")
	if n == nil || n.Kind != yamltree.Map {
		n = &yamltree.Node{Kind: yamltree.Map}
		r.put("data", "image", n)
	}
	n.Put("size", []any{i.Size[0], i.Size[1]})
	n.Put("colour", i.Colour)
	n.Put("resize", i.Resize)
	n.Put("fit", i.Fit)
	return d, nil
}

// leftOut tells of files that were broken, as skip_broken allows.
func leftOut(f *image.Files, d *image.Dataset) []string {
	if len(d.Skipped) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s: %s left out; the first: %v", f.Name, plural(len(d.Skipped), "broken file"), d.Skipped[0].Err)}
}

// vary makes the learning rows as training sees them.
func (r *Ready) vary(all samples) error {
	r.Varied = r.Learn
	if len(r.Data.Augment) == 0 || len(all.parts[0]) == 0 {
		return nil
	}
	if all.bytes == nil {
		return r.misplaced("data.augment", true, "only pictures are augmented: samples of bytes (height, width, channels)")
	}
	if data.ChannelsFirst(all.shape) {
		return r.misplaced("data.augment", true, fmt.Sprintf("pictures of shape %v have their channels first, and are varied by layers, as random_flip: {data_format: channels_first}", all.shape))
	}
	whole, err := r.targeted(all, all.bytes)
	if err != nil {
		return err
	}
	a, err := augment.New(data.Subset{Dataset: whole, Rows: all.parts[0]}, r.Seed, r.Data.Augment...)
	if err != nil {
		return r.misplaced("data.augment", true, err.Error())
	}
	r.Varied.Source, err = prep.NewPixels(a, r.Recipe.Array)
	return err
}

// apartPictures reads the test set's pictures where it is a folder or a list of them.
func (r *Ready) apartPictures(src *data.Source) (*data.Source, error) {
	full, err := r.expand("data.test.source", r.Data.Test.Source)
	if err != nil {
		return nil, err
	}
	if src.Arrays != nil || src.Table != nil && r.Recipe.Image == nil {
		return src, nil
	}
	if r.Recipe.Image == nil {
		return nil, r.mistake("data.test.source", "%s is a folder, but data.source is none; give a file of the same kind", full)
	}
	p, err := r.Recipe.openPictures(full, src.Table, 0)
	if err != nil {
		return nil, r.mistake("data.test.source", "%s", err)
	}
	if err := withoutClasses(p); err != nil {
		return nil, r.mistake("data.test.source", "%s", err)
	}
	return p, nil
}

// withoutClasses is an error where nothing but the files of pictures is known.
func withoutClasses(src *data.Source) error {
	if len(src.Metadata.Columns) > 1 {
		return nil
	}
	return fmt.Errorf("%s: pictures without classes; put each class's pictures into a folder of its own, or give a csv of paths and classes", src.Name)
}

// openPictures reads a folder of pictures, a picture, or those that a table lists, in the
// shape of the learning pictures. They are unpacked when they are read; cache is as in image.Options.
func (r *Recipe) openPictures(path string, t *data.Table, cache int64) (*data.Source, error) {
	var f *image.Files
	var err error
	if t != nil {
		column := image.PathColumn(t)
		if column == "" {
			return nil, fmt.Errorf("%s: no column of pictures' paths (%s)", t.Name, ".png, .jpg, …")
		}
		f, err = image.List(t, column, filepath.Dir(path))
	} else if st, serr := os.Stat(path); serr == nil && st.IsDir() {
		f, err = image.Folder(path)
	} else {
		f = image.Single(path)
	}
	if err != nil {
		return nil, err
	}
	return r.openFiles(f, t, cache)
}

// openFiles is openPictures of files that have been found; t is the table that lists them, nil without one.
func (r *Recipe) openFiles(f *image.Files, t *data.Table, cache int64) (*data.Source, error) {
	o, err := r.Image.options()
	if err != nil {
		return nil, err
	}
	o.Cache = cache
	d, err := f.Dataset(o)
	if err != nil {
		return nil, err
	}
	beside := d.Table()
	if t != nil {
		if d.Rows != nil {
			t = t.Select(d.Rows)
		}
		listed := *t
		listed.Columns = append(beside.Columns[:1:1], t.Columns...)
		beside = &listed
	}
	beside.Notes = append(slices.Clip(f.Notes), leftOut(f, d)...)
	return &data.Source{Dataset: data.Untargeted{Dataset: d}, Name: f.Name, Metadata: beside}, nil
}

// readPictures opens pictures for this model; nil if path holds none, or the model takes none. Of standard input it takes one
// picture; what else is there stays to be read.
func (p *Product) readPictures(path string, stdin *bufio.Reader) (*data.Source, error) {
	types := p.Model.InputTypes(1)
	if len(types) != 1 || len(types[0].Shape) != 4 {
		return nil, nil
	}
	st, err := os.Stat(path)
	if err != nil && path != "-" {
		return nil, nil
	}
	image0 := Image{}
	if p.Recipe != nil && p.Recipe.Image != nil {
		image0 = *p.Recipe.Image
	} else { // another program's model, or one that learnt from arrays
		s := types[0].Shape
		image0.Size, image0.Colour = []int{s[1], s[2]}, map[int]string{1: "grey", 3: "rgb"}[s[3]]
		if image0.Colour == "" {
			return nil, nil
		}
	}
	r := &Recipe{Image: &image0}
	const once = -1 // each picture is read once, and none is kept
	if path == "-" {
		if head, _ := stdin.Peek(32); !image.Known(head) { // shorter is none
			return nil, nil
		}
		b, err := io.ReadAll(io.LimitReader(stdin, 1<<30))
		if err != nil {
			return nil, fmt.Errorf("standard input: %w", err)
		}
		return r.openFiles(image.Content("standard input", b), nil, once)
	}
	if st.IsDir() || image.LooksLike(path) {
		return r.openPictures(path, nil, once)
	}
	if p.Recipe == nil || p.Recipe.Image == nil {
		return nil, nil
	}
	src, err := read(path, nil, source.Options{})
	if err != nil || src.Table == nil || image.PathColumn(src.Table) == "" {
		return nil, nil // another kind of file, which Read opens and complains of
	}
	return r.openPictures(path, src.Table, once)
}
