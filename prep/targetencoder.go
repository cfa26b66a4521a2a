package prep

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"gorae/config"
	"gorae/data"
)

// TargetMean is the mean m of the target over the training rows of a category, drawn to the mean ȳ over all of them:
// λ·m + (1 − λ)·ȳ. Without smooth λ = s²·n / (s²·n + v), s² being the variance of the target over all rows, v within
// the category and n the category's rows (empirical Bayes); smooth t gives λ = n / (n + t). Missing values are a
// category, and one that training did not meet has ȳ. Numbers are taken as they are learnt, of two classes the second
// one as 1, of more classes and of labels each one as 1.
//
// A training row has the mean of the other folds, those that do not hold the row, so that its own target is not among
// its features; all other rows have the mean over all training rows. smooth (none) is a number from 0. cv (5)
// is the number of folds: at random from the seed, each with its share of the classes, or the rows of a group together
// where split.group is given. raw (false) leaves the means as they are; else each feature is brought to mean 0 and
// standard deviation 1 over the training rows. A column becomes one feature, or one for each of several classes or
// labels, for each target.
//
// Example: of targets 0, 1, 1, 1 with categories a, a, b, b and smooth 0, new rows have 0.5 for a and 1 for b with raw.
//
// Source: Micci-Barreca, "A Preprocessing Scheme for High-Cardinality Categorical Attributes" (2001); scikit-learn's
// TargetEncoder, which calls empirical Bayes smooth="auto".
type TargetMean struct {
	Smooth *float64 `keras:"smooth,min=0"`
	Folds  int      `keras:"cv,default=5,min=2,max=1000,what=number of folds"`
	// Raw is whether the means stay as they are.
	Raw bool `keras:"raw"`
}

// Fit implements Encoder.
func (e TargetMean) Fit(in *Fitting) (Encoded, error) {
	if len(in.Targets) == 0 {
		return nil, config.Errorf("encode", "%s: target needs a target that is a column", in.Table.Name).
			Fix("give hash, onehot or integer")
	}
	n, folds := in.Column.Len(), e.Folds
	if folds == 0 {
		folds = 5
	}
	fold, err := in.folds(folds)
	if err != nil {
		return nil, err
	}
	codes, levels := in.Column.Codes()
	for i, k := range codes {
		if k < 0 {
			codes[i] = len(levels)
		}
	}
	s := &targetMeans{Levels: levels}
	in.own = make([][]float32, n)
	width := len(in.Targets)
	features := make([]float32, n*width)
	for i := range in.own {
		in.own[i] = features[i*width : (i+1)*width]
	}
	for k, y := range in.Targets {
		m := targetMean{Shift: 0, Divisor: 1, Name: in.Names[k]}
		m.fit(e.Smooth, codes, y, fold, -1, len(levels)+1)
		own := make([]float64, n)
		for f := range slices.Max(fold) + 1 {
			var part targetMean
			part.fit(e.Smooth, codes, y, fold, f, len(levels)+1)
			for i, of := range fold {
				if of == f {
					own[i] = part.Means[codes[i]]
				}
			}
		}
		if !e.Raw {
			l := standard(own)
			m.Shift, m.Divisor = l.Shift, l.Divisor
		}
		for i, v := range own {
			in.own[i][k] = float32((v - m.Shift) / m.Divisor)
		}
		s.Targets = append(s.Targets, m)
	}
	return s, nil
}

// folds returns the fold of each training row; one fold of a row alone.
func (in *Fitting) folds(k int) ([]int, error) {
	n := in.Column.Len()
	fold := make([]int, n)
	by, key := data.Random, []int(nil)
	switch {
	case in.Groups != nil:
		by, key = data.Group, in.Groups
		k = min(k, len(slices.Compact(slices.Sorted(slices.Values(key)))))
	case in.Strata != nil:
		by, key = data.Stratified, in.Strata
	}
	if k = min(k, n); k < 2 {
		return fold, nil
	}
	parts, err := data.Folds(n, k, by, key, in.Seed)
	if err != nil {
		return nil, err
	}
	for f, rows := range parts {
		for _, i := range rows {
			fold[i] = f
		}
	}
	return fold, nil
}

// Blank implements Encoder.
func (TargetMean) Blank() Encoded { return &targetMeans{} }

// targetMeans is TargetMean fitted.
type targetMeans struct {
	Levels  []string     `json:"levels"`
	Targets []targetMean `json:"targets"`

	index map[string]int
}

// targetMean is the means of a number that is learnt: one for each category and, last, one for missing values.
type targetMean struct {
	Name    string    `json:"name"`
	Means   []float64 `json:"means"`
	Mean    float64   `json:"mean"` // of categories that training did not meet
	Shift   float64   `json:"shift"`
	Divisor float64   `json:"divisor"`
}

