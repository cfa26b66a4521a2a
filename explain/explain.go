// Package explain draws what a convolutional network sees in a picture: the filters of its first
// layer, the feature maps of each layer, and by Grad-CAM the positions that speak for a class.
//
//	model + picture → filters, maps, heat → plot
package explain

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"slices"
	"strings"

	"gorae/chart"
	"gorae/internal/resample"
	"gorae/internal/words"
	"gorae/model"
	"gorae/tensor"
)

// most is the largest number of filters or maps on a sheet.
const most = 64

// Filters returns the kernels of the first two-dimensional convolution, [rows, columns, channels, filters], one tile
// each: in colour for three channels, else their mean over the channels. Grey is 0; each filter is scaled by its
// greatest absolute weight.
func Filters(m *model.Model) (*chart.Sheet, error) {
	for _, l := range m.Layers() {
		v := m.Store().Var(l.Name() + "/kernel")
		if v == nil || len(v.Shape) != 4 {
			continue
		}
		rows, columns, channels, filters := v.Shape[0], v.Shape[1], v.Shape[2], v.Shape[3]
		shown := channels
		if channels != 3 {
			shown = 1
		}
		s := &chart.Sheet{Title: chart.Sprintf("%s: %s of %d × %d over %s", l.Name(), words.Plural(filters, "filter"),
			rows, columns, words.Plural(channels, "channel"))}
		for f := range min(filters, most) {
			x := make([]float32, rows*columns*shown)
			top := float32(0)
			for p := range rows * columns {
				for c := range channels {
					w := v.Value.F32[(p*channels+c)*filters+f]
					if shown == 3 {
						x[3*p+c] = w
					} else {
						x[p] += w / float32(channels)
					}
				}
			}
			for _, w := range x {
				top = max(top, w, -w)
			}
			s.Tiles = append(s.Tiles, chart.Tile{Image: chart.Picture(x, rows, columns, shown, -top, top),
				Lines: []string{fmt.Sprint(f + 1)}})
		}
		return s, nil
	}
	return nil, fmt.Errorf("model %q has no layer with kernels (rows, columns, channels, filters); filters are drawn "+
		"of Conv2D and its kin", m.Name)
}

// Layer holds the feature maps of one layer.
type Layer struct {
	Name  string
	Sheet *chart.Sheet
}

// Maps returns the feature maps of each layer with spatial axes for one picture x, [1, rows, columns, channels] (or [1,
// channels, rows, columns], or flat), prepared as the network takes it: up to 64 channels as tiles, each scaled from
// its least value, black, to its greatest, white.
func Maps(ctx context.Context, m *model.Model, x *tensor.Tensor) ([]Layer, error) {
	var out []Layer
	for _, l := range featureLayers(m) {
		a, err := l.of(ctx, m, x)
		if err != nil {
			return nil, err
		}
		name := l.name
		rows, columns, channels := a.Shape[1], a.Shape[2], a.Shape[3]
		s := &chart.Sheet{Title: chart.Sprintf("%s: %s of %d × %d", name, words.Plural(channels, "map"), rows, columns)}
		for c := range min(channels, most) {
			one := make([]float32, rows*columns)
			for p := range one {
				one[p] = a.F32[p*channels+c]
			}
			lo, hi := slices.Min(one), slices.Max(one)
			s.Tiles = append(s.Tiles, chart.Tile{Image: chart.Picture(one, rows, columns, 1, lo, hi),
				Lines: []string{fmt.Sprint(c + 1)}})
		}
		out = append(out, Layer{name, s})
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("model %q has no layer with spatial axes; feature maps are drawn of convolutions and "+
			"poolings", m.Name)
	}
	return out, nil
}

// finite is an error that names the first of a layer's maps, or of the derivatives of output k with respect to them,
// that is NaN or infinite.
func finite(name string, k int, maps, gradient *tensor.Tensor) error {
	if i := maps.NonFinite(); i >= 0 {
		return fmt.Errorf("the output %s is %s at %v", name, tensor.Say(maps.F32[i]), maps.Shape.Index(i)[1:])
	}
	if i := gradient.NonFinite(); i >= 0 {
		return fmt.Errorf("the derivative of output %d with respect to %s is %s at %v", k, name,
			tensor.Say(gradient.F32[i]), gradient.Shape.Index(i)[1:])
	}
	return nil
}

