package inline

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gorae/chart"
)

// TestTicks: round values within the axis, by hand.
func TestTicks(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		log       bool
		n         int
		whole     bool
		want      []float64
	}{
		{0, 1, false, 5, false, []float64{0, .2, .4, .6, .8, 1}},
		{1, 14, false, 6, true, []float64{5, 10}},
		{1, 3, false, 6, true, []float64{1, 2, 3}},
		{-12, 7, false, 5, false, []float64{-10, -5, 0, 5}},
		{.003, 2, true, 5, false, []float64{.01, .1, 1}},
		{1e-9, 1, true, 5, false, []float64{1e-9, 1e-7, 1e-5, 1e-3, .1}},
	} {
		got := newAxis(c.low, c.high, c.log, 0, 100).ticks(c.n, c.whole)
		if !slices.EqualFunc(got, c.want, func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Abs(b) }) {
			t.Errorf("%v to %v: %v, want %v", c.low, c.high, got, c.want)
		}
	}
}

// TestAxis: ends and middle, linear and logarithmic.
func TestAxis(t *testing.T) {
	for _, c := range []struct {
		a       axis
		v, want float64
	}{
		{newAxis(2, 6, false, 100, 0), 3, 75},
		{newAxis(.01, 100, true, 0, 80), 1, 40},
		{newAxis(5, 5, false, 0, 10), 5, 5},                       // one value stands in the middle
		{newAxis(math.Inf(1), math.Inf(-1), false, 0, 10), .5, 5}, // none: from 0 to 1
	} {
		if got := c.a.at(c.v); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%+v: %v stands at %v, want %v", c.a, c.v, got, c.want)
		}
	}
}

// texts returns the texts of an SVG element, which must be well-formed XML.
func texts(t interface{ Fatalf(string, ...any) }, svg string) []string {
	var out []string
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		if c, ok := token.(xml.CharData); ok {
			out = append(out, string(c))
		}
	}
}

// TestPanelEscapes: names of columns, classes and runs are texts, never markup.
func TestPanelEscapes(t *testing.T) {
	evil := `"><script>alert(1)</script>&`
	p := chart.Panel{Title: evil, X: evil, Y: evil, Rows: []string{evil},
		Lines:  []chart.Line{{Name: evil, Y: []float64{1, 2}}},
		Points: []chart.Points{{Name: evil, X: []float64{1}, Y: []float64{1}}},
		Marks:  []chart.Mark{{X: 1, Y: 1, Text: evil}}, Words: []chart.Word{{X: 1, Y: 1, Text: evil}}}
	svg := Panel(p)
	if strings.Contains(svg, "<script") {
		t.Errorf("a name is markup: %s", svg)
	}
	if n := slices.Index(texts(t, svg), evil); n < 0 {
		t.Errorf("the name is not shown: %q", texts(t, svg))
	}
}

// TestPanelLines: colours are classes of the page, lines have dashes and marks of their own, and gaps stay gaps.
func TestPanelLines(t *testing.T) {
	svg := Panel(chart.LearningCurves("", 2, chart.Curve{Name: "loss", Training: []float64{3, math.NaN(), 1},
		Validation: []float64{3, 2, 2.5}}).Panels[0])
	for _, want := range []string{`class="line s0"`, `class="line s1"`, `class="dot s1"`, `class="upright"`, "epoch 2: 2",
		`role="img"`, `aria-label="loss; training: from 3 to 1, least 1, greatest 3; validation: from 3 to 2.5`} {
		if !strings.Contains(svg, want) {
			t.Errorf("%s is missing: %s", want, svg)
		}
	}
	at := strings.Index(svg, `<path class="line s0" d="`)
	path, _, _ := strings.Cut(svg[at:], "/>")
	if strings.Count(path, "M") != 2 || strings.Contains(path, "L") {
		t.Errorf("two points with a gap: %s", path)
	}
	if strings.Contains(svg, "#0072b2") || strings.Contains(svg, "NaN") {
		t.Errorf("a colour or a NaN: %s", svg)
	}
}

// TestPanelAny: any numbers give a well-formed picture without numbers that are not finite, of bounded length.
func TestPanelAny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.OneOf(rapid.Float64(), rapid.Float64Range(-10, 10),
			rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, 1e300, -1e300, 5e-324}))
		y := rapid.SliceOfN(number, 0, 3000).Draw(t, "y")
		p := chart.Panel{Title: rapid.String().Draw(t, "title"), Log: rapid.Bool().Draw(t, "log"),
			Whole: rapid.Bool().Draw(t, "whole"), Lines: []chart.Line{{Name: "a", Y: y}}}
		if rapid.Bool().Draw(t, "points") {
			p.Points = []chart.Points{{Name: "b", X: y, Y: y}}
		}
		svg := Panel(p)
		for _, bad := range []string{"NaN", "Inf"} {
			_, body, _ := strings.Cut(svg, ">")
			for _, part := range strings.Split(body, "<path")[1:] {
				if d, _, _ := strings.Cut(part, "/>"); strings.Contains(d, bad) {
					t.Fatalf("%s in %s", bad, d)
				}
			}
		}
		if len(p.Points) == 0 && len(svg) > 90_000+20*len(p.Title) {
			t.Fatalf("%d points make %d bytes", len(y), len(svg))
		}
	})
}
