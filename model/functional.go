package model

import (
	"fmt"
	"maps"
	"slices"

	"gorae/config"
	"gorae/layer"
	"gorae/ops"
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
	given map[string][]usage    // what each use is given, but for operations
	made  map[string][][]*Value // the results of each use
	still map[string][]bool     // whether a use computes as in prediction
	open  map[string]bool
}

func readFunctional(body map[string]any) (*Model, error) {
	r := &reader{map[string]*Instance{}, map[string][][]edge{}, map[string][]usage{}, map[string][][]*Value{},
		map[string][]bool{}, map[string]bool{}}
	list, _ := body["layers"].([]any)
	off := OffsetsOf(body)
	for i, v := range list {
		path := layerPath(i, v)
		if c, _ := v.(map[string]any); ops.Is(c) {
			if err := r.operation(c, off.Nodes); err != nil {
				return nil, config.Under(path, err)
			}
			continue
		}
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
		r.insts[name] = Share(l)
		r.insts[name].name = name
		nodes, _ := c["inbound_nodes"].([]any)
		for _, n := range nodes {
			u, err := usageOf(l, n)
			if err != nil {
				return nil, usageError(path, name, err)
			}
			r.uses[name] = append(r.uses[name], less(u.in, off.Nodes))
			if u.mask != nil {
				u.mask.node -= off.Nodes[u.mask.layer]
			}
			for key, e := range u.named {
				u.named[key] = less([]edge{e}, off.Nodes)[0]
			}
			r.given[name] = append(r.given[name], u)
			r.still[name] = append(r.still[name], inference(n))
		}
		if len(nodes) == 0 {
			r.uses[name], r.given[name] = [][]edge{nil}, []usage{{}}
		}
		if err := r.settle(name); err != nil {
			return nil, usageError(path, name, err)
		}
		r.made[name] = make([][]*Value, len(r.uses[name]))
	}
	ends := func(key string) ([]*Value, error) {
		var vs []*Value
		for _, e := range less(edgesOf(body[key]), off.Ends) {
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

// usageError returns a mistake in a use of a layer at its place.
func usageError(path, name string, err error) error {
	if e, ok := err.(*config.Error); ok {
		return config.Under(path, e)
	}
	return fmt.Errorf("model: %s: layer %q: %w", path, name, err)
}

// settle gives a layer the options of its first use; a use with others keeps all of them.
func (r *reader) settle(name string) error {
	inst, uses := r.insts[name], r.given[name]
	of, _ := layer.SignatureOf(inst.Layer)
	if len(of.Options) == 0 {
		return nil
	}
	first := uses[0].options
	l, err := layer.Layers.With(inst.Layer, first)
	if err != nil {
		return err
	}
	inst.Layer = l
	for i := range uses {
		var all config.Map
		same := true
		for _, key := range of.Options {
			on := uses[i].options.Get(key) == true
			same = same && on == (first.Get(key) == true)
			all = append(all, config.Entry{Key: key, Value: on})
		}
		if uses[i].options = all; same {
			uses[i].options = nil
		}
	}
	return nil
}

// give gives a call its mask, its arguments and its options.
func (r *reader) give(c *call, u usage) (err error) {
	c.options = u.options
	if u.mask != nil {
		if c.mask, err = r.value(*u.mask); err != nil {
			return err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(u.named)) {
		if c.named == nil {
			c.named = map[string]*Value{}
		}
		if c.named[key], err = r.value(u.named[key]); err != nil {
			return err
		}
	}
	return nil
}

// operation reads a function of tensors with its uses; off is where their numbers begin.
func (r *reader) operation(c map[string]any, off map[string]int) error {
	name := nameIn(c)
	if name == "" || r.insts[name] != nil {
		return fmt.Errorf("a layer needs a name of its own, got %q", name)
	}
	nodes, _ := c["inbound_nodes"].([]any)
	if len(nodes) == 0 {
		return fmt.Errorf("the operation %v is called nowhere", c["class_name"])
	}
	var first *ops.Operation
	for _, n := range nodes {
		op, tensors, err := ops.Read(c, n)
		switch {
		case err != nil:
			return err
		case first == nil:
			first = op
		case !first.Same(op):
			return fmt.Errorf("the operation %s is called twice, with different arguments", op.ClassName())
		}
		var in []edge
		for _, t := range tensors {
			in = append(in, edgesOf(t)...)
		}
		if len(in) == 0 || len(in) != len(tensors) {
			return fmt.Errorf("the operation %s is called without a tensor", op.ClassName())
		}
		r.uses[name] = append(r.uses[name], less(in, off))
	}
	r.insts[name] = Share(first)
	r.insts[name].name = name
	r.given[name] = make([]usage, len(nodes))
	r.made[name] = make([][]*Value, len(nodes))
	return nil
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
		vs := inst.ApplyN(e.index+1, in...)
		if still := r.still[e.layer]; len(still) > 0 {
			vs[0].from.inference = still[e.node]
		}
		if err := r.give(vs[0].from, r.given[e.layer][e.node]); err != nil {
			return nil, err
		}
		r.made[e.layer][e.node] = vs
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

// edgesOf finds the edges in any nesting of lists, maps by name and Keras tensors, in order.
func edgesOf(v any) []edge {
	switch v := v.(type) {
	case map[string]any:
		if c, ok := v["config"].(map[string]any); ok && v["class_name"] == "__keras_tensor__" {
			return edgesOf(c["keras_history"])
		}
		if v["args"] != nil || v["kwargs"] != nil {
			kw, _ := v["kwargs"].(map[string]any)
			return append(edgesOf(v["args"]), edgesOf(kw["initial_state"])...) // of a recurrent layer
		}
		var es []edge
		for _, key := range slices.Sorted(maps.Keys(v)) { // tensors by name, in the order in which Keras flattens them
			es = append(es, edgesOf(v[key])...)
		}
		return es
	case []any:
		if len(v) >= 3 { // [name, use, result]
			name, isName := v[0].(string)
			node, ok1 := config.Number(v[1])
			index, ok2 := config.Number(v[2])
			if isName && ok1 && ok2 {
				es := []edge{{name, int(node), int(index)}}
				if len(v) > 3 { // Keras 2 has the keywords behind it
					kw, _ := v[3].(map[string]any)
					es = append(es, edgesOf(kw["initial_state"])...)
				}
				return es
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

// less returns the edges with the number of each use less the offset of its layer.
func less(es []edge, off map[string]int) []edge {
	for i, e := range es {
		es[i].node -= off[e.layer]
	}
	return es
}

// maskOf returns the mask that a use of a layer is given by keyword, nil if none. A tensor under any other keyword than
// those that gorae knows is an error: without it the model would be another one.
func maskOf(v any) (mask *edge, err error) {
	for _, kw := range keywords(v) {
		for _, key := range slices.Sorted(maps.Keys(kw)) {
			es := edgesOf(kw[key])
			switch {
			case len(es) == 0 || key == "initial_state":
			case key == "mask" && len(es) == 1:
				mask = &es[0]
			case key == "mask":
				return nil, fmt.Errorf("mask is %d tensors; gorae takes one", len(es))
			default:
				return nil, fmt.Errorf("the argument %s is a tensor, which gorae takes as mask and initial_state only",
					key)
			}
		}
	}
	return mask, nil
}

// keywords finds the keyword arguments of a use: Keras 3 has them beside args, Keras 2 behind each operand.
func keywords(v any) []map[string]any {
	switch v := v.(type) {
	case map[string]any:
		if kw, ok := v["kwargs"].(map[string]any); ok {
			return []map[string]any{kw}
		}
	case []any:
		if len(v) > 3 {
			if kw, ok := v[3].(map[string]any); ok {
				return []map[string]any{kw}
			}
		}
		var all []map[string]any
		for _, x := range v {
			all = append(all, keywords(x)...)
		}
		return all
	}
	return nil
}
