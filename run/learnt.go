package run

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/config"
	"gorae/data"
	"gorae/layer"
	"gorae/optim"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// learnt is a train.Consumer of the training samples: what tells why a network has not learnt from them.
type learnt struct {
	loss      float64   // over all of them with the kept weights, without penalties; NaN: not known
	low, high []float32 // of each value of the output
	greatest  []float64 // absolute value of each feature, of samples that are rows of numbers
	samples   int
}

// Batch implements train.Consumer.
func (l *learnt) Batch(b *train.EvalBatch) error {
	n := len(b.Samples)
	if len(b.Outputs) != 1 || n == 0 {
		return nil
	}
	out := b.Outputs[0]
	width := out.Len() / n
	if l.low == nil {
		l.low, l.high = slices.Clone(out.F32[:width]), slices.Clone(out.F32[:width])
	}
	if width != len(l.low) { // sequences of several lengths
		return nil
	}
	l.samples += n
	for i, v := range out.F32 {
		k := i % width
		l.low[k], l.high[k] = min(l.low[k], v), max(l.high[k], v)
	}
	if x := b.Inputs[0]; len(b.Inputs) == 1 && x.DType() == tensor.Float32 && len(x.Shape) == 2 {
		if l.greatest == nil {
			l.greatest = make([]float64, x.Shape[1])
		}
		for i, v := range x.F32 {
			k := i % x.Shape[1]
			l.greatest[k] = max(l.greatest[k], math.Abs(float64(v)))
		}
	}
	return nil
}

// measure takes the loss of the samples seen.
func (l *learnt) measure(each *train.PerSample) {
	if each.Names()[0] == "loss" {
		l.loss = each.Whole(0)
	}
}

// sameOutput is the greatest spread of outputs, in parts of their size, that counts as none.
const sameOutput = 1e-5

// constant reports whether all samples have the same output.
func (l *learnt) constant() bool {
	for k, high := range l.high {
		if float64(high-l.low[k]) > sameOutput*max(math.Abs(float64(high)), math.Abs(float64(l.low[k]))) {
			return false
		}
	}
	return l.samples > 1
}

// Bounds of what is said of a training that has not learnt.
const (
	hardlyBelow  = 1e-3 // share of the constant's loss up to which a loss below it is no gain
	flatLoss     = 0.01 // range of the epochs' losses, in parts of the last, up to which they count as equal
	burstLoss    = 2    // factor of the constant's loss from which on an epoch's tells of steps that are too large
	unscaled     = 100  // absolute value of a feature from which on it counts as not scaled
	lowRate      = 1e-4 // learning rate below which a flat loss tells of steps that are too small
	saturating   = 3    // hidden layers of sigmoids or tanhs from which on their gradients count as too small
	firstSamples = 256  // samples whose hidden values are looked at
)

// reportLearning says of a network whose training loss never was below that of a constant answer what was observed, and
// what most likely helps; and of one that is linear, and not better than its baselines, that it is.
func (p *Prepared) reportLearning(ctx context.Context, h *train.History, r *Report) error {
	m, ok := p.how.(*supervised)
	if !ok || m.learnt == nil || !r.Findings.Unproven() {
		return nil
	}
	if names := p.linearLayers(); names != nil {
		r.Findings.Say("the hidden layers have no activation (%s), so that the network can learn no more than a "+
			"linear model: activation: relu lets it", strings.Join(names, ", "))
	}
	c, ok := p.Problem.(task.Constant)
	losses := h.Column("loss")
	if !ok || len(losses) == 0 || len(r.Findings.Baselines) == 0 || p.lossWeights() != nil ||
		!(m.learnt.loss > r.Findings.Baselines[0].Metrics.Of("loss")/2) { // of other samples; most networks end here
		return nil
	}
	constant, name, err := c.ConstantLoss()
	if err != nil || !(min(slices.Min(losses), m.learnt.loss) >= constant*(1-hardlyBelow)) {
		return err
	}
	said := []string{course(losses)}
	still := m.learnt.constant()
	if still {
		n := m.learnt.samples
		said = append(said, fmt.Sprintf("the output is the same for all %d training samples", n))
	}
	dead, err := m.dead(ctx)
	if err != nil {
		return err
	}
	if dead != nil {
		said = append(said, fmt.Sprintf("the relu of %s gives 0 for each of the first %d training samples, so that no "+
			"gradient passes", strings.Join(dead, ", "), min(firstSamples, m.Rows(task.Train))))
	}
	if remedy := m.remedy(losses, constant, dead, still); remedy != "" {
		said = append(said, fmt.Sprintf("most likely to help: %s", remedy))
	}
	r.Findings.Say("the training loss never fell more than 0.1 %% below %.4g, that of always answering with the %s: %s",
		constant, name, strings.Join(said, "; "))
	return nil
}

// course says how the loss went over the epochs.
func course(losses []float64) string {
	first, last := losses[0], losses[len(losses)-1]
	low, high := slices.Min(losses), slices.Max(losses)
	switch {
	case len(losses) == 1:
		return fmt.Sprintf("it was %.4g in the only epoch", first)
	case low == high:
		return fmt.Sprintf("it stayed at %.6g over %d epochs", low, len(losses))
	case flat(losses):
		return fmt.Sprintf("it stayed between %.6g and %.6g over %d epochs", low, high, len(losses))
	case last > first:
		return fmt.Sprintf("it rose from %.4g to %.4g over %d epochs", first, last, len(losses))
	}
	return fmt.Sprintf("it fell from %.4g to %.4g over %d epochs", first, last, len(losses))
}

