package data

import (
	"strings"
	"testing"
)

func TestMix(t *testing.T) {
	const text = "a,b,c\n1,x,2020-01-01\n2,,2020-01-02\n3,z,2020-01-03\n"
	tab, err := ReadCSV(strings.NewReader(text), "f.csv", CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	rows := [][]int{{0, 0, 2, 1}, {2, 1, 0, 2}, {1, 1, 1, 0}}
	m := tab.Mix(4, func(c int) []int { return rows[c] })
	want := "a:number|1|1|3|2\nb:category|z|_|x|z\nc:category|2020-01-02|2020-01-02|2020-01-02|2020-01-01\n"
	if got := dump(m); got != want || m.Rows != 4 {
		t.Errorf("%d rows\n%s, want\n%s", m.Rows, got, want)
	}
	if got := dump(tab); got != "a:number|1|2|3\nb:category|x|_|z\nc:category|2020-01-01|2020-01-02|2020-01-03\n" {
		t.Errorf("the table has become\n%s", got)
	}
}
