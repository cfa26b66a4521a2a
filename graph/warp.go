package graph

import (
	"fmt"
	"math"

	"gorae/tensor"
)

// Border is the rule by which an image a b c d continues beyond its edges.
type Border uint8

// The borders, by Keras's names.
const (
	BorderReflect  Border = iota // d c b a | a b c d | d c b a
	BorderConstant               // v v v v | a b c d | v v v v
	BorderNearest                // a a a a | a b c d | d d d d
	BorderWrap                   // a b c d | a b c d | a b c d
	borders
)

// String returns Keras's name.
func (b Border) String() string {
	if b >= borders {
		return fmt.Sprintf("border(%d)", uint8(b))
	}
	return [...]string{"reflect", "constant", "nearest", "wrap"}[b]
}

// At returns the position within 0 … n−1 that stands for position i, and whether there is one.
func (b Border) At(i, n int) (int, bool) {
	if i >= 0 && i < n {
		return i, true
	}
	switch b {
	case BorderConstant:
		return 0, false
	case BorderNearest:
		return min(max(i, 0), n-1), true
	case BorderWrap:
		if i %= n; i < 0 {
			i += n
		}
		return i, true
	}
	if i %= 2 * n; i < 0 {
		i += 2 * n
	}
	if i >= n {
		i = 2*n - 1 - i
	}
	return i, true
}

// Warp resamples images x [batch, rows, columns, channels] by affine maps m [batch, 6], numbers a b c d e f for each
// image, to [batch, Rows, Columns, channels]. The pixel with its centre at (u, v), in pixels to the right of and below
// the centre of the new image, has the value of the old image at (a·u + b·v + c, d·u + e·v + f) from its centre:
// interpolated bilinearly between four pixels, or that of the nearest one. Maps onto whole pixels copy them.
//
// Gradients flow to the images, not to the maps.
type Warp struct {
	Rows, Columns int
	Border        Border
	Fill          float64 // beyond the edges with BorderConstant
	Nearest       bool    // the nearest pixel instead of four
}

func (o Warp) String() string {
	return fmt.Sprintf("warp(%d×%d %v fill=%v nearest=%v)", o.Rows, o.Columns, o.Border, o.Fill, o.Nearest)
}

// Infer checks that there is a map for each image.
func (o Warp) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 2); err != nil {
		return nil, err
	}
	s, m := x[0].Shape, x[1].Shape
	if len(s) != 4 || x[0].DType != tensor.Float32 || x[1].DType != tensor.Float32 || !m.Equal(tensor.Shape{s[0], 6}) {
		return nil, fmt.Errorf("needs images float32(batch, rows, columns, channels) and maps float32(batch, 6), "+
			"got %v and %v", x[0], x[1])
	}
	if s[1] < 1 || s[2] < 1 || o.Rows < 1 || o.Columns < 1 || o.Border >= borders {
		return nil, fmt.Errorf("cannot look at %v by %v; each side needs 1 pixel or more", x[0], o)
	}
	return []Type{F32(s[0], o.Rows, o.Columns, s[3])}, nil
}

// Grad gives each old pixel its share of the new ones.
func (o Warp) Grad(y, dy []*Node) []*Node {
	x, m := y[0].Call.In[0], y[0].Call.In[1]
	return []*Node{x.Graph().apply1(WarpGrad{o, x.Shape[1], x.Shape[2]}, dy[0], m), nil}
}

