package image

import (
	"fmt"
	"image"
	"image/color"
	"math"
)

// Pixels is a picture as bytes: [Height, Width, Channels], one channel for grey or
// three for red, green and blue, 0 dark to 255 bright.
type Pixels struct {
	Height, Width, Channels int
	Pix                     []uint8
}

func newPixels(height, width, channels int) *Pixels {
	return &Pixels{height, width, channels, make([]uint8, height*width*channels)}
}

// FromImage copies a picture of the standard library, of any kind; channels is 1 or 3.
// Alpha is composited on white.
func FromImage(img image.Image, channels int) (*Pixels, error) {
	if channels != 1 && channels != 3 {
		return nil, fmt.Errorf("%d channels; give 1 for grey or 3 for colour", channels)
	}
	r := img.Bounds()
	if r.Empty() {
		return nil, fmt.Errorf("a picture of %d × %d pixels", r.Dx(), r.Dy())
	}
	p := newPixels(r.Dy(), r.Dx(), channels)
	if channels == 1 {
		if plane, stride := luma(img); plane != nil {
			for y := range p.Height {
				copy(p.row(y), plane[y*stride:][:p.Width])
			}
			return p, nil
		}
	}
	rgb := p
	if channels == 1 {
		rgb = newPixels(1, p.Width, 3)
	}
	for y := range p.Height {
		row := rgb.row(y % rgb.Height)
		rowRGB(row, img, r.Min.Y+y)
		if channels == 1 {
			greyRow(p.row(y), row)
		}
	}
	return p, nil
}

func (p *Pixels) row(y int) []uint8 { return p.Pix[y*p.Width*p.Channels:][:p.Width*p.Channels] }

// luma returns the grey plane of a picture that has one, from its first pixel on.
func luma(img image.Image) (plane []uint8, stride int) {
	switch img := img.(type) {
	case *image.Gray:
		return img.Pix[img.PixOffset(img.Rect.Min.X, img.Rect.Min.Y):], img.Stride
	case *image.YCbCr:
		return img.Y[img.YOffset(img.Rect.Min.X, img.Rect.Min.Y):], img.YStride
	}
	return nil, 0
}

// greyRow is the luma of ITU-R BT.601 in the fixed point of PIL and image/color.
func greyRow(grey, rgb []uint8) {
	for x := range grey {
		r, g, b := uint32(rgb[3*x]), uint32(rgb[3*x+1]), uint32(rgb[3*x+2])
		grey[x] = uint8((19595*r + 38470*g + 7471*b + 1<<15) >> 16)
	}
}

// rowRGB writes row y of a picture as red, green and blue.
func rowRGB(to []uint8, img image.Image, y int) {
	r := img.Bounds()
	n := r.Dx()
	switch img := img.(type) {
	case *image.YCbCr:
		rowYCbCr(to, img, y)
	case *image.Gray:
		for x, v := range img.Pix[img.PixOffset(r.Min.X, y):][:n] {
			to[3*x], to[3*x+1], to[3*x+2] = v, v, v
		}
	case *image.RGBA: // premultiplied: what is missing of alpha is white
		pix := img.Pix[img.PixOffset(r.Min.X, y):][:4*n]
		for x := range n {
			white := math.MaxUint8 - pix[4*x+3]
			to[3*x], to[3*x+1], to[3*x+2] = pix[4*x]+white, pix[4*x+1]+white, pix[4*x+2]+white
		}
	case *image.NRGBA:
		pix := img.Pix[img.PixOffset(r.Min.X, y):][:4*n]
		for x := range n {
			a := uint32(pix[4*x+3])
			for c := range 3 {
				to[3*x+c] = onWhite(uint32(pix[4*x+c]), a)
			}
		}
	case *image.NRGBA64:
		pix := img.Pix[img.PixOffset(r.Min.X, y):][:8*n]
		for x := range n {
			a := uint32(pix[8*x+6])
			for c := range 3 {
				to[3*x+c] = onWhite(uint32(pix[8*x+2*c]), a)
			}
		}
	case *image.Paletted:
		var table [256][3]uint8
		for i, c := range img.Palette[:min(len(img.Palette), 256)] {
			q := color.NRGBAModel.Convert(c).(color.NRGBA)
			a := uint32(q.A)
			table[i] = [3]uint8{onWhite(uint32(q.R), a), onWhite(uint32(q.G), a), onWhite(uint32(q.B), a)}
		}
		for x, i := range img.Pix[img.PixOffset(r.Min.X, y):][:n] {
			copy(to[3*x:3*x+3], table[i][:])
		}
	default: // CMYK, Gray16, RGBA64, NYCbCrA and whatever a library brings
		for x := range n {
			q := color.NRGBA64Model.Convert(img.At(r.Min.X+x, y)).(color.NRGBA64)
			a := uint32(q.A >> 8)
			to[3*x], to[3*x+1], to[3*x+2] = onWhite(uint32(q.R>>8), a), onWhite(uint32(q.G>>8), a),
				onWhite(uint32(q.B>>8), a)
		}
	}
}

