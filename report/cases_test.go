package report_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gorae/data/source"
	"gorae/report"
	"gorae/task"
)

// cases returns the cases that a report shows of a run's only target.
func cases(t *testing.T, dir string) (task.Cases, string) {
	t.Helper()
	p, err := report.Read(t.Context(), []string{dir}, english())
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Runs) != 1 || len(p.Runs[0].Cases) != 1 {
		t.Fatalf("cases %+v", p.Runs)
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return p.Runs[0].Cases[0], b.String()
}

// TestPixelRows: rows of pixels are shown as pictures, with the values of the file, the greatest of which, 16, is
// white; other numbers, as many as a square has, are not.
func TestPixelRows(t *testing.T) {
	of, text := cases(t, trained(t, digits))
	s, err := source.Open("embed:digits", source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range slices.Concat(of.Worst, of.Typical) {
		line, err := strconv.Atoi(c.Place[strings.LastIndex(c.Place, ":")+1:])
		if err != nil || c.Picture == nil || c.Picture.Width != 8 || c.Picture.Height() != 8 || c.Values != nil {
			t.Fatalf("%v: %+v", err, c)
		}
		row := slices.IndexFunc(slices.Collect(func(yield func(string) bool) {
			for i := range s.Table.Rows {
				if !yield(s.Table.Place(i)) {
					return
				}
			}
		}), func(place string) bool { return place == c.Place })
		for k, got := range c.Picture.Values {
			v, err := strconv.ParseFloat(s.Table.Columns[k].Text(row), 64)
			if want := byte(math.Round(v * 255 / 16)); err != nil || got != want {
				t.Fatalf("line %d, pixel %d: %d, want %d", line, k, got, want)
			}
		}
	}
	_, after, ok := strings.Cut(text, `<img src="data:image/png;base64,`)
	if !ok || !strings.Contains(text, "The sample as a picture of 8 × 8 pixels") {
		t.Fatal("no picture on the page")
	}
	b, err := base64.StdEncoding.DecodeString(html.UnescapeString(after[:strings.Index(after, `"`)]))
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil || img.Bounds().Dx() != 8 || img.Bounds().Dy() != 8 {
		t.Fatalf("%v: %v", err, img.Bounds())
	}

	r := rand.New(rand.NewPCG(1, 1))
	var lines []string
	for range 200 {
		var row []string
		for range 25 {
			row = append(row, strconv.Itoa(r.IntN(256)))
		}
		lines = append(lines, strings.Join(append(row, []string{"a", "b"}[r.IntN(2)]), ","))
	}
	var head []string
	for k := range 25 {
		head = append(head, fmt.Sprintf("s%d", k))
	}
	path := filepath.Join(t.TempDir(), "sensors.csv")
	if err := os.WriteFile(path, []byte(strings.Join(append(head, "state"), ",")+"\n"+strings.Join(lines, "\n")+"\n"),
		0o600); err != nil {
		t.Fatal(err)
	}
	of, _ = cases(t, trained(t, "data: {source: "+path+", target: state}\ntrain: {epochs: 1}\n"))
	if c := of.Worst[0]; c.Picture != nil || len(c.Values) != 12 {
		t.Errorf("numbers without neighbours: %+v", c)
	}
}

// TestForecastCases: single forecasts of a series stand beside what the network saw and what came, as the file has it,
// the greatest error first, and are drawn.
func TestForecastCases(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	var values []float64
	text := "day,load\n"
	for i := range 300 {
		values = append(values, math.Round(100*(20+5*math.Sin(float64(i)/3)+r.NormFloat64()))/100)
		text += fmt.Sprintf("%d,%g\n", i, values[i])
	}
	path := filepath.Join(t.TempDir(), "load.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	of, page := cases(t, trained(t, "data: {source: "+path+", target: load, time: day, "+
		"series: {window: 12, steps: 3}}\n"+
		"model: [flatten: {}, dense: 3]\ntrain: {epochs: 2}\n"))
	if of.Target != "load" || len(of.Worst) != 4 || len(of.Typical) != 2 {
		t.Fatalf("%+v", of)
	}
	last := math.Inf(1)
	for _, c := range of.Worst {
		o := c.Course
		if o == nil || len(o.Seen) != 12 || len(o.Forecast) != 3 || len(o.Observed) != 3 || o.Ahead != 1 {
			t.Fatalf("%+v", c)
		}
		all := slices.Concat(o.Seen, o.Observed)
		found := false
		for i := range len(values) - len(all) + 1 {
			found = found || slices.Equal(values[i:i+len(all)], all)
		}
		if !found {
			t.Errorf("%v is not in the file", all)
		}
		square := 0.0
		for k := range o.Forecast {
			square += (o.Forecast[k] - o.Observed[k]) * (o.Forecast[k] - o.Observed[k])
		}
		if square > last {
			t.Errorf("errors %v after %v", square, last)
		}
		last = square
		if day, err := strconv.Atoi(c.Place); err != nil || fmt.Sprint(values[day]) != c.True {
			t.Errorf("%s: %s, want %v", c.Place, c.True, values[day])
		}
	}
	if n := strings.Count(page, "steps from the present"); n < 6 {
		t.Errorf("%d pictures of forecasts", n)
	}
}
