package bundle

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/task"
	"gorae/tensor"
)

// Spread adds to the predictions of an ensemble how far its networks are apart: behind each column of predictions one
// that is called spread, or spread(NAME) where there are several. Of a number it is the standard deviation of the
// networks' predictions (divided by their number − 1), in the units of the target; of a class that of the probability
// that they give it. Networks of one kind that learn from the same samples have errors in common: the spread is no
// interval, and tells samples apart of which the training said more or less.
func (b *Bundle) Spread(ctx context.Context, bound *task.Bound) error {
	networks := b.Model.Networks()
	if networks == nil {
		return fmt.Errorf("%s: is one network; a spread is of several (train: {ensemble: 5})", b.path)
	}
	if bound.Decode == nil || bound.Predict != nil || bound.Model != nil {
		return fmt.Errorf("%s: its predictions are no rows of classes or numbers, and have no spread", b.path)
	}
	each := make([][]*tensor.Tensor, len(networks))
	for k, m := range networks {
		if err := m.Build(0); err != nil {
			return err
		}
		one := *bound
		one.Model = m
		var err error
		if each[k], err = b.Predict(ctx, &one); err != nil {
			return err
		}
	}
	s := &spread{decode: bound.Decode, each: each}
	var header []string
	for k, name := range bound.Header {
		header = append(header, name)
		if of, ok := strings.CutPrefix(name, "prediction"); ok {
			header = append(header, "spread"+of)
			s.predictions = append(s.predictions, k)
			s.probabilities = append(s.probabilities, probabilities(bound.Header, of))
		}
	}
	if s.predictions == nil {
		return fmt.Errorf("%s: its predictions have no column prediction, and no spread", b.path)
	}
	bound.Header, bound.Decode = header, s.rows
	return nil
}

// probabilities returns the column of the probability of each class of an output: p(CLASS), or p(NAME=CLASS) where of
// is (NAME).
func probabilities(header []string, of string) map[string]int {
	before := "p("
	if of != "" {
		before = "p" + strings.TrimSuffix(of, ")") + "="
	}
	columns := map[string]int{}
	for k, h := range header {
		if class, ok := strings.CutPrefix(h, before); ok {
			columns[strings.TrimSuffix(class, ")")] = k
		}
	}
	return columns
}

// spread is the predictions of the networks of an ensemble beside their mean.
type spread struct {
	decode        func(outputs []*tensor.Tensor, i int) ([][]any, error)
	each          [][]*tensor.Tensor // outputs, by network
	predictions   []int              // columns
	probabilities []map[string]int   // by prediction: of the classes
}

// rows returns the predictions for sample i with the spread behind each.
func (s *spread) rows(outputs []*tensor.Tensor, i int) ([][]any, error) {
	rows, err := s.decode(outputs, i)
	if err != nil {
		return nil, err
	}
	var each [][][]any
	for _, o := range s.each {
		r, err := s.decode(o, i)
		if err != nil {
			return nil, err
		}
		each = append(each, r)
	}
	for r, row := range rows {
		for p, column := range slices.Backward(s.predictions) {
			of := column
			if _, number := float(row[column]); !number {
				var ok bool
				if of, ok = s.probabilities[p][fmt.Sprint(row[column])]; !ok {
					rows[r] = slices.Insert(rows[r], column+1, any(nil))
					continue
				}
			}
			values := make([]float64, len(each))
			for k := range each {
				values[k], _ = float(each[k][r][of])
			}
			rows[r] = slices.Insert(rows[r], column+1, any(deviation(values)))
		}
	}
	return rows, nil
}

// float returns a value of a row that is a number; whole numbers are classes.
func float(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case float32:
		return float64(v), true
	}
	return math.NaN(), false
}

// deviation returns √(Σ(x − mean)² / (n − 1)).
func deviation(x []float64) float64 {
	mean, sum := 0.0, 0.0
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		sum += (v - mean) * (v - mean)
	}
	return math.Sqrt(sum / float64(len(x)-1))
}
