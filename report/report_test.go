package report_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/internal/lang"
	"gorae/report"
	"gorae/run"
	"gorae/spec"
	_ "gorae/task/all"
)

// trained trains an experiment and returns its directory.
func trained(t testing.TB, text string) string {
	t.Helper()
	f, err := spec.Parse(filepath.Join(t.TempDir(), "experiment.yaml"), "test", []byte(text))
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
	return dir
}

const digits = "data: {source: embed:digits, features: minmax}\n" +
	"model: [dense: {units: 10, activation: softmax}]\ntrain: {epochs: 2}\n"

// english are the options of a page in English.
func english() report.Options {
	return report.Options{Words: (*lang.Translator)(nil), Language: "en", Version: "1"}
}

func page(t testing.TB, o report.Options, dirs ...string) string {
	t.Helper()
	p, err := report.Read(t.Context(), dirs, o)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestPage: what metrics.json, the network and the experiment say stands on the page, which refers to nothing outside.
func TestPage(t *testing.T) {
	dir := trained(t, digits)
	text := page(t, english(), dir)
	r, err := run.ReadReport(dir)
	if err != nil {
		t.Fatal(err)
	}
	accuracy, _ := r.Test.Lookup("accuracy")
	in, err := run.ReadInputs(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{fmt.Sprintf("<b>%.4f</b>", accuracy), "majority class", "(64 &#43; 1) × 10 = 650",
		in.Sources["data.source"], in.Split, "logistic regression", "1,797 samples, shape (1797, 64)",
		"reliability of the predicted class", "Confusion matrix of digit", `lang="en"`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing", want)
		}
	}
	for _, outside := range []string{"http:", "https:", "src=\"/", "href=\"/", "@import", "url("} {
		if at := strings.Index(text, outside); at >= 0 {
			t.Errorf("the page refers to something else: %s", text[at:at+40])
		}
	}
}

// TestPageEscapes: what a data file says is text, never markup.
func TestPageEscapes(t *testing.T) {
	const evil = `<script>alert(1)</script>`
	var b strings.Builder
	fmt.Fprintf(&b, "x,%s,y\n", evil)
	for i := range 80 {
		fmt.Fprintf(&b, "%d,%s%d,%s\n", i, evil, i%3, []string{"a" + evil, "b\"'&"}[i/5%2])
	}
	path := filepath.Join(t.TempDir(), evil[1:7]+".csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	dir := trained(t, fmt.Sprintf("data: {source: %q, target: y}\nmodel: [dense: 1]\ntrain: {epochs: 2}\n", path))
	text := page(t, english(), dir)
	if n := strings.Count(text, "<script"); n != 1 {
		t.Errorf("%d scripts on the page", n)
	}
	if !strings.Contains(text, "&lt;script&gt;alert(1)") {
		t.Error("the name is not shown")
	}
}

// TestSeveral: runs side by side have a paired comparison, and the settings in which they differ, and no other.
func TestSeveral(t *testing.T) {
	a := trained(t, digits)
	b := trained(t, strings.Replace(digits, "epochs: 2", "epochs: 3, optimizer: sgd", 1))
	text := page(t, english(), a, b)
	for _, want := range []string{"Paired tests", "McNemar", "<code>train.optimizer</code>",
		"<code>train.epochs</code>", `id="run2-curves"`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing", want)
		}
	}
	settings, _, _ := strings.Cut(text[strings.Index(text, "Settings that differ"):], "</table>")
	if n := strings.Count(settings, "<tr>"); n != 3 { // the head and two
		t.Errorf("%d rows of settings: %s", n, settings)
	}
}

// TestDamaged: files of a run that somebody has changed give errors that name them.
func TestDamaged(t *testing.T) {
	dir := trained(t, digits)
	for name, content := range map[string]string{
		run.MetricsFile:    `{"train": {}, "confusion": [{"classes": ["a"], "counts": [[1, 2]]}]}`,
		run.HistoryFile:    "epoch,loss\none,2\n",
		run.ModelFile:      "no model",
		run.ExperimentFile: "data: [",
		run.InputsFile:     "{",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name)
			whole, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := os.WriteFile(path, whole, 0o644); err != nil {
					t.Fatal(err)
				}
			}()
			if _, err := report.Read(t.Context(), []string{dir}, english()); err == nil ||
				!strings.Contains(err.Error(), name) {
				t.Errorf("%v", err)
			}
		})
	}
	if _, err := report.Read(t.Context(), []string{t.TempDir()}, english()); err == nil ||
		!strings.Contains(err.Error(), "is no run") {
		t.Errorf("an empty directory: %v", err)
	}
}

