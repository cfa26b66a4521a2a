package supervised

import (
	"math"

	"gorae/data"
	"gorae/task"
)

// picture returns a row of a table of pixels as a picture, black the least value; nil where the table is none, or the
// row has none.
func (p *Problem) picture(t *data.Table, row int) *task.Pixels {
	g, known := p.pixels[t]
	if !known {
		if p.pixels == nil {
			p.pixels = map[*data.Table]*data.Pixels{}
		}
		g = data.PixelsOf(t, p.targetColumns())
		p.pixels[t] = g
	}
	if g == nil {
		return nil
	}
	values, ok := g.Row(row)
	if !ok {
		return nil
	}
	out := &task.Pixels{Width: g.Width}
	for _, v := range values {
		share := min(1, max(0, (v-g.Low)/(g.High-g.Low)))
		out.Values = append(out.Values, byte(math.Round(255*share)))
	}
	return out
}
