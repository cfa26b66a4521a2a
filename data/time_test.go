package data

import (
	"fmt"
	"strings"
	"testing"
)

func TestTime(t *testing.T) {
	for in, want := range map[string]string{
		"t\n2006-01-02\n2005-12-31\n2006-01-02\n":              "[1 0 1]",
		"t\n2006-01-02 09:10:00\n2006-01-02 09:09:59\n":        "[1 0]",
		"t\n2006-01-02T09:10:00.5Z\n2006-01-02T09:10:00.25Z\n": "[1 0]",
		"t\n2006-01-02T09:00:00+09:00\n2006-01-02T00:00:01Z\n": "[0 1]", // Seoul's nine is London's midnight
		"t\n02.01.2006\n03.12.2005\n":                          "[1 0]",
		"t\n2006년 1월 2일\n2005년 12월 1일\n":                       "[1 0]",
		"t\n1949-02\n1949-01\n":                                "[1 0]",
		"t\n20060102\n20051231\n":                              "[1 0]",
		"t\n10\n9.5\n10\n":                                     "[1 0 1]",
	} {
		tab, err := ReadCSV(strings.NewReader(in), "f.csv", CSVOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := tab.Time("t"); err != nil || fmt.Sprint(got) != want {
			t.Errorf("%q: %v %v, want %s", in, got, err, want)
		}
	}
	for in, want := range map[string]string{
		"t,x\n2006-01-02,1\n03/04/2006,2\n": `f.csv:3: t: "03/04/2006" is no date that cannot be mistaken; ` +
			`write dates as 2006-01-02 15:04:05`,
		"t,x\nmonday,1\n": `f.csv:2: t: "monday" is no date that cannot be mistaken; ` +
			`write dates as 2006-01-02 15:04:05`,
		"t,x\n2006-01-02,1\n,2\n": "f.csv:3: the time t is missing; remove the row",
		"T,x\n2006-01-02,1\n":     `f.csv: no column "t"; did you mean "T"?`,
	} {
		tab, err := ReadCSV(strings.NewReader(in), "f.csv", CSVOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tab.Time("t"); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", in, err, want)
		}
	}
}
