package chart

import (
	"image"
	"image/draw"
)

// Mosaic puts pictures of one size side by side without a gap, so many in a row, each pixel as a square of
// scale × scale. What a last row leaves empty is black.
func Mosaic(pictures []image.Image, columns, scale int) image.Image {
	n := len(pictures)
	if n == 0 || columns < 1 || scale < 1 {
		return image.NewRGBA(image.Rectangle{})
	}
	size := pictures[0].Bounds()
	w, h := size.Dx(), size.Dy()
	out := image.NewRGBA(image.Rect(0, 0, scale*min(n, columns)*w, scale*((n+columns-1)/columns)*h))
	draw.Draw(out, out.Rect, image.Black, image.Point{}, draw.Src)
	for i, p := range pictures {
		left, top := scale*(i%columns*w), scale*(i/columns*h)
		for y := range scale * h {
			for x := range scale * w {
				out.Set(left+x, top+y, p.At(p.Bounds().Min.X+x/scale, p.Bounds().Min.Y+y/scale))
			}
		}
	}
	return out
}
