package gz

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReader(t *testing.T) {
	text := strings.Repeat("one line of many\n", 500)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ in, want, err string }{
		"plain":  {text, text, ""},
		"packed": {packed.String(), text, ""},
		"empty":  {"", "", ""},
		"a byte": {"\x1f", "\x1f", ""},
		"cut off": {packed.String()[:packed.Len()-9], "",
			"the gzip file is damaged or was cut off (unexpected EOF); fetch it again"},
	} {
		r, err := Reader(iotest.OneByteReader(strings.NewReader(c.in)), 16)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := io.ReadAll(r)
		if c.err != "" {
			if err == nil || err.Error() != c.err {
				t.Errorf("%s: %v", name, err)
			}
		} else if err != nil || string(got) != c.want {
			t.Errorf("%s: %d bytes, %v; want %d", name, len(got), err, len(c.want))
		}
	}
	if _, err := Reader(strings.NewReader("\x1f\x8b\x09"), 16); err == nil {
		t.Error("a header that is none was read")
	}
}
