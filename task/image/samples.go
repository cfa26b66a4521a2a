package image

import (
	"fmt"
	"math"
	"slices"

	"gorae/data"
	"gorae/data/augment"
	"gorae/data/image"
	"gorae/prep"
	"gorae/spec"
	"gorae/task"
	"gorae/task/supervised"
	"gorae/tensor"
)

// samples is pictures as bytes, with what is known of each.
type samples struct {
	bytes data.Dataset // one input, [height, width, channels] or [channels, height, width]
	shape tensor.Shape
	image *Image // how files became samples; nil for arrays
	rows  task.Rows
	// target fits a target to the samples of some numbers (nil: to all), encode is its values as
	// they are learnt, codes the class of each sample.
	target func(rows []int, o prep.TargetOptions) (*prep.Target, error)
	encode func(g *prep.Target) (*tensor.Tensor, error)
	codes  func() []int
	test   *samples     // that came in the same file; nil without
	known  *data.Column // classes of an autoencoder's pictures; nil without
}

// open reads what an experiment names.
func open(in *task.Input) (*samples, error) {
	s := in.Source
	if s.Folder {
		f, err := task.OnceForData(in, "folder", func() (*image.Files, error) { return image.Folder(s.Path) })
		if err != nil {
			return nil, s.Errorf("%s", err)
		}
		return files(in, f, nil)
	}
	src, err := s.Read()
	if err != nil {
		return nil, err
	}
	if src.Arrays != nil {
		return arrays(src.Arrays, !supervised.OwnInput(in))
	}
	return list(in, src.Table)
}

// isBytes reports whether arrays have the form of pictures: bytes of four axes.
func isBytes(a *data.Arrays) bool {
	return a.X != nil && a.X.DType() == tensor.Uint8 && len(a.X.Shape) == 4
}

// arrays returns pictures in arrays of bytes, with labels where targets are asked for.
func arrays(a *data.Arrays, targets bool) (*samples, error) {
	switch {
	case !isBytes(a):
		return nil, task.Errorf("data.source", "%s holds no array of bytes with four axes", a.Name)
	case a.Y == nil && targets:
		return nil, task.Errorf("data.labels", "%s holds samples without targets; name the file of the labels", a.Name)
	case a.Y != nil && a.Y.Shape[0] != a.Len():
		return nil, task.Errorf("data.labels", "%d labels for %d samples; each sample needs one", a.Y.Shape[0], a.Len())
	}
	x, err := data.Of(a.X, nil)
	if err != nil {
		return nil, err
	}
	s := &samples{bytes: x, shape: a.X.Shape[1:].Clone(), rows: task.Rows{N: a.Len()}, known: labels(a)}
	if a.Test != nil {
		if s.test, err = arrays(a.Test, targets); err != nil {
			return nil, err
		}
	}
	if a.Y == nil {
		return s, nil
	}
	s.target = func(rows []int, o prep.TargetOptions) (*prep.Target, error) {
		return prep.FitLabels(a.Y, a.Classes, rows, o)
	}
	s.encode = func(g *prep.Target) (*tensor.Tensor, error) {
		y, err := g.EncodeLabels(a.Y)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.Name, err)
		}
		return y, nil
	}
	s.codes = func() []int {
		codes := make([]int, a.Len())
		for i := range codes {
			codes[i] = int(a.Y.Float(i))
		}
		return codes
	}
	return s, nil
}

// prepare splits the pictures, and fits target and scale to the training pictures.
func (s *samples) prepare(in *task.Input) (*task.Prepared, error) {
	d := &in.Spec.Data
	kind := prep.Task(d.Task)
	if s.target != nil {
		whole, err := s.target(nil, supervised.Options(in, kind))
		if err != nil {
			return nil, err
		}
		switch kind = whole.Task; kind {
		case prep.Classification:
			s.rows.Codes = s.codes()
		case prep.Labels:
			y, err := s.encode(whole)
			if err != nil {
				return nil, err
			}
			s.rows.Labels = supervised.LabelsOf(y)
		}
	}
	parts, err := in.Split(s.rows, in.Test != nil || s.test != nil)
	if err != nil {
		return nil, err
	}
	f := &Fitted{Targets: supervised.Targets{}, Sample: s.shape, Image: s.image, CSV: d.CSV()}
	if !supervised.OwnInput(in) {
		target, err := s.target(parts[task.Train], supervised.Options(in, kind))
		if err != nil {
			return nil, err
		}
		f.Targets = supervised.Targets{target}
	}
	f.Scale, err = task.Once(in, "scale", func() (*prep.Affine, error) {
		return s.scale(d.Features.All, parts[task.Train])
	})
	if err != nil {
		return nil, task.Errorf("data.features", "%s", err)
	}
	supervised.Resolve(in, f.Targets)
	p := &problem{look: look{f.Scale, f.Sample}}
	p.Problem = supervised.Problem{Name: in.Name, Targets: f.Targets, Look: p.look.At,
		Hidden: func() []spec.Step { return supervised.Hidden(s.shape) }}
	out := &task.Prepared{Fitted: f, Problem: p}
	if err := s.layOut(in, f, out, parts); err != nil {
		return nil, err
	}
	p.train = out.Parts[task.Train]
	if err := s.augment(in, f, p, out, parts[task.Train]); err != nil {
		return nil, err
	}
	if supervised.OwnInput(in) {
		return autoencode(in, f, p, out, s.knownOf(in, parts))
	}
	return out, nil
}

