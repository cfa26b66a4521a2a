package diagnose

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/config"
	"gorae/data"
	"gorae/layer"
	"gorae/run"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// Case is what a diagnosis looks at: a run, and what is computed from it when a detector asks for it.
type Case struct {
	*run.Trained
	ctx      context.Context
	outcome  *Outcome
	chain    []link
	parts    [3]*part
	table    *data.Table
	read     bool
	pixelsOf *data.Pixels // of the table
	looked   bool         // for them
	within   *inner
	// What is computed once, when it is asked for first: the loss of a constant answer, the experiment's settings by
	// path, its columns with a transform, and the columns of the table that are learnt from.
	constant *float64
	settings map[string]string
	given    map[string]bool
	learnt   []int
	// features are the names of those of the only input.
	features []string
}

// newCase returns the case of a run.
func newCase(ctx context.Context, t *run.Trained) (*Case, error) {
	return &Case{Trained: t, ctx: ctx}, nil
}

// trained reports whether there is a training to judge, finished or failed.
func (c *Case) trained() bool { return c.Report != nil || c.Failure != nil }

// link is a layer of the network in its place.
type link struct {
	layer.Layer
	name   string // of the layer in the network, as statistics have it
	key    string // of the experiment file: model[1].dense
	traits layer.Traits
	config config.Map // as Keras writes it
}

// layers lists the layers of the network in order, inputs left out; of an ensemble those of its first network.
func (c *Case) layers() []link {
	if c.chain != nil {
		return c.chain
	}
	m := c.Model
	if all := m.Networks(); len(all) > 1 {
		m = all[0]
	}
	if c.Spec.Model == nil {
		return nil
	}
	for _, i := range m.Layers() {
		if _, ok := i.Layer.(layer.Input); ok {
			continue
		}
		of, _ := layer.Layers.Encode(i.Layer).Get("config").(config.Map)
		c.chain = append(c.chain, link{Layer: i.Layer, name: i.Name(), traits: layer.TraitsOf(i.Layer), config: of})
	}
	c.locate()
	return c.chain
}

// locate gives layers their keys of the experiment file. Those of a network with branches are computed in another order
// than they are written in: a layer is the step of its name, or else the first one left that is written as it is.
func (c *Case) locate() {
	n := c.Spec.Model
	steps := make([]string, len(n.Steps)) // as they are written; "" of one that is taken, or has no layer
	named := map[string]int{}
	for i, s := range n.Steps {
		if s.Layer != nil {
			steps[i] = written(layer.Layers.Encode(s.Layer))
		}
		if s.Name != "" {
			named[s.Name] = i
		}
	}
	for k := range c.chain {
		if i, ok := named[c.chain[k].name]; ok && steps[i] != "" {
			c.chain[k].key, steps[i] = n.KeyPath(i), ""
		}
	}
	for k := range c.chain {
		if l := &c.chain[k]; l.key == "" {
			if i := slices.Index(steps, written(layer.Layers.Encode(l.Layer))); i >= 0 {
				l.key, steps[i] = n.KeyPath(i), ""
			}
		}
	}
}

// written is a layer as it is written, without its name.
func written(l config.Map) string {
	of, _ := l.Get("config").(config.Map)
	of = slices.DeleteFunc(slices.Clone(of), func(e config.Entry) bool { return e.Key == "name" })
	return fmt.Sprint(l.Get("class_name"), of)
}

// owns reports whether a path is that of the layer's kernel, or of a kernel of its cell.
func (l link) owns(path string) bool {
	rest, ok := strings.CutPrefix(path, l.name+"/")
	return ok && slices.Contains([]string{"kernel", "cell/kernel", "cell/recurrent_kernel"}, rest)
}

// hidden lists the layers before the last one.
func (c *Case) hidden() []link {
	all := c.layers()
	return all[:max(0, len(all)-1)]
}

// last returns the last layer; false where there is none, or several outputs.
func (c *Case) last() (link, bool) {
	all := c.layers()
	if len(all) == 0 || len(c.Model.OutputNames()) != 1 {
		return link{}, false
	}
	return all[len(all)-1], true
}

// change returns the assignment of a key of a layer, none where the layer has no place in the experiment file.
func (l link) change(key, value string) []string {
	if l.key == "" {
		return nil
	}
	return []string{l.key + "." + key + "=" + value}
}

// normalized reports whether the network scales its inputs before the first layer with a kernel.
func (c *Case) normalized() bool {
	for _, l := range c.layers() {
		switch l.Layer.(type) {
		case layer.BatchNormalization, layer.Normalization, layer.LayerNormalization, layer.Rescaling,
			layer.UnitNormalization, layer.GroupNormalization, layer.RMSNormalization:
			return true
		case layer.Flatten, layer.Reshape, layer.Dropout, layer.GaussianNoise, layer.Masking:
		default:
			return false
		}
	}
	return false
}

// takesIDs reports whether a layer takes ids, whose size says nothing.
func (c *Case) takesIDs() bool {
	return slices.ContainsFunc(c.layers(), func(l link) bool { _, ok := l.Layer.(layer.TakesIDs); return ok })
}

