package model

import (
	"fmt"
	"slices"

	"gorae/graph"
	"gorae/layer"
	"gorae/tensor"
	"gorae/weight"
)

// Decoder runs a network one step at a time of one of its inputs: the sequence that an encoder-decoder or a language
// model is writing, whose next element depends on what the network said of those before. The part of the network that
// does not depend on it, such as an encoder, runs once for each sequence; the states of recurrent layers and the keys
// and values of causal attention stay in the compiled plan, so that a step costs what its matrices cost, however long
// the sequence is. The outputs for a step are those for the same step of the whole sequence. It uses the network's
// weights and belongs to one goroutine.
type Decoder struct {
	// IDs is the next element of each row, [rows, 1] or [rows, 1, …], From the row that each row goes on from, as the
	// best sequences of a beam search do: it is 0, 1, 2, … until the caller changes it, and after each step again.
	// Y are the outputs of the last step. All are valid from Begin to the next Begin.
	IDs  *tensor.Tensor
	From []int32
	Y    []*tensor.Tensor

	model       *Model
	target      int
	early, late []*call  // which do not depend on the target, and which do
	between     []*Value // what late calls read of early ones
	masked      []bool   // of between
	bounded     bool     // a layer keeps the steps before: there are no more than most
	read, most  int      // steps since Begin; the steps of the network's input
	memory      *weight.Store
	encode      *Program
	step        *Program
	execution   *Execution
	from        *tensor.Tensor
}

// Decoder returns a decoder of a built network; target is the number of the input that is read step by step. A network
// of which a layer looks along the whole of that input has none: the error names the layer.
func (m *Model) Decoder(target int) (*Decoder, error) {
	if !m.built {
		return nil, fmt.Errorf("model %q is not built; call Build first", m.Name)
	}
	if target < 0 || target >= len(m.inputs) {
		return nil, fmt.Errorf("decoder: no input %d; model %q has %d", target, m.Name, len(m.inputs))
	}
	d := &Decoder{model: m, target: target, memory: weight.NewStore()}
	if err := d.part(); err != nil {
		return nil, err
	}
	if d.model.inputs[target].from.inst.Layer.(layer.Input).Sample(1).Shape.Size() < 1 || len(d.sample(1)) < 2 {
		return nil, fmt.Errorf("decoder: input %q has no steps", m.valueName(m.inputs[target]))
	}
	d.encode = NewProgram(d.traceEarly, ProgramConfig{Models: []*Model{m}})
	d.step = NewProgram(d.traceLate, ProgramConfig{Models: []*Model{m}})
	return d, nil
}

// part parts the calls into those that depend on the target and those that do not.
func (d *Decoder) part() error {
	m := d.model
	depends := map[*Value]bool{m.inputs[d.target]: true}
	read := func(v *Value) {
		if !depends[v] && !slices.Contains(d.between, v) {
			d.between = append(d.between, v)
		}
	}
	for _, c := range m.calls {
		late := make([]bool, len(c.in))
		any := c == m.inputs[d.target].from || c.mask != nil && depends[c.mask]
		for i, v := range c.in {
			late[i] = depends[v]
			any = any || late[i]
		}
		if !any {
			d.early = append(d.early, c)
			continue
		}
		d.late = append(d.late, c)
		for _, v := range c.operands() {
			read(v)
		}
		for _, v := range c.out {
			depends[v] = true
		}
		if err := d.stepwise(c, late); err != nil {
			return err
		}
	}
	for k, v := range m.outputs {
		if !depends[v] {
			return fmt.Errorf("decoder: output %d of model %q does not depend on input %q", k, m.Name,
				m.valueName(m.inputs[d.target]))
		}
	}
	return nil
}

// stepwise returns an error for a layer that looks along the whole of its inputs.
func (d *Decoder) stepwise(c *call, late []bool) error {
	switch l := c.inst.Layer.(type) {
	case layer.Input:
		return nil
	case *Model:
		if !slices.Contains(late, false) && anyLayer(l, looksBack) {
			d.bounded = true
			return l.stepwise(true)
		}
		return l.stepwise(false)
	default:
		l = c.layer()
		if layer.StepwiseOn(l, late) {
			return nil
		}
		if looksBack(l) && len(c.named) == 0 && !slices.Contains(late, false) {
			d.bounded = true
			return nil
		}
		return fmt.Errorf("decoder: %s %q looks along the whole sequence; a network is decoded step by step where "+
			"recurrent layers that run forward, attention to another sequence or with use_causal_mask, and layers of "+
			"single steps read it", layer.Layers.Word(l), d.model.names[c.inst])
	}
}

// traceEarly computes what lies between the parts, and behind it the masks.
func (d *Decoder) traceEarly(t *Trace, in []*graph.Node) Traced {
	m := d.model
	x := slices.Insert(slices.Clone(in), d.target, (*graph.Node)(nil))
	nodes := map[*Value]*graph.Node{}
	t.Shorter = true
	m.traceCalls(m.scope(t, m.store, false), d.early, x, nodes, nil)
	var out, masks []*graph.Node
	d.masked = d.masked[:0]
	for _, v := range d.between {
		n := nodes[v]
		out = append(out, n)
		mask := t.Mask(n)
		if d.masked = append(d.masked, mask != nil); mask != nil {
			masks = append(masks, mask)
		}
	}
	return Traced{Outputs: append(out, masks...)}
}

