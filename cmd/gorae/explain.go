package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gorae/internal/file"
	"gorae/model"
	"gorae/word2vec"
)

var errUnexplained = errors.New("give --input and --output for pictures, --input for a table, or --near or --analogy " +
	"for word vectors")

type explainWords struct {
	Model   string   `arg:"" help:"Model file (.keras, .h5) of a network over pictures or rows of a table, or one of word vectors, also word2vec's or GloVe's."`
	Input   string   `placeholder:"FILE" help:"A picture, or a file or folder of which the first sample is taken; of a network over rows, a table of them, with targets where the importance of columns is asked for."`
	Output  string   `placeholder:"DIR" help:"Directory for pictures and tables; it is created."`
	Row     int      `placeholder:"N" help:"Of a table: what the columns of row N, from 1, contribute to its prediction (Shapley values)."`
	Near    string   `placeholder:"WORD" help:"Of word vectors: print the words whose vectors are nearest to that of a word."`
	Analogy []string `placeholder:"A,B,C" help:"Of word vectors: print the words that are to C as B is to A."`
	Count   int      `default:"10" placeholder:"N" help:"How many words --near and --analogy print."`
	Threads int      `placeholder:"N" help:"Threads to use; all cores if left out."`
}

// Run draws what the network sees.
func (w *explainWords) Run(o *environment) error {
	if err := threads(w.Threads); err != nil {
		return err
	}
	if w.Near != "" || len(w.Analogy) > 0 {
		return w.words(o)
	}
	if w.Input == "" {
		return usageError{errUnexplained}
	}
	p, err := o.open(w.Model)
	if err != nil {
		return err
	}
	columns := p.ExplainsColumns() && (w.Row != 0 || !p.ExplainsPictures())
	if w.Output == "" && !columns {
		return usageError{errUnexplained}
	}
	src, err := o.source(w.Input, "")
	if err != nil {
		return err
	}
	if columns {
		return w.columns(o, p, src)
	}
	if w.Row != 0 {
		return usageError{fmt.Errorf("--row is of a table, and %s takes no rows", w.Model)}
	}
	interrupted.set(otherPatience, "stopped before the end; some pictures may be missing, and each that is "+
		"there is whole")
	names, err := p.Explain(o.ctx, src, w.Output)
	if err != nil {
		return err
	}
	for _, n := range names {
		if _, err := fmt.Fprintln(o.report, n); err != nil {
			return err
		}
	}
	return nil
}

// words prints the words near another, or the answers to an analogy.
func (w *explainWords) words(o *environment) error {
	if w.Count < 1 {
		return usageError{fmt.Errorf("--count %d: give 1 or more", w.Count)}
	}
	if w.Near != "" && len(w.Analogy) > 0 {
		return usageError{fmt.Errorf("--near and --analogy are two questions; ask one at a time")}
	}
	v, err := o.vectors(w.Model)
	if err != nil {
		return err
	}
	near, err := v.Near(w.Near, w.Count)
	if len(w.Analogy) > 0 {
		if len(w.Analogy) != 3 {
			return usageError{fmt.Errorf("--analogy takes three words, as --analogy man,king,woman, not %d",
				len(w.Analogy))}
		}
		near, err = v.Analogy(w.Analogy[0], w.Analogy[1], w.Analogy[2], w.Count)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", w.Model, err)
	}
	for _, n := range near {
		if _, err := fmt.Fprintf(o.stdout, "%s\t%.4f\n", n.Word, n.Cosine); err != nil {
			return err
		}
	}
	return nil
}

// vectors reads word vectors: a model of them, or a file in one of the forms that package word2vec reads.
func (o *environment) vectors(path string) (*word2vec.Vectors, error) {
	if ext := strings.ToLower(filepath.Ext(path)); ext != ".keras" && ext != ".h5" {
		f, err := os.Open(path)
		if err != nil {
			return nil, file.OpenError(path, err)
		}
		defer func() { _ = f.Close() }() // it was only read
		return word2vec.Read(f, path)
	}
	b, err := o.open(path)
	if err != nil {
		return nil, err
	}
	words, ok := b.Fitted.(interface {
		Vectors(*model.Model) *word2vec.Vectors
	})
	if !ok {
		return nil, fmt.Errorf("%s: a model of %s, not of word vectors", path, b.Target())
	}
	return words.Vectors(b.Model), nil
}
