package hash_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"gorae/internal/hash"
)

// TestTensorFlow: the bins of strings of 0 to 333 bytes are TensorFlow 2.21's (testdata/make.py).
func TestTensorFlow(t *testing.T) {
	text, err := os.ReadFile("testdata/hash.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct{ Text, Fast, Strong string }
	if err := json.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) < 70 {
		t.Fatalf("%d rows", len(rows))
	}
	const bins = 1<<61 - 1
	key := [2]uint64{0x0706050403020100, 0x0f0e0d0c0b0a0908}
	for _, r := range rows {
		if got := fmt.Sprint(hash.Fingerprint64(r.Text) % bins); got != r.Fast {
			t.Errorf("fingerprint of %q (%d bytes): %s, TensorFlow has %s", r.Text, len(r.Text), got, r.Fast)
		}
		if got := fmt.Sprint(hash.Sip(key, r.Text) % bins); got != r.Strong {
			t.Errorf("SipHash of %q (%d bytes): %s, TensorFlow has %s", r.Text, len(r.Text), got, r.Strong)
		}
	}
}
