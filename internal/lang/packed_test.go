package lang

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestPacked: the packed catalogues, here and of the reference, are those of the text files.
func TestPacked(t *testing.T) {
	for _, dir := range []string{".", "../reference"} {
		file, err := os.ReadFile(filepath.Join(dir, "ko.zip"))
		if err != nil {
			t.Fatal(err)
		}
		want, err := Blocks(os.DirFS(dir), "ko")
		if err != nil {
			t.Fatal(err)
		}
		got, err := Blocks(Packed(file), "ko")
		if err != nil {
			t.Fatal(err)
		}
		names, _ := fs.Glob(Packed(file), "ko/*.txt")
		if len(want) < 100 || len(names) < 10 {
			t.Errorf("%s: %d texts in %d files", dir, len(want), len(names))
		}
		for english, korean := range want {
			if got[english] != korean {
				t.Errorf("%s: ko.zip has %q for %q, the texts have %q; run go generate ./internal/lang "+
					"./internal/reference", dir, got[english], english, korean)
				break
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: ko.zip has %d texts of %d; run go generate ./internal/lang ./internal/reference", dir,
				len(got), len(want))
		}
	}
}
