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
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Replace gives the file at path the content that write writes: under a temporary name beside it that no other writer
// has, synced, renamed, and the directory synced. When anything fails the former file is as it was, and the error says
// so in one line. Of several writers at a time one leaves its whole file. The permissions of a former file are kept; a
// symbolic link stays one, and the file that it names is replaced. A directory and what is no file (a device, a pipe)
// are refused.
func Replace(path string, write func(io.Writer) error) error {
	target, former, err := Target(path)
	if err != nil {
		return err
	}
	disk := system()
	dir := filepath.Dir(target)
	f, temp, err := create(disk, dir, filepath.Base(target))
	defer writing.Delete(temp)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s: there is no directory %s; make it, or name another", path, dir)
		}
		return fmt.Errorf("%s: cannot write in %s: %w; name a directory that can be written", path, dir, Cause(err))
	}
	if err = fill(f, former, write); err == nil {
		err = disk.Rename(temp, target)
	}
	if err != nil {
		_ = f.Close()         // the first error is the one to tell
		_ = disk.Remove(temp) // else it stays until a later Replace removes it
		kept := ""
		if former != nil {
			kept = "; the former file is as it was"
		}
		return fmt.Errorf("%s: not written: %w%s", path, Cause(err), kept)
	}
	if err := disk.SyncDir(dir); err != nil {
		return fmt.Errorf("%s: written, but a power failure may undo it: the directory cannot be synced: %w", path,
			Cause(err))
	}
	return nil
}

// fill writes, syncs and closes the new file, with the permissions of the former one.
func fill(f File, former fs.FileInfo, write func(io.Writer) error) error {
	b := bufio.NewWriterSize(f, 1<<16)
	if err := write(b); err != nil {
		return err
	}
	if err := b.Flush(); err != nil {
		return err
	}
	if former != nil {
		if err := f.Chmod(former.Mode().Perm()); err != nil {
			return err
		}
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close()
}

// Target is the file that Replace would write for a path, symbolic links followed, and what is there now; nil where
// nothing is. The error is that of a path that cannot be a file's.
func Target(path string) (target string, former fs.FileInfo, err error) {
	st, err := os.Stat(path)
	if err != nil {
		return path, nil, nil // nothing is there, or Replace finds out why it cannot be written
	}
	switch {
	case st.IsDir():
		return "", nil, fmt.Errorf("%s: a directory; name a file in it, such as %s", path,
			filepath.Join(path, "NAME"+filepath.Ext(path)))
	case !st.Mode().IsRegular():
		return "", nil, fmt.Errorf("%s: a device or a pipe, no file; name a file", path)
	}
	if target, err = filepath.EvalSymlinks(path); err != nil {
		target = path
	}
	return target, st, nil
}

const (
	partial = ".partial"
	// abandoned is how long nobody has written to a temporary file whose writer must have ended.
	abandoned = time.Hour
)

// create makes a new file of a temporary name for base, and removes the abandoned ones of that base.
func create(disk FS, dir, base string) (File, string, error) {
	prefix := "." + base + "."
	if leftovers, err := filepath.Glob(filepath.Join(glob(dir), glob(prefix)+"*"+partial)); err == nil {
		for _, name := range leftovers {
			if st, err := os.Stat(name); err == nil && time.Since(st.ModTime()) > abandoned {
				_ = disk.Remove(name) // else a later Replace does
			}
		}
	}
	for {
		name := filepath.Join(dir, prefix+strconv.FormatUint(rand.Uint64(), 36)+partial)
		writing.Store(name, nil)
		f, err := disk.Create(name)
		if errors.Is(err, fs.ErrExist) {
			writing.Delete(name) // another writer's
		}
		if !errors.Is(err, fs.ErrExist) {
			return f, name, err
		}
	}
}

// writing is the temporary files of this process.
var writing sync.Map

// Abandon removes the temporary files of this process, which is about to end while it may still be writing.
func Abandon() {
	writing.Range(func(name, _ any) bool {
		_ = system().Remove(name.(string)) // what stays means nothing
		return true
	})
}

// glob is a name as a pattern of filepath.Match that matches this name alone.
func glob(s string) string {
	return strings.NewReplacer("*", "[*]", "?", "[?]", "[", "[[]").Replace(s)
}

// Partial reports whether a name is one of Replace's temporary ones: what a process that was killed leaves.
func Partial(name string) bool {
	return strings.HasPrefix(name, ".") && strings.HasSuffix(name, partial)
}

// RemovePartials removes the temporary files of a directory in which nobody is writing.
func RemovePartials(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // whoever reads the directory finds the same error
	}
	for _, e := range entries {
		if Partial(e.Name()) && e.Type().IsRegular() {
			_ = system().Remove(filepath.Join(dir, e.Name())) // it means nothing where it stays
		}
	}
}

// Remove removes a file for good, also after a power failure.
func Remove(path string) error {
	disk := system()
	if err := disk.Remove(path); err != nil {
		return err
	}
	return disk.SyncDir(filepath.Dir(path))
}

// Confined returns an error where a symbolic link below dir leads out of it, or to nothing: what is written under its
// name would lie elsewhere. A missing dir is no error.
func Confined(dir string) error {
	root, err := filepath.EvalSymlinks(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return fmt.Errorf("%s: %w", dir, Cause(err))
	}
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Type()&fs.ModeSymlink == 0 {
			return nil // what cannot be read cannot be written through
		}
		target, err := filepath.EvalSymlinks(path)
		if err == nil {
			if in, err := filepath.Rel(root, target); err == nil && filepath.IsLocal(in) {
				return nil
			}
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		return fmt.Errorf("%s: a link that leads out of this directory; remove it, or put the file itself there",
			filepath.Join(dir, name))
	})
}

// NewDir makes a directory that must not be there (fs.ErrExist) below one that is.
func NewDir(dir string) error {
	disk := system()
	if err := disk.Mkdir(dir); err != nil {
		return err
	}
	return disk.SyncDir(filepath.Dir(dir))
}

// MakeDir makes a directory and those above it where they are missing, for good, also after a power failure.
func MakeDir(dir string) error {
	if st, err := os.Stat(dir); err == nil {
		if st.IsDir() {
			return nil
		}
		return &fs.PathError{Op: "mkdir", Path: dir, Err: errNotDir}
	}
	above := filepath.Dir(dir)
	if above != dir {
		if err := MakeDir(above); err != nil {
			return err
		}
	}
	if err := NewDir(dir); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

var errNotDir = errors.New("a file stands where a directory should be")

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

// RemoveDir removes a directory that must hold a file of a name, which says what the directory is, with everything in
// it. The file goes last, so that a directory of which a part could not be removed is still known for what it is.
func RemoveDir(dir, name string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return OpenError(dir, err)
	}
	if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
		return fmt.Errorf("%s: holds no %s", dir, name)
	}
	for _, e := range entries {
		if e.Name() == name || e.Name() == LockName {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("%s: %w", dir, Cause(err))
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("%s: %w", dir, Cause(err))
	}
	return nil
}