// onWhite returns (v·a + 255·(255 − a)) / 255, rounded.
func onWhite(v, a uint32) uint8 {
	return uint8((v*a + math.MaxUint8*(math.MaxUint8-a) + math.MaxUint8/2) / math.MaxUint8)
}

func rowYCbCr(to []uint8, img *image.YCbCr, y int) {
	r := img.Rect
	luma := img.Y[img.YOffset(r.Min.X, y):][:r.Dx()]
	step := 0 // log₂ of the number of pixels that share a chroma sample
	switch img.SubsampleRatio {
	case image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio422:
		step = 1
	case image.YCbCrSubsampleRatio410, image.YCbCrSubsampleRatio411:
		step = 2
	}
	at := img.COffset(r.Min.X, y)
	cb, cr := img.Cb[at:], img.Cr[at:]
	first := r.Min.X >> step
	for x, v := range luma {
		c := (r.Min.X+x)>>step - first
		to[3*x], to[3*x+1], to[3*x+2] = color.YCbCrToRGB(v, cb[c], cr[c])
	}
}

// Grey returns the picture in one channel.
func (p *Pixels) Grey() *Pixels {
	if p.Channels == 1 {
		return p
	}
	q := newPixels(p.Height, p.Width, 1)
	greyRow(q.Pix, p.Pix)
	return q
}

// Colour returns the picture in three channels, equal ones for a grey picture.
func (p *Pixels) Colour() *Pixels {
	if p.Channels == 3 {
		return p
	}
	q := newPixels(p.Height, p.Width, 3)
	for i, v := range p.Pix {
		q.Pix[3*i], q.Pix[3*i+1], q.Pix[3*i+2] = v, v, v
	}
	return q
}

// Image returns the picture as an image of the standard library.
func (p *Pixels) Image() image.Image {
	r := image.Rect(0, 0, p.Width, p.Height)
	if p.Channels == 1 {
		return &image.Gray{Pix: p.Pix, Stride: p.Width, Rect: r}
	}
	img := image.NewRGBA(r)
	for i := range p.Height * p.Width {
		copy(img.Pix[4*i:], p.Pix[3*i:3*i+3])
		img.Pix[4*i+3] = math.MaxUint8
	}
	return img
}

// Crop cuts a window out of the picture.
func (p *Pixels) Crop(top, left, height, width int) (*Pixels, error) {
	if top < 0 || left < 0 || height < 1 || width < 1 || height > p.Height-top || width > p.Width-left {
		return nil, fmt.Errorf("crop: %d × %d pixels from row %d, column %d do not lie in a picture of %d × %d", width,
			height, top, left, p.Width, p.Height)
	}
	q := newPixels(height, width, p.Channels)
	for y := range height {
		copy(q.row(y), p.row(top + y)[left*p.Channels:])
	}
	return q, nil
}

// Pad lays margins of one value around the picture.
func (p *Pixels) Pad(top, left, bottom, right int, value uint8) (*Pixels, error) {
	const most = 1 << 15
	if min(top, left, bottom, right) < 0 || max(top, left, bottom, right) > most {
		return nil, fmt.Errorf("pad: margins %d, %d, %d, %d; give each from 0 to %d", top, left, bottom, right, most)
	}
	q := newPixels(top+p.Height+bottom, left+p.Width+right, p.Channels)
	if value != 0 {
		for i := range q.Pix {
			q.Pix[i] = value
		}
	}
	for y := range p.Height {
		copy(q.row(top + y)[left*p.Channels:], p.row(y))
	}
	return q, nil
}
