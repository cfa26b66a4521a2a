// Package export writes tables and arrays as files of the formats that other programs read: CSV, tables between tabs,
// JSON lines, Parquet, and NumPy's npy and npz.
//
//	write, err := export.For("flats.parquet", source)
//	err = file.Replace("flats.parquet", write)
//
// Columns keep their types where the format has them: whole numbers, numbers, text, true and false, days and times.
// Numbers are written with a decimal point in the fewest digits that give them back, whatever the file had. A missing
// value is an empty field, null, or NaN.
package export

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"gorae/data"
	"gorae/internal/spell"
)

// Extensions lists the endings of the files that For knows; those of text may stand before .gz.
func Extensions() []string {
	return []string{".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".npy", ".npz"}
}

// For returns what writes a source as a file of the format that a path's extension names.
func For(path string, s *data.Source) (write func(io.Writer) error, err error) {
	lower := strings.ToLower(path)
	end := filepath.Ext(strings.TrimSuffix(lower, ".gz"))
	if end == "" || !slices.Contains(Extensions(), end) || strings.HasSuffix(lower, ".gz") && !textual(end) {
		return nil, fmt.Errorf("%s: the extension names the format: %s%s", path, strings.Join(Extensions(), ", "),
			spell.Hint(end, Extensions()))
	}
	switch end {
	case ".npy":
		write, err = npy(s)
	case ".npz":
		write, err = npz(s)
	default:
		var t *data.Table
		if t, err = tableOf(s); err == nil {
			write, err = table(end, t)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if strings.HasSuffix(lower, ".gz") {
		return packed(write), nil
	}
	return write, nil
}

// textual reports whether an extension is that of a text.
func textual(end string) bool { return end != ".parquet" && !strings.HasPrefix(end, ".np") }

// packed writes through gzip.
func packed(write func(io.Writer) error) func(io.Writer) error {
	return func(w io.Writer) error {
		z := gzip.NewWriter(w)
		if err := write(z); err != nil {
			return err
		}
		return z.Close()
	}
}

// table returns what writes a table.
func table(end string, t *data.Table) (func(io.Writer) error, error) {
	columns := make([]column, len(t.Columns))
	for i := range t.Columns {
		columns[i] = newColumn(&t.Columns[i])
	}
	switch end {
	case ".csv":
		return func(w io.Writer) error { return writeCSV(w, columns, t.Rows) }, nil
	case ".tsv":
		if err := tabless(t); err != nil {
			return nil, err
		}
		return func(w io.Writer) error { return writeTSV(w, columns, t.Rows) }, nil
	case ".parquet":
		return func(w io.Writer) error { return writeParquet(w, columns, t.Rows) }, nil
	}
	return func(w io.Writer) error { return writeJSON(w, columns, t.Rows) }, nil
}

// tabless refuses values that hold a tab or a line end, which a table between tabs has no way to write.
func tabless(t *data.Table) error {
	for i := range t.Columns {
		c := &t.Columns[i]
		for k := range c.Len() {
			if c.Kind == data.Category && strings.ContainsAny(c.Text(k), "\t\r\n") {
				return t.ErrorAt(k, c.Name, "a tab or a line end stands in the value, which .tsv cannot hold; write "+
					".csv")
			}
		}
	}
	return nil
}

// writeCSV writes fields between commas, in quotation marks where they need them.
func writeCSV(w io.Writer, columns []column, rows int) error {
	c := csv.NewWriter(w)
	rec := make([]string, len(columns))
	for i := range columns {
		rec[i] = columns[i].Name
	}
	if err := c.Write(rec); err != nil {
		return err
	}
	for k := range rows {
		for i := range columns {
			rec[i] = columns[i].text(k)
		}
		if err := c.Write(rec); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// writeTSV writes fields between tabs as they are.
func writeTSV(w io.Writer, columns []column, rows int) error {
	b := bufio.NewWriter(w)
	for k := -1; k < rows; k++ {
		for i := range columns {
			if i > 0 {
				b.WriteByte('\t')
			}
			if k < 0 {
				b.WriteString(columns[i].Name)
			} else {
				b.WriteString(columns[i].text(k))
			}
		}
		b.WriteByte('\n')
	}
	return b.Flush()
}

// writeJSON writes an object on each line.
func writeJSON(w io.Writer, columns []column, rows int) error {
	b := bufio.NewWriter(w)
	keys := make([][]byte, len(columns))
	for i := range columns {
		key, err := jsonOf(columns[i].Name)
		if err != nil {
			return err
		}
		keys[i] = key
	}
	for k := range rows {
		b.WriteByte('{')
		for i := range columns {
			if i > 0 {
				b.WriteByte(',')
			}
			b.Write(keys[i])
			b.WriteByte(':')
			c := &columns[i]
			switch {
			case c.IsMissing(k):
				b.WriteString("null")
			case c.kind == texts || c.kind == days || c.kind == times || c.kind == instants:
				v, err := jsonOf(c.text(k))
				if err != nil {
					return err
				}
				b.Write(v)
			default:
				b.WriteString(c.text(k))
			}
		}
		b.WriteString("}\n")
	}
	return b.Flush()
}

// jsonOf returns a text as JSON, without escapes that only pages of the web need.
func jsonOf(s string) ([]byte, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return nil, err
	}
	return []byte(strings.TrimSuffix(b.String(), "\n")), nil
}
