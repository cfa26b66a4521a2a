// Package image is the task of pictures with classes or numbers to predict: a folder with a folder
// of pictures for each class, a table of paths, or arrays of bytes [samples, height, width,
// channels].
package image

import (
	"context"
	"encoding/json"
	"errors"

	"gorae/data/augment"
	"gorae/data/image"
	"gorae/task"
	"gorae/task/supervised"
)

func init() { task.Register(Task{}) }

const name = "image"

// Task is the task of pictures.
type Task struct{}

// Section is the keys of the data section for pictures.
type Section struct {
	Image Image `keras:"image"`
	// Augment is the augmentation of training pictures, in order.
	Augment augment.Transforms `keras:"augment"`
	// Paths is the column of a table that holds the paths of pictures; inferred where all values
	// of one end as pictures do.
	Paths string `keras:"paths"`
}

// Image says how pictures in files become samples. What is not given is inferred: the pictures'
// own size where all have the same, grey where all are.
type Image struct {
	// height, width
	Size        []int  `keras:"size,optional,min=1,max=32768,each=2,what=number of pixels" json:"size,omitempty"`
	Colour      string `keras:"colour,oneof=rgb|grey" json:"colour,omitempty"`
	Bits        int    `keras:"bits,min=8,max=16,what=number of bits" json:"bits,omitempty"`
	Resize      string `keras:"resize,default=bilinear,oneof=bilinear|nearest|bicubic|area|lanczos3" json:"resize,omitempty"`
	Fit         string `keras:"fit,default=stretch,oneof=stretch|crop|pad" json:"fit,omitempty"`
	NoAntialias bool   `keras:"!antialias" json:"no_antialias,omitempty"`
	SkipBroken  bool   `keras:"skip_broken" json:"skip_broken,omitempty"`
	MaxPixels   int    `keras:"max_pixels,min=1,what=number of pixels" json:"max_pixels,omitempty"`
}

// Reconstructs implements task.Reconstructor.
func (Task) Reconstructs() {}

// Name implements task.Task.
func (Task) Name() string { return name }

// Section implements task.Task.
func (Task) Section() any { return &Section{} }

// Detect takes folders of pictures, tables with a column of their paths, and arrays of bytes of
// four axes.
func (Task) Detect(in *task.Input) (task.Score, error) {
	switch {
	case in.Source.Is("pictures"):
		return task.Likely, nil
	case in.Source.Folder:
		return task.Fallback, nil // the message about what is missing speaks of pictures
	case in.Source.Is("picture") || !in.Source.Readable():
		return task.None, nil
	}
	src, err := in.Source.Read()
	switch {
	case err != nil:
		return task.None, err
	case src.Arrays != nil && isBytes(src.Arrays):
		return task.Likely, nil
	case src.Table != nil && (task.Section[Section](in, name).Paths != "" || image.PathColumn(src.Table) != ""):
		return task.Typical, nil
	}
	return task.None, nil
}

// Prepare implements task.Task.
func (Task) Prepare(_ context.Context, in *task.Input) (*task.Prepared, error) {
	if err := refuse(in); err != nil {
		return nil, err
	}
	s, err := open(in)
	if err != nil {
		return nil, err
	}
	return s.prepare(in)
}

// refuse finds keys that mean nothing for pictures.
func refuse(in *task.Input) error {
	d := &in.Spec.Data
	switch {
	case len(d.Features.Columns) > 0:
		return task.Errorf("data.features", "pictures have no columns; give one word: zscore, minmax, rescale or none")
	case d.Inputs != nil:
		return task.Errorf("data.inputs", "pictures are one input; leave it out")
	}
	return nil
}

// Restore implements task.Task.
func (Task) Restore(b json.RawMessage) (task.Fitted, error) {
	f := &Fitted{}
	if err := json.Unmarshal(b, f); err != nil {
		return nil, err
	}
	switch {
	case f.Scale == nil:
		return nil, errors.New("the scale of the pixels is missing")
	case len(f.Sample) != 3:
		return nil, errors.New("the shape of the pictures is missing")
	}
	if f.Targets.None() {
		a, err := supervised.RestoredAutoencoder(b, f)
		return &autoencoder{a, f}, err
	}
	return f, f.Targets.Check()
}

// options returns the same in the terms of package data/image.
func (i Image) options() (o image.Options, err error) {
	o = image.Options{NoAntialias: i.NoAntialias, SkipBad: i.SkipBroken, MaxPixels: i.MaxPixels}
	if len(i.Size) == 2 {
		o.Height, o.Width = i.Size[0], i.Size[1]
	}
	if o.Bits = i.Bits; o.Bits != 0 && o.Bits != 8 && o.Bits != 16 {
		return o, task.Errorf("data.image.bits", "%d; give 8 or 16, the bits of a value that are kept", o.Bits)
	}
	o.Channels = map[string]int{"grey": 1, "rgb": 3}[i.Colour]
	if i.Resize != "" {
		if o.Resize, err = image.ParseFilter(i.Resize); err != nil {
			return o, task.Errorf("data.image.resize", "%s", err)
		}
	}
	if i.Fit != "" {
		if o.Fit, err = image.ParseFit(i.Fit); err != nil {
			return o, task.Errorf("data.image.fit", "%s", err)
		}
	}
	return o, nil
}
