package layer

import (
	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

func init() {
	Layers.Register(SimpleRNN{})
	Cells.Register(SimpleRNNCell{})
}

// SimpleRNN is h′ = act(x·kernel + h·recurrent_kernel + bias), the weights being the same at every step, which
// supposes that the series is stationary (the chapter's R3). k units on m features hold
// (m + k + 1)·k parameters.
// Options and results that recurrent layers have in common are explained at [RNN].
type SimpleRNN struct {
	Base
	_                struct{}           `keras:"dtype~float32"`
	ReturnSequences  bool               `keras:"return_sequences"`
	ReturnState      bool               `keras:"return_state"`
	GoBackwards      bool               `keras:"go_backwards"`
	Stateful         bool               `keras:"stateful"`
	ZeroOutput       bool               `keras:"zero_output_for_mask"`
	Units            int                `keras:"units,main,required,min=1,what=number of nodes"`
	Activation       Activation         `keras:"activation,default=tanh"`
	NoBias           bool               `keras:"!use_bias"`
	Kernel           weight.Initializer `keras:"kernel_initializer,default=glorot_uniform"`
	Recurrent        weight.Initializer `keras:"recurrent_initializer,default=orthogonal"`
	Bias             weight.Initializer `keras:"bias_initializer,default=zeros"`
	KernelDecay      weight.Regularizer `keras:"kernel_regularizer"`
	RecurrentDecay   weight.Regularizer `keras:"recurrent_regularizer"`
	BiasDecay        weight.Regularizer `keras:"bias_regularizer"`
	Dropout          float64            `keras:"dropout,min=0,below=1,what=share of inputs to drop"`
	RecurrentDropout float64            `keras:"recurrent_dropout,min=0,below=1,what=share of states to drop"`
	_                struct{}           `keras:"activity_regularizer=null,kernel_constraint=null,recurrent_constraint=null,bias_constraint=null,?seed~null,unroll~false,?implementation~2,?time_major=false,?input_length~null"`
}

// Call implements Layer.
func (l SimpleRNN) Call(s *Scope, x ...*graph.Node) []*graph.Node { return l.loop().call(s, x) }

// Traits implements Described.
func (l SimpleRNN) Traits() Traits { return l.loop().traits(config.Filled(l).Activation) }

func (l SimpleRNN) loop() loop {
	return loop{l.ReturnSequences, l.ReturnState, l.GoBackwards, l.Stateful, l.ZeroOutput, l.cell().gates()}
}

func (l SimpleRNN) cell() SimpleRNNCell {
	return SimpleRNNCell{Base: l.Base, Units: l.Units, Activation: l.Activation, NoBias: l.NoBias,
		Kernel: l.Kernel, Recurrent: l.Recurrent, Bias: l.Bias,
		KernelDecay: l.KernelDecay, RecurrentDecay: l.RecurrentDecay, BiasDecay: l.BiasDecay,
		Dropout: l.Dropout, RecurrentDropout: l.RecurrentDropout}
}

// Formula implements Formulator.
func (l SimpleRNN) Formula(in, out []tensor.Shape) string { return formula(l.cell().gates(), in) }

// SimpleRNNCell is one step of [SimpleRNN].
type SimpleRNNCell struct {
	Base
	_                struct{}           `keras:"dtype~float32"`
	Units            int                `keras:"units,main,required,min=1,what=number of nodes"`
	Activation       Activation         `keras:"activation,default=tanh"`
	NoBias           bool               `keras:"!use_bias"`
	Kernel           weight.Initializer `keras:"kernel_initializer,default=glorot_uniform"`
	Recurrent        weight.Initializer `keras:"recurrent_initializer,default=orthogonal"`
	Bias             weight.Initializer `keras:"bias_initializer,default=zeros"`
	KernelDecay      weight.Regularizer `keras:"kernel_regularizer"`
	RecurrentDecay   weight.Regularizer `keras:"recurrent_regularizer"`
	BiasDecay        weight.Regularizer `keras:"bias_regularizer"`
	Dropout          float64            `keras:"dropout,min=0,below=1,what=share of inputs to drop"`
	RecurrentDropout float64            `keras:"recurrent_dropout,min=0,below=1,what=share of states to drop"`
	_                struct{}           `keras:"kernel_constraint=null,recurrent_constraint=null,bias_constraint=null,?seed~null,?implementation~2"`
}

func (l SimpleRNNCell) gates() gates {
	l = config.Filled(l)
	return gates{blocks: 1, memories: 1, units: l.Units, activation: l.Activation, recurrent: "", noBias: l.NoBias,
		kernel: l.Kernel, inner: l.Recurrent, bias: l.Bias, kernelDecay: l.KernelDecay, innerDecay: l.RecurrentDecay, biasDecay: l.BiasDecay,
		dropout: l.Dropout, innerDropout: l.RecurrentDropout, build: func(a graph.CellAttr, act, _ graph.Func) *graph.Composite { return graph.SimpleRNNCell(a, act) }}
}

// States implements Cell.
func (l SimpleRNNCell) States(step tensor.Shape) []tensor.Shape { return l.gates().states(nil, step) }

// Step implements Cell.
func (l SimpleRNNCell) Step(s *Scope, x *graph.Node, states []*graph.Node) (*graph.Node, []*graph.Node) {
	return l.gates().step(s, x, states)
}
