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
	Marks []Mark
	Log   bool // a logarithmic y axis; every value must be positive
	Head  bool // room above the lines for the legend
	Whole bool // x counts things: its ticks are whole numbers
	Words []Word
}

// Figure is panels side by side under a title.
type Figure struct {
	Title  string
	Panels []Panel
	Large  bool // panels of twice the length, for many words
}
