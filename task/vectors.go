package task

import (
	"os"
	"path/filepath"

	"gorae/internal/file"
	"gorae/layer"
	"gorae/model"
	"gorae/prep/text"
)

// Worded is a fitted task that reads texts of a column: Vocabulary names the column and returns what its texts are
// encoded
// by; nil where no column has texts.
type Worded interface {
	Vocabulary() (column string, v *text.Vocabulary)
}

// ReadVectors reads the file of word vectors at data.vectors for the tokens of a vocabulary, and notes how many of them
// it has.
func ReadVectors(in *Input, path string, v *text.Vocabulary) (*text.Vectors, error) {
	const key = "data.vectors"
	if v == nil || !v.Spec.Ids() {
		return nil, Errorf(key, "there is no text that becomes ids; name its column in data.features as {text: "+
			"{words: 20000, length: 200}}")
	}
	path, err := in.Expand(key, path)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, Errorf(key, "%s", file.OpenError(path, err))
	}
	defer func() { _ = f.Close() }() // it was only read
	vectors, err := text.ReadVectors(f, filepath.Base(path), v)
	if err != nil {
		return nil, Errorf(key, "%s", err)
	}
	in.Note("%s: vectors of %d numbers for %d of the %d tokens; the others begin at random", filepath.Base(path),
		vectors.Matrix.Shape[1], vectors.Found, v.Size()-2)
	return vectors, nil
}

// SetVectors sets the rows of the first Embedding of a model for which there are word vectors.
func SetVectors(m *model.Model, vectors *text.Vectors) error {
	const key = "data.vectors"
	for _, i := range m.Layers() {
		e, ok := i.Layer.(layer.Lookup)
		if !ok {
			continue
		}
		dim := vectors.Matrix.Shape[1]
		if e.TableWidth() != dim {
			return Errorf(key, "vectors of %d numbers for an embedding of %d; give output_dim: %d", dim,
				e.TableWidth(), dim)
		}
		v := m.Store().Var(i.Name() + "/" + e.TableName())
		w := v.Value.Clone()
		for id, known := range vectors.Known {
			if known {
				copy(w.F32[id*dim:(id+1)*dim], vectors.Matrix.F32[id*dim:])
			}
		}
		return m.Store().Set(v.Path, w)
	}
	return Errorf(key, "the model has no embedding to begin with them; add embedding: {input_dim: vocabulary, …}")
}
