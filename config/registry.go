package config

import (
	"fmt"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Registry knows the kinds of one thing (layers, losses, …) by their names.
// Names are looked up without regard to case and underscores, so that Keras's class
// LeakyReLU and the words leaky_relu and leaky_re_lu are the same.
type Registry[T any] struct {
	what, module string
	protos       map[string]entry
	spelt        map[string]string // a name as it was registered, by its folded form
	classes      []string          // in order of registration
	shorts       []string
	whole        map[string]func(map[string]any) (T, error)
}

type entry struct {
	class, word string
	own         bool // Keras has no such class
	typ         reflect.Type
	proto       reflect.Value
}

// registries finds the registry of a field's interface type.
var registries = map[reflect.Type]anyRegistry{}

type anyRegistry interface {
	decodeAny(d *Decoder, v any) (any, error)
	encodeAny(v any) any
	writtenAny(v any) any
	schema(s *Schemas) Map
	thing() string
}

// NewRegistry makes the registry of T. what names it in errors ("layer"), module
// is where Keras has it ("keras.layers").
func NewRegistry[T any](what, module string) *Registry[T] {
	r := &Registry[T]{what: what, module: module, protos: map[string]entry{}, spelt: map[string]string{}}
	registries[reflect.TypeFor[T]()] = r
	return r
}

// Register adds a kind under its type's name, and under further names. Fields of
// proto that are set are the defaults of what New makes.
func (r *Registry[T]) Register(proto T, aliases ...string) {
	v := reflect.ValueOf(proto)
	class := reflect.Indirect(v).Type().Name()
	r.RegisterAs(class, proto, aliases...)
}

// RegisterAs registers a prototype as Register does, under another class name than the type's.
func (r *Registry[T]) RegisterAs(class string, proto T, aliases ...string) {
	v := reflect.ValueOf(proto)
	e := entry{class: class, word: Word(class), typ: v.Type(), proto: v}
	if len(aliases) > 0 {
		e.word = aliases[0]
	}
	for _, n := range append([]string{class, Snake(class)}, aliases...) {
		r.protos[fold(n)], r.spelt[fold(n)] = e, n
	}
	r.classes = append(r.classes, class)
}

// RegisterOwn registers a prototype as Register does, of a class that Keras lacks: it is written as a registered
// object, gorae>NAME.
func (r *Registry[T]) RegisterOwn(proto T, aliases ...string) {
	r.Register(proto, aliases...)
	class, _ := r.Class(proto)
	for k, e := range r.protos {
		if e.class == class {
			e.own = true
			r.protos[k] = e
		}
	}
}

// Short adds a name for a thing with some keys set; the thing's own name stays.
func (r *Registry[T]) Short(name string, proto T) {
	v := reflect.ValueOf(proto)
	c, _ := r.Class(proto)
	e := r.protos[fold(c)]
	e.proto = v
	r.protos[fold(name)] = e
	r.shorts = append(r.shorts, name)
}

// Whole adds classes of things that write their configuration themselves, {class_name, config} and all, by
// a method Config: models, which are layers too. read makes one.
func (r *Registry[T]) Whole(read func(map[string]any) (T, error), classes ...string) {
	if r.whole == nil {
		r.whole = map[string]func(map[string]any) (T, error){}
	}
	for _, c := range classes {
		r.whole[c] = read
	}
}

// Names lists the words under which things are written in an experiment file.
func (r *Registry[T]) Names() []string {
	var ns []string
	for _, c := range r.classes {
		ns = append(ns, r.protos[fold(c)].word)
	}
	ns = append(ns, r.shorts...)
	slices.Sort(ns)
	return ns
}

// Classes lists Keras's class names, in the order of registration.
func (r *Registry[T]) Classes() []string { return slices.Clone(r.classes) }

// Prototype returns the value that was registered under a class name: its fields are the defaults of what New makes.
func (r *Registry[T]) Prototype(class string) T {
	return r.protos[fold(class)].proto.Interface().(T)
}

// Has reports whether there is such a name.
func (r *Registry[T]) Has(name string) bool {
	_, ok := r.protos[fold(name)]
	return ok
}

// Class returns Keras's class name of a value, and whether it is registered.
func (r *Registry[T]) Class(v T) (string, bool) {
	t := reflect.TypeOf(v)
	for _, c := range r.classes {
		if r.protos[fold(c)].typ == t {
			return c, true
		}
	}
	if t == nil {
		return "", false
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name(), false
}

// Word returns the name of a value in an experiment file.
func (r *Registry[T]) Word(v T) string {
	c, ok := r.Class(v)
	if ok {
		return r.protos[fold(c)].word
	}
	return Word(c)
}

// New makes a thing by its name as Keras writes it. cfg is nil, a map of its keys, or a lone value
// for its main key (dropout: 0.3).
func (r *Registry[T]) New(name string, cfg any) (T, error) {
	return r.make(&Decoder{Keras: true}, name, cfg)
}

func (r *Registry[T]) make(d *Decoder, name string, cfg any) (T, error) {
	var zero T
	e, ok := r.protos[fold(name)]
	if !ok {
		return zero, Errorf(Step(name), "unknown %s", r.what).Suggesting(name, r.Names()).AtKey().Coded(UnknownName)
	}
	t := e.typ
	pointer := t.Kind() == reflect.Pointer
	if pointer {
		t = t.Elem()
	}
	p := reflect.New(t)
	p.Elem().Set(reflect.Indirect(e.proto))
	if err := d.fill(p, cfg); err != nil {
		return zero, Under(Step(name), err)
	}
	if pointer {
		return p.Interface().(T), nil
	}
	return p.Elem().Interface().(T), nil
}

// fill decodes cfg into the struct p points to.
func (d *Decoder) fill(p reflect.Value, cfg any) error {
	if cfg == nil {
		cfg = Map{}
	}
	if m, ok := AsMap(cfg); ok {
		if p.Elem().Kind() != reflect.Struct {
			if len(m) > 0 {
				return Errorf("", "takes no keys").Coded(UnknownKey)
			}
			return nil
		}
		return d.object(p.Elem(), named(m, p.Elem().Type()), true)
	}
	if p.Elem().Kind() == reflect.Struct {
		for _, it := range items(p.Elem().Type()) {
			if it.field != nil && it.field.main {
				return d.object(p.Elem(), Map{{it.field.key, cfg}}, true)
			}
		}
	}
	return wrongType("%s is not a set of keys", brief(cfg))
}

// MainKey stands for the main key of a thing in a map whose writer does not know its name: of dropout: 0.3 that has
// been given a further key.
const MainKey = "\x00main"

// named returns m with the name of the main key of a type in the place of MainKey, unless it is there too.
func named(m Map, t reflect.Type) Map {
	i, key := m.index(MainKey), mainKey(t)
	switch {
	case i < 0 || key == "":
		return m
	case m.index(key) >= 0:
		return slices.Delete(slices.Clone(m), i, i+1)
	}
	m = slices.Clone(m)
	m[i].Key = key
	return m
}

// Decode makes a thing from any form in which it is written: "adam", {adam: {…}}, {adam: 0.3}, or
// Keras's {class_name: Adam, config: {…}}.
func (r *Registry[T]) Decode(v any) (T, error) { return r.decode(&Decoder{Keras: true}, v) }

func (r *Registry[T]) decode(d *Decoder, v any) (T, error) {
	var zero T
	switch x := v.(type) {
	case T:
		return x, nil
	case string:
		return r.make(d, x, nil)
	}
	m, ok := AsMap(v)
	if !ok {
		return zero, wrongType("%s is not %s", brief(v), article(r.what)).Fix("give a name, or a name with its keys")
	}
	if c, ok := m.Get("class_name").(string); ok && d.Keras {
		return r.keras(d, m, c)
	}
	if len(m) != 1 {
		return zero, wrongType("%s has one name, here are %d keys", article(r.what), len(m))
	}
	return r.make(d, m[0].Key, m[0].Value)
}

// keras makes a thing of Keras's form {class_name, config}.
func (r *Registry[T]) keras(d *Decoder, m Map, class string) (T, error) {
	var zero T
	if read := r.whole[class]; read != nil {
		return read(m.Plain())
	}
	if err := foreign(m, class); err != nil {
		return zero, err
	}
	class = unregistered(class)
	if f, ok := m.Get("config").(string); ok && class == "function" {
		return r.make(d, f, nil) // Keras writes a function by its name
	}
	return r.make(d, class, m.Get("config"))
}

// unregistered returns the name of a registered object without its package: UGRNN of "gorae>UGRNN".
func unregistered(name string) string { return name[strings.LastIndexByte(name, '>')+1:] }

// Encode writes a thing as Keras does. [Fault] finds what no file can hold: a thing whose type is not registered.
func (r *Registry[T]) Encode(v T) Map {
	if w, ok := any(v).(interface{ Config() (Map, error) }); ok {
		m, err := w.Config()
		if err != nil {
			m = Map{{faultKey, err}}
		}
		return m
	}
	c, known := r.Class(v)
	m := Map{{"module", r.module}, {"class_name", c}, {"config", Encode(v)}, {"registered_name", nil}}
	if !known || r.protos[fold(c)].own {
		m[0].Value, m[3].Value = nil, "gorae>"+c
	}
	if !known {
		m = append(m, Entry{faultKey, r.stranger(v)})
	}
	return m
}

// stranger returns the error of a value whose type was never registered.
func (r *Registry[T]) stranger(v T) error {
	kind, goType := reflect.TypeFor[T](), fmt.Sprintf("%T", v)
	list := kind.Name() + "s" // layer.Layers, loss.Losses
	if strings.HasSuffix(kind.Name(), "s") {
		list = kind.Name() + "es"
	}
	literal := goType + "{}"
	if rest, ok := strings.CutPrefix(goType, "*"); ok {
		literal = "&" + rest + "{}"
	}
	return Errorf("", "the %s %s is not registered, so no file can name it", r.what, goType).
		Fix("call %s.%s.RegisterOwn(%s) in an init function", path.Base(kind.PkgPath()), list, literal).
		Coded(Unregistered)
}

// faultKey stands in what Encode gives beside what could not be encoded; its value is an error.
const faultKey = "error"

// Fault returns the first error in what Encode gave: a thing that is not registered, or that cannot write itself. A
// configuration that is to be read again must have none. Its path is that of the keys.
func Fault(encoded any) error {
	switch v := encoded.(type) {
	case Map:
		if err, ok := v.Get(faultKey).(error); ok {
			return err
		}
		for _, e := range v {
			if err := Fault(e.Value); err != nil {
				if e.Key == "config" { // Keras's {class_name, config} is one thing
					return err
				}
				return Under(Step(e.Key), err)
			}
		}
	case []any:
		for i, e := range v {
			if err := Fault(e); err != nil {
				return Under(Index(i), err)
			}
		}
	}
	return nil
}

func (r *Registry[T]) decodeAny(d *Decoder, v any) (any, error) { return r.decode(d, v) }
func (r *Registry[T]) encodeAny(v any) any                      { return r.Encode(v.(T)) }
func (r *Registry[T]) writtenAny(v any) any                     { return r.Written(v.(T)) }

func decodeInterface(d *Decoder, v reflect.Value, value any) error {
	r := registries[v.Type()]
	if r == nil {
		return Errorf("", "nothing of type %v can be configured", v.Type())
	}
	x, err := r.decodeAny(d, value)
	if err != nil {
		return asError(err)
	}
	v.Set(reflect.ValueOf(x))
	return nil
}

func encodeInterface(v reflect.Value) any {
	if r := registries[v.Type()]; r != nil {
		return r.encodeAny(v.Interface())
	}
	return nil
}

var (
	snake1 = regexp.MustCompile(`(.)([A-Z][a-z]+)`)
	snake2 = regexp.MustCompile(`([a-z])([A-Z])`)
)

// Snake returns the name that Keras derives from a class name for an instance: LeakyReLU gives leaky_re_lu, Conv2D
// gives conv2d.
func Snake(class string) string {
	s := snake1.ReplaceAllString(class, "${1}_$2")
	return strings.ToLower(snake2.ReplaceAllString(s, "${1}_$2"))
}

// Word returns the name that people write: like Snake, with ReLU and its kin kept whole.
func Word(class string) string {
	class = strings.Replace(class, "ReLU", "Relu", 1)
	if class == "PRelu" {
		return "prelu"
	}
	return Snake(class)
}
