package restore

import (
	"context"
	"fmt"

	"gorae/model"
	"gorae/tensor"
)

// core is the side of the part of a picture that one run of the network restores, in pixels.
const core = 192

// restorer restores pictures of any size that the network takes.
type restorer struct {
	model         *model.Model
	channels      int
	field         model.Receptive
	open          bool // pictures of any size; else those of height × width alone
	height, width int
}

// newRestorer returns the restorer of a network.
func (f *Fitted) newRestorer(m *model.Model) *restorer {
	r := &restorer{model: m, channels: f.Channels, height: f.Height, width: f.Width}
	if field, err := m.Receptive(); err == nil && len(m.OpenExtents()[0]) == 2 {
		r.field, r.open = field, true
	}
	return r
}

// takes returns an error for a picture of a size that the network does not take.
func (r *restorer) takes(id string, height, width int) error {
	if !r.open && (height != r.height || width != r.width) {
		return fmt.Errorf("%s: %d pixels high and %d wide, but the network takes %d and %d: not all of its layers "+
			"work at every place alike", id, height, width, r.height, r.width)
	}
	return nil
}

// restore writes what the network makes of n pictures of one size, x [n, height, width, channels], into to. They go
// through it tile by tile, each with as much around it as its output depends on, so that memory is bounded and the
// result is that of the pictures as a whole.
func (r *restorer) restore(ctx context.Context, x []float32, n, height, width int, to []float32) error {
	if !r.open {
		y, err := r.run(ctx, x, n, height, width)
		copy(to, y)
		return err
	}
	grid := r.field.Grid
	margin, side := up(r.field.Reach, grid), up(core, grid)
	for _, down := range spans(up(height, grid), side, margin) {
		for _, across := range spans(up(width, grid), side, margin) {
			if err := r.tile(ctx, x, n, height, width, down, across, to); err != nil {
				return err
			}
		}
	}
	return nil
}

// tile restores a tile of n pictures.
func (r *restorer) tile(ctx context.Context, x []float32, n, height, width int, down, across span, to []float32) error {
	c, h, w := r.channels, down.to-down.from, across.to-across.from
	tile := make([]float32, n*h*w*c)
	for k := range n * h {
		// Beyond the edge of a picture that is off the grid the last row and the last column are repeated.
		row := x[(k/h*height+min(down.from+k%h, height-1))*width*c:][:width*c]
		for j := range w {
			copy(tile[(k*w+j)*c:][:c], row[min(across.from+j, width-1)*c:])
		}
	}
	y, err := r.run(ctx, tile, n, h, w)
	if err != nil {
		return err
	}
	wide := (min(across.end, width) - across.begin) * c
	for k := range n {
		for i := down.begin; i < min(down.end, height); i++ {
			from := ((k*h+i-down.from)*w + across.begin - across.from) * c
			copy(to[((k*height+i)*width+across.begin)*c:][:wide], y[from:])
		}
	}
	return nil
}

// up returns the least multiple of grid that is n or more.
func up(n, grid int) int { return (n + grid - 1) / grid * grid }

// span is a stretch of an axis that is read, and the stretch within it that is written.
type span struct{ from, to, begin, end int }

// spans cuts an axis of n pixels. All stretches that are read are of one length, where there are several.
func spans(n, side, margin int) []span {
	read := side + 2*margin
	if n <= read {
		return []span{{0, n, 0, n}}
	}
	var out []span
	for begin := 0; begin < n; {
		from := min(max(0, begin-margin), n-read)
		end := from + read - margin
		if from+read == n {
			end = n
		}
		out = append(out, span{from, from + read, begin, end})
		begin = end
	}
	return out
}

// run returns the output of the network for n pictures.
func (r *restorer) run(ctx context.Context, x []float32, n, height, width int) ([]float32, error) {
	in := &tensor.Tensor{Shape: tensor.Shape{n, height, width, r.channels}, F32: x}
	out, err := r.model.Predict(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := r.model.Finite(out, []*tensor.Tensor{in}); err != nil {
		return nil, err
	}
	return out[0].F32, nil
}
