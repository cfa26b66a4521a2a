// Package chart says what a picture shows: learning curves, confusion matrices, contact sheets, maps of numbers. It
// takes numbers and knows no models and no training.
//
// Package plot draws what it describes; a program that imports it can write pictures, as [image.Decode] can read the
// formats whose packages are imported. One that only predicts links no drawing.
package chart

import (
	"errors"
	"io"
)

// Painter draws pictures: values of [Alignment], [Figure], [Confusion], [Heat], [Labels] and [Sheet]. A Sheet is drawn
// as PNG only.
type Painter interface {
	PNG(w io.Writer, picture any) error
	SVG(w io.Writer, picture any) error
}

// painter is the registered one.
var painter Painter

// Register sets who draws, and returns who did before. It is called by the init function of a package, before anything
// is drawn.
func Register(p Painter) (before Painter) {
	before, painter = painter, p
	return before
}

var errNoPainter = errors.New("this program links no drawing of pictures; import gorae/plot")

func drawPNG(w io.Writer, picture any) error {
	if painter == nil {
		return errNoPainter
	}
	return painter.PNG(w, picture)
}

func drawSVG(w io.Writer, picture any) error {
	if painter == nil {
		return errNoPainter
	}
	return painter.SVG(w, picture)
}

// PNG writes the figure as a PNG picture.
func (f Figure) PNG(w io.Writer) error { return drawPNG(w, f) }

// SVG writes the figure as an SVG document; its text stays text.
func (f Figure) SVG(w io.Writer) error { return drawSVG(w, f) }

// PNG writes the matrix as a PNG picture: counts, and below each its share of the row in percent.
func (c Confusion) PNG(w io.Writer) error { return drawPNG(w, c) }

// SVG writes the matrix as an SVG document; its text stays text.
func (c Confusion) SVG(w io.Writer) error { return drawSVG(w, c) }

// PNG writes the maps as a PNG picture.
func (h Heat) PNG(w io.Writer) error { return drawPNG(w, h) }

// SVG writes the maps as an SVG document; its text stays text.
func (h Heat) SVG(w io.Writer) error { return drawSVG(w, h) }

// PNG writes the tables as a PNG picture.
func (l Labels) PNG(w io.Writer) error { return drawPNG(w, l) }

// SVG writes the tables as an SVG document; its text stays text.
func (l Labels) SVG(w io.Writer) error { return drawSVG(w, l) }

// PNG writes the sheet. Small pictures are enlarged by whole factors, so that each of their pixels is a square; larger
// ones keep their size up to 256 dots; beyond, every n-th pixel is shown.
func (s Sheet) PNG(w io.Writer) error { return drawPNG(w, s) }
