package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"strings"

	"gorae/chart"
	"gorae/chart/inline"
	"gorae/diagnose"
	"gorae/internal/words"
	"gorae/layer"
	"gorae/run"
	"gorae/task"
)

//go:embed page.html
var pageText string

// Style is the style sheet of pages and of the pictures in them.
var Style = inline.Style + pageStyle

//go:embed page.css
var pageStyle string

//go:embed page.js
var pageScript string

// Write writes the page as one HTML document.
func (p *Page) Write(w io.Writer) error {
	t, err := template.New("page").Funcs(p.functions()).Parse(pageText)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return err
	}
	_, err = b.WriteTo(w)
	return err
}

// functions are those of the template.
func (p *Page) functions() template.FuncMap {
	return template.FuncMap{
		"t":         func(format string, args ...any) string { return p.Words.Sprintf(format, args...) },
		"lines":     func(s string) string { return p.Words.Lines(s) },
		"named":     p.named,
		"inRun":     func(r *Run, f diagnose.Finding) finding { return finding{f, r} },
		"style":     func() template.CSS { return template.CSS(Style) },
		"script":    func() template.JS { return template.JS(pageScript) },
		"between":   func(low, high float64) string { return p.Words.Sprintf("%s to %s", number(low), number(high)) },
		"thousands": layer.Thousands,
		"number":    number,
		"quantity":  quantity,
		"blocks": func(lines []string) []block {
			return blocks(strings.Split(p.Words.Lines(strings.Join(lines, "\n")), "\n"))
		},
		"percent":    func(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) },
		"join":       func(lines []string) string { return strings.Join(lines, "\n") },
		"panel":      func(c chart.Panel) template.HTML { return template.HTML(inline.Panel(c)) },
		"chart":      p.chart,
		"share":      share,
		"shade":      shade,
		"add":        func(a, b int) int { return a + b },
		"several":    func() bool { return len(p.Runs) > 1 },
		"overlaid":   func() []chart.Panel { return overlaid(p.Runs) },
		"metricRows": metricRows,
		"residual":   func(e task.Errors) []chart.Panel { return residual(&e) },
		"reliable":   reliable,
		"pixels":     pixels,
		"course":     course,
		"verdict":    func(v run.Verdict) string { return p.Words.Lines(string(v)) },
		"width":      func() int { return widest },
	}
}

// named is a name of gorae's own, such as that of a baseline: a single word is not translated among the lines of a run,
// where it may be the name of a column or class.
func (p *Page) named(name string) string {
	if out := p.Words.Sprintf(strings.ReplaceAll(name, "%", "%%")); out != name {
		return out
	}
	return p.Words.Lines(name)
}

// number is a metric as people read it.
func number(v float64) string {
	if math.IsNaN(v) {
		return "—"
	}
	return words.Number(v)
}

// share returns the share of a count in the sum of its row.
func share(row []int, n int) float64 {
	sum := 0
	for _, v := range row {
		sum += v
	}
	if sum == 0 {
		return 0
	}
	return float64(n) / float64(sum)
}

// shade is the share of a count in its row in percent, for the cell's background.
func shade(row []int, n int) template.CSS {
	return template.CSS(fmt.Sprintf("--share:%.0f%%", 100*share(row, n)))
}
