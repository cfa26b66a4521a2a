package image

import (
	"fmt"
	stdimage "image"
	"image/png"
	"io"
	"math"
	"path/filepath"
	"strings"

	"gorae/chart"
	"gorae/internal/file"
	"gorae/tensor"
)

// EncodePNG writes a picture, [height, width, channels] from 0, black, to 1, white, with 8 bits a value. Pictures of
// other than 1 or 3 channels are an error.
func EncodePNG(w io.Writer, x *tensor.Tensor) error {
	height, width, channels := x.Shape[0], x.Shape[1], x.Shape[2]
	switch channels {
	case 1:
		grey := stdimage.NewGray(stdimage.Rect(0, 0, width, height))
		for i, v := range x.F32 {
			grey.Pix[i] = grade(v)
		}
		return png.Encode(w, grey)
	case 3:
		return png.Encode(w, chart.Picture(x.F32, height, width, channels, 0, 1))
	}
	return fmt.Errorf("a picture of %d channels is no PNG; write it as .npy", channels)
}

// grade returns a value from 0 to 1 as a byte.
func grade(v float32) uint8 { return uint8(min(max(255*v+0.5, 0), 255)) }

// Write writes pictures, [n, height, width, channels] from 0, black, to 1, white, to a path: an array of bytes if it
// ends in .npy, one picture of all if it ends in .png, and otherwise a folder with a file for each.
func Write(path string, x *tensor.Tensor) error {
	n, h, w, c := x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]
	switch strings.ToLower(filepath.Ext(path)) {
	case ".npy":
		y := tensor.New(tensor.Uint8, x.Shape...)
		for i, v := range x.F32 {
			y.U8[i] = grade(v)
		}
		return file.Replace(path, func(w io.Writer) error { return tensor.WriteNPY(w, y) })
	case ".png":
		all := make([]stdimage.Image, n)
		for i := range all {
			all[i] = chart.Picture(x.F32[i*h*w*c:(i+1)*h*w*c], h, w, c, 0, 1)
		}
		sheet := chart.Mosaic(all, int(math.Ceil(math.Sqrt(float64(n)))), 0, 2)
		return file.Replace(path, func(w io.Writer) error { return png.Encode(w, sheet) })
	}
	if err := file.MakeDir(path); err != nil {
		return fmt.Errorf("%s: cannot make this directory: %w", path, file.Cause(err))
	}
	for i := range n {
		one := tensor.Of(x.F32[i*h*w*c:(i+1)*h*w*c], h, w, c)
		name := filepath.Join(path, fmt.Sprintf("%05d.png", i+1))
		if err := file.Replace(name, func(w io.Writer) error { return EncodePNG(w, one) }); err != nil {
			return err
		}
	}
	return nil
}
