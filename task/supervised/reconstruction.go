package supervised

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"

	"gorae/data"
	"gorae/internal/doing"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// Reconstruction is the problem of a network that learns its own input (target: input): an autoencoder. Targets are
// the inputs as the network takes them, scaled, so that losses and metrics are in those units.
type Reconstruction struct {
	Name   string       // of the experiment
	Sample tensor.Shape // the shape of the input
	// Known is classes that are known of the samples, nil: none.
	Known *Known
	// Describe says and draws what is special about each of k groups; labels is the group of each training sample. Nil:
	// nothing.
	Describe func(ctx context.Context, labels []int, k int, f *task.Finish) error

	samples [3]data.Dataset // inputs alone, by part
	encoder *Encoder        // nil: no codes are asked for
	cluster *spec.Cluster   // nil: no groups are asked for
	unit    bool            // all values lie between 0 and 1
	seed    uint64
	plain   bool // no baselines are asked for
	codes   [3][][]float64
	found   *found // the groups

	errors *reconstructionErrors // of the part that is reported on
	rivals *rivals               // of the training samples
	beside *besideRivals
}

// bottleneck returns the number of nodes that the default network brings n values down to: a power of 2, an
// eighth of n or so, 2 at least.
func bottleneck(n int) int {
	return max(2, 1<<int(math.Log2(max(1, float64(n)/8))))
}

// Network returns an encoder to a bottleneck and a decoder back to the input.
func (r *Reconstruction) Network() *spec.Network {
	n := r.Sample.Size()
	code := bottleneck(n)
	widths := []int{4 * code}
	if r.encoder != nil {
		code, widths = r.encoder.Codes, encoderWidths(n)
	}
	var layers []layer.Layer
	if len(r.Sample) > 1 {
		layers = append(layers, layer.Flatten{})
	}
	for _, w := range widths {
		layers = append(layers, layer.Dense{Units: w, Activation: "relu"})
	}
	layers = append(layers, layer.Dense{Base: layer.Base{Name: codeLayer}, Units: code})
	for i := len(widths) - 1; i >= 0; i-- {
		layers = append(layers, layer.Dense{Units: widths[i], Activation: "relu"})
	}
	last := layer.Dense{Units: n}
	if r.unit {
		last.Activation = "sigmoid"
	}
	layers = append(layers, last)
	if len(r.Sample) > 1 {
		layers = append(layers, layer.Reshape{Target: r.Sample})
	}
	return spec.Chain(layers...)
}

// encoderWidths returns the hidden layers of the default encoder of n values: 1000, 500 and 250 (Hinton and
// Salakhutdinov, "Reducing the dimensionality of data with neural networks", Science 313, 2006) for 500 values or more,
// of fewer values two, four times as wide as they are many, 32 to 250.
func encoderWidths(n int) []int {
	if n >= 500 {
		return []int{1000, 500, 250}
	}
	w := min(max(4*n, 32), 250)
	return []int{w, w / 2}
}

// Fits returns an error unless the output has the shape of the input.
func (r *Reconstruction) Fits(outputs []tensor.Shape) error {
	if len(outputs) != 1 {
		return task.Errorf("model.outputs", "%d outputs; a network that learns its own input has one", len(outputs))
	}
	if got := tensor.Shape(outputs[0][1:]); !got.Equal(r.Sample) {
		return &task.OutputError{Msg: fmt.Sprintf("the model gives %v, but its target is its own input, of shape %v",
			got, r.Sample)}
	}
	return nil
}

// Losses implements task.Problem.
func (*Reconstruction) Losses(*model.Model) []string { return []string{"mean_squared_error"} }

// Metrics implements task.Problem.
func (*Reconstruction) Metrics() [][]string { return [][]string{{"rmse"}} }

// Check finds losses and metrics of class numbers, and weights of classes.
func (r *Reconstruction) Check(t *task.Training) error {
	if loss.TraitsOf(t.Losses[0]).Targets == loss.ClassNumbers {
		return task.Errorf(t.LossPath(0), "%s takes class numbers, but the target is the input; give "+
			"mean_squared_error", loss.Losses.Word(t.Losses[0]))
	}
	for i, m := range t.Metrics[0] {
		if metric.TraitsOf(m.Metric).Targets == loss.ClassNumbers {
			return task.Errorf(t.MetricPath(0, i), "%s takes class numbers, but the target is the input; give rmse",
				m.Name)
		}
	}
	if r.encoder != nil {
		return r.encoder.find(t.Model)
	}
	return nil
}

