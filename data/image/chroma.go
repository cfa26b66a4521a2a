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

// chroma gives the rows of a picture whose channels may have fewer samples than it has pixels.
type chroma struct {
	planes [3]*plane
	toRGB  func(to []uint8, y, cb, cr uint8)
}

// newChroma prepares the rows of a picture, of a WebP or else of a JPEG.
func newChroma(img *image.YCbCr, webp bool) *chroma {
	acrossX, acrossY := 1, 1
	switch img.SubsampleRatio {
	case image.YCbCrSubsampleRatio422:
		acrossX = 2
	case image.YCbCrSubsampleRatio420:
		acrossX, acrossY = 2, 2
	case image.YCbCrSubsampleRatio440:
		acrossY = 2
	case image.YCbCrSubsampleRatio411:
		acrossX = 4
	case image.YCbCrSubsampleRatio410:
		acrossX, acrossY = 4, 2
	}
	r := img.Rect
	c := &chroma{toRGB: fullRGB, planes: [3]*plane{newPlane(img.Y, img.YStride, 1, 1, r, webp),
		newPlane(img.Cb, img.CStride, acrossX, acrossY, r, webp),
		newPlane(img.Cr, img.CStride, acrossX, acrossY, r, webp)}}
	if webp {
		c.toRGB = limitedRGB
	}
	return c
}

// row writes row y of the picture as red, green and blue.
func (c *chroma) row(to []uint8, y int) {
	cb, cr := c.planes[1].row(y), c.planes[2].row(y)
	for x, v := range c.planes[0].row(y) {
		c.toRGB(to[3*x:3*x+3], v, cb[x], cr[x])
	}
}

// plane is the samples of a channel, one for each acrossX pixels of a row and acrossY of a column. Between two samples
// in a row or column, where there is one for two pixels, it goes linearly, 3 : 1, as libjpeg's and libwebp's "fancy
// upsampling" do; repeating them, as At of an image.YCbCr does, is some tens away from those at a coloured edge.
//
// Source: libjpeg-turbo, jdsample.c (h2v1, h1v2 and h2v2_fancy_upsample); libwebp, src/dsp/upsampling.c. Each has a
// rounding of its own.
type plane struct {
	pix              []uint8
	stride           int
	rect             image.Rectangle // of the picture
	acrossX, acrossY int
	webp             bool
	sums             []int   // a row before it is widened
	wide             []uint8 // and widened
	first            int     // column of samples
	top, bottom      int     // rows of samples
	smoothX, both    bool    // it goes linearly along rows; along columns
}

func newPlane(pix []uint8, stride, acrossX, acrossY int, r image.Rectangle, webp bool) *plane {
	p := &plane{pix: pix, stride: stride, rect: r, acrossX: acrossX, acrossY: acrossY, webp: webp}
	p.first, p.top, p.bottom = r.Min.X/acrossX, r.Min.Y/acrossY, (r.Max.Y-1)/acrossY
	n := (r.Max.X-1)/acrossX - p.first + 1
	p.smoothX = acrossX == 2 && acrossY <= 2 && (webp || n > 2) // libjpeg repeats one or two columns
	p.both = acrossY == 2 && (acrossX == 1 || p.smoothX)
	p.sums, p.wide = make([]int, n), make([]uint8, r.Dx())
	return p
}

// row is the samples for row y of the picture, one for each pixel, until the next call.
func (p *plane) row(y int) []uint8 {
	near, shift := y/p.acrossY, 0 // sums are 2^shift times the samples
	from := p.pix[(near-p.top)*p.stride:]
	if p.acrossX == 1 && p.acrossY == 1 {
		return from[:p.rect.Dx()]
	}
	other := from
	if !p.both {
		for i := range p.sums {
			p.sums[i] = int(from[i])
		}
	} else {
		far := min(max(near-1+2*(y&1), p.top), p.bottom)
		other = p.pix[(far-p.top)*p.stride:]
		for i := range p.sums {
			p.sums[i] = 3*int(from[i]) + int(other[i])
		}
		shift = 2
	}
	for x := range p.wide {
		at := p.rect.Min.X + x
		i := at/p.acrossX - p.first
		switch {
		case p.smoothX:
			j := i - 1 + 2*(at&1)
			if p.webp {
				p.wide[x] = uint8(p.fancy(from, other, i, j))
				continue
			}
			half := 1 + at&1 // of libjpeg's rounding
			if p.both {
				half = 8 - at&1
			}
			j = min(max(j, 0), len(p.sums)-1)
			p.wide[x] = uint8((3*p.sums[i] + p.sums[j] + half) >> (2 + shift))
		case p.both:
			p.wide[x] = uint8((p.sums[i] + 1 + y&1) >> shift)
		default:
			p.wide[x] = uint8(p.sums[i])
		}
	}
	return p.wide
}

// fancy is libwebp's sample for a pixel in the cell i of the row near, towards the column j and the row far: the four
// around the pixel by 9 : 3 : 3 : 1.
func (p *plane) fancy(near, far []uint8, i, j int) int {
	n, v := int(near[i]), int(far[i])
	if j < 0 || j >= len(p.sums) {
		return (3*n + v + 2) >> 2
	}
	h, d := int(near[j]), int(far[j])
	return ((n+d+3*(h+v)+8)>>3 + n) >> 1
}
