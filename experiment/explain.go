package experiment

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"gorae/data"
	"gorae/explain"
	"gorae/internal/file"
	"gorae/plot"
	"gorae/prep"
	"gorae/tensor"
)

// heatTiles is how many classes have their heat map drawn, the likeliest first.
const heatTiles = 3

// heatSide is the least side of a heat map, in dots.
const heatSide = 192

// Explain draws what the network sees in the first of the samples into a directory, which it makes: filters.png, the
// filters of the first convolution; maps-LAYER.png, each layer's feature maps; and grad-cam.png, where the
// picture speaks for the likeliest classes. It gives the files' names.
func (p *Product) Explain(ctx context.Context, src *data.Source, dir string) ([]string, error) {
	no := fmt.Errorf("%s: explain takes models of pictures (rows, columns, channels) and at least one picture", p.path)
	if len(p.Model.InputNames()) != 1 || !explain.HasMaps(p.Model) {
		return nil, no
	}
	d, err := p.applied().inputs(p, src)
	if err != nil {
		return nil, err
	}
	in := d.Spec().Inputs
	if in[0].DType != tensor.Float32 || d.Len() == 0 {
		return nil, no
	}
	x := tensor.New(in[0].DType, append([]int{1}, in[0].Shape...)...)
	first := *x
	first.Shape = in[0].Shape
	if err := d.Read(0, 0, data.Row{first}); err != nil {
		return nil, err
	}
	canvas, err := explain.Canvas(ctx, p.Model, x)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("%s: cannot make this directory: %w; name another with --output", dir, file.Cause(err))
	}
	var names []string
	draw := func(name string, s *plot.Sheet) error {
		name = filepath.Join(dir, name)
		names = append(names, name)
		return file.Replace(name, s.PNG)
	}
	// A network without kernels over places has maps and heat all the same.
	if filters, err := explain.Filters(p.Model); err == nil {
		if err := draw("filters.png", filters); err != nil {
			return nil, err
		}
	}
	maps, err := explain.Maps(ctx, p.Model, x)
	if err != nil {
		return nil, err
	}
	for _, m := range maps {
		if err := draw("maps-"+explain.FileName(m.Name)+".png", m.Sheet); err != nil {
			return nil, err
		}
	}
	name := "the picture"
	if src.Metadata != nil && src.Metadata.Rows > 0 {
		name = filepath.Base(src.Metadata.Columns[0].Text(0))
	}
	heat, err := p.heat(ctx, x, canvas, name)
	if err != nil {
		return nil, err
	}
	return names, draw("grad-cam.png", heat)
}

// cold says that a heat map is empty: the maps' mean gradients leave no place above 0.
func cold(h *explain.Heat) []string {
	if slices.Max(h.V) > 0 {
		return nil
	}
	return []string{"no place speaks for it"}
}

// heat is the picture and, over it, the heat of the likeliest classes.
func (p *Product) heat(ctx context.Context, x, canvas *tensor.Tensor, name string) (*plot.Sheet, error) {
	y, err := p.Model.Predict(ctx, x)
	if err != nil {
		return nil, err
	}
	k := y[0].Len()
	g := p.target(k)
	if p.Recipe != nil && p.Recipe.logits() {
		if y[0], err = y[0].Reshape(1, k); err != nil {
			return nil, err
		}
		y[0] = probabilitiesOf(y[0])
	}
	picture := canvas.Clone()
	if p.Recipe != nil && p.Recipe.Array != nil && picture.Shape[3]%len(p.Recipe.Array.Shift) == 0 {
		a := p.Recipe.Array
		for i := range picture.F32 {
			c := i % len(a.Shift) // the canvas has its channels last
			picture.F32[i] = float32(float64(picture.F32[i])*a.Divisor[c] + a.Shift[c])
		}
	}
	// Bytes go from 0 to 255 whatever is in this picture; figures are shown from their least to their greatest.
	lo, hi := slices.Min(picture.F32), slices.Max(picture.F32)
	switch {
	case p.Recipe != nil && p.Recipe.Array != nil && !p.Recipe.Figures:
		lo, hi = 0, 255
	case lo >= 0 && hi <= 1:
		lo, hi = 0, 1
	}
	img := plot.Picture(picture.F32, picture.Shape[1], picture.Shape[2], picture.Shape[3], lo, hi)
	s := &plot.Sheet{Title: "what speaks for a class (Grad-CAM)", Columns: heatTiles + 1, Side: heatSide, Tiles: []plot.Tile{{Image: img, Lines: []string{name}}}}
	if g == nil || g.Task != prep.Classification {
		h, err := explain.GradCAM(ctx, p.Model, x, 0, 1)
		if err != nil {
			return nil, err
		}
		s.Tiles = append(s.Tiles, plot.Tile{Image: h.Over(img), Lines: append([]string{"a greater output"}, cold(h)...)})
		return s, nil
	}
	chances := g.Probabilities(y[0].F32)
	order := make([]int, len(chances))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(chances[b], chances[a]) })
	for _, c := range order[:min(len(order), heatTiles)] {
		out, sign := c, float32(1)
		if k == 1 { // one output p of two classes: 1 − p and p
			out, sign = 0, float32(2*c-1)
		}
		h, err := explain.GradCAM(ctx, p.Model, x, out, sign)
		if err != nil {
			return nil, err
		}
		s.Tiles = append(s.Tiles, plot.Tile{Image: h.Over(img), Lines: append([]string{g.Classes[c], percent(chances[c])}, cold(h)...)})
	}
	return s, nil
}