// UnmarshalJSON reads a saved encoding and refuses one that could not have been fitted.
func (s *targetMeans) UnmarshalJSON(b []byte) error {
	type plain targetMeans
	if err := json.Unmarshal(b, (*plain)(s)); err != nil {
		return err
	}
	for _, m := range s.Targets {
		if len(m.Means) != len(s.Levels)+1 {
			return fmt.Errorf("target means of %d values for %d levels", len(m.Means), len(s.Levels))
		}
	}
	return nil
}

// fit sets the means over the rows that are not in a fold; where that leaves none, over all rows.
func (m *targetMean) fit(smooth *float64, codes []int, y []float64, fold []int, without, levels int) {
	rows := make([]int, 0, len(y))
	for i := range y {
		if fold[i] != without {
			rows = append(rows, i)
		}
	}
	if len(rows) == 0 {
		rows = data.Range(len(y))
	}
	all := make([]float64, len(rows))
	sums, counts := make([]float64, levels), make([]float64, levels)
	for at, i := range rows {
		all[at] = y[i]
		sums[codes[i]] += y[i]
		counts[codes[i]]++
	}
	m.Mean, m.Means = mean(all), make([]float64, levels)
	squares := make([]float64, levels)
	for _, i := range rows {
		k := codes[i]
		d := y[i] - sums[k]/counts[k]
		squares[k] += d * d
	}
	variance := math.Pow(deviation(all, m.Mean), 2)
	for k, n := range counts {
		own, share := sums[k]/n, 1.0
		switch {
		case n == 0:
			m.Means[k] = m.Mean
			continue
		case smooth == nil:
			if share = variance * n / (variance*n + squares[k]/n); math.IsNaN(share) {
				share = 0
			}
		default:
			share = n / (n + *smooth)
		}
		m.Means[k] = share*own + (1-share)*m.Mean
	}
}

func (s *targetMeans) prepare(f *Fitted) { s.index = indexLevels(s.Levels, f.Reading) }

func (s *targetMeans) knows(level string) bool {
	_, known := s.index[level]
	return known
}

func (s *targetMeans) levels() []string { return s.Levels }

// Width implements Encoded.
func (s *targetMeans) Width() int { return len(s.Targets) }

// Names implements Encoded.
func (s *targetMeans) Names(column string) []string {
	names := make([]string, len(s.Targets))
	for k, m := range s.Targets {
		names[k] = column + " → " + m.Name
	}
	return names
}

// Bind implements Encoded.
func (s *targetMeans) Bind(_ *data.Table, c *data.Column) (Row, error) {
	at := placesOf(c, s.index)
	return func(to []float32, r int) error {
		k := at(r)
		if k == -2 {
			k = len(s.Levels)
		}
		for j := range s.Targets {
			m := &s.Targets[j]
			v := m.Mean
			if k >= 0 {
				v = m.Means[k]
			}
			to[j] = float32((v - m.Shift) / m.Divisor)
		}
		return nil
	}, nil
}

// Check implements Encoded.
func (s *targetMeans) Check() error {
	if len(s.Targets) == 0 {
		return fmt.Errorf("no means of a target")
	}
	for _, m := range s.Targets {
		if len(m.Means) != len(s.Levels)+1 {
			return fmt.Errorf("%d means for %d categories and missing values", len(m.Means), len(s.Levels))
		}
		if !finite(m.Means...) || !finite(m.Mean, m.Shift, m.Divisor) || m.Divisor == 0 {
			return fmt.Errorf("a mean of the target %s that is no number", m.Name)
		}
	}
	return twice(s.Levels)
}

// add adds a target's numbers, or its classes or labels, to what encodings are fitted to.
func (in *Fitting) add(train *data.Table, g *Target) error {
	var columns []*data.Column
	for _, name := range g.Columns() {
		c, err := train.Column(name)
		if err != nil {
			return err
		}
		columns = append(columns, c)
	}
	y, err := g.Encode(train, columns...)
	if err != nil {
		return err
	}
	n, width := y.Shape[0], y.Len()/max(1, y.Shape[0])
	one := func(name string, value func(i int) float64) {
		t := make([]float64, n)
		for i := range t {
			t[i] = value(i)
		}
		in.Targets, in.Names = append(in.Targets, t), append(in.Names, name)
	}
	is := func(same bool) float64 {
		if same {
			return 1
		}
		return 0
	}
	switch g.Task {
	case Regression:
		one(g.Name, func(i int) float64 { return g.learnt(y.F32[i*width : (i+1)*width]) })
	case Labels:
		for k, l := range g.Classes {
			one(g.Name+"="+l, func(i int) float64 { return float64(y.F32[i*width+k]) })
		}
	default:
		for k, l := range g.Classes {
			if k > 0 || len(g.Classes) > 2 {
				one(g.Name+"="+l, func(i int) float64 { return is(int(y.I32[i]) == k) })
			}
		}
		if in.Strata == nil && len(in.Targets) > 0 {
			in.Strata = make([]int, n)
			for i, k := range y.I32 {
				in.Strata[i] = int(k)
			}
		}
	}
	return nil
}
