package run_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPredictAlone: a text that is predicted by itself gets the line that it has among 120 texts, to the last digit.
func TestPredictAlone(t *testing.T) {
	dir := t.TempDir()
	source := reviewsCSV(t, filepath.Join(dir, "r.csv"), 120)
	p := open(t, "data: {source: "+source+"}\ntrain: {epochs: 1, callbacks: []}\n")
	_, b := fit(t, p, filepath.Join(dir, "run"))
	whole, err := b.predict(source, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(whole.csv, "\n")
	text, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for _, i := range []int{1, 2, 60, 120} {
		one := write(t, filepath.Join(dir, "one.csv"), lines[0]+"\n"+lines[i]+"\n")
		got, err := b.predict(one, nil)
		if err != nil {
			t.Fatal(err)
		}
		if g := strings.Split(got.csv, "\n"); g[1] != want[i] {
			t.Errorf("row %d alone: %s, among others: %s", i, g[1], want[i])
		}
	}
}
