package plot

import (
	"fmt"
	"gorae/chart"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// faint is the colour of grids.
var faint = color.NRGBA{228, 228, 228, 255}

// The types of package chart, drawn.
type (
	figure    chart.Figure
	panel     chart.Panel
	line      chart.Line
	mark      chart.Mark
	confusion chart.Confusion
	heat      chart.Heat
	heatMap   chart.HeatMap
	sheet     chart.Sheet
)

const (
	panelWidth  = 4.4 * vg.Inch
	panelHeight = 3.3 * vg.Inch
	titleHeight = 0.36 * vg.Inch
	dotsPerInch = 110
)

// svg writes the figure as an SVG document; its text stays text.
func (f figure) svg(w io.Writer) error {
	width, height := f.size()
	c := vgsvg.New(width, height)
	if err := f.draw(draw.New(c), written()); err != nil {
		return err
	}
	return writeSVG(w, c)
}

// png writes the figure as a PNG picture.
func (f figure) png(w io.Writer) error {
	width, height := f.size()
	c := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dotsPerInch))
	if err := f.draw(draw.New(c), drawn()); err != nil {
		return err
	}
	return writePNG(w, c.Image())
}

// writePNG writes a picture with the fastest compression: lines on white take little room under any, and the best one
// costs more time than drawing.
func writePNG(w io.Writer, picture image.Image) error {
	return (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, picture)
}

func (f figure) size() (vg.Length, vg.Length) {
	height := panelHeight
	for _, p := range f.Panels {
		height = max(height, rowsHeight(len(p.Rows)))
	}
	rows, columns := f.grid()
	height *= vg.Length(rows)
	if f.Title != "" {
		height += titleHeight
	}
	width := vg.Length(columns) * panelWidth
	if f.Large {
		return 2 * width, 2 * height
	}
	return width, height
}

// grid is how many rows and columns of panels there are.
func (f figure) grid() (rows, columns int) {
	n := max(1, len(f.Panels))
	columns = n
	if f.Columns > 0 {
		columns = min(n, f.Columns)
	}
	return (n + columns - 1) / columns, columns
}

func (f figure) draw(c draw.Canvas, face writing) error {
	if len(f.Panels) == 0 {
		return fmt.Errorf("plot: a figure without panels; give at least one")
	}
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	body := c
	if f.Title != "" {
		style := face.style(vg.Points(13))
		style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
		body = draw.Crop(c, 0, 0, 0, -titleHeight)
		c.FillText(style, vg.Point{X: (c.Min.X + c.Max.X) / 2, Y: c.Max.Y - titleHeight/2}, f.Title)
	}
	rows, columns := f.grid()
	plots := make([][]*plot.Plot, rows)
	for r := range plots {
		plots[r] = make([]*plot.Plot, columns)
	}
	for i, p := range f.Panels {
		out, err := panel(p).plot(face)
		if err != nil {
			return err
		}
		plots[i/columns][i%columns] = out
	}
	tiles := draw.Tiles{
		Rows: rows, Cols: columns, PadY: vg.Points(12), PadX: vg.Points(16),
		PadTop: vg.Points(4), PadBottom: vg.Points(6), PadLeft: vg.Points(8), PadRight: vg.Points(14),
	}
	cells := plot.Align(plots, tiles, body)
	for i := range f.Panels {
		plots[i/columns][i%columns].Draw(cells[i/columns][i%columns])
	}
	return nil
}

