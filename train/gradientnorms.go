package train

import (
	"fmt"
	"math"

	"gorae/data"
	"gorae/graph"
	"gorae/internal/par"
	"gorae/layer"
	"gorae/plan"
	"gorae/tensor"
)

// StepNorms is how large the gradient of the loss is at each step of a recurrent layer: what the chapter's R5
// is about. Norm[t] is the root mean square over the samples of ‖∂L/∂h_t‖, L being a sample's loss and the
// derivative the total one, through all later steps; NaN where a mask leaves the step out in every sample.
type StepNorms struct {
	Epoch   int    // after it; 0: before learning
	Layer   string // the layer's path in its model
	Reverse bool   // the layer reads the last step first
	Norm    []float64
}

// Across is the norm at the step that the layer reads first, divided by that at the step which it reads last: below 1
// the gradient vanishes on its way back, above 1 it explodes. From and To are the two steps, from 0. ok is false where
// fewer than two steps count, or no gradient reaches the last one.
func (n StepNorms) Across() (ratio float64, from, to int, ok bool) {
	from, to = -1, -1
	for t, v := range n.Norm {
		if math.IsNaN(v) {
			continue
		}
		if from < 0 {
			from = t
		}
		to = t
	}
	if n.Reverse {
		from, to = to, from
	}
	if from == to || !(n.Norm[to] > 0) {
		return 0, 0, 0, false
	}
	return n.Norm[from] / n.Norm[to], from, to, true
}

// GradientNorms is a callback that measures the gradients of recurrent layers by step, in inference mode, on samples
// that are spread evenly over the training data and stay the same. It does so before the first epoch, and after
// epochs 1 to 8, every second one up to 16, every fourth up to 32, and so on, and after the last: learning
// itself is not slowed down. A model without recurrent layers is not looked at.
type GradientNorms struct {
	// Samples is how many samples are looked at; 0: 16, and fewer where they have many steps, all of which are held in
	// memory.
	Samples int

	Norms  []StepNorms // what was measured, in order
	Failed error       // why nothing more is measured, if so: learning goes on

	look *look
}

const (
	defaultNormSamples = 16
	normSteps          = 1 << 12 // of all samples together, where their number is not given
)

// due reports whether an epoch is measured.
func due(epoch int) bool {
	every := 1
	for epoch > 8*every {
		every *= 2
	}
	return epoch%every == 0
}

// On measures.
func (g *GradientNorms) On(e Event) error {
	var epoch int
	switch e.Kind {
	case TrainBegin:
		g.Norms, g.Failed, g.look = nil, nil, nil
	case EpochEnd:
		if epoch = e.Epoch; !due(epoch) {
			return nil
		}
	case TrainEnd:
		if epoch = len(e.Run.History.Rows); epoch == 0 || due(epoch) {
			return nil
		}
	default:
		return nil
	}
	if g.Failed != nil {
		return nil
	}
	if g.Failed = g.measure(e.Run.trainer, epoch); g.Failed != nil {
		g.Failed = fmt.Errorf("gradient norms: %w", g.Failed)
	}
	return nil
}

func (g *GradientNorms) measure(t *Trainer, epoch int) error {
	if g.look == nil {
		var err error
		if g.look, err = newLook(t.o, t.feed.loader.Data, g.Samples); err != nil {
			return err
		}
	}
	norms, err := g.look.norms(t, epoch)
	g.Norms = append(g.Norms, norms...)
	return err
}

// State is the norms so far.
func (g *GradientNorms) State() []byte {
	var w writer
	w.count(len(g.Norms))
	for _, n := range g.Norms {
		w.u64(uint64(n.Epoch))
		w.str(n.Layer)
		reverse := uint8(0)
		if n.Reverse {
			reverse = 1
		}
		w.u8(reverse)
		w.count(len(n.Norm))
		for _, v := range n.Norm {
			w.f64(v)
		}
	}
	return w.b
}

// Restore takes back what State gave.
func (g *GradientNorms) Restore(state []byte) error {
	r := reader{b: state}
	g.Norms = make([]StepNorms, r.count(17))
	for i := range g.Norms {
		n := StepNorms{Epoch: r.number(), Layer: r.str(), Reverse: r.u8() == 1}
		n.Norm = make([]float64, r.count(8))
		for k := range n.Norm {
			n.Norm[k] = r.f64()
		}
		g.Norms[i] = n
	}
	return r.err
}

