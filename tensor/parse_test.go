package tensor

import (
	"slices"
	"strings"
	"testing"
)

// TestParse: lists and lines of numbers, and what is refused of them.
func TestParse(t *testing.T) {
	for _, c := range []struct {
		text   string
		shape  Shape
		values []float32
	}{
		{"[[2,5],[7,8.5]]", Shape{2, 2}, []float32{2, 5, 7, 8.5}},
		{" [1, -2e1] \n", Shape{2}, []float32{1, -20}},
		{"[[[1],[2]],[[3],[4]]]", Shape{2, 2, 1}, []float32{1, 2, 3, 4}},
		{"3", Shape{1}, []float32{3}},
		{"1,2,3\n4,5,6\n", Shape{2, 3}, []float32{1, 2, 3, 4, 5, 6}},
		{"1 2\r\n\r\n3\t4", Shape{2, 2}, []float32{1, 2, 3, 4}},
	} {
		x, err := Parse([]byte(c.text))
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
		} else if !x.Shape.Equal(c.shape) || !slices.Equal(x.F32, c.values) {
			t.Errorf("%q: %v %v, want %v %v", c.text, x.Shape, x.F32, c.shape, c.values)
		}
	}
	for text, want := range map[string]string{
		"":              "no numbers",
		"[]":            "no numbers",
		"[[],[]]":       "no numbers",
		"[[1,2],[3]]":   "element (1,) has the shape (1,), the one before it (2,)",
		"[1,[2]]":       "element (1,) has the shape (1,), the one before it ()",
		"[1,null]":      "element (1,): null is no number",
		`[["a"]]`:       `element (0, 0): "a" is no number`,
		"[1,2":          "no array of numbers: unexpected end of JSON input",
		"{}":            "is no number",
		"1,2\n3":        "line 2 has 1 numbers, the one before it 2",
		"1,x":           `line 1: "x" is no number`,
		"the cat, sat.": `line 1: "the" is no number`,
	} {
		if x, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v, want %q", text, x, err, want)
		}
	}
}

// TestD5Ranks: a scalar is a 0D tensor, a vector 1D, a matrix 2D, and so on up to 5D, as numbers, as text and on disk.
func TestD5Ranks(t *testing.T) {
	extents := []int{2, 3, 4, 2, 3}
	for rank := range 6 {
		shape := Shape(extents[:rank])
		x := New(Float32, shape...)
		for i := range x.F32 {
			x.F32[i] = float32(i)
		}
		if n := shape.Size(); x.Len() != n || len(x.Shape) != rank {
			t.Errorf("%dD: %d elements, shape %v", rank, x.Len(), x.Shape)
		}
		if n := strings.Count(x.String(), "["); rank > 0 && !strings.HasPrefix(x.String(), strings.Repeat("[", rank)) ||
			rank == 0 && n != 0 {
			t.Errorf("%dD: printed as\n%s", rank, x)
		}
		var b strings.Builder
		if err := WriteNPY(&b, x); err != nil {
			t.Fatal(err)
		}
		y, err := ReadNPY(strings.NewReader(b.String()))
		if err != nil || !y.Shape.Equal(shape) || !slices.Equal(x.F32, y.F32) {
			t.Errorf("%dD: read back as %v, %v", rank, y, err)
		}
	}
}
