// Package yaml lets a program read the configurations of Keras's models in YAML, which model.to_yaml of Keras 1 and 2
// wrote, with the weights in a file beside them: a program imports it for that effect.
//
//	import _ "gorae/format/keras/yaml"
//
//	f, err := format.Load("model.yaml") // and model.weights.h5, model.h5 or weights.h5 beside it
package yaml

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"gorae/format"
	"gorae/format/keras"
	"gorae/internal/words"
	"gorae/internal/yamltree"
	"gorae/model"
)

func init() { format.Register(format.Format{Name: "keras-yaml", Sniff: IsModel, Codec: codec{}}) }

// codec implements format.Codec.
type codec struct{}

// IsModel reports whether a file begins as PyYAML writes a configuration of Keras's: its keys stand in the order of the
// alphabet, backend before class_name, and no experiment file has such keys.
func IsModel(head []byte) bool {
	for line := range bytes.Lines(head) {
		if bytes.HasPrefix(line, []byte("class_name:")) {
			return true
		}
		if !bytes.HasPrefix(line, []byte("backend:")) {
			return false
		}
	}
	return false
}

// maxConfig is the most bytes of a configuration that are read; the parser itself takes fewer.
const maxConfig = 32 << 20

// Load implements format.Codec.
func (codec) Load(r io.ReaderAt, size int64) (*format.File, error) {
	if size > maxConfig {
		return nil, fmt.Errorf("keras: a configuration of %d bytes", size)
	}
	text := make([]byte, size)
	if _, err := io.ReadFull(io.NewSectionReader(r, 0, size), text); err != nil {
		return nil, err
	}
	text, err := inJSON(text)
	if err != nil {
		return nil, err
	}
	return keras.LoadBeside(r, text)
}

// Save implements format.Codec.
func (codec) Save(io.Writer, *format.File) error {
	return errors.New("a configuration in YAML is not written, since Keras reads none; write a .keras file")
}

// FromConfig makes the model of a configuration in YAML with weights as a model has them at first.
func FromConfig(text []byte) (_ *model.Model, err error) {
	defer words.Printable(&err)
	if text, err = inJSON(text); err != nil {
		return nil, err
	}
	return keras.FromConfig(text)
}

// inJSON is the configuration in JSON. A tuple of Python's is a list.
func inJSON(text []byte) ([]byte, error) {
	n, err := yamltree.Parse("", text)
	if err == nil && n.Kind != yamltree.Map {
		err = errors.New("the YAML is no map")
	}
	if err == nil {
		text, err = json.Marshal(n.Plain())
	}
	if err != nil {
		return nil, fmt.Errorf("keras: %w", err)
	}
	return text, nil
}
