//go:build browser

package browser

import (
	"context"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"gorae/chart"
	_ "gorae/data/source/all"
	"gorae/internal/lang"
	"gorae/report"
	"gorae/run"
	"gorae/spec"
	_ "gorae/task/all"
)

// table is a CSV file with a number, a category and a gap, whose target is a number.
func table(t *testing.T, dir string) string {
	t.Helper()
	path := filepath.Join(dir, "prices with a rather long name.csv")
	text := "area,rooms,quarter of the town,remark,price\n"
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 240 {
		area, rooms := 30+100*rng.Float64(), 1+rng.IntN(5)
		where := []string{"north", "south <b>&amp;</b>", "해운대구"}[i%3]
		missing := fmt.Sprint(rooms)
		if i%7 == 0 {
			missing = ""
		}
		text += fmt.Sprintf("%.1f,%s,%s,%q,%.0f\n", area, missing, where,
			[]string{"", "a remark, which is rather long, so that it takes more than one line of a narrow page"}[i%2],
			1000*(area+10*float64(rooms)+float64(i%3)*20+rng.NormFloat64()*5))
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// folder is a folder of pictures of two classes: level and upright stripes.
func folder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "stripes")
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range 80 {
		class := []string{"level", "upright with a rather long name"}[i%2]
		img := image.NewGray(image.Rect(0, 0, 12, 12))
		for k := range img.Pix {
			at := []int{k / 12, k % 12}[i%2]
			img.Pix[k] = uint8(120*(at/2%2) + rng.IntN(120))
		}
		if err := os.MkdirAll(filepath.Join(dir, class), 0o755); err != nil {
			t.Fatal(err)
		}
		f, err := os.Create(filepath.Join(dir, class, fmt.Sprintf("%d.png", i)))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, img); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// trained trains an experiment for a few epochs and returns its directory.
func trained(t *testing.T, dir, text string) string {
	t.Helper()
	f, err := spec.Parse(filepath.Join(dir, "experiment.yaml"), "browser", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p, err := run.Prepare(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "run")
	if _, err := run.Run(t.Context(), p, run.Options{Out: out}); err != nil {
		t.Fatal(err)
	}
	return out
}

// written writes the page of runs.
func written(t *testing.T, by *lang.Translator, dirs ...string) string {
	t.Helper()
	o := report.Options{Words: by, Language: "en", Version: "0"}
	if by != nil {
		o.Language = string(by.Language())
	}
	p, err := report.Read(context.Background(), dirs, o)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "report.html")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Write(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}

// TestReport: pages of classes, numbers, a series and pictures, alone and side by side, in English and in Korean.
func TestReport(t *testing.T) {
	dir := t.TempDir()
	digits := trained(t, dir, "data: {source: embed:digits, features: minmax}\nmodel: [dense: 10]\n"+
		"train: {epochs: 3}\n")
	again := trained(t, dir, "data: {source: embed:digits, features: minmax}\nmodel: [dense: 16, dense: 10]\n"+
		"train: {epochs: 4}\n")
	numbers := trained(t, dir, fmt.Sprintf("data: {source: %q, target: price}\ntrain: {epochs: 4}\n", table(t, dir)))
	series := trained(t, dir, "data: {source: embed:airline, target: Passengers, time: Month, series: {window: 12}}\n"+
		"train: {epochs: 4}\n")
	pictures := trained(t, dir, fmt.Sprintf("data: {source: %q}\nmodel: [{conv2d: {filters: 4, kernel_size: 3}}, "+
		"flatten, dense: 2]\ntrain: {epochs: 3}\n", folder(t)))
	t.Run("series", func(t *testing.T) { look(t, written(t, nil, series), nil) })
	t.Run("pictures", func(t *testing.T) { look(t, written(t, nil, pictures), nil) })
	t.Run("classes", func(t *testing.T) { look(t, written(t, nil, digits), nil) })
	t.Run("numbers", func(t *testing.T) { look(t, written(t, nil, numbers), nil) })
	t.Run("two", func(t *testing.T) { look(t, written(t, nil, digits, again), nil) })
	t.Run("Korean", func(t *testing.T) {
		by, err := lang.For(lang.Korean)
		if err != nil {
			t.Fatal(err)
		}
		chart.Translate(chart.Language{Code: "ko", Sprintf: by.Sprintf})
		defer chart.Translate(chart.English)
		look(t, written(t, by, numbers), nil)
	})
}
