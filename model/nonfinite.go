package model

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"gorae/graph"
	"gorae/plan"
	"gorae/tensor"
)

// NonFiniteError is the error of an output that is NaN or infinite.
type NonFiniteError struct {
	Sample int    // number of the sample, from 0
	Output string // of the model
	At     []int  // the element of the sample's output
	Value  float32
	Cause  string // where NaN or infinity arose first; "" where that is not known
}

func (e *NonFiniteError) Error() string { return fmt.Sprintf("sample %d: %s", e.Sample, e.What()) }

// What returns the message without the sample.
func (e *NonFiniteError) What() string {
	text := fmt.Sprintf("the output %s is %s at %v", e.Output, tensor.Say(e.Value), e.At)
	if e.Cause != "" {
		text += ": " + e.Cause
	}
	return text
}

// Arose returns a message about the first NaN or infinity of a run and the operation that computed it.
func Arose(c *plan.NonFinite) string {
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

// input returns the number of the input that came with NaN or infinity, −1 if that is not where they came from.
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

// Finite returns a *[NonFiniteError] where the outputs y that the model has for samples x, in inference mode, hold NaN
// or infinity. The search for its cause computes the sample once more, and is done only then.
func (m *Model) Finite(y, x []*tensor.Tensor) error {
	for k, t := range y {
		i := t.NonFinite()
		if i < 0 {
			continue
		}
		at := t.Shape.Index(i)
		return &NonFiniteError{Sample: at[0], Output: m.OutputNames()[k], At: at[1:], Value: t.F32[i],
			Cause: m.NonFiniteCause(x, at[0])}
	}
	return nil
}

// NonFiniteCause returns a message about where NaN or infinity arises when one of the samples x goes through the model;
// "" where none does.
func (m *Model) NonFiniteCause(x []*tensor.Tensor, sample int) string {
	var one []*tensor.Tensor
	shorter := false // than the model's input, as sequences that are batched by length
	for i, t := range m.converted(x) {
		one = append(one, t.Rows(sample, sample+1))
		shorter = shorter || !one[i].Shape.Equal(m.InputTypes(1)[i].Shape)
	}
	p := NewProgram(func(t *Trace, nodes []*graph.Node) Traced {
		t.Shorter = shorter
		y := m.Trace(t, nodes...)
		return Traced{Outputs: y, Check: y}
	}, ProgramConfig{Models: []*Model{m}, ReadOnly: true})
	_, err := p.Run(one...)
	var n *plan.NonFinite
	if !errors.As(err, &n) {
		return ""
	}
	return Arose(n)
}
