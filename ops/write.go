package ops

import (
	"gorae/config"
)

// Config is the operation as Keras 3 has it among the layers of a model: its class, and the arguments of its
// constructor.
func (o *Operation) Config() (config.Map, error) {
	c := config.Map{{Key: "name", Value: o.Name}}
	for _, p := range o.function.params {
		if !p.config {
			continue
		}
		v, given := o.args[p.name]
		if !given {
			v = p.def
		}
		c = append(c, config.Entry{Key: p.name, Value: v})
	}
	return config.Map{{Key: "module", Value: module + o.function.module}, {Key: "class_name", Value: o.function.class},
		{Key: "config", Value: c}, {Key: "registered_name", Value: o.function.class}}, nil
}

// Node is a use of the operation as Keras 3 writes it: the arguments by place and by name. tensor writes input k of n.
func (o *Operation) Node(n int, tensor func(k int) any) (args []any, kwargs config.Map) {
	args, kwargs = []any{}, config.Map{}
	var write func(v any) any
	write = func(v any) any {
		switch v := v.(type) {
		case Operand:
			return tensor(int(v))
		case all:
			l := make([]any, n)
			for k := range l {
				l[k] = tensor(k)
			}
			return l
		case []any:
			l := make([]any, len(v))
			for i, e := range v {
				l[i] = write(e)
			}
			return l
		}
		return v
	}
	byName := false // an argument before it is left out
	for _, p := range o.function.params {
		v, given := o.args[p.name]
		switch {
		case p.config:
		case !given:
			byName = true
		case byName:
			kwargs = append(kwargs, config.Entry{Key: p.name, Value: write(v)})
		case p.variadic:
			if l, ok := write(v).([]any); ok {
				args = append(args, l...)
			}
		default:
			args = append(args, write(v))
		}
	}
	return args, kwargs
}
