package layer

import (
	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

func init() {
	Layers.Register(LSTM{})
	Cells.Register(LSTMCell{})
}

// LSTM is long short-term memory (Hochreiter and Schmidhuber, 1997): gates i, f, o and the
// candidate g, each (m + k + 1)·k parameters on m features,
//
//	c′ = f·c + i·g
//	h′ = o·act(c′)
//
// i, f, o by RecurrentActivation, g by Activation. The kernel [m, 4k], the recurrent kernel [k, 4k] and the bias
// [4k] hold their blocks in Keras's order i, f, g, o. The forget gate's bias starts at 1 unless
// NoForgetBias. The states are h and c.
// Options and results that recurrent layers have in common are explained at [RNN].
type LSTM struct {
	Base
	_               struct{} `keras:"dtype~float32"`
	ReturnSequences bool     `keras:"return_sequences"`
	ReturnState     bool     `keras:"return_state"`
	RNNOptions
	Units               int        `keras:"units,main,required,min=1,what=number of nodes"`
	Activation          Activation `keras:"activation,default=tanh"`
	RecurrentActivation Activation `keras:"recurrent_activation,default=sigmoid"`
	CellOptions
	NoForgetBias        bool               `keras:"!unit_forget_bias"`
	ActivityRegularizer weight.Regularizer `keras:"activity_regularizer"`
	_                   struct{}           `keras:"seed~null,unroll~false,?implementation~2,?time_major=false,?input_length~null"`
}

// Call implements Layer.
func (l LSTM) Call(s *Scope, x ...*graph.Node) []*graph.Node { return l.loop().call(s, x) }

// Activity implements Active.
func (l LSTM) Activity() weight.Regularizer { return l.ActivityRegularizer }

// Traits implements Described.
func (l LSTM) Traits() Traits { return l.loop().traits(config.Filled(l).Activation) }

func (l LSTM) loop() loop {
	return l.looped(l.ReturnSequences, l.ReturnState, l.ActivityRegularizer, l.cell().gates())
}

func (l LSTM) cell() LSTMCell {
	return LSTMCell{Base: l.Base, Units: l.Units, Activation: l.Activation, RecurrentActivation: l.RecurrentActivation,
		CellOptions: l.CellOptions, NoForgetBias: l.NoForgetBias}
}

// Formula implements Formulator.
func (l LSTM) Formula(in, out []tensor.Shape) string { return formula(l.cell().gates(), in) }

// LSTMCell is one step of [LSTM].
type LSTMCell struct {
	Base
	_                   struct{}   `keras:"dtype~float32"`
	Units               int        `keras:"units,main,required,min=1,what=number of nodes"`
	Activation          Activation `keras:"activation,default=tanh"`
	RecurrentActivation Activation `keras:"recurrent_activation,default=sigmoid"`
	CellOptions
	NoForgetBias bool     `keras:"!unit_forget_bias"`
	_            struct{} `keras:"seed~null,?implementation~2"`
}

func (l LSTMCell) gates() gates {
	l = config.Filled(l)
	if !l.NoForgetBias {
		l.Bias = forgetBias{l.Bias, l.Units}
	}
	return gates{blocks: 4, memories: 2, units: l.Units, activation: l.Activation, recurrent: l.RecurrentActivation,
		CellOptions: l.CellOptions, build: graph.LSTMCell}
}

// States implements Cell.
func (l LSTMCell) States(step tensor.Shape) []tensor.Shape { return l.gates().states(nil, step) }

// Step implements Cell.
func (l LSTMCell) Step(s *Scope, x *graph.Node, states []*graph.Node) (*graph.Node, []*graph.Node) {
	return l.gates().step(s, x, states)
}
