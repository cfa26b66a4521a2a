package generative

import (
	"fmt"
	"math"
	"slices"

	"gorae/tensor"
	"gorae/weight"
)

const (
	patchSide    = 7      // pixels
	patchesEach  = 128    // of a picture at a level
	mostPatches  = 32_768 // of all pictures at a level
	coarsest     = 16     // pixels along the shorter side
	projections  = 512    // directions on which patches are compared
	inThousandth = 1000
)

// Details are small patches of pictures at several resolutions. Two sets of pictures are compared by them without any
// network: blurred pictures lack what sharp ones have at the finest resolution, and noise adds to it.
//
// A picture is taken apart into a Laplacian pyramid: what is lost when it is halved, what is lost when the half is
// halved, and so on as long as the shorter side of the half has 16 pixels or more, and the last half itself. Halving is
// a filter of (1, 4, 6, 4, 1)/16 along both sides, then every second pixel. At each level 128 patches of 7×7 pixels a
// picture (fewer where there are more than 256 pictures) are drawn at random places; each channel of the patches of a
// level is brought to mean 0 and standard deviation 1.
//
// Sources: Karras, Aila, Laine and Lehtinen, "Progressive growing of GANs for improved quality, stability, and
// variation" (2018), section 5; Burt and Adelson, "The Laplacian pyramid as a compact image code" (1983).
type Details struct {
	seed   uint64
	shape  tensor.Shape // of a picture
	levels []patches    // the finest first
}

// patches are patches of a level, one after another, each of d values.
type patches struct {
	d      int
	values []float32
}

// DetailsOf draws patches of pictures [samples, height, width, channels]. Sets of pictures that are compared need the
// same seed.
func DetailsOf(x *tensor.Tensor, seed uint64) (*Details, error) {
	if len(x.Shape) != 4 || x.Len() == 0 {
		return nil, fmt.Errorf("details: a tensor of shape %v is no [samples, height, width, channels]", x.Shape)
	}
	if err := CheckDetails(tensor.Shape(x.Shape[1:])); err != nil {
		return nil, err
	}
	d := &Details{seed: seed, shape: tensor.Shape(x.Shape[1:]).Clone()}
	each := max(1, min(patchesEach, mostPatches/x.Shape[0]))
	for k, level := range laplacian(x) {
		r := weight.NewRand(seed, fmt.Sprintf("generative/patches/%d", k))
		among := func(n int) int { return min(n-1, int(r.Uniform()*float64(n))) }
		p := cut(level, each, func(int, int) (y, x int) {
			return among(level.Shape[1] - patchSide + 1), among(level.Shape[2] - patchSide + 1)
		})
		p.standardize(level.Shape[3])
		d.levels = append(d.levels, p)
	}
	return d, nil
}

// CheckDetails returns an error unless pictures of a shape [height, width, channels] have details.
func CheckDetails(shape tensor.Shape) error {
	if len(shape) != 3 || min(shape[0], shape[1]) < patchSide {
		return fmt.Errorf("pictures of shape %v are smaller than patches of %d×%d pixels", shape, patchSide, patchSide)
	}
	return nil
}

// SlicedWasserstein returns the sliced Wasserstein distance of the patches of two sets of pictures, the mean over the
// levels, in thousandths. At a level it is the mean over 512 random directions θ of
//
//	W₁ = ∫₀¹ |F⁻¹(q) − G⁻¹(q)| dq
//
// where F and G are the distributions of θ·p over the patches p of both sets, |θ| = 1. Of equal sets it is 0, of two
// samples of one distribution greater, the more so the fewer there are: compare distances of equal numbers only.
//
// Sources: Rabin, Peyré, Delon and Bernot, "Wasserstein barycenter and its application to texture mixing" (2011);
// Karras and others (2018).
func SlicedWasserstein(a, b *Details) (float64, error) {
	levels, err := SlicedWassersteinLevels(a, b)
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for _, v := range levels {
		sum += v
	}
	return sum / float64(len(levels)), nil
}

// SlicedWassersteinLevels returns the distance at each level, the finest first.
func SlicedWassersteinLevels(a, b *Details) ([]float64, error) {
	if !a.shape.Equal(b.shape) || a.seed != b.seed {
		return nil, fmt.Errorf("details of pictures of shape %v with seed %d and of shape %v with seed %d cannot be "+
			"compared; draw both alike", a.shape, a.seed, b.shape, b.seed)
	}
	out := make([]float64, len(a.levels))
	for k := range out {
		r := weight.NewRand(a.seed, fmt.Sprintf("generative/directions/%d", k))
		theta := make([]float32, a.levels[k].d)
		out[k] = inThousandth * sliced(a.levels[k], b.levels[k], projections, func(int) []float32 {
			for i := range theta {
				theta[i] = float32(r.Normal())
			}
			return theta
		})
	}
	return out, nil
}

// laplacian returns the levels of the pyramid of pictures.
func laplacian(x *tensor.Tensor) []*tensor.Tensor {
	var levels []*tensor.Tensor
	for min(x.Shape[1], x.Shape[2]) >= 2*coarsest {
		half := halved(x)
		fine := doubled(half, x.Shape[1], x.Shape[2])
		for i, v := range x.F32 {
			fine.F32[i] = v - fine.F32[i]
		}
		levels, x = append(levels, fine), half
	}
	return append(levels, x)
}

