// Package file writes files that survive: at every instant, also when the
// process is killed or the power fails, a path holds either its old content or the
// whole new one.
package file

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Replace gives the file at path the content that write writes: under a
// temporary name beside it, synced, renamed, and the directory synced. When anything fails
// the former file is as it was, and the error says so in one line.
func Replace(path string, write func(io.Writer) error) (err error) {
	dir := filepath.Dir(path)
	_, before := os.Stat(path)
	// The temporary name is fixed, so that a process killed here leaves one file, which
	// the next write uses again.
	temp := filepath.Join(dir, "."+filepath.Base(path)+partial)
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s: there is no directory %s; make it, or name another", path, dir)
		}
		return fmt.Errorf("%s: cannot write in %s: %w; name a directory that can be written", path, dir, Cause(err))
	}
	defer func() {
		if err == nil {
			return
		}
		_ = f.Close()       // the first error is the one to tell
		_ = os.Remove(temp) // or the next write uses it again
		kept := ""
		if before == nil {
			kept = "; the former file is as it was"
		}
		err = fmt.Errorf("%s: not written: %w%s", path, Cause(err), kept)
	}()
	b := bufio.NewWriterSize(f, 1<<16)
	if err = write(b); err != nil {
		return err
	}
	if err = b.Flush(); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Rename(temp, path); err != nil {
		return err
	}
	return syncDir(dir)
}

const partial = ".partial"

// Partial reports whether a name is one of Replace's temporary ones: what a process that was killed leaves.
func Partial(name string) bool {
	return strings.HasPrefix(name, ".") && strings.HasSuffix(name, partial)
}

// syncDir makes a rename in a directory last. Windows cannot open directories for
// that; there NTFS's journal keeps the order.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if e := d.Close(); err == nil {
		err = e
	}
	return err
}

// Cause is an error of the file system without the names that it repeats.
func Cause(err error) error {
	switch e := err.(type) {
	case *fs.PathError:
		return e.Err
	case *os.LinkError:
		return e.Err
	}
	return err
}
