package run

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"gorae/bundle"
	"gorae/config"
	"gorae/data"
	"gorae/layer"
	"gorae/model"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
)

// buildModel makes the model and draws its initial weights.
func (p *Prepared) buildModel(prepared *task.Prepared) (*builder, error) {
	n := p.Spec.Model
	if n == nil {
		n = p.Problem.Network().Named()
	}
	vars := map[string]int{}
	maps.Copy(vars, prepared.Vocabularies)
	if prepared.Vocabulary > 0 {
		vars[spec.Vocabulary] = prepared.Vocabulary
	}
	if i := n.Open(); i >= 0 && len(vars) == 0 {
		return nil, noVocabulary(n.Path(i))
	}
	n, err := n.Resolve(vars)
	if err != nil {
		return nil, err
	}
	p.Spec.Model = n
	inputs := p.how.inputs(prepared)
	if err := checkEmbeddings(n, inputs, prepared.Vocabulary); err != nil {
		return nil, err
	}
	b := &builder{network: n, inputs: inputs, expand: p.expand}
	if e := p.Spec.Train.Several(); e != nil {
		b.networks = e.Networks
	}
	if p.Model, err = b.build(p.Spec.Seed); err != nil {
		return nil, err
	}
	p.Model.Name = modelName(p.Name)
	each := []*model.Model{p.Model}
	if b.networks > 1 {
		each = p.Model.Networks()
		for _, m := range each {
			if err := m.Build(p.Spec.Seed); err != nil {
				return nil, err
			}
		}
	}
	if i, ok := p.Problem.(task.Initializer); ok {
		for _, m := range each {
			if err := i.Initialize(m); err != nil {
				return nil, err
			}
		}
	}
	return b, p.transfer()
}

func noVocabulary(path string) error {
	return task.Errorf(path, "%s stands for the number of ids of a text, but the data have none; give a number",
		spec.Vocabulary)
}

// network makes a model of a network beside the one below model.
func (p *Prepared) network(n *spec.Network, inputs []data.Field, seed uint64) (*model.Model, error) {
	if i := n.Open(); i >= 0 {
		return nil, noVocabulary(n.Path(i))
	}
	return (&builder{network: n, inputs: inputs, expand: p.expand}).build(seed)
}

// checkEmbeddings returns an error for an Embedding of the inputs with fewer rows than the vocabulary has ids.
func checkEmbeddings(n *spec.Network, inputs []data.Field, vocabulary int) error {
	if vocabulary == 0 || len(inputs) != 1 {
		return nil
	}
	for i, s := range n.Steps {
		e, ok := s.Layer.(layer.TakesIDs)
		if first := i == 0 || slices.Contains(s.Inputs, spec.OwnInput); ok && first && e.IDs() < vocabulary {
			return task.Errorf(n.KeyPath(i)+".input_dim",
				"%d rows for %d ids (padding and unknown counted); give input_dim: %s", e.IDs(), vocabulary,
				spec.Vocabulary)
		}
	}
	return nil
}

// builder makes a model of the network of an experiment for inputs of a dataset.
type builder struct {
	network *spec.Network
	inputs  []data.Field
	expand  func(key, path string) (string, error) // of files that the network names
	made    []*model.Instance                      // by step

	networks int // of an ensemble; 0 without
}

