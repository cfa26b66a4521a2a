package sqlite_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"gorae/data"
	_ "gorae/data/drivers/sqlite"
	"gorae/data/source"
	_ "gorae/data/sqlite"
)

const (
	testdata = "../../sqlite/testdata/"
	at       = "sqlite:" + testdata
)

// TestQuery: a query's answer, a table that is named, and what is wrong in one line.
func TestQuery(t *testing.T) {
	open := func(path, query string) (*data.Table, error) {
		s, err := source.Open("sqlite:"+testdata+path, source.Options{CSV: data.CSVOptions{Query: query}})
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("not one line: %q", err)
			}
			return nil, err
		}
		return s.Table, nil
	}
	// By hand: of ids 1 to 229 those that 97 does not divide; word is "word " and the id modulo 13.
	tab, err := open("kinds.sqlite", "SELECT word, count(*) AS n, sum(id) AS ids FROM kinds WHERE id <= 13 GROUP BY "+
		"word ORDER BY min(id) LIMIT 2")
	if err != nil || fmt.Sprint(tab.Names(), tab.Columns[0].Text(0), tab.Columns[0].Text(1), tab.Columns[1].Numbers,
		tab.Columns[2].Numbers) != "[word n ids] word 1 word 2 [1 1] [1 2]" {
		t.Errorf("%v %v", tab, err)
	}
	tab, err = open("names.sqlite?table=late", "")
	if err != nil || fmt.Sprint(tab.Columns[1].Numbers) != "[2.5 1.5 3.5]" {
		t.Errorf("%v %v", tab, err)
	}
	if tab, err = open("names.sqlite", "SELECT * FROM seen"); err != nil || tab.Rows != 3 {
		t.Errorf("a view: %v %v", tab, err)
	}
	for _, c := range [][3]string{
		{"kinds.sqlite", "", at + "kinds.sqlite: a database; name a table of it or give a query, by "},
		{"kinds.sqlite", "SELEC 1", at + "kinds.sqlite: the query: "},
		{"kinds.sqlite", "SELECT id, id FROM kinds", at + "kinds.sqlite: two columns of the answer are"},
		{"kinds.sqlite", "SELECT id FROM kinds WHERE id < 0", at + "kinds.sqlite: no rows"},
		{"nowhere.sqlite", "SELECT 1", at + "nowhere.sqlite: "},
		{"kinds.sqlite", "DELETE FROM kinds", at + "kinds.sqlite: "},
	} {
		if _, err := open(c[0], c[1]); err == nil || !strings.HasPrefix(err.Error(), c[2]) {
			t.Errorf("%s, %q: %v", c[0], c[1], err)
		}
	}
	if _, err := source.Open("sqlite:x", source.Options{NoNetwork: true}); err == nil ||
		!strings.Contains(err.Error(), "--allow-network") {
		t.Error(err)
	}
}

// TestTables: the tables of data/sqlite's reader are those that the driver reads.
func TestTables(t *testing.T) {
	for _, path := range []string{"kinds.sqlite?table=kinds", "names.sqlite?table=a table", "names.sqlite?table=keyed",
		"names.sqlite?table=numbered", "names.sqlite?table=late", "large.sqlite?table=t"} {
		name, _, _ := strings.Cut(path, "?")
		own, err := source.Open(filepath.FromSlash(testdata+path), source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		other, err := source.Open("sqlite:"+testdata+path, source.Options{})
		if err != nil {
			t.Fatal(err)
		}
		a, b := own.Table, other.Table
		if a.Rows != b.Rows || fmt.Sprint(a.Names()) != fmt.Sprint(b.Names()) {
			t.Errorf("%s: %d rows of %q, want %d of %q", name, a.Rows, a.Names(), b.Rows, b.Names())
			continue
		}
		for i := range a.Columns {
			for k := range a.Rows {
				x, y := &a.Columns[i], &b.Columns[i]
				binary := x.Name == "raw" // bytes that happen to be text
				if !binary && (x.Text(k) != y.Text(k) || x.IsMissing(k) != y.IsMissing(k)) {
					t.Errorf("%s: %s, row %d: %.50q, want %.50q", path, x.Name, k+1, x.Text(k), y.Text(k))
					break
				}
			}
		}
	}
}

func Example() {
	s, err := source.Open("sqlite:../../sqlite/testdata/names.sqlite", source.Options{CSV: data.CSVOptions{
		Query: "SELECT id * 10 AS ten, v FROM late WHERE v > 2 ORDER BY v"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Table.Names(), s.Table.Columns[0].Numbers[0])
	// Output:
	// [ten v] -20
}
