package utils

import (
	"math"

	"gorae/config"
	"gorae/data"
	"gorae/tensor"
)

// Timeseries is the arguments of [TimeseriesDatasetFromArray].
type Timeseries struct {
	// SequenceLength is the number of steps of a window.
	SequenceLength int
	// SequenceStride is the distance between the starts of two windows; 0 stands for 1.
	SequenceStride int
	// SamplingRate is the distance between two steps of a window; 0 stands for 1.
	SamplingRate int
	// StartIndex and EndIndex bound the steps that are used, the last one not counted; EndIndex 0: all.
	StartIndex, EndIndex int
}

// TimeseriesDatasetFromArray is the windows of an array [steps, …], copied, with targets or without (nil): window i has
// the steps s, s + r, … for s = StartIndex + i·SequenceStride and r = SamplingRate, and the target of its first step.
// The number of windows, which may be 0, follows from the steps, and from the targets where these are fewer. A target
// for the step behind a window is made by giving targets that begin later: x, y[SequenceLength:].
//
//	x 0 1 2 3 4, SequenceLength 3, SamplingRate 2 → 0 2 4
//
// Source: Keras 3.15, keras/src/utils/timeseries_dataset_utils.py.
func TimeseriesDatasetFromArray(x, targets *tensor.Tensor, o Timeseries) (*data.Memory, error) {
	stride, rate := max(1, o.SequenceStride), max(1, o.SamplingRate)
	steps := x.Shape[0]
	end := o.EndIndex
	if end == 0 {
		end = steps
	}
	for _, e := range []struct {
		key       string
		value     int
		low, high int
	}{{"sequence_length", o.SequenceLength, 1, math.MaxInt32}, {"sequence_stride", o.SequenceStride, 0, steps - 1},
		{"sampling_rate", o.SamplingRate, 0, steps - 1}, {"start_index", o.StartIndex, 0, steps - 1},
		{"end_index", end, o.StartIndex + 1, steps}} {
		if e.value < e.low || e.value > e.high {
			return nil, config.Errorf(e.key, "%d with %d steps from step %d on", e.value, steps, o.StartIndex).
				Fix("give %d to %d", e.low, e.high)
		}
	}
	last := end - o.StartIndex // the number of first steps
	if targets != nil {
		last = min(last, targets.Shape[0]-o.StartIndex)
	}
	last = min(last, end-o.StartIndex-(o.SequenceLength-1)*rate)
	n := max(0, (last+stride-1)/stride)
	row := x.Shape[1:].Size()
	windows := tensor.New(x.DType(), append(tensor.Shape{n, o.SequenceLength}, x.Shape[1:]...)...)
	var y *tensor.Tensor
	if targets != nil {
		y = tensor.New(targets.DType(), append(tensor.Shape{n}, targets.Shape[1:]...)...)
	}
	for i := range n {
		first := o.StartIndex + i*stride
		for k := range o.SequenceLength {
			copyRow(windows, i*o.SequenceLength+k, x, first+k*rate, row)
		}
		if y != nil {
			copyRow(y, i, targets, first, targets.Shape[1:].Size())
		}
	}
	return data.Of(windows, y)
}

// copyRow copies row from of an array to row to of another of its type.
func copyRow(y *tensor.Tensor, to int, x *tensor.Tensor, from, row int) {
	switch x.DType() {
	case tensor.Float32:
		copy(y.F32[to*row:(to+1)*row], x.F32[from*row:])
	case tensor.Int32:
		copy(y.I32[to*row:(to+1)*row], x.I32[from*row:])
	default:
		copy(y.U8[to*row:(to+1)*row], x.U8[from*row:])
	}
}
