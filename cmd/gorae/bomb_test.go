package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"
)

func crc(b []byte) uint32 { return crc32.ChecksumIEEE(b) }

// npzBomb is an .npz file of n bytes of zeros, deflated.
func npzBomb(t *testing.T, n int64) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("x.npy")
	if err != nil {
		t.Fatal(err)
	}
	head := fmt.Sprintf("{'descr': '|u1', 'fortran_order': False, 'shape': (%d,), }", n)
	head += strings.Repeat(" ", 117-len(head)) + "\n"
	if _, err := io.WriteString(w, "\x93NUMPY\x01\x00\x76\x00"+head); err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(w, endless{"\x00"}, n); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestManyColumns: a table of many columns is inspected, trained on and predicted in time that grows with their number
// and not with its square, which would take minutes here.
func TestManyColumns(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	t.Chdir(t.TempDir())
	n := 60000
	if testing.Short() {
		n = 3000
	}
	var b strings.Builder
	for row := range 7 {
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			if row == 0 {
				fmt.Fprintf(&b, "c%d", i)
			} else {
				fmt.Fprint(&b, (7*i+row)%10)
			}
		}
		b.WriteByte('\n')
	}
	put(t, "wide.csv", b.String())
	put(t, "wide.yaml", fmt.Sprintf("data: {source: wide.csv, target: c%d}\nmodel: [dense: 1]\ntrain: {epochs: 1}\n",
		n-1))
	out, _ := must(t, "data", "inspect", "wide.csv")
	if !strings.Contains(out, fmt.Sprintf("6 rows × %d columns", n)) {
		t.Errorf("inspect: %.200s", out)
	}
	must(t, "train", "wide.yaml", "--out", "run", "--quiet")
	must(t, "predict", "run/model.keras", "--input", "wide.csv", "--output", "p.csv")
}
