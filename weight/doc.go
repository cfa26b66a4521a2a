// Package weight keeps the named numbers of models: weights, which an optimiser
// moves, and states, which training only records (moving averages). All lie in
// one flat buffer, so that an optimiser sweeps it once and a snapshot is one copy.
//
// It also holds what belongs to a weight: how its first values are drawn
// ([Initializer]) and what keeps it small ([Regularizer]), with Keras's names,
// defaults and formulas.
package weight
