// Package lookup turns texts into numbers as Keras's layers on strings do: StringLookup, TextVectorization and Hashing,
// with Keras's arguments. Values of a network are numbers, so that these stand before it: Apply takes texts and gives
// the tensor that goes in. A model file of Keras's that begins with such layers is read as its network and one of these
// for each input (package format).
//
// An experiment file says text: and columns: instead, which package prep/text carries out; that has more units and
// languages, and other indices.
package lookup

import (
	"fmt"
	"slices"
	"sync"

	"gorae/config"
	"gorae/internal/vocabulary"
	"gorae/tensor"
)

// Texts is an array of texts.
type Texts struct {
	Shape  tensor.Shape
	Values []string // in row-major order
}

// Of is one text for each sample: [samples].
func Of(texts ...string) Texts { return Texts{tensor.Shape{len(texts)}, texts} }

// Column is one text for each sample with an axis for it: [samples, 1], as Keras's Input(shape=(1,)) has them.
func Column(texts ...string) Texts { return Texts{tensor.Shape{len(texts), 1}, texts} }

// check tests that there are as many texts as the shape says, and an axis of samples.
func (x Texts) check() error {
	if len(x.Shape) == 0 || x.Shape.Size() != len(x.Values) {
		return fmt.Errorf("there are %d texts for the shape %v; give one for each element, and an axis of samples",
			len(x.Values), x.Shape)
	}
	return nil
}

// Layer turns texts into the numbers of a network's input.
type Layer interface {
	// Apply gives whole numbers (int32) where the output is int, and float32 else.
	Apply(x Texts) (*tensor.Tensor, error)
	// Shape is that of what a sample of texts becomes, without the axis of samples; 0 stands for an extent that
	// depends on the texts.
	Shape(sample tensor.Shape) (tensor.Shape, error)
}

var (
	registry   *config.Registry[Layer]
	registered sync.Once
)

// Layers returns the registry of those that a model file may begin with. It is made when it is asked for, so that
// programs that read no such file link none of them.
func Layers() *config.Registry[Layer] {
	registered.Do(func() {
		registry = config.NewRegistry[Layer]("layer on strings", "keras.layers")
		registry.Register(StringLookup{})
		registry.Register(TextVectorization{})
		registry.Register(Hashing{})
	})
	return registry
}

// encode is ids with a shape in an output mode, as float32; int gives int32. Ids outside of 0 to depth − 1 are left
// out.
func encode(ids []int, shape tensor.Shape, mode string, depth int, weights []float64) *tensor.Tensor {
	if mode == "int" {
		y := tensor.New(tensor.Int32, shape...)
		for i, id := range ids {
			y.I32[i] = int32(id)
		}
		return y
	}
	to := encodedShape(shape, mode, depth)
	y := tensor.New(tensor.Float32, to...)
	behind := 1 // of axis 1
	for _, n := range shape[min(2, len(shape)):] {
		behind *= n
	}
	along := 1
	if len(shape) > 1 {
		along = shape[1]
	}
	for i, id := range ids {
		if id < 0 || id >= depth {
			continue
		}
		row := i
		if mode != "one_hot" {
			row = i/(along*behind)*behind + i%behind
		}
		if at := row*depth + id; mode == "multi_hot" || mode == "one_hot" {
			y.F32[at] = 1
		} else if mode == "count" {
			y.F32[at]++
		} else {
			y.F32[at] += float32(weights[id])
		}
	}
	return y
}

// encodedShape is the shape of ids in an output mode.
func encodedShape(shape tensor.Shape, mode string, depth int) tensor.Shape {
	n := len(shape)
	switch {
	case mode == "int":
		return shape
	case mode == "one_hot" && n > 1 && shape[n-1] == 1:
		return append(shape[:n-1:n-1], depth)
	case mode == "one_hot":
		return append(shape.Clone(), depth)
	case n < 2:
		return append(shape.Clone(), depth)
	}
	return append(append(shape[:1:1], shape[2:]...), depth)
}

// check refuses ids that say that a token is not in a vocabulary without indices for such tokens.
func check(ids []int, texts []string) error {
	if i := slices.Index(ids, -1); i >= 0 {
		return fmt.Errorf("%q is not in the vocabulary, and num_oov_indices is 0; give num_oov_indices: 1", texts[i])
	}
	return nil
}

// indices are the indices of tokens.
func indices(v vocabulary.Spec[string], tokens []string) ([]int, error) {
	if own, _ := v.Own(); len(own) == 0 {
		return nil, fmt.Errorf("the vocabulary is empty; give one, or make it of texts with Adapted")
	}
	index := v.Index()
	ids := make([]int, len(tokens))
	for i, t := range tokens {
		ids[i] = index(t)
	}
	return ids, check(ids, tokens)
}
