package word2vec

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gorae/data"
	"gorae/internal/file"
	"gorae/layer"
	"gorae/metric"
	"gorae/model"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
	"gorae/weight"
	"gorae/word2vec"
)

// defaultEpochs is the number of passes over the text.
const defaultEpochs = 5

// problem is one run.
type problem struct {
	settings   *Settings
	config     word2vec.Config
	expand     func(key, path string) (string, error)
	name       string
	seed       uint64
	corpus     *word2vec.Corpus
	similarity []benchmark
	questions  []word2vec.Question
	fitted     *Fitted

	model, contexts *model.Model
	trainer         *word2vec.Trainer
	reached         []score // of the trained vectors, once they are evaluated
}

// benchmark is word pairs with the name of their file.
type benchmark struct {
	name  string
	pairs []word2vec.Pair
}

// readBenchmarks reads the files that the vectors are to be compared with, before anything is learnt.
func (p *problem) readBenchmarks() error {
	for i, path := range p.settings.Similarity {
		key := fmt.Sprintf("data.word2vec.similarity[%d]", i)
		if err := p.open(key, path, func(f *os.File, name string) error {
			pairs, err := word2vec.ReadPairs(f, name)
			p.similarity = append(p.similarity, benchmark{strings.TrimSuffix(name, filepath.Ext(name)), pairs})
			return err
		}); err != nil {
			return err
		}
	}
	if p.settings.Analogies == "" {
		return nil
	}
	return p.open("data.word2vec.analogies", p.settings.Analogies, func(f *os.File, name string) (err error) {
		p.questions, err = word2vec.ReadQuestions(f, name)
		return err
	})
}

func (p *problem) open(key, path string, read func(f *os.File, name string) error) error {
	path, err := p.expand(key, path)
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return task.Errorf(key, "%s", file.OpenError(path, err))
	}
	defer func() { _ = f.Close() }() // it was only read
	if err := read(f, filepath.Base(path)); err != nil {
		return task.Errorf(key, "%s", err)
	}
	return nil
}

// Network returns an embedding: a word's number becomes its vector.
func (p *problem) Network() *spec.Network { return spec.Chain(p.layer()) }

func (p *problem) layer() layer.Embedding {
	return layer.Embedding{InputDim: len(p.corpus.Vocabulary.Words), OutputDim: p.settings.Size,
		Embeddings: weight.Zeros{}}
}

// About implements task.Problem.
func (p *problem) About() string {
	return fmt.Sprintf("vectors of %d numbers for %d words", p.settings.Size, len(p.corpus.Vocabulary.Words))
}

// Inputs implements task.Procedure.
func (*problem) Inputs() []data.Field { return inputs() }

func inputs() []data.Field {
	return []data.Field{{Name: "word", DType: tensor.Int32, Shape: tensor.Shape{1}}}
}

// Keys implements task.Procedure.
func (*problem) Keys() []string { return nil }

// Epochs returns the default.
func (*problem) Epochs() int { return defaultEpochs }

// Columns implements task.Procedure.
func (*problem) Columns() []string { return []string{"loss"} }

// Settle makes the trainer, whose first vectors become those of the network.
func (p *problem) Settle(m *model.Model, t *spec.Train, seed uint64) error {
	if err := p.fitted.Check(m); err != nil {
		return task.Errorf("model", "%v; leave it out", err)
	}
	if t.Monitor != "" {
		return task.Errorf("train.monitor", "the vectors of the last epoch are kept; leave it out").AtKey()
	}
	p.config.Epochs = t.Epochs
	var err error
	if p.trainer, err = word2vec.New(p.corpus, p.config, seed); err != nil {
		return about(p.name, err)
	}
	p.model = m
	p.contexts = model.Sequential(layer.Input{Shape: []int{1}, DType: "int32"}, p.layer())
	if err := p.contexts.Build(seed); err != nil {
		return err
	}
	p.trainer.Matrices(table(m), table(p.contexts))
	return nil
}

// table returns the weights of an embedding.
func table(m *model.Model) []float32 { return m.Store().Vars()[0].Value.F32 }

// Train goes over the text. A batch of the loop is so many steps of the trainer that copying the vectors into the
// models, which checkpoints hold, takes little of the time: their number follows from the number of words alone.
func (p *problem) Train(ctx context.Context, c train.Config) (*train.History, error) {
	t := p.trainer
	steps := t.Steps()
	each := min(steps, 1+len(p.corpus.Vocabulary.Words)/1024)
	place := -1 // of the next batch that the trainer stands at
	batches := (steps + each - 1) / each
	loop := train.Loop{
		Models:  []train.NamedModel{{Name: "words", Model: p.model}, {Name: "contexts", Model: p.contexts}},
		Metrics: []train.LoopMetric{{Name: "loss", Direction: metric.Min}},
		Batch: func(turn *train.Turn) error {
			if now := turn.Epoch*batches + turn.Batch; now != place {
				t.Continue(table(p.model), table(p.contexts), turn.Epoch, turn.Batch*each)
				place = now
			}
			place++
			loss, count := 0.0, 0.0
			for range min(each, steps-turn.Batch*each) {
				t.Step()
				l, n := t.StepLoss()
				loss, count = loss+l, count+n
			}
			t.Matrices(table(p.model), table(p.contexts))
			if count == 0 {
				count = 1 // a piece of text without a pair of words
			}
			return turn.Add("loss", loss/count)
		},
	}
	d, err := data.Of(tensor.New(tensor.Float32, batches, 1), nil)
	if err != nil {
		return nil, err
	}
	c.BatchSize, c.NoShuffle = 1, true
	return loop.Fit(ctx, train.Data{Source: d}, c)
}

// Evaluate implements task.Procedure: the rank correlations with people's scores, and the share of analogies.
func (p *problem) Evaluate(context.Context) (parts [3]*task.Measured, err error) {
	v := p.fitted.Vectors(p.model)
	m := &task.Measured{Unit: "pair"} // of words with people's scores
	if len(p.similarity) == 0 {
		m.Unit = "question"
	}
	p.reached = p.scores(v)
	for _, s := range p.reached {
		s.measured(m)
	}
	if len(m.Metrics) > 0 {
		parts[task.Test] = m
	}
	return parts, nil
}
