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

// FromImage copies a picture of the standard library, of any kind; channels is 1 or 3. Its pixels are those of Pillow's
// convert("RGB") and convert("L"): alpha is left out, and of 16 bits the upper 8 stay.
func FromImage(img image.Image, channels int) (*Pixels, error) {
	if channels != 1 && channels != 3 {
		return nil, fmt.Errorf("%d channels; give 1 for grey or 3 for colour", channels)
	}
	r := img.Bounds()
	if r.Empty() {
		return nil, fmt.Errorf("a picture of %d × %d pixels", r.Dx(), r.Dy())
	}
	p := newPixels(r.Dy(), r.Dx(), channels)
	if g, ok := img.(*image.Gray); ok && channels == 1 {
		for y := range p.Height {
			copy(p.row(y), g.Pix[g.PixOffset(r.Min.X, r.Min.Y+y):][:p.Width])
		}
		return p, nil
	}
	write := rows(img)
	if channels == 3 {
		for y := range p.Height {
			write(p.row(y), r.Min.Y+y)
		}
		return p, nil
	}
	row := make([]uint8, 3*p.Width)
	for y := range p.Height {
		write(row, r.Min.Y+y)
		greyRow(p.row(y), row)
	}
	return p, nil
}

func (p *Pixels) row(y int) []uint8 { return p.Pix[y*p.Width*p.Channels:][:p.Width*p.Channels] }

// greyRow is the luma of ITU-R BT.601 in the fixed point of PIL and image/color.
func greyRow(grey, rgb []uint8) {
	for x := range grey {
		r, g, b := uint32(rgb[3*x]), uint32(rgb[3*x+1]), uint32(rgb[3*x+2])
		grey[x] = uint8((19595*r + 38470*g + 7471*b + 1<<15) >> 16)
	}
}

// rows is how a picture writes row y as red, green and blue.
func rows(img image.Image) func(to []uint8, y int) {
	r := img.Bounds()
	n := r.Dx()
	switch img := img.(type) {
	case *image.YCbCr:
		return newChroma(img, false).row
	case limited:
		return newChroma(img.YCbCr, true).row
	case planar:
		return img.rows()
	case *image.Gray:
		return func(to []uint8, y int) {
			for x, v := range img.Pix[img.PixOffset(r.Min.X, y):][:n] {
				to[3*x], to[3*x+1], to[3*x+2] = v, v, v
			}
		}
	case *image.Gray16:
		return func(to []uint8, y int) {
			pix := img.Pix[img.PixOffset(r.Min.X, y):][:2*n]
			for x := range n {
				v := pix[2*x]
				to[3*x], to[3*x+1], to[3*x+2] = v, v, v
			}
		}
	case *image.NRGBA:
		return func(to []uint8, y int) { every(to, img.Pix[img.PixOffset(r.Min.X, y):][:4*n], 1) }
	case *image.NRGBA64:
		return func(to []uint8, y int) { every(to, img.Pix[img.PixOffset(r.Min.X, y):][:8*n], 2) }
	case *image.CMYK:
		return func(to []uint8, y int) { cmykRow(to, img.Pix[img.PixOffset(r.Min.X, y):][:4*n]) }
	case *image.Paletted:
		table := paletteOf(img.Palette)
		return func(to []uint8, y int) {
			for x, i := range img.Pix[img.PixOffset(r.Min.X, y):][:n] {
				copy(to[3*x:3*x+3], table[i][:])
			}
		}
	case *image.RGBA:
		if img.Opaque() {
			return func(to []uint8, y int) { every(to, img.Pix[img.PixOffset(r.Min.X, y):][:4*n], 1) }
		}
	case *image.RGBA64:
		if img.Opaque() {
			return func(to []uint8, y int) { every(to, img.Pix[img.PixOffset(r.Min.X, y):][:8*n], 2) }
		}
	}
	return func(to []uint8, y int) { // premultiplied alpha, and whatever a library brings
		for x := range n {
			q := color.NRGBA64Model.Convert(img.At(r.Min.X+x, y)).(color.NRGBA64)
			to[3*x], to[3*x+1], to[3*x+2] = uint8(q.R>>8), uint8(q.G>>8), uint8(q.B>>8)
		}
	}
}

// every takes the first of every width bytes of red, green and blue, and leaves alpha out.
func every(to, pix []uint8, width int) {
	for x := range len(pix) / (4 * width) {
		p := pix[4*width*x:]
		to[3*x], to[3*x+1], to[3*x+2] = p[0], p[width], p[2*width]
	}
}

// cmykRow is (255 − K)·(255 − C)/255 and so on, in Pillow's rounding.
func cmykRow(to, pix []uint8) {
	for x := range len(pix) / 4 {
		p := pix[4*x : 4*x+4]
		rest := math.MaxUint8 - uint32(p[3])
		for c := range 3 {
			v := uint32(p[c])*rest + 128
			to[3*x+c] = uint8(rest - (v>>8+v)>>8)
		}
	}
}

// paletteOf is the colours of a palette without alpha; indices beyond it are black.
func paletteOf(p color.Palette) (table [256][3]uint8) {
	for i, c := range p[:min(len(p), 256)] {
		q := color.NRGBAModel.Convert(c).(color.NRGBA)
		table[i] = [3]uint8{q.R, q.G, q.B}
	}
	return table
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
