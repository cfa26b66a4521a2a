package experiment

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"gorae/data"
	"gorae/loss"
	"gorae/metric"
	"gorae/prep"
	"gorae/prep/text"
	"gorae/tensor"
)

// Recipe is what a model file carries besides the network, in member
// [RecipeMember]: how raw rows become the network's input, and what its output means.
type Recipe struct {
	Version int    `json:"version"`
	Name    string `json:"name,omitempty"`

	// Of Table, Array, Series, Sequence and Language one is set.
	Table    *prep.Pipeline  `json:"table,omitempty"`
	Array    *prep.Affine    `json:"array,omitempty"`
	Series   *FittedSeries   `json:"series,omitempty"`
	Sequence *FittedSequence `json:"sequence,omitempty"`
	// Figures says that Array was fitted on figures, not on bytes: figures go through it.
	Figures bool         `json:"figures,omitempty"`
	Sample  tensor.Shape `json:"sample,omitempty"` // the shape of one sample of an array
	Image   *Image       `json:"image,omitempty"`  // how pictures in files become samples
	// Language is the vocabulary of a language model; its Length is the window's.
	Language *text.Vocabulary `json:"language,omitempty"`
	CSV      data.CSVOptions  `json:"csv"`              // how the learning table was read
	Target   *prep.Target     `json:"target,omitempty"` // nil for what has targets of its own: a series, a language model

	// Loss and Metrics are as the experiment wrote them; evaluate uses them again.
	Loss    any     `json:"loss"`
	Metrics []Named `json:"metrics"`
}

// RecipeMember is the recipe's name within a model file.
const RecipeMember = "gorae/prep.json"

const recipeVersion = 1

// ParseRecipe reads a recipe and refuses one that could not have been written.
func ParseRecipe(b []byte) (*Recipe, error) {
	r := &Recipe{}
	if err := json.Unmarshal(b, r); err != nil {
		return nil, fmt.Errorf("%s: %w", RecipeMember, err)
	}
	if r.Version != recipeVersion {
		return nil, fmt.Errorf("%s: version %d; this program reads version %d", RecipeMember, r.Version, recipeVersion)
	}
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", RecipeMember, err)
	}
	return r, nil
}

// Features turns raw samples into the network's input, as in learning. Arrays are scaled
// as the learning data were, which for figures is not at all unless the experiment asked
// for it; where the learning data were bytes, or a table, an array of figures goes to the
// network as it is. A table for a network that
// learnt from arrays is taken as one row of numbers per sample.
func (r *Recipe) Features(src *data.Source) (*tensor.Tensor, error) {
	switch {
	case src.Table == nil && src.Arrays.X == nil:
		return nil, errors.New(noSamples(src.Arrays))
	case src.Table != nil && r.Table != nil:
		return r.Table.Apply(src.Table)
	case src.Table != nil:
		x, err := numbers(src.Table)
		if err != nil {
			return nil, err
		}
		if x, err = x.Reshape(append([]int{x.Shape[0]}, r.Sample...)...); err != nil {
			return nil, fmt.Errorf("%s: %d columns; the model takes samples of shape %v", src.Table.Name, len(src.Table.Columns), r.Sample)
		}
		return r.Array.Apply(x)
	case r.Array != nil && (r.Figures || src.Arrays.X.DType() == tensor.Uint8):
		return r.Array.Apply(src.Arrays.X)
	}
	return rawFloats(src.Arrays.X), nil
}

// numbers is a table of numbers as a tensor.
func numbers(t *data.Table) (*tensor.Tensor, error) {
	x := tensor.New(tensor.Float32, t.Rows, len(t.Columns))
	for k := range t.Columns {
		c := &t.Columns[k]
		for i := range t.Rows {
			v, err := c.Float(i)
			if err != nil {
				return nil, fmt.Errorf("%s: column %s: %w", t.Place(i), c.Name, err)
			}
			x.F32[i*len(t.Columns)+k] = float32(v)
		}
	}
	return x, nil
}

// rawFloats is an array as float32, its values unchanged.
func rawFloats(x *tensor.Tensor) *tensor.Tensor {
	if x.DType() == tensor.Float32 {
		return x
	}
	out := tensor.New(tensor.Float32, x.Shape...)
	for i := range out.F32 {
		out.F32[i] = float32(x.Float(i))
	}
	return out
}

// labels reads the targets of samples. column, if not "", names another column of
// a table than the learning data's.
func (r *Recipe) labels(src *data.Source, column string) (*tensor.Tensor, error) {
	if src.Metadata != nil {
		if column == "" {
			column = r.Target.Name
		}
		if r.Sequence == nil {
			if err := withoutClasses(src); err != nil {
				return nil, err
			}
		}
		c, err := src.Metadata.Column(column)
		if err != nil {
			return nil, fmt.Errorf("target: %w", err)
		}
		return r.Target.Encode(src.Metadata, c)
	}
	if src.Table == nil {
		if src.Arrays.Y == nil {
			return nil, fmt.Errorf("%s: samples without targets; name the file of the labels", src.Arrays.Name)
		}
		if n := src.Arrays.Y.Len(); n != src.Arrays.Len() {
			return nil, fmt.Errorf("%s: %d labels for %d samples; each sample needs one", src.Arrays.Name, n, src.Arrays.Len())
		}
		y, err := r.Target.EncodeLabels(src.Arrays.Y)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", src.Arrays.Name, err)
		}
		return y, nil
	}
	t := src.Table
	if column == "" {
		column = r.Target.Name
		if r.Table != nil && t.Unnamed() && r.Table.TargetColumn(0) >= 0 && len(t.Columns) == r.Table.Width {
			column = fmt.Sprint(r.Table.TargetColumn(0) + 1)
		}
	}
	c, err := t.Column(column)
	if err != nil {
		return nil, fmt.Errorf("target: %w", err)
	}
	return r.Target.Encode(t, c)
}

// beside puts encoded targets beside inputs, in the form that the loss compares with so many outputs.
func (r *Recipe) beside(x data.Dataset, y *tensor.Tensor, outputs int, l loss.Loss) (data.Dataset, error) {
	t, err := r.Target.Targets(y, prep.ClassEncoding(outputs, lossClass(l) == "SparseCategoricalCrossentropy"), outputs)
	if err != nil {
		return nil, err
	}
	return data.WithTargets(x, t)
}

// objective is the loss and the metrics, decoded again, behind them those of single targets; metrics see
// figures in the target's units.
func (r *Recipe) objective() (loss.Loss, []metric.Metric, error) {
	l, err := loss.Losses.Decode(r.Loss)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: loss: %w", RecipeMember, err)
	}
	var ms, each []metric.Metric
	a := r.applied()
	for _, n := range r.Metrics {
		m, err := decodeMetric(n.Written)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: metric %s: %w", RecipeMember, n.Name, err)
		}
		ms = append(ms, a.measure(n.Name, m, l))
		each = append(each, a.each(n.Name, m)...)
	}
	return l, append(ms, each...), nil
}

// decodeMetric reads a metric as it is written; the name of a loss is a metric too.
func decodeMetric(v any) (metric.Metric, error) {
	if s, ok := v.(string); ok {
		return metric.New(s)
	}
	return metric.Metrics.Decode(v)
}

// Classes names the classes, nil for a regression.
func (r *Recipe) Classes() []string {
	if r.Target == nil {
		return nil
	}
	return slices.Clone(r.Target.Classes)
}
