package layer

import (
	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

func init() {
	Layers.Register(GRU{})
	Cells.Register(GRUCell{})
}

// GRU is the gated recurrent unit (Cho et al., 2014):
//
//	z, r = rec(x·kernel + h·recurrent_kernel + bias)
//	g = act(x·kernel + r·(h·recurrent_kernel))
//	h′ = z·h + (1 − z)·g
//
// each with its block of the kernel [m, 3k] and the recurrent kernel [k, 3k], in the order
// z, r, g. The bias is [2, 3k], of the inputs and of the states: 3(m + k + 2)·k parameters. With ResetBefore
// (Keras's reset_after=False, the form of the paper) g is act(x·kernel + (r·h)·recurrent_kernel), the bias [3k],
// and there are 3(m + k + 1)·k parameters.
// Options and results that recurrent layers have in common are explained at [RNN].
type GRU struct {
	Base
	_               struct{} `keras:"dtype~float32"`
	ReturnSequences bool     `keras:"return_sequences"`
	ReturnState     bool     `keras:"return_state"`
	RNNOptions
	Units               int        `keras:"units,main,required,min=1,what=number of nodes"`
	Activation          Activation `keras:"activation,default=tanh"`
	RecurrentActivation Activation `keras:"recurrent_activation,default=sigmoid"`
	CellOptions
	ResetBefore         bool               `keras:"!reset_after"`
	ActivityRegularizer weight.Regularizer `keras:"activity_regularizer"`
	_                   struct{}           `keras:"seed~null,unroll~false,?implementation~2,?time_major=false,?input_length~null"`
}

// Call implements Layer.
func (l GRU) Call(s *Scope, x ...*graph.Node) []*graph.Node { return l.loop().call(s, x) }

// Activity implements Active.
func (l GRU) Activity() weight.Regularizer { return l.ActivityRegularizer }

// Traits implements Described.
func (l GRU) Traits() Traits { return l.loop().traits(config.Filled(l).Activation) }

func (l GRU) loop() loop {
	return l.looped(l.ReturnSequences, l.ReturnState, l.ActivityRegularizer, l.cell().gates())
}

func (l GRU) cell() GRUCell {
	return GRUCell{Base: l.Base, Units: l.Units, Activation: l.Activation, RecurrentActivation: l.RecurrentActivation,
		CellOptions: l.CellOptions, ResetBefore: l.ResetBefore}
}

// Formula implements Formulator.
func (l GRU) Formula(in, out []tensor.Shape) string { return formula(l.cell().gates(), in) }

// GRUCell is one step of [GRU].
type GRUCell struct {
	Base
	_                   struct{}   `keras:"dtype~float32"`
	Units               int        `keras:"units,main,required,min=1,what=number of nodes"`
	Activation          Activation `keras:"activation,default=tanh"`
	RecurrentActivation Activation `keras:"recurrent_activation,default=sigmoid"`
	CellOptions
	ResetBefore bool     `keras:"!reset_after"`
	_           struct{} `keras:"seed~null,?implementation~2"`
}

func (l GRUCell) gates() gates {
	l = config.Filled(l)
	return gates{blocks: 3, memories: 1, units: l.Units, activation: l.Activation, recurrent: l.RecurrentActivation,
		resetAfter:  !l.ResetBefore,
		CellOptions: l.CellOptions, build: graph.GRUCell}
}

// States implements Cell.
func (l GRUCell) States(step tensor.Shape) []tensor.Shape { return l.gates().states(nil, step) }

// Step implements Cell.
func (l GRUCell) Step(s *Scope, x *graph.Node, states []*graph.Node) (*graph.Node, []*graph.Node) {
	return l.gates().step(s, x, states)
}
