package zipfile

import (
	"archive/zip"
	"bytes"
	"errors"
	"hash/crc32"
	"io"
	"testing"

	"pgregory.net/rapid"
)

// stored is an archive with one stored member.
func stored(t rapid.TB, content []byte) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	m, err := w.CreateHeader(&zip.FileHeader{Name: "m", Method: zip.Store})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The checksum of a member is right however it was read, and a changed byte anywhere is found.
func TestSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		content := make([]byte, rapid.IntRange(0, 100_000).Draw(t, "size"))
		for i := range content {
			content[i] = byte(i * i >> 3)
		}
		file := stored(t, content)
		z, err := Open(bytes.NewReader(file), int64(len(file)), 1)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Sum(z.File[0])
		if err != nil {
			t.Fatal(err)
		}
		at, err := z.File[0].DataOffset()
		if err != nil {
			t.Fatal(err)
		}
		content = file[at:][:len(content)]
		changed := len(content) > 0 && rapid.Bool().Draw(t, "changed")
		if changed {
			content[rapid.IntRange(0, len(content)-1).Draw(t, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		}
		end := 0
		for range rapid.IntRange(0, 12).Draw(t, "reads") {
			off := end // behind the last
			if rapid.Bool().Draw(t, "elsewhere") {
				off = rapid.IntRange(0, len(content)).Draw(t, "off")
			}
			b := make([]byte, rapid.IntRange(0, 30_000).Draw(t, "bytes"))
			n, err := s.ReadAt(b, int64(off))
			want := content[off:]
			if n != min(len(b), len(want)) || n < len(b) && err != io.EOF || !bytes.Equal(b[:n], want[:n]) {
				t.Fatalf("%d bytes at %d of %d: %d, %v", len(b), off, len(content), n, err)
			}
			end = off + n
		}
		if err := s.Check(); errors.Is(err, zip.ErrChecksum) != changed || err != nil && !changed {
			t.Fatalf("changed %v: %v", changed, err)
		}
	})
}

// The checksum of two texts is that of both.
func TestCombine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SliceOf(rapid.Byte()).Draw(t, "a"), rapid.SliceOf(rapid.Byte()).Draw(t, "b")
		got := combine(crc32.ChecksumIEEE(a), crc32.ChecksumIEEE(b), int64(len(b)))
		if want := crc32.ChecksumIEEE(append(a, b...)); got != want {
			t.Fatalf("%08x, want %08x", got, want)
		}
	})
}
