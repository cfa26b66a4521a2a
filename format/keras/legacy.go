package keras

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gorae/config"
	"gorae/format"
	"gorae/hdf5"
	"gorae/tensor"
	"gorae/weight"
)

// legacy reads a model in HDF5, which Keras 1 and 2 wrote as .h5, .hdf5 or .keras, and Keras 3 writes on request: the
// attribute model_config, and a group of arrays for each layer.
//
// Source: keras/src/legacy/saving/legacy_h5_format.py; keras 2.2.4, keras/engine/saving.py.
func (rd reading) legacy(r io.ReaderAt, size int64) (*format.File, error) {
	h, err := hdf5.Open(r, size)
	if err != nil {
		return nil, fmt.Errorf("the file is HDF5 and no .keras archive, and damaged: %w", err)
	}
	root := h.Root()
	if !root.HasAttr("model_config") {
		return nil, dialect(root)
	}
	text, err := attrText(root, "model_config")
	if err != nil {
		return nil, err
	}
	origin := originOf(root)
	return rd.ofArrays([]byte(text), origin, "model_config", inflation*size+1<<20, func(p place) ([]stored, error) {
		weights, err := root.Group("model_weights")
		if err != nil {
			return nil, err
		}
		return origin.arrays(weights, p)
	})
}

// dialect says which of Keras's other HDF5 files it is.
func dialect(root *hdf5.Group) error {
	if root.Has("layers") || root.HasAttr("layer_names") {
		return &format.AloneError{Format: weightsFormat}
	}
	return errors.New("the file is HDF5 and no .keras archive; open it in Keras 3 and save it as .keras")
}

// attrText is an attribute that is one text.
func attrText(g *hdf5.Group, name string) (string, error) {
	a, err := g.Attr(name)
	if err != nil {
		return "", err
	}
	return a.Text()
}

