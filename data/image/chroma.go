package image

import (
	"image"
	"image/color"
	"math"
)

// limited is a picture of WebP's lossy kind: its luma spans 16 to 235 and its chroma 16 to 240 (ITU-R BT.601), where
// an image.YCbCr, as of JPEG, spans 0 to 255.
type limited struct{ *image.YCbCr }

// At implements image.Image.
func (l limited) At(x, y int) color.Color {
	c := l.YCbCrAt(x, y)
	var rgb [3]uint8
	limitedRGB(rgb[:], c.Y, c.Cb, c.Cr)
	return color.RGBA{rgb[0], rgb[1], rgb[2], math.MaxUint8}
}

// ColorModel implements image.Image.
func (limited) ColorModel() color.Model { return color.RGBAModel }

// limitedRGB is R = 1.164·(Y − 16) + 1.596·(V − 128) and so on, in the fixed point of libwebp (src/dsp/yuv.h).
func limitedRGB(to []uint8, y, u, v uint8) {
	part := func(x uint8, k int) int { return int(x) * k >> 8 }
	clip := func(x int) uint8 { return uint8(min(max(x>>6, 0), math.MaxUint8)) }
	l := part(y, 19077)
	to[0] = clip(l + part(v, 26149) - 14234)
	to[1] = clip(l - part(u, 6419) - part(v, 13320) + 8708)
	to[2] = clip(l + part(u, 33050) - 17685)
}

// fullRGB is JFIF's R = Y + 1.402·(Cr − 128) and so on, in the fixed point of libjpeg (jdcolor.c), which rounds half
// up; color.YCbCrToRGB rounds down where Y is dark.
func fullRGB(to []uint8, y, cb, cr uint8) {
	const half = 1 << 15
	clip := func(x int) uint8 { return uint8(min(max(x, 0), math.MaxUint8)) }
	l, u, v := int(y), int(cb)-128, int(cr)-128
	to[0] = clip(l + (91881*v+half)>>16)
	to[1] = clip(l + (half-22554*u-46802*v)>>16)
	to[2] = clip(l + (116130*u+half)>>16)
}

// chroma gives the rows of a picture whose chroma has fewer samples than its luma. Between two samples in a row or
// column of them it goes linearly, 3 : 1, as libjpeg's and libwebp's "fancy upsampling" do; repeating them, as At of an
// image.YCbCr does, is some tens away from those at a coloured edge.
//
// Source: libjpeg-turbo, jdsample.c (h2v1, h1v2 and h2v2_fancy_upsample); libwebp, src/dsp/upsampling.c. Each has a
// rounding of its own.
type chroma struct {
	*image.YCbCr
	toRGB         func(to []uint8, y, cb, cr uint8)
	stepX, stepY  int // log₂ of the luma samples for one of chroma
	webp          bool
	sums, cb, cr  []int // a row of chroma before it is widened, and widened
	first, last   int   // columns of chroma
	top, bottom   int   // rows of chroma
	smoothX, both bool  // it goes linearly along rows; along columns
}

// newChroma prepares the rows of a picture, of a WebP or else of a JPEG.
func newChroma(img *image.YCbCr, webp bool) *chroma {
	c := &chroma{YCbCr: img, toRGB: fullRGB, webp: webp}
	if webp {
		c.toRGB = limitedRGB
	}
	switch img.SubsampleRatio {
	case image.YCbCrSubsampleRatio422:
		c.stepX = 1
	case image.YCbCrSubsampleRatio420:
		c.stepX, c.stepY = 1, 1
	case image.YCbCrSubsampleRatio440:
		c.stepY = 1
	case image.YCbCrSubsampleRatio411:
		c.stepX = 2
	case image.YCbCrSubsampleRatio410:
		c.stepX, c.stepY = 2, 1
	}
	r := img.Rect
	c.first, c.last = r.Min.X>>c.stepX, (r.Max.X-1)>>c.stepX
	c.top, c.bottom = r.Min.Y>>c.stepY, (r.Max.Y-1)>>c.stepY
	n := c.last - c.first + 1
	c.smoothX = c.stepX == 1 && (webp || n > 2) // libjpeg repeats one or two columns
	c.both = c.stepY == 1 && (c.stepX == 0 || c.smoothX)
	c.sums = make([]int, n)
	c.cb, c.cr = make([]int, r.Dx()), make([]int, r.Dx())
	return c
}

// row writes row y of the picture as red, green and blue.
func (c *chroma) row(to []uint8, y int) {
	c.widen(c.cb, c.Cb, y)
	c.widen(c.cr, c.Cr, y)
	luma := c.Y[c.YOffset(c.Rect.Min.X, y):][:c.Rect.Dx()]
	for x, v := range luma {
		c.toRGB(to[3*x:3*x+3], v, uint8(c.cb[x]), uint8(c.cr[x]))
	}
}

// widen writes a plane's samples for row y of the picture, one for each pixel.
func (c *chroma) widen(to []int, plane []uint8, y int) {
	near, shift := y>>c.stepY, 0 // sums are 2^shift times the samples
	from := plane[(near-c.top)*c.CStride:]
	other := from
	if !c.both {
		for i := range c.sums {
			c.sums[i] = int(from[i])
		}
	} else {
		far := min(max(near-1+2*(y&1), c.top), c.bottom)
		other = plane[(far-c.top)*c.CStride:]
		for i := range c.sums {
			c.sums[i] = 3*int(from[i]) + int(other[i])
		}
		shift = 2
	}
	for x := range to {
		at := c.Rect.Min.X + x
		i := at>>c.stepX - c.first
		switch {
		case c.smoothX:
			j := i - 1 + 2*(at&1)
			if c.webp {
				to[x] = c.fancy(from, other, i, j)
				continue
			}
			half := 1 + at&1 // of libjpeg's rounding
			if c.both {
				half = 8 - at&1
			}
			j = min(max(j, 0), len(c.sums)-1)
			to[x] = (3*c.sums[i] + c.sums[j] + half) >> (2 + shift)
		case c.both:
			to[x] = (c.sums[i] + 1 + y&1) >> shift
		default:
			to[x] = c.sums[i]
		}
	}
}

// fancy is libwebp's sample for a pixel in the cell i of the row near, towards the column j and the row far: the four
// around the pixel by 9 : 3 : 3 : 1.
func (c *chroma) fancy(near, far []uint8, i, j int) int {
	n, v := int(near[i]), int(far[i])
	if j < 0 || j >= len(c.sums) {
		return (3*n + v + 2) >> 2
	}
	h, d := int(near[j]), int(far[j])
	return ((n+d+3*(h+v)+8)>>3 + n) >> 1
}
