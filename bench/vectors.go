package main

import (
	"fmt"
	"math"
	"sort"
	"strconv"

	"gorae/word2vec"
)

// The text of the workload of word vectors, which peer.py makes too: sentences of words that come as those of a text
// do, drawn by a generator that is the same in both languages. A turn is a step of word2vec.Trainer, 8,192 places with
// the ends of sentences.
const (
	textWords      = 20000
	textSentences  = 6400
	sentenceWords  = 63
	vectorTurn     = 8192 * sentenceWords / (sentenceWords + 1)
	textMultiplier = 1664525 // Numerical Recipes' generator of 32 bits
	textIncrement  = 1013904223
)

// sentences returns the text: word k in proportion to (k + 2.7)^−1.1.
func sentences() [][]string {
	sum, total := make([]float64, textWords), 0.0
	for k := range sum {
		total += math.Pow(float64(k)+2.7, -1.1)
		sum[k] = total
	}
	state := uint32(1)
	out := make([][]string, textSentences)
	for i := range out {
		for range sentenceWords {
			state = state*textMultiplier + textIncrement
			k := sort.SearchFloat64s(sum, float64(state)/(1<<32)*total)
			out[i] = append(out[i], strconv.Itoa(k))
		}
	}
	return out
}

// vectors returns a trainer of skip-gram before its first step.
func vectors() (*word2vec.Trainer, error) {
	cfg := word2vec.Config{MinCount: 1, Epochs: 1000000}
	corpus, err := word2vec.NewCorpus(func(yield func([]string) bool) {
		for _, s := range sentences() {
			if !yield(s) {
				return
			}
		}
	}, cfg)
	if err != nil {
		return nil, err
	}
	return word2vec.New(corpus, cfg, 1)
}

// skipgram is a block of text.
func skipgram() (func() error, error) {
	t, err := vectors()
	if err != nil {
		return nil, err
	}
	return func() error {
		if t.Done() {
			return fmt.Errorf("skip-gram: the training is over")
		}
		t.Step()
		return nil
	}, nil
}
