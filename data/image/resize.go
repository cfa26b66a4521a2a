package image

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"gorae/internal/resample"
	"gorae/internal/spell"
)

// Filter is an interpolation for resizing.
type Filter = resample.Filter

// The filters. Bilinear, bicubic and Lanczos are widened when they shrink a picture, so that no pixel is lost (as in
// PIL and torchvision); Keras's tf.image.resize does not widen them, which Options.NoAntialias matches.
const (
	Bilinear = resample.Bilinear
	Nearest  = resample.Nearest
	Bicubic  = resample.Bicubic
	Area     = resample.Area
	Lanczos3 = resample.Lanczos3
)

// ParseFilter finds a filter by its name.
func ParseFilter(name string) (Filter, error) { return resample.Parse(name) }

// Fit says how a picture of another aspect ratio fits the size.
type Fit uint8

// The fits. Stretch changes the aspect ratio; Crop keeps it and cuts off both sides evenly (Keras's
// crop_to_aspect_ratio); Pad keeps it and adds black margins (pad_to_aspect_ratio).
const (
	Stretch Fit = iota
	Crop
	Pad
)

var fits = []string{"stretch", "crop", "pad"}

// String returns the name of the fit in an experiment file.
func (f Fit) String() string {
	if int(f) < len(fits) {
		return fits[f]
	}
	return fmt.Sprintf("fit(%d)", uint8(f))
}

// ParseFit finds a fit by its name.
func ParseFit(word string) (Fit, error) {
	if i := slices.Index(fits, word); i >= 0 {
		return Fit(i), nil
	}
	return 0, fmt.Errorf("%q is none of %s%s", word, strings.Join(fits, ", "), spell.Hint(word, fits))
}

// maxSide bounds the sides that a picture is resized to.
const maxSide = 1 << 15

// Resize returns the picture in another size. Antialias widens filters that shrink.
func (p *Pixels) Resize(height, width int, f Filter, antialias bool) (*Pixels, error) {
	if height < 1 || width < 1 || height > maxSide || width > maxSide {
		return nil, fmt.Errorf("resize: %d × %d pixels; give sides from 1 to %d", width, height, maxSide)
	}
	q := newPixels(height, width, p.Channels)
	p.raster().resize(q.Pix, window{0, 0, p.Height, p.Width}, q.Height, q.Width, q.Width, f, antialias)
	return q, nil
}

// Fit returns the picture in another size, where fit says what becomes of another aspect ratio. Antialias widens
// filters that shrink.
func (p *Pixels) Fit(height, width int, f Filter, fit Fit, antialias bool) (*Pixels, error) {
	if height < 1 || width < 1 || height > maxSide || width > maxSide {
		return nil, fmt.Errorf("resize: %d × %d pixels; give sides from 1 to %d", width, height, maxSide)
	}
	q := newPixels(height, width, p.Channels)
	p.raster().fit(q.Pix, height, width, &Options{Resize: f, Fit: fit, NoAntialias: !antialias})
	return q, nil
}

// window is a part of a picture.
type window struct{ top, left, height, width int }

// scratch is the rows of a picture that is being resized.
var scratch = sync.Pool{New: func() any { return new([]float32) }}

// resize writes a window of p in the size height × width into rows of to, which
// are stride pixels long.
func (p *raster[T]) resize(to []T, w window, height, width, stride int, f Filter, antialias bool) {
	c := p.Channels
	if w.height == height && w.width == width {
		for y := range height {
			copy(to[y*stride*c:][:width*c], p.row(w.top + y)[w.left*c:])
		}
		return
	}
	across := resample.Of(f, w.width, width, antialias)
	down := resample.Of(f, w.height, height, antialias)
	row := width * c
	held := scratch.Get().(*[]float32)
	defer scratch.Put(held)
	if need := w.height*row + row; cap(*held) < need {
		*held = make([]float32, need)
	}
	wide, sum := (*held)[:w.height*row], (*held)[w.height*row:][:row]
	for y := range w.height {
		shrinkRow(wide[y*row:][:row], p.row(w.top + y)[w.left*c:][:w.width*c], across, c)
	}
	for y := range height {
		lo, hi := down.Span(y)
		clear(sum)
		for k := lo; k < hi; k++ {
			weight := down.Weights[y*down.Width+k-lo]
			if weight == 0 {
				continue
			}
			for i, v := range wide[k*row:][:row] {
				sum[i] += weight * v
			}
		}
		store(to[y*stride*c:][:row], sum)
	}
}

func shrinkRow[T sample](to []float32, from []T, t *resample.Taps, channels int) {
	if channels == 1 {
		for x, start := range t.Start {
			var v float32
			for k, w := range t.Weights[x*t.Width:][:t.Width] {
				v += w * float32(from[start+k])
			}
			to[x] = v
		}
		return
	}
	for x, start := range t.Start {
		var r, g, b float32
		part := from[3*start:][:3*t.Width]
		for k, w := range t.Weights[x*t.Width:][:t.Width] {
			r += w * float32(part[3*k])
			g += w * float32(part[3*k+1])
			b += w * float32(part[3*k+2])
		}
		to[3*x], to[3*x+1], to[3*x+2] = r, g, b
	}
}

// fit writes the picture in the size height × width into to, by the options' filter
// and fit.
func (p *raster[T]) fit(to []T, height, width int, o *Options) {
	switch o.Fit {
	case Crop:
		w := window{0, 0, min(p.Height, max(1, p.Width*height/width)), min(p.Width, max(1, p.Height*width/height))}
		w.top, w.left = (p.Height-w.height)/2, (p.Width-w.width)/2
		p.resize(to, w, height, width, width, o.Resize, !o.NoAntialias)
	case Pad:
		h, w := min(height, max(1, (width*p.Height+p.Width/2)/p.Width)),
			min(width, max(1, (height*p.Width+p.Height/2)/p.Height))
		clear(to)
		from := ((height-h)/2*width + (width-w)/2) * p.Channels
		p.resize(to[from:], window{0, 0, p.Height, p.Width}, h, w, width, o.Resize, !o.NoAntialias)
	default:
		p.resize(to, window{0, 0, p.Height, p.Width}, height, width, width, o.Resize, !o.NoAntialias)
	}
}
