package language

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"gorae/data"
	"gorae/layer"
	"gorae/task"
	"gorae/train"
)

// mostKept is the number of kinds of pairs that a model file holds for later evaluations.
const mostKept = 1 << 16

// kept is the baselines of a language model in a model file.
type kept struct {
	Ngrams *Ngrams `json:"ngrams"`
	Note   string  `json:"note,omitempty"`
}

// newKept counts the training part.
func newKept(ids []int32, size int) *kept {
	k := &kept{}
	if all := len(ids); all > mostTokens {
		ids = ids[all-mostTokens:]
		k.Note = fmt.Sprintf(", fitted on %s of %s training tokens", layer.Thousands(mostTokens), layer.Thousands(all))
	}
	k.Ngrams = count(ids, size)
	return k
}

// said is how well a model predicts the windows of a part.
type said struct {
	nats  []float64 // by window: the mean of −ln p
	right int       // tokens that were the likeliest
}

// beside compares the network with the unigram and the bigram, window by window.
type beside struct {
	fitted  *kept
	data    data.Dataset
	row     data.Row
	part    string
	logits  bool
	seed    uint64
	windows [3]said // of the network, the unigram, the bigram
	tokens  int
}

func newBeside(d data.Dataset, logits bool) *beside {
	b := &beside{data: d, row: d.Spec().Row(), logits: logits}
	for k := range b.windows {
		b.windows[k].nats = make([]float64, d.Len())
	}
	return b
}

// Batch implements train.Consumer. What the n-gram models say waits for Compare.
func (b *beside) Batch(e *train.EvalBatch) error {
	out := e.Outputs[0]
	classes := out.Shape[len(out.Shape)-1]
	size := out.Len() / len(e.Samples)
	p := make([]float32, classes)
	for i, sample := range e.Samples {
		if err := b.data.Read(0, sample, b.row); err != nil {
			return err
		}
		steps := size / classes
		for t := range steps {
			y := out.F32[i*size+t*classes:][:classes]
			if b.logits {
				task.Softmax(p, y)
				y = p
			}
			id := b.target(t)
			b.windows[0].add(sample, steps, float64(y[id]), int32(task.ArgMax(y)) == id)
		}
	}
	return nil
}

// target is the id that follows step t of the window that was read.
func (b *beside) target(t int) int32 { return int32(b.row[1].Float(t)) }

// add notes the probability of a token of a window; it is bounded away from 0 as in Keras.
func (s *said) add(window, steps int, p float64, right bool) {
	s.nats[window] -= math.Log(max(p, 1e-7)) / float64(steps)
	if right {
		s.right++
	}
}

// Compare implements task.Comparison.
func (b *beside) Compare(ctx context.Context, f *task.Findings) error {
	n := b.fitted.Ngrams
	for i := range b.data.Len() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := b.data.Read(0, i, b.row); err != nil {
			return err
		}
		seen, steps := b.row[0].I32, b.row[1].Len()
		seen = seen[len(seen)-steps:]
		for t, v := range seen {
			id := b.target(t)
			b.windows[1].add(i, steps, n.unigram(id), n.likeliest == id)
			b.windows[2].add(i, steps, n.bigram(v, id), n.next[v] == id)
		}
		b.tokens += steps
	}
	var rivals []task.Rival
	for k, name := range []string{"unigram", "bigram"} {
		s := b.windows[k+1]
		about := [...]string{"add-one smoothing", "interpolated Kneser-Ney"}[k] + b.fitted.Note
		f.Baselines = append(f.Baselines, task.Baseline{Name: name, Note: about, Part: b.part, Metrics: train.Metrics{
			{Name: "loss", Value: mean(s.nats)}, {Name: "accuracy", Value: float64(s.right) / float64(b.tokens)}}})
		rivals = append(rivals, task.Rival{Name: "the " + name, Losses: s.nats})
	}
	net := b.windows[0].nats
	p, rival, words := task.Against(rivals, func(k, of int) task.Paired {
		difference := make([]float64, len(net))
		for i, v := range net {
			difference[i] = v - rivals[k].Losses[i]
		}
		return task.ComparePaired(difference, task.Nats, task.Dependence{Serial: true}, b.seed, of)
	})
	part := "the same windows"
	if b.part != "" {
		part = "the " + b.part + " windows"
	}
	f.Judge(p.Verdict, fmt.Sprintf("%s: %.4f nats a token against %.4f on %s (%s)", words, mean(net),
		mean(rivals[rival].Losses), part, p.Test))
	return nil
}

func mean(x []float64) (m float64) {
	for _, v := range x {
		m += v / float64(len(x))
	}
	return m
}

// Comparison implements task.Comparer.
func (f *Fitted) Comparison(b json.RawMessage, t *task.Training, d data.Dataset,
	_ task.Dependence) (task.Comparison, error) {
	c := newBeside(d, t.Logits()[0])
	c.fitted = &kept{}
	if err := json.Unmarshal(b, c.fitted); err != nil {
		return nil, err
	}
	if c.fitted.Ngrams == nil {
		return nil, fmt.Errorf("the counts are missing")
	}
	if err := c.fitted.Ngrams.check(f.Vocabulary.Size()); err != nil {
		return nil, err
	}
	c.fitted.Ngrams.settle()
	return c, nil
}

// Complete counts the training part; it implements task.Completer.
func (p *problem) Complete(_ context.Context, f *task.Finish) error {
	if p.beside == nil {
		return nil
	}
	p.beside.fitted, p.beside.seed = newKept(p.streams[task.Train].IDs, p.words.Size()), f.Seed
	return nil
}

// Kept implements task.Keeper: nothing where the pairs are too many.
func (p *problem) Kept() any {
	if p.beside == nil || p.beside.fitted == nil || len(p.beside.fitted.Ngrams.Pairs) > mostKept {
		return nil
	}
	return p.beside.fitted
}