// Taps returns the four old pixels, by row and column, of which one new pixel is the weighted sum, with their weights;
// a row or column of −1 stands for the fill value. m is the image's map, rows and columns are the old image's extents.
func (o Warp) Taps(m []float64, row, column, rows, columns int) (at [4][2]int, weight [4]float64) {
	u, v := float64(column)+0.5-float64(o.Columns)/2, float64(row)+0.5-float64(o.Rows)/2
	x := m[0]*u + m[1]*v + m[2] + float64(columns)/2 - 0.5
	y := m[3]*u + m[4]*v + m[5] + float64(rows)/2 - 0.5
	if o.Nearest {
		x, y = math.Floor(x+0.5), math.Floor(y+0.5)
	}
	// Far out every border looks alike, and an int must hold the position.
	const far = 1 << 30
	x, y = min(max(x, -far), far), min(max(y, -far), far)
	left, top := math.Floor(x), math.Floor(y)
	right, down := x-left, y-top
	for k := range at {
		dx, dy := k&1, k>>1
		c, inColumns := o.Border.At(int(left)+dx, columns)
		r, inRows := o.Border.At(int(top)+dy, rows)
		if at[k] = [2]int{r, c}; !inColumns || !inRows {
			at[k] = [2]int{-1, -1}
		}
		wx, wy := 1-right, 1-down
		if dx == 1 {
			wx = right
		}
		if dy == 1 {
			wy = down
		}
		weight[k] = wx * wy
	}
	return at, weight
}

// Eval adds the four shares.
func (o Warp) Eval(e *Eval) {
	x, y := e.In[0], e.Out[0]
	o.each(e.In[1], x.Shape[1], x.Shape[2], func(n, pixel int, old int, w float64) {
		c := x.Shape[3]
		for k := range c {
			v := o.Fill
			if old >= 0 {
				v = x.V[(n*x.Shape[1]*x.Shape[2]+old)*c+k]
			}
			if w != 0 { // a pixel that does not count may be NaN
				y.V[(n*o.Rows*o.Columns+pixel)*c+k] += w * v
			}
		}
	})
}

// each calls f for each tap: image, new pixel, old pixel (−1: the fill value), weight.
func (o Warp) each(m *Array, rows, columns int, f func(n, pixel, old int, w float64)) {
	for n := range m.Shape[0] {
		for p := range o.Rows * o.Columns {
			at, weight := o.Taps(m.V[6*n:6*n+6], p/o.Columns, p%o.Columns, rows, columns)
			for k, a := range at {
				old := -1
				if a[0] >= 0 {
					old = a[0]*columns + a[1]
				}
				f(n, p, old, weight[k])
			}
		}
	}
}

// Warp resamples images by affine maps.
func (x *Node) Warp(m *Node, o Warp) *Node { return x.Graph().apply1(o, x, m) }

// WarpGrad is the transpose of Warp: [batch, Warp.Rows, Warp.Columns, channels] and the maps give [batch, OldRows,
// OldColumns, channels]. Each new pixel is added, by its weights, to the old pixels of which it was the sum, in the
// order of the new pixels.
type WarpGrad struct {
	Warp                Warp
	OldRows, OldColumns int
}

func (o WarpGrad) String() string {
	return fmt.Sprintf("warp_grad(%d×%d %v)", o.OldRows, o.OldColumns, o.Warp)
}

// Infer goes back to the old size.
func (o WarpGrad) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 2); err != nil {
		return nil, err
	}
	s := x[0].Shape
	if len(s) != 4 || s[1] != o.Warp.Rows || s[2] != o.Warp.Columns || !x[1].Shape.Equal(tensor.Shape{s[0], 6}) {
		return nil, fmt.Errorf("needs gradients (batch, %d, %d, channels) and maps (batch, 6), got %v and %v",
			o.Warp.Rows, o.Warp.Columns, x[0], x[1])
	}
	return []Type{F32(s[0], o.OldRows, o.OldColumns, s[3])}, nil
}

// Grad returns a Warp without a fill value, which is a constant.
func (o WarpGrad) Grad(y, dy []*Node) []*Node {
	w := o.Warp
	w.Fill = 0
	return []*Node{dy[0].Warp(y[0].Call.In[1], w), nil}
}

// Eval adds each new pixel to the old ones.
func (o WarpGrad) Eval(e *Eval) {
	dy, dx := e.In[0], e.Out[0]
	c := dy.Shape[3]
	o.Warp.each(e.In[1], o.OldRows, o.OldColumns, func(n, pixel, old int, w float64) {
		if old < 0 || w == 0 {
			return
		}
		for k := range c {
			dx.V[(n*o.OldRows*o.OldColumns+old)*c+k] += w * dy.V[(n*o.Warp.Rows*o.Warp.Columns+pixel)*c+k]
		}
	})
}
