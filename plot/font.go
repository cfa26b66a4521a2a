package plot

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// typeface is a font and the handler that draws with it.
type typeface struct {
	font    font.Font
	handler text.Handler
}

// latin is Liberation Sans, which is part of the program.
func latin() typeface {
	f := font.Font{Typeface: "Liberation", Variant: "Sans"}
	return typeface{f, text.Plain{Fonts: font.DefaultCache}}
}

// outline returns the font.
func (t typeface) outline() *opentype.Font {
	return t.handler.(text.Plain).Fonts.Lookup(t.font, vg.Points(10)).Face
}

func (t typeface) style(size vg.Length) text.Style {
	f := t.font
	f.Size = size
	return text.Style{Font: f, Handler: t.handler}
}

// dress sets this typeface for every text of a plot.
func (t typeface) dress(p *plot.Plot) {
	p.TextHandler = t.handler
	set := func(s *text.Style, size vg.Length) {
		s.Font, s.Handler = t.style(size).Font, t.handler
	}
	set(&p.Title.TextStyle, vg.Points(11))
	set(&p.Legend.TextStyle, vg.Points(9))
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		set(&a.Label.TextStyle, vg.Points(10))
		set(&a.Tick.Label, vg.Points(8.5))
	}
}

// faceFor returns the typeface with the most glyphs of s: the program's own, or a font of this machine where that has
// more.
func faceFor(s string) typeface {
	own := latin()
	gaps := lacks(font.DefaultCache.Lookup(own.font, vg.Points(10)).Face, s)
	if gaps == 0 {
		return own
	}
	wide := systemFont()
	if wide == nil || lacks(wide, s) >= gaps {
		return own
	}
	f := font.Font{Typeface: "System"}
	cache := font.NewCache(font.Collection{{Font: f, Face: wide}})
	return typeface{f, text.Plain{Fonts: cache}}
}

// lacks counts the letters of s without a glyph in a font.
func lacks(f *opentype.Font, s string) (n int) {
	var buf sfnt.Buffer
	for _, r := range s {
		if i, err := f.GlyphIndex(&buf, r); err != nil || i == 0 {
			n++
		}
	}
	return n
}

// systemFont is the first font of this machine that has Hangul, or nil. The
// search reads directories only once a text needs it.
var systemFont = sync.OnceValue(func() *opentype.Font { return findFont(fontFolders()) })

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
		if f := parseFont(path); f != nil && lacks(f, "가힣") == 0 {
			return f
		}
	}
	return nil
}

// parseFont reads a font file, or the first font of a collection; nil if it is
// neither.
func parseFont(path string) *opentype.Font {
	if path == "" {
		return nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
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
