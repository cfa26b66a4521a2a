package keras

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gorae/config"
	"gorae/model"
	"gorae/ops"
	"gorae/weight"
)

// group is where the file keeps the variables of one layer, or of a layer within it.
type group struct {
	dir   string        // in the store: d1/
	path  string        // in model.weights.h5: layers/dense_1
	label string        // for errors: dense "d1"
	name  string        // the object's name, which Keras writes beside its variables
	vars  []*weight.Var // in Keras's order: weights, then states
	parts []*group      // of layers within the layer

	shared bool // with another place of the file, which may hold the variables
}

// place is a layer of a configuration, and where its variables are.
type place struct {
	class, name string
	path        string // in the file
	prefix      string // of the paths in the store
	model       bool   // it holds layers, and no variables of its own
	shared      bool   // it stands in several places: this is one of them
	operation   bool   // a function of tensors, which has no group in the file
	standIn     bool   // a Lambda whose function has a registered one in its place
	fault       error  // why gorae does not have it
}

// isModel reports whether a class of a configuration is a model.
func isModel(class string) bool {
	return class == "Sequential" || class == "Functional" || class == "Model"
}

// places lists a model and all layers within it, in Keras's order. Keras names the group
// of a layer by its class and a count within its model: dense, dense_1, …; the
// layers' own names play no part.
func places(cfg map[string]any, self place) ([]place, error) {
	class, _ := cfg["class_name"].(string)
	body, _ := cfg["config"].(map[string]any)
	layers, err := ordered(class, body)
	if err != nil {
		return nil, err
	}
	self.model = true
	self.shared = self.shared || cfg[model.SharedKey] != nil
	all := []place{self}
	count := map[string]int{}
	for _, m := range layers {
		class, _ := m["class_name"].(string)
		if ops.Is(m) && class != "TFOpLambda" && class != "SlicingOpLambda" { // no layer for Keras
			all = append(all, place{class: class, name: layerName(m), prefix: self.prefix + layerName(m) + "/",
				fault: ops.Known(m), operation: true})
			continue
		}
		class = class[strings.LastIndexByte(class, '>')+1:] // a registered object: gorae>UGRNN
		if class == "Model" {
			class = "Functional" // what Keras 3 makes of it
		}
		if class == "GroupQueryAttention" { // the name under which Keras exports a class of another name
			class = "GroupedQueryAttention"
		}
		base := config.Snake(class)
		key := base
		if n := count[base]; n > 0 {
			key = fmt.Sprintf("%s_%d", base, n)
		}
		count[base]++
		name := layerName(m)
		p := place{class: class, name: name, path: join(self.path, "layers/"+key), prefix: self.prefix + name + "/",
			shared: self.shared || m[model.SharedKey] != nil, operation: ops.Is(m)}
		if c, ok := m["config"].(map[string]any); ok && class == "Lambda" {
			p.standIn = functionOf(c) != ""
		}
		if p.operation {
			p.fault = ops.Known(m)
		}
		if class == "function" {
			p.fault = fmt.Errorf("%v.%v", m["module"], m["config"])
		}
		inner, err := within(m, p)
		if err != nil {
			return nil, fmt.Errorf("%s %q: %w", base, name, err)
		}
		all = append(all, inner...)
	}
	return all, nil
}

