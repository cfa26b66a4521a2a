package tensor

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"
)

// timesNPZ is an .npz file of one array t of datetime64.
func timesNPZ(t testing.TB, descr string, counts ...int64) []byte {
	t.Helper()
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	w, err := z.Create("t.npy")
	if err != nil {
		t.Fatal(err)
	}
	if err := writeHeader(w, descr, Shape{len(counts)}); err != nil {
		t.Fatal(err)
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if descr[0] == '>' {
		order = binary.BigEndian
	}
	if err := binary.Write(w, order, counts); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// Times of NumPy are text. 18262 days after 1 January 1970 is 1 January 2020, second 1577836800 its first.
func TestNPZTimes(t *testing.T) {
	for _, c := range []struct {
		descr  string
		counts []int64
		want   string
	}{
		{"<M8[D]", []int64{18262, 18263, math.MinInt64, -1}, "2020-01-01|2020-01-02||1969-12-31"},
		{">M8[D]", []int64{18262}, "2020-01-01"},
		{"<M8[Y]", []int64{50, -1}, "2020-01-01|1969-01-01"},
		{"<M8[M]", []int64{600, 601}, "2020-01-01|2020-02-01"},
		{"<M8[W]", []int64{1}, "1970-01-08"},
		{"<M8[h]", []int64{25}, "1970-01-02 01:00:00"},
		{"<M8[m]", []int64{1}, "1970-01-01 00:01:00"},
		{"<M8[s]", []int64{1577836800, 1577836801}, "2020-01-01 00:00:00|2020-01-01 00:00:01"},
		{"<M8[25s]", []int64{2, 3}, "1970-01-01 00:00:50|1970-01-01 00:01:15"},
		{"<M8[ms]", []int64{-1, 250}, "1969-12-31 23:59:59.999|1970-01-01 00:00:00.250"},
		{"<M8[us]", []int64{1}, "1970-01-01 00:00:00.000001"},
		{"<M8[ns]", []int64{1577836800000000000, 1577923200000000000}, "2020-01-01|2020-01-02"},
		{"<M8[ns]", []int64{1577836800000000001}, "2020-01-01 00:00:00.000000001"},
	} {
		b := timesNPZ(t, c.descr, c.counts...)
		_, texts, err := ReadNPZText(bytes.NewReader(b), int64(len(b)))
		if err != nil || len(texts) != 1 || strings.Join(texts[0].Strings, "|") != c.want {
			t.Errorf("%s %v: %+v %v, want %s", c.descr, c.counts, texts, err, c.want)
		}
		if _, err := ReadNPZ(bytes.NewReader(b), int64(len(b))); err == nil ||
			!strings.Contains(err.Error(), "dates and times; save them as numbers, or the table as .csv") {
			t.Errorf("%s among arrays of numbers: %v", c.descr, err)
		}
	}
	for descr, want := range map[string]string{"<M8": "without its unit", "<M8[ps]": "another unit",
		"<M8[0s]": "another unit", "<M8[99999999999s]": "another unit"} {
		b := timesNPZ(t, descr, 1)
		if _, _, err := ReadNPZText(bytes.NewReader(b), int64(len(b))); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", descr, err, want)
		}
	}
	for _, descr := range []string{"<M8[Y]", "<M8[M]", "<M8[D]", "<M8[s]", "<M8[25s]"} {
		for _, n := range []int64{math.MaxInt64, math.MinInt64 + 1} {
			b := timesNPZ(t, descr, n)
			if _, _, err := ReadNPZText(bytes.NewReader(b), int64(len(b))); err == nil ||
				!strings.Contains(err.Error(), fmt.Sprintf("element 0: %d of %s is no time", n, descr)) {
				t.Errorf("%s %d: %v", descr, n, err)
			}
		}
	}
}
