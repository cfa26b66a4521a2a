package keras

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"gorae/config"
	"gorae/model"
)

// use is one use of a layer in a functional model: the k-th entry of its inbound_nodes.
type use struct {
	layer string
	k     int
}

// network is the wiring of a functional model's configuration.
type network struct {
	operands map[use][]use
	seen     map[string]int // layer → when the walk first met it
	done     map[use]bool
	open     map[use]bool
	sorted   []use // operands before those that use them
}

// kerasOrder is the order in which Keras 3 lists the layers of a functional model, from its
// inputs to its outputs. The names of the weights' groups in the file follow it.
//
// Keras walks from the outputs to the inputs. The depth of a use of a layer is the
// longest way from it to an output; that of a layer the greatest of its uses'. Layers
// stand by falling depth, and those of equal depth as the walk met them.
func kerasOrder(body map[string]any) ([]string, error) {
	layers, _ := body["layers"].([]any)
	off := model.OffsetsOf(body)
	inputs, outputs := less(histories(body["input_layers"]), off.Ends), less(histories(body["output_layers"]), off.Ends)
	n := network{map[use][]use{}, map[string]int{}, map[use]bool{}, map[use]bool{}, nil}
	for i, v := range layers {
		m, _ := v.(map[string]any)
		name := layerName(m)
		if name == "" {
			return nil, fmt.Errorf("layers[%d] has no name", i)
		}
		if _, ok := n.operands[use{name, 0}]; ok {
			return nil, fmt.Errorf("layers[%d]: a second layer is named %q", i, name)
		}
		n.operands[use{name, 0}] = nil
		nodes, _ := m["inbound_nodes"].([]any)
		for k, node := range nodes {
			n.operands[use{name, k}] = less(histories(node), off.Nodes)
		}
	}
	for _, o := range outputs {
		if err := n.visit(o); err != nil {
			return nil, err
		}
	}
	depth := n.depths()
	for _, in := range inputs {
		if _, ok := depth[in.layer]; !ok { // an input that no output needs
			depth[in.layer], n.seen[in.layer] = 0, -1
		}
	}
	var names []string
	for name := range depth {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(depth[b], depth[a]), cmp.Compare(n.seen[a], n.seen[b]), cmp.Compare(a, b))
	})
	return names, nil
}

// visit walks from a use to the inputs.
func (n *network) visit(u use) error {
	operands, ok := n.operands[u]
	switch {
	case !ok:
		return fmt.Errorf("there is no use %d of a layer %q", u.k, u.layer)
	case n.done[u]:
		return nil
	case n.open[u]:
		return fmt.Errorf("layer %q is part of a circle", u.layer)
	}
	if _, ok := n.seen[u.layer]; !ok {
		n.seen[u.layer] = len(n.seen)
	}
	n.open[u] = true
	for _, o := range operands {
		if err := n.visit(o); err != nil {
			return err
		}
	}
	delete(n.open, u)
	n.done[u] = true
	n.sorted = append(n.sorted, u)
	return nil
}

// depths are those of the layers.
func (n *network) depths() map[string]int {
	depth, ofUse := map[string]int{}, map[use]int{}
	for _, u := range slices.Backward(n.sorted) {
		d := max(ofUse[u], depth[u.layer])
		depth[u.layer], ofUse[u] = d, d
		for _, o := range n.operands[u] {
			ofUse[o] = max(ofUse[o], d+1)
		}
	}
	return depth
}

// less are uses with those of each layer counted from its offset.
func less(us []use, off map[string]int) []use {
	for i, u := range us {
		us[i].k -= off[u.layer]
	}
	return us
}

// histories finds every keras_history, [layer, use, result], in any nesting of lists and
// Keras tensors, in order.
func histories(v any) []use {
	switch v := v.(type) {
	case map[string]any:
		if c, ok := v["config"].(map[string]any); ok && v["class_name"] == "__keras_tensor__" {
			return histories(c["keras_history"])
		}
		us := histories(v["args"])
		named, _ := v["kwargs"].(map[string]any)
		if named == nil && v["args"] == nil {
			named = v // inputs or outputs by name
		}
		for _, key := range slices.Sorted(maps.Keys(named)) { // as Keras flattens a dictionary
			us = append(us, histories(named[key])...)
		}
		return us
	case []any:
		if len(v) >= 3 {
			name, isName := v[0].(string)
			k, isNumber := config.Number(v[1])
			if isName && isNumber {
				us := []use{{name, int(k)}}
				if k < 0 { // a number in the place of an operand
					us = nil
				}
				if len(v) > 3 { // Keras 2 has the keywords behind it
					us = append(us, histories(map[string]any{"kwargs": v[3]})...)
				}
				return us
			}
		}
		var us []use
		for _, x := range v {
			us = append(us, histories(x)...)
		}
		return us
	}
	return nil
}

// layerName is the name of a layer in its model.
func layerName(m map[string]any) string {
	if n, ok := m["name"].(string); ok && n != "" {
		return n
	}
	c, _ := m["config"].(map[string]any)
	n, _ := c["name"].(string)
	return n
}
