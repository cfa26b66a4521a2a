package train

import (
	"errors"
	"fmt"
	"slices"

	"gorae/data"
	"gorae/graph"
	"gorae/model"
	"gorae/tensor"
	"gorae/weight"
)

// program computes what a probe looks at, in training mode or in inference mode.
func (p *Probe) program(training bool) *model.Program {
	return model.NewProgram(func(t *model.Trace, in []*graph.Node) model.Traced {
		if !training { // what a step draws by itself it draws in inference mode too
			t.Key = t.Graph.Input("key", graph.KeyType)
		}
		t.Tapping = p.wantsAny(StateGradients)
		r := &recorder{step: p.step, uses: map[string]int{}}
		t.Outputs = r.see
		loss, _ := p.step.loss(t, in)
		outs := p.list(t, loss, r)
		return model.Traced{Outputs: outs, Compiled: func(*model.Compiled) error { return p.pathsThere(r, t) }}
	}, model.ProgramConfig{Models: p.step.models, Training: training, ReadOnly: true,
		Leaves: map[string]*tensor.Tensor{"key": p.step.key}})
}

// watchedVars are the variables whose values, gradients or updates a quantity can be of.
func (s *Step) watchedVars(q Quantity) (names []string, vars []*weight.Var) {
	move := map[*weight.Variable]bool{}
	for _, v := range s.move {
		move[v.Variable] = true
	}
	for i, m := range s.models {
		for _, v := range m.Store().Vars() {
			if q == Weights || move[v.Variable] {
				names, vars = append(names, s.prefix[i]+v.Path), append(vars, v)
			}
		}
	}
	return names, vars
}

// weightsThere checks the paths of weights.
func (p *Probe) weightsThere() error {
	for _, q := range []Quantity{Weights, WeightGradients, Updates} {
		names, _ := p.step.watchedVars(q)
		if err := p.missing(q, names); err != nil {
			return err
		}
	}
	return nil
}

// wantsAny reports whether anything of a quantity is watched.
func (p *Probe) wantsAny(qs ...Quantity) bool {
	return slices.ContainsFunc(p.Watch, func(w Watch) bool { return slices.Contains(qs, w.Quantity) })
}

// beforeStep looks at the batch that a step is about to take.
func (p *Probe) beforeStep(in []*tensor.Tensor) error {
	p.seen = Observation{Step: p.step.count + 1, Samples: samples(in), Values: p.seen.Values[:0]}
	if p.run != nil {
		p.seen.Epoch = p.run.loop.at.epoch + 1
	}
	p.keepWeights()
	if err := p.compute(p.own, in); err != nil {
		return err
	}
	if !p.wantsAny(Updates) {
		return nil
	}
	if p.before == nil {
		p.before = map[string]*tensor.Tensor{}
	}
	names, vars := p.step.watchedVars(Updates)
	for i, n := range names {
		if p.wants(Updates, n) {
			p.before[n] = vars[i].Value.Clone()
		}
	}
	return nil
}

// afterStep adds the updates and shows what was seen.
func (p *Probe) afterStep(loss float64) error {
	if p.wantsAny(Updates) {
		names, vars := p.step.watchedVars(Updates)
		for i, n := range names {
			d := p.before[n]
			if d == nil {
				continue
			}
			for k, v := range vars[i].Value.F32 {
				d.F32[k] = v - d.F32[k]
			}
			p.seen.Values = append(p.seen.Values, Observed{Quantity: Updates, Path: n, Value: d})
		}
	}
	p.seen.Loss = loss
	return p.See(&p.seen)
}

// keepWeights lists copies of the weights that are watched.
func (p *Probe) keepWeights() {
	if !p.wantsAny(Weights) {
		return
	}
	names, vars := p.step.watchedVars(Weights)
	for i, n := range names {
		if p.wants(Weights, n) {
			p.seen.Values = append(p.seen.Values, Observed{Quantity: Weights, Path: n, Value: vars[i].Value.Clone()})
		}
	}
}

// look is one at an epoch's end.
func (p *Probe) look(epoch int) error {
	step := p.step
	p.seen = Observation{Epoch: epoch, Step: step.count, Values: p.seen.Values[:0]}
	p.keepWeights()
	in, err := p.samples()
	if err != nil {
		return err
	}
	p.seen.Samples = samples(in)
	if err := p.compute(p.fixed, in); err != nil {
		return err
	}
	return p.See(&p.seen)
}

// samples are the inputs of a look at an epoch's end.
func (p *Probe) samples() ([]*tensor.Tensor, error) {
	f, err := p.feed()
	if err != nil {
		return nil, err
	}
	b, err := f.loader.New()
	if err != nil {
		return nil, err
	}
	if err := f.loader.Fill(b, 0, 0); err != nil {
		return nil, err
	}
	return p.run.loop.inputs(p.step, b, f.of(b)), nil
}

