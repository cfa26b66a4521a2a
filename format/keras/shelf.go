package keras

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	"gorae/hdf5"
	"gorae/internal/file"
)

// shelf is the HDF5 files that hold the weights of a model: one, or the several that Keras's save_weights writes with
// max_shard_size.
type shelf []*hdf5.Group

// oneFile is the shelf of a file.
func oneFile(r io.ReaderAt, size int64) (shelf, error) {
	f, err := hdf5.Open(r, size)
	if err != nil {
		return nil, err
	}
	return shelf{f.Root()}, nil
}

// maxShards is the most files that an index may name: they are open at once.
const maxShards = 512

// shelfOf is the shelf of a file of weights: an HDF5 file, or a .weights.json that says which files beside it hold the
// arrays of which layers. done closes these.
func shelfOf(r io.ReaderAt, size int64) (files shelf, total int64, done func(), err error) {
	open, done := file.Beside(r)
	head := make([]byte, 1)
	if n, _ := r.ReadAt(head, 0); n == 0 || head[0] != '{' {
		files, err = oneFile(r, size)
		return files, size, done, err
	}
	files, total, err = sharded(r, size, open)
	return files, total, done, err
}

// sharded is the shelf of an index.
//
// Source: keras/src/saving/saving_lib.py, ShardedH5IOStore.
func sharded(r io.ReaderAt, size int64, open func(string) (*os.File, error)) (files shelf, total int64, err error) {
	if size > maxConfig {
		return nil, 0, fmt.Errorf("an index of %d bytes", size)
	}
	var index struct {
		Map map[string]json.RawMessage `json:"weight_map"`
	}
	if err := json.NewDecoder(io.NewSectionReader(r, 0, size)).Decode(&index); err != nil {
		return nil, 0, fmt.Errorf("the index is no JSON object: %w", err)
	}
	names := map[string]bool{}
	for at, v := range index.Map {
		var list []string
		if json.Unmarshal(v, &list) != nil {
			var one string
			if err := json.Unmarshal(v, &one); err != nil {
				return nil, 0, fmt.Errorf("weight_map: %s has no list of files", at)
			}
			list = []string{one}
		}
		for _, n := range list {
			names[n] = true
		}
	}
	if len(names) == 0 || len(names) > maxShards {
		return nil, 0, fmt.Errorf("weight_map names %d files; it names 1 to %d", len(names), maxShards)
	}
	for _, n := range slices.Sorted(maps.Keys(names)) {
		f, err := open(n)
		if err != nil {
			return nil, 0, err
		}
		st, err := f.Stat()
		if err != nil {
			return nil, 0, err
		}
		one, err := oneFile(f, st.Size())
		if err != nil {
			return nil, 0, fmt.Errorf("%s: %w", n, err)
		}
		files, total = append(files, one...), total+st.Size()
	}
	return files, total, nil
}

// has reports whether a file has a member at a path.
func (s shelf) has(path string) bool {
	return slices.ContainsFunc(s, func(root *hdf5.Group) bool { return has(root, path) })
}

// arrays are the names of the arrays at a path, each with the group that holds it.
func (s shelf) arrays(path string) (map[string]*hdf5.Group, error) {
	all := map[string]*hdf5.Group{}
	for _, root := range s {
		if !has(root, path) {
			continue
		}
		g, err := root.Group(path)
		if err != nil {
			return nil, err
		}
		for _, n := range g.Names() {
			if all[n] != nil {
				return nil, fmt.Errorf("/%s/%s lies in two files", path, n)
			}
			all[n] = g
		}
	}
	return all, nil
}

// older is where the arrays of a file of Keras 1 and 2, or of Keras 3's older form, lie by the names of their layers.
func (s shelf) older() (root *hdf5.Group, ok bool, err error) {
	root = s[0]
	if root.Has("model_weights") {
		if root, err = root.Group("model_weights"); err != nil {
			return nil, false, err
		}
	}
	return root, root.HasAttr("layer_names") || root.HasAttr("layer_names0"), nil
}
