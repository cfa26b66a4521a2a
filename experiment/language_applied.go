package experiment

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"gorae/data"
	"gorae/generate"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/prep/text"
	"gorae/source"
	"gorae/tensor"
	"gorae/train"
)

// LanguageScore is how well a network foretells a text that is read from end to end, its memory kept from
// window to window: 16 stretches side by side, each from an empty memory (generate.Evaluate).
type LanguageScore struct {
	Tokens           int     `json:"tokens"`
	Nats             float64 `json:"nats"` // mean of −ln p of a token
	NatsPerCharacter float64 `json:"nats_per_character"`
	Perplexity       float64 `json:"perplexity"` // e^nats
	Accuracy         float64 `json:"accuracy"`   // share of tokens that were the likeliest
}

// language adds the score of a text and says it in words.
func (p *Remarks) language(ctx context.Context, m *model.Model, r *Recipe, ids []int32, s, what string) error {
	v, err := generate.Evaluate(ctx, m, ids, r.logits())
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		p.Words = append(p.Words, fmt.Sprintf("%s is judged by windows alone: %v", what, err))
		return nil
	}
	characters := float64(utf8.RuneCountInString(s)) * float64(v.Tokens) / float64(len(ids))
	p.Language = &LanguageScore{v.Tokens, v.Nats, v.Nats * float64(v.Tokens) / characters, v.Perplexity(), v.Accuracy}
	word := tokenWord(r.Language.Spec)
	line := fmt.Sprintf("%s read from end to end: %.4f nats a %s (perplexity %.4g), %.1f %% foretold", what, v.Nats, word, v.Perplexity(), 100*v.Accuracy)
	if word != "character" {
		line += fmt.Sprintf("; %.4f nats a character", p.Language.NatsPerCharacter)
	}
	p.Words = append(p.Words, line)
	return nil
}

// language takes raw text through a language model.
type language struct{ recipe *Recipe }

func (f language) check() error {
	if f.recipe.Language.Spec.Length < 1 || !f.recipe.Language.Spec.Ids() {
		return errors.New("language: the vocabulary has no window")
	}
	return nil
}

// read opens a text; an .npy file is ids.
func (f language) read(p *Product, path string, stdin io.Reader, labels string) (*data.Source, error) {
	if ext := strings.ToLower(filepath.Ext(path)); ext == ".npy" || ext == ".npz" {
		return read(path, stdin, source.Options{Labels: labels})
	}
	name, s := filepath.Base(path), ""
	var err error
	if path == "-" {
		name = "standard input"
		s, err = data.ReadText(bufio.NewReader(stdin), name)
	} else {
		s, err = data.OpenText(path)
	}
	if err != nil {
		return nil, err
	}
	cell := data.Column{Name: "text", Kind: data.Category, Strings: []string{s}, Missing: []bool{false}}
	return &data.Source{Table: &data.Table{Name: name, Header: true, Rows: 1, Columns: []data.Column{cell}}}, nil
}

// ids are those of a text.
func (f language) ids(src *data.Source) ([]int32, string, error) {
	if src.Table == nil {
		return nil, "", fmt.Errorf("%s: no text; give a .txt file", sourceName(src))
	}
	s := src.Table.Columns[0].Text(0)
	ids := f.recipe.Language.EncodeLong(s)
	if len(ids) == 0 {
		return nil, "", fmt.Errorf("%s: it holds no %s", src.Table.Name, tokenWord(f.recipe.Language.Spec))
	}
	return ids, s, nil
}

