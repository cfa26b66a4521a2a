package data

import (
	"fmt"
	"strings"
	"testing"
)

// Marks of missing values are counted in the rows that are taken; those that stand in none of them are not mentioned.
func TestHeadCountsMarks(t *testing.T) {
	rows := "a,b\n"
	for i := range 40 {
		a, b := fmt.Sprint(i), "word"
		if i == 3 || i > 30 {
			a = "?"
		}
		if i > 20 {
			b = "?"
		}
		rows += a + "," + b + "\n"
	}
	tab, err := ReadCSV(strings.NewReader(rows), "f.csv", CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if got := said(tab); !strings.Contains(got, "a: 10 values are spelled ?") ||
		!strings.Contains(got, "b: 19 values are spelled ?") {
		t.Errorf("whole: %s", got)
	}
	head := (&Source{Table: tab}).Head(20).Table
	if got := said(head); !strings.Contains(got, "a: 1 value is spelled ? and taken for missing") ||
		strings.Contains(got, "b:") {
		t.Errorf("first 20 rows: %s", got)
	}
}

// A column of text of which nine of ten values are numbers, more than classes would be, has strays.
func TestStray(t *testing.T) {
	numbers := make([]string, 0, 40)
	for i := range 39 {
		numbers = append(numbers, fmt.Sprint(i))
	}
	few := strings.Split(strings.Repeat("1 2 3 4 ", 10)+"nan", " ")
	for _, c := range []struct {
		values []string
		row    int // −1: no strays
	}{
		{append(numbers, "n/k"), 39},
		{append(few, "n/k"), -1},                                  // four classes
		{append(numbers[:30:30], "a", "b", "c", "d", "e"), -1},    // 30 of 35
		{append(append([]string{"n/k"}, numbers...), "other"), 0}, // 39 of 41
	} {
		col := Infer("a", c.values)
		if s := col.Stray(); s == nil && c.row >= 0 || s != nil && s.Row != c.row {
			t.Errorf("%d values: %+v, want row %d", len(c.values), s, c.row)
		}
	}
	if col := Infer("a", numbers); col.Stray() != nil {
		t.Error("numbers alone have strays")
	}
}
