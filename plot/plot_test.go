package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	_ "image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/chart"
)

// training is the shape of a usual training: both losses fall, and the
// validation loss turns at epoch 6.
func training() chart.Figure {
	loss := chart.Curve{Name: "loss"}
	acc := chart.Curve{Name: "accuracy"}
	for e := 1.0; e <= 12; e++ {
		loss.Training = append(loss.Training, 1.2*math.Exp(-e/3)+0.05)
		loss.Validation = append(loss.Validation, 1.1*math.Exp(-e/3)+0.1+0.002*(e-6)*(e-6))
		acc.Training = append(acc.Training, 1-0.5*math.Exp(-e/3))
		acc.Validation = append(acc.Validation, 0.96-0.4*math.Exp(-e/3))
	}
	return chart.LearningCurves("고래 digits", 6, loss, acc)
}

func render(t *testing.T, f chart.Figure) (svg string, png image.Image) {
	t.Helper()
	var s, p bytes.Buffer
	if err := f.SVG(&s); err != nil {
		t.Fatal(err)
	}
	if err := f.PNG(&p); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("GORAE_PLOT_OUT"); dir != "" {
		name := filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "_"))
		if err := errors.Join(os.WriteFile(name+".svg", s.Bytes(), 0o644),
			os.WriteFile(name+".png", p.Bytes(), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	d := xml.NewDecoder(bytes.NewReader(s.Bytes()))
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("the SVG is no XML: %v", err)
		}
	}
	img, format, err := image.Decode(&p)
	if err != nil || format != "png" {
		t.Fatalf("the PNG is no PNG: %v", err)
	}
	return s.String(), img
}

// count is the number of pixels within a small distance of a colour.
func count(img image.Image, r, g, b uint32) int {
	n := 0
	near := func(a, b uint32) bool { return max(a, b)-min(a, b) < 0x1800 }
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			pr, pg, pb, _ := img.At(x, y).RGBA()
			if near(pr, r*0x101) && near(pg, g*0x101) && near(pb, b*0x101) {
				n++
			}
		}
	}
	return n
}

func TestLearning(t *testing.T) {
	svg, img := render(t, training())
	for _, want := range []string{"고래 digits", ">loss<", ">accuracy<", ">epoch<", ">training<", ">validation<",
		"epoch 6: 0.2489"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the SVG lacks %q", want)
		}
	}
	if b, o := count(img, 0, 114, 178), count(img, 213, 94, 0); b < 400 || o < 400 {
		t.Errorf("the PNG has %d blue and %d orange pixels; the lines are missing", b, o)
	}
	if b := img.Bounds(); b.Dx() != 968 || b.Dy() != 403 {
		t.Errorf("the PNG is %d×%d", b.Dx(), b.Dy())
	}
}

func curve(name string, training, validation []float64) chart.Curve {
	return chart.Curve{Name: name, Training: training, Validation: validation}
}

// Trainings of unusual shapes are drawn too.
func TestLearningShapes(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name  string
		best  int
		curve chart.Curve
		want  string
	}{
		{"one epoch", 1, curve("loss", []float64{0.5}, []float64{0.4}), "epoch 1: 0.4"},
		{"constant", 2, curve("loss", []float64{0, 0, 0}, nil), "epoch 2: 0"},
		{"many decades", 3, curve("loss", []float64{1e4, 10, 0.1}, []float64{2e4, 20, 1}), "epoch 3: 1"},
		{"gap", 0, curve("loss", []float64{3, nan, 2, math.Inf(1), 1}, nil), ">training<"},
		{"best is NaN", 1, curve("loss", []float64{nan, nan}, nil), ">epoch<"},
		{"best beyond the end", 9, curve("r2", []float64{-3, 0.5}, []float64{-2, 0.4}), ">r2<"},
		{"empty", 0, curve("loss", nil, nil), ">loss<"},
		{"long", 700, curve("loss", make([]float64, 1000), nil), ">1000<"},
	} {
		t.Run(c.name, func(t *testing.T) {
			svg, _ := render(t, chart.LearningCurves("", c.best, c.curve))
			if !strings.Contains(svg, c.want) {
				t.Errorf("the SVG lacks %q", c.want)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	if err := (chart.Figure{}).PNG(io.Discard); err == nil || !strings.Contains(err.Error(), "without panels") {
		t.Errorf("no panels: %v", err)
	}
	f := chart.Figure{Panels: []chart.Panel{{Lines: []chart.Line{{Name: "a", X: []float64{1}, Y: []float64{1, 2}}}}}}
	if err := f.SVG(io.Discard); err == nil || !strings.Contains(err.Error(), `line "a" has 2 values for 1 places`) {
		t.Errorf("ragged line: %v", err)
	}
	full := errors.New("no space left on device")
	if err := training().PNG(failing{full}); !errors.Is(err, full) {
		t.Errorf("PNG on a full disk: %v", err)
	}
	if err := training().SVG(failing{full}); !errors.Is(err, full) {
		t.Errorf("SVG on a full disk: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestWholeTicks(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      string
	}{
		{1, 5, "1 2 3 4 5"},
		{1, 20, "5 10 15 20"},
		{0.5, 1.5, "1"},
		{1, 1000, "200 400 600 800 1000"},
	} {
		var got []string
		for _, k := range (wholeTicks{}).Ticks(c.low, c.high) {
			got = append(got, k.Label)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%g to %g: %s; want %s", c.low, c.high, s, c.want)
		}
	}
}

// A broken font file of the machine is passed over.
func TestFonts(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "NanumGothic.ttf"), []byte("no font"), 0o644); err != nil {
		t.Fatal(err)
	}
	if f := findFont([]string{dir, filepath.Join(dir, "absent")}); f != nil {
		t.Error("a broken file was taken for a font")
	}
}

// TestUnknown: what is no picture is an error, and a sheet has no SVG.
func TestUnknown(t *testing.T) {
	if err := (painter{}).PNG(io.Discard, 1); err == nil || err.Error() != "plot: int cannot be drawn" {
		t.Error(err)
	}
	if err := (painter{}).SVG(io.Discard, chart.Sheet{}); err == nil ||
		err.Error() != "plot: chart.Sheet cannot be drawn as SVG" {
		t.Error(err)
	}
}

// TestRows: panels stand in rows of a number of columns, of which the last one may be shorter.
func TestRows(t *testing.T) {
	f := training()
	f.Title = ""
	panel := f.Panels[0]
	f.Panels = []chart.Panel{panel}
	_, one := render(t, f)
	f.Panels = []chart.Panel{panel, panel, panel}
	for _, c := range []struct{ columns, wide, high int }{{0, 3, 1}, {2, 2, 2}, {1, 1, 3}, {9, 3, 1}} {
		f.Columns = c.columns
		_, many := render(t, f)
		if many.Bounds().Dx() != c.wide*one.Bounds().Dx() || many.Bounds().Dy() != c.high*one.Bounds().Dy() {
			t.Errorf("%d columns: %v, one panel %v", c.columns, many.Bounds(), one.Bounds())
		}
	}
}