// traceLate computes the outputs of one step: the inputs are what lies between the parts, the masks, the elements and
// the rows that they go on from.
func (d *Decoder) traceLate(t *Trace, in []*graph.Node) Traced {
	m := d.model
	from := in[len(in)-1]
	t.Memory = d.memory
	if d.bounded {
		t.Reach = d.most
	}
	t.Recall = func(state *graph.Node) *graph.Node { return state.Gather(from) }
	s := m.scope(t, m.store, false)
	nodes := map[*Value]*graph.Node{}
	masks := in[len(d.between):]
	for k, v := range d.between {
		if nodes[v] = in[k]; d.masked[k] {
			s.SetMask(in[k], masks[0])
			masks = masks[1:]
		}
	}
	x := make([]*graph.Node, len(m.inputs))
	x[d.target] = in[len(in)-2]
	m.traceCalls(s, d.late, x, nodes, nil)
	for _, g := range t.Given {
		if !slices.Contains(in[:len(d.between)], g.From) {
			t.Graph.Fail("decoder", "a recurrent layer starts from a state that no layer before it gives as it is")
		}
	}
	var out []*graph.Node
	for _, v := range m.outputs {
		out = append(out, nodes[v])
	}
	return Traced{Outputs: out}
}

// Begin starts a sequence in each of times rows for each sample of the other inputs x, in the order of the model's
// inputs: rows 0 to times − 1 are the first sample's. Without other inputs times is the number of rows.
func (d *Decoder) Begin(times int, x ...*tensor.Tensor) error {
	m := d.model
	if len(x) != len(m.inputs)-1 {
		return fmt.Errorf("decoder: model %q takes %d inputs beside the sequence, got %d", m.Name, len(m.inputs)-1,
			len(x))
	}
	n := 1
	if len(x) > 0 {
		n = x[0].Shape[0]
	}
	if times < 1 || n < 1 {
		return fmt.Errorf("decoder: %d rows for each of %d samples; give 1 or more", times, n)
	}
	between, err := d.encoded(x)
	if err != nil {
		return err
	}
	in := make([]*tensor.Tensor, 0, len(between)+2)
	for _, t := range between {
		in = append(in, Repeated(t, times))
	}
	rows := n * times
	shape := d.sample(rows)
	d.most, shape[1] = shape[1], 1
	d.IDs = tensor.New(m.inputs[d.target].from.inst.Layer.(layer.Input).Elem(), shape...)
	d.from = tensor.New(tensor.Int32, rows)
	d.From = d.from.I32
	d.stay()
	in = append(in, d.IDs, d.from)
	c, err := d.step.Prepare(in...)
	if err != nil {
		return err
	}
	if d.execution != nil {
		d.execution.Release()
	}
	if d.execution, err = d.step.Borrow(in...); err != nil {
		return err
	}
	d.memory.ResetSessions()
	d.read = 0
	for _, g := range c.Trace.Given {
		k := slices.Index(c.names, g.From.Call.Op.(graph.Leaf).Name)
		copy(g.Var.Value.F32, in[k].F32)
	}
	d.Y = make([]*tensor.Tensor, len(m.outputs))
	return nil
}

// sample returns the shape of the target's input for a number of rows.
func (d *Decoder) sample(rows int) tensor.Shape {
	return d.model.inputs[d.target].from.inst.Layer.(layer.Input).Sample(rows).Shape.Clone()
}

// encoded returns what lies between the parts for the samples, masks behind it.
func (d *Decoder) encoded(x []*tensor.Tensor) ([]*tensor.Tensor, error) {
	if len(d.between) == 0 {
		return nil, nil
	}
	all := slices.Insert(slices.Clone(x), d.target, (*tensor.Tensor)(nil))
	for i, t := range all {
		if t != nil {
			all[i] = Convert(t, d.model.inputs[i].from.inst.Layer.(layer.Input).Elem())
		}
	}
	return d.encode.Run(slices.Delete(all, d.target, d.target+1)...)
}

// Repeated returns each row of t times over: the first row in rows 0 to times − 1.
func Repeated(t *tensor.Tensor, times int) *tensor.Tensor {
	shape := t.Shape.Clone()
	row := t.Len() / max(1, shape[0])
	shape[0] *= times
	out := tensor.New(t.DType(), shape...)
	for i := range shape[0] {
		at := i / times * row
		copy(tail(out.F32, i*row), t.F32[min(at, len(t.F32)):min(at+row, len(t.F32))])
		copy(tail(out.I32, i*row), t.I32[min(at, len(t.I32)):min(at+row, len(t.I32))])
		copy(tail(out.U8, i*row), t.U8[min(at, len(t.U8)):min(at+row, len(t.U8))])
	}
	return out
}

// stay lets each row go on from itself.
func (d *Decoder) stay() {
	for i := range d.From {
		d.From[i] = int32(i)
	}
}

// Next reads IDs. It allocates nothing. Where attention keeps the steps before, there are no more steps than the
// network's input has.
func (d *Decoder) Next() error {
	if d.execution == nil {
		return fmt.Errorf("decoder: no sequence was begun; call Begin first")
	}
	if d.bounded && d.read == d.most {
		return fmt.Errorf("decoder: model %q reads sequences of %d steps at most", d.model.Name, d.most)
	}
	if err := d.execution.Run(); err != nil {
		return err
	}
	d.read++
	for i := range d.Y {
		d.Y[i] = d.execution.Output(i)
	}
	d.stay()
	return nil
}
