package ops

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"gorae/config"
)

// module begins the name of the modules of Keras 3 that have functions of tensors.
const module = "keras.src.ops."

// Is reports whether a layer of a functional model's configuration is an operation: of Keras 3, or one of TensorFlow in
// Keras 2.
func Is(c map[string]any) bool {
	m, _ := c["module"].(string)
	return strings.HasPrefix(m, module) || ofTensorFlow(c)
}

// Known is the error of a configuration whose operation gorae does not have.
func Known(c map[string]any) error {
	_, _, err := of(c)
	return err
}

// Read makes the operation of a configuration with the arguments of one of its uses, and lists the tensors among them,
// each as [layer, use, result].
func Read(c map[string]any, node any) (*Operation, []any, error) {
	f, d, err := of(c)
	if err != nil {
		return nil, nil, err
	}
	r := reader{}
	if d != nil {
		err = r.keras2(d, node)
	} else {
		err = r.keras3(f, c, node)
	}
	if err != nil {
		return nil, nil, err
	}
	o := &Operation{function: f, args: r.args}
	body, _ := c["config"].(map[string]any)
	o.Name, _ = body["name"].(string)
	return o, r.tensors, o.Check()
}

// of is the function of a configuration, and what it is in TensorFlow, if it is of Keras 2.
func of(c map[string]any) (*function, *dialect, error) {
	class, _ := c["class_name"].(string)
	if ofTensorFlow(c) {
		body, _ := c["config"].(map[string]any)
		name, _ := body["function"].(string)
		d := tensorFlow[name]
		if d == nil {
			return nil, nil, config.Errorf("", "is the function tf.%s of TensorFlow, which gorae does not have", name).
				Fix("use layers in its place").Coded(config.Unsupported)
		}
		return functions[d.class], d, nil
	}
	f := functions[class]
	if m, _ := c["module"].(string); f == nil || m != module+f.module {
		return nil, nil, config.Errorf("", "is the operation %s of tensors, which gorae does not have", class).
			Fix("use layers in its place").Coded(config.Unsupported)
	}
	return f, nil, nil
}

// Same reports whether two uses of an operation have the same arguments, so that one layer stands for both.
func (o *Operation) Same(p *Operation) bool {
	return o.function == p.function && reflect.DeepEqual(o.args, p.args)
}

// reader puts arguments together.
type reader struct {
	args    Args
	tensors []any
}

// keras3 takes the arguments of {args, kwargs} and of the configuration.
func (r *reader) keras3(f *function, c map[string]any, node any) error {
	r.args = Args{}
	body, _ := c["config"].(map[string]any)
	for k, v := range body {
		if k != "name" && k != "trainable" && k != "dtype" || f.param(k) != nil {
			r.args[k] = v
		}
	}
	n, _ := node.(map[string]any)
	if n == nil {
		return config.Errorf("", "is called with %v; want args and kwargs", node)
	}
	list, _ := n["args"].([]any)
	i := 0
	for _, p := range f.params {
		switch {
		case p.config || i >= len(list):
		case p.variadic:
			r.args[p.name] = r.operands(list[i:])
			i = len(list)
		default:
			r.args[p.name] = r.operands(list[i])
			i++
		}
	}
	if i < len(list) {
		return config.Errorf("", "%s is called with %d arguments; it takes %d", f.class, len(list), i)
	}
	named, _ := n["kwargs"].(map[string]any)
	for _, k := range slices.Sorted(maps.Keys(named)) {
		r.args[k] = r.operands(named[k])
	}
	return nil
}

// operands is v with numbers of operands in the place of tensors, which are listed.
func (r *reader) operands(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if c, ok := v["config"].(map[string]any); ok && v["class_name"] == "__keras_tensor__" {
			return r.tensor(c["keras_history"])
		}
		if v["class_name"] == "__tuple__" {
			return r.operands(v["items"])
		}
		m := map[string]any{}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			m[k] = r.operands(v[k])
		}
		return m
	case []any:
		l := make([]any, len(v))
		for i, e := range v {
			l[i] = r.operands(e)
		}
		return l
	}
	return v
}

// tensor is the operand for [layer, use, result].
func (r *reader) tensor(history any) Operand {
	for i, t := range r.tensors {
		if reflect.DeepEqual(t, history) {
			return Operand(i)
		}
	}
	r.tensors = append(r.tensors, history)
	return Operand(len(r.tensors) - 1)
}
