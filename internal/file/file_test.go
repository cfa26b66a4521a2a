package file

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func say(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

func TestReplace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.txt")
	for _, s := range []string{"one", "", strings.Repeat("long", 1<<16)} {
		if err := Replace(path, say(s)); err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != s {
			t.Fatalf("read back %d bytes of %d: %v", len(b), len(s), err)
		}
	}
	only(t, filepath.Dir(path), "a.txt")
}

// A write that fails half-way, as on a full disk, leaves the former file and no other.
func TestReplaceFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.txt")
	full := func(w io.Writer) error {
		if err := say(strings.Repeat("x", 1<<17))(w); err != nil {
			return err
		}
		return &os.PathError{Op: "write", Path: "a", Err: syscall.ENOSPC}
	}
	err := Replace(path, full)
	if !errors.Is(err, syscall.ENOSPC) || err.Error() != fmt.Sprintf("%s: not written: %v", path, syscall.ENOSPC) {
		t.Errorf("a new file: %v", err)
	}
	only(t, dir)
	if err := Replace(path, say("good")); err != nil {
		t.Fatal(err)
	}
	if err = Replace(path, full); err == nil || !strings.HasSuffix(err.Error(), "; the former file is as it was") {
		t.Errorf("an old file: %v", err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "good" {
		t.Errorf("the former file holds %q %v", b, err)
	}
	only(t, dir, "a.txt")
	if err := Replace(filepath.Join(dir, "no", "b"), say("")); err == nil ||
		!strings.Contains(err.Error(), "there is no directory") {
		t.Errorf("no directory: %v", err)
	}
}

func only(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != len(names) {
		t.Fatalf("%v in the directory; want %v (%v)", entries, names, err)
	}
	for i, e := range entries {
		if e.Name() != names[i] {
			t.Errorf("%s; want %s", e.Name(), names[i])
		}
	}
}