// look is the plan of the measurement, for samples that stay the same.
type look struct {
	samples int
	runner  *plan.Runner // nil: there is no recurrent layer
	taps    []layer.Tap
	at      []int // the output that holds each tap's gradient, −1 where none reaches it
	masks   []int // that of each tap's mask, −1 for none
}

func newLook(o *objective, ds data.Dataset, samples int) (*look, error) {
	if samples < 1 {
		samples = defaultNormSamples
		for _, f := range ds.Spec().Inputs {
			if len(f.Shape) > 0 {
				samples = min(samples, max(1, normSteps/max(1, f.Shape[0])))
			}
		}
	}
	samples = min(samples, ds.Len())
	rows := make([]int, samples)
	for i := range rows {
		rows[i] = i * ds.Len() / samples
	}
	f, err := Data{Source: data.Subset{Dataset: ds, Rows: rows}}.feed("gradient norms", samples, true)
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
	own := *o
	own.terms = nil
	in := f.of(b)
	l := &look{samples: samples}
	t := layer.NewTrace(false)
	t.Tapping = true
	var outs []*graph.Node
	if err := graph.Catch(func() {
		var nodes []*graph.Node
		for i, x := range in {
			nodes = append(nodes, t.Graph.Input(fmt.Sprintf("in/%d", i), graph.Type{DType: x.DType(), Shape: x.Shape.Clone()}))
		}
		loss, _ := own.trace(t, nodes)
		if l.taps = t.Taps; len(l.taps) == 0 {
			return
		}
		var steps []*graph.Node
		for _, tap := range l.taps {
			steps = append(steps, tap.Steps)
		}
		outs = []*graph.Node{loss}
		put := func(n *graph.Node) int {
			if n == nil {
				return -1
			}
			outs = append(outs, n)
			return len(outs) - 1
		}
		for i, d := range graph.Gradients(outs[:1:1], nil, steps) {
			l.at, l.masks = append(l.at, put(d)), append(l.masks, put(l.taps[i].Mask))
		}
	}); err != nil {
		return nil, layer.Cause(err)
	}
	if len(l.taps) == 0 {
		return l, nil
	}
	p, err := plan.Compile(outs, nil, nil)
	if err != nil {
		return nil, err
	}
	l.runner = p.Runner(par.Default())
	for name, v := range t.Leaves {
		l.runner.Bind(name, v.Value)
	}
	for i, x := range in {
		l.runner.Bind(fmt.Sprintf("in/%d", i), x.Clone())
	}
	return l, nil
}

// norms runs the plan.
func (l *look) norms(t *Trainer, epoch int) ([]StepNorms, error) {
	if l.runner == nil {
		return nil, nil
	}
	store := t.model.Store()
	if err := store.InSession(func() error {
		store.RLock()
		defer store.RUnlock()
		return l.runner.Compute()
	}); err != nil {
		return nil, err
	}
	var all []StepNorms
	for i, tap := range l.taps {
		n := StepNorms{Epoch: epoch, Layer: tap.Layer, Reverse: tap.Reverse, Norm: make([]float64, tap.Steps.Shape[1])}
		if l.at[i] >= 0 {
			var mask []float32
			if l.masks[i] >= 0 {
				mask = l.runner.Output(l.masks[i]).F32
			}
			byStep(n.Norm, l.runner.Output(l.at[i]), mask, float64(l.samples))
		}
		all = append(all, n)
	}
	return all, nil
}

// byStep is factor · √(mean over samples of ‖d_t‖²), in float64: the squares of a vanishing gradient are no
// float32. The loss is a mean over the samples, which the factor undoes.
func byStep(to []float64, d *tensor.Tensor, mask []float32, factor float64) {
	batch, steps := d.Shape[0], len(to)
	width := d.Len() / max(1, batch*steps)
	for t := range to {
		sum, n := 0.0, 0.0
		for b := range batch {
			if mask != nil && mask[b*steps+t] == 0 {
				continue
			}
			n++
			for _, v := range d.F32[(b*steps+t)*width : (b*steps+t+1)*width] {
				sum += float64(v) * float64(v)
			}
		}
		to[t] = math.NaN()
		if n > 0 {
			to[t] = factor * math.Sqrt(sum/n)
		}
	}
}
