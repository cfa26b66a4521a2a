// Package tensor holds dense arrays with shapes: the numbers that enter and
// leave a network. It does no arithmetic; computation belongs to graphs
// (package graph) and their plans (package plan).
//
// Names for ranks: a scalar is a 0D tensor (shape ()), a vector
// 1D, a matrix 2D; a colour picture is 3D, (height, width, channels). The first
// axis of a batch counts the samples.
package tensor

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// DType is the type of a tensor's elements.
type DType uint8

// The element types. Float32 is what networks compute with; Int32 holds ids and
// class labels, Uint8 holds pixels.
const (
	Float32 DType = iota
	Int32
	Uint8
)

// String returns the type's name as NumPy spells it.
func (d DType) String() string {
	switch d {
	case Float32:
		return "float32"
	case Int32:
		return "int32"
	case Uint8:
		return "uint8"
	}
	return "dtype(" + strconv.Itoa(int(d)) + ")"
}

// Size returns the number of bytes of one element.
func (d DType) Size() int {
	if d == Uint8 {
		return 1
	}
	return 4
}

// Shape is the extent of each axis; the empty shape is a scalar's.
type Shape []int

// Size returns the number of elements: the product of the extents, 1 for a scalar.
func (s Shape) Size() int {
	n := 1
	for _, d := range s {
		n *= d
	}
	return n
}

// Equal reports whether both shapes have the same axes.
func (s Shape) Equal(t Shape) bool { return slices.Equal(s, t) }

// Clone returns a copy that shares nothing with s.
func (s Shape) Clone() Shape { return slices.Clone(s) }

// String prints a shape as Python does: (), (3,), (28, 28, 3).
func (s Shape) String() string {
	var b strings.Builder
	b.WriteByte('(')
	for i, d := range s {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(d))
	}
	if len(s) == 1 {
		b.WriteByte(',')
	}
	b.WriteByte(')')
	return b.String()
}

// Tensor is a dense array in row-major order. Exactly one of F32, I32 and U8
// holds the elements, and its length is Shape.Size().
type Tensor struct {
	Shape Shape
	F32   []float32
	I32   []int32
	U8    []uint8

	// Original has the elements of the file where F32 holds them rounded; nil where it holds them as they are.
	Original *Original

	// Type is NumPy's name of the elements' type in the file where DType has another: bool or float16; "" elsewhere.
	Type string
}

// The values of Tensor.Type.
const (
	Bool    = "bool"    // U8 holds 0 and 1
	Float16 = "float16" // F32 holds the elements exactly
)

// New is a tensor of zeros.
func New(dt DType, shape ...int) *Tensor {
	t := &Tensor{Shape: slices.Clone(shape)}
	n := t.Shape.Size()
	switch dt {
	case Float32:
		t.F32 = make([]float32, n)
	case Int32:
		t.I32 = make([]int32, n)
	case Uint8:
		t.U8 = make([]uint8, n)
	default:
		panic("tensor.New: unknown dtype " + dt.String())
	}
	return t
}

// Of returns a tensor over data, which it keeps and does not copy. It panics when the
// length is not the shape's size: that is a mistake in the program, not in data.
func Of[T float32 | int32 | uint8](data []T, shape ...int) *Tensor {
	t := &Tensor{Shape: slices.Clone(shape)}
	if len(data) != t.Shape.Size() {
		panic(fmt.Sprintf("tensor.Of: %d elements do not fill shape %v", len(data), t.Shape))
	}
	if data == nil {
		data = []T{}
	}
	switch d := any(data).(type) {
	case []float32:
		t.F32 = d
	case []int32:
		t.I32 = d
	case []uint8:
		t.U8 = d
	}
	return t
}

// DType returns the type of the elements.
func (t *Tensor) DType() DType {
	switch {
	case t.I32 != nil:
		return Int32
	case t.U8 != nil:
		return Uint8
	}
	return Float32
}

// Len returns the number of elements.
func (t *Tensor) Len() int { return t.Shape.Size() }

// Clone returns a copy that shares nothing with t.
func (t *Tensor) Clone() *Tensor {
	return &Tensor{t.Shape.Clone(), slices.Clone(t.F32), slices.Clone(t.I32), slices.Clone(t.U8),
		t.Original.clone(), t.Type}
}

// Reshape returns the same elements under another shape of the same size. One extent
// may be −1: it becomes what the others leave.
func (t *Tensor) Reshape(shape ...int) (*Tensor, error) {
	s := Shape(slices.Clone(shape))
	hole, known := -1, 1
	for i, d := range s {
		switch {
		case d >= 0:
			known *= d
		case hole < 0:
			hole = i
		default:
			return nil, fmt.Errorf("reshape %v to %v: only one extent can be inferred", t.Shape, s)
		}
	}
	if hole >= 0 && known > 0 && t.Len()%known == 0 {
		s[hole] = t.Len() / known
		known *= s[hole]
	}
	if known != t.Len() || (hole >= 0 && s[hole] < 0) {
		return nil, fmt.Errorf("reshape %v to %v: %d elements do not fit", t.Shape, s, t.Len())
	}
	return &Tensor{s, t.F32, t.I32, t.U8, t.Original, t.Type}, nil
}

// Rows returns the view of rows i up to j along the first axis; it shares the
// elements with t.
func (t *Tensor) Rows(i, j int) *Tensor {
	s := t.Shape.Clone()
	row := Shape(s[1:]).Size()
	s[0] = j - i
	v := &Tensor{Shape: s, Type: t.Type}
	switch t.DType() {
	case Int32:
		v.I32 = t.I32[i*row : j*row : j*row]
	case Uint8:
		v.U8 = t.U8[i*row : j*row : j*row]
	default:
		v.F32 = t.F32[i*row : j*row : j*row]
		v.Original = t.Original.slice(i*row, j*row)
	}
	return v
}

// Float returns element i, in row-major order, as a number: that of the file, also where F32 holds it rounded.
func (t *Tensor) Float(i int) float64 {
	switch t.DType() {
	case Float32:
		if t.Original != nil {
			return t.Original.float(i)
		}
	case Int32:
		return float64(t.I32[i])
	case Uint8:
		return float64(t.U8[i])
	}
	return float64(t.F32[i])
}
