package prep

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorae/data"
)

const flats = "id,rooms,city,text,price,sold\n1,2,Oslo,bright and quiet,200,yes\n2,4,Rome,old but " +
	"bright,300,no\n3,3,Oslo,quiet,250,yes\n4,5,Rome,so so old,350,no\n"

// TestInputs: columns of named inputs, also of several, text by itself, several targets; the saved pipeline does the
// same.
func TestInputs(t *testing.T) {
	tab := read(t, "flats.csv", flats)
	p, err := Fit(tab, nil, Columns{
		Targets: []string{"price", "sold"},
		Specs: map[string]Spec{"rooms": {Scale: MinMax{}},
			"text": specsOf(t, `{"text": {"text": {"length": 3}}}`)["text"]},
		Inputs: []Input{{"wide", []string{"city", "rooms"}}, {"words", []string{"text"}}, {"deep", []string{"2"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var saved Pipeline
	if err := json.Unmarshal(b, &saved); err != nil {
		t.Fatal(err)
	}
	var targets []data.Dataset
	for k, name := range []string{"price", "sold"} {
		g, err := FitTarget(tab, name, nil, TargetOptions{Raw: true})
		if err != nil {
			t.Fatal(err)
		}
		c, err := tab.Column(name)
		if err != nil {
			t.Fatal(err)
		}
		y, err := g.Encode(tab, c)
		if err != nil {
			t.Fatal(err)
		}
		d, err := g.Targets(y, ClassEncoding(1, false), 1)
		if err != nil {
			t.Fatal(err)
		}
		targets = append(targets, d)
		if p.TargetColumn(k) != 4+k {
			t.Errorf("target %d stands at %d", k, p.TargetColumn(k))
		}
	}
	for _, p := range []*Pipeline{p, &saved} {
		x, err := p.Dataset(tab)
		if err != nil {
			t.Fatal(err)
		}
		d, err := data.WithTargets(x, targets...)
		if err != nil {
			t.Fatal(err)
		}
		s := d.Spec()
		var fields []string
		for _, f := range s.Fields() {
			fields = append(fields, fmt.Sprint(f.Name, f.DType, f.Shape, f.Ragged))
		}
		const want = "wide float32 (3,) false|words int32 (3,) true|deep float32 (1,) false|price float32 (2,) " +
			"false|sold float32 (1,) false"
		if got := strings.Join(fields, "|"); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
		row := s.Row()
		if err := d.Read(0, 1, row); err != nil {
			t.Fatal(err)
		}
		// By hand: city in the order Oslo, Rome; rooms (4 − 2)/(5 − 2); the text's ids by falling count, then by first
		// place.
		bright := p.VocabularyOf("words")
		ids := bright.Encode("old but bright")
		if fmt.Sprint(row[0].F32) != fmt.Sprint([]float32{0, 1,
			float32(2) / 3}) || row[2].F32[0] != float32(2)/3 || !slices.Equal(row[1].I32, ids) ||
			row[3].F32[0] != 300 || row[4].F32[0] != 0 {
			t.Errorf("row 2 is %v", row)
		}
		if n := s.Length(2); n != 1 {
			t.Errorf("the text of row 3 has %d ids", n)
		}
		if names := p.FeatureNames(); fmt.Sprintf("%q",
			names[:3]) != `["city=Oslo" "city=Rome" "rooms"]` || len(names) != 7 {
			t.Errorf("%q", names)
		}
		if len(p.IDs()) != 0 || len(p.Notes) != 2 || p.Uses.Dropped[0].Why != "in none of the inputs" {
			t.Errorf("ids %q, notes %q", p.IDs(), p.Notes)
		}
		if _, err := p.Apply(tab); err == nil || !strings.Contains(err.Error(), "3 inputs are no single matrix") {
			t.Error(err)
		}
		// Without a header columns go by their places, the targets' there or left out.
		for _, in := range []string{"9,4,Rome,old,300,no\n", "9,4,Rome,old\n"} {
			x, err := p.Dataset(table(t, "g.csv", in))
			if err != nil {
				t.Fatal(err)
			}
			if err := x.Read(0, 0, row[:3]); err != nil || row[0].F32[1] != 1 || row[2].F32[0] != float32(2)/3 {
				t.Errorf("%q: %v %v", in, row, err)
			}
		}
	}
	if _, err := p.Dataset(table(t, "g.csv", "1,2,3\n")); err == nil ||
		err.Error() != "g.csv: 3 columns without a header; the model was fitted with 6, or 4 without the targets" {
		t.Error(err)
	}
}

func TestInputErrors(t *testing.T) {
	tab := read(t, "flats.csv", flats)
	text := specsOf(t, `{"text": "text"}`)["text"]
	for want, c := range map[string]Columns{
		"wide: flats.csv: no column \"room\"; did you mean \"rooms\"?": {Inputs: []Input{{"wide",
			[]string{"room"}}}},
		"wide: price is the target; leave it out of the inputs": {Inputs: []Input{{"wide",
			[]string{"price"}}}},
		"wide: rooms is named twice": {Inputs: []Input{{"wide",
			[]string{"rooms", "2"}}}},
		"city is in none of the inputs; add it to one, or leave it out": {Inputs: []Input{{"wide",
			[]string{"rooms"}}}, Specs: map[string]Spec{"city": {Encode: OneHotEncoder{}}}},
		"wide: text becomes ids for an Embedding, which are alone in their input": {Inputs: []Input{{"wide",
			[]string{"rooms", "text"}}}, Specs: map[string]Spec{"text": text}},
		"deep: flats.csv: every column of the input is dropped; give at least one": {Inputs: []Input{{"wide",
			[]string{"rooms"}}, {"deep", []string{"id"}}}, Specs: map[string]Spec{"id": {Drop: true}}},
		"price is named twice": {Targets: []string{"price", "5"}},
	} {
		if c.Targets == nil {
			c.Targets = []string{"price"}
		}
		if _, err := Fit(tab, nil, c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	for in, want := range map[string]string{
		`{"columns": [], "width": 2, "target": 0, "targets": [1]}`: "both there",
		`{"columns": [], "width": 2, "targets": [1, 1]}`:           "target 1 of 2",
		`{"columns": [{"name": "a", "spec": "none", "divisor": 1}], "inputs": [{"name": "x", "columns": ["b"]}], ` +
			`"width": 2}`: `the column "b" is not there`,
		`{"columns": [{"name": "a", "spec": "none", "divisor": 1}], "inputs": [{"name": "", "columns": ["a"]}], ` +
			`"width": 2}`: "without a name",
		`{"columns": [{"name": "a", "spec": "none", "divisor": 1}], "inputs": [{"name": "x"}, {"name": "x"}], ` +
			`"width": 2}`: `two inputs "x"`,
	} {
		var p Pipeline
		if err := json.Unmarshal([]byte(in), &p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", in, err, want)
		}
	}
}

// TestOldPipeline: files of pipelines with one input, which name the place of one target, are read.
func TestOldPipeline(t *testing.T) {
	for in, want := range map[string]int{
		`{"columns": [{"name": "a", "position": 0, "spec": "none", "divisor": 1}], "width": 2, "target": 1}`:  1,
		`{"columns": [{"name": "a", "position": 0, "spec": "none", "divisor": 1}], "width": 1, "target": -1}`: -1,
	} {
		var p Pipeline
		if err := json.Unmarshal([]byte(in), &p); err != nil {
			t.Fatal(err)
		}
		if p.TargetColumn(0) != want || p.TargetColumn(1) != -1 {
			t.Errorf("%s: target %d", in, p.TargetColumn(0))
		}
		if got := apply(t, &p, table(t, "f.csv", "a\n7\n")); got != "7" {
			t.Error(got)
		}
	}
}

// TestRecords: typed values give the features that the same values of a file give.
func TestRecords(t *testing.T) {
	tab := sample(t, "titanic")
	p, err := Fit(tab, rows(600), columns("Survived",
		map[string]Spec{"Pclass": {Encode: OneHotEncoder{}}, "Age": {Impute: "median", Indicator: true}}))
	if err != nil {
		t.Fatal(err)
	}
	want, err := p.Apply(tab)
	if err != nil {
		t.Fatal(err)
	}
	var records []map[string]any
	for r := range tab.Rows {
		record := map[string]any{}
		for k := range tab.Columns {
			switch c := &tab.Columns[k]; {
			case c.IsMissing(r):
				record[c.Name] = nil
			case c.Kind == data.Number:
				record[c.Name] = c.Numbers[r]
			default:
				record[c.Name] = c.Text(r)
			}
		}
		delete(record, "Survived")
		records = append(records, record)
	}
	made, err := p.Records(records)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Apply(made)
	if err != nil || !got.Shape.Equal(want.Shape) || !slices.Equal(got.F32, want.F32) {
		t.Errorf("%v %v", got.Shape, err)
	}
	// One by one: the kind of a column does not depend on its neighbours.
	width := want.Shape[1]
	for r := range 60 {
		made, err := p.Records(records[r : r+1])
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.Apply(made)
		if err != nil || !slices.Equal(got.F32, want.F32[r*width:(r+1)*width]) {
			t.Errorf("record %d: %v %v; want %v", r, got, err, want.F32[r*width:(r+1)*width])
		}
	}
	for want, change := range map[string]any{`row 1: Age: "old" is no number; the model was fitted with numbers`: "old",
		"record 1: Age: map[] is neither": map[string]any{}} {
		records[0]["Age"] = change
		made, err := p.Records(records[:1])
		if err == nil {
			_, err = p.Apply(made)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// Two inputs of a network from the columns of a table.
func ExampleFit_inputs() {
	t, err := data.ReadCSV(strings.NewReader("rooms,city,price\n2,Oslo,200\n4,Rome,300\n"), "flats.csv",
		data.CSVOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := Fit(t, nil, Columns{
		Targets: []string{"price"},
		Specs:   map[string]Spec{"rooms": {Scale: MinMax{}}},
		Inputs:  []Input{{Name: "wide", Columns: []string{"city"}}, {Name: "deep", Columns: []string{"rooms", "city"}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := p.Dataset(t)
	if err != nil {
		fmt.Println(err)
		return
	}
	row := d.Spec().Row()
	err = d.Read(0, 1, row)
	fmt.Println(row[0].F32, row[1].F32, err)
	// Output: [0 1] [1 0 1] <nil>
}
