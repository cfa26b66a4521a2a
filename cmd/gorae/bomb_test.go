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