const (
	defaultProbeSamples = 16
	probeSteps          = 1 << 12 // of all samples together, where their number is not given
)

// feed is the samples of looks at epochs' ends.
func (p *Probe) feed() (*feed, error) {
	if p.Data != nil {
		return p.Data.feed("probe", max(1, p.Data.Len()), true)
	}
	ds := p.run.loop.feed.loader.Data
	n := ds.Len()
	if n < 0 {
		return nil, errors.New("probe: the training data's length is not known; give the samples to look at as Data")
	}
	samples := p.Samples
	if samples < 1 {
		samples = defaultProbeSamples
		for _, f := range ds.Spec().Inputs {
			if len(f.Shape) > 0 {
				samples = min(samples, max(1, probeSteps/max(1, f.Shape[0])))
			}
		}
	}
	samples = min(samples, n)
	rows := make([]int, samples)
	for i := range rows {
		rows[i] = i * n / samples
	}
	return Data{Source: data.Subset{Dataset: ds, Rows: rows}}.feed("probe", samples, true)
}

// compute runs a program for the inputs and lists what it gives.
func (p *Probe) compute(program *model.Program, in []*tensor.Tensor) error {
	if !p.wantsAny(Activations, ActivationGradients, StateGradients, WeightGradients) {
		return nil
	}
	p.step.setKey()
	if _, err := program.Prepare(in...); err != nil || len(p.values) == 0 {
		return err
	}
	outs, err := program.Run(in...)
	if err != nil {
		return err
	}
	p.seen.Loss = outs[0].Float(0)
	for i, o := range p.values {
		o.Value = outs[1+i].Clone()
		if at := p.masks[i]; at >= 0 {
			o.Mask = outs[at].Clone()
		}
		p.seen.Values = append(p.seen.Values, o)
	}
	return nil
}

// recorder lists the results of all layers of a trace, by path.
type recorder struct {
	step  *Step
	uses  map[string]int
	names []string
	nodes []*graph.Node
}

func (r *recorder) see(store *weight.Store, path string, y []*graph.Node) {
	for i, m := range r.step.models {
		if m.Store() == store {
			path = r.step.prefix[i] + path
		}
	}
	path = r.unique(path)
	for i, n := range y {
		name := path
		if i > 0 {
			name = fmt.Sprintf("%s:%d", path, i)
		}
		r.names, r.nodes = append(r.names, name), append(r.nodes, n)
	}
}

// unique is the path of a use of a layer: PATH#2 for the second one.
func (r *recorder) unique(path string) string {
	if r.uses[path]++; r.uses[path] > 1 {
		return fmt.Sprintf("%s#%d", path, r.uses[path])
	}
	return path
}

// list gives a program's outputs: the loss, the values that are watched, their masks.
func (p *Probe) list(t *model.Trace, loss *graph.Node, r *recorder) []*graph.Node {
	outs, masks := []*graph.Node{loss}, []*graph.Node(nil)
	p.values, p.masks = nil, nil
	put := func(o Observed, n, mask *graph.Node) {
		p.values, outs, masks = append(p.values, o), append(outs, n), append(masks, mask)
	}
	for i, n := range r.nodes {
		if p.wants(Activations, r.names[i]) {
			put(Observed{Quantity: Activations, Path: r.names[i]}, n, nil)
		}
	}
	activations := len(outs)
	for i, n := range r.nodes {
		if n.DType == tensor.Float32 && p.wants(ActivationGradients, r.names[i]) {
			put(Observed{Quantity: ActivationGradients, Path: r.names[i]}, n, nil)
		}
	}
	for _, tap := range t.Taps {
		if p.wants(StateGradients, tap.Layer) {
			put(Observed{Quantity: StateGradients, Path: tap.Layer, Reverse: tap.Reverse}, tap.Steps, tap.Mask)
		}
	}
	names, vars := p.step.watchedVars(WeightGradients)
	for i, v := range vars {
		if p.wants(WeightGradients, names[i]) {
			put(Observed{Quantity: WeightGradients, Path: names[i]}, t.Leaf(v), nil)
		}
	}
	by := outs[activations:] // of which the gradients take the place
	for i, d := range graph.Gradients(outs[:1:1], nil, by) {
		if d == nil {
			p.values[activations-1+i].Unreached = true
			d = t.Graph.Scalar(0).Broadcast(by[i].Shape...)
		}
		by[i] = d
	}
	for _, mask := range masks {
		if mask == nil {
			p.masks = append(p.masks, -1)
		} else {
			p.masks = append(p.masks, len(outs))
			outs = append(outs, mask)
		}
	}
	return outs
}

// pathsThere checks the paths of layers.
func (p *Probe) pathsThere(r *recorder, t *model.Trace) error {
	var loops []string
	for _, tap := range t.Taps {
		loops = append(loops, tap.Layer)
	}
	for _, err := range []error{
		p.missing(Activations, r.names), p.missing(ActivationGradients, r.names), p.missing(StateGradients, loops),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}
