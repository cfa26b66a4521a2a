package run_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/prep"
	"gorae/run"
	"gorae/spec"
	"gorae/task/tabular/fitted"
)

// TestAgain: an experiment that is prepared again has the samples of one that is prepared for the first time. Columns
// are fitted once for all networks, and again where data or split differ.
func TestAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.csv")
	var b strings.Builder
	b.WriteString("a,b,c,y\n")
	for i := range 120 {
		fmt.Fprintf(&b, "%d,k%d,%d,%d\n", i*i%37, i%5, i%11, i*i%37/13)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	file := func(features, rest string) *spec.File {
		f, err := spec.Parse("", "again", []byte(fmt.Sprintf("data: {source: %q, target: y, task: classification, "+
			"features: {%s}}\n%s", path, features, rest)))
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	samples := func(p *run.Prepared) string {
		var all strings.Builder
		for part := range p.Parts {
			d := p.Parts[part]
			row := d.Spec().Row()
			for i := range d.Len() {
				if err := d.Read(0, i, row); err != nil {
					t.Fatal(err)
				}
				for k := range row {
					fmt.Fprint(&all, row[k].F32, row[k].I32)
				}
			}
		}
		return all.String()
	}
	columns := func(p *run.Prepared) *prep.Pipeline { return p.Fitted.(*fitted.Fitted).Pipeline }
	const network, other = "model: [dense: 8, dense: 3]\n", "model: [dense: 3]\ntrain: {batch_size: 7}\n"
	first, err := run.Prepare(t.Context(), file("b: onehot", network))
	if err != nil {
		t.Fatal(err)
	}
	var kept *prep.Pipeline
	for i, c := range []struct {
		features, rest string
		kept           bool
	}{
		{"b: onehot", network, false}, {"b: onehot", other, true}, {"b: onehot", network, true},
		{"b: target", network, false}, {"b: onehot", other + "split: {test: 0.3}\n", false},
		{"b: onehot", other + "seed: 9\n", false}, {"b: onehot", network, true}, {"b: onehot", "", false},
		{"b: drop", "", false}, {"b: drop, c: drop", "", false}, {"b: drop, a: drop", "", false},
		{"a: minmax", "", false}, {"b: onehot", network, false}, // which has been forgotten
	} {
		again, err := first.Again(t.Context(), file(c.features, c.rest))
		if err != nil {
			t.Fatal(err)
		}
		anew, err := run.Prepare(t.Context(), file(c.features, c.rest))
		if err != nil {
			t.Fatal(err)
		}
		if samples(again) != samples(anew) {
			t.Errorf("case %d: other samples", i)
		}
		if now := columns(again); (now == kept) != c.kept {
			t.Errorf("case %d: kept %v, want %v", i, now == kept, c.kept)
		} else if c.features == "b: onehot" && c.rest == network {
			kept = now
		}
	}
}
