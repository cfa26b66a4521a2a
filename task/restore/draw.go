package restore

import (
	"context"
	"fmt"
	"slices"

	"gorae/chart"
	"gorae/explain"
	"gorae/internal/picture"
	"gorae/metric"
	"gorae/task"
)

// RestoredFile is some pictures: clean, corrupted, restored by the network, and by a Gaussian filter.
const RestoredFile = "restored.png"

// The pictures that are drawn: how many, and the length of their longer side at least, in dots.
const (
	drawnPictures = 5
	drawnSide     = 240
)

// draw draws some pictures of a part, evenly taken.
func (p *problem) draw(ctx context.Context, part task.Part, f *task.Finish) error {
	all := p.parts[part]
	some := &selection{pictures: all.pictures}
	for k := range min(all.len(), drawnPictures) {
		some.rows = append(some.rows, all.rows[k*all.len()/min(all.len(), drawnPictures)])
	}
	var tiles []chart.Tile
	c := p.fitted.Channels
	r := p.fitted.newRestorer(f.Model)
	err := p.fitted.each(ctx, r, some, p.in.Spec.Seed, func(_ int, x *restored) error {
		for k, pixels := range [][]float32{x.clean, x.corrupted, x.network, x.filtered(p.fitted)} {
			t := chart.Tile{Image: chart.Picture(pixels, x.height, x.width, c, 0, 1)}
			if k > 0 { // not the clean picture
				t.Lines = append(t.Lines, fmt.Sprintf("%.2f dB", metric.PSNR{}.Of(x.clean, pixels)))
			}
			tiles = append(tiles, t)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return f.DrawPNG(RestoredFile, func() (picture.Drawing, error) {
		names := []string{chart.Sprintf("clean"), chart.Sprintf("corrupted"), chart.Sprintf("restored"),
			chart.Sprintf("by a Gaussian filter")}
		s := chart.Sheet{Title: chart.Sprintf("%s: pictures of the %s part", f.Name, part), Columns: len(names),
			Side: drawnSide, Tiles: slices.Clone(tiles)}
		for i := range s.Tiles {
			t := &s.Tiles[i]
			t.Lines = append([]string{names[i%len(names)]}, t.Lines...)
		}
		return s, nil
	})
}

// Draw implements task.Drawer: corrupted pictures, what the network makes of them, and what it takes away, five times
// as strong around a middle grey; and the filters of its first convolution.
func (f *Fitted) Draw(ctx context.Context, r *task.Request) ([]task.Drawing, error) {
	p, err := f.read(r.Source)
	if err != nil {
		return nil, err
	}
	of := whole(p)
	b, err := f.bound(r, of)
	if err != nil {
		return nil, err
	}
	s := &chart.Sheet{Title: chart.Sprintf("%s: pictures, restored, and what was taken away", b.Name), Columns: 3,
		Side: drawnSide}
	net := f.newRestorer(r.Training.Model)
	for i := range min(of.len(), drawnPictures) {
		x, y, err := f.pair(ctx, net, of, i)
		if err != nil {
			return nil, err
		}
		h, w := of.size(i)
		gone := make([]float32, len(x.F32))
		for k, v := range x.F32 {
			gone[k] = 0.5 + differenceScale*(v-y.F32[k])
		}
		names := []string{chart.Sprintf("picture"), chart.Sprintf("restored"), chart.Sprintf("taken away")}
		for k, pixels := range [][]float32{x.F32, y.F32, gone} {
			s.Tiles = append(s.Tiles, chart.Tile{Image: chart.Picture(pixels, h, w, f.Channels, 0, 1),
				Lines: []string{names[k]}})
		}
	}
	out := []task.Drawing{{Name: RestoredFile, PNG: s.PNG}}
	if filters, err := explain.Filters(r.Training.Model); err == nil { // a network without convolutions has none
		out = append(out, task.Drawing{Name: "filters.png", PNG: filters.PNG})
	}
	return out, nil
}

// differenceScale is how much stronger what was taken away is drawn.
const differenceScale = 5
