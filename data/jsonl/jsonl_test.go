package jsonl_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"gorae/data"
	"gorae/data/jsonl"
	"gorae/data/source"
)

// dump is the columns of a table in one line each.
func dump(t *data.Table) string {
	var b strings.Builder
	for i := range t.Columns {
		c := &t.Columns[i]
		fmt.Fprintf(&b, "%s:%v", c.Name, c.Kind)
		for r := range c.Len() {
			b.WriteString("|" + c.Text(r))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// TestRead: objects on lines, without lines, and in a list; keys in any order, nested and left out; a new
// key stands behind the one that it follows in its record.
func TestRead(t *testing.T) {
	for in, want := range map[string]string{
		"{\"a\":1}\n{\"a\":2}\n":    "a:number|1|2\n",
		"\n {\"a\":1}{\"a\":2}\n":   "a:number|1|2\n",
		"[\n{\"a\":1},\n{\"a\":2}]": "a:number|1|2\n",
		"[{\"a\":1}] \n":            "a:number|1\n",
		`{"b":"x","a":{"c":{"d":1}},"e":true}` + "\n" + `{"a":{"c":{"d":2},"f":null},"b":" y "}`: "b:category|x|y\n" +
			"a.c.d:number|1|2\na.f:number||\ne:category|true|\n",
		`{"a":[1,"x<",{"b":[null,true],"c":{}}]}`: `a:category|[1,"x<",{"b":[null,true],"c":{}}]` + "\n",
		`{"a":9007199254740993}{"a":12.50}`:       "a:category|9007199254740993|12.5\n",
		`{"a":"12.5"}{"a":3}`:                     "a:number|12.5|3\n",
		`{}{"":1}{"a b":"가"}`:                     "c1:number||1|\na b:category|||가\n",
		`{"a\nb":1}`:                              "a b:number|1\n",
	} {
		tab, err := jsonl.Read(iotest.OneByteReader(strings.NewReader(in)), "f", data.CSVOptions{})
		if err != nil {
			t.Errorf("%s: %v", in, err)
		} else if got := dump(tab); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", in, got, want)
		}
	}
	lines := "{\"a\":[1]}\n\n{\"a\":[2],\n\"b\":1}\n{\"b\":2}\n"
	tab, err := jsonl.Read(strings.NewReader(lines), "f", data.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if p := tab.Place(0) + " " + tab.Place(1) + " " + tab.Place(2); p != "f:1 f:3 f:5" {
		t.Errorf("places %s", p)
	}
	g := fmt.Sprint(tab.Guesses)
	if !strings.Contains(g, "a: 2 of its values are lists, which are kept as text of JSON") {
		t.Errorf("guesses %s", g)
	}
}

// TestReadRefused: what is no record, or no JSON, is one line with the place and what to do.
func TestReadRefused(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 70) + "1" + strings.Repeat("}", 70)
	list := `{"a":` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + "}"
	for in, want := range map[string]string{
		"":                            "f: no column; give a file with at least one",
		"{}{}":                        "f: no column; give a file with at least one",
		"[]":                          "f: no column; give a file with at least one",
		"{\"a\":1}\n{\"a\":}\n":       "f:2: no JSON: invalid character '}' looking for",
		"{\"a\":1}\n{\"a\":1\n":       "f:2: the file ends within a record; fetch it again, or take the record out",
		"{\"a\":\"x":                  "f:1: the file ends within a record",
		"{\"a\":[1,":                  "f:1: the file ends within a record",
		"[{\"a\":1},\n{\"a\":2}\n":    "f:2: the file ends within its list of records; fetch it again",
		"[{\"a\":1}] {\"a\":2}":       "f:1: something stands behind the list of records; take it out",
		"{\"a\":1}\n[1,2]\n":          "f:2: a record is an object, as in {\"column\": 1}, and this is a list",
		"{\"a\":1}\n3":                "f:2: a record is an object, as in {\"column\": 1}, and this is a number",
		"[[1,2],[3,4]]":               "f:1: a record is an object, as in {\"column\": 1}, and this is a list",
		"{\"a\":1,\n\"a\":2}":         "f:1: a: the key stands twice; leave one out",
		"{\"a.b\":1,\"a\":{\"b\":2}}": "f:1: a.b: the key stands twice; leave one out",
		`{"count":2,"rows":[{"a":1},{"a":2}]}`: "f: one object, and no list of records; write the list \"rows\" " +
			"of it to a file of its own",
		deep: "f:1: objects in each other, more than 64 deep; give flatter records",
		list: "f:1: lists in each other, more than 64 deep; give flatter records",
	} {
		_, err := jsonl.Read(strings.NewReader(in), "f", data.CSVOptions{})
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.80s: %v, want %s", in, err, want)
		}
	}
	broken := errors.New("the disk is broken")
	_, err := jsonl.Read(iotest.ErrReader(broken), "f", data.CSVOptions{})
	if !errors.Is(err, broken) || err.Error() != "f: the disk is broken" {
		t.Error(err)
	}
}

// TestSource: files of records are known by their content, packed or not, whatever their extension says of JSON, and
// settings that they do not have are refused.
func TestSource(t *testing.T) {
	const records = "{\"a\": 1}\n{\"a\": 2}\n"
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(records)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"noname": {Data: []byte(records)}, "a.json": {Data: []byte("[" + `{"a":1},{"a":2}` + "]")},
		"a.jsonl.gz": {Data: packed.Bytes()}, "a.ndjson": {Data: []byte("\ufeff" + records)},
		"a.csv": {Data: []byte(records)}}
	for _, name := range []string{"noname", "a.json", "a.jsonl.gz", "a.ndjson"} {
		s, err := source.Open(name, source.Options{FS: files})
		if err != nil || dump(s.Table) != "a:number|1|2\n" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if i, err := source.Find("a.csv", source.Options{FS: files}); err != nil || !i.Is("csv") {
		t.Errorf("a.csv: %v", err)
	}
	i, err := source.Find("a.ndjson", source.Options{FS: files, CSV: data.CSVOptions{Comma: ';'}})
	if err != nil {
		t.Fatal(err)
	}
	if err := i.Foreign(); err == nil ||
		err.Error() != "a.ndjson: separator says nothing about a JSON file; leave it out" {
		t.Error(err)
	}
	if s, err := i.Read(); err != nil || s.Table.Rows != 2 { // as the settings of a model's training are
		t.Error(err)
	}
}

// FuzzRead: whatever the bytes, the result is a table or one line of error.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"{\"a\":1}\n{\"a\":\"x\",\"b\":[1,{\"c\":null}]}", "[{\"a\":{\"b\":true}},{}]",
		"\xff\xfe{\x00\"\x00a\x00\"\x00:\x001\x00}\x00", "{\"a\":\"\xb0\xed\xb7\xa1\"}", "{\"\\u0000\":1e999}",
		"{\"a\":-0}"} {
		f.Add([]byte(s))
	}
	files, err := filepath.Glob("../source/all/testdata/*json*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		tab, err := jsonl.Read(bytes.NewReader(b), "f", data.CSVOptions{})
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%q", err)
			}
			return
		}
		for i := range tab.Columns {
			if c := &tab.Columns[i]; c.Len() != tab.Rows || c.Name == "" {
				t.Errorf("column %q of %d values in %d rows", c.Name, c.Len(), tab.Rows)
			}
		}
	})
}

// Records of a web service are a table whose columns are the keys of nested objects, joined by points.
func ExampleRead() {
	const records = `{"user": {"id": 7, "city": "Seoul"}, "price": 2.5}
{"user": {"id": 8}, "price": null}`
	t, err := jsonl.Read(strings.NewReader(records), "events.jsonl", data.CSVOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range t.Columns {
		fmt.Printf("%s %q %q\n", t.Columns[i].Name, t.Columns[i].Text(0), t.Columns[i].Text(1))
	}
	// Output:
	// user.id "7" "8"
	// user.city "Seoul" ""
	// price "2.5" ""
}
