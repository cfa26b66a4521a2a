package experiment

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gorae/data"
	"gorae/internal/yamltree"
	"gorae/layer"
	"gorae/model"
	"gorae/prep/text"
	"gorae/source"
	"gorae/tensor"
	"gorae/train"
)

// openTexts opens what holds texts and is no table by itself: a folder with a folder of .txt files for
// each class, or lines whose labels stand in another file. It is nil for all else.
func openTexts(path string, o source.Options) (*data.Source, error) {
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		t, err := data.TextFolder(os.DirFS(path), path)
		return &data.Source{Table: t}, err
	}
	if o.Labels == "" || !data.IsText(path) {
		return nil, nil
	}
	s, err := data.OpenText(path)
	if err != nil {
		return nil, err
	}
	labels, err := data.OpenText(o.Labels)
	if err != nil {
		return nil, err
	}
	t, err := data.Lines(s, filepath.Base(path), "text")
	if err != nil {
		return nil, err
	}
	return &data.Source{Table: t}, t.Label(labels, filepath.Base(o.Labels), "label")
}

// fitsText says whether texts become as many ids as a network takes.
func (r *Recipe) fitsText(m *model.Model) error {
	v := r.Language
	if v == nil && r.Table != nil {
		v = r.Table.Vocabulary()
	}
	if v == nil || !v.Spec.Ids() {
		return nil
	}
	in := m.InputTypes(1)
	if len(in) != 1 || !in[0].Shape.Equal(tensor.Shape{1, v.Spec.Length}) {
		return fmt.Errorf("texts become %d ids, but the network takes %v", v.Spec.Length, in[0].Shape[1:])
	}
	return nil
}

// texts reports whether raw data are rows with text, which this recipe turns into ids or bags row by row.
func (r *Recipe) texts(src *data.Source) bool {
	return r.Table != nil && src.Table != nil && r.Table.Vocabulary() != nil
}

// dataset is raw samples as the network takes them.
func (r *Recipe) dataset(src *data.Source) (data.Dataset, error) {
	if r.texts(src) {
		return r.Table.Dataset(src.Table)
	}
	x, err := r.Features(src)
	if err != nil {
		return nil, err
	}
	return data.Of(x, nil)
}

