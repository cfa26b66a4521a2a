package ram

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func TestReader(t *testing.T) {
	defer SetLimit(SetLimit(120e6)) // a third is more than what is always allowed
	text := strings.Repeat("x", 5<<20)
	if got, err := io.ReadAll(Reader(strings.NewReader(text))); err != nil || len(got) != len(text) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	// What is thrown away costs nothing, however long it is.
	if n, err := io.Copy(io.Discard, Reader(io.LimitReader(zeros{}, 1<<30))); err != nil || n != 1<<30 {
		t.Errorf("%d bytes, %v", n, err)
	}
	var kept bytes.Buffer
	r := Reader(zeros{})
	_, err := io.Copy(&kept, r)
	if err == nil || !strings.HasPrefix(err.Error(),
		"reading it takes more than 40 MB, and this process may use 120 MB") || kept.Len() > 90e6 {
		t.Errorf("%d bytes, %v", kept.Len(), err)
	}
	kept.Reset()
	if _, again := r.Read(make([]byte, 1)); again != err {
		t.Errorf("the error is forgotten: %v", again)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }
