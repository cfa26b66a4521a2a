package experiment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"unicode/utf8"

	"gorae/config"
	"gorae/data"
	"gorae/internal/file"
	"gorae/internal/yamltree"
	"gorae/loss"
	"gorae/metric"
	"gorae/prep/text"
	"gorae/tensor"
)

// Language says how one long text becomes samples of a language model, which foretells at every step
// the token that follows: windows of ids, cut from the text.
type Language struct {
	text.Spec
	Window int
	Stride int // from one learning window to the next; judged windows stand side by side
}

// partNames are what the parts are called.
var partNames = [3]string{"learning", "validation", "test"}

// Where an experiment does not say them.
const (
	defaultWindow = 100
	languageShare = 0.1 // of the text, to validate and to test
	languageUnits = 256
	languageDim   = 32
)

// languageKind is one long text, told by the key text.
var languageKind = kind{
	keys:   []string{"text"},
	decode: (*Experiment).decodeLanguage,
	of: func(r *Ready, o *origin) (form, error) {
		if r.Data.Text == nil {
			return nil, nil
		}
		return &languageForm{path: o.path}, nil
	},
	member: "language",
	applied: func(r *Recipe) applied {
		if r.Language == nil {
			return nil
		}
		return language{r}
	},
}

// decodeLanguage reads data.text: the keys of a text column, window and stride.
func (e *Experiment) decodeLanguage() error {
	n := e.tree.At("data.text")
	if n == nil || n.Kind == yamltree.Scalar && n.Value == nil {
		return nil
	}
	if n.Kind != yamltree.Map {
		return e.mistake("data.text", "%s is no map; give for example {unit: character, window: 100}", brief(n))
	}
	l := &Language{Spec: text.Spec{Unit: "character", Case: true}}
	m := n.Plain().(map[string]any)
	for key, to := range map[string]*int{"window": &l.Window, "stride": &l.Stride} {
		v, ok := m[key]
		delete(m, key)
		if !ok {
			continue
		}
		x, number := config.Number(v)
		if !number || x < 1 || x != float64(int(x)) || x > 1<<20 {
			return e.mistake("data.text."+key, "%v is no number of tokens; give 1 to %d", v, 1<<20)
		}
		*to = int(x)
	}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		// What says how a column of texts is cut and padded means nothing for one text.
		if slices.Contains([]string{"output", "length", "pad", "keep", "ngrams"}, key) {
			return e.misplaced("data.text."+key, true, "a language model has no "+key+"; leave it out (window is the number of steps)")
		}
		if !slices.Contains(text.Keys(), key) {
			return e.misplaced("data.text."+key, true, "unknown key"+config.DidYouMean(key, append(text.Keys(), "window", "stride")))
		}
	}
	if m["unit"] == nil {
		m["unit"] = l.Unit
	}
	given, err := text.ParseSpec(m)
	if err != nil {
		return e.mistakeAt("data", err)
	}
	if _, ok := m["case"]; !ok {
		given.Case = true
	}
	if _, ok := m["marks"]; !ok { // text without its marks is not read with pleasure
		given.Marks = given.Unit == "word"
	}
	l.Spec = given
	if l.Window == 0 {
		l.Window = defaultWindow
	}
	if l.Stride == 0 {
		l.Stride = l.Window
	}
	l.Length = l.Window
	e.Data.Text = l
	return nil
}

// languageForm makes language models.
type languageForm struct {
	path    string
	words   *text.Vocabulary
	streams [3]*text.Stream // to learn from, to validate, to test; nil where there is none
	parts   [3]string
}

// open cuts the text by its order, fits the vocabulary to the first part alone, and makes windows.
func (f *languageForm) open(r *Ready) (samples, error) {
	fail := func(err error) (samples, error) { return samples{}, err }
	for _, key := range []string{"target", "features", "labels", "columns", "task", "time", "test", "series"} {
		if r.tree.At("data."+key) != nil {
			return fail(r.misplaced("data."+key, true, "data.text makes one text a language model, which has no "+key+"; leave one of the two out"))
		}
	}
	s, err := data.OpenText(f.path)
	if err != nil {
		return fail(r.mistake("data.source", "%s", err))
	}
	if n := r.Data.Rows; n > 0 {
		s = firstLines(s, n)
	}
	if r.Split.By != "" && r.Split.By != "time" {
		return fail(r.mistake("split.by", "%s, but the order of a text is all there is to learn; give time", r.Split.By))
	}
	share := func(p *float64, key string) float64 {
		if p == nil {
			r.put("split", key, languageShare)
			return languageShare
		}
		return *p
	}
	validation, test := share(r.Split.Validation, "validation"), share(r.Split.Test, "test")
	r.Split.By = "time"
	r.put("split", "by", "time")
	r.tree.Put("seed", int(r.Seed))
	cut := func(share float64) int {
		at := int(float64(len(s))*share + 0.5)
		for at < len(s) && !utf8.RuneStart(s[at]) {
			at++
		}
		return at
	}
	a, b := cut(1-validation-test), cut(1-test)
	l := r.Data.Text
	if f.words, err = text.Fit(text.Chunks(s[:a]), l.Spec); err != nil {
		return fail(r.mistake("data.text", "%s: %s", filepath.Base(f.path), textOf(err)))
	}
	all := samples{shape: tensor.Shape{l.Window}, dtype: tensor.Int32, vocabulary: f.words}
	w := &windows{}
	f.parts = [3]string{s[:a], s[a:b], s[b:]}
	for i, part := range f.parts {
		if part == "" {
			continue
		}
		t := &text.Stream{IDs: f.words.EncodeLong(part), Length: l.Window, Stride: l.Window}
		if i == 0 {
			t.Stride = l.Stride
		}
		if err := t.Check(); err != nil {
			return fail(r.mistake("data.text.window", "%s part: %s", partNames[i], textOf(err)))
		}
		f.streams[i] = t
		for range t.Len() {
			all.parts[i] = append(all.parts[i], w.Len())
			w.at = append(w.at, place{t, len(all.parts[i]) - 1})
		}
		if i > 0 {
			f.unknown(r, partNames[i], t.IDs)
		}
	}
	r.Notes = append(r.Notes, fmt.Sprintf("%s: %s of %d kinds (padding and unknown counted)", filepath.Base(f.path), l.tokens(len(f.streams[0].IDs)), f.words.Size()))
	all.x = w
	r.Recipe.Language = f.words
	spec := l.Spec
	spec.Length, spec.Case = 0, false
	n := textNode(spec)
	n.Put("case", l.Case)
	if l.Unit == "word" {
		n.Put("marks", l.Marks)
	}
	n.Put("window", l.Window)
	n.Put("stride", l.Stride)
	r.put("data", "text", n)
	return all, nil
}

// firstLines is the first n lines of a text.
func firstLines(s string, n int) string {
	for i := range len(s) {
		if s[i] == '\n' {
			if n--; n == 0 {
				return s[:i+1]
			}
		}
	}
	return s
}

// tokens is a count of them in words: 3 characters.
func (l *Language) tokens(n int) string { return plural(n, tokenWord(l.Spec)) }

func tokenWord(s text.Spec) string {
	switch s.Unit {
	case "", "word":
		return "word"
	case "pair":
		return "byte pair"
	case "jamo":
		return "letter"
	}
	return s.Unit
}

// unknown notes how much of a part the vocabulary does not know.
func (f *languageForm) unknown(r *Ready, part string, ids []int32) {
	n := 0
	for _, id := range ids {
		if id == text.Unknown {
			n++
		}
	}
	if n > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("%s: %s of the %s part do not occur in the learning part (%.2g %%)", filepath.Base(f.path), r.Data.Text.tokens(n), part, 100*float64(n)/float64(len(ids))))
	}
}

