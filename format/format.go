// Package format is the registry of model file formats: which bytes and which extensions belong to which
// format, and one way to load and to save.
//
// A format's own package registers it, so a program imports the formats that it uses:
//
//	import _ "gorae/format/keras"
//
// [Load] chooses a format by the first bytes of a file, and by the extension where these say nothing; [Save]
// chooses by the extension. Packages that keep models in files, as train does, use this package and
// know no format.
package format

import (
	"cmp"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/prep/lookup"
	"gorae/tensor"
)

// Format is one kind of model file.
type Format struct {
	// Name is the format's name in messages: "keras".
	Name string
	// Extensions are those of its files, with the dot and in lower case. The first one is preferred.
	Extensions []string
	// Sniff reports whether a file that begins with head (at most [HeadSize] bytes) is of this format.
	Sniff func(head []byte) bool
	// Codec reads and writes such files.
	Codec Codec
}

// Codec reads and writes files of one format. It is an interface, and no set of functions, so that a program which
// never saves a model does not link what saves one: the linker leaves out methods that nobody calls.
type Codec interface {
	// Load reads a file of size bytes. Models come built.
	Load(r io.ReaderAt, size int64) (*File, error)
	// Save writes a file. A part of f that the format cannot hold is an error.
	Save(w io.Writer, f *File) error
}

// MemberCodec is a Codec of files that have members.
type MemberCodec interface {
	// Member reads the member of a name without the models. A member that is not there is a *[MissingMemberError].
	Member(r io.ReaderAt, size int64, name string) ([]byte, error)
}

// OptimizerCodec is a Codec of files that may hold the state of an optimizer.
type OptimizerCodec interface {
	// Optimizer reads the state of the optimizer for m, which Load read from the same file; nil where the file has
	// none.
	Optimizer(r io.ReaderAt, size int64, m *model.Model) (*Optimizer, error)
}

// Weights is one kind of file of a model's weights alone, without the network.
type Weights struct {
	// Name is the format's name in messages: "safetensors".
	Name string
	// Extensions are those of its files, with the dot and in lower case.
	Extensions []string
	// Models says that files of models may have such names too.
	Models bool
	// Codec reads and writes such files.
	Codec WeightsCodec
}

// WeightsCodec reads and writes files of weights alone.
type WeightsCodec interface {
	// SaveWeights writes the weights of the main model of f, and the state of its optimizer where the format has a
	// place for it.
	SaveWeights(w io.Writer, f *File) error
	// LoadWeights gives a built model the weights of a file of size bytes, all or none.
	LoadWeights(r io.ReaderAt, size int64, m *model.Model) error
	// Arrays lists what a file of size bytes holds.
	Arrays(r io.ReaderAt, size int64) ([]Array, error)
}

// Array is an array of numbers in a file of weights.
type Array struct {
	Name  string       // in the file: dense/kernel, fc1.weight
	Shape tensor.Shape // () of a single number
	Type  string       // of an element, as the file names it: F32, float32
	// Read puts the elements, the last index moving fastest, into dst. The file must still be open.
	Read func(dst []float32) error
}

// HeadSize is how many bytes of a file Sniff sees at most.
const HeadSize = 64

// File is what a model file holds.
type File struct {
	// Model is the main model, which other programs find in the file.
	Model *model.Model
	// Models are further models with names of their own, as the discriminator beside a generator. Layers
	// that they share with each other or with the main model stay shared.
	Models []Named
	// Optimizer, if not nil, is the state of a training, which is written with the main model. Reading leaves it out:
	// [LoadOptimizer] reads it.
	Optimizer *Optimizer
	// Members are further named data, as fitted preprocessing or the state of a run.
	Members []Member
	// Texts are the layers on strings that a file of Keras's begins with, one for each input of the model that takes
	// their numbers. They are read, and not written.
	Texts []TextInput
	// Outputs are the names of the model's outputs in the file, where it has such beside those of its layers, and what
	// their numbers stand for. They are read, and not written.
	Outputs []Output
}

// Output is an output of a model in a file.
type Output struct {
	Name  string
	Texts []string // those that its numbers, whole and from 0 on, stand for; nil: they are numbers
}

// TextInput is a layer on strings before an input of a model.
type TextInput struct {
	Name   string       // of the model's input, and of the layer
	Source string       // the input of strings in the file; several layers may read one
	Sample tensor.Shape // of the texts of a sample: (), (1,), …
	Shape  tensor.Shape // of what a sample becomes; 0 stands for an extent that depends on the texts
	Layer  lookup.Layer
}

// Named is a model with its name in the file.
type Named struct {
	Name  string
	Model *model.Model
}

// Member is named data in a model file.
type Member struct {
	Name string // relative, with / between its parts
	Data []byte
}

// Member is the data of the member of a name, and whether there is one.
func (f *File) Member(name string) ([]byte, bool) {
	for _, m := range f.Members {
		if m.Name == name {
			return m.Data, true
		}
	}
	return nil, false
}

// Named is the further model of a name, nil if there is none.
func (f *File) Named(name string) *model.Model {
	for _, n := range f.Models {
		if n.Name == name {
			return n.Model
		}
	}
	return nil
}

// Optimizer is the state of an optimizer as Keras 3 keeps it.
type Optimizer struct {
	Settings   optim.Optimizer // the optimizer with its arguments
	Iterations int64           // steps done
	// LearningRate is the present one; it is nil where a schedule gives it.
	LearningRate *float32
	// Slots are named optimizer/PATH/SLOT with the path of a weight, and optimizer/NAME where all weights share a
	// state. What is left out has its first value.
	Slots []tensor.Named
	// Losses are those of the outputs in the model's order, with their factors in the sum (nil: all are 1). None at all
	// leaves it to the reader of the file to choose one. Reading gives none where gorae lacks one.
	Losses      []loss.Loss
	LossWeights []float64
}

// formats are the registered formats, in the order of registration.
var formats []*Format

// weightsAlone are the registered formats of weights alone, in the order of registration.
var weightsAlone []*Weights

// Register adds a format. It is for init functions and panics where a name or an extension is taken.
func Register(f Format) {
	for _, g := range formats {
		if g.Name == f.Name {
			panic("format: " + f.Name + " is registered twice")
		}
		for _, e := range f.Extensions {
			if slices.Contains(g.Extensions, e) {
				panic("format: " + g.Name + " and " + f.Name + " both claim " + e)
			}
		}
	}
	formats = append(formats, &f)
}

// RegisterWeights adds a format of weights alone. It is for init functions and panics where an extension is taken.
func RegisterWeights(w Weights) {
	for _, e := range w.Extensions {
		if v, err := ForWeights(e); err == nil {
			panic("format: " + v.Name + " and " + w.Name + " both claim " + e)
		}
	}
	weightsAlone = append(weightsAlone, &w)
}

// Extensions lists the extensions of all registered formats.
func Extensions() []string {
	var all []string
	for _, f := range formats {
		all = append(all, f.Extensions...)
	}
	return all
}

// UnknownError says that no registered format fits a file.
type UnknownError struct {
	Path  string // "" where the file has no name
	Head  []byte // its first bytes; nil where only the extension was asked for
	Known []string
}

func (e *UnknownError) Error() string {
	remedy := "; register one by an import, as _ \"gorae/format/keras\""
	if len(e.Known) > 0 {
		remedy = "; this program knows " + strings.Join(e.Known, ", ") +
			" (others are registered by an import, as _ \"gorae/format/keras\")"
	}
	at := ""
	if e.Path != "" {
		at = e.Path + ": "
	}
	if e.Head != nil {
		return fmt.Sprintf("%sis of no model format: it begins with %q%s", at, e.Head[:min(len(e.Head), 8)], remedy)
	}
	return fmt.Sprintf("%sno model format has the extension %q%s", at, path.Ext(filepath.ToSlash(e.Path)), remedy)
}

// AloneError says that a file holds weights alone where a model is asked for.
type AloneError struct {
	Path   string // "" where the file has no name
	Format string
}

func (e *AloneError) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("the file holds weights alone (%s) and no network; give its network, and read them with "+
			"LoadWeights", e.Format)
	}
	return fmt.Sprintf("%s holds weights alone (%s) and no network; give its network, and read them with LoadWeights",
		e.Path, e.Format)
}

// MissingMemberError says that a model file has no member of a name.
type MissingMemberError struct {
	Name string
	Have []string // some of those that it has
}

func (e *MissingMemberError) Error() string {
	return fmt.Sprintf("the archive has no %s; it holds %s", e.Name, strings.Join(e.Have, ", "))
}

// byHead is the format whose files begin with head, else the format of the extension of name.
func byHead(name string, head []byte) (*Format, error) {
	if w, err := ForWeights(name); err == nil && !w.Models && byExtension(name) == nil {
		return nil, &AloneError{Path: name, Format: w.Name}
	}
	for _, f := range formats {
		if f.Sniff(head) {
			return f, nil
		}
	}
	if f := byExtension(name); f != nil { // its reader says what is wrong with the file
		return f, nil
	}
	return nil, &UnknownError{Path: name, Head: slices.Clone(head), Known: Extensions()}
}

func byExtension(name string) *Format {
	name = strings.ToLower(filepath.ToSlash(name))
	for _, f := range formats {
		for _, e := range f.Extensions {
			if strings.HasSuffix(name, e) {
				return f
			}
		}
	}
	return nil
}

// ForWeights is the format of weights alone that [SaveWeights] chooses for a path, by its extension.
func ForWeights(name string) (*Weights, error) {
	var known []string
	lower := strings.ToLower(name)
	for _, w := range weightsAlone {
		for _, e := range w.Extensions {
			if strings.HasSuffix(lower, e) {
				return w, nil
			}
		}
		known = append(known, w.Extensions...)
	}
	return nil, fmt.Errorf("%q is no name of a file of weights; it ends in %s", name,
		cmp.Or(strings.Join(known, " or "), "the extension of a format that the program imports"))
}

// ForPath is the format that [Save] chooses for a path, by its extension.
func ForPath(name string) (*Format, error) {
	if f := byExtension(name); f != nil {
		return f, nil
	}
	return nil, &UnknownError{Path: name, Known: Extensions()}
}
