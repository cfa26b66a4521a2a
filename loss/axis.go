package loss

import "gorae/graph"

// axial is a loss over an axis of the outputs.
type axial interface{ axis() int }

func (l BinaryCrossentropy) axis() int      { return l.Axis }
func (l BinaryFocalCrossentropy) axis() int { return l.Axis }
func (l CategoricalCrossentropy) axis() int { return l.Axis }

// axisOf finds an axis in a batch of predictions. It is counted from 0, the samples', or from -1, the last one; 0
// stands for -1.
func axisOf(given int, pred *graph.Node) int {
	rank := len(pred.Shape)
	if given == 0 {
		given = -1
	}
	axis := given
	if axis < 0 {
		axis += rank
	}
	if rank < 2 && given == -1 {
		return axis
	}
	if axis < 1 || axis >= rank {
		pred.Graph().Fail("loss", "axis: %d is none of predictions of shape %v; give one from 1 to %d, or from %d to "+
			"-1", given, sample(pred.Shape), rank-1, 1-rank)
	}
	return axis
}

// last moves an axis to the end.
func last(given int, n *graph.Node) *graph.Node {
	axis, rank := axisOf(given, n), len(n.Shape)
	if axis == rank-1 {
		return n
	}
	var order []int
	for i := range rank {
		if i != axis {
			order = append(order, i)
		}
	}
	return n.Transpose(append(order, axis)...)
}
