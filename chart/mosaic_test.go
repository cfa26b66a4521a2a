package chart

import (
	"image"
	"image/color"
	"testing"
)

// TestMosaic: three pictures of 2×1 pixels, two in a row, enlarged twice, with a dot between them.
func TestMosaic(t *testing.T) {
	var all []image.Image
	for i := range 3 {
		g := image.NewGray(image.Rect(0, 0, 2, 1))
		g.Pix[0], g.Pix[1] = uint8(100+i), uint8(200+i)
		all = append(all, g)
	}
	m := Mosaic(all, 2, 2, 1)
	if m.Bounds() != image.Rect(0, 0, 9, 5) {
		t.Fatal(m.Bounds())
	}
	for at, want := range map[image.Point]uint8{{0, 0}: 100, {1, 1}: 100, {3, 1}: 200, {4, 0}: 96, {5, 0}: 101,
		{8, 1}: 201, {0, 2}: 96, {0, 3}: 102, {3, 4}: 202, {6, 4}: 96} {
		if got := color.GrayModel.Convert(m.At(at.X, at.Y)).(color.Gray).Y; got != want {
			t.Errorf("%v: %d, want %d", at, got, want)
		}
	}
	if m := Mosaic(nil, 2, 1, 0); !m.Bounds().Empty() {
		t.Error(m.Bounds())
	}
}