// readTexts opens raw text for a network that takes one column of text and nothing else: lines of a .txt file
// or of the standard input, whose first line is no header with that column, or a folder of .txt files.
// It is nil for all else.
func (f plain) readTexts(path string, stdin io.Reader) (*data.Source, error) {
	if f.recipe == nil || f.recipe.Table == nil || f.recipe.Table.Vocabulary() == nil {
		return nil, nil
	}
	needs := f.recipe.Table.Needs()
	if len(needs) != 1 {
		return nil, nil
	}
	var t *data.Table
	st, err := os.Stat(path)
	switch {
	case err == nil && st.IsDir():
		if t, err = data.TextFolder(os.DirFS(path), path); err == nil {
			for i := range t.Columns {
				if t.Columns[i].Name == "text" {
					t.Columns[i].Name = needs[0]
				}
			}
		}
	case path == "-":
		in := bufio.NewReaderSize(stdin, 1<<16)
		start, _ := in.Peek(1 << 16)
		if data.HeaderHas(start, needs[0]) || strings.HasPrefix(string(start), "\x1f\x8b") || strings.HasPrefix(string(start), "\x93NUMPY") {
			return source.Read(in, "standard input", source.Options{CSV: f.recipe.CSV})
		}
		var s string
		if s, err = data.ReadText(in, "standard input"); err == nil {
			t, err = data.Lines(s, "standard input", needs[0])
		}
	case data.IsText(path) && !errors.Is(err, fs.ErrNotExist):
		var s string
		if s, err = data.OpenText(path); err == nil && data.HeaderHas([]byte(s[:min(len(s), 1<<16)]), needs[0]) {
			return nil, nil // a table under another name
		} else if err == nil {
			t, err = data.Lines(s, filepath.Base(path), needs[0])
		}
	default:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &data.Source{Table: t}, nil
}

// How wide the layers of an inferred network for text are.
const (
	embeddingDim = 64
	textUnits    = 32
)

// textNetwork is an embedding that masks padding, an LSTM from both ends, and the output.
func textNetwork(r *Ready, s samples, last *yamltree.Node) *yamltree.Node {
	dim := embeddingDim
	if r.vectors != nil {
		dim = r.vectors.Matrix.Shape[1]
	}
	return &yamltree.Node{Kind: yamltree.List, Values: []*yamltree.Node{
		yamltree.Pairs("embedding", yamltree.Pairs("input_dim", s.vocabulary.Size(), "output_dim", dim, "mask_zero", true)),
		yamltree.Pairs("dropout", 0.3),
		yamltree.Pairs("bidirectional", yamltree.Pairs("layer", yamltree.Pairs("lstm", yamltree.Pairs("units", textUnits)))),
		yamltree.Pairs("dropout", 0.3),
		last,
	}}
}

// textNode is how text becomes numbers as an experiment file writes it.
func textNode(s text.Spec) *yamltree.Node {
	n := &yamltree.Node{Kind: yamltree.Map}
	for _, k := range []struct {
		key   string
		value any
		unset bool
	}{
		{"unit", s.Unit, s.Unit == ""}, {"words", s.Words, s.Words == 0}, {"count", s.Count, s.Count == 0}, {"ngrams", s.Ngrams, s.Ngrams == 0},
		{"case", s.Case, !s.Case}, {"markup", s.Markup, !s.Markup}, {"marks", s.Marks, !s.Marks}, {"output", s.Output, s.Output == ""}, {"length", s.Length, s.Length == 0},
		{"pad", s.Pad, s.Pad == ""}, {"keep", s.Keep, s.Keep == ""},
	} {
		if !k.unset {
			n.Put(k.key, k.value)
		}
	}
	return n
}

// vocabularyWord stands in a model for the number of ids, which only the data know; before they are
// read it is taken for anyVocabulary.
const (
	vocabularyWord = "vocabulary"
	anyVocabulary  = 3
)

// resolve puts the number of ids where a model says vocabulary, and reports whether it does anywhere.
func resolve(n *yamltree.Node, ids int) bool {
	found := false
	if n == nil {
		return false
	}
	if s, ok := n.Value.(string); ok && n.Kind == yamltree.Scalar && s == vocabularyWord {
		n.Value, found = float64(ids), true
	}
	for _, v := range n.Values {
		found = resolve(v, ids) || found
	}
	return found
}

// setVocabulary settles the word vocabulary in the model.
func (r *Ready) setVocabulary(s samples) error {
	n := r.tree.At("model")
	if s.vocabulary == nil {
		if n != nil && resolve(n.Clone(), 0) {
			return r.mistake("model", "vocabulary stands for the number of ids of a text, but the data have none; give a number")
		}
		return nil
	}
	resolve(n, s.vocabulary.Size())
	return nil
}

// checkEmbeddings wants a row for every id that the data hold.
func (r *Ready) checkEmbeddings(s samples) error {
	if s.vocabulary == nil || !s.vocabulary.Spec.Ids() {
		return nil
	}
	for i, step := range r.Experiment.Model.Steps {
		e, ok := step.Layer.(layer.TakesIDs)
		if first := i == 0 || slices.Contains(step.Inputs, "input"); ok && first && e.IDs() < s.vocabulary.Size() {
			return r.mistake(step.path+".embedding.input_dim", "%d rows for %d ids (padding and unknown counted); give input_dim: vocabulary", e.IDs(), s.vocabulary.Size())
		}
	}
	return nil
}

// readVectors reads data.vectors for the tokens of the vocabulary.
func (r *Ready) readVectors(s samples) error {
	if r.Data.Vectors == "" {
		return nil
	}
	if s.vocabulary == nil || !s.vocabulary.Spec.Ids() {
		return r.misplaced("data.vectors", true, "there is no text that becomes ids; name its column in data.features as {text: {words: 20000, length: 200}}")
	}
	path, err := r.expand("data.vectors", r.Data.Vectors)
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return r.mistake("data.vectors", "%s", openError(path, err))
	}
	defer func() { _ = f.Close() }() // it was only read
	if r.vectors, err = text.ReadVectors(f, filepath.Base(path), s.vocabulary); err != nil {
		return r.mistake("data.vectors", "%s", err)
	}
	r.Notes = append(r.Notes, fmt.Sprintf("%s: vectors of %d numbers for %d of the %d tokens; the others begin by lot", filepath.Base(path), r.vectors.Matrix.Shape[1], r.vectors.Found, s.vocabulary.Size()-2))
	return nil
}

