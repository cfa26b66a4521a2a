package plot

import (
	"bytes"
	"fmt"
	"image/png"
	"math"
	"strings"
	"testing"

	"gorae/chart"
)

// decay is a map whose rows fall from right to left, each by another factor.
func decay(title string, rows, steps int, factor float64) chart.HeatMap {
	m := chart.HeatMap{Title: title}
	for r := range rows {
		row := make([]float64, steps)
		for t := range row {
			row[t] = math.Pow(factor, float64(steps-1-t)*float64(r+1)/float64(rows))
		}
		m.Rows, m.Names = append(m.Rows, row), append(m.Names, fmt.Sprint(r))
	}
	return m
}

func TestHeat(t *testing.T) {
	h := chart.Heat{Title: "고래: gradient norm by step", X: "step", Y: "after epoch", Scale: "norm",
		Maps: []chart.HeatMap{decay("simple_rnn", 14, 60, 0.8), decay("lstm", 30, 700, 0.99)}}
	h.Maps[0].Rows[0][3] = math.NaN()
	h.Maps[0].Rows[0][5] = 0
	var b bytes.Buffer
	if err := h.PNG(&b); err != nil {
		t.Fatal(err)
	}
	keep(t, "heat.png", b.Bytes())
	img, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	// The greatest number has the lightest colour, the least the darkest, what is none is grey, 0 black.
	for _, c := range []struct {
		r, g, b uint32
		least   int
	}{{253, 231, 37, 50}, {68, 1, 84, 20}, {228, 228, 228, 50}, {0, 0, 0, 50}} {
		if n := count(img, c.r, c.g, c.b); n < c.least {
			t.Errorf("%d dots of colour %d %d %d", n, c.r, c.g, c.b)
		}
	}
	b.Reset()
	if err := h.SVG(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"고래: gradient norm by step", ">simple_rnn<", ">lstm<", ">after epoch<", ">700<",
		">norm<"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the SVG lacks %q", want)
		}
	}
	for _, bad := range []chart.Heat{{}, {Maps: []chart.HeatMap{{}}},
		{Maps: []chart.HeatMap{{Names: []string{"1"}, Rows: [][]float64{{}}}}},
		{Maps: []chart.HeatMap{{Names: []string{"1", "2"}, Rows: [][]float64{{1, 2}, {1}}}}}} {
		if bad.PNG(&b) == nil || bad.SVG(&b) == nil {
			t.Errorf("%v passes", bad)
		}
	}
}

func TestHeatSpan(t *testing.T) {
	for _, c := range []struct {
		values []float64
		lo, hi float64
	}{
		{[]float64{math.NaN(), 0}, -1, 0},
		{[]float64{10}, 0.5, 1.5},
		{[]float64{1e-9, math.Inf(1), 1e3, 0}, -9, 3},
	} {
		lo, hi := heat{Maps: []chart.HeatMap{{Rows: [][]float64{c.values}}}}.span()
		if math.Abs(lo-c.lo) > 1e-12 || math.Abs(hi-c.hi) > 1e-12 {
			t.Errorf("%v spans %v to %v, want %v to %v", c.values, lo, hi, c.lo, c.hi)
		}
	}
	wide := make([]float64, 2*heatColumns)
	for i := range wide {
		wide[i] = []float64{1, 100}[i%2]
	}
	wide[0], wide[1], wide[2] = math.NaN(), math.NaN(), math.NaN()
	got := narrowed(wide)
	if len(got) != heatColumns || !math.IsNaN(got[0]) || math.Abs(got[1]-100) > 1e-9 || math.Abs(got[2]-10) > 1e-9 {
		t.Errorf("narrowed to %d columns: %v …", len(got), got[:3])
	}
}

// An outlined row has its name however many rows there are, and its colour is no other's.
func TestHeatMark(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	for _, rows := range []int{3, 60} {
		m := decay("gru", rows, 40, 0.9)
		for _, mark := range []int{0, 1, 2, rows} {
			m.Mark = mark
			h := chart.Heat{Title: "t", X: "step", Y: "after epoch", Scale: "norm", Maps: []chart.HeatMap{m}}
			var b bytes.Buffer
			if err := h.SVG(&b); err != nil {
				t.Fatal(err)
			}
			if mark > 0 && !strings.Contains(b.String(), ">"+m.Names[mark-1]+"<") {
				t.Errorf("%d rows: row %d is outlined and has no name", rows, mark)
			}
			b.Reset()
			if err := h.PNG(&b); err != nil {
				t.Fatal(err)
			}
			keep(t, fmt.Sprintf("mark-%d-%d.png", rows, mark), b.Bytes())
			img, err := png.Decode(&b)
			if err != nil {
				t.Fatal(err)
			}
			if n := count(img, 214, 39, 40); (n > 100) != (mark > 0) {
				t.Errorf("%d rows, row %d outlined: %d dots", rows, mark, n)
			}
		}
	}
	for _, mark := range []int{-1, 2} {
		if err := (chart.Heat{Maps: []chart.HeatMap{{Names: []string{"1"}, Rows: [][]float64{{1}},
			Mark: mark}}}).PNG(&bytes.Buffer{}); err == nil ||
			!strings.Contains(err.Error(), "to be outlined; give 1 to 1, or 0 for none") {
			t.Errorf("row %d: error %v", mark, err)
		}
	}
}