// within is the place of a layer and those of models that it holds, by the key under which it holds them.
func within(m map[string]any, p place) ([]place, error) {
	if class, _ := m["class_name"].(string); isModel(class) {
		return places(m, p)
	}
	all := []place{p}
	body, _ := m["config"].(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(body)) {
		inner, _ := body[key].(map[string]any)
		if class, _ := inner["class_name"].(string); !isModel(class) {
			continue
		}
		list, err := places(inner, place{class: key, name: layerName(inner), path: join(p.path, key),
			prefix: p.prefix + key + "/", shared: p.shared})
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

// ordered lists the layers of a model's configuration as Keras's model.layers does.
func ordered(class string, body map[string]any) ([]map[string]any, error) {
	list, _ := body["layers"].([]any)
	var all []map[string]any
	if class == "Sequential" {
		for i, v := range list {
			m, ok := v.(map[string]any)
			if !ok {
				return nil, fmt.Errorf("layers[%d] is no layer", i)
			}
			if i > 0 || m["class_name"] != "InputLayer" {
				all = append(all, m)
			}
		}
		return all, nil
	}
	names, err := kerasOrder(body)
	if err != nil {
		return nil, err
	}
	byName := map[string]map[string]any{}
	for _, v := range list {
		m := v.(map[string]any) // kerasOrder found its name
		byName[layerName(m)] = m
	}
	for _, n := range names {
		all = append(all, byName[n])
	}
	return all, nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "/" + name
}

// index finds groups by the directories of the store.
type index map[string]*group

// at is the group of a directory. That of a layer within a layer is made when it is first asked for.
func (of index) at(dir string) *group {
	if g := of[dir]; g != nil {
		return g
	}
	cut := strings.LastIndexByte(strings.TrimSuffix(dir, "/"), '/')
	if cut < 0 {
		return nil
	}
	g := of.nearest(dir[:cut+1])
	if g == nil {
		return nil
	}
	rest := strings.TrimSuffix(dir[len(g.dir):], "/")
	c := &group{dir: dir, path: g.path + "/" + rest, label: g.label + " " + rest, name: base(rest),
		shared: g.shared}
	of[dir] = c
	g.parts = append(g.parts, c)
	return c
}

// nearest is the group of a directory or of the nearest one above that has a group.
func (of index) nearest(dir string) *group {
	for {
		if g := of[dir]; g != nil {
			return g
		}
		cut := strings.LastIndexByte(strings.TrimSuffix(dir, "/"), '/')
		if cut < 0 {
			return nil
		}
		dir = dir[:cut+1]
	}
}

// groups gives each variable of the store its group. A variable NAME/cell/kernel of a layer
// lies in the group cell of the layer's group, as Keras keeps layers within layers. Every
// layer has a group, also without variables; a layer has none whose variables are all in earlier, which are those of
// earlier models of the file. stray are variables of layers that are not among the places.
func groups(places []place, vars []*weight.Var, earlier seen) (all []*group, stray []*weight.Var) {
	var layers []*group
	var layerClass []string
	of := index{}
	for _, p := range places {
		if p.operation && p.path == "" {
			continue
		}
		g := &group{dir: p.prefix, path: p.path, label: fmt.Sprintf("%s %q", config.Word(p.class), p.name),
			name: p.name, shared: p.shared}
		layers, layerClass = append(layers, g), append(layerClass, p.class)
		if !p.model {
			of[p.prefix] = g
		}
	}
	for _, kind := range []weight.Kind{weight.Weight, weight.State} {
		for _, v := range vars {
			if v.Kind != kind {
				continue
			}
			if g := of.at(strings.TrimSuffix(v.Path, base(v.Path))); g != nil {
				g.vars = append(g.vars, v)
			} else {
				stray = append(stray, v)
			}
		}
	}
	for i, g := range layers {
		g.repeat(repeated[layerClass[i]])
	}
	for _, g := range layers {
		all = g.flatten(all)
	}
	all = slices.DeleteFunc(all, func(g *group) bool {
		had := len(g.vars)
		g.vars = slices.DeleteFunc(g.vars, func(v *weight.Var) bool { return earlier[v.Variable] })
		return had > 0 && len(g.vars) == 0
	})
	return all, stray
}

// repeated are the classes of layers that Keras writes a weight of the layer within for, beside their own, under the
// first of some names: the weight stands in the file twice.
var repeated = map[string][]string{"SpectralNormalization": {"kernel", "embeddings"}}

// repeat puts the first weight of the layers within that has one of the names before the group's own.
func (g *group) repeat(names []string) {
	for _, p := range g.parts {
		for _, v := range p.vars {
			if slices.Contains(names, base(v.Path)) {
				g.vars = append([]*weight.Var{v}, g.vars...)
				return
			}
		}
	}
}

// flatten appends the group and those within it to all.
func (g *group) flatten(all []*group) []*group {
	all = append(all, g)
	for _, p := range g.parts {
		all = p.flatten(all)
	}
	return all
}

// trained are the weights that an optimizer moves, those of moved, in Keras's order.
func trained(groups []*group, moved []*weight.Var) []*weight.Var {
	is := map[*weight.Variable]bool{}
	for _, v := range moved {
		is[v.Variable] = true
	}
	var all []*weight.Var
	for _, g := range groups {
		for _, v := range g.vars {
			if is[v.Variable] { // once, where a weight stands twice
				all, is[v.Variable] = append(all, v), false
			}
		}
	}
	return all
}
