package image

import (
	"image"
	"math"
)

// sample is the type of a pixel's values: bytes, or the values of 16 bits as float32. Both go from 0 to 255: a value v
// of 16 bits is v/257, so that pictures of either kind have the same black, white and levels between.
type sample interface{ uint8 | float32 }

// step is how many values of 16 bits make one of 8.
const step = math.MaxUint16 / math.MaxUint8

// raster is a picture [Height, Width, Channels] of either type; Pixels is that of bytes.
type raster[T sample] struct {
	Height, Width, Channels int
	Pix                     []T
}

func (p *Pixels) raster() *raster[uint8] { return (*raster[uint8])(p) }

func (p *raster[T]) row(y int) []T { return p.Pix[y*p.Width*p.Channels:][:p.Width*p.Channels] }

// store writes a row of sums as values of the type, rounded to its levels.
func store[T sample](to []T, sums []float32) {
	switch to := any(to).(type) {
	case []uint8:
		for i, v := range sums {
			to[i] = round8(v)
		}
	case []float32:
		for i, v := range sums {
			to[i] = round16(v)
		}
	}
}

// round8 is v as a byte.
func round8(v float32) uint8 { return uint8(min(max(v+0.5, 0), 255)) }

// round16 is v as a value of 16 bits.
func round16(v float32) float32 {
	return float32(uint16(min(max(v*step+0.5, 0), math.MaxUint16))) / step
}

// deep is a picture of the standard library with 16 bits a value where it has them: as FromImage, but that what is
// beyond the upper 8 bits stays.
func deep(img image.Image, channels int) (*raster[float32], error) {
	bytes, err := FromImage(img, channels)
	if err != nil {
		return nil, err
	}
	p := &raster[float32]{bytes.Height, bytes.Width, channels, make([]float32, len(bytes.Pix))}
	r := img.Bounds()
	var write func(to []float32, y int)
	switch img := img.(type) {
	case *image.Gray16:
		write = func(to []float32, y int) {
			pix := img.Pix[img.PixOffset(r.Min.X, y):]
			for x := range p.Width {
				v := wide(pix[2*x:])
				for c := range channels {
					to[channels*x+c] = v
				}
			}
		}
	case *image.NRGBA64:
		write = func(to []float32, y int) { everyWide(to, img.Pix[img.PixOffset(r.Min.X, y):], p.Width, channels) }
	case *image.RGBA64:
		if img.Opaque() {
			write = func(to []float32, y int) { everyWide(to, img.Pix[img.PixOffset(r.Min.X, y):], p.Width, channels) }
		}
	}
	if write == nil {
		for i, v := range bytes.Pix {
			p.Pix[i] = float32(v)
		}
		return p, nil
	}
	for y := range p.Height {
		write(p.row(y), r.Min.Y+y)
	}
	return p, nil
}

// wide is a value of 16 bits, high byte first.
func wide(b []uint8) float32 { return float32(uint16(b[0])<<8|uint16(b[1])) / step }

// everyWide takes red, green and blue of pixels of 8 bytes, or their luma, and leaves alpha out.
func everyWide(to []float32, pix []uint8, width, channels int) {
	for x := range width {
		r, g, b := wide(pix[8*x:]), wide(pix[8*x+2:]), wide(pix[8*x+4:])
		if channels == 1 {
			to[x] = round16((19595*r + 38470*g + 7471*b) / (1 << 16)) // as greyRow
			continue
		}
		to[3*x], to[3*x+1], to[3*x+2] = r, g, b
	}
}