// setVectors gives the first Embedding its rows.
func (r *Ready) setVectors() error {
	if r.vectors == nil {
		return nil
	}
	for _, i := range r.Model.Layers() {
		e, ok := i.Layer.(layer.Lookup)
		if !ok {
			continue
		}
		v := r.Model.Store().Var(i.Name() + "/" + e.TableName())
		dim := r.vectors.Matrix.Shape[1]
		if e.TableWidth() != dim {
			return r.mistake("data.vectors", "vectors of %d numbers for an embedding of %d; give output_dim: %d", dim, e.TableWidth(), dim)
		}
		w := v.Value.Clone()
		for id, known := range r.vectors.Known {
			if known {
				copy(w.F32[id*dim:(id+1)*dim], r.vectors.Matrix.F32[id*dim:])
			}
		}
		return r.Model.Store().Set(v.Path, w)
	}
	return r.misplaced("data.vectors", true, "the model has no embedding to begin with them; add embedding: {input_dim: vocabulary, …}")
}

// bucket reports whether batches hold samples of like lengths.
func (r *Ready) bucket() bool { return r.Train.Bucket != nil && *r.Train.Bucket }

// How many samples inferBucket tries, and what rounding may change.
const (
	bucketTries = 8
	bucketSlack = 1e-5
)

// inferBucket batches samples of like lengths where the network's loss does not depend on padding, which
// is tried on a few of them.
func (r *Ready) inferBucket(s samples) error {
	length := s.x.Spec().Length
	wanted := r.Train.Bucket
	if wanted != nil && !*wanted {
		return nil
	}
	if length == nil {
		if wanted != nil {
			return r.mistake("train.bucket", "all samples have the same length; leave it out")
		}
		return nil
	}
	rows := slices.Clone(s.parts[0][:min(len(s.parts[0]), 64*bucketTries)])
	slices.SortStableFunc(rows, func(a, b int) int { return length(a) - length(b) })
	rows = rows[:min(len(rows), bucketTries)]
	small := train.Data{Source: data.Subset{Dataset: r.Learn.Source.(data.Subset).Dataset, Rows: rows}}
	judge := func(bucket bool) (float64, error) {
		f, err := train.Evaluation{Loss: r.Recipe.applied().judge(r.Train.Loss), BatchSize: bucketTries, Bucket: bucket}.
			Run(context.Background(), r.Model, small)
		if err != nil {
			return 0, err
		}
		return f[0].Value, nil
	}
	whole, err := judge(false)
	if err != nil {
		return r.misplaced("model", true, err.Error())
	}
	short, err := judge(true)
	same := err == nil && math.Abs(short-whole) <= bucketSlack*(1+math.Abs(whole))
	switch {
	case same:
	case wanted == nil:
	case err != nil:
		return r.mistake("train.bucket", "the network does not take shorter sequences: %v; leave bucket out", err)
	default:
		return r.mistake("train.bucket", "the network's results depend on padding; mask it (embedding: {mask_zero: true}), or leave bucket out")
	}
	r.Train.Bucket = &same
	r.put("train", "bucket", same)
	return nil
}