// build makes the model and draws its initial weights. An error of a layer has the path of the layer.
func (b *builder) build(seed uint64) (*model.Model, error) {
	b.made = make([]*model.Instance, len(b.network.Steps))
	var all []*model.Model
	for range max(1, b.networks) {
		m, err := b.assemble()
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	m := all[0]
	if b.networks > 0 {
		m = model.Ensemble(all...)
	}
	err := m.Build(seed)
	var c *layer.CallError
	if errors.As(err, &c) {
		path := c.Path
		if b.networks > 0 {
			_, path, _ = strings.Cut(path, "/")
		}
		name, _, inner := strings.Cut(path, "/")
		for i := range b.network.Steps {
			if b.made[i] == nil || b.made[i].Name() != name {
				continue
			}
			cause := c.Err
			if inner {
				cause = err
			}
			return nil, config.Errorf(b.network.KeyPath(i), "%v", cause).AtKey()
		}
	}
	if err != nil {
		return nil, config.Errorf(b.network.Place(), "%v", err).AtKey()
	}
	return m, nil
}

// assemble connects the layers, without weights.
func (b *builder) assemble() (*model.Model, error) {
	if !b.network.Branches() && len(b.inputs) == 1 {
		return b.chain()
	}
	values, results := map[string]*model.Value{}, map[string][]*model.Value{}
	var ins []*model.Value
	for _, f := range b.inputs {
		name := f.Name
		if len(b.inputs) == 1 {
			name = spec.OwnInput
		}
		v := model.Apply(inputLayer(name, f))
		values[name], ins = v, append(ins, v)
	}
	last := ins[len(ins)-1]
	for i, s := range b.network.Steps {
		from := []*model.Value{last}
		if i == 0 && s.Inputs == nil {
			from = ins
		}
		if s.Inputs != nil {
			from = nil
			for _, n := range s.Inputs {
				name, k := spec.Result(n)
				v := values[name]
				if k > 1 && v != nil && k <= len(results[name]) {
					v = results[name][k-1]
				}
				if v == nil {
					return nil, task.Errorf(b.network.Path(i)+".inputs", "no layer or input %q%s", n,
						config.DidYouMean(n, keys(values)))
				}
				from = append(from, v)
			}
		}
		l, err := b.layer(i)
		if err != nil {
			return nil, err
		}
		b.made[i] = model.Share(l)
		all := b.made[i].ApplyN(b.network.Used(s.Name), from...)
		last = all[0]
		if s.Name != "" {
			values[s.Name], results[s.Name] = last, all
		}
	}
	outs := []*model.Value{last}
	if b.network.Outputs != nil {
		outs = nil
		for _, o := range b.network.Outputs {
			outs = append(outs, values[o])
		}
	}
	return model.New(ins, outs), nil
}

// layer returns the layer of a step: its own, or the network of a file, up to the layer that the step names.
func (b *builder) layer(i int) (layer.Layer, error) {
	s := b.network.Steps[i]
	if s.Pretrained == nil {
		return s.Layer, nil
	}
	key := b.network.KeyPath(i)
	path, err := b.expand(key, s.Pretrained.File)
	if err != nil {
		return nil, err
	}
	from, err := bundle.Open(path)
	if err != nil {
		return nil, task.Errorf(key, "%v", err)
	}
	m := from.Model
	if s.Pretrained.Upto != "" {
		if m, err = m.Upto(s.Pretrained.Upto); err != nil {
			return nil, task.Errorf(key+".upto", "%v", err)
		}
	}
	if m.Name = s.Name; m.Name == "" {
		m.Name = "pretrained"
	}
	return m, nil
}

// keys returns the names of values.
func keys(m map[string]*model.Value) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	return out
}

// chain returns a Sequential model.
func (b *builder) chain() (*model.Model, error) {
	f := b.inputs[0]
	layers := []layer.Layer{inputLayer("", f)}
	skip := 0
	for i, s := range b.network.Steps {
		if in, ok := s.Layer.(layer.Input); ok && i == 0 {
			if !in.Takes(f.Shape) {
				return nil, task.Errorf(b.network.Path(0),
					"input %v, but the data's samples are %v; leave the input out", in.Extents(), f.Shape)
			}
			skip = 1
			continue
		}
		l, err := b.layer(i)
		if err != nil {
			return nil, err
		}
		layers = append(layers, l)
	}
	m := model.Sequential(layers...)
	if all := m.Layers(); len(all) == len(layers) {
		copy(b.made[skip:], all[1:])
	}
	return m, nil
}

// inputLayer returns the input of a field; "" leaves its name to Keras's numbering. Extents of -1 are left open.
func inputLayer(name string, f data.Field) layer.Input {
	in := layer.Input{Base: layer.Base{Name: name}, Shape: f.Shape}
	if slices.Contains(f.Shape, -1) {
		in.Shape, in.Batch = nil, make([]int, 1, len(f.Shape)+1)
		for _, d := range f.Shape {
			in.Batch = append(in.Batch, max(d, 0))
		}
	}
	if f.DType != tensor.Float32 {
		in.DType = f.DType.String()
	}
	return in
}

// outputPath returns the path of the layer that makes an output, or of the units of a Dense layer.
func (b *builder) outputPath(output int) string {
	at := len(b.network.Steps) - 1
	if outs := b.network.Outputs; output < len(outs) {
		at = slices.IndexFunc(b.network.Steps, func(s spec.Step) bool { return s.Name == outs[output] })
	}
	path := b.network.KeyPath(at)
	if _, ok := b.network.Steps[at].Layer.(layer.Dense); ok {
		return path + ".units"
	}
	return path
}
