package plot

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/encoding/korean"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"gorae/chart"
)

// TestHangul: the program's own fonts have every syllable and letter, and every character of rows 1 to 3 of KS X 1001;
// Latin, Greek and Cyrillic text keeps Liberation Sans.
func TestHangul(t *testing.T) {
	for r := '가'; r <= '힣'; r++ {
		if k, _ := fontOf(r); k != 1 {
			t.Fatalf("%c (%U) takes font %d", r, r, k)
		}
	}
	for r := 'ㄱ'; r <= 'ㅣ'; r++ {
		if k, _ := fontOf(r); k != 1 {
			t.Errorf("%c (%U) takes font %d", r, r, k)
		}
	}
	missing := 0
	for _, row := range []byte{0xA1, 0xA2, 0xA3} {
		for cell := byte(0xA1); cell < 0xFF; cell++ {
			s, err := korean.EUCKR.NewDecoder().Bytes([]byte{row, cell})
			if err != nil {
				t.Fatal(err)
			}
			if _, as := fontOf(first(string(s))); as != first(string(s)) && string(s) != "\ufffd" {
				missing++
			}
		}
	}
	if missing > 0 {
		t.Errorf("%d characters of rows 1 to 3 of KS X 1001 are in no font", missing)
	}
	for _, r := range "loss ŷ 0.5 – … × Ж" {
		if k, as := fontOf(r); k != 0 || as != r {
			t.Errorf("%c takes font %d and is drawn as %c", r, k, as)
		}
	}
	got := pieces("손실 loss, 정확도")
	want := []piece{{"손실", 1}, {" loss, ", 0}, {"정확도", 1}}
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for k := range want {
		if got[k] != want[k] {
			t.Errorf("piece %d: %v; want %v", k, got[k], want[k])
		}
	}
}

// TestTextsOfPictures: the program's own fonts have every character of the pictures' texts in each language; those of a
// user's that they lack are looked for on the machine, or drawn as boxes ([TestBox]).
func TestTextsOfPictures(t *testing.T) {
	b, err := os.ReadFile(filepath.FromSlash("../internal/lang/ko/pictures.txt"))
	if err != nil {
		t.Fatal(err)
	}
	syllables := 0
	for _, r := range strings.ReplaceAll(string(b), "\n", "") + "¶·" { // and marks of words
		k, as := fontOf(r)
		if as != r || k > 1 {
			t.Errorf("%c (%U) is not in the program's fonts", r, r)
		}
		if k == 1 {
			syllables++
		}
	}
	if syllables < 300 {
		t.Errorf("%d syllables", syllables)
	}
}

func first(s string) rune { return []rune(s)[0] }

// TestWidth: the width of a mixed text is the sum of the advances of its characters in their fonts; a syllable whose
// letters stand apart is as wide as the syllable.
func TestWidth(t *testing.T) {
	f, err := sfnt.Parse(hangul())
	if err != nil {
		t.Fatal(err)
	}
	em := fixed.Int26_6(f.UnitsPerEm())
	want := 0.0
	for _, r := range "고양이" {
		i, err := f.GlyphIndex(nil, r)
		if err != nil || i == 0 {
			t.Fatal(i, err)
		}
		a, err := f.GlyphAdvance(nil, i, em, font.HintingNone)
		if err != nil {
			t.Fatal(err)
		}
		want += float64(a) / float64(em) * 20
	}
	style := drawn().style(vg.Points(20))
	if got := style.Width("고양이").Points(); math.Abs(got-want) > 1e-9*want || want < 45 || want > 60 {
		t.Errorf("20 points: %v; want %v", got, want)
	}
	if a, b := style.Width("cat 고양이"), style.Width("cat ")+style.Width("고양이"); math.Abs(float64(a-b)) > 1e-9 {
		t.Errorf("%v of the whole, %v of the pieces", a, b)
	}
	if a, b := style.Width("강"), style.Width("\u1100\u1161\u11bc"); a != b {
		t.Errorf("강 is %v wide, of letters %v", a, b)
	}
	if a, b := written().style(vg.Points(20)).Width("고양이"), style.Width("고양이"); a != b {
		t.Errorf("SVG %v, PNG %v", a, b)
	}
}

// TestBox: a character that no font has is drawn as a box, in both kinds of picture, and has a width.
func TestBox(t *testing.T) {
	const absent = "\U0001F40B" // a whale
	if _, as := fontOf(first(absent)); as != box {
		t.Skip("a font of this machine has the character")
	}
	style := drawn().style(vg.Points(20))
	if w := style.Width(absent); w < vg.Points(8) {
		t.Errorf("the box is %v wide", w)
	}
	c := vgimg.NewWith(vgimg.UseWH(vg.Inch, vg.Inch), vgimg.UseDPI(dotsPerInch))
	to := draw.New(c)
	to.FillText(style, vg.Point{X: 20, Y: 20}, absent)
	p, err := newPen()
	if err != nil {
		t.Fatal(err)
	}
	p.canvas = image.NewRGBA(image.Rect(0, 0, 40, 40))
	p.text(p.title, absent, 5, 30, 40)
	for what, m := range map[string]image.Image{"figure": c.Image(), "sheet": p.canvas} {
		if n := dark(m, m.Bounds()); n < 20 {
			t.Errorf("%s: %d dots of a box", what, n)
		}
	}
}

