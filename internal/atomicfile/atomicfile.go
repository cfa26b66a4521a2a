// Package atomicfile replaces files such that at every instant, also when the process is
// killed or the power fails, the path holds either the old file or the whole new one.
package atomicfile

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
)

// busy keeps two goroutines from writing one path at once.
var busy struct {
	sync.Mutex
	paths map[string]*entry
}

type entry struct {
	sync.Mutex
	users int
}

// Write replaces the file at path by what write writes. The new file is written
// under a temporary name beside the old one, synced and renamed; then the directory is synced.
// After an error the old file is as it was. The temporary name is fixed (.NAME.partial), so that a
// process that was killed leaves one file at most, which the next Write uses again; two
// processes must therefore not write one path at the same time.
func Write(path string, write func(io.Writer) error) error {
	defer lock(filepath.Clean(path))()
	dir := filepath.Dir(path)
	temp := filepath.Join(dir, "."+filepath.Base(path)+".partial")
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return fmt.Errorf("%s: cannot write in %s: %w", path, dir, cause(err))
	}
	if err := fill(f, write); err != nil {
		f.Close() // a second Close, after one that failed, does no harm
		os.Remove(temp)
		return fmt.Errorf("%s: %w", path, cause(err))
	}
	if err := os.Rename(temp, path); err != nil {
		os.Remove(temp)
		return fmt.Errorf("%s: %w", path, cause(err))
	}
	if err := syncDir(dir); err != nil {
		return fmt.Errorf("%s: %w", path, cause(err))
	}
	return nil
}

// fill writes f and closes it.
func fill(f *os.File, write func(io.Writer) error) error {
	b := bufio.NewWriterSize(f, 1<<16)
	if err := write(b); err != nil {
		return err
	}
	if err := b.Flush(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close()
}

// lock takes the lock of a path and gives what lets it go.
func lock(path string) (unlock func()) {
	busy.Lock()
	e := busy.paths[path]
	if e == nil {
		e = &entry{}
		if busy.paths == nil {
			busy.paths = map[string]*entry{}
		}
		busy.paths[path] = e
	}
	e.users++
	busy.Unlock()
	e.Lock()
	return func() {
		e.Unlock()
		busy.Lock()
		defer busy.Unlock()
		if e.users--; e.users == 0 {
			delete(busy.paths, path)
		}
	}
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

// cause is an error of the file system without the name of the temporary file.
func cause(err error) error {
	switch e := err.(type) {
	case *os.PathError:
		return e.Err
	case *os.LinkError:
		return e.Err
	}
	return err
}