// Heat is a class activation map: [Rows, Columns] of the picture, from 0 to 1.
type Heat struct {
	Rows, Columns int
	V             []float32
	Layer         string // the layer of the feature maps
}

// GradCAM computes the class activation map of Selvaraju et al. 2017 for output k and a picture x, as Maps takes it:
// with A the maps of the last layer with spatial axes and z the output before its softmax,
//
//	heat = relu(Σ_c α_c·A_c),  α_c = mean over positions of ∂z_k/∂A_c
//
// resized bilinearly to the picture and divided by its greatest value. All 0 where nothing speaks for the class.
// With a single output of two classes, sign −1 asks for the first class, 1 for the second; else it is 1.
func GradCAM(ctx context.Context, m *model.Model, x *tensor.Tensor, k int, sign float32) (*Heat, error) {
	layers := featureLayers(m)
	if len(layers) == 0 {
		return nil, fmt.Errorf("model %q has no layer with spatial axes; Grad-CAM needs a convolution or a pooling",
			m.Name)
	}
	canvas, err := Canvas(ctx, m, x)
	if err != nil {
		return nil, err
	}
	last := layers[len(layers)-1]
	a, d, err := m.Sensitivity(ctx, last.name, k, x)
	if err != nil {
		return nil, err
	}
	if err := finite(last.name, k, a, d); err != nil {
		return nil, err
	}
	a, d = last.picture(a), last.picture(d)
	rows, columns, channels := a.Shape[1], a.Shape[2], a.Shape[3]
	small := make([]float32, rows*columns)
	for c := range channels {
		alpha := 0.0
		for p := range small {
			alpha += float64(d.F32[p*channels+c])
		}
		alpha *= float64(sign) / float64(len(small))
		for p := range small {
			small[p] += float32(alpha) * a.F32[p*channels+c]
		}
	}
	h := &Heat{Rows: canvas.Shape[1], Columns: canvas.Shape[2], Layer: last.name}
	h.V = enlarge(small, rows, columns, h.Rows, h.Columns)
	if top := slices.Max(h.V); top > 0 {
		for i := range h.V {
			h.V[i] /= top
		}
	}
	return h, nil
}

// enlarge resizes max(x, 0) bilinearly.
func enlarge(x []float32, rows, columns, toRows, toColumns int) []float32 {
	across, down := resample.Of(resample.Bilinear, columns, toColumns, true),
		resample.Of(resample.Bilinear, rows, toRows, true)
	out := make([]float32, toRows*toColumns)
	for i := range out {
		r, c := i/toColumns, i%toColumns
		top, bottom := down.Span(r)
		left, right := across.Span(c)
		for y := top; y < bottom; y++ {
			for z := left; z < right; z++ {
				weight := down.Weights[r*down.Width+y-top] * across.Weights[c*across.Width+z-left]
				out[i] += weight * max(x[y*columns+z], 0)
			}
		}
	}
	return out
}

// Over draws the heat over the picture: the hotter, the redder; cold positions stay grey.
func (h *Heat) Over(img image.Image) image.Image {
	b := img.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			v := h.V[min(y*h.Rows/b.Dy(), h.Rows-1)*h.Columns+min(x*h.Columns/b.Dx(), h.Columns-1)]
			grey := float32(color.GrayModel.Convert(img.At(b.Min.X+x, b.Min.Y+y)).(color.Gray).Y)
			hot := [3]float32{255, 255 * max(0, 2*v-1), 0} // red, then yellow
			mix := func(c int) uint8 { return uint8(grey*(1-0.65*v) + hot[c]*0.65*v + 0.5) }
			out.SetRGBA(x, y, color.RGBA{mix(0), mix(1), mix(2), 255})
		}
	}
	return out
}

// FileName returns a layer's name as part of a file name.
func FileName(layer string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, layer)
}