// network is an embedding, an LSTM that gives every step, and a softmax over the vocabulary.
func (f *languageForm) network(r *Ready, s samples) *yamltree.Node {
	dim := languageDim
	if r.vectors != nil {
		dim = r.vectors.Matrix.Shape[1]
	}
	n := &yamltree.Node{Kind: yamltree.List}
	n.Values = append(n.Values,
		yamltree.Pairs("embedding", yamltree.Pairs("input_dim", f.words.Size(), "output_dim", dim)),
		yamltree.Pairs("lstm", yamltree.Pairs("units", languageUnits, "return_sequences", true)),
		yamltree.Pairs("dropout", 0.3),
		yamltree.Pairs("dense", yamltree.Pairs("units", f.words.Size(), "activation", "softmax")))
	return n
}

// fits wants one figure for each id: at every step, or after the last.
func (f *languageForm) fits(r *Ready, out tensor.Shape, place string) error {
	ids, l := f.words.Size(), r.Data.Text
	switch k := out[len(out)-1]; {
	case len(out) > 3 || len(out) == 3 && out[1] != l.Window:
		return r.mistake(place, "the model gives %v for a window of %d; end with a dense layer behind a recurrent one (return_sequences: true foretells every step)", tensor.Shape(out[1:]), l.Window)
	case k != ids:
		return r.mistake(place, "%s for %d ids; give units: %s", plural(k, "output"), ids, vocabularyWord)
	}
	for _, t := range f.streams {
		if t != nil {
			t.Last = len(out) == 2
		}
	}
	return nil
}

func (*languageForm) loss(*Ready) string { return "sparse_categorical_crossentropy" }

func (*languageForm) metrics(*Ready) []string { return []string{"accuracy"} }

// agrees wants a loss and metrics that compare probabilities with the number of an id.
func (f *languageForm) agrees(r *Ready) error {
	if loss.TraitsOf(r.Train.Loss).Targets != loss.ClassNumbers {
		return r.mistake("train.loss", "%s cannot compare probabilities with an id; give sparse_categorical_crossentropy", wordOf(r.Train.Loss))
	}
	n := r.tree.At("train.metrics")
	for i, m := range r.Train.Metrics {
		if t := metric.TraitsOf(m.Metric).Targets; t != loss.ClassNumbers && t != loss.ByShape {
			path := elementPath("train.metrics", n, i)
			return r.mistake(path, "%s cannot compare probabilities with an id; give accuracy or sparse_top_k_categorical_accuracy", nameOf(r.tree.At(path)))
		}
	}
	return nil
}

func (f *languageForm) about(r *Ready) string {
	return fmt.Sprintf("the next %s (%d ids)", tokenWord(r.Data.Text.Spec), f.words.Size())
}

// finish judges the unseen text as one, from end to end, and writes some text.
func (f *languageForm) finish(ctx context.Context, r *Ready, dir string, p *Report) error {
	for i := 2; i > 0; i-- {
		if f.streams[i] == nil {
			continue
		}
		if err := p.language(ctx, r.Model, r.Recipe, f.streams[i].IDs, f.parts[i], "the "+partNames[i]+" part"); err != nil {
			return err
		}
		break
	}
	return file.Replace(filepath.Join(dir, SampleFile), func(w io.Writer) error { return r.sample(w) })
}

// windows are those of the parts one behind the other.
type windows struct{ at []place }

// place is window i of a text.
type place struct {
	t *text.Stream
	i int
}

// Spec is one input and one target of ids.
func (w *windows) Spec() data.Spec { return w.at[0].t.Spec() }

// Len is the number of windows.
func (w *windows) Len() int { return len(w.at) }

// Read reads window i and what follows it.
func (w *windows) Read(epoch, i int, row data.Row) error {
	if i < 0 || i >= len(w.at) {
		return fmt.Errorf("no window %d of %d", i, len(w.at))
	}
	return w.at[i].t.Read(epoch, w.at[i].i, row)
}

// textOf is a mistake without its place.
func textOf(err error) string {
	var e *config.Error
	if errors.As(err, &e) {
		return e.Text()
	}
	return err.Error()
}
