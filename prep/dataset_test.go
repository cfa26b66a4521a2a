package prep

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorae/data"
	"gorae/tensor"
)

// The dataset of a table is what Apply lays out, ids as int32.
func TestDataset(t *testing.T) {
	tab := read(t, "r.csv", "stars,review,sex,label\n1,good good film,m,1\n3,bad film,f,0\n2,,m,1\n5,a film so "+
		"good so long,f,0\n")
	for _, from := range []string{
		`{"stars": "minmax", "review": {"text": {"output": "tfidf"}}, "sex": "onehot"}`,
		`{"stars": "drop", "sex": "drop", "review": {"text": {"output": "count", "words": 4}}}`,
		`{"review": "drop"}`,
		`{"review": {"text": {"length": 3, "pad": "before"}}}`,
	} {
		p, err := Fit(tab, []int{0, 1, 3}, columns("label", specsOf(t, from)))
		if err != nil {
			t.Fatal(err)
		}
		x, err := p.Apply(tab)
		if err != nil {
			t.Fatal(err)
		}
		d, err := p.Dataset(tab)
		if err != nil {
			t.Fatal(err)
		}
		f := d.Spec().Inputs[0]
		if d.Len() != tab.Rows || !f.Shape.Equal(x.Shape[1:]) {
			t.Fatalf("%s: %d samples of %v, want %v", from, d.Len(), f.Shape, x.Shape)
		}
		for i := range d.Len() {
			to := tensor.New(f.DType, f.Shape...)
			if err := d.Read(0, i, data.Row{*to}); err != nil {
				t.Fatal(err)
			}
			for k := range f.Shape[0] {
				if got, want := to.Float(k), float64(x.F32[i*f.Shape[0]+k]); got != want {
					t.Errorf("%s: row %d, feature %d is %v, want %v", from, i, k, got, want)
				}
			}
		}
		if ids := strings.Contains(from, "length"); ids != (f.DType == tensor.Int32) {
			t.Errorf("%s: the features are %v", from, f.DType)
		}
	}
}

// made returns a column of text as one that a program made.
func made(c data.Column) data.Column {
	out := data.Column{Name: c.Name, Kind: c.Kind, Missing: c.Missing, Reading: c.Reading}
	for _, s := range c.Texts() {
		out.Strings = append(out.Strings, s)
	}
	return out
}

// Prose becomes a bag of words, and ids where nothing else is left and rows are many; numbers and names of rows and
// files are no words.
func TestProse(t *testing.T) {
	tab := read(t, "r.csv", "id,document,file,label\n"+strings.Repeat("1,the film was so good,a,1\n2,what a bad "+
		"film it was,b,0\n", 30))
	tab.Columns[1], tab.Columns[2] = made(tab.Columns[1]), made(tab.Columns[2])
	for i := range tab.Columns[2].Strings {
		tab.Columns[2].Strings[i] = strings.Repeat("x", i+1)
		tab.Columns[0].Numbers[i] = float64(i)
		tab.Columns[1].Strings[i] += strings.Repeat(" y", i)
	}
	of := columns("label", nil)
	of.Bags = true
	p, err := Fit(tab, nil, of)
	if err != nil {
		t.Fatal(err)
	}
	if s := p.Columns[1].Spec.Text; s == nil || s.Output != "tfidf" || s.Ngrams != 2 || s.Unit != "" ||
		s.Words != 20000 {
		t.Errorf("the documents become %+v", p.Columns[1].Spec.Text)
	}
	if s := proseSpec(&tab.Columns[1], true, false); s.Length != 200 || s.Words != 20000 || s.Output != "" {
		t.Errorf("many documents become %+v", s)
	}
	// A word that stands in one text alone, of which there are three times as many as of others.
	for i := range tab.Columns[1].Strings {
		tab.Columns[1].Strings[i] = fmt.Sprintf("영화를%d 그%d저것%d 보다", i, i, i)
	}
	if s := proseSpec(&tab.Columns[1], true, true); s.Unit != "character" || s.Ngrams != 3 || s.Count != 2 {
		t.Errorf("documents of words of their own become %+v", s)
	}
	for i := range tab.Columns[1].Strings {
		tab.Columns[1].Strings[i] = strings.Repeat("the film "+strings.Repeat("y ", i), 2)
	}
	if d := fmt.Sprint(p.Uses.Dropped); d != "[{id numbers the rows} {file different in every row}]" {
		t.Errorf("dropped %s", d)
	}
	if !slices.ContainsFunc(p.Notes, func(n string) bool { return strings.HasPrefix(n, "document: ") }) {
		t.Errorf("notes %q", p.Notes)
	}
	// Of numbers of rows alone a network can learn; of words that are all different it cannot.
	if p, err = Fit(tab, nil, columns("label", specsOf(t, `{"document": "drop"}`))); err != nil ||
		!slices.Equal(p.FeatureNames(), []string{"id"}) {
		t.Errorf("features %q, error %v", p.FeatureNames(), err)
	}
	if _, err := Fit(tab, nil, columns("label", specsOf(t, `{"document": "drop", "id": "drop"}`))); err == nil ||
		!strings.Contains(err.Error(), "every column but the target is dropped") {
		t.Errorf("error %v", err)
	}
	p, err = Fit(tab, nil, columns("label", specsOf(t, `{"file": "onehot"}`)))
	if err != nil {
		t.Fatal(err)
	}
	s := p.Columns[1].Spec.Text
	if s == nil || s.Output != "tfidf" || s.Words != 22 || s.Count != 5 {
		t.Errorf("beside other features prose becomes %+v", p.Columns[1].Spec)
	}
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var back Pipeline
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	x, err := p.Apply(tab)
	if err != nil {
		t.Fatal(err)
	}
	y, err := back.Apply(tab)
	if err != nil || !slices.Equal(x.F32, y.F32) {
		t.Errorf("the saved pipeline gives other features, or %v", err)
	}
}
