package model

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"gorae/graph"
	"gorae/internal/par"
	"gorae/layer"
	"gorae/plan"
	"gorae/tensor"
)

// predictBatch is how many samples one run of a plan takes: more costs memory and
// gains nothing, since the rows of a product are cut into blocks anyway.
const predictBatch = 256

// predictMost is how many numbers the results of a model's greatest layer may have for one batch: 256 MiB. Who trains in batches of 32
// must not run out of memory when 256 are judged.
const predictMost = 1 << 26

// PredictBatch is how many samples are predicted at a time, and are worth being read at a time: 256, or of models whose
// layers give very much, fewer.
func (m *Model) PredictBatch() int {
	most := 1
	for _, t := range m.types { // of a batch of two
		most = max(most, t.Shape.Size()/2)
	}
	return max(1, min(predictBatch, predictMost/most))
}

// planLimit bounds the plans that a model keeps; the oldest goes first.
const planLimit = 32

// planCache keeps compiled plans by batch size.
type planCache struct {
	mu   sync.Mutex
	list []*predictor // the most recently used last
}

// predictor is a plan for batches of one size, with the runners that wait for work.
type predictor struct {
	batch  int
	plan   *plan.Plan
	trace  *layer.Trace
	inputs []string
	mu     sync.Mutex
	free   []*runner
}

// runner is a plan's runner with the views that its inputs are bound to.
type runner struct {
	*plan.Runner
	in []tensor.Tensor
}

// get finds or compiles the plan for a batch.
func (m *Model) predictor(batch int) (*predictor, error) {
	c := &m.plans
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := len(c.list) - 1; i >= 0; i-- {
		if p := c.list[i]; p.batch == batch {
			copy(c.list[i:], c.list[i+1:])
			c.list[len(c.list)-1] = p
			return p, nil
		}
	}
	t := layer.NewTrace(false)
	p := &predictor{batch: batch, trace: t}
	var out []*graph.Node
	if err := graph.Catch(func() {
		xs := m.inputNodes(t.Graph, batch)
		for _, x := range xs {
			p.inputs = append(p.inputs, x.Call.Op.(graph.Leaf).Name)
		}
		out = m.Trace(t, xs...)
	}); err != nil {
		return nil, layer.Cause(err)
	}
	var err error
	if p.plan, err = plan.Compile(out, nil, t.Graph.Assigns); err != nil {
		return nil, err
	}
	if len(c.list) == planLimit {
		c.list = slices.Delete(c.list, 0, 1)
	}
	c.list = append(c.list, p)
	return p, nil
}

// borrow takes a runner that nobody uses, or makes one.
func (p *predictor) borrow() *runner {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.free); n > 0 {
		r := p.free[n-1]
		p.free = p.free[:n-1]
		return r
	}
	r := &runner{p.plan.Runner(par.Default()), make([]tensor.Tensor, len(p.inputs))}
	for name, v := range p.trace.Leaves {
		r.Bind(name, v.Value)
	}
	return r
}

func (p *predictor) giveBack(r *runner) {
	p.mu.Lock()
	p.free = append(p.free, r)
	p.mu.Unlock()
}

// Predict computes the outputs for samples x, one tensor for each input, whose first axis counts
// the samples. Any number of goroutines may predict, also while the model is trained.
func (m *Model) Predict(ctx context.Context, x ...*tensor.Tensor) ([]*tensor.Tensor, error) {
	n, err := m.samples(x)
	if err != nil {
		return nil, err
	}
	var dst []*tensor.Tensor
	for _, t := range m.OutputTypes(n) {
		dst = append(dst, tensor.New(t.DType, t.Shape...))
	}
	return dst, m.PredictInto(ctx, dst, x...)
}

// PredictInto is Predict into tensors that the caller has. Once a batch size has been
// seen it allocates nothing.
func (m *Model) PredictInto(ctx context.Context, dst []*tensor.Tensor, x ...*tensor.Tensor) error {
	n, err := m.samples(x)
	if err != nil {
		return err
	}
	if err := m.room(dst, n); err != nil {
		return err
	}
	x = m.converted(x)
	batch := m.PredictBatch()
	if m.stateful { // each sample has its memory, so all are one batch
		batch = max(n, 1)
	}
	for at := 0; at < n; at += batch {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := m.predictBatch(dst, x, at, min(at+batch, n)); err != nil {
			return err
		}
	}
	return nil
}

