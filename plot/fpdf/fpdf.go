// Package fpdf has the functions by which gonum.org/v1/plot/vg/vgpdf writes PDF documents, without the documents:
// Output is an error. The README says why.
package fpdf

import (
	"errors"
	"io"
)

// InitType is the size and unit of a document.
type InitType struct {
	UnitStr string
	Size    SizeType
}

// SizeType is an extent.
type SizeType struct{ Wd, Ht float64 }

// ImageOptions says how an image is read.
type ImageOptions struct {
	ImageType string
	ReadDpi   bool
}

// FontDescType describes a font.
type FontDescType struct {
	Ascent, Descent, CapHeight, Flags, ItalicAngle, StemV, MissingWidth int
}

// Fpdf is a document that holds nothing.
type Fpdf struct{ pages int }

// NewCustom returns a document.
func NewCustom(*InitType) *Fpdf { return &Fpdf{} }

var errPDF = errors.New("pictures are not written as PDF; use PNG or SVG")

// Output is an error.
func (*Fpdf) Output(io.Writer) error { return errPDF }

// MakeFont is an error.
func MakeFont(font, encoding, dir string, log io.Writer, embed bool) error { return errPDF }

// AddPage counts pages.
func (f *Fpdf) AddPage() { f.pages++ }

// PageNo is the number of pages.
func (f *Fpdf) PageNo() int { return f.pages }

// What is drawn goes nowhere.

func (*Fpdf) SetMargins(left, top, right float64)                                 {}
func (*Fpdf) SetLineWidth(width float64)                                          {}
func (*Fpdf) SetDashPattern(dashes []float64, phase float64)                      {}
func (*Fpdf) SetFillColor(r, g, b int)                                            {}
func (*Fpdf) SetDrawColor(r, g, b int)                                            {}
func (*Fpdf) SetTextColor(r, g, b int)                                            {}
func (*Fpdf) SetAlpha(alpha float64, mode string)                                 {}
func (*Fpdf) TransformBegin()                                                     {}
func (*Fpdf) TransformEnd()                                                       {}
func (*Fpdf) TransformRotate(angle, x, y float64)                                 {}
func (*Fpdf) TransformTranslate(x, y float64)                                     {}
func (*Fpdf) TransformScale(width, height, x, y float64)                          {}
func (*Fpdf) SetFont(family, style string, size float64)                          {}
func (*Fpdf) AddFontFromBytes(family, style string, json, z []byte)               {}
func (*Fpdf) MoveTo(x, y float64)                                                 {}
func (*Fpdf) LineTo(x, y float64)                                                 {}
func (*Fpdf) CurveTo(cx, cy, x, y float64)                                        {}
func (*Fpdf) CurveBezierCubicTo(cx0, cy0, cx1, cy1, x, y float64)                 {}
func (*Fpdf) Arc(x, y, rx, ry, rotation, start, end float64, style string)        {}
func (*Fpdf) ClosePath()                                                          {}
func (*Fpdf) DrawPath(style string)                                               {}
func (*Fpdf) Close()                                                              {}
func (*Fpdf) RegisterImageOptionsReader(name string, o ImageOptions, r io.Reader) {}

// CellFormat draws nothing.
func (*Fpdf) CellFormat(w, h float64, text, border string, ln int, align string, fill bool, link int, url string) {
}

// ImageOptions draws nothing.
func (*Fpdf) ImageOptions(name string, x, y, w, h float64, flow bool, o ImageOptions, link int, url string) {
}

// GetCellMargin is 0.
func (*Fpdf) GetCellMargin() float64 { return 0 }

// GetFontSize is 0, in points and in the document's unit.
func (*Fpdf) GetFontSize() (points, units float64) { return 0, 0 }

// GetFontDesc is no font's.
func (*Fpdf) GetFontDesc(family, style string) FontDescType { return FontDescType{} }

// GetStringWidth is 0.
func (*Fpdf) GetStringWidth(text string) float64 { return 0 }
