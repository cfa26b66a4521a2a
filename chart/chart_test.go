package chart

import (
	"image/color"
	"io"
	"testing"
)

// TestNoPainter: without package plot every picture is an error that names it.
func TestNoPainter(t *testing.T) {
	before := painter
	defer func() { painter = before }()
	painter = nil
	for what, err := range map[string]error{
		"figure": Figure{}.PNG(io.Discard), "figure, SVG": Figure{}.SVG(io.Discard),
		"confusion": Confusion{}.PNG(io.Discard), "heat": Heat{}.SVG(io.Discard), "sheet": Sheet{}.PNG(io.Discard),
	} {
		if err == nil || err.Error() != "this program links no drawing of pictures; import gorae/plot" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestPicture(t *testing.T) {
	p := Picture([]float32{-1, 0, 1, 3, 0, -2}, 1, 2, 3, -1, 1)
	if c := p.At(0, 0); c != (color.RGBA{0, 128, 255, 255}) {
		t.Errorf("%v", c)
	}
	if c := p.At(1, 0); c != (color.RGBA{255, 128, 0, 255}) {
		t.Errorf("%v", c)
	}
	if c := Picture([]float32{0.2}, 1, 1, 1, 0, 1).At(0, 0); c != (color.RGBA{51, 51, 51, 255}) {
		t.Errorf("%v", c)
	}
}
