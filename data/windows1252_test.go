package data

import (
	"testing"

	"golang.org/x/text/encoding/charmap"
)

// TestWindows1252 holds every byte against golang.org/x/text, also where the output has hardly any room.
func TestWindows1252(t *testing.T) {
	all := make([]byte, 0, 256*40)
	for i := range cap(all) {
		all = append(all, byte(i))
	}
	want, err := charmap.Windows1252.NewDecoder().Bytes(all)
	if err != nil {
		t.Fatal(err)
	}
	got, err := windows1252{}.NewDecoder().Bytes(all)
	if err != nil || string(got) != string(want) {
		t.Errorf("%q, want %q; %v", got[:512], want[:512], err)
	}
	dst := make([]byte, 3)
	n, m, err := from1252{}.Transform(dst, []byte("a€b"[:1]+"\x80b"), true)
	if n != 1 || m != 1 || err == nil {
		t.Errorf("%d bytes of %d characters, %v; the euro sign has three", n, m, err)
	}
}
