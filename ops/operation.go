package ops

import (
	"fmt"
	"maps"
	"slices"

	"gorae/config"
	"gorae/graph"
	"gorae/layer"
)

// Args are the arguments of a function by the names of its parameters in Keras: numbers, words, lists, nil for None,
// and [Operand] where the argument is a tensor.
type Args map[string]any

// Operand is the number of an input of an [Operation], where an argument is a tensor.
type Operand int

// all stands for a list of all inputs.
type all struct{}

// Operation is a function of tensors with its arguments, as a layer.
type Operation struct {
	layer.Base
	function *function
	args     Args
}

// New makes an operation by the name of its function: "mean", or Keras's class "Mean". Parameters without default that
// args lack are the inputs, in the order of the signature: New("subtract", nil) is x1 − x2, New("subtract",
// Args{"x1": 1}) is 1 − x. A function that takes a list of tensors takes all inputs.
func New(name string, args Args) (*Operation, error) {
	class := classOf(name)
	f := functions[class]
	if f == nil {
		return nil, unknown(name)
	}
	o := &Operation{function: f, args: maps.Clone(args)}
	if o.args == nil {
		o.args = Args{}
	}
	next := Operand(0)
	for _, p := range f.params {
		switch _, given := o.args[p.name]; {
		case given || p.optional || p.config:
		case p.list || p.variadic:
			o.args[p.name] = all{}
		default:
			o.args[p.name] = next
			next++
		}
	}
	return o, o.Check()
}

// Must is [New] for arguments that are right; it panics where they are not.
func Must(name string, args Args) *Operation {
	o, err := New(name, args)
	if err != nil {
		panic(err)
	}
	return o
}

// Names lists the functions as New takes them.
func Names() []string {
	var ns []string
	for class := range functions {
		ns = append(ns, config.Snake(class))
	}
	slices.Sort(ns)
	return ns
}

// Check finds arguments that the function does not have, and parameters without argument.
func (o *Operation) Check() error {
	for _, name := range slices.Sorted(maps.Keys(o.args)) {
		if o.function.param(name) == nil && !empty(o.args[name]) {
			return config.Errorf("", "%s has no parameter %s", o.function.class, name).
				Fix("its parameters are %v", o.function.names()).Coded(config.UnknownKey)
		}
	}
	for _, p := range o.function.params {
		if v, given := o.args[p.name]; !p.optional && (!given || v == nil && !p.config) {
			return config.Errorf("", "%s lacks the argument %s", o.function.class, p.name).Coded(config.Missing)
		}
	}
	return nil
}

// empty reports whether a value says nothing.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// ClassName is the name of the function's class in Keras.
func (o *Operation) ClassName() string { return o.function.class }

// Call implements layer.Layer.
func (o *Operation) Call(s *layer.Scope, x ...*graph.Node) []*graph.Node {
	for _, n := range x {
		if len(n.Shape) == 0 {
			s.Fail("takes tensors with an axis of samples, got a number")
		}
	}
	return o.function.compute(&call{Scope: s, op: o, x: x})
}

// Traits implements layer.Described. Keras's operations have no masks.
func (o *Operation) Traits() layer.Traits {
	t := layer.Traits{Mask: layer.DropsMask, Steps: layer.AcrossSteps, Format: layer.ReordersAxes,
		Features: layer.SameFeatures, Samples: layer.SeparateSamples}
	if o.function.elementwise {
		t.Steps, t.Format = layer.StepByStep, layer.AnyFormat
	}
	if a := layer.Activation(config.Snake(o.function.class)); o.function.module == "nn" && a.Check() == nil &&
		o.Is(string(a)) {
		t.Activation = a
	}
	if o.function.constant {
		t.Mask = layer.HandlesMask // padding is not taken for data
	}
	return t
}

// Is reports whether the operation is an activation with the arguments that the name alone means.
func (o *Operation) Is(activation string) bool {
	if config.Snake(o.function.class) != activation {
		return false
	}
	for _, p := range o.function.params {
		if v, given := o.args[p.name]; p.config && given && fmt.Sprint(v) != fmt.Sprint(p.def) {
			return false
		}
	}
	return true
}