// single reports whether the network has one output with a target of its own.
func (c *Case) single() bool {
	return c.Supervised() && len(c.Model.OutputNames()) == 1 && len(c.Fitted.Outputs()) == 1
}

// classes names the classes of the only output; nil where it is a number, or there are several.
func (c *Case) classes() []string {
	if !c.single() || c.Fitted.Outputs()[0].Each {
		return nil
	}
	return c.Fitted.Outputs()[0].Classes
}

// number reports whether the only output is a number.
func (c *Case) number() bool { return c.single() && c.Fitted.Outputs()[0].Classes == nil }

// windows reports whether samples are windows of a series.
func (c *Case) windows() bool { return c.Task.Name() == "series" }

// part is the samples of a part as the network has them, with its outputs where it is trained.
type part struct {
	n       int
	width   int         // features of a sample
	x       []float32   // [n, width]; nil where the input is not one of numbers
	shape   []int       // of a sample
	y       []float64   // the class, or the number as it is learnt; nil of other targets
	out     [][]float32 // [n] outputs
	class   []int       // predicted; nil of numbers
	p       [][]float32 // probabilities by class; nil where there are none
	numbers []int       // of the samples in the source
}

// Bounds of what is kept of a part.
const (
	mostSamples = 20_000
	mostValues  = 1 << 25
)

// part returns the samples of a part with the outputs of the kept network; nil where it has none.
func (c *Case) part(p task.Part) (*part, error) {
	if c.parts[p] != nil || c.Parts[p] == nil || !c.single() {
		return c.parts[p], nil
	}
	of := &part{numbers: c.Numbers(p)}
	classes := len(c.classes())
	rule := c.Training.Rules()[0]
	rule = c.Fitted.Outputs()[0].Rule(rule)
	see := train.ConsumerFunc(func(b *train.EvalBatch) error {
		n := len(b.Samples)
		x, y, out := b.Inputs[0], b.Targets[0], b.Outputs[0]
		width := x.Len() / n
		if len(b.Inputs) == 1 && x.DType() == tensor.Float32 && (of.x != nil || of.n == 0) &&
			(of.width == 0 || of.width == width) && (of.n+n)*width <= mostValues {
			of.x, of.width, of.shape = append(of.x, x.F32...), width, x.Shape[1:]
		} else {
			of.x = nil
		}
		each := out.Len() / n
		for i := range n {
			o := slices.Clone(out.F32[i*each : (i+1)*each])
			of.out = append(of.out, o)
			if classes > 0 {
				of.class = append(of.class, rule.Class(o))
				if v := rule.Values(o); rule.Probable && len(v) == classes {
					of.p = append(of.p, slices.Clone(v))
				}
				of.y = append(of.y, float64(classOf(y.Rows(i, i+1), classes)))
			} else if k := y.Len() / n; k >= 1 && y.DType() == tensor.Float32 {
				of.y = append(of.y, float64(y.F32[i*k]))
			}
		}
		of.n += n
		return nil
	})
	if _, err := c.EvaluateFirst(c.ctx, p, mostSamples, see); err != nil {
		return nil, err
	}
	if len(of.y) != of.n {
		of.y = nil
	}
	if len(of.p) != of.n {
		of.p = nil
	}
	c.parts[p] = of
	return of, nil
}

// classOf returns the class of an encoded target: a number, or one-hot.
func classOf(y *tensor.Tensor, classes int) int {
	if y.Len() == classes && classes > 1 && y.DType() == tensor.Float32 {
		best := 0
		for i, v := range y.F32 {
			if v > y.F32[best] {
				best = i
			}
		}
		return best
	}
	return int(y.Float(0))
}

// unseen returns the part that the report is on: the test samples, or the validation samples where there are none.
func (c *Case) unseen() task.Part {
	if c.Rows(task.Test) > 0 {
		return task.Test
	}
	return task.Validation
}

// row returns the features of a sample.
func (p *part) row(i int) []float32 { return p.x[i*p.width : (i+1)*p.width] }

// column returns a feature of all samples.
func (p *part) column(k int) []float64 {
	out := make([]float64, p.n)
	for i := range out {
		out[i] = float64(p.x[i*p.width+k])
	}
	return out
}

// feature names a feature of the only input; its number where it has no name.
func (c *Case) feature(k int) string {
	if f, ok := c.Fitted.(task.Featured); ok && c.features == nil {
		c.features = f.FeatureNames()
	}
	if k < len(c.features) {
		return c.features[k]
	}
	return ""
}

// tableOnce returns the table of the samples; nil where there is none.
func (c *Case) tableOnce() (*data.Table, error) {
	if c.read {
		return c.table, nil
	}
	c.read = true
	var err error
	c.table, err = c.Table()
	return c.table, err
}

// finite is v, or the greatest number where it is none: JSON has no word for others.
func finite(v float64) float64 {
	switch {
	case math.IsNaN(v):
		return 0
	case math.IsInf(v, 0):
		return math.Copysign(math.MaxFloat64, v)
	}
	return v
}
