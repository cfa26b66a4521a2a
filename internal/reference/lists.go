package reference

import (
	"strings"

	"gorae/config"
	"gorae/data/augment"
	"gorae/data/corrupt"
	"gorae/layer"
)

// The doc comments that list words with what they are.
const (
	activationDoc = "gorae/layer.Activation"
	augmentDoc    = "gorae/data/augment.Parse"
	corruptDoc    = "gorae/data/corrupt.Parse"
)

// listed is the lines "word   text" of a doc comment's indented list. A line may have several words, parted by commas;
// sep stands behind a word.
func (p Prose) listed(doc, sep string) map[string]string {
	m := map[string]string{}
	for line := range strings.Lines(p.Docs[doc].Doc) {
		code, ok := strings.CutPrefix(line, "\t")
		words, text, found := strings.Cut(code, "  ")
		if !ok || !found {
			continue
		}
		for word := range strings.SplitSeq(words, ", ") {
			if sep == "" {
				m[word] = p.sayPhrase(text)
			} else if name, value, ok := strings.Cut(word, sep); ok {
				m[name] = name + sep + value + "\x00" + p.sayPhrase(text)
			}
		}
	}
	return m
}

// activation is what an activation is.
func (p Prose) activation(name string) Text { return Text{raw: p.listed(activationDoc, "")[name]} }

// activations is the topic of the functions that layers apply.
func activations() Topic {
	t := Topic{Word: "activations", Title: "Activations", Thing: "activation", Names: layer.Activations(),
		frame: "- dense: {units: 64, activation: %s}", also: among(layer.Activations())}
	t.find = func(p Prose, name string) Entry {
		e := Entry{Word: name, Topic: t.Word, Thing: t.Thing, Doc: p.activation(name)}
		if !layer.Activation(name).Own() {
			e.Class = "keras.activations." + name
		}
		e.Summary = e.Doc.Summary()
		e.YAML = framed(t.frame, name)
		e.Go = `layer.Dense{Units: 64, Activation: "` + name + `"}`
		return e
	}
	return t
}

// augmentations is the topic of the ways to vary training pictures.
func augmentations() Topic {
	return wordsOf(Topic{Word: "augmentations", Title: "Augmentations of training pictures, in data.augment",
		Thing: "augmentation", Names: augment.Words(), frame: "augment: [{%s}]"}, augmentDoc)
}

// corruptions is the topic of the ways to corrupt pictures that are to be restored.
func corruptions() Topic {
	return wordsOf(Topic{Word: "corruptions", Title: "Corruptions of pictures to be restored, in data.corrupt",
		Thing: "corruption", Names: corrupt.Words(), frame: "corrupt: [{%s}]"}, corruptDoc)
}

// wordsOf completes a topic of words that the list of a doc comment explains.
func wordsOf(t Topic, doc string) Topic {
	t.also = among(t.Names)
	t.find = func(p Prose, name string) Entry {
		form, text, _ := strings.Cut(p.listed(doc, ": ")[name], "\x00")
		e := Entry{Word: name, Topic: t.Word, Thing: t.Thing, Doc: Text{raw: p.sprintf("%s is %s", form, text)},
			Listed: true}
		e.Summary = e.Doc.Summary()
		e.YAML = framed(t.frame, form)
		return e
	}
	return t
}

// among finds a name of a list in any spelling.
func among(names []string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for _, n := range names {
			if config.Same(n, name) {
				return n, true
			}
		}
		return "", false
	}
}

func framed(frame, written string) string { return strings.Replace(frame, "%s", written, 1) }
