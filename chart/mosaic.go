package chart

import (
	"image"
	"image/color"
	"image/draw"
)

// mosaicSide is the least length of the longer side of a mosaic whose scale is not given, in dots.
const mosaicSide = 560

// Mosaic puts pictures of one size side by side, so many in a row, each pixel as a square of scale × scale dots; 0
// makes the longer side 560 dots or more. Between pictures there are so many dots of grey. What a last row leaves empty
// is grey too.
func Mosaic(pictures []image.Image, columns, scale, gap int) image.Image {
	n := len(pictures)
	if n == 0 || columns < 1 || scale < 0 || gap < 0 {
		return image.NewRGBA(image.Rectangle{})
	}
	size := pictures[0].Bounds()
	w, h := size.Dx(), size.Dy()
	if scale == 0 {
		side := max(1, w*min(n, columns), h*((n+columns-1)/columns))
		scale = (mosaicSide + side - 1) / side
	}
	right, down := scale*w+gap, scale*h+gap
	out := image.NewRGBA(image.Rect(0, 0, right*min(n, columns)-gap, down*((n+columns-1)/columns)-gap))
	draw.Draw(out, out.Rect, image.NewUniform(color.Gray{96}), image.Point{}, draw.Src)
	for i, p := range pictures {
		left, top := i%columns*right, i/columns*down
		for y := range scale * h {
			for x := range scale * w {
				out.Set(left+x, top+y, p.At(p.Bounds().Min.X+x/scale, p.Bounds().Min.Y+y/scale))
			}
		}
	}
	return out
}
