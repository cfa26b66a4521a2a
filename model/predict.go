package model

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"gorae/graph"
	"gorae/internal/ram"
	"gorae/layer"
	"gorae/plan"
	"gorae/tensor"
)

// predictBatch is the number of samples that one run predicts: more costs memory and gains nothing, since the rows of a
// product are cut into blocks anyway.
const predictBatch = 256

// predictMost is the number of elements that the results of a model's largest layer may have for one batch: 256 MiB. A
// model that is trained in batches of 32 must not run out of memory when 256 samples are predicted. Where the process
// may use less than 2 GiB, it is an eighth of that.
func predictMost() int {
	const most = 1 << 26
	if t := ram.Total(); t > 0 {
		return int(min(most, t/8/4))
	}
	return most
}

// PredictBatch returns the number of samples that one run predicts, and that are worth reading at a time: 256, or fewer
// for models with very large layers.
func (m *Model) PredictBatch() int {
	return max(1, min(predictBatch, predictMost()/m.LargestOutput()))
}

// LargestOutput returns how many numbers the largest output of a layer has for one sample, at least 1.
func (m *Model) LargestOutput() int {
	most := 1
	for _, t := range m.types { // of a batch of two
		most = max(most, t.Shape.Size()/2)
	}
	return most
}

// loopBatch is the number of samples that one run predicts where a model has loops over steps. Their kernels add up in
// an order that depends on the number of samples: those for one sample split each sum, to be fast. Of 16 samples all go
// through the same kernels.
const loopBatch = 16

// AlikeBatch returns the number of samples that one run has to take, filled up with zeros where there are fewer, so
// that the prediction of each is the same to the bit whatever the others are and however many they are.
func (m *Model) AlikeBatch() int {
	if m.loops && !m.stateful {
		return min(loopBatch, m.PredictBatch())
	}
	return m.PredictBatch()
}

// Alike reports whether n samples in one run are predicted as they would be among others.
func (m *Model) Alike(n int) bool { return !m.loops || m.stateful || n == m.AlikeBatch() }

// hasLoops reports whether a graph has loops over steps.
func hasLoops(g *graph.Graph) bool {
	return slices.ContainsFunc(g.Calls, func(c *graph.Call) bool {
		_, loop := c.Op.(graph.Scan)
		return loop
	})
}

// prediction is the program that predicts, and the executor of all programs of a model.
type prediction struct {
	executor plan.Executor // nil: plan.CPU
	once     sync.Once
	program  *Program
	batch    int // PredictBatch of the built model
}

// predictor returns the program of prediction.
func (m *Model) predictor() *Program {
	m.predict.once.Do(func() {
		m.predict.batch = m.PredictBatch()
		m.predict.program = NewProgram(func(t *Trace, in []*graph.Node) Traced {
			return Traced{Outputs: m.Trace(t, in...)}
		}, ProgramConfig{Models: []*Model{m}, Inputs: m.leafNames()})
	})
	return m.predict.program
}

// SetExecutor makes predictions, gradients and training steps of the model run on an executor; nil means plan.CPU.
// It is called before the model is used: programs that are compiled already stay as they are.
func (m *Model) SetExecutor(e plan.Executor) { m.predict.executor = e }

// leafName returns the name of an input's leaf.
func (m *Model) leafName(v *Value) string { return "input/" + m.valueName(v) }

// leafNames returns the names of the inputs' leaves.
func (m *Model) leafNames() []string {
	var names []string
	for _, v := range m.inputs {
		names = append(names, m.leafName(v))
	}
	return names
}

// Predict computes the outputs for samples x, one tensor for each input, whose first axis counts the samples. The
// prediction of a sample does not depend on the samples beside it, nor on their number. Any number of goroutines may
// predict, also while the model is trained.
func (m *Model) Predict(ctx context.Context, x ...*tensor.Tensor) ([]*tensor.Tensor, error) {
	n, err := m.samples(x)
	if err != nil {
		return nil, err
	}
	types, err := m.OutputTypesFor(n, shapes(x)...)
	if err != nil {
		return nil, err
	}
	var dst []*tensor.Tensor
	bytes := 0.0
	for _, t := range types {
		bytes += 4 * float64(t.Shape.Size())
	}
	if err := ram.FitsBeside(bytes); err != nil {
		return nil, fmt.Errorf("the outputs of %d samples: %w; give fewer samples at a time", n, err)
	}
	for _, t := range types {
		dst = append(dst, tensor.New(t.DType, t.Shape...))
	}
	if m.loops && !m.stateful {
		return dst, m.predictAlike(ctx, dst, x)
	}
	return dst, m.PredictInto(ctx, dst, x...)
}

