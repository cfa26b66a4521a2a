// Package sequence reads samples that are sequences of their own, of different
// lengths as they come: tables in long form, one CSV file per sequence in a folder or
// a zip file, UEA's .ts files, and arrays. A Set holds them end to end; Padded
// makes them a dataset, padded and with a mask, which a data.Loader with Bucket
// batches by length.
package sequence

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/data"
	"gorae/internal/words"
	"gorae/tensor"
)

// Set is sequences: sequence i is the rows Begin[i] … Begin[i+1] − 1 of Values.
type Set struct {
	Name     string
	Features []string // names of the columns of Values
	IDs      []string // what each sequence is called
	Begin    []int    // one more than there are sequences
	// Values are [steps of all sequences, features], Float32, with the float64 of the file (Original) where float32 is
	// too coarse for them.
	Values *tensor.Tensor
	Labels *data.Column // of the sequences, one each; nil: none
	// About is a table with a row for each sequence: its id, its label if there are labels, and what
	// else is known of it, such as the group that it belongs to.
	About  *data.Table
	Notes  []string // what a reader should know, one line each
	Others []string // files of a folder that hold no sequence, such as those about them
}

// Len returns the number of sequences.
func (s *Set) Len() int { return len(s.Begin) - 1 }

// Length returns the number of steps of sequence i.
func (s *Set) Length(i int) int { return s.Begin[i+1] - s.Begin[i] }

// Longest returns the largest of the lengths.
func (s *Set) Longest() int {
	most := 0
	for i := range s.Len() {
		most = max(most, s.Length(i))
	}
	return most
}

// View returns sequence i, [steps, features], in the set's own memory.
func (s *Set) View(i int) *tensor.Tensor { return s.Values.Rows(s.Begin[i], s.Begin[i+1]) }

// String returns a line about the set: "BasicMotions_TRAIN.ts: 40 sequences × 100 steps × 6 features".
func (s *Set) String() string {
	least := math.MaxInt
	for i := range s.Len() {
		least = min(least, s.Length(i))
	}
	steps := fmt.Sprint(s.Longest())
	if least < s.Longest() {
		steps = fmt.Sprintf("%d to %d", least, s.Longest())
	}
	return fmt.Sprintf("%s: %d sequences × %s steps × %d features", s.Name, s.Len(), steps, len(s.Features))
}

// builder gathers sequences of equal width.
type builder struct {
	set         Set
	values      []float64
	labels      []string
	labelColumn *data.Column  // the labels, where they came as a column
	id          string        // the name of the ids; "": sequence
	label       string        // that of the labels; "": label
	about       []data.Column // what else is known of each sequence
}

// add ends a sequence of the values gathered since the last.
func (b *builder) add(id string) {
	if len(b.set.Begin) == 0 {
		b.set.Begin = []int{0}
	}
	b.set.IDs = append(b.set.IDs, id)
	b.set.Begin = append(b.set.Begin, len(b.values)/len(b.set.Features))
}

// finish makes the set; labels are numbers where all are.
func (b *builder) finish() (*Set, error) {
	s := &b.set
	if len(s.IDs) == 0 {
		return nil, fmt.Errorf("%s: no sequences", s.Name)
	}
	s.Values = tensor.OfFloat64(b.values, len(b.values)/len(s.Features), len(s.Features))
	id := data.Column{Name: cmp.Or(b.id, "sequence"), Kind: data.Category, Strings: s.IDs,
		Missing: make([]bool, len(s.IDs))}
	s.About = &data.Table{Name: s.Name, Header: true, Rows: len(s.IDs), Columns: []data.Column{id}}
	if b.labels != nil && b.labelColumn == nil {
		c := data.Infer(cmp.Or(b.label, "label"), b.labels)
		b.labelColumn = &c
	}
	if b.labelColumn != nil {
		c := *b.labelColumn
		c.Name = cmp.Or(b.label, "label")
		s.Labels, s.About.Columns = &c, append(s.About.Columns, c)
	}
	s.About.Columns = append(s.About.Columns, b.about...)
	return s, nil
}

// finite returns v, and an error for a NaN or an infinity.
func finite(v float64) (float64, error) {
	if math.IsNaN(v) {
		return 0, fmt.Errorf("a missing value; fill it or remove the sequence")
	}
	if math.IsInf(v, 0) {
		return 0, fmt.Errorf("%v is no number to compute with; correct it or remove the sequence", v)
	}
	return v, nil
}

