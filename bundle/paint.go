package bundle

import (
	"context"
	"fmt"
	stdimage "image"
	"image/png"
	"io"
	"math"
	"path/filepath"
	"strings"

	"gorae/chart"
	"gorae/internal/doing"
	"gorae/internal/file"
	"gorae/internal/ram"
	"gorae/task"
	"gorae/tensor"
)

// Paints reports whether the network makes new pictures.
func (b *Bundle) Paints() bool {
	_, ok := b.Fitted.(task.Painter)
	return ok
}

// Pictures returns n new pictures, [n, height, width, channels] from 0, black, to 1, white. The same seed makes the
// same pictures. A model that makes none is an error.
func (b *Bundle) Pictures(ctx context.Context, n int, seed uint64) (*tensor.Tensor, error) {
	p, ok := b.Fitted.(task.Painter)
	if !ok {
		return nil, fmt.Errorf("%s: makes no pictures; data: {source: PICTURES, generate: {kind: vae}} makes a model "+
			"that does", b.path)
	}
	if err := b.affordable(); err != nil {
		return nil, err
	}
	picture := tensor.Shape(b.Model.OutputTypes(1)[0].Shape).Size()
	if err := ram.FitsBeside(float64(n) * 4 * float64(picture)); err != nil {
		return nil, fmt.Errorf("%d pictures: %w; make fewer at a time", n, err)
	}
	doing.Say(ctx, "making %d pictures", n)
	return p.Pictures(ctx, b.Model, n, seed)
}

// WritePictures writes pictures, as Pictures returns them, to a path: an array of bytes, [n, height, width, channels],
// if it ends in .npy, one picture of all if it ends in .png, and otherwise a folder with a file for each.
func WritePictures(path string, x *tensor.Tensor) error {
	n, h, w, c := x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]
	switch strings.ToLower(filepath.Ext(path)) {
	case ".npy":
		y := tensor.New(tensor.Uint8, x.Shape...)
		for i, v := range x.F32 {
			y.U8[i] = uint8(min(max(v*255+0.5, 0), 255))
		}
		return file.Replace(path, func(w io.Writer) error { return tensor.WriteNPY(w, y) })
	case ".png":
		all := make([]stdimage.Image, n)
		for i := range all {
			all[i] = chart.Picture(x.F32[i*h*w*c:(i+1)*h*w*c], h, w, c, 0, 1)
		}
		return writePNG(path, chart.Mosaic(all, int(math.Ceil(math.Sqrt(float64(n)))), 0, 2))
	}
	if err := file.MakeDir(path); err != nil {
		return fmt.Errorf("%s: cannot make this directory: %w", path, file.Cause(err))
	}
	for i := range n {
		img := chart.Picture(x.F32[i*h*w*c:(i+1)*h*w*c], h, w, c, 0, 1)
		if err := writePNG(filepath.Join(path, fmt.Sprintf("%05d.png", i+1)), img); err != nil {
			return err
		}
	}
	return nil
}

func writePNG(path string, img stdimage.Image) error {
	return file.Replace(path, func(w io.Writer) error { return png.Encode(w, img) })
}
