package train

import (
	"fmt"

	"gorae/data"
	"gorae/loss"
	"gorae/tensor"
)

// labels looks for targets that the losses cannot work with, before anything runs.
func (o *objective) labels(part string, ds data.Dataset) error {
	var errs []error
	for i, l := range o.losses {
		traits := loss.TraitsOf(l)
		switch {
		case traits.Targets == loss.ClassNumbers:
			shape := o.model.OutputTypes(1)[i].Shape
			classes := shape[len(shape)-1]
			errs = append(errs, eachTarget(ds, i, func(v float64) error {
				if v != float64(int(v)) || v < 0 || v >= float64(classes) {
					return fmt.Errorf("is %v; the model has %d classes, numbered 0 to %d", v, classes, classes-1)
				}
				return nil
			}))
		case traits.Targets == loss.Shares && traits.Outputs == loss.EachOutput:
			errs = append(errs, eachTarget(ds, i, func(v float64) error {
				if !(v >= 0 && v <= 1) {
					return fmt.Errorf("is %v; %s takes targets from 0 to 1", v, lossName(l))
				}
				return nil
			}))
		}
	}
	if err := first(errs); err != nil {
		return fmt.Errorf("%s: %w", part, err)
	}
	return nil
}

// eachTarget calls f with every element of target k and names the first that it objects to. Datasets
// that are not in memory are not read for that: their batches meet the check for NaN.
func eachTarget(ds data.Dataset, k int, f func(v float64) error) error {
	rows, inMemory := []int(nil), false
	var m *data.Memory
	switch d := ds.(type) {
	case *data.Memory:
		m, inMemory = d, true
	case data.Subset:
		m, inMemory = d.Dataset.(*data.Memory)
		rows = d.Rows
	}
	if !inMemory {
		return nil
	}
	y := m.Targets[k].Tensor
	n := tensor.Shape(y.Shape[1:]).Size()
	for i := range ds.Len() {
		row := i
		if rows != nil {
			row = rows[i]
		}
		for e := row * n; e < (row+1)*n; e++ {
			if err := f(y.Float(e)); err != nil {
				return fmt.Errorf("%s at %s %w", m.Targets[k].Name, place(e, y.Shape), err)
			}
		}
	}
	return nil
}

// first is the first error of a list.
func first(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
