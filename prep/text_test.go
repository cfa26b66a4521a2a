package prep

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/data"
	"gorae/data/source"
	"gorae/prep/text"
)

func read(t *testing.T, name, content string) *data.Table {
	t.Helper()
	tab, err := data.ReadCSV(strings.NewReader(content), name, data.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

func specsOf(t testing.TB, from string) map[string]Spec {
	t.Helper()
	var m map[string]Spec
	if err := json.Unmarshal([]byte(from), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

const reviews = "id\treview\tlabel\n1\tgood good film\t1\n2\tbad film\t0\n3\t\t0\n4\tso good\t1\n"

// TestTextColumn: a column of text becomes ids fitted on training rows alone, and after
// saving takes raw text.
func TestTextColumn(t *testing.T) {
	tab := read(t, "r.tsv", reviews)
	p, err := Fit(tab, []int{0, 1, 2}, columns("label", specsOf(t, `{"review": {"text": {"words": 4, "length": 3}}}`)))
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var back Pipeline
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	for _, q := range []*Pipeline{p, &back} {
		x, err := q.Apply(tab)
		if err != nil {
			t.Fatal(err)
		}
		// film and good occur twice each; "so" was never met, the empty text is padding.
		if want := []float32{3, 3, 2, 1, 2, 0, 0, 0, 0, 1, 3, 0}; !slices.Equal(x.F32, want) || x.Shape[1] != 3 {
			t.Errorf("%v, want %v", x, want)
		}
	}
	if names := p.FeatureNames(); !slices.Equal(names, []string{"review 1", "review 2", "review 3"}) {
		t.Errorf("features %q", names)
	}
	if d := p.Uses.Dropped; len(d) != 1 || d[0].Why != "beside the ids of review it would be taken for one" {
		t.Errorf("dropped %q", d)
	}
	x, err := back.Apply(read(t, "new.csv", "review\nGOOD!\n"))
	if err != nil || !slices.Equal(x.F32, []float32{3, 0, 0}) {
		t.Errorf("raw text: %v %v", x, err)
	}
	if _, err := back.Apply(read(t, "new.csv", "text\nGOOD!\n")); err == nil || !strings.Contains(err.Error(),
		`no column "review"`) {
		t.Errorf("got %v", err)
	}
}

// TestTextBag: a bag stands beside other features.
func TestTextBag(t *testing.T) {
	tab := read(t, "r.csv", "stars,review,label\n1,good good film,1\n3,bad film,0\n")
	p, err := Fit(tab, nil, columns("label", specsOf(t, `{"stars": "minmax", "review": {"text": {"output": "count"}}}`)))
	if err != nil {
		t.Fatal(err)
	}
	x, err := p.Apply(tab)
	if err != nil || !slices.Equal(x.F32, []float32{0, 1, 2, 0, 1, 1, 0, 1}) {
		t.Errorf("%v %v", x, err)
	}
	if names := p.FeatureNames(); !slices.Equal(names, []string{"stars", "review=film", "review=good", "review=bad"}) {
		t.Errorf("features %q", names)
	}
}

func TestTextErrors(t *testing.T) {
	tab := read(t, "r.csv", "stars,review,label\n1,good film,1\n3,bad film,0\n")
	for want, spec := range map[string]string{
		"features.stars: review becomes ids for an Embedding, " +
			"and stars would stand beside them": `{"stars": "zscore", "review": "text"}`,
		"features.review.text.count: no token occurs 9 times": `{"review": {"text": {"count": 9}}}`,
	} {
		if _, err := Fit(tab, nil, columns("label", specsOf(t, spec))); err == nil || !strings.Contains(err.Error(),
			want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	p, err := Fit(tab, nil, columns("label", specsOf(t, `{"review": "text"}`)))
	if err != nil || !slices.Contains(p.Notes, "dropped: stars (beside the ids of review it would be taken for one); "+
		"features: {COLUMN: TRANSFORM} keeps one") {
		t.Errorf("notes %q %v", p.Notes, err)
	}
	for want, bad := range map[string]string{
		"a column of text has no other transform": `{"text": {}, "scale": "zscore"}`,
		`did you mean "length"?`:                  `{"text": {"lenght": 3}}`,
	} {
		if err := parseError(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	// A saved pipeline whose vocabulary is gone.
	p.Columns[1].Vocabulary = nil
	b, _ := json.Marshal(p)
	if err := json.Unmarshal(b, new(Pipeline)); err == nil || !strings.Contains(err.Error(),
		"text without its vocabulary") {
		t.Errorf("got %v", err)
	}
	var v *text.Vocabulary
	if err := json.Unmarshal([]byte(`{"spec":{}}`), &v); err == nil {
		t.Error("a vocabulary without tokens was read")
	}
}

// TestTextReal: nsmc, whose quotation marks are plain and some of whose reviews are
// missing, becomes ids in one step.
func TestTextReal(t *testing.T) {
	if testing.Short() {
		t.Skip("counts the words of real texts")
	}
	dir := os.Getenv("GORAE_SHARED")
	if dir == "" {
		t.Skip("GORAE_SHARED is not set: no real texts")
	}
	s, err := source.Open(filepath.Join(dir, "data", "text", "nsmc-test.tsv.gz"), source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]int, 10000)
	for i := range rows {
		rows[i] = i
	}
	tab := s.Table.Select(rows)
	p, err := Fit(tab, rows[:8000],
		columns("label", specsOf(t, `{"document": {"text": {"unit": "character", "words": 2000, "length": 100}}}`)))
	if err != nil {
		t.Fatal(err)
	}
	x, err := p.Apply(tab)
	if err != nil || x.Shape[1] != 100 {
		t.Fatalf("%v %v", x.Shape, err)
	}
	for i, v := range x.F32 {
		if v < 0 || v >= 2000 || v != float32(int(v)) {
			t.Fatalf("element %d is %v, no id", i, v)
		}
	}
}
