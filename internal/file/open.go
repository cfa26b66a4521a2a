package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gorae/internal/spell"
)

// OpenError says in one line why a file cannot be read, and what to do.
func OpenError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: no such file; check the path%s", path, Neighbour(path))
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: not allowed to read it; change its permissions", path)
	}
	if st, serr := os.Stat(path); serr == nil && st.IsDir() {
		return fmt.Errorf("%s: a directory; name a file in it", path)
	}
	return fmt.Errorf("%s: %w", path, Cause(err))
}

// Neighbour suggests a file of nearly that name in the same directory; "" where there is none.
func Neighbour(path string) string {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return ""
	}
	var names []string
	for _, d := range entries {
		if d.Name() != filepath.Base(path) { // a link to nowhere
			names = append(names, d.Name())
		}
	}
	if s := spell.Nearest(filepath.Base(path), names); s != "" {
		return fmt.Sprintf("; did you mean %s?", filepath.Join(filepath.Dir(path), s))
	}
	return ""
}
