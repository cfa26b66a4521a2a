package chart

import (
	"image"
	"image/draw"
)

// Mosaic puts pictures of one size side by side without a gap, so many in a row. What a last row leaves empty is black.
func Mosaic(pictures []image.Image, columns int) image.Image {
	n := len(pictures)
	if n == 0 || columns < 1 {
		return image.NewRGBA(image.Rectangle{})
	}
	size := pictures[0].Bounds()
	w, h := size.Dx(), size.Dy()
	out := image.NewRGBA(image.Rect(0, 0, min(n, columns)*w, (n+columns-1)/columns*h))
	draw.Draw(out, out.Rect, image.Black, image.Point{}, draw.Src)
	for i, p := range pictures {
		left, top := i%columns*w, i/columns*h
		draw.Draw(out, image.Rect(left, top, left+w, top+h), p, p.Bounds().Min, draw.Src)
	}
	return out
}
