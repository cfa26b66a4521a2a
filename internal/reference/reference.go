// Package reference is the reference of what an experiment file can name. The registries and the tags of the sections
// say which words and keys there are, with their defaults and bounds; the doc comments of the Go types, which the
// generator in gen writes into prose.json.gz, say what they mean. The command prints it, docs/reference is made of it.
package reference

import (
	"reflect"
	"slices"
	"strings"
	"sync"

	"gorae/config"
	"gorae/internal/spell"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/optim"
	"gorae/prep"
	_ "gorae/prep/columns" // scales and encodings
	"gorae/spec"
	"gorae/train"
	_ "gorae/train/tensorboard" // a callback
	"gorae/weight"
)

//go:generate go run ./gen -root ../..

// Topic is one part of the reference: a registry's things, or a section's keys.
type Topic struct {
	Word    string // in gorae help WORD, and the name of the page
	Title   string
	Thing   string                           // what an entry is: layer
	Section bool                             // the entries are the keys of a section of the experiment file
	Names   []string                         // in the order of the lists
	find    func(p Prose, name string) Entry // of a name of Names
	also    func(name string) (string, bool) // the name of Names that another name stands for
	frame   string                           // the line of an experiment file that an example stands in
	types   []reflect.Type                   // whose prose is needed
	make    func(written any) (any, error)   // the Go value of an example
}

// Entry is what the reference says of one word.
type Entry struct {
	Word    string
	Class   string // Keras's class with its module; "" where Keras has none
	Names   []string
	Doc     Text
	Keys    []Key
	Groups  []Group // keys within keys
	YAML    string  // a line of an experiment file
	Go      string  // the same as a Go value; "" where it has none
	Topic   string
	Thing   string
	Summary string // one line
	Key     *Key   // of a section: the entry itself
	Listed  bool   // a word of a list in a doc comment, which has neither a class nor keys
	prose   Prose
}

// Group is the keys of a map that is the value of a key.
type Group struct {
	Path string // such as data.series
	Doc  Text
	Keys []Key
}

// Key is a key with its meaning.
type Key struct {
	config.KeyInfo
	Text string // what it means, in one line; "" where nothing is said of it
}

// Topics returns the parts of the reference, in the order of the lists.
func Topics() []Topic { return topics() }

// topics is made when it is first needed: tasks have registered their keys by then.
var topics = sync.OnceValue(func() []Topic {
	return []Topic{
		of("layers", "Layers", layer.Layers, "- %s"),
		activations(),
		of("cells", "Cells of the layer rnn", layer.Cells, "- rnn: {cell: %s}"),
		of("losses", "Losses", loss.Losses, "loss: %s"),
		of("metrics", "Metrics", metric.Metrics, "metrics: [%s]"),
		of("optimizers", "Optimizers", optim.Optimizers, "optimizer: %s"),
		of("schedules", "Learning rate schedules", optim.Schedules, "optimizer: {adam: {learning_rate: %s}}"),
		of("callbacks", "Callbacks", train.Callbacks, "callbacks: [%s]"),
		of("initializers", "Initializers", weight.Initializers, "- dense: {units: 64, kernel_initializer: %s}"),
		of("regularizers", "Regularizers", weight.Regularizers, "- dense: {units: 64, kernel_regularizer: %s}"),
		of("constraints", "Constraints", weight.Constraints, "- dense: {units: 64, kernel_constraint: %s}"),
		of("scales", "Scales of columns of numbers, in data.features", prep.Scales, "features: {Fare: {scale: %s}}"),
		of("encodings", "Encodings of columns, in data.features", prep.Encoders, "features: {City: {encode: %s}}"),
		augmentations(),
		corruptions(),
		section("data", "The section data: what to learn from", &spec.Data{}),
		section("split", "The section split: which samples train, validate and test", &spec.Split{}),
		section("train", "The section train: how the network is trained", &spec.Train{}),
	}
})

// Find returns the topic of a word.
func Find(word string) (Topic, bool) {
	for _, t := range Topics() {
		if config.Same(t.Word, word) || config.Same(t.Word, word+"s") || config.Same(t.Word, word+"es") {
			return t, true
		}
	}
	return Topic{}, false
}

