package prep

import (
	"errors"
	"testing"

	"gorae/config"
	"gorae/data"
)

// TestErrorPaths: mistakes in what a configuration says of a column, an input or a target carry its path; mistakes in
// rows carry file, line and column.
func TestErrorPaths(t *testing.T) {
	tab := table(t, "f.csv", "a.b,b,y\n1,u,0\n3,v,1\n")
	for path, c := range map[string]Columns{
		"target":                {Targets: []string{"z"}},
		`features.a\.b.impute`:  {Specs: map[string]Spec{"a.b": {Impute: "x"}}},
		"features.b":            {Specs: map[string]Spec{"b": {Scale: ZScore{}}}},
		"inputs.wide":           {Inputs: []Input{{"wide", []string{"z"}}}},
		"features.b.text.count": {Specs: specsOf(t, `{"b": {"text": {"count": 9}}}`)},
		"features": {Targets: []string{"y"},
			Specs: map[string]Spec{"a.b": {Drop: true}, "b": {Drop: true}}},
	} {
		_, err := Fit(tab, nil, c)
		var e *config.Error
		if !errors.As(err, &e) || e.Path != path || e.Problem.Format == "" {
			t.Errorf("%s: %#v", path, err)
		}
	}
	p, err := Fit(tab, nil, columns("y", nil))
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Apply(table(t, "g.csv", "a.b,b\n1,u\nx,u\n"))
	var at *data.PlaceError
	if !errors.As(err, &at) || at.File != "g.csv" || at.Line != 3 || at.Row != 2 || at.Column != "a.b" {
		t.Errorf("%#v", err)
	}
}
