// Package utils has the functions of keras.utils for arrays of a user's own, with Keras's names, arguments and results:
// padding, windows, one-hot rows, norms, splitting, pictures. An experiment file needs none of them: its tasks read,
// cut and scale their samples by themselves.
package utils

import (
	"fmt"
	"math"

	"gorae/config"
	"gorae/data"
	"gorae/graph"
	"gorae/tensor"
)

// Padding is the arguments of [PadSequences].
type Padding struct {
	// MaxLen is the number of steps; 0: that of the longest sequence.
	MaxLen int
	// Padding is where fill stands, pre (also "") or post.
	Padding string
	// Truncating is which end of a longer sequence goes, pre (also "") or post.
	Truncating string
	// Value fills up.
	Value float64
}

// PadSequences is sequences of different lengths as one array [sequences, steps]: shorter ones are filled up, longer
// ones are cut. Whole numbers make int32, others float32.
//
//	utils.PadSequences([][]int32{{1, 2, 3}, {4}}, utils.Padding{})    1 2 3
//	                                                                 0 0 4
//
// Source: Keras 3.15, keras/src/utils/sequence_utils.py.
func PadSequences[T int | int32 | float32 | float64](sequences [][]T, o Padding) (*tensor.Tensor, error) {
	steps := make([][][]T, len(sequences))
	for i, s := range sequences {
		for _, v := range s {
			steps[i] = append(steps[i], []T{v})
		}
	}
	y, err := PadSteps(steps, o)
	if err == nil {
		y.Shape = y.Shape[:2]
	}
	return y, err
}

// PadSteps is [PadSequences] for steps that are vectors of one length: [sequences, steps, features].
func PadSteps[T int | int32 | float32 | float64](sequences [][][]T, o Padding) (*tensor.Tensor, error) {
	for _, p := range []struct{ key, word string }{{"padding", o.Padding}, {"truncating", o.Truncating}} {
		if p.word != "" && p.word != "pre" && p.word != "post" {
			return nil, config.Errorf(p.key, "%q is unknown", p.word).Fix("give pre or post")
		}
	}
	if o.MaxLen < 0 {
		return nil, config.Errorf("maxlen", "%d is no number of steps", o.MaxLen).Fix("give 1 or more, or leave it out")
	}
	length, features := o.MaxLen, 0
	for _, s := range sequences {
		if o.MaxLen == 0 {
			length = max(length, len(s))
		}
		for _, step := range s {
			if features != 0 && len(step) != features {
				return nil, fmt.Errorf("steps have %d and %d features; give all as many", features, len(step))
			}
			features = len(step)
		}
	}
	features = max(features, 1)
	dtype, whole := tensor.Float32, true
	switch any(T(0)).(type) {
	case int, int32:
		dtype = tensor.Int32
	default:
		whole = false
	}
	y := tensor.New(dtype, len(sequences), length, features)
	put := func(at int, v float64) {
		if whole {
			y.I32[at] = int32(v)
		} else {
			y.F32[at] = float32(v)
		}
	}
	for i := range y.Len() {
		put(i, o.Value)
	}
	for i, s := range sequences {
		if over := len(s) - length; over > 0 && o.Truncating == "post" {
			s = s[:length]
		} else if over > 0 {
			s = s[over:]
		}
		at := i * length
		if o.Padding != "post" {
			at += length - len(s)
		}
		for k, step := range s {
			for f, v := range step {
				put((at+k)*features+f, float64(v))
			}
		}
	}
	return y, nil
}

// ToCategorical is class numbers as rows with a 1 at the class: [..., 1] or [...] → [..., classes]. Classes 0 stands
// for the greatest number and 1. A number below 0 counts from the end, as in Keras; what is not whole is cut off.
//
// Source: Keras 3.15, keras/src/utils/numerical_utils.py.
func ToCategorical(x *tensor.Tensor, classes int) (*tensor.Tensor, error) {
	values := graph.ArrayOf(x).V
	if classes == 0 {
		for _, v := range values {
			classes = max(classes, int(v)+1)
		}
	}
	shape := x.Shape
	if n := len(shape); n > 1 && shape[n-1] == 1 {
		shape = shape[:n-1]
	}
	y := tensor.New(tensor.Float32, append(shape.Clone(), classes)...)
	for i, v := range values {
		k := int(v)
		if k < 0 {
			k += classes
		}
		if k < 0 || k >= classes {
			return nil, fmt.Errorf("class %v of %d; give classes from 0 to %d", v, classes, classes-1)
		}
		y.F32[i*classes+k] = 1
	}
	return y, nil
}

