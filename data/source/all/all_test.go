package all

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gorae/data"
	"gorae/data/source"
)

// wanted is a column of a file as pandas reads it: testdata/make.py.
type wanted struct {
	Name   string
	Kind   data.Kind
	Values []any      // texts and numbers, nil where missing
	Times  []*float64 // seconds since 1970, of a column of times
}

// want returns what pandas reads of the files in testdata.
func want(t *testing.T) map[string][]wanted {
	t.Helper()
	b, err := os.ReadFile("testdata/want.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string][]wanted
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestFiles: the files that other programs wrote are the tables that pandas reads of them.
func TestFiles(t *testing.T) {
	for name, columns := range want(t) {
		t.Run(name, func(t *testing.T) {
			s, err := source.Open(filepath.Join("testdata", name), source.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, c := range columns {
				names = append(names, c.Name)
			}
			if got := s.Table.Names(); !slices.Equal(got, names) {
				t.Fatalf("columns %q, want %q", got, names)
			}
			for i, w := range columns {
				if err := w.differs(s.Table, &s.Table.Columns[i]); err != nil {
					t.Errorf("%s: %v", w.Name, err)
				}
			}
		})
	}
}

// differs returns how a column is not as wanted.
func (w *wanted) differs(t *data.Table, c *data.Column) error {
	if c.Kind != w.Kind {
		return fmt.Errorf("%v, want %v", c.Kind, w.Kind)
	}
	if n := max(len(w.Values), len(w.Times)); c.Len() != n {
		return fmt.Errorf("%d values, want %d", c.Len(), n)
	}
	for i, v := range w.Values {
		switch v := v.(type) {
		case nil:
			if !c.IsMissing(i) {
				return fmt.Errorf("row %d: %q, want it missing", i+1, c.Text(i))
			}
		case string:
			if c.IsMissing(i) || c.Text(i) != v {
				return fmt.Errorf("row %d: %q, want %q", i+1, c.Text(i), v)
			}
		case float64:
			if got := c.Numbers[i]; !(math.Abs(got-v) <= 1e-9*math.Abs(v)) {
				return fmt.Errorf("row %d: %v, want %v", i+1, got, v)
			}
		}
	}
	if w.Times == nil {
		return nil
	}
	var rows []int
	for i, v := range w.Times {
		if (v == nil) != c.IsMissing(i) {
			return fmt.Errorf("row %d: %q is wrongly missing or given", i+1, c.Text(i))
		}
		if v != nil {
			rows = append(rows, i)
		}
	}
	clock, err := t.Select(rows).Clock(w.Name)
	if err != nil {
		return err
	}
	if clock.Times == nil {
		return fmt.Errorf("no times: %v", clock.Numbers)
	}
	for k, i := range rows {
		if got := float64(clock.Times[k].UnixNano()) / 1e9; math.Abs(got-*w.Times[i]) > 1e-6 {
			return fmt.Errorf("row %d: %v, want %v s", i+1, clock.Times[k], *w.Times[i])
		}
	}
	return nil
}