// of is the topic of a registry.
func of[T any](word, title string, r *config.Registry[T], frame string) Topic {
	return registered(word, title, r, frame, func(written any) (any, error) {
		var v T
		err := (&config.Decoder{}).Decode(&v, written)
		return v, err
	})
}

// registry is a config.Registry of whatever type.
type registry interface {
	What() string
	Module() string
	Names() []string
	Describe(name string) (config.Registered, bool)
}

// registered is what of returns, compiled once for all types; decode makes the Go value of an example.
func registered(word, title string, r registry, frame string, decode func(any) (any, error)) Topic {
	t := Topic{Word: word, Title: title, Thing: r.What(), Names: r.Names(), frame: frame}
	t.also = func(name string) (string, bool) {
		d, ok := r.Describe(name)
		return d.Word, ok
	}
	t.make = decode
	t.find = func(p Prose, name string) Entry {
		d, _ := r.Describe(name)
		e := Entry{Word: d.Word, Topic: word, Thing: r.What(), Names: d.Aliases, Doc: p.text(d.Type),
			Keys: p.keys(d.Keys)}
		if !d.Own {
			e.Class = r.Module() + "." + d.Class
		}
		keys := d.Keys
		if d.Short { // for a key's value, which the example need not write
			e.Doc, keys = p.activation(d.Word), nil
		}
		e.Summary = e.Doc.Summary()
		t.example(&e, keys)
		return e
	}
	for _, n := range t.Names {
		d, _ := r.Describe(n)
		t.types = append(t.types, d.Type)
		t.types = append(t.types, typesOf(d.Keys)...)
	}
	return t
}

// Entry returns what the reference says of a name of the topic, in any spelling, and whether the topic has the name.
func (t Topic) Entry(p Prose, name string) (Entry, bool) {
	name, ok := t.also(name)
	if !ok {
		return Entry{}, false
	}
	return t.entry(p, name), true
}

// entry returns what the reference says of a name of Names.
func (t Topic) entry(p Prose, name string) Entry {
	e := t.find(p, name)
	e.prose = p
	return e
}

// Heading is the topic's title in the prose's language.
func (t Topic) Heading(p Prose) string { return p.sayLine(t.Title) }

// Hit is a word of the reference.
type Hit struct{ Topic, Word string }

// Search returns where a word stands in the reference, in any spelling. Where it stands nowhere, Search returns what
// may be meant by it, and near is true: what other libraries' word means here, or words that are spelt alike.
func Search(word string) (hits []Hit, near bool) {
	for _, t := range Topics() {
		if n, ok := t.also(word); ok {
			hits = append(hits, Hit{t.Word, n})
		}
	}
	if hits != nil {
		return hits, false
	}
	for _, w := range spell.Synonyms(word) {
		for _, t := range Topics() {
			if n, ok := t.also(w); ok && !slices.Contains(hits, Hit{t.Word, n}) {
				hits = append(hits, Hit{t.Word, n})
			}
		}
	}
	for _, t := range Topics() {
		if n := spell.Nearest(word, t.Names); n != "" && !slices.Contains(hits, Hit{t.Word, n}) {
			hits = append(hits, Hit{t.Word, n})
		}
	}
	return hits, true
}

// Types lists the types and functions whose doc comments the reference needs, as import path and name.
func Types() []string {
	names := []string{augmentDoc, corruptDoc, activationDoc}
	for _, t := range Topics() {
		for _, x := range t.types {
			names = append(names, typeName(x))
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(n string) bool { return !strings.HasPrefix(n, "gorae/") })
}

// typesOf lists the types that keys have and that declare them.
func typesOf(keys []config.KeyInfo) (types []reflect.Type) {
	for _, k := range keys {
		types = append(types, k.In, base(k.Type))
	}
	return types
}

// base is the type behind pointers and lists.
func base(t reflect.Type) reflect.Type {
	for t.Name() == "" && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice) {
		t = t.Elem()
	}
	return t
}

func typeName(t reflect.Type) string { return t.PkgPath() + "." + t.Name() }
