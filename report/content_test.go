package report_test

import (
	"bytes"
	"fmt"
	"html"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"gorae/diagnose"
	"gorae/internal/words"
	"gorae/report"
	"gorae/run"
	"gorae/spec"
	"gorae/train"
)

// section returns the text of a part of a page without its markup; cells and lines are parted by |.
func section(t *testing.T, page, id string) string {
	t.Helper()
	_, after, ok := strings.Cut(page, `<section id="`+id+`"`)
	if !ok {
		t.Fatalf("no section %s", id)
	}
	text, _, _ := strings.Cut(after, "</section>")
	text = regexp.MustCompile(`(?s)<svg.*?</svg>`).ReplaceAllString(text, "")
	text = regexp.MustCompile(`</(td|th|p|h\d|li|caption|pre|summary|dd)>`).ReplaceAllString(text, "|")
	return html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(text, ""))
}

// TestFigures: the metrics of metrics.json by part stand beside their interval and the values of the baselines, and the
// gap below; the numbers of each curve are a table, for those who do not see it.
func TestFigures(t *testing.T) {
	dir := trained(t, digits)
	r, err := run.ReadReport(dir)
	if err != nil {
		t.Fatal(err)
	}
	text := page(t, english(), dir)
	result := section(t, text, "run1-result")
	row := "accuracy|"
	for _, part := range []train.Metrics{r.Train, r.Validation, r.Test} {
		row += words.Number(part.Of("accuracy")) + "|"
	}
	for _, i := range r.Intervals {
		if i.Metric == "accuracy" {
			row += words.Number(i.Low) + " to " + words.Number(i.High) + "|"
		}
	}
	for _, b := range r.Findings.Baselines {
		v, ok := b.Metrics.Lookup("accuracy")
		if !ok || !strings.Contains(result, b.Name+"|") {
			t.Errorf("the baseline %s is missing", b.Name)
		}
		row += words.Number(v) + "|"
	}
	if len(r.Intervals) == 0 || len(r.Findings.Baselines) < 2 || !strings.Contains(result, row) {
		t.Errorf("%s\nis not in\n%s", row, result)
	}
	if r.Gap == nil || !strings.Contains(result, r.Gap.String()) {
		t.Errorf("the gap %v is not in\n%s", r.Gap, result)
	}
	h, err := report.ReadHistory(filepath.Join(dir, run.HistoryFile))
	if err != nil {
		t.Fatal(err)
	}
	curves := section(t, text, "run1-curves")
	for k, epoch := range h.Epochs {
		want := fmt.Sprintf("%s|%s|%s|", words.Number(float64(epoch)), words.Number(h.Of("loss")[k]),
			words.Number(h.Of("val_loss")[k]))
		if !strings.Contains(curves, want) {
			t.Errorf("epoch %d: %s is not in\n%s", epoch, want, curves)
		}
	}
}

// TestFindings: each finding of a diagnosis stands with its grade, evidence with its limit, reason, remedy, the command
// that applies it and its picture; what it explains is folded below it.
func TestFindings(t *testing.T) {
	f, err := spec.Parse("", "flowers", []byte("data: {source: embed:iris}\nmodel: [{dense: {units: 16, activation: "+
		"relu, kernel_initializer: zeros}}, {dense: {units: 3, activation: softmax}}]\ntrain: {epochs: 10}\n"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := run.Prepare(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "run")
	if _, err := run.Run(t.Context(), p, run.Options{Out: dir}); err != nil {
		t.Fatal(err)
	}
	trained, err := run.TrainedOf(p, dir)
	if err != nil {
		t.Fatal(err)
	}
	d, err := diagnose.Run(t.Context(), trained)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Write(dir); err != nil {
		t.Fatal(err)
	}
	if d, err = diagnose.Read(dir); err != nil || len(d.Findings) == 0 {
		t.Fatalf("%v, %v", d, err)
	}
	text := page(t, english(), dir)
	result := section(t, text, "run1-result")
	pictures := 0
	for _, f := range d.Findings {
		want := []string{f.What, f.Code, f.Why, "Remedy: " + f.Remedy}
		for _, c := range f.Change {
			want = append(want, "gorae train "+dir+"/experiment.yaml --set '"+c+"'")
		}
		for _, e := range f.Evidence {
			want = append(want, e.Name+": ")
		}
		for _, e := range f.Effects {
			want = append(want, "It explains: "+e.What+" "+e.Code)
		}
		for _, w := range want {
			if !strings.Contains(result, w) {
				t.Errorf("%q is missing in\n%s", w, result)
			}
		}
		if f.Picture != "" {
			pictures++
		}
	}
	if n := strings.Count(text, `<figure><img src="data:image/svg`); pictures == 0 || n < pictures {
		t.Errorf("%d pictures, of %d findings with one", n, pictures)
	}
}

// TestD6Page: the page states the shape of the data and what each axis is, of a table, of pictures and of a series
// (CHAPTER.md, D6), with the columns, the classes or the steps, by hand.
func TestD6Page(t *testing.T) {
	dir := t.TempDir()
	var people strings.Builder
	people.WriteString("age,sex,income\n")
	for i := range 100 {
		fmt.Fprintf(&people, "%d,%s,%d\n", 20+i%50, []string{"f", "m"}[i%2], 1000+i*i%997)
	}
	path := filepath.Join(dir, "people.csv")
	if err := os.WriteFile(path, []byte(people.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	pictures := filepath.Join(dir, "pictures")
	for i := range 20 {
		class := []string{"dark", "light"}[i%2]
		img := image.NewRGBA(image.Rect(0, 0, 9, 7))
		for k := range img.Pix {
			img.Pix[k] = uint8(100*(i%2) + (i*k)%90)
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(pictures, class), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(pictures, class, fmt.Sprint(i)+".png"), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"table": {"data: {source: " + strconv.Quote(path) + ", target: income}\nmodel: [dense: 1]\n",
			[]string{"100 samples, shape (100, 2): samples × features|", "|age|numeric|0|50|20|44.5000|", // 20 … 69
				"|sex|categorical|0|2|||||f (50), m (50)|", "given them: (70, 3), samples × features|"}},
		"pictures": {"data: {source: " + strconv.Quote(pictures) + "}\nmodel: [flatten, dense: 2]\n",
			[]string{"20 samples, shape (20, 7, 9, 3): samples × height × width × channels|", "|dark|10|light|10|",
				"given them: (14, 7, 9, 3), samples × height × width × channels|"}},
		// 101 of 144 months are learnt from: of their 100 changes 88 windows of 12 with the change behind them,
		// each beside sine and cosine of the month.
		"series": {"data: {source: embed:airline, target: Passengers, time: Month, series: {window: 12}}\n" +
			"model: [flatten, dense: 1]\n", []string{"144 steps of 1 month × 1 column",
			"given them: (88, 12, 3), samples × steps × features|"}},
	} {
		text := section(t, page(t, english(), trained(t, c.text+"train: {epochs: 1}\n")), "run1-data")
		for _, w := range c.want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: %q is not in\n%s", name, w, text)
			}
		}
	}
}
