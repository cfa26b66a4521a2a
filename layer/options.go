package layer

import "gorae/weight"

// RNNOptions are the arguments that all recurrent layers have beside those of their cells and outputs. A literal has
// them where it needs them:
//
//	layer.LSTM{Units: 64, ReturnSequences: true, RNNOptions: layer.RNNOptions{Stateful: true}}
type RNNOptions struct {
	// GoBackwards begins with the last step; a sequence that is returned is in that order.
	GoBackwards bool `keras:"go_backwards"`
	// Stateful begins a batch with the states at which the one before it ended, sample by sample.
	Stateful bool `keras:"stateful"`
	// ZeroOutput makes steps that the mask leaves out zeros.
	ZeroOutput bool `keras:"zero_output_for_mask"`
}

// CellOptions are the arguments that the cells of recurrent layers, and the layers made of them, have in common.
type CellOptions struct {
	NoBias               bool               `keras:"!use_bias"`
	Kernel               weight.Initializer `keras:"kernel_initializer,default=glorot_uniform"`
	Recurrent            weight.Initializer `keras:"recurrent_initializer,default=orthogonal"`
	Bias                 weight.Initializer `keras:"bias_initializer,default=zeros"`
	KernelRegularizer    weight.Regularizer `keras:"kernel_regularizer"`
	RecurrentRegularizer weight.Regularizer `keras:"recurrent_regularizer"`
	BiasRegularizer      weight.Regularizer `keras:"bias_regularizer"`
	KernelConstraint     weight.Constraint  `keras:"kernel_constraint"`
	RecurrentConstraint  weight.Constraint  `keras:"recurrent_constraint"`
	BiasConstraint       weight.Constraint  `keras:"bias_constraint"`
	// Dropout is the share of the inputs of a step, RecurrentDropout that of a state, which is dropped in training.
	// Each sample has one mask for all its steps; gates share it.
	Dropout          float64 `keras:"dropout,min=0,below=1,what=share of inputs to drop"`
	RecurrentDropout float64 `keras:"recurrent_dropout,min=0,below=1,what=share of states to drop"`
}
