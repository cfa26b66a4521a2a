package spec

import (
	"slices"
	"strconv"
	"strings"

	"gorae/config"
	"gorae/layer"
)

// Network is the model of an experiment file: a chain of layers,
//
//	model: [{dense: {units: 64}}, {dropout: 0.3}, …]
//
// or, where layers branch, layers with names that say what enters them:
//
//	model:
//	  layers:
//	    - {name: wide, dense: {units: 8}, inputs: input}
//	    - {name: deep, dense: {units: 8}, inputs: input}
//	    - {name: both, concatenate: {}, inputs: [wide, deep]}
//	  outputs: both
//
// What enters the network is called input, or by the names of data.inputs. Of a layer that gives several results, such
// as a recurrent one with return_state, NAME is the first and NAME/2, NAME/3, … are the others.
type Network struct {
	Steps   []Step
	Outputs []string // names of the layers whose results the model gives; nil: the last

	layers bool   // written with the key layers
	at     string // the path of the key in the file; "": model
}

// Step is one layer in its place.
type Step struct {
	Name   string      // "" without one
	Layer  layer.Layer // nil while Written stands for it, and beside Pretrained
	Inputs []string    // names of layers or of inputs; nil: the step before
	// Pretrained, if not nil, is the network of a file that is used in the layer's place.
	Pretrained *Pretrained
	// Written is the layer as it was written, as long as a word in it stands for a number that only the data know, such
	// as vocabulary; then it is {word: keys}, without the name. It is nil once Layer is there.
	Written config.Map
}

// Variables are the words that may stand in a model wherever a whole number does, for what only the data know:
// vocabulary, the number of ids of a text, and those of the two sides of translations.
var Variables = []string{Vocabulary, SourceVocabulary, TargetVocabulary}

// Chain returns a network of layers one behind the other.
func Chain(layers ...layer.Layer) *Network { return &Network{Steps: Steps(layers...)} }

// Steps returns layers one behind the other.
func Steps(layers ...layer.Layer) []Step {
	var steps []Step
	for _, l := range layers {
		steps = append(steps, Step{Name: layer.NameOf(l), Layer: l})
	}
	return steps
}

// Branches reports whether the network says what enters its layers, or which of them are outputs: it is not a mere
// chain.
func (n *Network) Branches() bool {
	return n.layers || n.Outputs != nil || slices.ContainsFunc(n.Steps, func(s Step) bool { return s.Inputs != nil })
}

// At returns the network as one that stands below another key than model, such as data.generate.discriminator.
func (n *Network) At(path string) *Network {
	out := *n
	out.at = path
	return &out
}

// Place returns the path of the key that the network stands below: model, or that of At.
func (n *Network) Place() string {
	if n.at == "" {
		return "model"
	}
	return n.at
}

// Path returns the path of step i in the file: model[i] or model.layers[i].
func (n *Network) Path(i int) string { return config.Join(n.Place(), n.path(i)) }

func (n *Network) path(i int) string {
	if n.layers || n.Outputs != nil {
		return "layers" + config.Index(i)
	}
	return config.Index(i)
}

// KeyPath returns the path of the word that step i is written by: model[1].dense.
func (n *Network) KeyPath(i int) string {
	return config.Join(n.Path(i), config.Step(n.Steps[i].Word()))
}

// Word returns the word that the step's layer is written by.
func (s Step) Word() string {
	if s.Pretrained != nil {
		return pretrainedWord
	}
	if s.Layer == nil {
		if len(s.Written) == 0 {
			return ""
		}
		return s.Written[0].Key
	}
	return layer.Layers.Word(s.Layer)
}

// Open returns the first step with a word for a number that is not known yet, −1 if there is none.
func (n *Network) Open() int {
	return slices.IndexFunc(n.Steps, Step.open)
}

// open reports whether a word in the step stands for a number that is not known yet.
func (s Step) open() bool { return s.Layer == nil && s.Pretrained == nil }

// Resolve returns the network with the numbers that the words of Variables stand for. A word that vars lacks is an
// error.
func (n *Network) Resolve(vars map[string]int) (*Network, error) {
	out := *n
	out.Steps = slices.Clone(n.Steps)
	for i, s := range out.Steps {
		if !s.open() {
			continue
		}
		d := &config.Decoder{Vars: vars}
		var err error
		if s, err = s.decode(d); err != nil {
			return nil, config.Under(n.Path(i), err)
		}
		out.Steps[i] = s
	}
	return &out, nil
}

// decode makes the layer of what was written; the step stays as it is where a number is not known.
func (s Step) decode(d *config.Decoder) (Step, error) {
	var l layer.Layer
	if err := d.Decode(&l, s.Written); err != nil {
		return s, err
	}
	if d.Opened() {
		return s, nil
	}
	if s.Name != "" {
		var err error
		if l, err = layer.Layers.With(l, config.Map{{Key: "name", Value: s.Name}}); err != nil {
			return s, err
		}
	}
	s.Layer, s.Name, s.Written = l, layer.NameOf(l), nil
	return s, nil
}