// About implements task.Problem.
func (r *Reconstruction) About() string { return fmt.Sprintf("its own input %v", r.Sample) }

// Choose fits what stands beside the network, and finds the groups of the training samples' codes; it implements
// task.Chooser.
func (r *Reconstruction) Choose(ctx context.Context, t *task.Training, _ data.Dataset) error {
	if r.encoder == nil {
		return nil
	}
	if !r.plain {
		doing.Say(ctx, "fitting the principal components")
		r.rivals = &rivals{}
		r.rivals.components(r.samples[task.Train], r.encoder.Codes, r.seed)
	}
	doing.Say(ctx, "computing the codes")
	for part, d := range r.samples {
		if d == nil {
			continue
		}
		var err error
		if r.codes[part], err = r.encoder.encode(ctx, t.Model, d); err != nil {
			return err
		}
	}
	if r.cluster == nil {
		return nil
	}
	doing.Say(ctx, "looking for groups")
	var err error
	if r.found, err = r.group(ctx, t.Model); err != nil {
		return task.Errorf("data.cluster", "%s", err)
	}
	r.encoder.Groups = r.found.groups
	return nil
}

// Observe gathers the mean of the training samples, and the errors of the test samples, or of the validation samples
// where there are none.
func (r *Reconstruction) Observe(part task.Part, d data.Dataset, t *task.Training) train.Consumer {
	if part == task.Train {
		if r.rivals == nil {
			r.rivals = &rivals{}
		}
		return r.rivals
	}
	// The parts come in their order: validation samples give way to test samples.
	r.errors = &reconstructionErrors{part: part}
	if r.rivals == nil {
		return r.errors
	}
	r.beside = newBesideRivals(r.rivals, &Autoencoder{}, t, d)
	r.beside.part = part.String()
	return consumers{r.errors, r.beside}
}

// reported is the part that is reported on: the test samples, or the validation or the training samples where there are
// no others.
func (r *Reconstruction) reported() task.Part {
	for _, part := range []task.Part{task.Test, task.Validation} {
		if r.samples[part] != nil {
			return part
		}
	}
	return task.Train
}

// Finish says how the errors of single samples are distributed: from there on a sample is unusual. It draws the map of
// the codes, and describes the groups.
func (r *Reconstruction) Finish(ctx context.Context, f *task.Finish) error {
	if f.Baselines && r.beside != nil {
		if err := r.beside.Compare(ctx, f.Findings); err != nil {
			return err
		}
	}
	if r.errors != nil && len(r.errors.rmse) > 0 {
		if err := r.errors.report(f.Findings); err != nil {
			return err
		}
	}
	if r.encoder == nil {
		return nil
	}
	if r.found != nil {
		if err := r.sayGroups(ctx, f); err != nil {
			return err
		}
	}
	return r.drawCodes(f)
}

// OwnInput reports whether an experiment makes a network's input its target, as codes and groups need it.
func OwnInput(in *task.Input) bool {
	t := in.Spec.Data.Target
	_, key := in.Spec.Data.Bottleneck()
	return key != "" || len(t) == 1 && t[0] == spec.OwnInput
}

// NoColumn returns an error for a table with a column named input, the word for the network's own input as the target.
func NoColumn(t *data.Table) error {
	if _, err := t.Column(spec.OwnInput); err != nil {
		return nil
	}
	return task.Errorf("data.target", "%s has a column %q, which is also the word for a network that learns its own "+
		"input; give the column another name", t.Name, spec.OwnInput)
}

