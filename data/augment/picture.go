package augment

import (
	"math"
	"math/rand/v2"

	"gorae/data/internal/variation"
)

// affine maps a place of the new picture to one of the old: both count pixels from the
// middle, u to the right and v downwards.
//
//	u' = a·u + b·v + c
//	v' = d·u + e·v + f
type affine struct{ a, b, c, d, e, f float64 }

var identity = affine{a: 1, e: 1}

// after returns the map that applies n first and then m.
func (m affine) after(n affine) affine {
	return affine{
		m.a*n.a + m.b*n.d, m.a*n.b + m.b*n.e, m.a*n.c + m.b*n.f + m.c,
		m.d*n.a + m.e*n.d, m.d*n.b + m.e*n.e, m.d*n.c + m.e*n.f + m.f,
	}
}

// inverse draws a geometric transform at random and returns its inverse: from new positions to old ones.
func (t Transform) inverse(r *rand.PCG, height, width float64) affine {
	v := t.Low + (t.High-t.Low)*variation.Uniform(r)
	m := identity
	switch t.Kind {
	case FlipHorizontal:
		if variation.Uniform(r) < t.High {
			m.a = -1
		}
	case FlipVertical:
		if variation.Uniform(r) < t.High {
			m.e = -1
		}
	case Rotation:
		sin, cos := math.Sincos(v * math.Pi / 180)
		m = affine{a: cos, b: -sin, d: sin, e: cos}
	case TranslateX:
		m.c = -v * width
	case TranslateY:
		m.f = -v * height
	case Zoom:
		m.a, m.e = 1/(1+v), 1/(1+v)
	case CropResize:
		side := math.Sqrt(v)
		m = affine{a: side, c: (1 - side) * width * (variation.Uniform(r) - 0.5), e: side,
			f: (1 - side) * height * (variation.Uniform(r) - 0.5)}
	}
	return m
}

// picture is one picture in floats.
type picture struct {
	x                       []float32
	height, width, channels int
	low, high               float32 // black and white
}

// warp writes the picture seen through the map to to: each new pixel is interpolated bilinearly from the four old
// pixels around its position; beyond the edges the picture is mirrored.
func (p *picture) warp(to []float32, m affine) {
	halfW, halfH := float64(p.width)/2, float64(p.height)/2
	c := p.channels
	at := 0
	for y := range p.height {
		v := float64(y) + 0.5 - halfH
		for x := range p.width {
			u := float64(x) + 0.5 - halfW
			sx := m.a*u + m.b*v + m.c + halfW - 0.5
			sy := m.d*u + m.e*v + m.f + halfH - 0.5
			fx, fy := math.Floor(sx), math.Floor(sy)
			right, down := float32(sx-fx), float32(sy-fy)
			x0, y0 := int(fx), int(fy)
			x1, y1 := x0+1, y0+1
			if x0 < 0 || y0 < 0 || x1 >= p.width || y1 >= p.height {
				x0, x1 = variation.Mirrored(x0, p.width), variation.Mirrored(x1, p.width)
				y0, y1 = variation.Mirrored(y0, p.height), variation.Mirrored(y1, p.height)
			}
			a, b := p.x[(y0*p.width+x0)*c:][:c], p.x[(y0*p.width+x1)*c:][:c]
			d, e := p.x[(y1*p.width+x0)*c:][:c], p.x[(y1*p.width+x1)*c:][:c]
			for k := range c {
				top := a[k] + right*(b[k]-a[k])
				bottom := d[k] + right*(e[k]-d[k])
				to[at] = top + down*(bottom-top)
				at++
			}
		}
	}
}

// clip bounds a value by black and white.
func (p *picture) clip(v float32) float32 { return min(max(v, p.low), p.high) }

// paint changes values in place.
func (p *picture) paint(k Kind, v float64, r *rand.PCG) {
	switch k {
	case Brightness:
		add := float32(v) * (p.high - p.low)
		for i, x := range p.x {
			p.x[i] = p.clip(x + add)
		}
	case Contrast:
		p.contrast(float32(1 + v))
	case Saturation:
		factor := float32(1 + v)
		for i := 0; i < len(p.x); i += 3 {
			q := p.x[i : i+3]
			grey := 0.299*q[0] + 0.587*q[1] + 0.114*q[2]
			for c, x := range q {
				q[c] = p.clip(grey + factor*(x-grey))
			}
		}
	case Hue:
		p.turnHue(float32(v))
	case Cutout:
		side := int(math.Round(v * float64(min(p.height, p.width))))
		y, x := int(variation.Uniform(r)*float64(p.height))-side/2, int(variation.Uniform(r)*float64(p.width))-side/2
		grey := p.low + (p.high-p.low)/2
		for i := max(y, 0); i < min(y+side, p.height); i++ {
			for j := max(x, 0) * p.channels; j < min(x+side, p.width)*p.channels; j++ {
				p.x[i*p.width*p.channels+j] = grey
			}
		}
	}
}

func (p *picture) contrast(factor float32) {
	for c := range p.channels {
		sum := 0.0
		for i := c; i < len(p.x); i += p.channels {
			sum += float64(p.x[i])
		}
		mean := float32(sum / float64(p.height*p.width))
		for i := c; i < len(p.x); i += p.channels {
			p.x[i] = p.clip((p.x[i]-mean)*factor + mean)
		}
	}
}

// turnHue turns the hue of HSV (Smith 1978) by a share of the circle and keeps saturation and value.
func (p *picture) turnHue(turn float32) {
	for i := 0; i < len(p.x); i += 3 {
		q := p.x[i : i+3]
		r, g, b := q[0], q[1], q[2]
		hi, lo := max(r, g, b), min(r, g, b)
		span := hi - lo
		if span == 0 {
			continue
		}
		var h float32 // in sixths of the circle
		switch hi {
		case r:
			h = (g - b) / span
		case g:
			h = 2 + (b-r)/span
		default:
			h = 4 + (r-g)/span
		}
		h += 6 * turn
		// Each primary colour is full within a sixth of its own position and 0 beyond two.
		for c, place := range [3]float32{0, 2, 4} {
			far := h - place
			far -= 6 * float32(math.Floor(float64(far/6)))
			far = min(far, 6-far)
			q[c] = lo + span*min(max(2-far, 0), 1)
		}
	}
}
