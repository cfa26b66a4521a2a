package model

import (
	"maps"
	"slices"

	"gorae/config"
)

// Offsets are what the numbers of uses in the configuration of a functional model begin with, by the names of the
// layers that are models themselves; of all others they begin with 0. Nodes holds for inbound_nodes, Ends for
// input_layers and output_layers.
//
// A Functional has a use of its own making before any other. Keras 3 counts it in Ends alone, Keras 2 in both and for
// a Sequential too, gorae counted it nowhere before it wrote Keras 3's way.
//
// Source: keras/src/models/functional.py (get_config, serialize_node, get_tensor); tf_keras/src/engine/functional.py
// (_should_skip_first_node).
type Offsets struct{ Nodes, Ends map[string]int }

// OffsetsOf finds the offsets of the config of a functional model: those under which every use that is listed is
// asked for, and no other.
func OffsetsOf(body map[string]any) Offsets {
	o := Offsets{map[string]int{}, map[string]int{}}
	nodes, ends := map[string][]int{}, map[string][]int{}
	list, _ := body["layers"].([]any)
	for _, v := range list {
		c, _ := v.(map[string]any)
		eachUse(c["inbound_nodes"], nodes)
	}
	eachUse(body["input_layers"], ends)
	eachUse(body["output_layers"], ends)
	for _, v := range list {
		c, _ := v.(map[string]any)
		name, _ := c["name"].(string)
		uses, _ := c["inbound_nodes"].([]any)
		orders := [][2]int{{0, 0}, {1, 1}}
		switch c["class_name"] {
		case "Functional", "Model":
			orders = [][2]int{{0, 1}, {0, 0}, {1, 1}}
		case "Sequential":
		default:
			continue
		}
		for _, by := range orders {
			if covers(len(uses), nodes[name], by[0], ends[name], by[1]) {
				o.Nodes[name], o.Ends[name] = by[0], by[1]
				break
			}
		}
	}
	return o
}

// covers reports whether the numbers in nodes and ends, less their offsets, are those from 0 to n − 1.
func covers(n int, nodes []int, byNodes int, ends []int, byEnds int) bool {
	asked := map[int]bool{}
	for _, k := range nodes {
		asked[k-byNodes] = true
	}
	for _, k := range ends {
		asked[k-byEnds] = true
	}
	for k := range asked {
		if k < 0 || k >= n {
			return false
		}
	}
	return len(asked) == n
}

// eachUse notes the numbers of all uses, [layer, use, result], in any nesting.
func eachUse(v any, to map[string][]int) {
	switch v := v.(type) {
	case map[string]any:
		for _, x := range v {
			eachUse(x, to)
		}
	case []any:
		if len(v) >= 3 {
			name, isName := v[0].(string)
			k, isNumber := config.Number(v[1])
			if isName && isNumber {
				to[name] = append(to[name], int(k))
				v = v[3:] // Keras 2 has the keywords there
			}
		}
		for _, x := range v {
			eachUse(x, to)
		}
	}
}

// literals is the error of a use of a layer with an argument that is no tensor and that asks for something: a number
// in a tensor's place, a choice of this call. What says nothing (null, false, empty) is passed over, and so is the mode
// of a call in a file of Keras 3, training; see [inference].
// Arguments under the names of options are left to the caller.
func literals(node any, options []string) error {
	keras3, isKeras3 := node.(map[string]any)
	if isKeras3 {
		if v := literal(keras3["args"]); v != nil {
			return config.Errorf("", "is called with %v in the place of a tensor", v).
				Fix("use a layer that does the same").Coded(config.Unsupported)
		}
	}
	for _, kw := range keywords(node) {
		for _, key := range slices.Sorted(maps.Keys(kw)) {
			if v := literal(kw[key]); v != nil && v != false && !(isKeras3 && key == "training") &&
				!slices.Contains(options, key) {
				return config.Errorf("", "is called with %s: %v", key, v).
					Fix("save a model that calls it without").Coded(config.Unsupported)
			}
		}
	}
	return nil
}

// InferenceKey is the key of a use of a layer, beside args and kwargs, that says that the layer computes as in
// prediction in training too. Keras passes over it.
const InferenceKey = "gorae_inference"

// inference reports whether a use of a layer computes as in prediction, in training too. Keras 2 has training: false
// among the keywords and heeds it. Keras 3 writes the argument for every call of a layer that has it, and its fit,
// evaluate and predict put their own mode in its place, so that it says nothing there, whether true or false.
//
// Source: keras/src/models/functional.py of Keras 3.15 (operation_fn); tf_keras/src/engine/base_layer.py (__call__,
// _set_training_mode).
func inference(node any) bool {
	if n, ok := node.(map[string]any); ok {
		return n[InferenceKey] == true
	}
	for _, kw := range keywords(node) {
		if kw["training"] == false {
			return true
		}
	}
	return false
}

// literal is the first value in the arguments of a call that is neither a tensor nor nothing; nil where there is none.
func literal(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if v["class_name"] == "__keras_tensor__" {
			return nil
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if x := literal(v[key]); x != nil {
				return x
			}
		}
		return nil
	case []any:
		if len(edgesOf(v)) > 0 && len(v) >= 3 {
			if _, ok := v[0].(string); ok { // [layer, use, result]
				return nil
			}
		}
		for _, x := range v {
			if x := literal(x); x != nil {
				return x
			}
		}
		return nil
	}
	return v
}
