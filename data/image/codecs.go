package image

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"math"

	"golang.org/x/image/webp"

	"gorae/internal/jpeg"
)

// decodeWebP is a WebP with the colours of its lossy kind in their own range, which x/image/webp takes for JPEG's.
func decodeWebP(b []byte) (image.Image, error) {
	img, err := webp.Decode(bytes.NewReader(b))
	switch p := img.(type) {
	case *image.YCbCr:
		return limited{p}, err
	case *image.NYCbCrA:
		return limited{&p.YCbCr}, err
	}
	return img, err
}

// decodeJPEG is a JPEG with libjpeg's samples.
func decodeJPEG(b []byte) (image.Image, error) {
	p, err := jpeg.Decode(b)
	if err != nil {
		return nil, err
	}
	if p.Colours == jpeg.Grey {
		s := p.Planes[0]
		return &image.Gray{Pix: s.Pix, Stride: s.Stride, Rect: image.Rect(0, 0, p.Width, p.Height)}, nil
	}
	return planar{p}, nil
}

// planar is the channels of a colour JPEG as a picture.
type planar struct{ *jpeg.Picture }

// Bounds implements image.Image.
func (p planar) Bounds() image.Rectangle { return image.Rect(0, 0, p.Width, p.Height) }

// ColorModel implements image.Image.
func (planar) ColorModel() color.Model { return color.RGBAModel }

// At implements image.Image. It computes a row for a pixel: rows is what to call for more than a few.
func (p planar) At(x, y int) color.Color {
	row := make([]uint8, 3*p.Width)
	p.rows()(row, y)
	return color.RGBA{row[3*x], row[3*x+1], row[3*x+2], math.MaxUint8}
}

// rows is how the picture writes row y as red, green and blue. Four channels are inverted whether Adobe's segment says
// so or not, as Pillow takes them.
func (p planar) rows() func(to []uint8, y int) {
	planes := make([]*plane, len(p.Planes))
	for i, s := range p.Planes {
		planes[i] = newPlane(s.Pix, s.Stride, s.AcrossX, s.AcrossY, p.Bounds(), false)
	}
	c := chroma{planes: [3]*plane(planes), toRGB: fullRGB}
	if p.Colours == jpeg.RGB || p.Colours == jpeg.CMYK {
		c.toRGB = func(to []uint8, a, b, c uint8) { to[0], to[1], to[2] = a, b, c }
	}
	if len(planes) == 3 {
		return c.row
	}
	ink := make([]uint8, 4*p.Width)
	return func(to []uint8, y int) {
		c.row(to, y)
		for x, k := range planes[3].row(y) {
			copy(ink[4*x:], to[3*x:3*x+3])
			ink[4*x+3] = k
		}
		for i := range ink {
			if p.Colours == jpeg.CMYK || i%4 == 3 { // of YCCK the others are inverted RGB, and so are inks
				ink[i] = math.MaxUint8 - ink[i]
			}
		}
		cmykRow(to, ink)
	}
}

// decodeGIF is the first frame without transparency. Where it is smaller than the screen, the rest has the colour of
// the transparent index, or of index 0, as in Pillow.
func decodeGIF(b []byte) (image.Image, error) {
	img, err := gif.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	p, ok := img.(*image.Paletted)
	if !ok || len(b) < 13 {
		return img, nil
	}
	table, rest := gifPalette(b)
	if table != nil {
		p.Palette = table
	}
	screen := image.Rect(0, 0, int(binary.LittleEndian.Uint16(b[6:])), int(binary.LittleEndian.Uint16(b[8:])))
	if p.Rect == screen {
		return p, nil
	}
	whole := image.NewPaletted(screen, p.Palette)
	for i := range whole.Pix {
		whole.Pix[i] = rest
	}
	part := p.Rect.Intersect(screen)
	for y := part.Min.Y; y < part.Max.Y; y++ {
		copy(whole.Pix[whole.PixOffset(part.Min.X, y):][:part.Dx()], p.Pix[p.PixOffset(part.Min.X, y):])
	}
	return whole, nil
}

// gifPalette reads the colours of a GIF's first frame, also of the transparent index, which image/gif forgets, and that
// index, else 0. The colours are nil where the file does not lead to them.
//
// Source: GIF89a specification, sections 18 to 23.
func gifPalette(b []byte) (table color.Palette, rest uint8) {
	colours := func(flags uint8, at int) (color.Palette, int) {
		if flags&0x80 == 0 {
			return nil, at
		}
		n := 2 << (flags & 7)
		if at+3*n > len(b) {
			return nil, len(b)
		}
		p := make(color.Palette, n)
		for i := range p {
			c := b[at+3*i:]
			p[i] = color.RGBA{c[0], c[1], c[2], math.MaxUint8}
		}
		return p, at + 3*n
	}
	table, at := colours(b[10], 13)
	for at+10 <= len(b) {
		switch b[at] {
		case 0x21: // an extension: its label and blocks, each with its length before it
			if b[at+1] == 0xf9 && b[at+2] == 4 && b[at+3]&1 != 0 {
				rest = b[at+6]
			}
			for at += 2; at < len(b) && b[at] != 0; {
				at += 1 + int(b[at])
			}
			at++
		case 0x2c: // the frame
			if own, _ := colours(b[at+9], at+10); own != nil {
				table = own
			}
			return table, rest
		default:
			return nil, rest
		}
	}
	return nil, rest
}