// UnmarshalConfig reads both forms.
func (n *Network) UnmarshalConfig(d *config.Decoder, written any) error {
	*n = Network{}
	steps := written
	if m, ok := config.AsMap(written); ok {
		var form struct {
			Layers  raw      `keras:"layers"`
			Outputs []string `keras:"outputs"`
		}
		if err := d.Decode(&form, m); err != nil {
			return err
		}
		n.layers, n.Outputs, steps = true, form.Outputs, form.Layers.value
	}
	list, ok := steps.([]any)
	if !ok || len(list) == 0 {
		path := ""
		if n.layers {
			path = "layers"
		}
		return config.Errorf(path, "no layers").
			Fix("write a list such as [{dense: {units: 64, activation: relu}}, …]").Coded(config.WrongType)
	}
	for i, v := range list {
		s, err := readStep(v)
		if err != nil {
			return config.Under(n.path(i), err)
		}
		n.Steps = append(n.Steps, s)
	}
	return nil
}

// raw is a value that is read later.
type raw struct{ value any }

// UnmarshalConfig keeps the value.
func (r *raw) UnmarshalConfig(_ *config.Decoder, written any) error {
	r.value = written
	return nil
}

// wiring are the keys of a step beside its layer.
type wiring struct {
	Name   stepName `keras:"name"`
	Inputs []string `keras:"inputs,lone"`
}

// stepName is a word without blanks and slashes.
type stepName string

// Check implements config.Checker.
func (s stepName) Check() error {
	if s == "" || strings.ContainsAny(string(s), "/ ") {
		return config.Errorf("", "%q is not a name", string(s)).Fix("give a word without blanks and slashes").
			Coded(config.OutOfRange)
	}
	return nil
}

func readStep(v any) (Step, error) {
	s := Step{}
	m, ok := config.AsMap(v)
	if word, is := v.(string); is {
		m, ok = config.Map{{Key: word}}, true
	}
	if !ok {
		return s, config.Errorf("", "%v is not a layer", v).
			Fix("give a name, or a name with its keys").Coded(config.WrongType)
	}
	var beside config.Map
	for _, e := range m {
		if e.Key == "name" || e.Key == "inputs" {
			beside = append(beside, e)
		} else {
			s.Written = append(s.Written, e)
		}
	}
	var w wiring
	if err := (&config.Decoder{}).Decode(&w, beside); err != nil {
		return s, err
	}
	s.Name, s.Inputs = string(w.Name), w.Inputs
	switch len(s.Written) {
	case 1:
	case 0:
		return s, config.Errorf("", "no layer here, only its name").Fix("write for example dense: {units: 64}").
			Coded(config.Missing)
	default:
		return s, config.Errorf("", "%s and %s in one place", s.Written[0].Key, s.Written[1].Key).
			Fix("give each layer a line of its own").Coded(config.WrongType)
	}
	if s.Written[0].Key == pretrainedWord {
		p, err := readPretrained(s.Written[0].Value)
		return Step{Name: s.Name, Inputs: s.Inputs, Pretrained: p}, err
	}
	d := &config.Decoder{Open: Variables}
	s, err := s.decode(d)
	if err == nil && s.Layer == nil && s.Name == "" {
		if m, ok := config.AsMap(s.Written[0].Value); ok {
			s.Name, _ = m.Get("name").(string)
		}
	}
	if err == nil && s.Name != "" && stepName(s.Name).Check() != nil {
		return s, config.Errorf(config.Join(config.Step(s.Word()), "name"), "%q is not a name", s.Name).
			Fix("give a word without blanks and slashes")
	}
	return s, err
}

// ConfigSchema implements config.Schemer.
func (stepName) ConfigSchema(*config.Schemas) config.Map {
	return config.Map{{Key: "type", Value: "string"}, {Key: "pattern", Value: "^[^/ ]+$"}}
}

// ConfigSchema returns a list of layers, or a map with layers and outputs.
func (Network) ConfigSchema(s *config.Schemas) config.Map {
	s = s.WithVars(Variables...)
	return s.Define("network", func() config.Map { return networkSchema(s) })
}

func networkSchema(s *config.Schemas) config.Map {
	words, properties, patterns := layer.Layers.Registry(s, nil)
	properties = append(s.Properties(new(wiring)), properties...)
	properties = append(properties, config.Entry{Key: pretrainedWord, Value: config.AnyOf(s.Of(new(Pretrained)),
		config.Map{{Key: "type", Value: "string"}, {Key: "minLength", Value: 1}})})
	step := config.Map{{Key: "type", Value: "object"}, {Key: "properties", Value: properties},
		{Key: "patternProperties", Value: patterns}, {Key: "additionalProperties", Value: false},
		{Key: "anyOf", Value: []any{only(1), only(2, "name"), only(2, "inputs"), only(3, "name", "inputs")}}}
	list := append(config.List(config.AnyOf(words, step)), config.Entry{Key: "minItems", Value: 1})
	form := config.Map{{Key: "type", Value: "object"}, {Key: "properties", Value: config.Map{
		{Key: "layers", Value: list}, {Key: "outputs", Value: config.OrNull(s.Of(new([]string)))}}},
		{Key: "required", Value: []any{"layers"}}, {Key: "additionalProperties", Value: false}}
	return config.AnyOf(list, form)
}

