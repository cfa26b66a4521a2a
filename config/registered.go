package config

import (
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"
)

// registry is a Registry of whatever type: what is compiled once for all of them.
type registry struct {
	what, module string
	of           reflect.Type // the interface of the things
	protos       map[string]entry
	spelt        map[string]string // a name as it was registered, by its folded form
	classes      []string          // in order of registration
	shorts       []string
	whole        map[string]func(map[string]any) (any, error)
}

type entry struct {
	class, word string
	own         bool // Keras has no such class
	typ         reflect.Type
	proto       reflect.Value
}

// registries finds the registry of a field's interface type.
var registries = map[reflect.Type]*registry{}

// register adds a prototype under a class name.
func (r *registry) register(class string, proto any, aliases []string) {
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

// owns marks a class as one that Keras lacks.
func (r *registry) owns(class string) {
	for k, e := range r.protos {
		if e.class == class {
			e.own = true
			r.protos[k] = e
		}
	}
}

// short adds a name for a thing with some keys set.
func (r *registry) short(name string, proto any) {
	v := reflect.ValueOf(proto)
	c, _ := r.class(proto)
	e := r.protos[fold(c)]
	e.proto = v
	r.protos[fold(name)] = e
	r.shorts = append(r.shorts, name)
}

// names lists the words under which things are written in an experiment file.
func (r *registry) names() []string {
	var ns []string
	for _, c := range r.classes {
		ns = append(ns, r.protos[fold(c)].word)
	}
	ns = append(ns, r.shorts...)
	slices.Sort(ns)
	return ns
}

// class returns Keras's class name of a value, and whether it is registered.
func (r *registry) class(v any) (string, bool) {
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

// word returns the name of a value in an experiment file.
func (r *registry) word(v any) string {
	c, ok := r.class(v)
	if ok {
		return r.protos[fold(c)].word
	}
	return Word(c)
}

// make makes a thing by its name.
func (r *registry) make(d *Decoder, name string, cfg any) (any, error) {
	e, ok := r.protos[fold(name)]
	if !ok {
		return nil, Errorf(Step(name), "unknown %s", r.what).Suggesting(name, r.names()).AtKey().Coded(UnknownName)
	}
	t := e.typ
	pointer := t.Kind() == reflect.Pointer
	if pointer {
		t = t.Elem()
	}
	p := reflect.New(t)
	p.Elem().Set(reflect.Indirect(e.proto))
	if err := d.fill(p, cfg); err != nil {
		return nil, Under(Step(name), err)
	}
	if pointer {
		return p.Interface(), nil
	}
	return p.Elem().Interface(), nil
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

// decode makes a thing from any form in which it is written.
func (r *registry) decode(d *Decoder, v any) (any, error) {
	if v != nil && reflect.TypeOf(v).Implements(r.of) {
		return v, nil
	}
	if name, ok := v.(string); ok {
		return r.make(d, name, nil)
	}
	m, ok := AsMap(v)
	if !ok {
		return nil, wrongType("%s is not %s", brief(v), article(r.what)).Fix("give a name, or a name with its keys")
	}
	if c, ok := m.Get("class_name").(string); ok && d.Keras {
		return r.keras(d, m, c)
	}
	if len(m) != 1 {
		return nil, wrongType("%s has one name, here are %d keys", article(r.what), len(m))
	}
	return r.make(d, m[0].Key, m[0].Value)
}

// keras makes a thing of Keras's form {class_name, config}.
func (r *registry) keras(d *Decoder, m Map, class string) (any, error) {
	if read := r.whole[class]; read != nil {
		return read(m.Plain())
	}
	quantizes := r.quantizes(unregistered(class))
	if err := foreign(m, class, quantizes); err != nil {
		return nil, err
	}
	class = unregistered(class)
	if quantizes {
		return r.make(d, class, asQuantized(m.Get("config")))
	}
	if f, ok := m.Get("config").(string); ok && class == "function" {
		return r.make(d, f, nil) // Keras writes a function by its name
	}
	return r.make(d, class, m.Get("config"))
}

// unregistered returns the name of a registered object without its package: UGRNN of "gorae>UGRNN".
func unregistered(name string) string { return name[strings.LastIndexByte(name, '>')+1:] }

// encode writes a thing as Keras does.
func (r *registry) encode(v any) Map {
	if w, ok := v.(interface{ Config() (Map, error) }); ok {
		m, err := w.Config()
		if err != nil {
			m = Map{{"config", Map{}}, {faultKey, err}}
		}
		return m
	}
	c, known := r.class(v)
	m := Map{{"module", r.module}, {"class_name", c}, {"config", withPolicy(Encode(v))}, {"registered_name", nil}}
	if !known || r.protos[fold(c)].own {
		m[0].Value, m[3].Value = nil, "gorae>"+c
	}
	if !known {
		m = append(m, Entry{faultKey, r.stranger(v)})
	}
	return m
}

// stranger returns the error of a value whose type was never registered.
func (r *registry) stranger(v any) error {
	kind, goType := r.of, fmt.Sprintf("%T", v)
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

func decodeInterface(d *Decoder, v reflect.Value, value any) error {
	r := registries[v.Type()]
	if r == nil {
		return Errorf("", "nothing of type %v can be configured", v.Type())
	}
	x, err := r.decode(d, value)
	if err != nil {
		return asError(err)
	}
	v.Set(reflect.ValueOf(x))
	return nil
}

func encodeInterface(v reflect.Value) any {
	if r := registries[v.Type()]; r != nil {
		return r.encode(v.Interface())
	}
	return nil
}
