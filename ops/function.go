package ops

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gorae/config"
	"gorae/graph"
)

// function is a function of keras.ops.
type function struct {
	module, class string
	params        []param
	compute       func(c *call) []*graph.Node
	elementwise   bool // each element follows from those at its place
	constant      bool // the values of the operands do not count
}

// param is a parameter of a function.
type param struct {
	name     string
	def      any
	optional bool
	list     bool // a list of tensors
	variadic bool // a list of tensors, one argument each
	config   bool // Keras has it in the configuration of the operation, else in the call
}

// functions are all, by their classes.
var functions = map[string]*function{}

// add puts functions into the table. A signature is that of Keras's classes: the parameters of call, a bar, those of
// the constructor. A list of tensors has dots behind it, a star before it where each is an argument of its own.
func add(module, signature string, compute func(c *call) []*graph.Node, classes ...string) []*function {
	var fs []*function
	for _, class := range classes {
		f := &function{module: module, class: class, compute: compute}
		call, cfg, _ := strings.Cut(signature, "|")
		for i, part := range []string{call, cfg} {
			for word := range strings.FieldsSeq(part) {
				p := param{config: i == 1}
				name, def, optional := strings.Cut(word, "=")
				name, p.list = strings.CutSuffix(name, "...")
				p.name, p.variadic = strings.CutPrefix(name, "*")
				p.def, p.optional = value(def), optional
				f.params = append(f.params, p)
			}
		}
		functions[class] = f
		fs = append(fs, f)
	}
	return fs
}

// value is a default of a signature.
func value(word string) any {
	switch word {
	case "", "None":
		return nil
	case "True", "False":
		return word == "True"
	}
	if v, err := strconv.ParseFloat(word, 64); err == nil {
		return v
	}
	return word
}

func (f *function) param(name string) *param {
	for i := range f.params {
		if f.params[i].name == name {
			return &f.params[i]
		}
	}
	return nil
}

func (f *function) names() (ns []string) {
	for _, p := range f.params {
		ns = append(ns, p.name)
	}
	return ns
}

// classOf is the class of a name in any spelling.
func classOf(name string) string {
	for class := range functions {
		if config.Same(class, name) {
			return class
		}
	}
	return ""
}

// unknown is the error of a function that is not in the table.
func unknown(name string) error {
	return config.Errorf("", "there is no operation %s of tensors", name).
		Suggesting(name, slices.Sorted(maps.Keys(functions))).Coded(config.Unsupported)
}

// String is the signature.
func (f *function) String() string {
	return fmt.Sprintf("%s(%s)", f.class, strings.Join(f.names(), ", "))
}
