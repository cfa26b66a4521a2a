package layer

import (
	"fmt"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

// LoRA is a low-rank adaptation: the weight W of a layer stands still, and Rank columns and rows are learnt in its
// place,
//
//	W′ = W + Alpha/Rank · A·B
//
// with A of the shape of W, Rank in the place of its last axis, and B [Rank, the last axis of W] (Hu, Shen, Wallis and
// others, "LoRA: Low-rank adaptation of large language models", 2021). A begins as he_uniform draws it and B with
// zeros. A file of Keras's holds W′ alone: read again, W is W′, and A and B begin anew.
//
//	{dense: {units: 64, lora_rank: 4}}
//
// Source: Keras, keras/src/layers/core/dense.py, enable_lora.
type LoRA struct {
	// Rank is the number of columns of A and of rows of B; 0: the weight itself is learnt.
	Rank int `keras:"lora_rank,optional,min=1"`
	// Alpha is the factor of the adaptation, divided by Rank: Rank, where none is given.
	Alpha *float64 `keras:"lora_alpha,optional"`
}

// check refuses a constraint on the weight that is adapted.
func (l LoRA) check(key string, c weight.Constraint) error {
	if l.Rank > 0 && c != nil {
		return config.Errorf(key, "a weight that lora_rank adapts cannot be held to a constraint").
			Fix("leave one of the two out").Coded(config.Conflict)
	}
	return nil
}

// scale is the factor of A·B.
func (l LoRA) scale() float64 {
	if l.Alpha == nil {
		return 1
	}
	return *l.Alpha / float64(l.Rank)
}

// base is the scope of the weight that is adapted.
func (l LoRA) base(s *Scope) *Scope {
	switch {
	case l.Rank == 0:
		return s
	case s.body != nil:
		s.Fail("lora_rank: a cell of your own takes no layers with it; adapt the weights of a layer beside it")
	}
	return s.Frozen()
}

// parts declares A and B for the weight of a name.
func (l LoRA) parts(s *Scope, name string, shape tensor.Shape, reg weight.Regularizer) (a, b *graph.Node) {
	last := len(shape) - 1
	names := [...]string{"lora_" + name + "_a", "lora_" + name + "_b"}
	a = s.Weight(names[0], append(shape[:last].Clone(), l.Rank), weight.HeUniform{}, reg)
	b = s.Weight(names[1], []int{l.Rank, shape[last]}, weight.Zeros{}, reg)
	if s.define {
		of := func(name string) *weight.Variable { return s.store.Var(s.join(name)).Variable }
		of(name).Delta = &weight.Delta{A: of(names[0]), B: of(names[1]), Scale: l.scale()}
	}
	return a, b
}

// adapt is W′, where w is W.
func (l LoRA) adapt(s *Scope, name string, w *graph.Node, reg weight.Regularizer) *graph.Node {
	if l.Rank == 0 {
		return w
	}
	a, b := l.parts(s, name, w.Shape, reg)
	delta := a.Reshape(-1, l.Rank).MatMul(b).Reshape(w.Shape...)
	if k := l.scale(); k != 1 {
		delta = delta.MulC(k)
	}
	return w.Add(delta)
}

// formula is the count of numbers of A and B for the formula of a layer, "" without.
func (l LoRA) formula(rows, last int) (text string, n int) {
	if l.Rank == 0 {
		return "", 0
	}
	return fmt.Sprintf(" + lora (%d + %d) × %d", rows, last, l.Rank), (rows + last) * l.Rank
}
