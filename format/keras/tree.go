package keras

import (
	"fmt"
	"strings"

	"gorae/internal/config"
	"gorae/weight"
)

// group is where the file keeps the variables of one layer, or of a layer within it.
type group struct {
	path  string        // in model.weights.h5: layers/dense_1
	label string        // for errors: dense "d1"
	name  string        // the object's name, which Keras writes beside its variables
	vars  []*weight.Var // in Keras's order: those an optimiser moves, then the others
}

// place is a layer of a configuration, and where its variables are.
type place struct {
	class, name string
	path        string // in the file
	prefix      string // of the paths in the store
	model       bool   // it holds layers, and no variables of its own
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
	all := []place{self}
	count := map[string]int{}
	for _, m := range layers {
		class, _ := m["class_name"].(string)
		class = class[strings.LastIndexByte(class, '>')+1:] // a registered object: gorae>UGRNN
		if class == "Model" {
			class = "Functional" // what Keras 3 makes of it
		}
		base := config.Snake(class)
		key := base
		if n := count[base]; n > 0 {
			key = fmt.Sprintf("%s_%d", base, n)
		}
		count[base]++
		name := layerName(m)
		p := place{class: class, name: name, path: join(self.path, "layers/"+key), prefix: self.prefix + name + "/"}
		if !isModel(class) {
			all = append(all, p)
			continue
		}
		inner, err := places(m, p)
		if err != nil {
			return nil, fmt.Errorf("%s %q: %w", base, name, err)
		}
		all = append(all, inner...)
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
	names, err := kerasOrder(list, body["input_layers"], body["output_layers"])
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

// groups gives each variable of the store its group. A variable NAME/cell/kernel of a layer
// lies in the group cell of the layer's group, as Keras keeps layers within layers. Every
// layer has a group, also without variables. stray are variables of layers that are not among the places.
func groups(places []place, vars []*weight.Var) (all []*group, stray []*weight.Var) {
	of := map[string]*group{} // by the directory in the store
	for _, p := range places {
		g := &group{path: p.path, label: fmt.Sprintf("%s %q", config.Word(p.class), p.name), name: p.name}
		all = append(all, g)
		if !p.model {
			of[p.prefix] = g
		}
	}
	at := func(dir string) *group {
		if g := of[dir]; g != nil {
			return g
		}
		for cut := len(dir) - 1; cut > 0; { // the nearest directory that is a layer's
			cut = strings.LastIndexByte(dir[:cut], '/')
			if cut < 0 {
				break
			}
			if g := of[dir[:cut+1]]; g != nil {
				rest := strings.TrimSuffix(dir[cut+1:], "/")
				c := &group{path: g.path + "/" + rest, label: g.label + " " + rest, name: rest[strings.LastIndexByte(rest, '/')+1:]}
				of[dir] = c
				all = append(all, c)
				return c
			}
		}
		return nil
	}
	for _, kind := range []weight.Kind{weight.Weight, weight.State} {
		for _, v := range vars {
			if v.Kind != kind {
				continue
			}
			g := at(v.Path[:strings.LastIndexByte(v.Path, '/')+1])
			if g == nil {
				stray = append(stray, v)
				continue
			}
			g.vars = append(g.vars, v)
		}
	}
	return all, stray
}
