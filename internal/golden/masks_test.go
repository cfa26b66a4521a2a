package golden

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/weight"
)

// maskCase is a line of keras3/masks.jsonl: prefix → layer → heads.
type maskCase struct {
	Name     string         `json:"name"`
	Class    string         `json:"class_name"`
	Config   map[string]any `json:"config"`
	Training bool           `json:"training"`
	How      string         `json:"how"`
	Rule     string         `json:"rule"`
	Prefix   []*maskPart    `json:"prefix"`
	Inputs   []*array       `json:"inputs"`
	Weights  []struct {
		Path  string
		Value *array
	} `json:"weights"`
	Before  []*array    `json:"masks_before"`
	After   []*array    `json:"weights_after"`
	Outputs []*array    `json:"outputs"`
	Masks   []*array    `json:"masks_after"`
	Heads   []*maskPart `json:"heads"`
}

// maskPart is a layer before or behind the one of a case.
type maskPart struct {
	Class   string         `json:"class_name"`
	Config  map[string]any `json:"config"`
	Weights []*array       `json:"weights"`
	Output  *array         `json:"output"`
	Error   string         `json:"error"`
}

// TestMasks: masks pass, stop and change as in Keras 3, and the numbers of layers behind them are Keras's.
func TestMasks(t *testing.T) {
	file := "keras3/masks.jsonl"
	y := newTally(file)
	lines(t, file, func(c *maskCase) {
		if !layer.Layers.Has(c.Class) {
			y.lacks(t, c.Class)
			return
		}
		_, err := c.trace()
		if c.Rule == "error" {
			y.refused++ // Keras refuses the case; whoever does better is not wrong
			return
		}
		if !y.refuses(c.Class, err) {
			y.try(t, c.Name, c.check)
		}
	})
	y.report(t)
}

// masked is a case as a graph.
type masked struct {
	trace  *layer.Trace
	store  *weight.Store
	before []*graph.Node // the layer's inputs
	y      []*graph.Node
	heads  []*graph.Node // nil where Keras refuses the head
	values leaves
}

func (c *maskCase) trace() (*masked, error) {
	r := &masked{trace: layer.NewTrace(c.Training), store: weight.NewStore(), heads: make([]*graph.Node, len(c.Heads))}
	r.values = leaves{"key": {Type: graph.KeyType, V: make([]float64, 4)}}
	cfg := maps.Clone(c.Config)
	if c.How == "self-causal" { // Keras has it as an argument of the call
		cfg["use_causal_mask"] = true
	}
	parts := []*maskPart{{Class: c.Class, Config: cfg}}
	for _, p := range append(slices.Clone(c.Prefix), c.Heads...) {
		if p != nil && p.Error == "" {
			parts = append(parts, p)
		}
	}
	made := map[*maskPart]layer.Layer{}
	for _, p := range parts {
		l, err := layer.Layers.New(p.Class, p.Config)
		if err != nil {
			return nil, err
		}
		made[p] = l
	}
	err := graph.Catch(func() {
		s := layer.NewScope(r.trace, r.store, true)
		for i, in := range c.Inputs {
			name := fmt.Sprint("x", i)
			r.values[name] = in.value()
			n := r.trace.Graph.Input(name, r.values[name].Type)
			if p := c.Prefix[i]; p != nil {
				n = s.Child(fmt.Sprint("before", i), made[p], n)[0]
			}
			r.before = append(r.before, n)
		}
		r.y = s.Child("layer", made[parts[0]], r.before...)
		for i, h := range c.Heads {
			if h.Output != nil {
				r.heads[i] = s.Child(fmt.Sprint("head", i), made[h], r.y[0])[0]
			}
		}
	})
	if err != nil {
		return nil, layer.Cause(err)
	}
	var own []*array
	for _, w := range c.Weights {
		own = append(own, w.Value)
	}
	r.fill("layer", own)
	for i, p := range c.Prefix {
		if p != nil {
			r.fill(fmt.Sprint("before", i), p.Weights)
		}
	}
	for i, h := range c.Heads {
		r.fill(fmt.Sprint("head", i), h.Weights)
	}
	return r, nil
}

// fill gives the weights of a layer their values, in order.
func (r *masked) fill(name string, values []*array) {
	for _, v := range r.store.Vars() {
		if strings.HasPrefix(v.Path, name+"/") && len(values) > 0 {
			r.values[leafName(r.trace.Leaf(v))], values = values[0].value(), values[1:]
		}
	}
}

func (c *maskCase) check(t *testing.T) {
	for _, how := range computers {
		t.Run(how.name, func(t *testing.T) {
			r, err := c.trace()
			if err != nil {
				t.Fatal(err)
			}
			if !how.single && slices.Contains(rounded, c.Name) {
				roundConstants(r.trace.Graph)
			}
			tol := within{abs: 1e-10, rel: 1e-10}
			if how.single || strings.Contains(c.Class, "3D") { // Keras has those in float32 alone
				tol = within{abs: 1e-6, rel: 1e-5, largest: true}
			}
			var nodes []*graph.Node
			at := map[*graph.Node]int{}
			add := func(n *graph.Node) {
				if n != nil {
					at[n], nodes = len(nodes), append(nodes, n)
				}
			}
			for _, n := range slices.Concat(r.before, r.y) {
				add(n)
				add(r.trace.Mask(n))
			}
			for _, n := range r.heads {
				add(n)
			}
			got, err := how.compute(r.values, nodes, r.trace.Graph.Assigns)
			if err != nil {
				t.Fatal(err)
			}
			mask := func(what string, n *graph.Node, want *array) {
				m := r.trace.Mask(n)
				checkMask(t, what, m != nil, want, func() *graph.Array { return got.outs[at[m]] })
			}
			for i, want := range c.Before {
				mask(fmt.Sprint("mask of input ", i), r.before[i], want)
			}
			for i, want := range c.Outputs {
				tol.compare(t, fmt.Sprint("output ", i), got.outs[at[r.y[i]]], want)
				mask(fmt.Sprint("mask of output ", i), r.y[i], c.Masks[i])
			}
			for i, h := range c.Heads {
				if r.heads[i] != nil {
					tol.compare(t, h.Class+" behind it", got.outs[at[r.heads[i]]], h.Output)
				}
			}
			i := 0
			for _, v := range r.store.Vars() {
				if !strings.HasPrefix(v.Path, "layer/") {
					continue
				}
				if a := got.next[leafName(r.trace.Leaf(v))]; a != nil && c.After[i] != nil {
					tol.compare(t, v.Path+" afterwards", a, c.After[i])
				}
				i++
			}
		})
	}
}
