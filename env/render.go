package env

import (
	"image"
	"math"
)

// Render implements Renderer.
func (c *CartPole) Render(dst *image.Paletted) {
	p := newCanvas(dst, -cartLimit-0.2, -0.7, cartLimit+0.2, 1.5)
	x, theta := c.state[0], c.state[2]
	p.line(black, 0.02, -cartLimit-0.5, -0.15, cartLimit+0.5, -0.15)
	for _, limit := range []float64{-cartLimit, cartLimit} {
		p.line(red, 0.02, limit, -0.3, limit, 0)
	}
	p.rectangle(black, x-0.25, -0.15, x+0.25, 0.1)
	sin, cos := math.Sincos(theta)
	p.line(brown, 0.09, x, 0, x+2*poleHalf*sin, 2*poleHalf*cos)
	p.circle(blue, x, 0, 0.05)
}

// hill is the height of the ground of MountainCar.
func hill(x float64) float64 { return math.Sin(3*x)*0.45 + 0.55 }

// Render implements Renderer.
func (c *MountainCar) Render(dst *image.Paletted) {
	p := newCanvas(dst, carLeft, -0.05, carRight, 1.25)
	const parts = 60
	ground := []float64{carRight + 0.3, -1, carLeft - 0.3, -1}
	for i := range parts + 1 {
		x := carLeft - 0.3 + (carRight-carLeft+0.6)*float64(i)/parts
		ground = append(ground, x, hill(x))
	}
	p.polygon(ice, ground...)
	p.line(grey, 0.01, carGoal, hill(carGoal), carGoal, hill(carGoal)+0.2)
	p.polygon(red, carGoal, hill(carGoal)+0.2, carGoal+0.09, hill(carGoal)+0.16, carGoal, hill(carGoal)+0.12)
	x := c.state[0]
	sin, cos := math.Sincos(math.Atan(3 * 0.45 * math.Cos(3*x)))
	at := func(along, up float64) (float64, float64) {
		return x + along*cos - up*sin, hill(x) + along*sin + up*cos
	}
	var body []float64
	for _, corner := range [][2]float64{{-0.07, 0.02}, {0.07, 0.02}, {0.06, 0.07}, {-0.06, 0.07}} {
		a, b := at(corner[0], corner[1])
		body = append(body, a, b)
	}
	p.polygon(black, body...)
	for _, wheel := range []float64{-0.04, 0.04} {
		a, b := at(wheel, 0.015)
		p.circle(grey, a, b, 0.018)
	}
}

// Render implements Renderer.
func (a *Acrobot) Render(dst *image.Paletted) {
	p := newCanvas(dst, -2.3, -2.3, 2.3, 2.3)
	p.line(grey, 0.03, -3, acrobotLength1, 3, acrobotLength1)
	x1, y1 := acrobotLength1*math.Sin(a.state[0]), -acrobotLength1*math.Cos(a.state[0])
	angle := a.state[0] + a.state[1]
	x2, y2 := x1+acrobotLength1*math.Sin(angle), y1-acrobotLength1*math.Cos(angle)
	p.line(blue, 0.2, 0, 0, x1, y1)
	p.line(green, 0.2, x1, y1, x2, y2)
	p.circle(black, 0, 0, 0.1)
	p.circle(black, x1, y1, 0.1)
}

// Render implements Renderer.
func (f *FrozenLake) Render(dst *image.Paletted) {
	p := newCanvas(dst, -0.1, -0.1, float64(f.cols)+0.1, float64(f.rows)+0.1)
	for i, c := range f.lake {
		x, y := float64(i%f.cols), float64(f.rows-1-i/f.cols)
		p.rectangle(ice, x+0.03, y+0.03, x+0.97, y+0.97)
		switch c {
		case 'H':
			p.circle(blue, x+0.5, y+0.5, 0.38)
		case 'G':
			p.line(grey, 0.06, x+0.3, y+0.15, x+0.3, y+0.85)
			p.polygon(green, x+0.3, y+0.85, x+0.8, y+0.68, x+0.3, y+0.5)
		case 'S':
			p.rectangle(grey, x+0.2, y+0.2, x+0.8, y+0.26)
		}
	}
	x, y := float64(f.field%f.cols), float64(f.rows-1-f.field/f.cols)
	p.line(red, 0.22, x+0.5, y+0.2, x+0.5, y+0.58)
	p.circle(black, x+0.5, y+0.7, 0.14)
}
