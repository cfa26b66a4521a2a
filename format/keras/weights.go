package keras

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorae/hdf5"
	"gorae/tensor"
	"gorae/weight"
)

// tree is model.weights.h5 of the groups: at each path a group vars with the arrays 0, 1, …
// and the object's name as attribute.
func tree(groups []*group) *hdf5.Node {
	root := &hdf5.Node{}
	for _, g := range groups {
		vars := descend(root, join(g.path, "vars"))
		vars.Attrs = map[string]any{"name": strings.ReplaceAll(g.name, "\x00", "")} // HDF5 has no NUL in strings
		for i, v := range g.stored() {
			put(vars, i, &hdf5.Data{Shape: dims(v.Shape), Values: numbers(v)})
		}
	}
	return root
}

// numbers are those of a variable as a file has them.
func numbers(v *weight.Var) any {
	if !v.Int8 {
		return v.Merged()
	}
	bytes := make([]int8, len(v.Value.F32))
	for i, x := range v.Value.F32 {
		bytes[i] = int8(x)
	}
	return bytes
}

// stored are the variables that the file has: an adaptation (LoRA) is in the numbers of the weight that it adapts, as
// in Keras's files.
func (g *group) stored() []*weight.Var {
	parts := weight.Adapters(g.vars)
	if len(parts) == 0 {
		return g.vars
	}
	return slices.DeleteFunc(slices.Clone(g.vars), func(v *weight.Var) bool { return parts[v.Variable] })
}

// dims is a shape for hdf5, where nil is a scalar.
func dims(s tensor.Shape) []int {
	if len(s) == 0 {
		return nil
	}
	return s
}

func put(vars *hdf5.Node, i int, d *hdf5.Data) {
	if vars.Datasets == nil {
		vars.Datasets = map[string]*hdf5.Data{}
	}
	vars.Datasets[strconv.Itoa(i)] = d
}

// descend finds or makes the group at a path.
func descend(n *hdf5.Node, path string) *hdf5.Node {
	for name := range strings.SplitSeq(path, "/") {
		if n.Groups == nil {
			n.Groups = map[string]*hdf5.Node{}
		}
		if n.Groups[name] == nil {
			n.Groups[name] = &hdf5.Node{}
		}
		n = n.Groups[name]
	}
	return n
}

// read gives the variables the numbers of the file. All shapes are compared before
// the store takes memory, limit bytes at most: what is stored in deflated chunks, or not at
// all, can have any shape.
func read(files shelf, groups []*group, store *weight.Store, limit int64) error {
	from := map[*weight.Var]*hdf5.Dataset{}
	for _, g := range groups {
		if err := g.match(files, from); err != nil {
			return err
		}
	}
	need, parts := int64(0), weight.Adapters(store.Vars())
	for _, v := range store.Vars() {
		if from[v] == nil && !parts[v.Variable] { // an earlier model has it
			continue
		}
		if need += 4 * int64(v.Shape.Size()); need > limit {
			return fmt.Errorf("%s with shape %v makes the weights larger than %d bytes, the most that a file of this "+
				"size may hold", v.Path, v.Shape, limit)
		}
	}
	store.Alloc()
	done := map[*weight.Variable]bool{}
	for _, v := range store.Vars() {
		d := from[v]
		if parts[v.Variable] && !done[v.Variable] { // begins anew, beside the weight that holds what it was
			done[v.Variable] = true
			if err := v.Init.Fill(v.Value.F32, v.Shape, weight.NewRand(0, v.Path)); err != nil {
				return fmt.Errorf("%s: %w", v.Path, err)
			}
		}
		if d == nil || done[v.Variable] { // a layer in several places has its numbers from the first
			continue
		}
		done[v.Variable] = true
		if err := d.ReadFloat32s(v.Value.F32); err != nil {
			return fmt.Errorf("%s: %w", d.Path(), err)
		}
	}
	return nil
}

// match finds the arrays of a group's variables.
func (g *group) match(files shelf, from map[*weight.Var]*hdf5.Dataset) error {
	at := join(g.path, "vars")
	if windows := join(strings.ReplaceAll(g.path, "/", `\`), "vars"); !files.has(at) && files.has(windows) {
		at = windows // Keras 2.13 to 3.0 on Windows wrote a layer's path as the name of one group
	}
	if older := join(g.older(), "vars"); !files.has(at) && files.has(older) {
		at = older
	}
	if len(g.vars) == 0 && !files.has(at) {
		return nil // Keras does not miss it either
	}
	if !files.has(at) {
		hint := ""
		if g.shared {
			hint = "; it is shared with a model of another file, which holds them: open that one"
		}
		return fmt.Errorf("there is no group /%s, the weights of %s (%s)%s", at, g.label, g.names(), hint)
	}
	arrays, err := files.arrays(at)
	if err != nil {
		return err
	}
	stored := g.stored()
	if n := len(arrays); n != len(stored) {
		return fmt.Errorf("/%s holds %d arrays, and by config.json %s has %d%s", at, n, g.label, len(stored), g.list())
	}
	for i, v := range stored {
		in := arrays[strconv.Itoa(i)]
		if in == nil {
			return fmt.Errorf("/%s has no array %d", at, i)
		}
		d, err := in.Dataset(strconv.Itoa(i))
		if err != nil {
			return fmt.Errorf("/%s: %w", at, err)
		}
		if s := tensor.Shape(d.Shape()); !s.Equal(v.Shape) {
			return fmt.Errorf("/%s/%d has shape %v, and by config.json %s of %s has shape %v", at, i, s, base(v.Path),
				g.label, v.Shape)
		}
		from[v] = d
	}
	return nil
}

// older is the path of a layer within a layer in files of Keras 2: _query_dense for query_dense.
func (g *group) older() string {
	at := strings.LastIndexByte(g.path, '/') + 1
	return g.path[:at] + "_" + g.path[at:]
}

// has reports whether there is a member at a path.
func has(g *hdf5.Group, path string) bool {
	dir, name, deeper := strings.Cut(path, "/")
	if !g.Has(dir) || !deeper {
		return g.Has(dir)
	}
	sub, err := g.Group(dir)
	return err == nil && has(sub, name)
}

func (g *group) names() string {
	var ns []string
	for _, v := range g.stored() {
		ns = append(ns, base(v.Path))
	}
	return strings.Join(ns, ", ")
}

func (g *group) list() string {
	if len(g.vars) == 0 {
		return ""
	}
	return " (" + g.names() + ")"
}

func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
