package train

import (
	"errors"
	"fmt"

	"gorae/data"
	"gorae/model"
	"gorae/tensor"
)

// place is the first number of a batch's tensors that is not finite: the field, the sample and the element of it; ""
// where there is none.
func (f *feed) place(b *data.Batch, in []*tensor.Tensor) string {
	fields := f.loader.Data.Spec().Fields()
	for k, t := range in[:min(len(in), len(fields))] {
		i := t.NonFinite()
		if i < 0 {
			continue
		}
		at := t.Shape.Index(i)
		return fmt.Sprintf("%s of sample %d is %s at %v", fields[k].Name, b.Samples[at[0]], tensor.Say(t.F32[i]),
			at[1:])
	}
	return ""
}

// finite finds an output of a batch that is not finite, and where it came from, or a target.
func (e *evaluator) finite(b *data.Batch, in, outs []*tensor.Tensor) error {
	var bad *model.NonFiniteError
	if err := e.o.model.Finite(outs, in[:e.o.inputs]); errors.As(err, &bad) {
		bad.Sample = b.Samples[bad.Sample]
		if from := e.feed.place(b, in[:e.o.inputs]); from != "" {
			bad.Cause = from
		}
		return bad
	}
	if e.o.losses == nil {
		return nil
	}
	if what := e.feed.place(b, in[:e.o.inputs+e.o.targets]); what != "" {
		return errors.New(what + "; give a number, or drop the sample")
	}
	return nil
}
