package image

import (
	"context"
	"fmt"
	stdimage "image"

	"gorae/chart"
	"gorae/data"
	"gorae/internal/picture"
	"gorae/prep"
	"gorae/task"
	"gorae/task/supervised"
	"gorae/tensor"
)

// SheetFile is some training pictures as the network sees them.
const SheetFile = "samples.png"

const sheetTiles = 40

// problem is the problem of pictures: a contact sheet, the confusion of classes, and the mistakes.
type problem struct {
	supervised.Problem
	look      look
	train     data.Dataset // as training sees it
	augmented bool
}

// Finish draws the contact sheet and what supervised.Problem draws.
func (p *problem) Finish(ctx context.Context, f *task.Finish) error {
	if err := p.sheet(f); err != nil {
		return err
	}
	return p.Problem.Finish(ctx, f)
}

// sheet draws some training samples as the first epoch sees them.
func (p *problem) sheet(f *task.Finish) error {
	return f.DrawPNG(SheetFile, func() (picture.Drawing, error) { return p.tiles(f) })
}

// tiles are the pictures of the sheet.
func (p *problem) tiles(f *task.Finish) (picture.Drawing, error) {
	s := chart.Sheet{Title: chart.Sprintf("%s: training samples as the network sees them", f.Name)}
	if p.augmented {
		s.Title = chart.Sprintf("%s: training samples as the network sees them in the first epoch", f.Name)
	}
	order := data.Order(p.train.Len(), f.Seed, 0)
	for _, i := range order[:min(len(order), sheetTiles)] {
		img, y, err := p.look.row(p.train, i)
		if err != nil {
			return nil, err
		}
		t := chart.Tile{Image: img}
		for _, g := range p.Targets {
			if g.Task == prep.Labels {
				t.Lines = []string{g.Join(supervised.Names(g, y.F32))}
			} else if g.Task == prep.Classification {
				t.Lines = []string{g.Classes[supervised.ClassOf(y)]}
			} else {
				t.Lines = []string{fmt.Sprintf("%.4g", g.Value(y.F32[0]))}
			}
		}
		s.Tiles = append(s.Tiles, t)
	}
	return s, nil
}

// look shows samples as pictures: what was scaled for the network is scaled back for people.
type look struct {
	scale  *prep.Affine
	sample tensor.Shape
}

// At returns sample i of a dataset, as it is in epoch 0.
func (l look) At(d data.Dataset, i int) (stdimage.Image, error) {
	img, _, err := l.row(d, i)
	return img, err
}

// row returns sample i of a dataset with its target.
func (l look) row(d data.Dataset, i int) (stdimage.Image, *tensor.Tensor, error) {
	row := d.Spec().Row()
	if err := d.Read(0, i, row); err != nil {
		return nil, nil, err
	}
	x := l.pixels(row[0].F32)
	return chart.Picture(x.F32, x.Shape[0], x.Shape[1], x.Shape[2], 0, 255), &row[len(row)-1], nil
}

// pixels returns a sample as the network takes it, scaled back, with its channels last.
func (l look) pixels(x []float32) *tensor.Tensor {
	out := tensor.New(tensor.Float32, l.sample...)
	for k, v := range x {
		c := l.scale.Place(k)
		out.F32[k] = float32(float64(v)*l.scale.Divisor[c] + l.scale.Shift[c])
	}
	if data.ChannelsFirst(l.sample) {
		return channelsLast(out)
	}
	return out
}

// channelsLast returns a picture [channels, height, width] with its channels last.
func channelsLast(x *tensor.Tensor) *tensor.Tensor {
	c, h, w := x.Shape[0], x.Shape[1], x.Shape[2]
	out := tensor.New(tensor.Float32, h, w, c)
	for i, v := range x.F32 {
		out.F32[i%(h*w)*c+i/(h*w)] = v
	}
	return out
}

// Picture implements task.Picture.
func (f *Fitted) Picture(x *tensor.Tensor) (pixels *tensor.Tensor, lo, hi float32) {
	return look{f.Scale, f.Sample}.pixels(x.F32), 0, 255
}