// dark counts the dots of a picture that are not transparent or white.
func dark(m image.Image, r image.Rectangle) (n int) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if c := color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA); c.A > 128 && c.R < 128 {
				n++
			}
		}
	}
	return n
}

// TestEllipsis: words that are too long for their tile are cut to its width, Hangul as Latin.
func TestEllipsis(t *testing.T) {
	p, err := newPen()
	if err != nil {
		t.Fatal(err)
	}
	p.canvas = image.NewRGBA(image.Rect(0, 0, 300, 30))
	p.text(p.plain, strings.Repeat("고양이", 20), 0, 20, 100)
	if n := dark(p.canvas, image.Rect(0, 0, 100, 30)); n < 100 {
		t.Errorf("%d dots of the text", n)
	}
	if n := dark(p.canvas, image.Rect(101, 0, 300, 30)); n != 0 {
		t.Errorf("%d dots beyond the width", n)
	}
}

// TestPNGHangul: two class names in Hangul differ in a picture; both would be rows of the same boxes without a font.
func TestPNGHangul(t *testing.T) {
	picture := func(name string) []byte {
		var b bytes.Buffer
		c := chart.Confusion{Classes: []string{name, "b"}, Counts: [][]int{{1, 0}, {0, 1}}}
		if err := c.PNG(&b); err != nil {
			t.Fatal(err)
		}
		if _, err := png.DecodeConfig(bytes.NewReader(b.Bytes())); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	if bytes.Equal(picture("강아지"), picture("고양이")) {
		t.Error("강아지 and 고양이 look the same")
	}
	if !bytes.Equal(picture("강"), picture("\u1100\u1161\u11bc")) {
		t.Error("a syllable and its letters look different")
	}
}

// TestSVGFont: an SVG carries the Hangul that it uses as a font, each character with its glyph and advance, and no font
// where it uses none.
func TestSVGFont(t *testing.T) {
	var b bytes.Buffer
	two := []float64{1, 2}
	if err := chart.LearningCurves("loss", 1, chart.Curve{Name: "loss", Training: two}).SVG(&b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "@font-face") {
		t.Error("a font for Latin text")
	}
	b.Reset()
	if err := chart.LearningCurves("손실과 정확도", 1, chart.Curve{Name: "손실", Training: two}).SVG(&b); err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(b.String(), "data:font/ttf;base64,")
	if !ok {
		t.Fatal("no font in the document")
	}
	text, _, _ := strings.Cut(rest, ")")
	ttf, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	small, err := sfnt.Parse(ttf)
	if err != nil {
		t.Fatal(err)
	}
	if small.NumGlyphs() != 7 { // 과 도 손 실 정 확 and the box
		t.Errorf("%d glyphs", small.NumGlyphs())
	}
	whole, err := sfnt.Parse(hangul())
	if err != nil {
		t.Fatal(err)
	}
	em := fixed.Int26_6(whole.UnitsPerEm())
	glyph := func(f *sfnt.Font, r rune) (sfnt.Segments, fixed.Int26_6) {
		i, err := f.GlyphIndex(nil, r)
		if err != nil || i == 0 {
			t.Fatalf("%c: glyph %d, %v", r, i, err)
		}
		s, err := f.LoadGlyph(&sfnt.Buffer{}, i, em, nil)
		if err != nil {
			t.Fatal(err)
		}
		a, err := f.GlyphAdvance(nil, i, em, font.HintingNone)
		if err != nil {
			t.Fatal(err)
		}
		return s, a
	}
	for _, r := range "손실과정확도" {
		s, a := glyph(small, r)
		want, advance := glyph(whole, r)
		if len(s) != len(want) || a != advance {
			t.Fatalf("%c: %d segments and the advance %v; want %d and %v", r, len(s), a, len(want), advance)
		}
		for k := range s {
			if s[k] != want[k] {
				t.Errorf("%c: segment %d differs", r, k)
			}
		}
	}
	if i, err := small.GlyphIndex(nil, '가'); err != nil || i != 0 {
		t.Errorf("가 has glyph %d, %v", i, err)
	}
}

// TestMarksHaveGlyphs: the signs that pictures of tokens have for the end of a sentence and for a blank are in the
// program's own fonts, so that they are no boxes on any machine.
func TestMarksHaveGlyphs(t *testing.T) {
	all, _ := fonts()
	var b sfnt.Buffer
	for _, r := range "¶·" {
		if g, err := all[0]().GlyphIndex(&b, r); err != nil || g == 0 {
			t.Errorf("%q: glyph %d, %v", r, g, err)
		}
	}
}
