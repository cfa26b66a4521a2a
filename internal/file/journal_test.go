package file

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestJournal: a journal is made once, goes on where it is cut off, and a missing one is known as such.
func TestJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	if _, err := OpenJournal(path); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("one that is not there: %v", err)
	}
	write := func(f Growing, s string) {
		t.Helper()
		if _, err := io.WriteString(f, s); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	f, err := NewJournal(path)
	if err != nil {
		t.Fatal(err)
	}
	write(f, "one two")
	if _, err := NewJournal(path); !errors.Is(err, fs.ErrExist) || strings.Contains(err.Error(), "\n") {
		t.Fatalf("one that is there: %v", err)
	}
	if f, err = OpenJournal(path); err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(3); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Seek(3, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	write(f, " more")
	if got, err := os.ReadFile(path); err != nil || string(got) != "one more" {
		t.Errorf("it holds %q", got)
	}
}
