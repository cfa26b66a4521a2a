package model

import (
	"fmt"

	"gorae/internal/config"
	"gorae/layer"
)

// edge is a result of a use of a layer: Keras's keras_history.
type edge struct {
	layer string
	node  int
	index int
}

// reader puts a functional model together from its configuration.
type reader struct {
	insts map[string]*Instance
	uses  map[string][][]edge   // the operands of each use of a layer
	made  map[string][][]*Value // the results of each use
	open  map[string]bool
}

func readFunctional(body map[string]any) (*Model, error) {
	r := &reader{map[string]*Instance{}, map[string][][]edge{}, map[string][][]*Value{}, map[string]bool{}}
	list, _ := body["layers"].([]any)
	for i, v := range list {
		path := fmt.Sprintf("layers[%d]", i)
		l, c, err := readLayer(v, path)
		if err != nil {
			return nil, err
		}
		name, _ := c["name"].(string)
		if name == "" {
			name = layer.NameOf(l)
		}
		if name == "" || r.insts[name] != nil {
			return nil, fmt.Errorf("model: %s: a layer needs a name of its own, got %q", path, name)
		}
		r.insts[name] = &Instance{Layer: l, name: name}
		nodes, _ := c["inbound_nodes"].([]any)
		for _, n := range nodes {
			r.uses[name] = append(r.uses[name], edgesOf(n))
		}
		if len(nodes) == 0 {
			r.uses[name] = [][]edge{nil}
		}
		r.made[name] = make([][]*Value, len(r.uses[name]))
	}
	ends := func(key string) ([]*Value, error) {
		var vs []*Value
		for _, e := range edgesOf(body[key]) {
			v, err := r.value(e)
			if err != nil {
				return nil, err
			}
			vs = append(vs, v)
		}
		return vs, nil
	}
	in, err := ends("input_layers")
	if err != nil {
		return nil, err
	}
	out, err := ends("output_layers")
	if err != nil {
		return nil, err
	}
	return New(in, out), nil
}

// value is the value of an edge, with everything before it.
func (r *reader) value(e edge) (*Value, error) {
	inst := r.insts[e.layer]
	if inst == nil || e.node < 0 || e.node >= len(r.uses[e.layer]) || e.index < 0 || e.index > 1<<16 {
		return nil, fmt.Errorf("model: there is no result %d of use %d of layer %q", e.index, e.node, e.layer)
	}
	if r.made[e.layer][e.node] == nil {
		id := fmt.Sprint(e.layer, " ", e.node)
		if r.open[id] {
			return nil, fmt.Errorf("model: layer %q is part of a circle", e.layer)
		}
		r.open[id] = true
		var in []*Value
		for _, x := range r.uses[e.layer][e.node] {
			v, err := r.value(x)
			if err != nil {
				return nil, err
			}
			in = append(in, v)
		}
		r.made[e.layer][e.node] = inst.ApplyN(e.index+1, in...)
	}
	vs := r.made[e.layer][e.node]
	for e.index >= len(vs) { // a later result of the same use
		c := vs[0].from
		c.out = append(c.out, &Value{c, len(c.out)})
		vs = c.out
	}
	r.made[e.layer][e.node] = vs
	return vs[e.index], nil
}

// edgesOf finds the edges in any nesting of lists and Keras tensors, in order.
func edgesOf(v any) []edge {
	switch v := v.(type) {
	case map[string]any:
		if c, ok := v["config"].(map[string]any); ok && v["class_name"] == "__keras_tensor__" {
			return edgesOf(c["keras_history"])
		}
		es := edgesOf(v["args"])
		if kw, ok := v["kwargs"].(map[string]any); ok {
			es = append(es, edgesOf(kw["initial_state"])...) // of a recurrent layer
		}
		return es
	case []any:
		if len(v) >= 3 { // [name, use, result]
			name, isName := v[0].(string)
			node, ok1 := config.Number(v[1])
			index, ok2 := config.Number(v[2])
			if isName && ok1 && ok2 {
				return []edge{{name, int(node), int(index)}}
			}
		}
		var es []edge
		for _, x := range v {
			es = append(es, edgesOf(x)...)
		}
		return es
	}
	return nil
}
