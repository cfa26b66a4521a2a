package train

import (
	"fmt"
	"math"

	"gorae/tensor"
)

// StepNorms is the size of the loss's gradient at each step of a recurrent layer. Norm[t] is the root mean square over
// the samples of ‖∂L/∂h_t‖, L being a sample's loss and the derivative the total one, through all later steps; NaN
// where a mask leaves the step out in every sample.
type StepNorms struct {
	Epoch   int    // after it; 0: before training
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
// epochs 1 to 8, every second one up to 16, every fourth up to 32, and so on, and after the last, so that
// training is not slowed down. A model without recurrent layers is not measured.
type GradientNorms struct {
	// Samples is how many samples are looked at; 0: 16, and fewer where they have many steps, all of which are held in
	// memory.
	Samples int

	Norms  []StepNorms // what was measured, in order
	Failed error       // the error that ended the measuring, nil without one; training goes on

	probe Probe
}

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
	if e.Kind == TrainBegin {
		g.Norms, g.Failed = nil, nil
		g.probe = Probe{Watch: []Watch{{Quantity: StateGradients}}, Due: due, Samples: g.Samples, See: g.see}
	}
	if g.Failed != nil {
		return nil
	}
	err := g.probe.On(e)
	if last := len(e.Run.History.Rows); e.Kind == TrainEnd && last > 0 && !due(last) {
		err = g.probe.look(last)
	}
	if err != nil {
		g.Failed = fmt.Errorf("gradient norms: %w", err)
	}
	return nil
}

// Close ends the measuring.
func (g *GradientNorms) Close() error { return g.probe.Close() }

// see adds what was measured.
func (g *GradientNorms) see(o *Observation) error {
	for _, v := range o.Values {
		n := StepNorms{Epoch: o.Epoch, Layer: v.Path, Reverse: v.Reverse, Norm: make([]float64, v.Value.Shape[1])}
		if !v.Unreached {
			var mask []float32
			if v.Mask != nil {
				mask = v.Mask.F32
			}
			byStep(n.Norm, v.Value, mask, float64(o.Samples))
		}
		g.Norms = append(g.Norms, n)
	}
	return nil
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
