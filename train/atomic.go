package train

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// replace writes a file such that at every instant, also when the process is
// killed or the power fails, path is either the old file or the whole new one: the new
// one is written under a temporary name beside it, synced, and renamed, and then
// the directory is synced.
func replace(path string, write func(io.Writer) error) (err error) {
	dir := filepath.Dir(path)
	// The name is fixed, so that a process that was killed here leaves one file, which the
	// next write uses again.
	temp := filepath.Join(dir, "."+filepath.Base(path)+".partial")
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return fmt.Errorf("%s: cannot write in %s: %w", path, dir, cause(err))
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(temp)
			err = fmt.Errorf("%s: %w; the former file is as it was", path, cause(err))
		}
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