// Autoencode makes samples without targets samples whose target is their input. Prepared.Problem becomes a
// *[Reconstruction]. known is classes that are known of the samples, nil: none.
func Autoencode(in *task.Input, p *task.Prepared, known *Known) (*task.Prepared, error) {
	d := &in.Spec.Data
	inputs := p.Parts[task.Train].Spec().Inputs
	switch {
	case d.Task != "":
		return nil, task.Errorf("data.task", "%s is for targets of their own, but the target is the input; leave it "+
			"out",
			d.Task)
	case d.Scale != "":
		return nil, task.Errorf("data.target_scale",
			"the target is the input, which data.features scales; leave it out")
	case len(inputs) != 1:
		return nil, task.Errorf("data.inputs", "%d inputs; a network that learns its own input has one", len(inputs))
	case inputs[0].DType != tensor.Float32:
		return nil, task.Errorf("data.target", "texts become ids, which a network cannot give back as numbers; give "+
			"the "+
			"column of text an output of bag, counts or tfidf")
	}
	d.Target = []string{spec.OwnInput}
	r := &Reconstruction{Name: in.Name, Sample: inputs[0].Shape, Known: known, cluster: d.Cluster, seed: in.Spec.Seed,
		plain: in.Spec.Train.Baselines != nil && !*in.Spec.Train.Baselines}
	for i, part := range p.Parts {
		if part != nil {
			r.samples[i] = data.Untargeted{Dataset: part}
			p.Parts[i] = data.Reconstruction(part)
		}
	}
	if err := r.bottleneck(d); err != nil {
		return nil, err
	}
	if r.encoder != nil {
		var err error
		if r.unit, err = withinUnit(r.samples[task.Train]); err != nil {
			return nil, err
		}
	}
	if augment := p.Augment; augment != nil {
		p.Augment = func(raw data.Dataset) (data.Dataset, error) {
			augmented, err := augment(raw)
			if err != nil {
				return nil, err
			}
			return data.Reconstruction(augmented), nil
		}
	}
	p.Fitted, p.Problem = &Autoencoder{p.Fitted, r.encoder}, r
	return p, nil
}

// bottleneck settles the number of codes.
func (r *Reconstruction) bottleneck(d *spec.Data) error {
	codes, key := d.Bottleneck()
	if key == "" {
		return nil
	}
	n := r.Sample.Size()
	if codes == 0 {
		codes = min(bottleneck(n), 10)
	}
	if codes > n {
		return task.Errorf("data."+key, "%d codes of samples of %d values; give %d or fewer", codes, n, n)
	}
	r.encoder = &Encoder{Codes: codes}
	d.Codes = codes
	if c := d.Cluster; c != nil {
		c.Codes = 0 // it stands in codes
		from, to := c.Range()
		if rows := r.rows(); from > rows {
			return task.Errorf("data.cluster.k", "%d groups of %d training samples; give fewer groups or more samples",
				from, rows)
		}
		have, err := distinct(r.samples[task.Train], from)
		if err != nil {
			return err
		}
		if have < from {
			return task.Errorf("data.cluster.k", "%d groups, but only %d different training samples", from, have).
				Fix("give %d or fewer", have)
		}
		c.K = []int{from, to}
		if from == to {
			c.K = c.K[:1]
		}
	}
	return nil
}

// leastMean is the mean of values from which a sigmoid can learn them: of values that are nearly all 0, as a bag of
// words by tf-idf, it goes to 0 everywhere in the first steps, where its gradient vanishes.
const leastMean = 0.05

// withinUnit reports whether all values of samples lie between 0 and 1, some above 0.5, and their mean not near 0: a
// sigmoid gives such values.
func withinUnit(d data.Dataset) (bool, error) {
	row, most, sum := d.Spec().Row(), float32(0), 0.0
	for i := range d.Len() {
		if err := d.Read(0, i, row); err != nil {
			return false, err
		}
		for _, v := range row[0].F32 {
			if !(v >= 0 && v <= 1) {
				return false, nil
			}
			most = max(most, v)
			sum += float64(v)
		}
	}
	return most > 0.5 && sum >= leastMean*float64(d.Len())*float64(row[0].Len()), nil
}

// distinct counts the different samples of a dataset, up to most.
func distinct(d data.Dataset, most int) (int, error) {
	row, seen := d.Spec().Row(), map[string]bool{}
	var text []byte
	for i := 0; i < d.Len() && len(seen) < most; i++ {
		if err := d.Read(0, i, row); err != nil {
			return 0, err
		}
		text = text[:0]
		for _, v := range row[0].F32 {
			text = binary.LittleEndian.AppendUint32(text, math.Float32bits(v))
		}
		seen[string(text)] = true
	}
	return len(seen), nil
}