// attrList is an attribute that is a list of texts. Where it is larger than HDF5 allows, Keras writes it in pieces:
// name0, name1, ….
func attrList(g *hdf5.Group, name string) ([]string, error) {
	if g.HasAttr(name) {
		a, err := g.Attr(name)
		if err != nil {
			return nil, err
		}
		if a.Len() == 0 {
			return nil, nil
		}
		return a.Strings()
	}
	var all []string
	for i := 0; g.HasAttr(fmt.Sprint(name, i)); i++ {
		a, err := g.Attr(fmt.Sprint(name, i))
		if err != nil {
			return nil, err
		}
		part, err := a.Strings()
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	return all, nil
}

// origin is the Keras that wrote a file.
type origin struct{ version, backend string }

// originOf is the Keras that wrote a file.
func originOf(root *hdf5.Group) (o origin) {
	o.version, _ = attrText(root, "keras_version")
	o.backend, _ = attrText(root, "backend")
	if !root.HasAttr("keras_version") { // before Keras 1.2
		o.version = "1"
	}
	return o
}

// before reports whether the version is an earlier one than n.
func (o origin) before(n int) bool {
	var major int
	_, err := fmt.Sscanf(o.version, "%d", &major)
	return err == nil && major < n
}

// today is a configuration with the names of today.
func (o origin) today(text string) (string, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	var cfg map[string]any
	if err := dec.Decode(&cfg); err != nil {
		return "", fmt.Errorf("is no JSON object: %w", err)
	}
	listed(cfg)
	if o.before(2) {
		keras1(cfg)
	}
	var b bytes.Buffer
	err := json.NewEncoder(&b).Encode(cfg)
	return b.String(), err
}

// listed gives a Sequential whose config is the list of its layers (before Keras 2.2.3) one with a key layers.
func listed(v any) {
	switch v := v.(type) {
	case map[string]any:
		if list, ok := v["config"].([]any); ok && v["class_name"] == "Sequential" {
			v["config"] = map[string]any{"name": "sequential", "layers": list}
		}
		for _, x := range v {
			listed(x)
		}
	case []any:
		for _, x := range v {
			listed(x)
		}
	}
}

// stored is an array of a file, or one that is made of several.
type stored struct {
	name  string
	shape tensor.Shape
	read  func(dst []float32) error
}

// match finds the array of each variable. A file has the arrays of each layer of the model itself, with those of all
// within it: those that are trained first, then the others.
func match(all []place, gs []*group, arraysOf func(place) ([]stored, error)) (map[*weight.Var]stored, error) {
	from := map[*weight.Var]stored{}
	for _, p := range all[1:] { // the first is the model
		if p.prefix != p.name+"/" { // within another layer
			continue
		}
		var vars []*weight.Var
		for _, trained := range []bool{true, false} {
			for _, g := range gs {
				for _, v := range g.vars {
					if v.Trainable == trained && strings.HasPrefix(g.dir, p.prefix) {
						vars = append(vars, v)
					}
				}
			}
		}
		if len(vars) == 0 {
			continue
		}
		arrays, err := arraysOf(p)
		if err != nil {
			return nil, err
		}
		if err := assign(p, vars, arrays, from); err != nil {
			return nil, err
		}
	}
	return from, nil
}

// assign gives variables the arrays in their order.
func assign(p place, vars []*weight.Var, arrays []stored, from map[*weight.Var]stored) error {
	if len(vars) != len(arrays) {
		return fmt.Errorf("%s holds %d arrays, and by model_config %s %q has %d", p.name, len(arrays),
			config.Word(p.class), p.name, len(vars))
	}
	for i, v := range vars {
		a := arrays[i]
		if !a.shape.Equal(v.Shape) && a.shape.Size() == v.Shape.Size() && slices.Equal(squeezed(a.shape),
			squeezed(v.Shape)) {
			a.shape = v.Shape // a vector as a matrix of one row
		}
		if !a.shape.Equal(v.Shape) {
			return fmt.Errorf("%s has shape %v, and by model_config %s has shape %v", a.name, a.shape, v.Path, v.Shape)
		}
		if b := base(v.Path); named[base(a.name)] && !strings.HasSuffix(base(a.name), b) {
			return fmt.Errorf("%s stands where %s of %s %q is expected", a.name, b, config.Word(p.class), p.name)
		}
		from[v] = a
	}
	return nil
}

// named are the names of arrays since Keras 2 that say what they are.
var named = map[string]bool{"kernel": true, "bias": true, "recurrent_kernel": true, "gamma": true, "beta": true,
	"moving_mean": true, "moving_variance": true, "depthwise_kernel": true, "pointwise_kernel": true,
	"embeddings": true}

// squeezed is a shape without axes of extent 1.
func squeezed(s tensor.Shape) tensor.Shape {
	return slices.DeleteFunc(s.Clone(), func(d int) bool { return d == 1 })
}

// arrays are those of a layer's group, as a Keras of today has them.
func (o origin) arrays(weights *hdf5.Group, p place) ([]stored, error) {
	name := p.name
	if !has(weights, name) {
		return nil, fmt.Errorf("there is no group %s, the weights of %s %q", name, config.Word(p.class), p.name)
	}
	g, err := weights.Group(name)
	if err != nil {
		return nil, err
	}
	names, err := attrList(g, "weight_names")
	if err != nil {
		return nil, fmt.Errorf("%s: weight_names: %w", name, err)
	}
	var all []stored
	for _, n := range names {
		if strings.Contains(n, "seed_generator") {
			continue
		}
		d, err := g.Dataset(n)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		plain, _, _ := strings.Cut(n, ":")
		all = append(all, stored{plain, d.Shape(), d.ReadFloat32s})
	}
	if o.before(2) {
		all = gates(all)
	}
	for i, a := range all {
		if o.backend == "theano" && strings.Contains(p.class, "Conv") && len(a.shape) > 2 {
			all[i] = turned(a, len(a.shape)-2)
		}
	}
	return all, nil
}

// gates joins the arrays of each gate, which Keras 1 kept apart, in the order of today: of an LSTM W, U and b of the
// gates i, c, f and o, which are i, f, c, o in one array each; of a GRU those of z, r and h.
func gates(all []stored) (out []stored) {
	for i := 0; i < len(all); {
		var order []int
		switch {
		case strings.HasSuffix(all[i].name, "_W_i") && i+12 <= len(all):
			order = []int{0, 2, 1, 3}
		case strings.HasSuffix(all[i].name, "_W_z") && i+9 <= len(all):
			order = []int{0, 1, 2}
		default:
			out = append(out, all[i])
			i++
			continue
		}
		for part := range 3 { // W, U, b
			var parts []stored
			for _, gate := range order {
				parts = append(parts, all[i+3*gate+part])
			}
			out = append(out, beside(parts))
		}
		i += 3 * len(order)
	}
	return out
}

// beside is arrays joined along their last axis.
func beside(parts []stored) stored {
	s := parts[0].shape.Clone()
	last := len(s) - 1
	for _, p := range parts[1:] {
		if len(p.shape) != len(s) || last < 0 || !p.shape[:last].Equal(s[:last]) {
			return parts[0] // whose shape does not fit
		}
		s[last] += p.shape[last]
	}
	return stored{parts[0].name, s, func(dst []float32) error {
		at := 0
		for _, p := range parts {
			own := make([]float32, p.shape.Size())
			if err := p.read(own); err != nil {
				return err
			}
			n := p.shape[last]
			for row := range p.shape.Size() / max(n, 1) {
				copy(dst[row*s[last]+at:], own[row*n:(row+1)*n])
			}
			at += n
		}
		return nil
	}}
}

// turned is a kernel of Theano, which convolves, as one that correlates: the first n axes in reverse order.
func turned(a stored, n int) stored {
	return stored{a.name, a.shape, func(dst []float32) error {
		own := make([]float32, a.shape.Size())
		if err := a.read(own); err != nil {
			return err
		}
		places := a.shape[:n].Size()
		row := a.shape[n:].Size()
		for i := range places {
			copy(dst[(places-1-i)*row:], own[i*row:(i+1)*row])
		}
		return nil
	}}
}

// fill gives the variables of a store the numbers of arrays, limit bytes at most.
func fill(s *weight.Store, from map[*weight.Var]stored, limit int64) error {
	need := int64(0)
	for _, v := range s.Vars() {
		if _, ok := from[v]; !ok {
			continue
		}
		if need += 4 * int64(v.Shape.Size()); need > limit {
			return fmt.Errorf("%s with shape %v makes the weights larger than %d bytes, the most that a file of this "+
				"size may hold", v.Path, v.Shape, limit)
		}
	}
	s.Alloc()
	done := map[*weight.Variable]bool{}
	for _, v := range s.Vars() {
		a, ok := from[v]
		if !ok || done[v.Variable] {
			continue
		}
		done[v.Variable] = true
		if err := a.read(v.Value.F32); err != nil {
			return fmt.Errorf("%s: %w", a.name, err)
		}
	}
	return nil
}
