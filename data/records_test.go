package data

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"gorae/tensor"
)

// TestFromRecords: kinds of columns come from the values' types, missing ones from null, and errors name record and
// key.
func TestFromRecords(t *testing.T) {
	var records []map[string]any
	const text = `[{"age": 22, "sex": "male", "cabin": null, "deck": 3, "alone": true}, {"age": null, "sex": null, ` +
		`"cabin": null, "deck": "B"}]`
	if err := json.Unmarshal([]byte(text), &records); err != nil {
		t.Fatal(err)
	}
	tab, err := FromRecords(records, []string{"age", "sex"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range tab.Columns {
		c := &tab.Columns[i]
		got = append(got, fmt.Sprint(c.Name, " ", c.Kind, " ", c.Text(0), c.IsMissing(0), " ", c.Text(1),
			c.IsMissing(1)))
	}
	want := "age number 22false true|alone category truefalse true|cabin number true true|deck category 3false " +
		"Bfalse|sex category malefalse true"
	if s := strings.Join(got, "|"); s != want || tab.Rows != 2 {
		t.Errorf("got  %s\nwant %s", s, want)
	}
	if tab.Place(1) != "row 2" {
		t.Error(tab.Place(1))
	}
	for want, records := range map[string][]map[string]any{
		`record 2: no value "age"; did you mean "Age"?; give null where it is not known`: {{"age": 1}, {"Age": 2}},
		"record 1: age: [1 2] is neither a number nor a text":                            {{"age": []any{1, 2}}},
		"record 1: age: NaN is neither a number nor a text":                              {{"age": math.NaN()}},
		"no records; give at least one":                                                  {},
	} {
		if _, err := FromRecords(records, []string{"age"}); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func TestTensorOf(t *testing.T) {
	var values []any
	if err := json.Unmarshal([]byte(`[[[1,2],[3,4],[5,6]],[[-1,0.5],[0,0],[7,8]]]`), &values); err != nil {
		t.Fatal(err)
	}
	x, err := TensorOf(values, tensor.Shape{3, 2})
	if err != nil || !x.Shape.Equal(tensor.Shape{2, 3, 2}) || fmt.Sprint(x.F32) != "[1 2 3 4 5 6 -1 0.5 0 0 7 8]" {
		t.Errorf("%v %v", x, err)
	}
	for text, want := range map[string]string{
		`[[[1,2],[3,4],[5,6]],[[1,2],[3],[5,6]]]`: "sample 2[1]: a list of 1 where one of 2 is needed: the model " +
			"takes samples of shape (2,)",
		`[[[1,2],[3,"4"],[5,6]]]`: "sample 1[1][1]: 4 is no number",
		`[[1,2]]`: "sample 1: a list of 2 where one of 3 is needed: the model " +
			"takes samples of shape (3, 2)",
		`[[1,[3,4],[5,6]]]`: "sample 1[0]: no list where one of 2 is needed: the model " +
			"takes samples of shape (2,)",
		`[[[1,2],[3,1e300],[5,6]]]`: "sample 1[1][1]: 1e+300 is beyond float32",
		`[]`:                        "no samples; give at least one",
	} {
		if err := json.Unmarshal([]byte(text), &values); err != nil {
			t.Fatal(err)
		}
		if _, err := TensorOf(values, tensor.Shape{3, 2}); err == nil || err.Error() != want {
			t.Errorf("%s:\ngot  %v\nwant %s", text, err, want)
		}
	}
}
