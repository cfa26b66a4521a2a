package keras

import (
	"fmt"
	"slices"
	"strings"

	"gorae/graph"
	"gorae/layer"
)

// functions stand in for Python functions of files, by their names.
var functions = map[string]any{}

// standIns and functionOf are those of a program that registers nothing, which links no others.
var (
	standIns   = func(any) {}
	functionOf = func(map[string]any) string { return "" }
)

// Register lets fn stand in for a Python function of the files that are read from then on, which are never carried out
// themselves: a func(*graph.Node) *graph.Node, or a layer.Layer without weights. name is that of a Lambda layer
// (Lambda(…, name="double")), or the name under which a function was registered with Keras, without its package: cube
// for Mine>cube. A func stands in as an activation too, unless gorae has one of the name. It is for init functions, and
// panics where the name is taken or fn is neither.
//
// A model with such a layer is written as a Lambda that names the function; reading it takes the registration again.
func Register(name string, fn any) {
	if functions[name] != nil || name == "" {
		panic(fmt.Sprintf("keras: the function %q is registered already, or has no name", name))
	}
	switch f := fn.(type) {
	case func(*graph.Node) *graph.Node:
		if !slices.Contains(layer.Activations(), name) {
			layer.RegisterActivation(name, f)
		}
	case layer.Layer:
	default:
		panic(fmt.Sprintf("keras: %T stands in for the function %q; want a layer or a func(*graph.Node) *graph.Node",
			fn, name))
	}
	if len(functions) == 0 {
		layer.Layers.RegisterAs("Lambda", lambda{}) // a class that configurations can name
		standIns, functionOf = putStandIns, registeredName
	}
	functions[name] = fn
}

// lambda is a Lambda of Keras, whose function has a registered one in its place.
type lambda struct {
	layer.Base
	Function string `keras:"function,main,required"`
}

// Call implements layer.Layer.
func (l lambda) Call(s *layer.Scope, x ...*graph.Node) []*graph.Node {
	switch f := functions[l.Function].(type) {
	case layer.Layer:
		return f.Call(s, x...)
	case func(*graph.Node) *graph.Node:
		if len(x) == 1 {
			return []*graph.Node{f(x[0])}
		}
		s.Fail("takes one input, got %d", len(x))
	}
	s.Fail("no function is registered under the name %q", l.Function)
	return x
}

// Traits implements layer.Described. A function says nothing of itself.
func (l lambda) Traits() layer.Traits {
	if d, ok := functions[l.Function].(layer.Described); ok {
		return d.Traits()
	}
	return layer.Traits{}
}

// putStandIns gives the Lambdas of a configuration, all below v, the registered functions in place of their own.
func putStandIns(v any) {
	switch v := v.(type) {
	case map[string]any:
		c, ok := v["config"].(map[string]any)
		if ok && v["class_name"] == "Lambda" {
			if name := registeredName(c); name != "" {
				v["config"] = map[string]any{"name": c["name"], "trainable": c["trainable"] != false, "function": name}
				return
			}
		}
		for _, x := range v {
			putStandIns(x)
		}
	case []any:
		for _, x := range v {
			putStandIns(x)
		}
	}
}

// registeredName is the registered name for a Lambda: that of its function, or its own.
func registeredName(c map[string]any) string {
	f, _ := c["function"].(string)
	if m, ok := c["function"].(map[string]any); ok && m["class_name"] == "function" {
		f, _ = m["config"].(string)
		f = f[strings.LastIndexByte(f, '>')+1:]
	}
	own, _ := c["name"].(string)
	for _, name := range []string{f, own} {
		if functions[name] != nil {
			return name
		}
	}
	return ""
}
