package inline

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strings"

	"gorae/chart"
)

// The picture's extent in user units, which are CSS pixels where the picture has this width, and the room around the
// axes.
const (
	width, height              = 460, 290
	left, right, top, bottom   = 40, 14, 50, 44
	yTicks                     = 5
	fewPoints                  = 60 // of a line: each has a mark
	mostPoints                 = 2000
	legendRow, legendCharacter = 16, 7.0
)

// Panel returns a panel as an SVG element. Points that are not finite leave gaps.
func Panel(p chart.Panel) string {
	d := &drawing{p: p}
	d.extents()
	fmt.Fprintf(&d.b, `<svg class="chart" viewBox="0 0 %d %d" role="img" aria-label="%s">`, width, height,
		html.EscapeString(Describe(p)))
	fmt.Fprintf(&d.b, `<text x="%d" y="14" text-anchor="middle" font-weight="600">%s</text>`, width/2,
		html.EscapeString(p.Title))
	d.axes()
	for i, l := range p.Lines {
		d.line(l, class(l.Color, i))
	}
	for i, s := range p.Points {
		d.points(s, fmt.Sprintf("s%d", i%8))
	}
	for _, m := range p.Marks {
		d.mark(m)
	}
	for _, w := range p.Words {
		d.text(d.x.at(w.X), d.y.at(w.Y), "middle", w.Text)
	}
	d.legend()
	d.b.WriteString("</svg>")
	return d.b.String()
}

// Describe says in words what a panel shows: its title, and of each line the first, the least, the greatest and the
// last value.
func Describe(p chart.Panel) string {
	parts := []string{p.Title}
	for _, l := range p.Lines {
		var known []float64
		for _, v := range l.Y {
			if finite(v) {
				known = append(known, v)
			}
		}
		if len(known) == 0 {
			continue
		}
		parts = append(parts, chart.Sprintf("%s: from %s to %s, least %s, greatest %s", l.Name, short4(known[0]),
			short4(known[len(known)-1]), short4(slices.Min(known)), short4(slices.Max(known))))
	}
	for _, s := range p.Points {
		parts = append(parts, chart.Sprintf("%s: %d points", s.Name, len(s.X)))
	}
	return strings.Join(parts, "; ")
}

func short4(v float64) string { return fmt.Sprintf("%.4g", v) }

// finite reports whether a value can be drawn.
func finite(v float64) bool { return math.Abs(v) <= greatest }

// drawable reports whether a value has a place on the y axis.
func (d *drawing) drawable(v float64) bool { return finite(v) && (!d.p.Log || v >= least) }

// drawing is a picture that is being made.
type drawing struct {
	p    chart.Panel
	b    strings.Builder
	x, y axis
}

// extents sets the axes to the values.
func (d *drawing) extents() {
	lowX, highX, lowY, highY := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	take := func(x, y float64) {
		if finite(x) && d.drawable(y) {
			lowX, highX, lowY, highY = min(lowX, x), max(highX, x), min(lowY, y), max(highY, y)
		}
	}
	for _, l := range d.p.Lines {
		for i, y := range l.Y {
			take(abscissa(l.X, i), y)
			if i < len(l.Base) {
				take(abscissa(l.X, i), l.Base[i])
			}
		}
	}
	for _, s := range d.p.Points {
		for i := range s.X {
			take(s.X[i], s.Y[i])
		}
	}
	for _, m := range d.p.Marks {
		take(m.X, m.Y)
	}
	for _, w := range d.p.Words {
		take(w.X, w.Y)
	}
	if n := len(d.p.Rows); n > 0 {
		lowY, highY = 0.5, float64(n)+0.5
	}
	d.y = newAxis(lowY, highY, d.p.Log, height-bottom, d.top())
	d.x = newAxis(lowX, highX, false, d.indent(), width-right)
	if len(d.p.Rows) > 0 {
		d.y.from, d.y.to = d.y.to, d.y.from
	}
}

// indent is where the y axis stands: its labels have room beside it.
func (d *drawing) indent() float64 {
	labels := d.p.Rows
	if len(labels) == 0 {
		for _, t := range d.y.ticks(yTicks, false) {
			labels = append(labels, short(t))
		}
	}
	room := 0.0
	for _, l := range labels {
		room = max(room, extent(l))
	}
	room += 12
	if d.p.Y != "" {
		room += 16
	}
	return min(max(room, left), width/2)
}

func (d *drawing) top() float64 { return float64(top + legendRow*(len(d.rows())-1)) }

func abscissa(x []float64, i int) float64 {
	if x == nil {
		return float64(i + 1)
	}
	return x[i]
}

// axes draws the axes with their ticks and labels, and the grid.
func (d *drawing) axes() {
	bottomY := float64(height - bottom)
	for _, t := range d.x.ticks(6, d.p.Whole) {
		x := d.x.at(t)
		fmt.Fprintf(&d.b, `<path class="grid" d="M%.1f %.1fV%.1f"/>`, x, bottomY, d.top())
		d.text(x, bottomY+16, "middle", short(t))
	}
	if len(d.p.Rows) > 0 {
		for i, r := range d.p.Rows {
			y := d.y.at(float64(i + 1))
			fmt.Fprintf(&d.b, `<path class="grid" d="M%.1f %.1fH%.1f"/>`, d.x.from, y, d.x.to)
			d.text(d.x.from-6, y+4, "end", r)
		}
	} else {
		for _, t := range d.y.ticks(yTicks, false) {
			y := d.y.at(t)
			fmt.Fprintf(&d.b, `<path class="grid" d="M%.1f %.1fH%.1f"/>`, d.x.from, y, d.x.to)
			d.text(d.x.from-6, y+4, "end", short(t))
		}
	}
	fmt.Fprintf(&d.b, `<path class="axis" d="M%.1f %.1fV%.1fH%.1f"/>`, d.x.from, d.top(), bottomY, d.x.to)
	d.text((d.x.from+d.x.to)/2, height-8, "middle", d.p.X)
	if d.p.Y != "" {
		fmt.Fprintf(&d.b, `<text transform="translate(12 %.1f) rotate(-90)" text-anchor="middle">%s</text>`,
			(d.top()+bottomY)/2, html.EscapeString(d.p.Y))
	}
}