// plot builds gonum's plot of the panel.
func (p panel) plot(face writing) (*plot.Plot, error) {
	out := plot.New()
	face.dress(out)
	out.Title.Text, out.X.Label.Text, out.Y.Label.Text = p.Title, p.X, p.Y
	out.Title.Padding = vg.Points(5)
	out.X.Tick.Marker = plot.DefaultTicks{}
	if p.Whole {
		out.X.Tick.Marker = wholeTicks{}
	}
	if p.Ticks != nil {
		out.X.Tick.Marker = namedTicks(p.Ticks)
	}
	if p.YTicks != nil {
		out.Y.Tick.Marker = namedTicks(p.YTicks)
	}
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = faint, faint
	out.Add(grid)
	for _, l := range p.Lines {
		if err := line(l).add(out); err != nil {
			return nil, err
		}
	}
	if p.Rows != nil {
		out.Y.Scale, out.Y.Tick.Marker = plot.InvertedScale{Normalizer: plot.LinearScale{}}, rowTicks(p.Rows)
	}
	for k, s := range p.Points {
		if err := points(s).add(out, k, p.dots()); err != nil {
			return nil, err
		}
	}
	if p.Rows != nil {
		out.Y.Min, out.Y.Max = 0.5, float64(len(p.Rows))+0.5
	} else if p.Log {
		out.Y.Scale, out.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	} else if span := out.Y.Max - out.Y.Min; span > 0 {
		out.Y.Min, out.Y.Max = out.Y.Min-0.04*span, out.Y.Max+0.04*span
		if p.Head {
			out.Y.Max += 0.16 * span
		}
	}
	if n := len(p.Ticks); n > 1 {
		room := 0.25 * (p.Ticks[n-1].At - p.Ticks[0].At) / float64(n-1)
		out.X.Min, out.X.Max = min(out.X.Min, p.Ticks[0].At-room), max(out.X.Max, p.Ticks[n-1].At+room)
	}
	settle(&out.X)
	settle(&out.Y)
	addWords(out, p.Words, face)
	for _, m := range p.Marks {
		if err := mark(m).add(out, face); err != nil {
			return nil, err
		}
	}
	if len(p.Points) > 0 {
		p.room(out)
	}
	out.Legend.Top, out.Legend.Left, out.Legend.Padding = true, false, vg.Points(2)
	if !p.Head {
		out.Legend.Top, out.Legend.Left = p.corner(out)
	}
	out.Legend.XOffs = -vg.Points(6)
	if out.Legend.Left {
		out.Legend.XOffs = vg.Points(6)
	}
	out.Legend.YOffs = vg.Points(6)
	if out.Legend.Top {
		out.Legend.YOffs = -vg.Points(6)
	}
	return out, nil
}

// settle widens an axis on which all values are equal, because a scale of length 0 cannot be drawn.
func settle(a *plot.Axis) {
	if math.IsInf(a.Min, 0) || math.IsInf(a.Max, 0) || a.Min > a.Max {
		a.Min, a.Max = 0, 1
	}
	if a.Min == a.Max {
		room := max(math.Abs(a.Min)*0.5, 0.5)
		if _, log := a.Scale.(plot.LogScale); log {
			a.Min, a.Max = a.Min/2, a.Max*2
			return
		}
		a.Min, a.Max = a.Min-room, a.Max+room
	}
}

// corner returns where the legend stands: in the corner that the least of the lines runs through, of equal ones on the
// right and at the top.
func (p panel) corner(out *plot.Plot) (top, left bool) {
	names := 0
	for _, l := range p.Lines {
		if l.Name != "" {
			names++
		}
	}
	wide, high := 0.36, 0.03+0.06*float64(names) // of the panel
	least := math.Inf(1)
	for _, corner := range [][2]bool{{true, false}, {false, false}, {true, true}, {false, true}} {
		through := 0.0
		for _, l := range p.Lines {
			through += line(l).share(func(x, y float64) bool {
				x, y = out.X.Scale.Normalize(out.X.Min, out.X.Max, x), out.Y.Scale.Normalize(out.Y.Min, out.Y.Max, y)
				if corner[0] {
					y = 1 - y
				}
				if !corner[1] {
					x = 1 - x
				}
				return x < wide && y < high
			})
		}
		if through < least {
			least, top, left = through, corner[0], corner[1]
		}
	}
	return top, left
}

// share is the share of a line's course that is inside of something.
func (l line) share(inside func(x, y float64) bool) float64 {
	const steps = 16 // of a segment
	hits, all := 0.0, 0.0
	for i := range l.Y {
		x, y := l.at(i)
		last, before := x, y
		if i > 0 {
			last, before = l.at(i - 1)
		}
		for k := range steps {
			f := float64(k) / steps
			v := y + f*(before-y)
			if math.IsNaN(v) || math.IsInf(v, 0) {
				continue
			}
			if all++; inside(x+f*(last-x), v) {
				hits++
			}
		}
	}
	return hits / max(1, all)
}

