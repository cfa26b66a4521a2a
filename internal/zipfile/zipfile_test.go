package zipfile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"
)

// many is an archive of n empty members with names of the given length, and a count of members in its end that is the
// format's: n modulo 65536, or a lie.
func many(n, letters int, count uint16) []byte {
	le := binary.LittleEndian
	b := append([]byte("PK\x03\x04\x14\x00\x00\x00\x00\x00"), make([]byte, 20)...) // one member for all entries
	at := len(b)
	for i := range n {
		h := append([]byte("PK\x01\x02"), make([]byte, 42)...)
		name := fmt.Sprintf("%0*d", letters, i)
		if letters == 0 {
			name = ""
		}
		le.PutUint16(h[28:], uint16(len(name)))
		b = append(append(b, h...), name...)
	}
	end := append([]byte("PK\x05\x06"), make([]byte, 18)...)
	le.PutUint16(end[8:], count)
	le.PutUint16(end[10:], count)
	le.PutUint32(end[12:], uint32(len(b)-at))
	le.PutUint32(end[16:], uint32(at))
	return append(b, end...)
}

// A directory within the bound is read whole, one beyond it is refused before it is read to its end, whatever count
// the archive gives.
func TestOpen(t *testing.T) {
	for _, c := range []struct {
		n, letters, most int
		ok               bool
	}{
		{0, 0, 16, true}, {1000, 18, 1000, true}, {1, 60000, 16, true}, {5000, 18, 5000, true},
		{200_000, 6, 1 << 14, false}, {200_000, 0, 1 << 14, false}, {70_000, 30, 1 << 14, false},
	} {
		file := many(c.n, c.letters, uint16(c.n))
		begun := time.Now()
		z, err := Open(bytes.NewReader(file), int64(len(file)), c.most)
		var tooMany *ManyError
		switch {
		case c.ok && (err != nil || len(z.File) != c.n):
			t.Errorf("%+v: %v", c, err)
		case !c.ok && !errors.As(err, &tooMany):
			t.Errorf("%+v: %v", c, err)
		}
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("%+v: took %v", c, took)
		}
	}
	file := many(200_000, 6, 3) // a count that does not fit the directory
	if _, err := Open(bytes.NewReader(file), int64(len(file)), 100); err == nil {
		t.Error("a directory of 200,000 entries was read where 100 are the most")
	}
	if _, err := Open(bytes.NewReader([]byte("PK")), 2, 100); !errors.Is(err, zip.ErrFormat) {
		t.Errorf("two bytes: %v", err)
	}
}

// The bound is on the directory, not on what is read of the members.
func TestMembers(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	m, err := w.CreateHeader(&zip.FileHeader{Name: "zeros", Method: zip.Store})
	if err != nil {
		t.Fatal(err)
	}
	const size = 1 << 20
	if _, err := m.Write(make([]byte, size)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	z, err := Open(bytes.NewReader(b.Bytes()), int64(b.Len()), 1)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r, err := z.File[0].Open()
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, r); n != size || err != nil {
			t.Errorf("%d bytes, %v", n, err)
		}
	}
}

// FuzzOpen: what is opened is what archive/zip opens, and has no more members than are allowed for by their names.
func FuzzOpen(f *testing.F) {
	f.Add(many(5, 3, 5))
	f.Add(many(300, 1, 7))
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, file []byte) {
		const most = 64
		z, err := Open(bytes.NewReader(file), int64(len(file)), most)
		want, wanted := zip.NewReader(bytes.NewReader(file), int64(len(file)))
		var tooMany *ManyError
		switch {
		case errors.As(err, &tooMany):
			if len(file) < most*perMember {
				t.Fatalf("%d bytes: %v", len(file), err)
			}
		case fmt.Sprint(err) != fmt.Sprint(wanted):
			t.Fatalf("%v, archive/zip: %v", err, wanted)
		case err == nil && len(z.File) != len(want.File):
			t.Fatalf("%d members, archive/zip: %d", len(z.File), len(want.File))
		}
	})
}
