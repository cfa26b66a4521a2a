package supervised

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/data"
	"gorae/model"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// codeLayer is the name of the layer whose outputs are the codes.
const codeLayer = "code"

// Encoder is the part of an autoencoder up to its codes, and the groups of codes where they were looked for.
type Encoder struct {
	Layer  string  `json:"layer"` // whose outputs are the codes
	Codes  int     `json:"codes"`
	Groups *Groups `json:"groups,omitempty"`
}

// find sets Layer to the layer of m with the codes: the one called code, or else the only one with as many outputs for
// a sample.
func (e *Encoder) find(m *model.Model) error {
	var fitting []string
	for _, i := range m.Layers() {
		taps, err := m.Taps(i.Name())
		if err != nil { // it computes nothing, as an input
			continue
		}
		shape := tensor.Shape(taps.OutputTypes(1)[0].Shape[1:])
		if name := i.Name(); name == codeLayer {
			if shape.Size() != e.Codes {
				return task.Errorf("data.codes", "%d, but the layer code has %d outputs; give the layer %d", e.Codes,
					shape.Size(), e.Codes)
			}
			e.Layer = name
			return nil
		} else if shape.Size() == e.Codes {
			fitting = append(fitting, name)
		}
	}
	switch len(fitting) {
	case 0:
		return task.Errorf("data.codes", "no layer of the network has %d outputs; give one of them the name code and "+
			"%d outputs", e.Codes, e.Codes)
	case 1:
		e.Layer = fitting[0]
		return nil
	}
	return task.Errorf("data.codes", "%d layers have %d outputs: %s; give the one of the codes the name code",
		len(fitting), e.Codes, strings.Join(fitting, ", "))
}

// check returns an error unless m has the layer of the codes, and the groups are in the space of the codes.
func (e *Encoder) check(m *model.Model) error {
	taps, err := e.model(m)
	if err != nil {
		return err
	}
	if got := tensor.Shape(taps.OutputTypes(1)[0].Shape[1:]).Size(); got != e.Codes || got == 0 {
		return fmt.Errorf("layer %q gives %d codes, but there are to be %d", e.Layer, got, e.Codes)
	}
	if e.Groups == nil {
		return nil
	}
	if len(e.Groups.Centres) == 0 {
		return errors.New("there are groups without centres")
	}
	if slices.ContainsFunc(e.Groups.Centres, func(c []float64) bool { return len(c) != e.Codes }) {
		return fmt.Errorf("the centres of the groups are not of %d codes", e.Codes)
	}
	if m := e.Groups.Metric; m != nil && (len(m) != e.Codes ||
		slices.ContainsFunc(m, func(row []float64) bool { return len(row) != e.Codes })) {
		return fmt.Errorf("the metric of the groups is not of %d codes", e.Codes)
	}
	return nil
}

// model returns the network with the codes as an output before its own.
func (e *Encoder) model(m *model.Model) (*model.Model, error) {
	return m.Taps(e.Layer, m.OutputNames()[0])
}

// encode returns the codes of samples d.
func (e *Encoder) encode(ctx context.Context, m *model.Model, d data.Dataset) ([][]float64, error) {
	encoder, err := m.Upto(e.Layer)
	if err != nil {
		return nil, err
	}
	out := make([][]float64, d.Len())
	_, err = train.Evaluation{BatchSize: m.PredictBatch()}.Run(ctx, encoder,
		train.Data{Source: data.Untargeted{Dataset: d}}, train.ConsumerFunc(func(b *train.EvalBatch) error {
			for i, sample := range b.Samples {
				out[sample] = floats(b.Outputs[0].F32[i*e.Codes : (i+1)*e.Codes])
			}
			return nil
		}))
	return out, err
}

// explained returns the share of the variance of samples d, which x has too, that the network gives back; 0 where it
// does worse than their mean.
func (e *Encoder) explained(ctx context.Context, m *model.Model, d data.Dataset, x [][]float64) (float64, error) {
	mean, total, rest := means(x), 0.0, 0.0
	for _, row := range x {
		for k, v := range row {
			total += (v - mean[k]) * (v - mean[k])
		}
	}
	_, err := train.Evaluation{BatchSize: m.PredictBatch()}.Run(ctx, m, train.Data{Source: data.Untargeted{Dataset: d}},
		train.ConsumerFunc(func(b *train.EvalBatch) error {
			size := len(x[0])
			for i, sample := range b.Samples {
				for k, v := range b.Outputs[0].F32[i*size : (i+1)*size] {
					rest += (float64(v) - x[sample][k]) * (float64(v) - x[sample][k])
				}
			}
			return nil
		}))
	return max(0, 1-rest/max(total, math.SmallestNonzeroFloat64)), err
}

func floats(x []float32) []float64 {
	out := make([]float64, len(x))
	for k, v := range x {
		out[k] = float64(v)
	}
	return out
}