// at is the place of value i.
func (l line) at(i int) (x, y float64) {
	if i < len(l.X) {
		return l.X[i], l.Y[i]
	}
	return float64(i + 1), l.Y[i]
}

// add draws a line; a NaN or an infinity interrupts it, and a point with no
// neighbour to be joined to shows as a dot.
func (l line) add(p *plot.Plot) error {
	shade := l.Color
	if shade == nil {
		shade = chart.Blue
	}
	if l.Base != nil {
		return l.fill(p, shade)
	}
	var sample *plotter.Line
	var piece plotter.XYs
	flush := func() error {
		if len(piece) == 0 {
			return nil
		}
		if len(piece) <= 40 {
			dots, err := plotter.NewScatter(piece)
			if err != nil {
				return fmt.Errorf("plot: line %q: %w", l.Name, err)
			}
			dots.Color, dots.Radius, dots.Shape = shade, vg.Points(1.9), draw.CircleGlyph{}
			p.Add(dots)
		}
		line, err := plotter.NewLine(piece)
		if err != nil {
			return fmt.Errorf("plot: line %q: %w", l.Name, err)
		}
		line.Color, line.Width = shade, vg.Points(1.6)
		p.Add(line)
		sample, piece = line, nil
		return nil
	}
	for i, y := range l.Y {
		x := float64(i + 1)
		if l.X != nil {
			if i >= len(l.X) {
				return fmt.Errorf("plot: line %q has %d values for %d places", l.Name, len(l.Y), len(l.X))
			}
			x = l.X[i]
		}
		if math.IsNaN(y) || math.IsInf(y, 0) {
			if err := flush(); err != nil {
				return err
			}
			continue
		}
		piece = append(piece, plotter.XY{X: x, Y: y})
	}
	if err := flush(); err != nil {
		return err
	}
	if sample != nil && l.Name != "" {
		p.Legend.Add(l.Name, sample)
	}
	return nil
}

// add draws an upright dashed line through the point, a ring around it, and its text
// on the side that has more room.
func (m mark) add(p *plot.Plot, face writing) error {
	upright, err := plotter.NewLine(plotter.XYs{{X: m.X, Y: p.Y.Min}, {X: m.X, Y: p.Y.Max}})
	if err != nil {
		return fmt.Errorf("plot: mark %q: %w", m.Text, err)
	}
	upright.Color, upright.Width = chart.Grey, vg.Points(0.8)
	upright.Dashes = []vg.Length{vg.Points(3), vg.Points(3)}
	ring, err := plotter.NewScatter(plotter.XYs{{X: m.X, Y: m.Y}})
	if err != nil {
		return fmt.Errorf("plot: mark %q: %w", m.Text, err)
	}
	ring.Color, ring.Radius, ring.Shape = color.Black, vg.Points(4.2), draw.RingGlyph{}
	style := face.style(vg.Points(9))
	style.Color = color.Gray{60}
	style.XAlign, style.YAlign = draw.XLeft, draw.YCenter
	offset := vg.Point{X: vg.Points(6)}
	if m.X > (p.X.Min+p.X.Max)/2 {
		style.XAlign, offset.X = draw.XRight, -offset.X
	}
	// The text stands at mid-height, away from both ends of the curve.
	middle := (p.Y.Min + p.Y.Max) / 2
	if _, log := p.Y.Scale.(plot.LogScale); log {
		middle = math.Sqrt(p.Y.Min * p.Y.Max)
	}
	words := &plotter.Labels{
		XYs: []plotter.XY{{X: m.X, Y: middle}}, Labels: []string{m.Text},
		TextStyle: []text.Style{style}, Offset: offset,
	}
	p.Add(upright, ring, words)
	return nil
}

// wholeTicks puts ticks at whole numbers only, at most about eight of them.
type wholeTicks struct{}

// Ticks are multiples of 1, 2 or 5 times a power of ten.
func (wholeTicks) Ticks(low, high float64) []plot.Tick {
	step := 1.0
	for i := 0; (high-low)/step > 8; i++ {
		step *= []float64{2, 2.5, 2}[i%3]
	}
	var ticks []plot.Tick
	for v := math.Ceil(low/step) * step; v <= high; v += step {
		ticks = append(ticks, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'f', -1, 64)})
	}
	return ticks
}
