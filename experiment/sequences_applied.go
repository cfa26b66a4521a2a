package experiment

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"gorae/data"
	"gorae/data/sequence"
	"gorae/loss"
	"gorae/source"
)

// appliedSequence reads sequences as the learning ones were.
type appliedSequence struct{ plain }

func (a appliedSequence) check() error {
	s := a.recipe.Sequence
	finite := func(list []float64) bool {
		return !slices.ContainsFunc(list, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
	}
	switch {
	case len(s.Names) == 0 || s.Length < 1:
		return fmt.Errorf("sequences of %d steps and %d features", s.Length, len(s.Names))
	case (s.Shift != nil || s.Divisor != nil) && (len(s.Shift) != len(s.Names) || len(s.Divisor) != len(s.Names)),
		!finite(s.Shift) || !finite(s.Divisor) || slices.Contains(s.Divisor, 0):
		return fmt.Errorf("the scale of the sequences does not fit their %d features", len(s.Names))
	}
	return a.plain.check()
}

func (a appliedSequence) read(p *Product, path string, stdin io.Reader, labels string) (*data.Source, error) {
	s := a.recipe.Sequence
	reading := s.Reading
	reading.MayLack = true
	if labels != "" {
		reading.Labels = labels
	}
	if reading.ID != "" {
		reading.Features = s.Names
	}
	var set *sequence.Set
	st, err := os.Stat(path)
	note, several := "", err != nil || st.IsDir() || sequence.IsFile(path) || strings.HasSuffix(strings.ToLower(path), ".npz")
	if path == "-" || strings.HasPrefix(path, data.Embed) || !several {
		var src *data.Source
		if src, err = read(path, stdin, source.Options{CSV: a.recipe.CSV}); err != nil {
			return nil, err
		}
		if src.Table == nil {
			return src, nil // an array goes to the network as it is
		}
		if reading.ID == "" { // the learning sequences were no table
			if reading, note, err = reading.ForTable(src.Table, s.Names, a.recipe.Target.Name); err != nil {
				return nil, err
			}
		}
		set, err = reading.From(src)
	} else {
		set, err = reading.Open(path, a.recipe.CSV)
	}
	if err != nil {
		return nil, err
	}
	if note != "" {
		set.Features, set.About.Notes = s.Names, append([]string{note}, set.Notes...)
	}
	padded, err := s.padded(set)
	if err != nil {
		return nil, err
	}
	return &data.Source{Dataset: padded, Name: set.Name, Metadata: set.About}, nil
}

func (a appliedSequence) inputs(p *Product, src *data.Source) (data.Dataset, error) {
	if src.Dataset != nil {
		return src.Dataset, nil
	}
	if src.Arrays == nil || src.Arrays.X == nil {
		return nil, fmt.Errorf("%s: no sequences; read it with the product's Read", sourceName(src))
	}
	x := rawFloats(src.Arrays.X)
	if want := p.Model.InputTypes(1)[0].Shape[1:]; !x.Shape[1:].Equal(want) {
		return nil, fmt.Errorf("%s: sequences of shape %v, but the model takes %v", src.Arrays.Name, x.Shape[1:], want)
	}
	if err := checkFinite(src, x); err != nil {
		return nil, err
	}
	return data.Of(x, nil)
}

func (a appliedSequence) pairs(p *Product, src *data.Source, target string, l loss.Loss) (data.Dataset, error) {
	x, err := a.inputs(p, src)
	if err != nil {
		return nil, err
	}
	y, err := a.recipe.labels(src, target)
	if err != nil {
		return nil, err
	}
	return a.recipe.beside(x, y, p.outputs(), l)
}

func (a appliedSequence) remark(context.Context, *Product, *data.Source, *Remarks) error { return nil }
