package train

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"gorae/data"
	"gorae/graph"
	"gorae/model"
	"gorae/plan"
	"gorae/tensor"
)

// NonFiniteError is the error of an evaluation in which an output is NaN or infinite (Evaluation.Finite).
type NonFiniteError struct {
	Sample int    // number of the sample in the data, from 0
	Output string // of the model
	At     []int  // the element of the sample's output
	Value  float32
	Cause  string // where NaN or infinity arose first; "" where that is not known
}

func (e *NonFiniteError) Error() string { return fmt.Sprintf("sample %d: %s", e.Sample, e.What()) }

// What says everything but the sample.
func (e *NonFiniteError) What() string {
	text := fmt.Sprintf("the output %s is %s at %v", e.Output, tensor.Say(e.Value), e.At)
	if e.Cause != "" {
		text += ": " + e.Cause
	}
	return text
}

// arose says what arose, and which operation gave the first value that is no number.
func arose(c *plan.NonFinite) string {
	if c.What == "" {
		return "NaN or infinity arose"
	}
	value, what := tensor.Say(float32(c.Value)), "NaN"
	if math.IsInf(c.Value, 0) {
		what = "infinity"
	}
	name := c.What
	if i := strings.IndexByte(name, '('); i >= 0 {
		name = name[:i] // without attributes
	}
	switch path, update := strings.CutPrefix(c.Label, "optimizer/"); {
	case input(c) >= 0:
		return "the inputs hold " + value
	case c.Leaf:
		return c.What + " holds " + value
	case update:
		return fmt.Sprintf("%s arose in the update of %s: %s gave %s first", what, path, name, value)
	case c.Label != "":
		return fmt.Sprintf("%s arose in %s: %s gave %s first", what, c.Label, name, value)
	}
	return fmt.Sprintf("%s arose: %s gave %s first", what, name, value)
}

// input is the number of the input that came with NaN or infinity, −1 if that is not where they came from.
func input(c *plan.NonFinite) int {
	if !c.Leaf {
		return -1
	}
	_, rest, ok := strings.Cut(c.What, "(in/")
	if !ok {
		return -1
	}
	k, err := strconv.Atoi(strings.TrimRight(rest, ")"))
	if err != nil {
		return -1
	}
	return k
}

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
	for k, y := range outs {
		i := y.NonFinite()
		if i < 0 {
			continue
		}
		at := y.Shape.Index(i)
		row := at[0]
		err := &NonFiniteError{Sample: b.Samples[row], Output: e.o.model.OutputNames()[k], At: at[1:], Value: y.F32[i],
			Cause: e.feed.place(b, in[:e.o.inputs])}
		if err.Cause == "" {
			err.Cause = e.cause(in[:e.o.inputs], row)
		}
		return err
	}
	if e.o.losses == nil {
		return nil
	}
	if what := e.feed.place(b, in[:e.o.inputs+e.o.targets]); what != "" {
		return errors.New(what + "; give a number, or drop the sample")
	}
	return nil
}

// cause is where NaN or infinity arises on the way of one sample through the model.
func (e *evaluator) cause(in []*tensor.Tensor, row int) string {
	p := model.NewProgram(func(t *model.Trace, nodes []*graph.Node) model.Traced {
		y := e.o.predictions(t, nodes)
		return model.Traced{Outputs: y, Check: y}
	}, model.ProgramConfig{Models: []*model.Model{e.o.model}, ReadOnly: true})
	var one []*tensor.Tensor
	for _, x := range in {
		one = append(one, x.Rows(row, row+1))
	}
	_, err := p.Run(one...)
	var n *plan.NonFinite
	if !errors.As(err, &n) {
		return ""
	}
	return arose(n)
}