// FromArrays returns sequences out of tensors: x [samples, steps, features] or, for one feature, [samples, steps].
// Lengths, [samples], says how many leading steps of each are real; nil: all. With x [steps, features] and lengths that
// sum to its steps, sequences lie end to end. Labels may be nil.
func FromArrays(name string, x, lengths, labels *tensor.Tensor) (*Set, error) {
	if x == nil || len(x.Shape) < 2 || len(x.Shape) > 3 || x.Shape[len(x.Shape)-1] == 0 {
		return nil, fmt.Errorf("%s: sequences are [samples, steps, features], or [steps, features] with their lengths",
			name)
	}
	var n []int
	total := 0
	if lengths != nil {
		for i := range lengths.Len() {
			v := lengths.Float(i)
			if v != math.Trunc(v) || v < 1 || v > float64(x.Len()) {
				return nil, fmt.Errorf("%s: the length of sequence %d is %v; give 1 or more steps", name, i, v)
			}
			n = append(n, int(v))
			total += int(v)
		}
	}
	packed := len(x.Shape) == 2 && lengths != nil && total == x.Shape[0]
	var samples, steps, width int
	switch {
	case packed:
		samples, width = len(n), x.Shape[1]
	case len(x.Shape) == 3:
		samples, steps, width = x.Shape[0], x.Shape[1], x.Shape[2]
	default:
		samples, steps, width = x.Shape[0], x.Shape[1], 1
	}
	if lengths != nil && len(n) != samples {
		return nil, fmt.Errorf("%s: %d lengths for %d sequences", name, len(n), samples)
	}
	if labels != nil && (len(labels.Shape) == 0 || labels.Len() != samples) {
		return nil, fmt.Errorf("%s: labels of shape %v for %d sequences", name, labels.Shape, samples)
	}
	b := builder{set: Set{Name: name}}
	for k := range width {
		b.set.Features = append(b.set.Features, fmt.Sprintf("c%d", k+1))
	}
	if labels != nil {
		c := data.ColumnOf("label", labels)
		b.labelColumn = &c
	}
	at := 0
	for i := range samples {
		from, count := i*steps, steps
		if packed {
			from = at
		}
		if lengths != nil {
			count = n[i]
		}
		at += count
		if !packed && count > steps || count == 0 {
			return nil, fmt.Errorf("%s: sequence %d has %d steps of %d", name, i, count, steps)
		}
		for k := from * width; k < (from+count)*width; k++ {
			v, err := finite(x.Float(k))
			if err != nil {
				return nil, fmt.Errorf("%s: sequence %d, step %d: %w", name, i, (k-from*width)/width, err)
			}
			b.values = append(b.values, v)
		}
		b.add(fmt.Sprint(i))
	}
	return b.finish()
}

// FromSteps returns sequences out of numbers: of each sequence its steps, of each step a value for each feature.
func FromSteps(name string, features []string, all [][][]float64) (*Set, error) {
	b := builder{set: Set{Name: name, Features: features}}
	for i, steps := range all {
		if len(steps) == 0 {
			return nil, fmt.Errorf("%s: sequence %d has no steps", name, i+1)
		}
		for k, step := range steps {
			if len(step) != len(features) {
				return nil, fmt.Errorf("%s: sequence %d, step %d: %s; give one for each of %s", name, i+1, k+1,
					words.Plural(len(step), "value"), strings.Join(features, ", "))
			}
			for j, v := range step {
				if _, err := finite(v); err != nil {
					return nil, fmt.Errorf("%s: sequence %d, step %d, %s: %w", name, i+1, k+1, features[j], err)
				}
				b.values = append(b.values, v)
			}
		}
		b.add(fmt.Sprint(i + 1))
	}
	return b.finish()
}

// FromNPZ reads the arrays x, lengths and y of an .npz file and returns FromArrays of them.
func FromNPZ(name string, all []tensor.Named) (*Set, error) {
	find := func(names ...string) *tensor.Tensor {
		for _, n := range names {
			if i := slices.IndexFunc(all, func(a tensor.Named) bool { return a.Name == n }); i >= 0 {
				return all[i].Tensor
			}
		}
		return nil
	}
	x := find("x", "X", "values", "data", "x_train", "arr_0")
	if x == nil {
		return nil, fmt.Errorf("%s: no array x of sequences in it", name)
	}
	return FromArrays(name, x, find("lengths", "length"), find("y", "Y", "labels", "label", "y_train", "arr_1"))
}
