package config

import (
	"reflect"
	"slices"
)

// Registry knows the kinds of one thing (layers, losses, …) by their names.
// Names are looked up without regard to case and underscores, so that Keras's class
// LeakyReLU and the words leaky_relu and leaky_re_lu are the same.
type Registry[T any] struct{ any *registry }

// NewRegistry makes the registry of T, an interface. what names it in errors ("layer"), module
// is where Keras has it ("keras.layers").
func NewRegistry[T any](what, module string) *Registry[T] {
	r := &registry{what: what, module: module, of: reflect.TypeFor[T](), protos: map[string]entry{},
		spelt: map[string]string{}}
	registries[r.of] = r
	return &Registry[T]{r}
}

// typed returns a thing as what it is registered as.
func typed[T any](v any, err error) (T, error) {
	if err != nil {
		var zero T
		return zero, err
	}
	return v.(T), nil
}

// Register adds a kind under its type's name, and under further names. Fields of
// proto that are set are the defaults of what New makes.
func (r *Registry[T]) Register(proto T, aliases ...string) {
	r.any.register(reflect.Indirect(reflect.ValueOf(proto)).Type().Name(), proto, aliases)
}

// RegisterAs registers a prototype as Register does, under another class name than the type's.
func (r *Registry[T]) RegisterAs(class string, proto T, aliases ...string) {
	r.any.register(class, proto, aliases)
}

// RegisterOwn registers a prototype as Register does, of a class that Keras lacks: it is written as a registered
// object, gorae>NAME.
func (r *Registry[T]) RegisterOwn(proto T, aliases ...string) {
	r.Register(proto, aliases...)
	class, _ := r.Class(proto)
	r.any.owns(class)
}

// Short adds a name for a thing with some keys set; the thing's own name stays.
func (r *Registry[T]) Short(name string, proto T) { r.any.short(name, proto) }

// Whole adds classes of things that write their configuration themselves, {class_name, config} and all, by
// a method Config: models, which are layers too. read makes one.
func (r *Registry[T]) Whole(read func(map[string]any) (T, error), classes ...string) {
	if r.any.whole == nil {
		r.any.whole = map[string]func(map[string]any) (any, error){}
	}
	for _, c := range classes {
		r.any.whole[c] = func(m map[string]any) (any, error) { return read(m) }
	}
}

// What returns a word for the registry's things: layer.
func (r *Registry[T]) What() string { return r.any.what }

// Module returns the Keras module of the registry's classes: keras.layers.
func (r *Registry[T]) Module() string { return r.any.module }

// Names lists the words under which things are written in an experiment file.
func (r *Registry[T]) Names() []string { return r.any.names() }

// Classes lists Keras's class names, in the order of registration.
func (r *Registry[T]) Classes() []string { return slices.Clone(r.any.classes) }

// Prototype returns the value that was registered under a class name: its fields are the defaults of what New makes.
func (r *Registry[T]) Prototype(class string) T {
	return r.any.protos[fold(class)].proto.Interface().(T)
}

// Has reports whether there is such a name.
func (r *Registry[T]) Has(name string) bool {
	_, ok := r.any.protos[fold(name)]
	return ok
}

// Class returns Keras's class name of a value, and whether it is registered.
func (r *Registry[T]) Class(v T) (string, bool) { return r.any.class(v) }

// Word returns the name of a value in an experiment file.
func (r *Registry[T]) Word(v T) string { return r.any.word(v) }

// New makes a thing by its name as Keras writes it. cfg is nil, a map of its keys, or a lone value
// for its main key (dropout: 0.3).
func (r *Registry[T]) New(name string, cfg any) (T, error) {
	return typed[T](r.any.make(&Decoder{Keras: true}, name, cfg))
}

// Decode makes a thing from any form in which it is written: "adam", {adam: {…}}, {adam: 0.3}, or
// Keras's {class_name: Adam, config: {…}}.
func (r *Registry[T]) Decode(v any) (T, error) {
	return typed[T](r.any.decode(&Decoder{Keras: true}, v))
}

// Encode writes a thing as Keras does. [Fault] finds what no file can hold: a thing whose type is not registered.
func (r *Registry[T]) Encode(v T) Map { return r.any.encode(v) }

// Written returns a thing of the registry as people write it.
func (r *Registry[T]) Written(v T) any { return r.any.written(v) }

// WrittenAs returns what Written returns, under the given name, which must be one that Decode accepts for v.
func (r *Registry[T]) WrittenAs(name string, v T) any { return r.any.writtenUnder(name, v) }

// With returns a thing of the registry with further keys, as people write them; v itself stays as it is.
func (r *Registry[T]) With(v T, keys Map) (T, error) {
	x, err := with(v, keys)
	if err != nil {
		return v, err
	}
	return x.(T), nil
}

// Describe returns the description of the entry of a name, in any spelling, and whether there is one.
func (r *Registry[T]) Describe(name string) (Registered, bool) { return r.any.describe(name) }

// Registry returns the parts of the schema of a registry's things: the words that stand for a thing by themselves, and
// the properties of the map {name: keys}. Names that except reports are left out.
func (r *Registry[T]) Registry(s *Schemas, except func(name string) bool) (words, properties, patterns Map) {
	return r.any.parts(s, except)
}

// Schema returns the schema of the registry's things, without the names that except reports.
func (r *Registry[T]) Schema(s *Schemas, except func(name string) bool) Map {
	return r.any.schema(s, except)
}

// Spellings returns the schema of the names of the registry's things in all their spellings.
func (r *Registry[T]) Spellings() Map { return r.any.spellings() }
