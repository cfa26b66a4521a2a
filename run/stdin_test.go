package run

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"gorae/spec"

	_ "gorae/task/all"
)

// TestStdinHash: inputs.json holds the SHA-256 (of crypto/sha256) of what standard input gave, also beside a test set
// in a file, which is read after it.
func TestStdinHash(t *testing.T) {
	const table = "a,b,y\n1,2,0\n2,1,1\n3,5,0\n4,3,1\n5,9,0\n6,4,1\n7,2,0\n8,8,1\n9,1,0\n10,6,1\n"
	dir := t.TempDir()
	test, in := filepath.Join(dir, "test.csv"), filepath.Join(dir, "in.csv")
	for _, path := range []string{test, in} {
		if err := os.WriteFile(path, []byte(table), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open(in)
	if err != nil {
		t.Fatal(err)
	}
	defer func(old *os.File) { os.Stdin = old; _ = f.Close() }(os.Stdin)
	os.Stdin = f
	file, err := spec.Parse(filepath.Join(dir, "e.yaml"), "e",
		[]byte("data: {source: '-', target: y, task: classification, test: {source: test.csv}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := Prepare(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.inputs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(table))
	if want := hex.EncodeToString(sum[:]); got.Sources["data.source"] != want {
		t.Errorf("the hash of standard input is %s, want %s", got.Sources["data.source"], want)
	}
}
