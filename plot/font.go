package plot

import (
	"bytes"
	"compress/gzip"
	_ "embed" // of the font
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// Each character is drawn in the first font that has it: Liberation Sans, the program's own Hangul, and a font of this
// machine, which is looked for only once a text needs it. A character that no font has is a box.

// hangul is the part of NanumSquare that fonts/make.py describes: all syllables, letters, and the symbols of
// KS X 1001. fonts/OFL.txt is its licence.
//
//go:embed fonts/Hangul.ttf.gz
var packedHangul []byte

// hangul is the font's file.
var hangul = sync.OnceValue(func() []byte {
	r, err := gzip.NewReader(bytes.NewReader(packedHangul))
	if err != nil {
		return nil // a test reads it
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return nil
	}
	return b
})

// latin is Liberation Sans.
var latin = font.Font{Typeface: "Liberation", Variant: "Sans"}

// families are the names of the fonts behind Liberation Sans, in the order in which they are asked.
var families = []font.Typeface{"Gorae Hangul", "System"}

// fonts returns the fonts in the order in which they are asked, and the cache that has them by name. A font that cannot
// be had is nil.
var fonts = sync.OnceValues(func() ([]func() *opentype.Font, *font.Cache) {
	first := font.DefaultCache.Lookup(latin, vg.Points(10)).Face
	cache := font.NewCache(font.Collection{{Font: latin, Face: first}})
	named := func(name font.Typeface, find func() *opentype.Font) func() *opentype.Font {
		return sync.OnceValue(func() *opentype.Font {
			f := find()
			if f != nil {
				cache.Add(font.Collection{{Font: font.Font{Typeface: name}, Face: f}})
			}
			return f
		})
	}
	return []func() *opentype.Font{
		func() *opentype.Font { return first },
		named(families[0], func() *opentype.Font { return parseFont(hangul()) }),
		named(families[1], systemFont),
	}, cache
})

// box is drawn in place of a character that no font has.
const box = '□'

// fontOf returns the number of the first font that has a character, and the character; 0 and box where none has it.
func fontOf(r rune) (int, rune) {
	all, _ := fonts()
	for k, font := range all {
		if f := font(); f != nil && has(f, r) {
			return k, r
		}
	}
	return 0, box
}

// piece is a part of a text that one font draws.
type piece struct {
	text string
	font int
}

// pieces parts a text by the fonts of its characters.
func pieces(s string) (out []piece) {
	for _, r := range composed(s) {
		k, r := fontOf(r)
		if n := len(out); n > 0 && out[n-1].font == k {
			out[n-1].text += string(r)
			continue
		}
		out = append(out, piece{string(r), k})
	}
	return out
}

// composed returns a text with letters and accents, or the letters of a syllable, joined into one character, as fonts
// have them. Names of files on macOS come apart.
func composed(s string) string { return norm.NFC.String(s) }

// writing is a text.Handler that draws each character in a font that has it.
type writing struct {
	text.Plain
	// whole: a text is written as one element, for a viewer that looks for the fonts itself.
	whole bool
}

// face returns a font by its number, in the size and with the style of another.
func (w writing) face(k int, like font.Font) font.Face {
	if k > 0 {
		like.Typeface, like.Variant = families[k-1], ""
	}
	return w.Fonts.Lookup(like, like.Size)
}

// width returns the width of a line of text.
func (w writing) width(line string, f font.Font) (sum vg.Length) {
	for _, p := range pieces(line) {
		face := w.face(p.font, f)
		sum += face.Width(p.text)
	}
	return sum
}

// Box implements text.Handler.
func (w writing) Box(line string, f font.Font) (width, height, depth vg.Length) {
	_, height, depth = w.Plain.Box("", f)
	return w.width(line, f), height, depth
}

// Draw implements text.Handler as text.Plain does, with the width of all pieces and a font for each.
func (w writing) Draw(c vg.Canvas, txt string, sty text.Style, at vg.Point) {
	lines := w.Lines(txt)
	c.SetColor(sty.Color)
	c.Push()
	defer c.Pop()
	c.Translate(at)
	c.Rotate(sty.Rotation)
	y := sty.Height(txt)*vg.Length(sty.YAlign) - w.Extents(sty.Font).Ascent
	for i, line := range lines {
		x := vg.Length(sty.XAlign) * w.width(line, sty.Font)
		to := vg.Point{X: x, Y: y + vg.Length(len(lines)-i)*sty.Font.Size}
		if w.whole {
			c.FillString(w.face(0, sty.Font), to, composed(line))
			continue
		}
		for _, p := range pieces(line) {
			face := w.face(p.font, sty.Font)
			c.FillString(face, to, p.text)
			to.X += face.Width(p.text)
		}
	}
}

// drawn is the writing of PNG pictures; written that of SVG documents, whose text stays text.
func drawn() writing {
	_, cache := fonts()
	return writing{Plain: text.Plain{Fonts: cache}}
}

func written() writing {
	w := drawn()
	w.whole = true
	return w
}

func (w writing) style(size vg.Length) text.Style {
	f := latin
	f.Size = size
	return text.Style{Font: f, Handler: w}
}

// dress sets this writing for every text of a plot.
func (w writing) dress(p *plot.Plot) {
	p.TextHandler = w
	set := func(s *text.Style, size vg.Length) {
		s.Font, s.Handler = w.style(size).Font, w
	}
	set(&p.Title.TextStyle, vg.Points(11))
	set(&p.Legend.TextStyle, vg.Points(9))
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		set(&a.Label.TextStyle, vg.Points(10))
		set(&a.Tick.Label, vg.Points(8.5))
	}
}

