package model

import (
	"fmt"
	"maps"
	"slices"

	"gorae/config"
	"gorae/layer"
)

// usage is what a use of a layer is given, as a file has it.
type usage struct {
	in      []edge
	mask    *edge           // of the first operand, of layers without a signature
	named   map[string]edge // arguments by name
	options config.Map      // keys of the layer that are arguments of the call
}

// usageOf reads a use of a layer: {args, kwargs} of Keras 3, a list with the keywords behind each operand of Keras 2.
func usageOf(l layer.Layer, node any) (u usage, err error) {
	of, signed := layer.SignatureOf(l)
	if err := literals(node, of.Options); err != nil {
		return u, err
	}
	if !signed {
		u.in = edgesOf(node)
		u.mask, err = maskOf(node)
		return u, err
	}
	u.named = map[string]edge{}
	u.in = edgesOf(operandsOf(node))
	if len(u.in) > len(of.Inputs) {
		return u, fmt.Errorf("%d operands; gorae takes up to %d, %v", len(u.in), len(of.Inputs), of.Inputs)
	}
	for _, kw := range keywords(node) {
		for _, key := range slices.Sorted(maps.Keys(kw)) {
			if v, is := kw[key].(bool); is && slices.Contains(of.Options, key) {
				u.options = append(u.options, config.Entry{Key: key, Value: v})
				continue
			}
			if key == "mask" && of.Masks != nil {
				if err := u.masks(of, kw[key]); err != nil {
					return u, err
				}
				continue
			}
			es := edgesOf(kw[key])
			switch {
			case len(es) == 0:
			case len(es) == 1 && (slices.Contains(of.Named, key) || slices.Contains(of.Inputs, key)):
				u.named[key] = es[0]
			default:
				return u, fmt.Errorf("the argument %s is not known to gorae, which takes %v", key,
					slices.Concat(of.Inputs, of.Named))
			}
		}
	}
	for len(u.in) < len(of.Inputs) { // inputs by name
		e, ok := u.named[of.Inputs[len(u.in)]]
		if !ok {
			break
		}
		delete(u.named, of.Inputs[len(u.in)])
		u.in = append(u.in, e)
	}
	for _, name := range of.Inputs {
		if _, left := u.named[name]; left {
			return u, fmt.Errorf("%s is given, and an input before it is not", name)
		}
	}
	return u, nil
}

// masks reads the argument mask, a list of masks or nulls.
func (u *usage) masks(of layer.Signature, v any) error {
	list, _ := v.([]any)
	if v != nil && len(list) == 0 || len(list) > len(of.Masks)+1 {
		return fmt.Errorf("mask is %v; gorae takes a list of %d masks", v, len(of.Masks))
	}
	for i, m := range list {
		switch es := edgesOf(m); {
		case len(es) == 0:
		case len(es) > 1 || i >= len(of.Masks):
			return fmt.Errorf("element %d of mask is not the mask of one sequence", i)
		default:
			u.named[of.Masks[i]] = es[0]
		}
	}
	return nil
}

// operandsOf returns a use without its keywords.
func operandsOf(node any) any {
	switch v := node.(type) {
	case map[string]any:
		return v["args"]
	case []any:
		if len(v) == 4 {
			if _, is := v[3].(map[string]any); is {
				return v[:3]
			}
		}
		var list []any
		for _, x := range v {
			list = append(list, operandsOf(x))
		}
		return list
	}
	return node
}

// arguments returns the operands and the keywords of a call as Keras 3 writes them; tensor writes a value.
func (c *call) arguments(tensor func(v *Value) config.Map) (args []any, kwargs config.Map) {
	for _, v := range c.in {
		args = append(args, tensor(v))
	}
	of, signed := layer.SignatureOf(c.inst.Layer)
	kwargs = config.Map{}
	switch {
	case !signed && len(args) > 1 && layer.Recurrent(c.inst.Layer):
		args, kwargs = args[:1], config.Map{{Key: "initial_state", Value: args[1:]}}
	case !signed && len(args) > 1:
		args = []any{args} // a merge takes one list
	case signed:
		if len(args) == 1 && len(of.Inputs) > 1 { // all inputs are one
			args = append(args, args[0])
		}
		if of.List {
			args = []any{args}
		}
	}
	if c.mask != nil {
		kwargs = append(kwargs, config.Entry{Key: "mask", Value: tensor(c.mask)})
	}
	if of.Masks != nil && len(c.named) > 0 {
		list := make([]any, len(of.Masks))
		for i, name := range of.Masks {
			if v := c.named[name]; v != nil {
				list[i] = tensor(v)
			}
		}
		kwargs = append(kwargs, config.Entry{Key: "mask", Value: list})
	}
	for _, name := range slices.Sorted(maps.Keys(c.named)) {
		if !slices.Contains(of.Masks, name) {
			kwargs = append(kwargs, config.Entry{Key: name, Value: tensor(c.named[name])})
		}
	}
	return args, append(kwargs, config.Withheld(c.layer(), of.Options...)...)
}

// joint reports whether Keras calls a layer on several operands at once, or with arguments, so that it cannot stand
// in a Sequential there.
func joint(l layer.Layer) bool {
	of, signed := layer.SignatureOf(l)
	return signed && len(of.Inputs) > 1
}

// chain reports whether Keras writes the model as a Sequential.
func (m *Model) chain() bool {
	return m.sequential && !slices.ContainsFunc(m.calls, func(c *call) bool { return joint(c.inst.Layer) })
}