// TestDamagedCases: single samples in the findings that somebody has changed give an error, or a page.
func TestDamagedCases(t *testing.T) {
	dir := trained(t, digits)
	path := filepath.Join(dir, run.MetricsFile)
	for _, c := range []struct{ one, want string }{
		{`"picture": {"width": 0, "values": "AAAA"}`, "3 pixels in rows of 0"},
		{`"picture": {"width": -3, "values": "AAAA"}`, "3 pixels in rows of -3"},
		{`"picture": {"width": 2, "values": "AAAA"}`, "3 pixels in rows of 2"},
		{`"picture": {"width": 9223372036854775807, "values": "AAAA"}`, "3 pixels in rows of 9223372036854775807"},
		{`"picture": {"width": 1, "values": ""}`, "0 pixels in rows of 1"},
		{`"picture": {"width": 1, "values": "no base64"}`, "illegal base64"},
		{`"course": {}`, "0 forecast steps and 0 observed ones"},
		{`"course": {"forecast": [1, 2], "observed": [1]}`, "2 forecast steps and 1 observed ones"},
		{`"course": {"forecast": [1e999], "observed": [1]}`, "1e999"},
		{`"course": {"forecast": [1e308, -1e308], "observed": [1, 2], "ahead": -9223372036854775808}`, ""},
		{`"course": {"forecast": [1], "observed": [2], "seen": null}`, ""},
		{`"picture": {"width": 3, "values": "AAAA"}, "course": null`, ""},
	} {
		text := `{"train": {}, "cases": [{"target": "digit", "part": "test", "typical": [{"true": "1", ` + c.one + `}]}]}`
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := report.Read(t.Context(), []string{dir}, english())
		if err == nil {
			err = p.Write(io.Discard)
		}
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) ||
			!strings.Contains(err.Error(), run.MetricsFile) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%s: %v, want %q", c.one, err, c.want)
		}
	}
}

// TestNoData: where the data are gone the page says so, and shows the rest.
func TestNoData(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.csv")
	var b strings.Builder
	b.WriteString("x,y\n")
	for i := range 60 {
		fmt.Fprintf(&b, "%d,%d\n", i, 2*i+i%7)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	dir := trained(t, fmt.Sprintf("data: {source: %q, target: y}\nmodel: [dense: 1]\ntrain: {epochs: 2}\n", path))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	text := page(t, english(), dir)
	for _, want := range []string{"The data cannot be described any more", "t.csv", "predicted and observed"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

// TestKorean: the page's own texts are Korean.
func TestKorean(t *testing.T) {
	by, err := lang.For(lang.Korean)
	if err != nil {
		t.Fatal(err)
	}
	o := english()
	o.Words, o.Language = by, "ko"
	text := page(t, o, trained(t, digits))
	for _, want := range []string{`lang="ko"`, "학습 곡선", "혼동 행렬", "신경망", "로지스틱 회귀"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing", want)
		}
	}
	for _, english := range []string{"Learning curves", "Result", ">metric<", "Confusion matrix"} {
		if strings.Contains(text, english) {
			t.Errorf("%s is English", english)
		}
	}
}