// PredictTimes predicts the samples x as one batch, once and then so many times more, and tells where the time of
// these went, step by step ([plan.Table] prints it). What depends on weights alone is not among them:
// it is done once.
func (m *Model) PredictTimes(runs int, x ...*tensor.Tensor) ([]plan.StepTime, error) {
	n, err := m.samples(x)
	if err != nil {
		return nil, err
	}
	p, err := m.predictor(n)
	if err != nil {
		return nil, err
	}
	r := p.borrow()
	defer p.giveBack(r)
	for k, t := range m.converted(x) {
		view(&r.in[k], t, 0, n)
		r.Bind(p.inputs[k], &r.in[k])
	}
	if err := m.compute(r); err != nil {
		return nil, err
	}
	r.Profile(true)
	defer r.Profile(false)
	for range runs {
		if err := m.compute(r); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(r.Times(), func(t plan.StepTime) bool { return t.Seconds == 0 }), nil
}

// predictBatch computes samples i to j.
func (m *Model) predictBatch(dst, x []*tensor.Tensor, i, j int) error {
	p, err := m.predictor(j - i)
	if err != nil {
		return err
	}
	r := p.borrow()
	defer p.giveBack(r)
	for k, t := range x {
		view(&r.in[k], t, i, j)
		r.Bind(p.inputs[k], &r.in[k])
	}
	if p.trace.Stateful {
		err = m.store.InSession(func() error {
			err := m.compute(r)
			if err == nil {
				r.Commit()
			}
			return err
		})
	} else {
		err = m.compute(r)
	}
	if err != nil {
		return err
	}
	for k, d := range dst {
		o := r.Output(k)
		row := o.Len() / (j - i)
		copy(tail(d.F32, i*row), o.F32)
		copy(tail(d.I32, i*row), o.I32)
	}
	return nil
}

// compute runs a plan while the weights stay as they are.
func (m *Model) compute(r *runner) error {
	m.store.RLock()
	defer m.store.RUnlock()
	return r.ComputeAt(m.store.Version())
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

// view makes v rows i to j of t, in v's own memory.
func view(v, t *tensor.Tensor, i, j int) {
	v.Shape = append(append(v.Shape[:0], j-i), t.Shape[1:]...)
	row := v.Shape[1:].Size()
	v.F32, v.I32, v.U8 = nil, nil, nil
	switch {
	case t.I32 != nil:
		v.I32 = t.I32[i*row : j*row]
	case t.U8 != nil:
		v.U8 = t.U8[i*row : j*row]
	default:
		v.F32 = t.F32[i*row : j*row]
	}
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
		want := v.from.inst.Layer.(layer.Input).Extents()
		if len(t.Shape) == 0 {
			return 0, fmt.Errorf("model %q: input %q needs an axis of samples, got a scalar", m.Name, v.from.inst.name)
		}
		if got := t.Shape[1:]; !got.Equal(want) {
			return 0, m.mismatch(v, want, got)
		}
		if n >= 0 && t.Shape[0] != n {
			return 0, fmt.Errorf("model %q: input %q has %d samples, input %q has %d", m.Name, m.inputs[0].from.inst.name, n, v.from.inst.name, t.Shape[0])
		}
		n = t.Shape[0]
	}
	return n, nil
}

// room checks that dst holds the outputs of n samples.
func (m *Model) room(dst []*tensor.Tensor, n int) error {
	if len(dst) != len(m.outputs) {
		return fmt.Errorf("model %q gives %d outputs, there is room for %d", m.Name, len(m.outputs), len(dst))
	}
	for i, v := range m.outputs {
		t := m.types[v]
		if s := dst[i].Shape; len(s) == 0 || s[0] != n || !s[1:].Equal(t.Shape[1:]) || dst[i].DType() != t.DType {
			return fmt.Errorf("model %q: output %d is %v %v, there is room for %v %v", m.Name, i, t.DType, append(tensor.Shape{n}, t.Shape[1:]...), dst[i].DType(), s)
		}
	}
	return nil
}

// converted is x with the types that the inputs take; without a difference it is x itself.
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

// Convert is t with elements of another type; fractions are cut off for integers.
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
