package tensorboard

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// records are the events of a file, without the times at their beginning.
func records(t *testing.T, path string) (events [][]byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if end := whole(bytes.NewReader(b), int64(len(b))); end != int64(len(b)) {
		t.Fatalf("%s: whole records end at byte %d of %d", path, end, len(b))
	}
	for len(b) > 0 {
		n := binary.LittleEndian.Uint64(b)
		if b[12] != 1<<3|fixed64 {
			t.Fatalf("%s: the event does not begin with its time", path)
		}
		events, b = append(events, b[12+9:12+n]), b[16+n:]
	}
	return events
}

// TestRecord: the form of a record, with the checksum of RFC 3720 (B.4) masked by hand.
func TestRecord(t *testing.T) {
	if c := crc32.Checksum([]byte("123456789"), castagnoli); c != 0xe3069283 {
		t.Fatalf("CRC-32C is %#x", c)
	}
	// 0xe3069283 turned right by 15 bits is 0x2507c60d; the sum with 0xa282ead8 is 0xc78ab0e5.
	if c := masked([]byte("123456789")); c != 0xc78ab0e5 {
		t.Errorf("the masked checksum is %#x", c)
	}
	r := appendRecord([]byte("before"), []byte("123456789"))
	want := slices.Concat([]byte("before"), []byte{9, 0, 0, 0, 0, 0, 0, 0}, r[14:18], []byte("123456789"),
		[]byte{0xe5, 0xb0, 0x8a, 0xc7})
	if !bytes.Equal(r, want) || binary.LittleEndian.Uint32(r[14:]) != masked(want[6:14]) {
		t.Errorf("the record is % x", r)
	}
}

// TestWhole: the end of the last whole record, wherever the bytes are cut off or spoilt.
func TestWhole(t *testing.T) {
	var b []byte
	var ends []int
	for _, s := range []string{"one", "", "a third, longer one"} {
		b = appendRecord(b, []byte(s))
		ends = append(ends, len(b))
	}
	before := func(at int) (end int64) {
		for _, e := range ends {
			if e <= at {
				end = int64(e)
			}
		}
		return end
	}
	for n := range len(b) + 1 {
		if got := whole(bytes.NewReader(b[:n]), int64(n)); got != before(n) {
			t.Errorf("of %d bytes %d are whole, want %d", n, got, before(n))
		}
		if got := whole(bytes.NewReader(b), int64(n)); got != before(n) {
			t.Errorf("within %d bytes %d are whole, want %d", n, got, before(n))
		}
	}
	for i := range b {
		spoilt := slices.Clone(b)
		spoilt[i] ^= 0x10
		if got := whole(bytes.NewReader(spoilt), int64(len(b))); got != before(i) {
			t.Errorf("with byte %d spoilt %d are whole, want %d", i, got, before(i))
		}
	}
}

// TestReopen: a file goes on behind the records that it is to keep.
func TestReopen(t *testing.T) {
	dir := t.TempDir()
	e, err := create(filepath.Join(dir, "new"), "events")
	if err != nil {
		t.Fatal(err)
	}
	var s scalars
	put := func(e *events, step int64) {
		t.Helper()
		if err := e.value(step, s.of("loss", float64(step))); err != nil {
			t.Fatal(err)
		}
	}
	put(e, 1)
	if err := e.sync(); err != nil {
		t.Fatal(err)
	}
	end := e.end
	put(e, 2)
	if err := e.close(); err != nil {
		t.Fatal(err)
	}
	want := records(t, e.path)
	b, err := os.ReadFile(e.path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(e.path, b[:len(b)-3], 0o644); err != nil { // killed while it was written
		t.Fatal(err)
	}
	again, err := reopen(e.path, end)
	if err != nil {
		t.Fatal(err)
	}
	put(again, 2)
	if err := again.close(); err != nil {
		t.Fatal(err)
	}
	if got := records(t, e.path); !slices.EqualFunc(got, want, bytes.Equal) {
		t.Errorf("the records are %q, want %q", got, want)
	}
	if gone, err := reopen(filepath.Join(dir, "gone"), 100); gone != nil || err != nil {
		t.Errorf("a file that is gone: %v, %v", gone, err)
	}
}