func (d *drawing) text(x, y float64, anchor, s string) {
	if s != "" {
		fmt.Fprintf(&d.b, `<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, x, y, anchor, html.EscapeString(s))
	}
}

// line draws a line, or the area between it and its base. Of a line of very many points each pixel has its least and
// its greatest value.
func (d *drawing) line(l chart.Line, class string) {
	y := l.Y
	if l.Base != nil {
		d.area(l, class)
		return
	}
	x := make([]float64, len(y))
	for i := range y {
		x[i] = abscissa(l.X, i)
	}
	x, y = thinned(x, y)
	fmt.Fprintf(&d.b, `<path class="line %s" d="`, class)
	pen := byte('M')
	for i, v := range y {
		if !d.drawable(v) || !finite(x[i]) {
			pen = 'M'
			continue
		}
		fmt.Fprintf(&d.b, "%c%.1f %.1f", pen, d.x.at(x[i]), d.y.at(v))
		pen = 'L'
	}
	d.b.WriteString(`"/>`)
	if len(y) > fewPoints || class == reference {
		return
	}
	for i, v := range y {
		if d.drawable(v) && finite(x[i]) {
			d.dot(d.x.at(x[i]), d.y.at(v), class)
		}
	}
}

// thinned returns at most mostPoints points of a line: of each stretch the least and the greatest value, in their
// order.
func thinned(x, y []float64) (tx, ty []float64) {
	if len(y) <= mostPoints {
		return x, y
	}
	stretch := (2*len(y) + mostPoints - 1) / mostPoints
	for from := 0; from < len(y); from += stretch {
		part := y[from:min(from+stretch, len(y))]
		low, high := 0, 0
		for i, v := range part {
			if v < part[low] {
				low = i
			}
			if v > part[high] {
				high = i
			}
		}
		for _, i := range []int{min(low, high), max(low, high)} {
			tx, ty = append(tx, x[from+i]), append(ty, part[i])
		}
	}
	return tx, ty
}

func (d *drawing) area(l chart.Line, class string) {
	fmt.Fprintf(&d.b, `<path class="area %s" d="`, class)
	pen := byte('M')
	at := func(i int, v float64) {
		if x := abscissa(l.X, i); finite(x) && d.drawable(v) {
			fmt.Fprintf(&d.b, "%c%.1f %.1f", pen, d.x.at(x), d.y.at(v))
			pen = 'L'
		}
	}
	for i, v := range l.Y {
		at(i, v)
	}
	for i := len(l.Base) - 1; i >= 0; i-- {
		at(i, l.Base[i])
	}
	d.b.WriteString(`Z"/>`)
}

// dot draws the mark of a point: a circle, a square, a triangle or a diamond by the class.
func (d *drawing) dot(x, y float64, class string) {
	switch class[len(class)-1] {
	case '1', '5':
		fmt.Fprintf(&d.b, `<path class="dot %s" d="M%.1f %.1fh6v6h-6z"/>`, class, x-3, y-3)
	case '2', '6':
		fmt.Fprintf(&d.b, `<path class="dot %s" d="M%.1f %.1fl3.6 6.4h-7.2z"/>`, class, x, y-4)
	case '3', '7':
		fmt.Fprintf(&d.b, `<path class="dot %s" d="M%.1f %.1fl4 4l-4 4l-4 -4z"/>`, class, x, y-4)
	default:
		fmt.Fprintf(&d.b, `<circle class="dot %s" cx="%.1f" cy="%.1f" r="3"/>`, class, x, y)
	}
}

func (d *drawing) points(s chart.Points, class string) {
	for i := range s.X {
		if finite(s.X[i]) && d.drawable(s.Y[i]) {
			d.dot(d.x.at(s.X[i]), d.y.at(s.Y[i]), class)
		}
	}
}

// mark draws an upright line through a point and names the point, on the side where there is room.
func (d *drawing) mark(m chart.Mark) {
	if !finite(m.X) || !d.drawable(m.Y) {
		return
	}
	x, y := d.x.at(m.X), d.y.at(m.Y)
	fmt.Fprintf(&d.b, `<path class="upright" d="M%.1f %.1fV%d"/><circle class="mark" cx="%.1f" cy="%.1f" r="6"/>`, x,
		d.top(), height-bottom, x, y)
	anchor, dx := "start", 9.0
	if x > (d.x.from+d.x.to)/2 {
		anchor, dx = "end", -9
	}
	dy := 18.0
	if y+dy > height-bottom-4 {
		dy = -10
	}
	if m.Text != "" { // on paper, where lines go through it
		fmt.Fprintf(&d.b, `<text class="said" x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, x+dx, y+dy, anchor,
			html.EscapeString(m.Text))
	}
}