// Normalize divides rows along an axis by their norm (Σ|x|^order)^(1/order); rows of zeros stay. An axis below 0 counts
// from the end.
//
// Source: Keras 3.15, keras/src/utils/numerical_utils.py.
func Normalize(x *tensor.Tensor, axis int, order float64) (*tensor.Tensor, error) {
	if axis < 0 {
		axis += len(x.Shape)
	}
	if axis < 0 || axis >= len(x.Shape) {
		return nil, fmt.Errorf("there is no such axis in %v; give one from 0 to %d", x.Shape, len(x.Shape)-1)
	}
	if !(order > 0) {
		return nil, fmt.Errorf("the order %v of a norm; give a number above 0, such as 2", order)
	}
	behind, n := x.Shape[axis+1:].Size(), x.Shape[axis]
	values := graph.ArrayOf(x).V
	y := tensor.New(tensor.Float32, x.Shape...)
	for start := range len(values) / max(1, n) {
		at := start/behind*behind*n + start%behind
		sum := 0.0
		for k := range n {
			sum += math.Pow(math.Abs(values[at+k*behind]), order)
		}
		norm := math.Pow(sum, 1/order)
		if norm == 0 {
			norm = 1
		}
		for k := range n {
			y.F32[at+k*behind] = float32(values[at+k*behind] / norm)
		}
	}
	return y, nil
}

// Split is the arguments of [SplitDataset]. A size below 1 is a share of the samples, one from 1 on a number of them;
// 0 leaves it to the other one.
type Split struct {
	Left, Right float64
	Shuffle     bool
	Seed        uint64
}

// SplitDataset is the numbers of the samples, of n, that go left and right: the first and the last ones, of an order by
// Seed with Shuffle. A share is rounded, halves to the even number.
//
// Source: Keras 3.15, keras/src/utils/dataset_utils.py.
func SplitDataset(n int, o Split) (left, right []int, err error) {
	sizes := [2]int{-1, -1}
	for i, s := range []float64{o.Left, o.Right} {
		switch {
		case s < 0 || s >= 1 && s != math.Trunc(s) || s > float64(n):
			return nil, nil, fmt.Errorf("a size of %v for %d samples; give a share below 1 or a number of samples", s,
				n)
		case s > 0 && s < 1:
			sizes[i] = int(math.RoundToEven(s * float64(n)))
		case s >= 1:
			sizes[i] = int(s)
		}
	}
	switch {
	case sizes[0] < 0 && sizes[1] < 0:
		return nil, nil, fmt.Errorf("neither the left nor the right size is given; give one")
	case sizes[0] < 0:
		sizes[0] = n - sizes[1]
	case sizes[1] < 0:
		sizes[1] = n - sizes[0]
	}
	if sizes[0]+sizes[1] > n || sizes[0] == 0 || sizes[1] == 0 {
		return nil, nil, fmt.Errorf("%d and %d of %d samples; give sizes that leave samples on both sides", sizes[0],
			sizes[1], n)
	}
	all := data.Range(n)
	if o.Shuffle {
		all = data.Order(n, o.Seed, 0)
	}
	return all[:sizes[0]], all[n-sizes[1]:], nil
}

// ArrayToImg is an array [height, width, channels] as bytes: by (x − min)·255/(max − min), cut off to whole numbers, so
// that its least number is black and its greatest one white. An array of equal numbers is black.
//
// Source: Keras 3.15, keras/src/utils/image_utils.py.
func ArrayToImg(x *tensor.Tensor) (*tensor.Tensor, error) {
	if len(x.Shape) != 3 {
		return nil, fmt.Errorf("an array of shape %v; give a picture [height, width, channels]", x.Shape)
	}
	values := graph.ArrayOf(x).V
	y := tensor.New(tensor.Uint8, x.Shape...)
	least, most := math.Inf(1), 0.0
	for _, v := range values {
		least = min(least, v)
	}
	for _, v := range values {
		most = max(most, v-least)
	}
	if most == 0 {
		return y, nil
	}
	for i, v := range values {
		y.U8[i] = uint8((v - least) / most * 255)
	}
	return y, nil
}
