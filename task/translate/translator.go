package translate

import (
	"cmp"
	"context"
	"slices"

	"gorae/decode"
	"gorae/model"
	"gorae/task"
	"gorae/tensor"
)

// How many sentences are translated side by side: most, or fewest where there are no more than that. Kernels of loops
// compute one or two rows in another order, so that there are always more.
const (
	most   = 32
	fewest = 4
)

// translator writes translations with a trained network.
type translator struct {
	fitted  *Fitted
	model   *model.Model
	network *decode.Network
	logits  bool
}

// newTranslator returns a translator of the network.
func newTranslator(f *Fitted, t *task.Training) (*translator, error) {
	n, err := decode.New(t.Model, 1)
	return &translator{f, t.Model, n, t.Logits()[0]}, err
}

// translate returns the ids of the best translation of each sentence, by a beam of a width. That of an empty sentence is
// empty.
func (t *translator) translate(ctx context.Context, sentences []string, width int) ([][]int32, error) {
	out := make([][]int32, len(sentences))
	var order []int // the sentences with tokens, by length: those of a batch end at about the same step
	source := make([][]int32, len(sentences))
	for i, s := range sentences {
		if source[i] = t.fitted.Source.Encode(s); len(source[i]) > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(source[a]), len(source[b])) })
	batch := most
	if len(order) <= fewest {
		batch = fewest
	}
	for from := 0; from < len(order); from += batch {
		some := order[from:min(len(order), from+batch)]
		x := tensor.New(tensor.Int32, batch, t.fitted.SourceLength)
		for r := range batch { // the last sentence fills the batch
			i := some[min(r, len(some)-1)]
			copy(x.I32[r*t.fitted.SourceLength:(r+1)*t.fitted.SourceLength], source[i])
		}
		steps, err := t.network.Begin(width, x)
		if err != nil {
			return nil, err
		}
		found, err := t.fitted.beam(width, t.logits).Search(ctx, steps, batch)
		if err != nil {
			return nil, err
		}
		for r, i := range some {
			out[i] = found[r][0].IDs
		}
	}
	return out, nil
}

// texts returns the translations as text.
func (t *translator) texts(ctx context.Context, sentences []string, width int) ([]string, error) {
	found, err := t.translate(ctx, sentences, width)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(found))
	for i, ids := range found {
		out[i] = t.fitted.words(ids)
	}
	return out, nil
}