// halved returns pictures of half the size.
func halved(x *tensor.Tensor) *tensor.Tensor {
	n, h, w, c := x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]
	x = binomial(x, 1)
	y := tensor.New(tensor.Float32, n, (h+1)/2, (w+1)/2, c)
	at := 0
	for i := range n {
		for r := 0; r < h; r += 2 {
			for s := 0; s < w; s += 2 {
				at += copy(y.F32[at:at+c], x.F32[((i*h+r)*w+s)*c:])
			}
		}
	}
	return y
}

// doubled returns pictures of twice the size, h×w: pixels with zeros between them under the filter of halved.
func doubled(x *tensor.Tensor, h, w int) *tensor.Tensor {
	n, c := x.Shape[0], x.Shape[3]
	y := tensor.New(tensor.Float32, n, h, w, c)
	at := 0
	for i := range n {
		for r := 0; r < h; r += 2 {
			for s := 0; s < w; s += 2 {
				copy(y.F32[((i*h+r)*w+s)*c:], x.F32[at:at+c])
				at += c
			}
		}
	}
	return binomial(y, 2)
}

// binomial returns pictures under scale·(1, 4, 6, 4, 1)/16 along both sides; beyond an edge they are mirrored at the
// middle of the last pixel.
func binomial(x *tensor.Tensor, scale float64) *tensor.Tensor {
	along := func(x *tensor.Tensor, count, stride int) *tensor.Tensor {
		y := tensor.New(tensor.Float32, x.Shape...)
		for i := range x.F32 {
			at, v := i/stride%count, 0.0
			for k, weight := range [5]float64{1, 4, 6, 4, 1} {
				to := at + k - 2
				if to < 0 {
					to = -to
				}
				if to >= count {
					to = 2*(count-1) - to
				}
				v += weight / 16 * scale * float64(x.F32[i+(to-at)*stride])
			}
			y.F32[i] = float32(v)
		}
		return y
	}
	w, c := x.Shape[2], x.Shape[3]
	return along(along(x, w, c), x.Shape[1], w*c)
}

// cut returns patches of each picture, where place gives the top left pixel of patch k of picture i.
func cut(x *tensor.Tensor, each int, place func(i, k int) (y, x int)) patches {
	n, h, w, c := x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]
	p := patches{d: patchSide * patchSide * c}
	p.values = make([]float32, 0, n*each*p.d)
	for i := range n {
		for k := range each {
			top, left := place(i, k)
			for r := range patchSide {
				from := ((i*h+top+r)*w + left) * c
				p.values = append(p.values, x.F32[from:from+patchSide*c]...)
			}
		}
	}
	return p
}

// standardize brings each channel to mean 0 and standard deviation 1; a channel of one value becomes 0.
func (p patches) standardize(channels int) {
	n := float64(len(p.values) / channels)
	for c := range channels {
		mean, squares := 0.0, 0.0
		for i := c; i < len(p.values); i += channels {
			mean += float64(p.values[i]) / n
		}
		for i := c; i < len(p.values); i += channels {
			e := float64(p.values[i]) - mean
			squares += e * e / n
		}
		scale := 0.0
		if squares > 0 {
			scale = 1 / math.Sqrt(squares)
		}
		for i := c; i < len(p.values); i += channels {
			p.values[i] = float32((float64(p.values[i]) - mean) * scale)
		}
	}
}

// sliced is the mean distance of two sets of patches on some directions, of any length.
func sliced(a, b patches, directions int, direction func(k int) []float32) float64 {
	sum := 0.0
	u, v := make([]float32, len(a.values)/a.d), make([]float32, len(b.values)/b.d)
	for k := range directions {
		theta := direction(k)
		length := 0.0
		for _, t := range theta {
			length += float64(t) * float64(t)
		}
		a.project(theta, u)
		b.project(theta, v)
		sum += wasserstein(u, v) / math.Sqrt(length) / float64(directions)
	}
	return sum
}

// project sets to to the products of the patches with a direction, from the least to the greatest.
func (p patches) project(theta, to []float32) {
	for i := range to {
		row, v := p.values[i*p.d:(i+1)*p.d], float32(0)
		for k, t := range theta {
			v += t * row[k]
		}
		to[i] = v
	}
	slices.Sort(to)
}

// wasserstein is the 1-Wasserstein distance of two sorted samples: the mean difference of their quantiles.
func wasserstein(u, v []float32) float64 {
	n, m := len(u), len(v)
	sum := 0.0
	for i, j, at := 0, 0, 0; i < n && j < m; { // at: the share so far, in parts of 1/(n·m)
		to := min((i+1)*m, (j+1)*n)
		sum += float64(to-at) * math.Abs(float64(u[i])-float64(v[j]))
		at = to
		if to == (i+1)*m {
			i++
		}
		if to == (j+1)*n {
			j++
		}
	}
	return sum / float64(n) / float64(m)
}
