package task

import (
	"fmt"
	"slices"
	"sync"

	"gorae/data"
	"gorae/loss"
	"gorae/prep"
	"gorae/tensor"
)

// Encode returns a dataset whose class targets have the encoding that the losses compare with outputs of these shapes:
// class numbers, one-hot rows, or 0 and 1 for a single output value. Other targets are unchanged.
func Encode(d data.Dataset, outputs []Output, losses []loss.Loss, shapes []tensor.Shape) data.Dataset {
	if d == nil {
		return nil
	}
	e := encoded{Dataset: d, spec: d.Spec()}
	e.spec.Targets = slices.Clone(e.spec.Targets)
	e.inputs = len(e.spec.Inputs)
	changed := false
	for k := range e.spec.Targets {
		f := &e.spec.Targets[k]
		how := prep.ClassIDs
		if k < len(outputs) && outputs[k].Classes != nil && f.DType == tensor.Int32 && len(f.Shape) == 0 {
			width := shapes[k][len(shapes[k])-1]
			how = prep.ClassEncoding(width, loss.TraitsOf(losses[k]).Targets == loss.ClassNumbers)
			switch how {
			case prep.ZeroOne:
				f.DType, f.Shape, changed = tensor.Float32, tensor.Shape{1}, true
			case prep.OneHot:
				f.DType, f.Shape, changed = tensor.Float32, tensor.Shape{width}, true
			}
		}
		e.how = append(e.how, how)
	}
	if !changed {
		return d
	}
	e.pool = &sync.Pool{New: func() any { return &classRow{ids: make([]int32, len(e.how))} }}
	e.batches = &sync.Pool{New: func() any {
		b := &classBatch{ids: make([]tensor.Tensor, len(e.how))}
		for k := range b.ids {
			b.ids[k].Shape = tensor.Shape{0}
		}
		return b
	}}
	return e
}

// encoded is a dataset with encoded classes.
type encoded struct {
	data.Dataset
	spec    data.Spec
	inputs  int
	how     []prep.Encoding // by target
	pool    *sync.Pool      // of *classRow
	batches *sync.Pool      // of *classBatch
}

// classRow is a row whose class targets are numbers.
type classRow struct {
	row data.Row
	ids []int32 // by target
}

// classBatch is a batch whose class targets are numbers.
type classBatch struct {
	to  []*tensor.Tensor
	ids []tensor.Tensor // by target
}

// Unwrap returns the dataset with class numbers.
func (e encoded) Unwrap() data.Dataset { return e.Dataset }

// Spec implements data.Dataset.
func (e encoded) Spec() data.Spec { return e.spec }

// Read reads sample i and encodes its classes.
func (e encoded) Read(epoch, i int, row data.Row) error {
	held := e.pool.Get().(*classRow)
	defer e.pool.Put(held)
	held.row = append(held.row[:0], row...)
	for k, how := range e.how {
		if at := e.inputs + k; at < len(row) && how != prep.ClassIDs {
			held.row[at] = tensor.Tensor{Shape: tensor.Shape{}, I32: held.ids[k : k+1]}
		}
	}
	if err := e.Dataset.Read(epoch, i, held.row); err != nil {
		return err
	}
	for k, how := range e.how {
		if at := e.inputs + k; at < len(row) && how != prep.ClassIDs {
			if err := e.encode(k, row[at].F32, held.ids[k], i); err != nil {
				return err
			}
		}
	}
	return nil
}

// ReadBatch implements data.Batcher.
func (e encoded) ReadBatch(epoch int, samples []int, to []*tensor.Tensor) (int, error) {
	held := e.batches.Get().(*classBatch)
	defer e.batches.Put(held)
	held.to = append(held.to[:0], to...)
	for k, how := range e.how {
		if at := e.inputs + k; at < len(to) && how != prep.ClassIDs {
			t := &held.ids[k]
			t.I32 = slices.Grow(t.I32[:0], len(samples))[:len(samples)]
			t.Shape[0], held.to[at] = len(samples), t
		}
	}
	n, err := data.ReadBatch(e.Dataset, epoch, samples, held.to)
	for k, how := range e.how {
		at := e.inputs + k
		if at >= len(to) || how == prep.ClassIDs {
			continue
		}
		width := len(to[at].F32) / len(samples)
		for i, class := range held.ids[k].I32[:n] {
			if wrong := e.encode(k, to[at].F32[i*width:(i+1)*width], class, samples[i]); wrong != nil {
				n, err = i, wrong
				break
			}
		}
	}
	return n, err
}

// encode writes the encoding of a class of target k.
func (e encoded) encode(k int, to []float32, class int32, sample int) error {
	if e.how[k] == prep.ZeroOne {
		to[0] = float32(class)
		return nil
	}
	if class < 0 || int(class) >= len(to) {
		return fmt.Errorf("target %s: class %d of sample %d is none of %d outputs", e.spec.Targets[k].Name, class,
			sample, len(to))
	}
	clear(to)
	to[class] = 1
	return nil
}
