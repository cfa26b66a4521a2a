package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/chart"
	"gorae/internal/par"
)

// TestPrintScale: a row for each size, costs in the study's unit, and each beside the one above it.
func TestPrintScale(t *testing.T) {
	s := study{axis: "samples", unit: "µs a sample", micro: true}
	costs := []cost{
		{1, 200e-6, 50e-6, 200e-6, 50e-6, 2e6, 5e5},
		{10_000, 100e-6, 75e-6, 1, 0.75, 3e7, 2e7},
	}
	var out bytes.Buffer
	if err := s.print(&out, costs); err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(out.String()) {
		rows = append(rows, strings.Fields(line))
	}
	want := [][]string{
		strings.Fields("1 200.0 µs 200 2.00 MB 50.0 µs 50 0.50 MB"),
		strings.Fields("10⁴ 1.00 s 100 0.50 30 MB 750.00 ms 75 1.50 20 MB"),
	}
	if len(rows) != 3 || !slices.Equal(rows[1], want[0]) || !slices.Equal(rows[2], want[1]) {
		t.Errorf("printed\n%s", out.String())
	}
}

// TestCostPanel: both axes are of logarithms, with ticks at numbers around all values.
func TestCostPanel(t *testing.T) {
	p := costPanel("t", "samples", "ns", curve{name: "a", x: []float64{1, 100, 10_000}, y: []float64{30, 300, 40}})
	if l := p.Lines[0]; l.X[1] != 2 || l.X[2] != 4 || l.Y[0] >= l.Y[2] {
		t.Errorf("line %v", l)
	}
	var x, y []string
	for _, k := range p.Ticks {
		x = append(x, k.Text)
	}
	for _, k := range p.YTicks {
		y = append(y, k.Text)
	}
	if got := strings.Join(x, " "); got != "1 100 10⁴" {
		t.Errorf("ticks of sizes %s", got)
	}
	if got := strings.Join(y, " "); got != "20 50 100 200 500" {
		t.Errorf("ticks of costs %s", got)
	}
}

func TestNiceNumbers(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      []float64
	}{
		{1, 1, []float64{1}},
		{3, 4, []float64{2, 5}},
		{0.02, 0.05, []float64{0.02, 0.05}},
		{7, 70_001, []float64{1, 10, 100, 1000, 10_000, 100_000}}, // over many powers of ten, these alone
		{0, 4, nil},
	} {
		got := niceNumbers(c.low, c.high)
		if len(got) != len(c.want) {
			t.Errorf("%v to %v: %v", c.low, c.high, got)
			continue
		}
		for i, v := range got {
			if v < 0.999*c.want[i] || v > 1.001*c.want[i] {
				t.Errorf("%v to %v: %v", c.low, c.high, got)
			}
		}
	}
}

// TestStudies: the smallest sizes of each study train and predict, and the studies have the sizes that they promise.
func TestStudies(t *testing.T) {
	defer par.SetDefault(par.Default())
	last := map[string]float64{"batch:mlp": 4096, "batch:cnn": 4096, "image": 224, "width": 4096, "depth": 128,
		"steps": 10_000}
	for _, s := range studies() {
		if s.run != nil {
			continue
		}
		if got := s.points[len(s.points)-1].x; got != last[s.name] {
			t.Errorf("%s ends at %v", s.name, got)
		}
		s.points = s.points[:2]
		cs, err := s.costs(1)
		if err != nil || len(cs) != 2 {
			t.Errorf("%s: %v, %v", s.name, cs, err)
			continue
		}
		for i, c := range cs {
			if c.x != s.points[i].x || c.training <= 0 || c.predict <= 0 || c.plan <= 0 || c.predictPlan < 0 ||
				c.step < c.training || c.call < c.predict {
				t.Errorf("%s: %+v", s.name, c)
			}
		}
		delete(last, s.name)
	}
	if len(last) > 0 {
		t.Errorf("not among the studies: %v", last)
	}
}

// TestRows: an iteration of the workloads of rows runs, as often as it takes to see enough rows.
func TestRows(t *testing.T) {
	for rows, want := range map[int]int{1000: 1000, 1_000_000: 1, 10_000_000: 1} {
		if got := rowTimes(rows); got != want {
			t.Errorf("%d rows: %d times", rows, got)
		}
	}
	for _, name := range []string{"infer:500000", "train:500000"} {
		run, err := rowsWork(name)
		if err == nil {
			err = run()
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDrawScale: the figure is written as both kinds of picture, and a study that there is not is an error.
func TestDrawScale(t *testing.T) {
	dir := t.TempDir()
	s := study{axis: "samples", unit: "ns"}
	p := s.panel([]cost{{x: 1, training: 2e-9, predict: 1e-9}, {x: 2, training: 3e-9, predict: 1e-9}})
	if err := drawScale(dir, slices.Repeat([]chart.Panel{p}, 3)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"scale.png", "scale.svg"} {
		if st, err := os.Stat(filepath.Join(dir, name)); err != nil || st.Size() < 1000 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := scale(new(bytes.Buffer), 1, "no such", ""); err == nil {
		t.Error("a study that there is not")
	}
}

// TestPrintMemory: what is beyond the process that does nothing, and shares of PyTorch's.
func TestPrintMemory(t *testing.T) {
	u := memoryUse{title: "W1", size: 64, weights: 2.68, plan: 3.2, ours: 30, peer: 600, base: 10, peersBase: 500}
	alone := u
	alone.title, alone.peer = "L9", 0
	var out bytes.Buffer
	if err := printMemory(&out, []memoryUse{u, alone}); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{"W1, 64 2.7 3.2 30 20 600 100 0.05 0.20", "L9, 64 2.7 3.2 30 20", "imported 500."} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if strings.Contains(text, "Inf") || printMemory(&out, nil) == nil {
		t.Errorf("printed\n%s", out.String())
	}
}

// TestMemoryTitles: the workloads of the memory's table are among those that are compared.
func TestMemoryTitles(t *testing.T) {
	for _, n := range memoryTitles {
		if !slices.ContainsFunc(tasks, func(t task) bool { return t.name == n[1] }) {
			t.Errorf("%s: no workload %s", n[0], n[1])
		}
	}
	var u memoryUse
	err := u.planned("train:mlp:64")
	if err != nil || u.size != 64 || math.Abs(u.weights-4*669706e-6) > 1e-9 || u.plan <= 0 {
		t.Errorf("%+v, %v", u, err)
	}
}
