package plot

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"io"
	"math"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

const (
	tileSide   = 96  // Side where it is 0
	tileMost   = 256 // the longer side beyond which pictures are shown smaller
	labelWidth = 180 // the greatest width of a tile due to its text
	tileGap    = 12
	lineHeight = 15
	textSize   = 12.0 // dots
	titleSize  = 17.0
)

// png writes the sheet. Small pictures are enlarged by whole factors, so that each of their pixels is a square; larger
// ones keep their size up to 256 dots; beyond, every n-th pixel is shown.
func (s sheet) png(w io.Writer) error {
	if len(s.Tiles) == 0 {
		return fmt.Errorf("plot: a sheet without pictures; give at least one")
	}
	cellW, cellH, lines := 0, 0, 0
	least := s.Side
	if least < 1 {
		least = tileSide
	}
	pictures := make([]image.Image, len(s.Tiles))
	for i, t := range s.Tiles {
		if t.Image == nil || t.Image.Bounds().Empty() {
			return fmt.Errorf("plot: picture %d of the sheet is empty", i+1)
		}
		pictures[i] = magnify(t.Image, least)
		b := pictures[i].Bounds()
		cellW, cellH, lines = max(cellW, b.Dx()), max(cellH, b.Dy()), max(lines, len(t.Lines))
	}
	p, err := newPen()
	if err != nil {
		return err
	}
	for _, t := range s.Tiles {
		for _, l := range t.Lines {
			cellW = max(cellW, min(p.width(p.plain, l), labelWidth))
		}
	}
	cellW, cellH = cellW+tileGap, cellH+lines*lineHeight+tileGap
	columns := s.Columns
	if columns < 1 {
		columns = int(math.Ceil(math.Sqrt(float64(len(s.Tiles)*cellH) / float64(cellW))))
	}
	columns = min(columns, len(s.Tiles))
	rows := (len(s.Tiles) + columns - 1) / columns
	top := tileGap
	if s.Title != "" {
		top += 2 * lineHeight
	}
	width := max(columns*cellW+tileGap, p.width(p.title, s.Title)+2*tileGap)
	p.canvas = image.NewRGBA(image.Rect(0, 0, width, top+rows*cellH))
	draw.Draw(p.canvas, p.canvas.Bounds(), image.White, image.Point{}, draw.Src)
	p.text(p.title, s.Title, tileGap, tileGap+lineHeight, width-2*tileGap)
	for i, t := range s.Tiles {
		x, y := tileGap+i%columns*cellW, top+i/columns*cellH
		b := pictures[i].Bounds()
		draw.Draw(p.canvas, image.Rect(x, y, x+b.Dx(), y+b.Dy()), pictures[i], b.Min, draw.Over)
		for k, l := range t.Lines {
			p.text(p.plain, l, x, y+cellH-tileGap-lines*lineHeight+(k+1)*lineHeight-3, cellW-tileGap)
		}
	}
	return writePNG(w, p.canvas)
}

// magnify enlarges a picture by whole factors until its longer side has at least that many dots, or reduces it by whole
// steps to at most tileMost.
func magnify(img image.Image, least int) image.Image {
	b := img.Bounds()
	long := max(b.Dx(), b.Dy())
	factor, step := max(1, (least+long-1)/long), (long+tileMost-1)/tileMost
	if factor == 1 && step == 1 {
		return img
	}
	out := image.NewRGBA(image.Rect(0, 0, max(1, b.Dx()/step)*factor, max(1, b.Dy()/step)*factor))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			out.Set(x, y, img.At(b.Min.X+x/factor*step, b.Min.Y+y/factor*step))
		}
	}
	return out
}

// pen writes text on a canvas.
type pen struct {
	canvas       *image.RGBA
	plain, title font.Face
}

func newPen() (*pen, error) {
	p := &pen{}
	for _, x := range []struct {
		to   *font.Face
		size float64
	}{{&p.plain, textSize}, {&p.title, titleSize}} {
		face := &faces{options: opentype.FaceOptions{Size: x.size, DPI: 72, Hinting: font.HintingFull}}
		if err := face.add(0); err != nil {
			return nil, err
		}
		*x.to = face
	}
	return p, nil
}

// faces is a font.Face with a font for each character; the metrics are those of the first font.
type faces struct {
	font.Face
	options opentype.FaceOptions
	made    map[int]font.Face // by the number of the font
}

// add makes the face of a font.
func (f *faces) add(k int) error {
	all, _ := fonts()
	face, err := opentype.NewFace(all[k](), &f.options)
	if err != nil {
		return fmt.Errorf("plot: %w", err)
	}
	if f.made == nil {
		f.made, f.Face = map[int]font.Face{}, face
	}
	f.made[k] = face
	return nil
}

// of returns the face that has a character, and the character; the first face and a box where none has it.
func (f *faces) of(r rune) (font.Face, rune) {
	k, r := fontOf(r)
	if f.made[k] == nil && f.add(k) != nil {
		return f.Face, box
	}
	return f.made[k], r
}

// Glyph implements font.Face.
func (f *faces) Glyph(dot fixed.Point26_6, r rune) (image.Rectangle, image.Image, image.Point, fixed.Int26_6, bool) {
	face, r := f.of(r)
	return face.Glyph(dot, r)
}

// GlyphBounds implements font.Face.
func (f *faces) GlyphBounds(r rune) (fixed.Rectangle26_6, fixed.Int26_6, bool) {
	face, r := f.of(r)
	return face.GlyphBounds(r)
}

// GlyphAdvance implements font.Face.
func (f *faces) GlyphAdvance(r rune) (fixed.Int26_6, bool) {
	face, r := f.of(r)
	return face.GlyphAdvance(r)
}

// Kern implements font.Face: characters of two fonts are not kerned.
func (f *faces) Kern(a, b rune) fixed.Int26_6 {
	left, a := f.of(a)
	right, b := f.of(b)
	if left != right {
		return 0
	}
	return left.Kern(a, b)
}

func (p *pen) width(f font.Face, s string) int { return font.MeasureString(f, composed(s)).Ceil() }

// text writes s with its baseline at y, cut to a width.
func (p *pen) text(f font.Face, s string, x, y, width int) {
	s = composed(s)
	for p.width(f, s) > width {
		r := []rune(strings.TrimSuffix(s, "…"))
		if len(r) < 2 {
			return
		}
		s = string(r[:len(r)-1]) + "…"
	}
	d := font.Drawer{Dst: p.canvas, Src: image.NewUniform(color.Gray{40}), Face: f, Dot: fixed.P(x, y)}
	d.DrawString(s)
}
