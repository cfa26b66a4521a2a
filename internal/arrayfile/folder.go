package arrayfile

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Folder is a folder of kept files, whose names end in Ext.
type Folder struct{ Path, Ext string }

// Make makes the folder, for its user alone, where it is not there.
func (f Folder) Make() error { return os.MkdirAll(f.Path, 0o700) }

// Used notes that a file is used, so that others are removed before it.
func (f Folder) Used(path string) {
	now := time.Now()
	_ = os.Chtimes(path, now, now) // else it is removed sooner
}

// Remove removes a file that is of no use; where it cannot, the next one replaces it.
func (f Folder) Remove(path string) { _ = os.Remove(path) }

// forgotten is the age from which on a file that was not finished is of no process any more.
const forgotten = 24 * time.Hour

// Prune removes the files that were not used for the longest time until the others are no larger than a size together;
// but not the one at keep. It removes files that were not finished, too, once they are a day old.
func (f Folder) Prune(most int64, keep string) {
	entries, err := os.ReadDir(f.Path)
	if err != nil {
		return
	}
	type file struct {
		path string
		size int64
		used time.Time
	}
	var all []file
	sum := int64(0)
	for _, e := range entries {
		st, err := e.Info()
		path := filepath.Join(f.Path, e.Name())
		switch {
		case err != nil || !st.Mode().IsRegular():
		case strings.HasSuffix(e.Name(), f.Ext):
			all, sum = append(all, file{path, st.Size(), st.ModTime()}), sum+st.Size()
		case strings.HasSuffix(e.Name(), Partial) && time.Since(st.ModTime()) > forgotten:
			f.Remove(path)
		}
	}
	slices.SortFunc(all, func(a, b file) int { return a.used.Compare(b.used) })
	for _, x := range all {
		if sum <= most {
			return
		}
		if x.path != keep && os.Remove(x.path) == nil {
			sum -= x.size
		}
	}
}
