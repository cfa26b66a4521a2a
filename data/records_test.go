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
		"record 1: age: +Inf is neither a number nor a text":                             {{"age": math.Inf(1)}},
		"no records; give at least one":                                                  {},
	} {
		if _, err := FromRecords(records, []string{"age"}); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// TestRecordKinds: every kind of Go's numbers is taken as it is, NaN is missing, and a whole number beyond 2⁵³ is a
// name as in a file, with the digits that it has.
func TestRecordKinds(t *testing.T) {
	type age int16
	for want, v := range map[string]any{
		"number 7": uint16(7), "number -7": int8(-7), "number 7.5": float32(7.5), "number 3": age(3),
		"number 9007199254740992": int64(1 << 53), "category 9007199254740993": int64(1<<53 + 1),
		"category -9007199254740993": int64(-1<<53 - 1), "category 18446744073709551615": uint64(math.MaxUint64),
		"category 12345678901234567890": json.Number("12345678901234567890"), "number 1e+300": 1e300,
	} {
		tab, err := FromRecords([]map[string]any{{"x": v}, {"x": math.NaN()}, {"x": nil}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		c := &tab.Columns[0]
		if got := fmt.Sprint(c.Kind, " ", c.Spelling(0)); got != want || c.IsMissing(0) || !c.IsMissing(1) ||
			!c.IsMissing(2) {
			t.Errorf("%T: %s; want %s", v, got, want)
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
