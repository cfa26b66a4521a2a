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
	"gonum.org/v1/plot/vg"
)

// Tile is one picture of a sheet and the lines of text below it.
type Tile struct {
	Image image.Image
	Lines []string
}

// Sheet is a contact sheet: pictures in rows under a title.
type Sheet struct {
	Title   string
	Tiles   []Tile
	Columns int // 0: about as wide as high
	Side    int // the least length of a picture's longer side, in dots; 0 is 96
}

const (
	tileSide   = 96  // Side where it is 0
	tileMost   = 256 // the longer side beyond which pictures are shown smaller
	labelWidth = 180 // the greatest width of a tile due to its text
	tileGap    = 12
	lineHeight = 15
	textSize   = 12.0 // dots
	titleSize  = 17.0
)

// PNG writes the sheet. Small pictures are enlarged by whole factors, so that each of their pixels is a square; larger
// ones keep their size up to 256 dots; beyond, every n-th pixel is shown.
func (s Sheet) PNG(w io.Writer) error {
	if len(s.Tiles) == 0 {
		return fmt.Errorf("plot: a sheet without pictures; give at least one")
	}
	cellW, cellH, lines := 0, 0, 0
	words, least := s.Title, s.Side
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
		words += strings.Join(t.Lines, "")
	}
	p, err := newPen(words)
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

func newPen(words string) (*pen, error) {
	f := faceFor(words).outline()
	p := &pen{}
	for _, x := range []struct {
		to   *font.Face
		size float64
	}{{&p.plain, textSize}, {&p.title, titleSize}} {
		face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: x.size, DPI: 72, Hinting: font.HintingFull})
		if err != nil {
			return nil, fmt.Errorf("plot: %w", err)
		}
		*x.to = face
	}
	return p, nil
}

func (p *pen) width(f font.Face, s string) int { return font.MeasureString(f, s).Ceil() }

// text writes s with its baseline at y, cut to a width.
func (p *pen) text(f font.Face, s string, x, y, width int) {
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

// Picture returns a sample in the form in which the network takes it, [height, width, channels], as a picture: low
// becomes black, high white. Of other than 1 or 3 channels the first is shown.
func Picture(x []float32, height, width, channels int, low, high float32) image.Image {
	out := image.NewRGBA(image.Rect(0, 0, width, height))
	span := high - low
	if !(span > 0) {
		span = 1
	}
	for i := range height * width {
		for c := range 3 {
			v := x[i*channels]
			if channels == 3 {
				v = x[i*channels+c]
			}
			out.Pix[4*i+c] = uint8(min(max((v-low)/span*255+0.5, 0), 255))
		}
		out.Pix[4*i+3] = 255
	}
	return out
}

// textWidth is the width of a text in a style's font.
func (t typeface) textWidth(s string, size vg.Length) vg.Length {
	return t.style(size).Width(s)
}
