package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// housesRows is a table of 60 houses, as CSV and as records of JSON.
func housesRows() (csv, records string) {
	var a, b strings.Builder
	a.WriteString("size,city,built,price\n")
	for i := range 60 {
		city, size := []string{"서울", "Jeju", "Köln"}[i%3], 40+i*37%80
		day := fmt.Sprintf("20%02d-%02d-%02d", i%24, 1+i%12, 1+i%28)
		price := 2*size + 50*(i%3) + i%5
		if i%10 == 7 {
			city = ""
		}
		fmt.Fprintf(&a, "%d,%s,%s,%d\n", size, city, day, price)
		if i%10 == 7 {
			city = "null"
		} else {
			city = `"` + city + `"`
		}
		fmt.Fprintf(&b, `{"size": %d, "city": %s, "built": "%s", "price": %d}`+"\n", size, city, day, price)
	}
	return a.String(), b.String()
}

// TestRecordsAreTables: a network is trained on JSON lines, and inspect, evaluate and predict give the same for the
// same rows in another kind of file.
func TestRecordsAreTables(t *testing.T) {
	t.Chdir(t.TempDir())
	csv, records := housesRows()
	put(t, "houses.csv", csv)
	put(t, "houses.jsonl", records)
	put(t, "list.json", "["+strings.ReplaceAll(strings.TrimSpace(records), "\n", ",\n")+"]")
	put(t, "e.yaml", "data: {source: houses.jsonl, target: price}\nmodel: [dense: 4, dense: 1]\ntrain: {epochs: 2}\n")
	must(t, "train", "e.yaml", "--out", "r", "-q")
	inspect := func(name string) string {
		out, _ := must(t, "data", "inspect", name, "--target", "price")
		out = strings.ReplaceAll(out, name, "FILE")
		// A CSV file has a header before its rows.
		return regexp.MustCompile(`FILE:\d+`).ReplaceAllString(out, "FILE:LINE")
	}
	predict := func(args ...string) string {
		out, _ := must(t, append([]string{"predict", "r/model.keras", "--output", "-", "--input"}, args...)...)
		return out
	}
	evaluate := func(name string) string {
		out, _ := must(t, "evaluate", "r/model.keras", "--data", name, "--json")
		return out
	}
	about, rows, metrics := inspect("houses.csv"), predict("houses.csv"), evaluate("houses.csv")
	if !strings.Contains(about, "60 rows × 4 columns") || strings.Count(rows, "\n") != 61 {
		t.Fatalf("%s\n%s", about, rows)
	}
	for _, name := range []string{"houses.jsonl", "list.json"} {
		if got := inspect(name); got != about {
			t.Errorf("inspect %s:\n%s\nwant\n%s", name, got, about)
		}
		if got := predict(name); got != rows {
			t.Errorf("predict %s:\n%s\nwant\n%s", name, got, rows)
		}
		if got := evaluate(name); got != metrics {
			t.Errorf("evaluate %s: %s, want %s", name, got, metrics)
		}
	}
	out, _, status := gorae(records, "predict", "r/model.keras", "--output", "-", "--input", "-")
	if status != statusDone || out != rows {
		t.Errorf("standard input: %s", out)
	}
	put(t, "broken.jsonl", records+"{\"size\": }\n")
	refused(t, statusFailed, "broken.jsonl:61: no JSON: ", "data", "inspect", "broken.jsonl")
	refused(t, statusFailed, "houses.jsonl: --separator says nothing about a JSON file; leave it out", "data",
		"inspect", "houses.jsonl", "--separator", ";")
	put(t, "s.yaml", "data: {source: houses.jsonl, target: price, skip: 1}\n")
	refused(t, statusFailed, "skip says nothing about a JSON file; leave it out", "train", "s.yaml", "--out", "s")
}
