package filetest

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"gorae/internal/file"
)

// Recorder is a disk that records what a failure of the power would leave below one directory, after each operation.
//
// The model is POSIX's: a file's bytes last from its sync on, a name from the sync of its directory on; before that,
// any of them may be lost or there by itself.
type Recorder struct {
	Disk file.Disk
	Dir  string

	mu     sync.Mutex
	now    tree // as programs see it
	last   tree // what lasts
	images []Image
}

// tree is the files by their path.
type tree map[string]*inode

// inode is a file: its bytes as programs see them, and those that last.
type inode struct{ now, last []byte }

// Image is the files below the directory, with their content, as they may be found after a failure.
type Image struct {
	After string // the operation, and what of it was kept
	Files map[string]string
}

// Images is what may be found, after each operation in three ways: everything is there (the process was killed); only
// what lasts is there; names are there and of their bytes those that last (a file system that writes names first).
func (r *Recorder) Images() []Image {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.images
}

func (r *Recorder) did(op, name string) {
	image := func(kept string, names tree, bytes func(*inode) []byte) {
		files := map[string]string{}
		for path, n := range names {
			files[path] = string(bytes(n))
		}
		r.images = append(r.images, Image{op + " " + name + ", " + kept, files})
	}
	now, last := func(n *inode) []byte { return n.now }, func(n *inode) []byte { return n.last }
	image("all kept", r.now, now)
	image("what was synced kept", r.last, last)
	image("names kept", r.now, last)
}

// path is a name below the directory; ok is false for others.
func (r *Recorder) path(name string) (string, bool) {
	rel, err := filepath.Rel(r.Dir, name)
	return rel, err == nil && filepath.IsLocal(rel)
}

// change makes a change of the tree and takes the images after it.
func (r *Recorder) change(op, name string, err error, change func(path string)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if path, ok := r.path(name); ok && err == nil {
		if r.now == nil {
			r.now, r.last = tree{}, tree{}
		}
		change(path)
		r.did(op, path)
	}
	return err
}

// Create implements file.FS.
func (r *Recorder) Create(name string) (file.File, error) {
	f, err := r.Disk.Create(name)
	n := &inode{}
	err = r.change("create", name, err, func(path string) { r.now[path] = n })
	if err != nil {
		return nil, err
	}
	return &recorded{f, r, n, name}, nil
}

// Rename implements file.FS.
func (r *Recorder) Rename(from, to string) error {
	err := r.Disk.Rename(from, to)
	return r.change("rename", to, err, func(path string) {
		if old, ok := r.path(from); ok {
			r.now[path] = r.now[old]
			delete(r.now, old)
		}
	})
}

// Remove implements file.FS.
func (r *Recorder) Remove(name string) error {
	return r.change("remove", name, r.Disk.Remove(name), func(path string) { delete(r.now, path) })
}

// Mkdir implements file.FS.
func (r *Recorder) Mkdir(name string) error { return r.Disk.Mkdir(name) }

// SyncDir implements file.FS.
func (r *Recorder) SyncDir(name string) error {
	return r.change("sync directory", name, r.Disk.SyncDir(name), func(dir string) {
		in := func(path string, _ *inode) bool { return filepath.Dir(path) == dir }
		maps.DeleteFunc(r.last, in)
		for path, n := range r.now {
			if in(path, n) {
				r.last[path] = n
			}
		}
	})
}

type recorded struct {
	file.File
	disk *Recorder
	node *inode
	name string
}

func (w *recorded) Write(b []byte) (int, error) {
	n, err := w.File.Write(b)
	return n, w.disk.change("write", w.name, err, func(string) {
		w.node.now = append(w.node.now[:len(w.node.now):len(w.node.now)], b[:n]...)
	})
}

func (w *recorded) Sync() error {
	return w.disk.change("sync", w.name, w.File.Sync(), func(string) { w.node.last = w.node.now })
}

// Distinct is the images that differ in what is found, temporary files left out of the comparison.
func Distinct(images []Image) []Image {
	var out []Image
	seen := map[string]bool{}
	for _, image := range images {
		var b strings.Builder
		for _, name := range slices.Sorted(maps.Keys(image.Files)) {
			if !file.Partial(filepath.Base(name)) {
				b.WriteString(name + "\x00" + image.Files[name] + "\x00")
			}
		}
		if !seen[b.String()] {
			seen[b.String()] = true
			out = append(out, image)
		}
	}
	return out
}

// Write lays an image out in a directory.
func (i Image) Write(dir string) error {
	for name, content := range i.Files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			return err
		}
	}
	return nil
}