// knownOf returns the classes that are known of the pictures and not learnt from; nil where there are none.
func (s *samples) knownOf(in *task.Input, parts [3][]int) *supervised.Known {
	if s.known == nil {
		return nil
	}
	var apart *data.Column
	if s.test != nil {
		apart = s.test.known
	}
	return supervised.KnownOf(s.known, parts, apart)
}

// labels returns the labels of arrays as a column; nil without.
func labels(a *data.Arrays) *data.Column {
	if a.Y == nil || len(a.Y.Shape) != 1 {
		return nil
	}
	c := data.ColumnOf("label", a.Y)
	return &c
}

// scale returns the scale of the pixels, fitted to the pictures of some numbers.
func (s *samples) scale(word string, rows []int) (*prep.Affine, error) {
	if m, ok := s.bytes.(*data.Memory); ok {
		return prep.FitArray(m.Inputs[0].Tensor, rows, word)
	}
	var counts [][]int64
	if word == "zscore" || word == "minmax" {
		var err error
		if counts, err = data.Histogram(s.bytes, rows); err != nil {
			return nil, err
		}
	}
	return prep.FitPixels(counts, word)
}

// targeted returns the bytes with encoded targets.
func (s *samples) targeted(f *Fitted) (data.Dataset, error) {
	if len(f.Targets) == 0 {
		return s.bytes, nil
	}
	y, err := s.encode(f.Targets[0])
	if err != nil {
		return nil, err
	}
	return supervised.WithTargets(s.bytes, f.Targets, y)
}

// layOut makes the parts, scaled.
func (s *samples) layOut(in *task.Input, f *Fitted, out *task.Prepared, parts [3][]int) error {
	bytes, err := s.targeted(f)
	if err != nil {
		return err
	}
	x, err := f.scaled(bytes)
	if err != nil {
		return err
	}
	out.SetParts(x, parts)
	out.Raw = data.Subset{Dataset: bytes, Rows: parts[task.Train]}
	test := s.test
	if in.Test != nil {
		if test, err = f.samples(in.Test, in.Spec.Data.Known); err != nil {
			return in.Test.Errorf("%s", err)
		}
		s.test = test
	}
	if test == nil {
		return nil
	}
	if !test.shape.Equal(s.shape) {
		return task.Errorf("data.test.source", "the test set has pictures of shape %v, the training data of %v; they "+
			"must be alike", test.shape, s.shape)
	}
	if bytes, err = test.targeted(f); err != nil {
		return err
	}
	out.Parts[task.Test], err = f.scaled(bytes)
	return err
}

// augment sets Prepared.Augment to the transforms of data.augment, which change the bytes of training pictures.
func (s *samples) augment(in *task.Input, f *Fitted, p *problem, out *task.Prepared, rows []int) error {
	transforms := task.Section[Section](in, name).Augment
	if len(transforms) == 0 || len(rows) == 0 {
		return nil
	}
	if data.ChannelsFirst(s.shape) {
		return task.Errorf("data.augment", "pictures of shape %v have their channels first, and are varied by "+
			"layers, as random_flip: {data_format: channels_first}", s.shape)
	}
	p.Mixed = slices.ContainsFunc(transforms, func(t augment.Transform) bool { return t.Kind == augment.Mixup })
	out.Augment = func(raw data.Dataset) (data.Dataset, error) {
		a := &augment.Dataset{Source: raw, Transforms: transforms, Seed: in.Spec.Seed, High: math.MaxUint8}
		if err := a.Check(); err != nil {
			return nil, task.Errorf("data.augment", "%s", err)
		}
		augmented, err := f.scaled(a)
		p.train, p.augmented = augmented, true
		return augmented, err
	}
	return nil
}
