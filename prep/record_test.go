package prep

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestRecord(t *testing.T) {
	tab := sample(t, "titanic")
	p, err := Fit(tab, rows(600), "Survived", nil)
	if err != nil {
		t.Fatal(err)
	}
	g, err := FitTarget(tab, "Survived", rows(600), TargetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(Record{Table: p, Target: g, Missing: []string{"-"}})
	if err != nil {
		t.Fatal(err)
	}
	var r Record
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	if apply(t, r.Table, tab) != apply(t, p, tab) || r.Target.Classes[1] != "1" || r.Missing[0] != "-" {
		t.Error("the record that was read does not do what was saved")
	}
	if c, err := json.Marshal(&r); err != nil || string(c) != string(b) {
		t.Errorf("%v: %s became %s", err, b, c)
	}
	if _, err := json.Marshal(Record{}); err == nil {
		t.Error("an empty record was saved")
	}
	for in, want := range map[string]string{
		`{"version": 2}`: "version 2", `{}`: "version 0", `{"version": 1}`: "exactly one",
		`{"version": 1, "table": {"width": 0, "target": 3}}`:                               "target 3 of 0",
		`{"version": 1, "array": {"shift": [1], "divisor": [0]}}`:                          "no transform",
		`{"version": 1, "table": {"target": -1}, "array": {"shift": [1], "divisor": [1]}}`: "exactly one",
		`{"version": 1, "table": {"target": -1}, "target": {"task": "x"}}`:                 "none of", `5`: "cannot unmarshal",
	} {
		if err := json.Unmarshal([]byte(in), &r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", in, err, want)
		}
	}
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"version":1,"array":{"shift":[0],"divisor":[255]},"target":{"name":"y","task":"regression","mean":1,"sd":2}}`))
	f.Add([]byte(`{"version":1,"table":{"columns":[{"name":"a","spec":"zscore","divisor":1}],"width":1,"target":-1}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var r Record
		if json.Unmarshal(b, &r) != nil {
			return
		}
		c, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(c, &r); err != nil {
			t.Fatalf("%s was written and cannot be read: %v", c, err)
		}
	})
}