// systemFont is the first font of this machine that has Hangul, which has Chinese characters and kana too, or nil.
func systemFont() *opentype.Font { return findFont(fontFolders()) }

// hangulFonts begin the file names of fonts with Hangul, plain weights first.
var hangulFonts = []string{
	"nanumgothic.", "nanumbarungothic.", "notosanscjk-regular", "notosanskr-regular", "notosanscjkkr-regular",
	"malgun.", "applesdgothicneo", "applegothic", "undotum.", "baekmuk", "notosanscjk", "notosanskr", "nanum",
}

func fontFolders() []string {
	folders := []string{
		"/usr/share/fonts", "/usr/local/share/fonts", // Linux and the BSDs
		"/System/Library/Fonts", "/Library/Fonts", // macOS
	}
	if w := os.Getenv("WINDIR"); w != "" {
		folders = append(folders, filepath.Join(w, "Fonts"))
	}
	if home, err := os.UserHomeDir(); err == nil {
		folders = append(folders, filepath.Join(home, ".local/share/fonts"), filepath.Join(home, ".fonts"),
			filepath.Join(home, "Library/Fonts"))
	}
	return folders
}

func findFont(folders []string) *opentype.Font {
	found := make([]string, len(hangulFonts))
	for _, folder := range folders {
		// A folder that is absent or not readable is skipped.
		_ = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return fs.SkipDir
			}
			name := strings.ToLower(d.Name())
			for i, prefix := range hangulFonts {
				if found[i] == "" && !d.IsDir() && strings.HasPrefix(name, prefix) {
					found[i] = path
				}
			}
			return nil
		})
	}
	for _, path := range found {
		if path == "" {
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		if f := parseFont(b); f != nil && has(f, '가') {
			return f
		}
	}
	return nil
}

// has reports whether a font has a character.
func has(f *opentype.Font, r rune) bool {
	i, err := f.GlyphIndex(nil, r)
	return err == nil && i != 0
}

// parseFont reads a font, or the first font of a collection; nil if it is neither.
func parseFont(b []byte) *opentype.Font {
	c, err := sfnt.ParseCollection(b)
	if err != nil {
		return nil
	}
	f, err := c.Font(0)
	if err != nil {
		return nil
	}
	return f
}
