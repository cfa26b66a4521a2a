package main

import (
	"bytes"
	"testing"

	"gorae/data"
)

// The table has the columns, kinds and missing values that its workloads are about, the same each time.
func TestWriteTable(t *testing.T) {
	var a, b bytes.Buffer
	for _, to := range []*bytes.Buffer{&a, &b} {
		if err := writeTable(to, 2000, tableSeed); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("one seed, two tables")
	}
	tab, err := data.ReadCSV(&a, "orders.csv", data.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if tab.Rows != 2000 || len(tab.Columns) != tableColumns {
		t.Errorf("%d × %d", tab.Rows, len(tab.Columns))
	}
	missing, text := 0, 0
	for i := range tab.Columns {
		c := &tab.Columns[i]
		if c.Kind == data.Category {
			text++
		}
		for r := range c.Len() {
			if c.IsMissing(r) {
				missing++
			}
		}
	}
	if text != 8 || missing < 500 || !bytes.Contains(b.Bytes(), []byte(`,"`)) {
		t.Errorf("%d columns of text, %d missing values", text, missing)
	}
}