func flat(losses []float64) bool {
	return slices.Max(losses)-slices.Min(losses) <= flatLoss*math.Abs(losses[len(losses)-1])
}

// remedy is the key whose change most likely helps; "" where nothing that was observed tells.
func (m *supervised) remedy(losses []float64, constant float64, dead []string, still bool) string {
	rate, schedule := optim.LearningRate(m.Spec.Train.Optimizer)
	now := fmt.Sprintf("now %.4g", rate)
	if schedule != nil {
		now = "now by a schedule"
	}
	burst := slices.Max(losses) > burstLoss*constant
	k := -1 // the feature of the greatest value
	for i, v := range m.learnt.greatest {
		if v > unscaled && (k < 0 || v > m.learnt.greatest[k]) {
			k = i
		}
	}
	f, named := m.Fitted.(task.Featured)
	switch {
	case k >= 0 && named && k < len(f.FeatureNames()) && !m.takesIDs():
		return fmt.Sprintf("scaled features (features: zscore): %s reaches %.4g", f.FeatureNames()[k],
			m.learnt.greatest[k])
	case !flat(losses) && (burst || losses[len(losses)-1] > losses[0]):
		return fmt.Sprintf("a lower learning_rate (%s)", now)
	case dead != nil:
		if of := m.initialized(dead); of != nil {
			return fmt.Sprintf("the default initializers in %s", strings.Join(of, ", "))
		}
		return fmt.Sprintf("a lower learning_rate (%s)", now)
	case still:
		if n, word := m.saturating(); n >= saturating {
			return fmt.Sprintf("relu in place of %s in the %d hidden layers", word, n)
		}
	case flat(losses) && !burst && schedule == nil && rate < lowRate:
		return fmt.Sprintf("a higher learning_rate (%s)", now)
	}
	return ""
}

// defaults are Keras's class names of the initializers that layers have where none is named.
var defaults = map[string]string{"bias_initializer": "Zeros", "kernel_initializer": "GlorotUniform"}

// initialized lists those of the layers whose kernel or bias has an initializer other than the default one.
func (m *supervised) initialized(names []string) (out []string) {
	for _, i := range m.Model.Layers() {
		c, _ := layer.Layers.Encode(i.Layer).Get("config").(config.Map)
		if !slices.Contains(names, i.Name()) {
			continue
		}
		for key, class := range defaults {
			if of, ok := c.Get(key).(config.Map); ok && of.Get("class_name") != class {
				out = append(out, i.Name())
				break
			}
		}
	}
	return out
}

// takesIDs reports whether a layer takes ids, whose size says nothing.
func (m *supervised) takesIDs() bool {
	for _, i := range m.Model.Layers() {
		if _, ok := i.Layer.(layer.TakesIDs); ok {
			return true
		}
	}
	return false
}

// hidden lists the layers but the last one.
func (m *supervised) hidden() (names []string, traits []layer.Traits) {
	all := m.Model.Layers()
	for _, i := range all[:max(0, len(all)-1)] {
		names, traits = append(names, i.Name()), append(traits, layer.TraitsOf(i.Layer))
	}
	return names, traits
}

// saturating counts the hidden layers that end with a sigmoid or tanh.
func (m *supervised) saturating() (n int, word string) {
	_, traits := m.hidden()
	for _, t := range traits {
		if a := string(t.Activation); a == "sigmoid" || a == "tanh" {
			n, word = n+1, a
		}
	}
	return n, word
}

// dead lists the hidden layers that end with a relu and give 0 alone for the first training samples.
func (m *supervised) dead(ctx context.Context) (dead []string, err error) {
	l := data.Loader{Data: m.Parts[task.Train], Size: firstSamples}
	b, err := l.New()
	if err != nil {
		return nil, err
	}
	if err := l.Fill(b, 0, 0); err != nil {
		return nil, err
	}
	names, traits := m.hidden()
	for k, t := range traits {
		if t.Activation != "relu" {
			continue
		}
		upto, err := m.Model.Upto(names[k])
		if err != nil {
			return nil, err
		}
		out, err := upto.Predict(ctx, b.Inputs...)
		if err != nil {
			return nil, err
		}
		if slices.Max(out[0].F32) == 0 && slices.Min(out[0].F32) == 0 {
			dead = append(dead, names[k])
		}
	}
	return dead, nil
}

// linearLayers names the hidden Dense layers of a network that is linear up to its last layer's activation; nil where
// it is not, or has none of them.
func (p *Prepared) linearLayers() (names []string) {
	all := p.Model.Layers()
	for k, i := range all {
		last := k == len(all)-1
		switch l := i.Layer.(type) {
		case layer.Dense:
			if last {
				return names
			}
			if a := layer.TraitsOf(l).Activation; a != "" && a != "linear" {
				return nil
			}
			names = append(names, i.Name())
		case layer.Input, layer.Flatten, layer.Reshape, layer.Dropout:
		default:
			return nil
		}
	}
	return nil
}
