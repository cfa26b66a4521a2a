package corrupt

import (
	"math"
	"math/rand/v2"

	"gorae/data/internal/variation"
	"gorae/internal/resample"
)

// Fixed is the epoch of samples that are corrupted always in the same way.
const Fixed = -1

// Picture is the pixels of a picture, X [Height, Width, Channels], from 0, which is black, to 1, which is white.
type Picture struct {
	X                       []float32
	Height, Width, Channels int
	White                   float64 // what 1 is in the units of Gaussian noise: 255 for bytes
}

// Apply corrupts a picture in place, one corruption after the other.
func (cs Corruptions) Apply(p Picture, seed uint64, epoch, sample int) {
	for k, c := range cs {
		r := variation.Stream(variation.Corrupt, seed, epoch, sample, k)
		strength := c.Low
		if c.High > c.Low {
			strength += (c.High - c.Low) * variation.Uniform(&r)
		}
		switch c.Kind {
		case Gaussian:
			p.noise(&r, strength/p.White)
		case Blur:
			Filter(p, strength)
		case Salt:
			p.salt(&r, strength)
		case Mask:
			p.mask(&r, strength, c.Square)
		case Downsample:
			p.downsample(int(strength))
		case Clip:
			for i, v := range p.X {
				p.X[i] = min(max(v, 0), 1)
			}
		}
	}
}

// Reach is how far from a pixel, in pixels, others have an influence on it, and the size of the grid of blocks that
// corruptions lay over a picture: a part of a picture with so much around it, and with its corner on the grid, is
// corrupted as within the whole.
func (cs Corruptions) Reach() (around, grid int) {
	grid = 1
	for _, c := range cs {
		switch c.Kind {
		case Blur:
			around += radius(c.High)
		case Downsample:
			factor := int(c.High)
			around, grid = around+3*factor, grid*factor
		}
	}
	return around, grid
}

// noise adds normal numbers of a standard deviation (Box and Muller 1958).
func (p Picture) noise(r *rand.PCG, sd float64) {
	for i := 0; i < len(p.X); i += 2 {
		size := sd * math.Sqrt(-2*math.Log(1-variation.Uniform(r)))
		sin, cos := math.Sincos(2 * math.Pi * variation.Uniform(r))
		p.X[i] += float32(size * cos)
		if i+1 < len(p.X) {
			p.X[i+1] += float32(size * sin)
		}
	}
}

// salt makes a share of the pixels black or white.
func (p Picture) salt(r *rand.PCG, share float64) {
	for i := 0; i < len(p.X); i += p.Channels {
		u := variation.Uniform(r)
		if u >= share {
			continue
		}
		v := float32(0)
		if u < share/2 {
			v = 1
		}
		for c := range p.Channels {
			p.X[i+c] = v
		}
	}
}

// mask makes a share of the pixels black, or squares at random places that have a share of the area together where they
// do not overlap.
func (p Picture) mask(r *rand.PCG, share float64, square int) {
	if square <= 1 {
		for i := 0; i < len(p.X); i += p.Channels {
			if variation.Uniform(r) < share {
				clear(p.X[i : i+p.Channels])
			}
		}
		return
	}
	n := int(share*float64(p.Height*p.Width)/float64(square*square) + 0.5)
	high, wide := min(square, p.Height), min(square, p.Width)
	for range n {
		top := int(variation.Uniform(r) * float64(p.Height-high+1))
		left := int(variation.Uniform(r) * float64(p.Width-wide+1))
		for y := top; y < top+high; y++ {
			clear(p.X[(y*p.Width+left)*p.Channels : (y*p.Width+left+wide)*p.Channels])
		}
	}
}

// downsample replaces the picture by the bicubic enlargement of the means of blocks of factor × factor pixels.
func (p Picture) downsample(factor int) {
	high, wide, c := (p.Height+factor-1)/factor, (p.Width+factor-1)/factor, p.Channels
	small := make([]float32, high*wide*c)
	for y := range high {
		for x := range wide {
			bottom, right := min((y+1)*factor, p.Height), min((x+1)*factor, p.Width)
			n := float32((bottom - y*factor) * (right - x*factor))
			for k := range c {
				sum := float32(0)
				for i := y * factor; i < bottom; i++ {
					for j := x * factor; j < right; j++ {
						sum += p.X[(i*p.Width+j)*c+k]
					}
				}
				small[(y*wide+x)*c+k] = sum / n
			}
		}
	}
	across := resample.Of(resample.Bicubic, wide, wide*factor, false)
	down := resample.Of(resample.Bicubic, high, high*factor, false)
	row := make([]float32, wide*c) // of small, at the height of a row of the picture
	for y := range p.Height {
		clear(row)
		from, to := down.Span(y)
		for k := from; k < to; k++ {
			w := down.Weights[y*down.Width+k-from]
			for i, v := range small[k*wide*c : (k+1)*wide*c] {
				row[i] += w * v
			}
		}
		for x := range p.Width {
			from, to := across.Span(x)
			for k := range c {
				v := float32(0)
				for j := from; j < to; j++ {
					v += across.Weights[x*across.Width+j-from] * row[j*c+k]
				}
				p.X[(y*p.Width+x)*c+k] = v
			}
		}
	}
}

// radius is how many pixels a Gaussian filter reaches: 4 standard deviations, as scipy.ndimage's.
func radius(sd float64) int { return int(4*sd + 0.5) }

// Filter blurs a picture in place by a Gaussian filter of a standard deviation in pixels, at most 4 of which it
// reaches. Beyond an edge the picture is mirrored, the pixel at the edge counted twice: scipy.ndimage.gaussian_filter
// with its defaults.
func Filter(p Picture, sd float64) {
	n := radius(sd)
	if n < 1 {
		return
	}
	weights, sum := make([]float64, n+1), 0.0
	for i := range weights {
		weights[i] = math.Exp(-float64(i*i) / (2 * sd * sd))
		sum += weights[i]
		if i > 0 {
			sum += weights[i]
		}
	}
	for i := range weights {
		weights[i] /= sum
	}
	line := make([]float64, max(p.Height, p.Width)+2*n)
	for _, axis := range []struct{ lines, length, step, along int }{
		{p.Width, p.Height, p.Width * p.Channels, p.Channels},
		{p.Height, p.Width, p.Channels, p.Width * p.Channels},
	} {
		for l := range axis.lines {
			for c := range p.Channels {
				smooth(p.X[l*axis.along+c:], axis.length, axis.step, weights, line)
			}
		}
	}
}

// smooth filters n values of x that stand a step apart; line has room for them and for what lies beyond the ends.
func smooth(x []float32, n, step int, weights, line []float64) {
	reach := len(weights) - 1
	line = line[:n+2*reach]
	for i := range line {
		line[i] = float64(x[variation.Mirrored(i-reach, n)*step])
	}
	for i := range n {
		v := weights[0] * line[i+reach]
		for k := 1; k <= reach; k++ {
			v += weights[k] * (line[i+reach-k] + line[i+reach+k])
		}
		x[i*step] = float32(v)
	}
}
