package plot

import (
	"cmp"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"gorae/chart"
)

// wordMap draws words beside dots at their points. Where dots are close, a word stands in the nearest free place, and a
// thin line leads to its dot.
type wordMap struct {
	words []chart.Word
	face  writing
}

const (
	wordSize  = 8   // of the letters, in points
	wordDot   = 1.8 // radius of a dot, in points
	wordGap   = 3   // between a dot and its word, in points
	wordRing  = 5   // between the distances that are tried, in points
	wordRings = 60
	wordWays  = 24 // directions that are tried at each distance
)

// addWords adds words to a plot and widens its axes to hold their points.
func addWords(p *plot.Plot, words []chart.Word, face writing) {
	if len(words) == 0 {
		return
	}
	for _, w := range words {
		p.X.Min, p.X.Max = math.Min(p.X.Min, w.X), math.Max(p.X.Max, w.X)
		p.Y.Min, p.Y.Max = math.Min(p.Y.Min, w.Y), math.Max(p.Y.Max, w.Y)
	}
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		settle(a)
		edge := 0.04 * (a.Max - a.Min)
		a.Min, a.Max = a.Min-edge, a.Max+edge
	}
	p.Add(wordMap{words, face})
}

// place is where a word stands.
type place struct {
	dot vg.Point
	box vg.Rectangle
	led bool // the box is not beside its dot
}

// Plot implements plot.Plotter.
func (m wordMap) Plot(c draw.Canvas, p *plot.Plot) {
	style := m.face.style(vg.Points(wordSize))
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	leader := draw.LineStyle{Color: color.Gray{170}, Width: vg.Points(0.4)}
	places := m.places(c, p)
	for i, at := range places {
		if at.led {
			c.StrokeLine2(leader, at.dot.X, at.dot.Y, within(at.dot.X, at.box.Min.X, at.box.Max.X),
				within(at.dot.Y, at.box.Min.Y, at.box.Max.Y))
		}
		c.DrawGlyph(draw.GlyphStyle{Color: m.words[i].Color(), Radius: vg.Points(wordDot), Shape: draw.CircleGlyph{}},
			at.dot)
	}
	for i, at := range places {
		style.Color = m.words[i].Color()
		c.FillText(style, vg.Point{X: (at.box.Min.X + at.box.Max.X) / 2, Y: (at.box.Min.Y + at.box.Max.Y) / 2},
			m.words[i].Text)
	}
}

// within returns the number of a range that is nearest to x.
func within(x, lo, hi vg.Length) vg.Length { return min(max(x, lo), hi) }

// places finds the places of the words, those from the outside of the map inwards: the words at the edge of a group of
// dots go away from it, and leave the places around it to the others.
func (m wordMap) places(c draw.Canvas, p *plot.Plot) []place {
	across, up := p.Transforms(&c)
	style := m.face.style(vg.Points(wordSize))
	places := make([]place, len(m.words))
	taken := make([]vg.Rectangle, len(m.words), 2*len(m.words))
	for i, w := range m.words {
		dot := vg.Point{X: across(w.X), Y: up(w.Y)}
		places[i].dot, taken[i] = dot, boxAround(dot, vg.Points(wordDot), vg.Points(wordDot))
	}
	order, away := m.outside(places)
	for _, i := range order {
		dot := places[i].dot
		wide, high := style.Width(m.words[i].Text)/2+vg.Points(1), style.Height(m.words[i].Text)/2
		at := boxAround(vg.Point{X: dot.X + wide + vg.Points(wordGap), Y: dot.Y}, wide, high)
	search:
		for ring := range wordRings {
			far := vg.Points(wordGap + wordRing*float64(ring))
			for k := range wordWays {
				turn := float64((k+1)/2) * (1 - 2*float64(k%2)) // 0, −1, 1, −2, 2, …
				y, x := math.Sincos(away[i] + turn*2*math.Pi/wordWays)
				box := boxAround(vg.Point{X: dot.X + vg.Length(x)*(far+wide), Y: dot.Y + vg.Length(y)*(far+high)}, wide,
					high)
				free := func(r vg.Rectangle) bool { return !meet(r, box) }
				if contains(c.Rectangle, box) && every(taken, free) {
					at, places[i].led = box, ring > 1
					break search
				}
			}
		}
		places[i].box, taken = at, append(taken, at)
	}
	return places
}

// outside returns the words in the falling order of their distances from the middle of their kind, and the directions
// away from it, in radians.
func (m wordMap) outside(places []place) (order []int, away []float64) {
	middle, count := map[int]vg.Point{}, map[int]vg.Length{}
	for i, w := range m.words {
		middle[w.Kind] = middle[w.Kind].Add(places[i].dot)
		count[w.Kind]++
	}
	far := make([]float64, len(m.words))
	away = make([]float64, len(m.words))
	for i, w := range m.words {
		d := places[i].dot.Sub(middle[w.Kind].Scale(1 / count[w.Kind]))
		far[i], away[i] = math.Hypot(float64(d.X), float64(d.Y)), math.Atan2(float64(d.Y), float64(d.X))
		order = append(order, i)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(far[b], far[a]) })
	return order, away
}

// boxAround returns the box with a middle and half of its sides.
func boxAround(middle vg.Point, wide, high vg.Length) vg.Rectangle {
	half := vg.Point{X: wide, Y: high}
	return vg.Rectangle{Min: middle.Sub(half), Max: middle.Add(half)}
}

func contains(r, box vg.Rectangle) bool {
	return box.Min.X >= r.Min.X && box.Max.X <= r.Max.X && box.Min.Y >= r.Min.Y && box.Max.Y <= r.Max.Y
}

func every(boxes []vg.Rectangle, is func(vg.Rectangle) bool) bool {
	return !slices.ContainsFunc(boxes, func(r vg.Rectangle) bool { return !is(r) })
}

func meet(a, b vg.Rectangle) bool {
	return a.Min.X < b.Max.X && b.Min.X < a.Max.X && a.Min.Y < b.Max.Y && b.Min.Y < a.Max.Y
}
