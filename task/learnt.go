package task

import (
	"gorae/graph"
	"gorae/loss"
)

// Learnt returns the loss l on the first k numbers of a target [batch, …, n]. The numbers behind them are for metrics:
// the rest of the number that float32 lacks, or the level to which it is relative.
func Learnt(l loss.Loss, k int) loss.Loss { return learnt{l, k} }

// Seen returns how many of the last axis's numbers of a target a loss sees; 0 means all of them.
func Seen(l loss.Loss) int {
	if l, ok := l.(learnt); ok {
		return l.k
	}
	return 0
}

type learnt struct {
	loss.Loss
	k int
}

// Unwrap returns the loss itself.
func (l learnt) Unwrap() loss.Loss { return l.Loss }

// Value implements loss.Loss.
func (l learnt) Value(y, pred *graph.Node) *graph.Node {
	y = y.Narrow(len(y.Shape)-1, 0, l.k)
	if pred.Shape.Size() == y.Shape.Size() { // else there are several outputs for a number: its quantiles
		pred = pred.Reshape(y.Shape...)
	}
	return l.Loss.Value(y, pred)
}
