package env

import (
	"image"
	"image/color"
	"math"
	"slices"
)

// Renderer is an environment that draws itself.
type Renderer interface {
	// Render draws the present state into a picture whose palette is Palette, of any size; 300×200 looks best.
	Render(dst *image.Paletted)
}

// Palette is the palette of the pictures that environments draw: white, black, grey, brown, blue, green, red, light
// blue.
var Palette = color.Palette{
	color.RGBA{255, 255, 255, 255}, color.RGBA{30, 30, 30, 255}, color.RGBA{150, 150, 150, 255},
	color.RGBA{202, 152, 101, 255}, color.RGBA{60, 110, 200, 255}, color.RGBA{60, 160, 80, 255},
	color.RGBA{200, 50, 50, 255}, color.RGBA{214, 232, 246, 255},
}

// The numbers of colours in the Palette.
const (
	white uint8 = iota
	black
	grey
	brown
	blue
	green
	red
	ice
)

// canvas draws in coordinates of its own: x from left to right, y upwards.
type canvas struct {
	dst        *image.Paletted
	left, top  float64 // coordinates of the upper left corner
	perPixel   float64
	horizontal int // pixel of the left edge
	vertical   int
}

// newCanvas clears a picture and returns a canvas on which the rectangle between the corners is seen as large as it
// fits, in the middle.
func newCanvas(dst *image.Paletted, x0, y0, x1, y1 float64) *canvas {
	b := dst.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		row := dst.Pix[dst.PixOffset(b.Min.X, y):]
		clear(row[:b.Dx()])
	}
	per := max((x1-x0)/float64(b.Dx()), (y1-y0)/float64(b.Dy()))
	return &canvas{dst: dst, perPixel: per, horizontal: b.Min.X, vertical: b.Min.Y,
		left: (x0+x1)/2 - per*float64(b.Dx())/2, top: (y0+y1)/2 + per*float64(b.Dy())/2}
}

// polygon fills the polygon of corners x0, y0, x1, y1, … by the rule of odd crossings.
func (c *canvas) polygon(colour uint8, corners ...float64) {
	n := len(corners) / 2
	xs, ys := make([]float64, n), make([]float64, n)
	low, high := math.Inf(1), math.Inf(-1)
	for i := range n {
		xs[i], ys[i] = (corners[2*i]-c.left)/c.perPixel, (c.top-corners[2*i+1])/c.perPixel
		low, high = min(low, ys[i]), max(high, ys[i])
	}
	b := c.dst.Bounds()
	var crossings []float64
	for row := max(0, int(math.Floor(low))); row < min(b.Dy(), int(math.Ceil(high))); row++ {
		y := float64(row) + 0.5
		crossings = crossings[:0]
		for i := range n {
			j := (i + 1) % n
			if (ys[i] <= y) != (ys[j] <= y) {
				crossings = append(crossings, xs[i]+(y-ys[i])/(ys[j]-ys[i])*(xs[j]-xs[i]))
			}
		}
		slices.Sort(crossings)
		for i := 0; i+1 < len(crossings); i += 2 {
			from := max(0, int(math.Ceil(crossings[i]-0.5)))
			to := min(b.Dx(), int(math.Ceil(crossings[i+1]-0.5)))
			for x := from; x < to; x++ {
				c.dst.SetColorIndex(c.horizontal+x, c.vertical+row, colour)
			}
		}
	}
}

// rectangle fills a rectangle.
func (c *canvas) rectangle(colour uint8, x0, y0, x1, y1 float64) {
	c.polygon(colour, x0, y0, x1, y0, x1, y1, x0, y1)
}

// line draws a line of a width.
func (c *canvas) line(colour uint8, width, x0, y0, x1, y1 float64) {
	length := math.Hypot(x1-x0, y1-y0)
	if length == 0 {
		return
	}
	dx, dy := -(y1-y0)/length*width/2, (x1-x0)/length*width/2
	c.polygon(colour, x0+dx, y0+dy, x1+dx, y1+dy, x1-dx, y1-dy, x0-dx, y0-dy)
}

// circle fills a circle.
func (c *canvas) circle(colour uint8, x, y, radius float64) {
	const corners = 32
	var list []float64
	for i := range corners {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / corners)
		list = append(list, x+radius*cos, y+radius*sin)
	}
	c.polygon(colour, list...)
}
