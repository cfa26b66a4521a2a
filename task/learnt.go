package task

import (
	"gorae/graph"
	"gorae/loss"
)

// Learnt is a loss that sees the first k numbers of a target [batch, …, n], which are learnt. What stands behind them
// is for metrics: what float32 lacks of the number, or the level that it counts from.
func Learnt(l loss.Loss, k int) loss.Loss { return learnt{l, k} }

type learnt struct {
	loss.Loss
	k int
}

// Unwrap is the loss itself.
func (l learnt) Unwrap() loss.Loss { return l.Loss }

// Value implements loss.Loss.
func (l learnt) Value(y, pred *graph.Node) *graph.Node {
	y = y.Narrow(len(y.Shape)-1, 0, l.k)
	return l.Loss.Value(y, pred.Reshape(y.Shape...))
}