// inputs are windows side by side, the last one filled up with padding.
func (f language) inputs(p *Product, src *data.Source) (data.Dataset, error) {
	if src.Arrays != nil && src.Arrays.X != nil {
		return data.Of(src.Arrays.X, nil)
	}
	ids, _, err := f.ids(src)
	if err != nil {
		return nil, err
	}
	if each := p.Model.OutputTypes(1)[0].Shape.Size() / f.recipe.Language.Spec.Length; len(ids) > mostOutputs/max(1, each) {
		return nil, fmt.Errorf("%s: the probabilities after each of its %d %ss would take %d GiB; give a part of it, or gorae evaluate, which keeps none",
			src.Table.Name, len(ids), tokenWord(f.recipe.Language.Spec), (len(ids)*each)>>28)
	}
	return pieces{ids, f.recipe.Language.Spec.Length}, nil
}

// mostOutputs is how many figures are predicted at once, 4 GiB of them.
const mostOutputs = 1 << 30

// pieces are ids in windows side by side.
type pieces struct {
	ids    []int32
	window int
}

// Spec is one input.
func (p pieces) Spec() data.Spec {
	return data.Spec{Inputs: []data.Field{{Name: "x", DType: tensor.Int32, Shape: tensor.Shape{p.window}}}}
}

// Len is the number of windows.
func (p pieces) Len() int { return (len(p.ids) + p.window - 1) / p.window }

// Read copies window i.
func (p pieces) Read(_, i int, row data.Row) error {
	n := copy(row[0].I32, p.ids[i*p.window:])
	clear(row[0].I32[n:])
	return nil
}

// pairs are windows side by side and what follows in them; what fills no window is left over.
func (f language) pairs(p *Product, src *data.Source, target string, _ loss.Loss) (data.Dataset, error) {
	if target != "" {
		return nil, fmt.Errorf("target: %s: a language model foretells its text; leave --target out", target)
	}
	ids, _, err := f.ids(src)
	if err != nil {
		return nil, err
	}
	t := &text.Stream{IDs: ids, Length: f.recipe.Language.Spec.Length, Last: len(p.Model.OutputTypes(1)[0].Shape) == 2}
	if err := t.Check(); err != nil {
		return nil, fmt.Errorf("%s: %s", src.Table.Name, textOf(err))
	}
	return t, nil
}

func (language) judge(l loss.Loss) loss.Loss { return l }

func (language) measure(name string, m metric.Metric, _ loss.Loss) metric.Metric {
	return train.NamedMetric{Metric: m, Name: name}
}

func (f language) remark(ctx context.Context, p *Product, src *data.Source, m *Remarks) error {
	ids, s, err := f.ids(src)
	if err != nil {
		return err
	}
	return m.language(ctx, p.Model, f.recipe, ids, s, src.Table.Name)
}

// rows are the tokens of the text, each with the one that the network expects next and its probability;
// or windows, where only what follows a window is foretold.
func (f language) rows(p *Product, src *data.Source, out *tensor.Tensor) (*rows, error) {
	v := f.recipe.Language
	k := out.Shape[len(out.Shape)-1]
	flat, err := out.Reshape(-1, k)
	if err != nil {
		return nil, err
	}
	if f.recipe.logits() {
		flat = probabilitiesOf(flat)
	}
	t := &rows{header: []string{v.Spec.Unit, "prediction", "p"}, n: flat.Shape[0]}
	if v.Spec.Unit == "" {
		t.header[0] = "word"
	}
	window := f.recipe.Language.Spec.Length
	var given []int32 // by row: the last id that the network has seen
	if src.Table != nil {
		ids, _, err := f.ids(src)
		if err != nil {
			return nil, err
		}
		if given = ids; len(out.Shape) == 2 {
			given = nil
			for i := range out.Shape[0] {
				given = append(given, ids[min(len(ids), (i+1)*window)-1])
			}
		}
		t.n = min(t.n, len(given))
	}
	t.row = func(i int, to []string) []string {
		token := ""
		if given != nil {
			token = v.Token(given[i])
		}
		y := flat.F32[i*k : (i+1)*k]
		best := 0
		for id, p := range y {
			if p > y[best] {
				best = id
			}
		}
		return append(to, token, v.Token(int32(best)), strconv.FormatFloat(float64(y[best]), 'g', -1, 32))
	}
	return t, nil
}
