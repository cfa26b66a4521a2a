package data

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// readBy reads a file with the scanner alone and value by value, where size is 0, or by blocks of a size with each text
// of a column looked at once.
func readBy(file string, o CSVOptions, size int) (string, error) {
	defer func(w, b, f int) { windowSize, blockSize, fewCoded = w, b, f }(windowSize, blockSize, fewCoded)
	windowSize, blockSize = 3*size, size
	if size == 0 {
		fewCoded = 0
	}
	t, err := ReadCSV(io.MultiReader(strings.NewReader(file)), "f.csv", o)
	if err != nil {
		return "", err
	}
	return all(t), nil
}

// all writes down everything that a table says.
func all(t *Table) string {
	s := fmt.Sprintf("header %v, rows %d, lines %v, total %q\n", t.Header, t.Rows, t.lines, t.total)
	for _, g := range t.Guesses {
		s += fmt.Sprintf("%v %v %d\n", g, g.Open, g.Count)
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		s += fmt.Sprintf("%q %v %+v", c.Name, c.Kind, c.Reading)
		for r := range t.Rows {
			s += fmt.Sprintf(" %q %q %v", c.Spelling(r), c.Level(r), c.IsMissing(r))
			if c.Kind == Number {
				s += fmt.Sprintf(" %x", math.Float64bits(c.Numbers[r]))
			}
		}
		codes, levels := c.Codes()
		s += fmt.Sprintf("\n%v %q\n", codes, levels)
	}
	return s
}

// What blocks of any size make of a file is what the scanner makes of it, with the same guesses, lines and errors.
func TestBlocksReadAsTheScanner(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		file, o := drawFile(t)
		want, wantErr := readBy(file, o, 0)
		for _, size := range []int{1, 7, 64, 1 << 20} {
			got, err := readBy(file, o, size)
			if got != want || fmt.Sprint(err) != fmt.Sprint(wantErr) {
				t.Fatalf("blocks of %d bytes of %q:\n%s%v\nthe scanner:\n%s%v", size, file, got, err, want, wantErr)
			}
		}
	})
}

// drawFile draws a file and how it is read.
func drawFile(t *rapid.T) (string, CSVOptions) {
	fields := []string{"1", "2.5", "-3", "", "", "NA", "x", "ab c", "5 kg", "$5", "(3)", "50 %", "n/a", "-", " 7 ",
		"\t8", "1,5", "1.234,5", "03", `"q"`, `"a,b"`, `"a""b"`, "\"a\nb\"", "\"a\r\nb\"", `""`, ` "s" `, `"open`,
		`5" pipe`, `"a"b`, "é", "고래", "\xff", "\x00", "\ufeff", "#", "12345678901234567", "0.12345678901234567",
		"1e5", "a\rb", "2024-01-02", "longer than sixteen bytes of text", "\ufffd"}
	width := rapid.IntRange(1, 4).Draw(t, "width")
	comma := rapid.SampledFrom([]string{",", ",", ";", "\t", "|", " "}).Draw(t, "comma")
	feed := rapid.SampledFrom([]string{"\n", "\n", "\r\n", "\r"}).Draw(t, "feed")
	tame := rapid.Bool().Draw(t, "tame") // most awkward fields end in an error
	of := fields
	if tame {
		of = slices.DeleteFunc(slices.Clone(fields), func(f string) bool {
			return f == `"open` || f == `"a"b` || f == "\xff" || f == "\x00" || f == "a\rb" ||
				comma != ";" && strings.Contains(f, "1,5")
		})
	}
	var file strings.Builder
	header := make([]string, width)
	for i := range header {
		header[i] = string(rune('a' + i))
	}
	if rapid.Bool().Draw(t, "mark") {
		file.WriteString("\ufeff")
	}
	lines := rapid.IntRange(1, 40).Draw(t, "lines")
	for i := range lines {
		row := header
		switch kind := rapid.IntRange(0, 25).Draw(t, "kind"); {
		case i == 0 || kind == 0:
		case kind == 1:
			file.WriteString(feed)
			continue
		case kind == 2:
			file.WriteString("\ufeff")
			fallthrough
		default:
			n := width
			if kind == 3 && !tame {
				n = rapid.IntRange(1, 5).Draw(t, "fields")
			}
			row = rapid.SliceOfN(rapid.SampledFrom(of), n, n).Draw(t, "row")
		}
		file.WriteString(strings.Join(row, comma))
		if i < lines-1 || rapid.Bool().Draw(t, "ends") {
			file.WriteString(feed)
		}
	}
	o := CSVOptions{Encoding: rapid.SampledFrom([]string{"", "", "", "latin1"}).Draw(t, "encoding"),
		Blank: rapid.SampledFrom([]string{"", "", "rows", "skip"}).Draw(t, "blank")}
	if rapid.IntRange(0, 9).Draw(t, "end") == 0 {
		o.SkipEnd = 2
	}
	return file.String(), o
}
