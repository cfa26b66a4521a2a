package layer

import (
	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

func init() {
	Layers.RegisterOwn(UGRNN{})
	Cells.RegisterOwn(UGRNNCell{})
}

// UGRNN is the update-gate network (Collins, Sohl-Dickstein and Sussillo, 2016), a
// GRU that is a special case of LSTM:
//
//	g = act(x·kernel + h·recurrent_kernel + bias)
//	f = rec(x·kernel + h·recurrent_kernel + bias)
//	h′ = (1 − f)·g + f·h
//
// with blocks in the order g, f: 2(m + k + 1)·k parameters, half of an LSTM's. Keras has no such layer.
// Options and results that recurrent layers have in common are explained at [RNN].
type UGRNN struct {
	Base
	_               struct{} `keras:"dtype~float32"`
	ReturnSequences bool     `keras:"return_sequences"`
	ReturnState     bool     `keras:"return_state"`
	RNNOptions
	Units               int        `keras:"units,main,required,min=1,what=number of nodes"`
	Activation          Activation `keras:"activation,default=tanh"`
	RecurrentActivation Activation `keras:"recurrent_activation,default=sigmoid"`
	CellOptions
	ActivityRegularizer weight.Regularizer `keras:"activity_regularizer"`
	_                   struct{}           `keras:"seed~null,unroll~false,?implementation~2,?time_major=false,?input_length~null"`
}

// Call implements Layer.
func (l UGRNN) Call(s *Scope, x ...*graph.Node) []*graph.Node { return l.loop().call(s, x) }

// Activity implements Active.
func (l UGRNN) Activity() weight.Regularizer { return l.ActivityRegularizer }

// Traits implements Described.
func (l UGRNN) Traits() Traits { return l.loop().traits(config.Filled(l).Activation) }

func (l UGRNN) loop() loop {
	return l.looped(l.ReturnSequences, l.ReturnState, l.ActivityRegularizer, l.cell().gates())
}

func (l UGRNN) cell() UGRNNCell {
	return UGRNNCell{Base: l.Base, Units: l.Units, Activation: l.Activation, RecurrentActivation: l.RecurrentActivation,
		CellOptions: l.CellOptions}
}

// Formula implements Formulator.
func (l UGRNN) Formula(in, out []tensor.Shape) string { return formula(l.cell().gates(), in) }

// UGRNNCell is one step of [UGRNN].
type UGRNNCell struct {
	Base
	_                   struct{}   `keras:"dtype~float32"`
	Units               int        `keras:"units,main,required,min=1,what=number of nodes"`
	Activation          Activation `keras:"activation,default=tanh"`
	RecurrentActivation Activation `keras:"recurrent_activation,default=sigmoid"`
	CellOptions
	_ struct{} `keras:"seed~null,?implementation~2"`
}

func (l UGRNNCell) gates() gates {
	l = config.Filled(l)
	return gates{blocks: 2, memories: 1, units: l.Units, activation: l.Activation, recurrent: l.RecurrentActivation,
		CellOptions: l.CellOptions, build: graph.UGRNNCell}
}

// States implements Cell.
func (l UGRNNCell) States(step tensor.Shape) []tensor.Shape { return l.gates().states(nil, step) }

// Step implements Cell.
func (l UGRNNCell) Step(s *Scope, x *graph.Node, states []*graph.Node) (*graph.Node, []*graph.Node) {
	return l.gates().step(s, x, states)
}
