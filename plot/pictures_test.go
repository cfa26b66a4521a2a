package plot

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"strings"
	"testing"

	"gorae/chart"
)

// keep writes a picture into the folder named by PLOT_KEEP, for people to look at.
func keep(t *testing.T, name string, b []byte) {
	if dir := os.Getenv("PLOT_KEEP"); dir != "" {
		if err := os.WriteFile(dir+"/"+name, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSheet(t *testing.T) {
	s := chart.Sheet{Title: "samples as the network sees them", Columns: 4}
	for i := range 10 {
		img := image.NewRGBA(image.Rect(0, 0, 8, 6))
		for y := range 6 {
			for x := range 8 {
				img.Set(x, y, color.RGBA{uint8(x * 30), uint8(y * 40), uint8(i * 25), 255})
			}
		}
		s.Tiles = append(s.Tiles, chart.Tile{Image: img,
			Lines: []string{"고양이 cat", fmt.Sprintf("said dog %d %%", 10*i)}})
	}
	var b bytes.Buffer
	if err := s.PNG(&b); err != nil {
		t.Fatal(err)
	}
	keep(t, "sheet.png", b.Bytes())
	img, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	// 8 × 6 becomes 96 × 72; four columns with gaps of 12; three rows with two lines each.
	if r := img.Bounds(); r.Dx() != 4*108+12 || r.Dy() != 12+30+3*(72+30+12) {
		t.Errorf("%v", r)
	}
	// The first tile's pixel (1, 2) is a square of 12 dots from (12 + 12, 42 + 24).
	for _, p := range []image.Point{{24, 66}, {35, 77}} {
		if c := color.RGBAModel.Convert(img.At(p.X, p.Y)); c != (color.RGBA{30, 80, 0, 255}) {
			t.Errorf("%v is %v", p, c)
		}
	}
	// Below it stand words: some dots are dark.
	dark := 0
	for y := 42 + 72; y < 42+72+30; y++ {
		for x := 12; x < 108; x++ {
			if r, _, _, _ := img.At(x, y).RGBA(); r < 0x8000 {
				dark++
			}
		}
	}
	if dark < 50 {
		t.Errorf("%d dark dots where two lines of text should be", dark)
	}
	big := image.NewGray(image.Rect(0, 0, 1000, 500))
	if r := magnify(big, tileSide).Bounds(); r.Dx() != 250 || r.Dy() != 125 {
		t.Errorf("1000 × 500 becomes %v", r)
	}
	// Larger pictures where that is asked for, and room for longer words up to a limit: 8 × 6 enlarged to 200 × 150, to
	// 96 × 72.
	for words, size := range map[string][3]int{"a": {200, 200, 150}, strings.Repeat("a", 20): {0, 140, 72},
		strings.Repeat("long ", 99): {0, labelWidth, 72}} {
		two := chart.Sheet{Side: size[0], Columns: 2, Tiles: []chart.Tile{
			{Image: s.Tiles[0].Image, Lines: []string{words}}, {Image: s.Tiles[0].Image}}}
		b.Reset()
		if err := two.PNG(&b); err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(&b)
		if err != nil {
			t.Fatal(err)
		}
		if r := img.Bounds(); r.Dx() < 2*(size[1]-7+12)+12 || r.Dx() > 2*(size[1]+7+12)+12 ||
			r.Dy() != 12+size[2]+15+12 {
			t.Errorf("%d letters: %v", len(words), r)
		}
	}
	for _, bad := range []chart.Sheet{{}, {Tiles: []chart.Tile{{}}}} {
		if err := bad.PNG(&b); err == nil {
			t.Errorf("%+v was drawn", bad)
		}
	}
}

func TestConfusion(t *testing.T) {
	c := chart.Confusion{Title: "what was taken for what, 90 test samples",
		Classes: []string{"airplane", "automobile", "bird", "고양이"},
		Counts:  [][]int{{20, 1, 4, 0}, {2, 18, 0, 0}, {5, 0, 12, 8}, {0, 0, 0, 0}}}
	var b, svg bytes.Buffer
	if err := c.PNG(&b); err != nil {
		t.Fatal(err)
	}
	keep(t, "confusion.png", b.Bytes())
	if _, err := png.Decode(&b); err != nil {
		t.Fatal(err)
	}
	if err := c.SVG(&svg); err != nil {
		t.Fatal(err)
	}
	for _, says := range []string{">airplane<", ">고양이<", ">20<", ">80 %<", ">predicted class<", ">true class<"} {
		if !strings.Contains(svg.String(), says) {
			t.Errorf("%s is not in the SVG", says)
		}
	}
	many := chart.Confusion{Title: "100 classes"}
	for i := range 100 {
		many.Classes, many.Counts = append(many.Classes, fmt.Sprint("class ", i)), append(many.Counts, make([]int, 100))
		many.Counts[i][i], many.Counts[i][(i*7)%100] = 9, 4
	}
	if err := many.PNG(&b); err != nil {
		t.Fatal(err)
	}
	keep(t, "confusion100.png", b.Bytes())
	one := []string{"a"}
	for _, bad := range []chart.Confusion{{}, {Classes: one}, {Classes: one, Counts: [][]int{{1, 2}}}} {
		if bad.PNG(&b) == nil || bad.SVG(&b) == nil {
			t.Errorf("%+v was drawn", bad)
		}
	}
}
