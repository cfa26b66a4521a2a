package inline

import (
	"fmt"
	"image/color"

	"gorae/chart"
)

// reference is the class of what lines are compared with.
const reference = "reference"

// class returns the class of a line: that of the colour of its series where the colour has one, else of its number.
func class(c color.Color, i int) string {
	switch c {
	case chart.Blue:
		return "s0"
	case chart.Orange:
		return "s1"
	case chart.Grey:
		return reference
	}
	return fmt.Sprintf("s%d", i%8)
}

// entry is one name of the legend.
type entry struct {
	name, class string
	points      bool
	area        bool
}

// rows returns the entries of the legend, row by row as they have room.
func (d *drawing) rows() [][]entry {
	var all []entry
	for i, l := range d.p.Lines {
		if l.Name != "" {
			all = append(all, entry{name: l.Name, class: class(l.Color, i), area: l.Base != nil})
		}
	}
	for i, s := range d.p.Points {
		if s.Name != "" {
			all = append(all, entry{name: s.Name, class: fmt.Sprintf("s%d", i%8), points: true})
		}
	}
	rows, used := [][]entry{nil}, 0.0
	for _, e := range all {
		w := e.width()
		if used > 0 && used+w > width-left-right {
			rows, used = append(rows, nil), 0
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], e)
		used += w
	}
	return rows
}

func (e entry) width() float64 { return 34 + extent(e.name) + 10 }

// extent is about how wide a text is, in the picture's units.
func extent(s string) float64 {
	n := 0.0
	for _, r := range s {
		n += legendCharacter
		if r >= 0x1100 { // characters of two columns
			n += 0.8 * legendCharacter
		}
	}
	return n
}

// legend draws the names of lines and points between the title and the axes.
func (d *drawing) legend() {
	for k, row := range d.rows() {
		x, y := float64(left), float64(32+legendRow*k)
		for _, e := range row {
			switch {
			case e.area:
				fmt.Fprintf(&d.b, `<path class="area %s" d="M%.1f %.1fh26v10h-26z"/>`, e.class, x, y-9)
			case !e.points:
				fmt.Fprintf(&d.b, `<path class="line %s" d="M%.1f %.1fh26"/>`, e.class, x, y-4)
			}
			if !e.area && e.class != reference {
				d.dot(x+13, y-4, e.class)
			}
			d.text(x+32, y, "start", e.name)
			x += e.width()
		}
	}
}