// only returns the schema of an object with so many keys: those of beside, and one other.
func only(keys int, beside ...string) config.Map {
	m := config.Map{{Key: "minProperties", Value: keys}, {Key: "maxProperties", Value: keys}}
	var not []any
	for _, k := range []string{"name", "inputs"} {
		if !slices.Contains(beside, k) {
			not = append(not, config.Map{{Key: "required", Value: []any{k}}})
		}
	}
	if len(beside) > 0 {
		m = append(m, config.Entry{Key: "required", Value: words(beside)})
		if w, ok := m[2].Value.(string); ok {
			m[2].Value = []any{w}
		}
	}
	if len(not) > 0 {
		m = append(m, config.Entry{Key: "not", Value: config.Map{{Key: "anyOf", Value: not}}})
	}
	return m
}

// Used returns how many results of the step with a name the others read: 1 at least.
func (n *Network) Used(name string) int {
	most := 1
	for _, s := range n.Steps {
		for _, in := range s.Inputs {
			if of, k := Result(in); of == name && name != "" {
				most = max(most, k)
			}
		}
	}
	return most
}

// Result parts the name of an input of a step: the layer, and which of its results it is, from 1; 0 where what stands
// behind the slash is no number of a result.
func Result(input string) (layer string, k int) {
	layer, number, ok := strings.Cut(input, "/")
	if !ok {
		return layer, 1
	}
	k, err := strconv.Atoi(number)
	if err != nil || k < 1 || k > 100 || strconv.Itoa(k) != number {
		return layer, 0
	}
	return layer, k
}

// CheckNames finds names that stand twice, and inputs and outputs that are none; inputs are the names of what enters
// the network. The place of an error is below the network's key.
func (n *Network) CheckNames(inputs ...string) error {
	conflict := func(path, format string, args ...any) *config.Error {
		return config.Errorf(path, format, args...).Coded(config.Conflict)
	}
	names := slices.Clone(inputs)
	for i, s := range n.Steps {
		for _, in := range s.Inputs {
			if name, k := Result(in); k < 1 || !slices.Contains(names, name) || k > 1 && slices.Contains(inputs, name) {
				return conflict(config.Join(n.path(i), "inputs"), "no layer %q stands before this one", in).
					Suggesting(in, names)
			}
		}
		if s.Name == "" {
			continue
		}
		if slices.Contains(names, s.Name) {
			return conflict(n.path(i), "the name %s stands twice", s.Name).Fix("each layer needs one of its own")
		}
		names = append(names, s.Name)
	}
	for _, o := range n.Outputs {
		if !slices.Contains(names[len(inputs):], o) {
			return conflict("outputs", "no layer %q", o).Suggesting(o, names[len(inputs):])
		}
	}
	if i := repeated(n.Outputs); i >= 0 {
		return conflict("outputs", "%s stands twice", n.Outputs[i]).Fix("leave one out")
	}
	return nil
}

// MarshalConfig returns the list of layers, or the map with outputs.
func (n Network) MarshalConfig() any {
	list := make([]any, len(n.Steps))
	for i, s := range n.Steps {
		list[i] = s.written()
	}
	if !n.layers && n.Outputs == nil {
		return list
	}
	m := config.Map{{Key: "layers", Value: list}}
	if n.Outputs != nil {
		m = append(m, config.Entry{Key: "outputs", Value: words(n.Outputs)})
	}
	return m
}

// words returns a list of words, or the word of a list of one.
func words(list []string) any {
	if len(list) == 1 {
		return list[0]
	}
	out := make([]any, len(list))
	for i, w := range list {
		out[i] = w
	}
	return out
}

// written returns the step as it stands in a file.
func (s Step) written() any {
	var form any = s.Written
	if s.Pretrained != nil {
		form = s.Pretrained.written()
	}
	if s.Layer != nil {
		l, err := layer.Layers.With(s.Layer, config.Map{{Key: "name", Value: ""}})
		if err != nil {
			l = s.Layer
		}
		form = layer.Layers.Written(l)
	}
	if s.Name == "" && s.Inputs == nil {
		if m, ok := form.(config.Map); ok && len(m) == 1 && m[0].Value == nil {
			return m[0].Key
		}
		return form
	}
	var m config.Map
	if s.Name != "" {
		m = append(m, config.Entry{Key: "name", Value: s.Name})
	}
	if word, ok := form.(string); ok {
		m = append(m, config.Entry{Key: word, Value: config.Map{}})
	} else {
		m = append(m, form.(config.Map)...)
	}
	if s.Inputs != nil {
		m = append(m, config.Entry{Key: "inputs", Value: words(s.Inputs)})
	}
	return m
}
