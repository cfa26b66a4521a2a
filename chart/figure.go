package chart

import "image/color"

// Colours that people with any colour vision tell apart (Okabe and Ito 2008); grey is for
// what lines are compared with.
var (
	Blue   = color.NRGBA{0, 114, 178, 255}
	Orange = color.NRGBA{213, 94, 0, 255}
	Grey   = color.NRGBA{120, 120, 120, 255}
)

// Line is one line of a panel. Where X is nil the values stand at 1, 2, 3, ….
type Line struct {
	Name  string
	X, Y  []float64
	Color color.Color
	Base  []float64 // where it is not nil, the area between Base and Y is filled, and no line is drawn
}

// Palette is colours for kinds of points, the first eight of which people with any colour vision tell apart (Okabe and
// Ito 2008). Kinds beyond them begin again with another shape.
var Palette = []color.Color{
	color.NRGBA{0, 114, 178, 255}, color.NRGBA{230, 159, 0, 255}, color.NRGBA{0, 158, 115, 255},
	color.NRGBA{204, 121, 167, 255}, color.NRGBA{86, 180, 233, 255}, color.NRGBA{213, 94, 0, 255},
	color.NRGBA{40, 40, 40, 255}, color.NRGBA{222, 205, 40, 255}, color.NRGBA{130, 90, 44, 255},
	color.NRGBA{150, 150, 150, 255},
}

// Points is one kind of points of a panel.
type Points struct {
	Name string
	X, Y []float64
}

// Mark is a point worth naming.
type Mark struct {
	X, Y float64
	Text string
}

// Panel is one system of axes.
type Panel struct {
	Title string
	X, Y  string // axis labels
	Lines []Line
	// Points are kinds of points; number k has the colour k of Palette.
	Points []Points
	// Rows names the places 1, 2, … of the y axis, 1 at the top: a panel of points only. Nil: the axis is of numbers.
	Rows  []string
	Marks []Mark
	Log   bool // a logarithmic y axis; every value must be positive
	Head  bool // room above the lines for the legend
	Whole bool // x counts things: its ticks are whole numbers
	Words []Word
	// Ticks names places of the x axis, and YTicks of the y axis; nil: the axis is of numbers. An axis with names has
	// room beyond the first and the last.
	Ticks, YTicks []Tick
}

// Tick is a named place of an axis.
type Tick struct {
	At   float64
	Text string
}

// Figure is panels under a title, row by row.
type Figure struct {
	Title   string
	Panels  []Panel
	Columns int  // panels of a row; 0: all are side by side
	Large   bool // panels of twice the length, for many words
}
