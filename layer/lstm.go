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

// LSTM is long short-term memory (Hochreiter and Schmidhuber, 1997; the chapter's R6): gates i, f, o and the
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
	_                   struct{}           `keras:"dtype~float32"`
	ReturnSequences     bool               `keras:"return_sequences"`
	ReturnState         bool               `keras:"return_state"`
	GoBackwards         bool               `keras:"go_backwards"`
	Stateful            bool               `keras:"stateful"`
	ZeroOutput          bool               `keras:"zero_output_for_mask"`
	Units               int                `keras:"units,main,required,min=1,what=number of nodes"`
	Activation          Activation         `keras:"activation,default=tanh"`
	RecurrentActivation Activation         `keras:"recurrent_activation,default=sigmoid"`
	NoBias              bool               `keras:"!use_bias"`
	Kernel              weight.Initializer `keras:"kernel_initializer,default=glorot_uniform"`
	Recurrent           weight.Initializer `keras:"recurrent_initializer,default=orthogonal"`
	Bias                weight.Initializer `keras:"bias_initializer,default=zeros"`
	NoForgetBias        bool               `keras:"!unit_forget_bias"`
	KernelDecay         weight.Regularizer `keras:"kernel_regularizer"`
	RecurrentDecay      weight.Regularizer `keras:"recurrent_regularizer"`
	BiasDecay           weight.Regularizer `keras:"bias_regularizer"`
	Dropout             float64            `keras:"dropout,min=0,below=1,what=share of inputs to drop"`
	RecurrentDropout    float64            `keras:"recurrent_dropout,min=0,below=1,what=share of states to drop"`
	_                   struct{}           `keras:"activity_regularizer=null,kernel_constraint=null,recurrent_constraint=null,bias_constraint=null,seed~null,unroll~false,?implementation~2,?time_major=false,?input_length~null"`
}

// Call implements Layer.
func (l LSTM) Call(s *Scope, x ...*graph.Node) []*graph.Node { return l.loop().call(s, x) }

// Traits implements Described.
func (l LSTM) Traits() Traits { return l.loop().traits(config.Filled(l).Activation) }

func (l LSTM) loop() loop {
	return loop{l.ReturnSequences, l.ReturnState, l.GoBackwards, l.Stateful, l.ZeroOutput, l.cell().gates()}
}

func (l LSTM) cell() LSTMCell {
	return LSTMCell{Base: l.Base, Units: l.Units, Activation: l.Activation, RecurrentActivation: l.RecurrentActivation, NoBias: l.NoBias,
		Kernel: l.Kernel, Recurrent: l.Recurrent, Bias: l.Bias, NoForgetBias: l.NoForgetBias,
		KernelDecay: l.KernelDecay, RecurrentDecay: l.RecurrentDecay, BiasDecay: l.BiasDecay,
		Dropout: l.Dropout, RecurrentDropout: l.RecurrentDropout}
}

// Formula implements Formulator.
func (l LSTM) Formula(in, out []tensor.Shape) string { return formula(l.cell().gates(), in) }

// LSTMCell is one step of [LSTM].
type LSTMCell struct {
	Base
	_                   struct{}           `keras:"dtype~float32"`
	Units               int                `keras:"units,main,required,min=1,what=number of nodes"`
	Activation          Activation         `keras:"activation,default=tanh"`
	RecurrentActivation Activation         `keras:"recurrent_activation,default=sigmoid"`
	NoBias              bool               `keras:"!use_bias"`
	Kernel              weight.Initializer `keras:"kernel_initializer,default=glorot_uniform"`
	Recurrent           weight.Initializer `keras:"recurrent_initializer,default=orthogonal"`
	Bias                weight.Initializer `keras:"bias_initializer,default=zeros"`
	NoForgetBias        bool               `keras:"!unit_forget_bias"`
	KernelDecay         weight.Regularizer `keras:"kernel_regularizer"`
	RecurrentDecay      weight.Regularizer `keras:"recurrent_regularizer"`
	BiasDecay           weight.Regularizer `keras:"bias_regularizer"`
	Dropout             float64            `keras:"dropout,min=0,below=1,what=share of inputs to drop"`
	RecurrentDropout    float64            `keras:"recurrent_dropout,min=0,below=1,what=share of states to drop"`
	_                   struct{}           `keras:"kernel_constraint=null,recurrent_constraint=null,bias_constraint=null,seed~null,?implementation~2"`
}

func (l LSTMCell) gates() gates {
	l = config.Filled(l)
	bias := l.Bias
	if !l.NoForgetBias {
		bias = forgetBias{l.Bias, l.Units}
	}
	return gates{blocks: 4, memories: 2, units: l.Units, activation: l.Activation, recurrent: l.RecurrentActivation, noBias: l.NoBias,
		kernel: l.Kernel, inner: l.Recurrent, bias: bias, kernelDecay: l.KernelDecay, innerDecay: l.RecurrentDecay, biasDecay: l.BiasDecay,
		dropout: l.Dropout, innerDropout: l.RecurrentDropout, build: graph.LSTMCell}
}

// States implements Cell.
func (l LSTMCell) States(step tensor.Shape) []tensor.Shape { return l.gates().states(nil, step) }

// Step implements Cell.
func (l LSTMCell) Step(s *Scope, x *graph.Node, states []*graph.Node) (*graph.Node, []*graph.Node) {
	return l.gates().step(s, x, states)
}
