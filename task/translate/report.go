package translate

import (
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"

	"gorae/internal/doing"
	"gorae/internal/file"
	"gorae/internal/words"
	"gorae/metric"
	"gorae/task"
	"gorae/train"
)

// TranslationsFile is the name of the file of translations that the trained network wrote.
const TranslationsFile = "translations.txt"

// written is the number of translations in TranslationsFile.
const written = 200

// Score is how good the translations of some sentences are.
type Score struct {
	Sentences int           `json:"sentences"`
	Greedy    float64       `json:"bleu_greedy"`
	BLEU      float64       `json:"bleu"` // of the beam search
	Beam      int           `json:"beam"`
	ChrF      float64       `json:"chrf"`
	Interval  task.Interval `json:"interval"` // of BLEU
	// Ratio is the length of the translations over that of the references.
	Ratio float64 `json:"length_ratio"`
}

// evaluation is pairs whose translations are compared with the references.
type evaluation struct {
	translator *translator
	pairs      *pairs
	train      *pairs // for the nearest sentence; nil: without
	part       task.Part
	what       string // for sentences
	depend     task.Dependence
	seed       uint64

	greedy, best []string
}

// report translates, and adds BLEU by greedy decoding and by beam search to the findings, and the baselines beside them.
func (e *evaluation) report(ctx context.Context, to *task.Findings) (err error) {
	f := e.translator.fitted
	doing.Say(ctx, "translating %s", words.Plural(len(e.pairs.from), "sentence"))
	if e.greedy, err = e.translator.texts(ctx, e.pairs.from, 1); err != nil {
		return err
	}
	if e.best = e.greedy; f.Beam > 1 {
		if e.best, err = e.translator.texts(ctx, e.pairs.from, f.Beam); err != nil {
			return err
		}
	}
	counts := e.counts(e.best)
	bleu := metric.BLEU{}
	of := func(c []metric.BLEUCounts) metric.BLEUScore { return bleu.Score(sum(c, nil)) }
	s := &Score{Sentences: len(e.pairs.from), Greedy: of(e.counts(e.greedy)).Score, Beam: f.Beam}
	whole := of(counts)
	s.BLEU, s.Ratio = whole.Score, whole.Length/math.Max(1, whole.ReferenceSize)
	if s.ChrF, err = (metric.ChrF{}).Corpus(e.best, e.pairs.to); err != nil {
		return err
	}
	s.Interval = task.IntervalOf(len(counts), func(some []int) float64 { return bleu.Score(sum(counts, some)).Score },
		e.depend, e.seed)
	s.Interval.Metric = "bleu"
	interval := ""
	if s.Interval.Why == "" {
		interval = fmt.Sprintf(" (95 %% interval %.1f to %.1f)", s.Interval.Low, s.Interval.High)
	}
	to.Say("%s translated: BLEU %.2f%s by beam %d, %.2f greedily; chrF %.1f", e.what, s.BLEU, interval, s.Beam, s.Greedy,
		s.ChrF)
	if err := to.Add("translation", s); err != nil {
		return err
	}
	if e.train == nil {
		return nil
	}
	return e.compare(counts, to)
}

// counts returns what each translation adds to BLEU.
func (e *evaluation) counts(translations []string) []metric.BLEUCounts {
	out := make([]metric.BLEUCounts, len(translations))
	for i, t := range translations {
		out[i] = metric.BLEU{}.Counts(t, e.pairs.to[i])
	}
	return out
}

// sum adds up the counts of some sentences; nil: all.
func sum(c []metric.BLEUCounts, some []int) (all metric.BLEUCounts) {
	if some == nil {
		for _, x := range c {
			all.Add(x)
		}
		return all
	}
	for _, i := range some {
		all.Add(c[i])
	}
	return all
}

// compare sets the translations beside the sources as they are and beside the translation of the nearest training
// sentence.
func (e *evaluation) compare(own []metric.BLEUCounts, to *task.Findings) error {
	found := newNearest(e.train.from)
	score := make([]float64, len(e.train.from))
	nearest := make([]string, len(e.pairs.from))
	for i, s := range e.pairs.from {
		nearest[i] = e.train.to[found.find(s, score)]
	}
	bleu := metric.BLEU{}
	total := bleu.Score(sum(own, nil)).Score
	var rivals []task.Rival
	var all [][]metric.BLEUCounts
	for _, b := range []struct {
		name, note, of string
		said           []string
	}{
		{"copy", "the source as it is", "copying the source", e.pairs.from},
		{"nearest", "the translation of the training sentence of the nearest words (tf-idf)", "the nearest training " +
			"sentence's translation", nearest},
	} {
		c := e.counts(b.said)
		v := bleu.Score(sum(c, nil)).Score
		to.Baselines = append(to.Baselines, task.Baseline{Name: b.name, Note: b.note, Part: e.part.String(),
			Metrics: train.Metrics{{Name: "bleu", Value: v}}})
		// One number stands for the whole: Against only looks for the best rival.
		rivals = append(rivals, task.Rival{Name: b.of, Losses: []float64{-v}})
		all = append(all, c)
	}
	p, rival, sentence := task.Against(rivals, func(k, _ int) task.Paired {
		i := task.IntervalOf(len(own), func(some []int) float64 {
			return bleu.Score(sum(own, some)).Score - bleu.Score(sum(all[k], some)).Score
		}, e.depend, e.seed)
		switch {
		case i.Why != "":
			return task.Paired{Test: i.Why}
		case i.Low > 0:
			return task.Paired{Verdict: task.Better, Test: difference(i)}
		case i.High < 0:
			return task.Paired{Verdict: task.Worse, Test: difference(i)}
		}
		return task.Paired{Test: difference(i)}
	})
	to.Judge(p.Verdict, fmt.Sprintf("%s: BLEU %.2f against %.2f on %s (%s)", sentence, total, -rivals[rival].Losses[0],
		e.what, p.Test))
	return nil
}

// difference says the interval of a difference of BLEU.
func difference(i task.Interval) string {
	return fmt.Sprintf("95 %% interval of the difference %.1f to %.1f, by resampled sentences", i.Low, i.High)
}

// write writes some translations beside their references.
func (e *evaluation) write(dir string, to *task.Findings) error {
	to.Files = append(to.Files, TranslationsFile)
	return file.Replace(filepath.Join(dir, TranslationsFile), func(w io.Writer) error {
		for i := range min(written, len(e.best)) {
			if _, err := fmt.Fprintf(w, "source       %s\nreference    %s\ntranslation  %s\n", e.pairs.from[i],
				e.pairs.to[i], e.best[i]); err != nil {
				return err
			}
			if e.greedy[i] != e.best[i] {
				if _, err := fmt.Fprintf(w, "greedily     %s\n", e.greedy[i]); err != nil {
					return err
				}
			}
			if _, err := io.WriteString(w, "\n"); err != nil {
				return err
			}
		}
		return nil
	})
}
