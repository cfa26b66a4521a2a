package run_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestS1Dependence: rows of a table that depend on each other are said, by the errors of the test rows, in training and
// in an evaluation: noise that goes on from row to row, and persons of whom there are several rows (S1: samples must be
// independent of each other). Independent rows, rows that are sorted by the target, and a split by the person are said
// nothing of.
func TestS1Dependence(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	dir := t.TempDir()
	const n = 600
	r := rand.New(rand.NewPCG(3, 2))
	table := func(name string, sorted bool, noise func(i int) float64) string {
		var lines []string
		for i := range n {
			x := r.NormFloat64()
			y := x + noise(i)
			lines = append(lines, fmt.Sprintf("%.4f,%d,%.4f", y+5000, 100+7*(i%60), x))
		}
		if sorted {
			slices.Sort(lines)
		}
		return write(t, filepath.Join(dir, name), "y,person,x\n"+strings.Join(lines, "\n")+"\n")
	}
	drift := 0.0
	persons := make([]float64, 60)
	for k := range persons {
		persons[k] = r.NormFloat64()
	}
	classes := "x,person,y\n"
	for i := range n {
		y := "no"
		if r.NormFloat64()+2*persons[i%60] > 0 {
			y = "yes"
		}
		classes += fmt.Sprintf("%.4f,%d,%s\n", r.NormFloat64(), 100+7*(i%60), y)
	}
	free := func(int) float64 { return r.NormFloat64() }
	person := func(i int) float64 { return persons[i%60] + 0.5*r.NormFloat64() }
	goingOn := func(int) float64 {
		drift = 0.95*drift + 0.3*r.NormFloat64()
		return drift
	}
	const (
		near  = " that stand near each other in the file are alike (correlation "
		group = " with the same person are alike (intraclass correlation "
	)
	for _, c := range []struct {
		name, source, split string
		says                string // "": nothing
	}{
		{"free", table("free.csv", false, free), "", ""},
		{"going on", table("on.csv", false, goingOn), "", near},
		{"sorted", table("sorted.csv", true, free), "", ""},
		{"persons", table("persons.csv", false, person), "", group},
		{"classes", write(t, filepath.Join(dir, "classes.csv"), classes), "", group},
		{"by person", filepath.Join(dir, "persons.csv"), ", group: person", ""},
		{"by time", filepath.Join(dir, "on.csv"), ", by: time", ""},
	} {
		p := open(t, fmt.Sprintf("data: {source: %q, target: y, features: {person: {drop: true}}}\nsplit: "+
			"{test: 0.3%s}\ntrain: {epochs: 30, ensemble: 1}\n", c.source, c.split))
		res, b := fit(t, p, filepath.Join(dir, "runs", c.name))
		words := strings.Join(res.Report.Findings.Words, "\n")
		if c.says != "" && (!strings.Contains(words, "y: errors of test rows"+c.says) ||
			res.Report.Findings.Sections["dependence"] == nil) || c.says == "" && strings.Contains(words, "are alike") {
			t.Errorf("%s: %q", c.name, words)
		}
		if strings.Contains(words, near) && !strings.Contains(words, "split: {by: time} tests on later rows") ||
			strings.Contains(words, group) && !strings.Contains(words,
				"; split: {group: person} keeps each in one part") {
			t.Errorf("%s: no remedy: %q", c.name, words)
		}
		if c.split != "" {
			continue
		}
		e, err := b.evaluate(c.source, "", "")
		if err != nil {
			t.Fatal(err)
		}
		words = strings.Join(e.Findings.Words, "\n")
		if c.says != "" && !strings.Contains(words, "y: errors of rows"+c.says) || c.says == "" &&
			strings.Contains(words, "are alike") || strings.Contains(words, "split") {
			t.Errorf("%s, evaluated: %q", c.name, words)
		}
	}
}