// predictAlike predicts with a loop's batch in each run.
func (m *Model) predictAlike(ctx context.Context, dst, x []*tensor.Tensor) error {
	x, p, n, batch := m.converted(x), m.predictor(), x[0].Shape[0], m.AlikeBatch()
	whole := n / batch * batch
	for at := 0; at < whole; at += batch {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := predictRows(p, dst, x, at, at+batch); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil || whole == n {
		return err
	}
	var rest []*tensor.Tensor
	for _, t := range x {
		rest = append(rest, Padded(t.Rows(whole, n), batch))
	}
	e, err := p.Borrow(rest...)
	if err != nil {
		return err
	}
	defer e.Release()
	if err := e.Run(); err != nil {
		return err
	}
	for k, d := range dst {
		row := d.Len() / n
		o := e.Output(k).Rows(0, n-whole)
		copy(tail(d.F32, whole*row), o.F32)
		copy(tail(d.I32, whole*row), o.I32)
	}
	return nil
}

// Padded returns the samples x followed by zeros, to the given number of rows.
func Padded(x *tensor.Tensor, rows int) *tensor.Tensor {
	shape := x.Shape.Clone()
	shape[0] = rows
	p := tensor.New(x.DType(), shape...)
	copy(p.F32, x.F32)
	copy(p.I32, x.I32)
	copy(p.U8, x.U8)
	return p
}

// PredictInto writes the predictions into tensors of the caller, as fast as the number of samples allows: once that
// number has been seen it allocates nothing. Of a model with loops over steps a sample's last bits depend on the number
// of samples (by some 1e-7 of the numbers that are added up). A model that leaves extents open is traced anew for
// samples of others.
func (m *Model) PredictInto(ctx context.Context, dst []*tensor.Tensor, x ...*tensor.Tensor) error {
	n, err := m.samples(x)
	if err != nil {
		return err
	}
	if err := m.room(dst, n, x); err != nil {
		return err
	}
	x, p := m.converted(x), m.predictor()
	batch := m.predict.batch
	if m.stateful { // each sample has its memory, so all are one batch
		batch = max(n, 1)
	}
	for at := 0; at < n; at += batch {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := predictRows(p, dst, x, at, min(at+batch, n)); err != nil {
			return err
		}
	}
	return nil
}

// PredictTimes predicts the samples x as one batch, once and then runs times more, and returns the mean time of each
// step over the latter ([plan.Table] prints it). Steps that depend on weights alone are not among them: they run once.
func (m *Model) PredictTimes(runs int, x ...*tensor.Tensor) ([]plan.StepTime, error) {
	if _, err := m.samples(x); err != nil {
		return nil, err
	}
	e, err := m.predictor().Borrow(m.converted(x)...)
	if err != nil {
		return nil, err
	}
	defer e.Release()
	if err := e.Run(); err != nil {
		return nil, err
	}
	e.Profile(true)
	defer e.Profile(false)
	for range runs {
		if err := e.Run(); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(e.Times(), func(t plan.StepTime) bool { return t.Seconds == 0 }), nil
}

// predictRows computes samples i to j.
func predictRows(p *Program, dst, x []*tensor.Tensor, i, j int) error {
	e, err := p.BorrowRows(i, j, x...)
	if err != nil {
		return err
	}
	defer e.Release()
	if err := e.Run(); err != nil {
		return err
	}
	for k, d := range dst {
		o := e.Output(k)
		row := o.Len() / (j - i)
		copy(tail(d.F32, i*row), o.F32)
		copy(tail(d.I32, i*row), o.I32)
	}
	return nil
}

// ResetStates makes stateful layers forget what they have seen: Keras's reset_states.
func (m *Model) ResetStates() {
	if m.store != nil {
		m.store.ResetSessions()
	}
}

func tail[T any](s []T, at int) []T {
	if s == nil {
		return nil
	}
	return s[at:]
}

// samples checks the inputs and counts their samples.
func (m *Model) samples(x []*tensor.Tensor) (int, error) {
	if !m.built {
		return 0, fmt.Errorf("model %q is not built; call Build first", m.Name)
	}
	if len(x) != len(m.inputs) {
		return 0, fmt.Errorf("model %q takes %d inputs, got %d", m.Name, len(m.inputs), len(x))
	}
	n := -1
	for i, t := range x {
		v := m.inputs[i]
		want := v.from.inst.Layer.(layer.Input)
		if len(t.Shape) == 0 {
			return 0, fmt.Errorf("model %q: input %q needs an axis of samples, got a scalar", m.Name, m.valueName(v))
		}
		if got := t.Shape[1:]; !want.Takes(got) {
			return 0, m.mismatch(v, got)
		}
		if n >= 0 && t.Shape[0] != n {
			return 0, fmt.Errorf("model %q: input %q has %d samples, input %q has %d",
				m.Name, m.valueName(m.inputs[0]), n, m.valueName(v), t.Shape[0])
		}
		n = t.Shape[0]
	}
	return n, nil
}

// builtFor reports whether samples have the extents that the model was built for. Others fit where it leaves
// extents open.
func (m *Model) builtFor(sample func(input int) tensor.Shape) bool {
	for i, v := range m.inputs {
		if !sample(i).Equal(v.from.inst.Layer.(layer.Input).Extents()) {
			return false
		}
	}
	return true
}

// TakesInput reports whether input i takes a sample of the shape: that of InputTypes, with any extents where the input
// leaves them open.
func (m *Model) TakesInput(i int, sample tensor.Shape) bool {
	return m.inputs[i].from.inst.Layer.(layer.Input).Takes(sample)
}

// OpenExtents lists for each input the axes of a sample whose extents the model leaves open, nil where there are none.
func (m *Model) OpenExtents() [][]int {
	var open [][]int
	for _, v := range m.inputs {
		open = append(open, v.from.inst.Layer.(layer.Input).Open())
	}
	return open
}

// OutputTypesFor returns the types of the outputs for n samples of the shapes, one for each input: [Model.OutputTypes]
// for those that the model was built for. The model must be built.
func (m *Model) OutputTypesFor(n int, samples ...tensor.Shape) ([]graph.Type, error) {
	if len(samples) != len(m.inputs) {
		return nil, fmt.Errorf("model %q takes %d inputs, got %d", m.Name, len(m.inputs), len(samples))
	}
	for i, v := range m.inputs {
		if !m.TakesInput(i, samples[i]) {
			return nil, m.mismatch(v, samples[i])
		}
	}
	if m.builtFor(func(i int) tensor.Shape { return samples[i] }) {
		return m.OutputTypes(n), nil
	}
	var types []graph.Type
	err := graph.Catch(func() {
		t := NewTrace(false)
		var in []*graph.Node
		for i, v := range m.inputs {
			typ := v.from.inst.Layer.(layer.Input).Sample(1)
			typ.Shape = append(tensor.Shape{max(n, 1)}, samples[i]...)
			in = append(in, t.Graph.Input(m.leafName(v), typ))
		}
		for _, y := range m.Trace(t, in...) {
			types = append(types, graph.Type{DType: y.DType, Shape: append(tensor.Shape{n}, y.Shape[1:]...)})
		}
	})
	return types, layer.Cause(err)
}

// room checks that dst holds the outputs of n samples x.
func (m *Model) room(dst []*tensor.Tensor, n int, x []*tensor.Tensor) error {
	if len(dst) != len(m.outputs) {
		return fmt.Errorf("model %q gives %d outputs, there is room for %d", m.Name, len(m.outputs), len(dst))
	}
	var types []graph.Type // of samples with other extents than those that the model was built for
	if !m.builtFor(func(i int) tensor.Shape { return x[i].Shape[1:] }) {
		var err error
		if types, err = m.OutputTypesFor(n, shapes(x)...); err != nil {
			return err
		}
	}
	for i, v := range m.outputs {
		t := m.types[v]
		if types != nil {
			t = types[i]
		}
		if s := dst[i].Shape; len(s) == 0 || s[0] != n || !s[1:].Equal(t.Shape[1:]) || dst[i].DType() != t.DType {
			return fmt.Errorf("model %q: output %d is %v %v, there is room for %v %v", m.Name, i, t.DType,
				append(tensor.Shape{n}, t.Shape[1:]...), dst[i].DType(), s)
		}
	}
	return nil
}

// converted returns x with the types that the inputs take; without a difference it is x itself.
func (m *Model) converted(x []*tensor.Tensor) []*tensor.Tensor {
	copied := false
	for i, v := range m.inputs {
		want := v.from.inst.Layer.(layer.Input).Elem()
		if x[i].DType() == want {
			continue
		}
		if !copied {
			x, copied = slices.Clone(x), true
		}
		x[i] = Convert(x[i], want)
	}
	return x
}

// Convert returns t with elements of another type; fractions are cut off for integers.
func Convert(t *tensor.Tensor, dt tensor.DType) *tensor.Tensor {
	if t.DType() == dt {
		return t
	}
	u := tensor.New(dt, t.Shape...)
	for i := range t.Len() {
		switch v := t.Float(i); dt {
		case tensor.Int32:
			u.I32[i] = int32(v)
		case tensor.Uint8:
			u.U8[i] = uint8(v)
		default:
			u.F32[i] = float32(v)
		}
	}
	return u
}

// shapes returns those of one sample of each input.
func shapes(x []*tensor.Tensor) []tensor.Shape {
	s := make([]tensor.Shape, len(x))
	for i, t := range x {
		s[i] = t.Shape[1:]
	}
	return s
}
