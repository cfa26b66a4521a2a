package layer

import (
	"fmt"
	"slices"
	"strings"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

// What layers over pictures, series and volumes share. Samples have one to three axes of positions and one
// of channels: (steps, channels), (rows, columns, channels), (planes, rows, columns, channels); with
// data_format channels_first the channels stand before the positions. Inside, channels are last
// everywhere: channels_first is a transposition before and one after, and the plan drops each pair that meets.

// axesOf names the axes of a sample with n axes of positions.
func axesOf(n int, first bool) string {
	names := []string{"planes", "rows", "columns"}[3-n:]
	if n == 1 {
		names = []string{"steps"}
	}
	if first {
		return strings.Join(slices.Insert(slices.Clone(names), 0, "channels"), ", ")
	}
	return strings.Join(append(slices.Clone(names), "channels"), ", ")
}

const channelsFirst = "channels_first"

// picture returns the only input as float32, tested to have n axes of positions and one of channels.
func picture(s *Scope, x []*graph.Node, n int, format string) *graph.Node {
	in := float(one(s, x))
	if len(in.Shape) != n+2 {
		remedy := ""
		if len(in.Shape) == n+1 {
			remedy = "; a reshape adds the axis that is missing"
		}
		s.Fail("needs samples (%s), got %v%s", axesOf(n, format == channelsFirst), Features(in.Shape), remedy)
	}
	return in
}

// channelsLast returns the only input with its channels last, and the way back.
func channelsLast(s *Scope, x []*graph.Node, n int, format string) (in *graph.Node,
	back func(*graph.Node) *graph.Node) {
	in = picture(s, x, n, format)
	if format != channelsFirst {
		return in, func(y *graph.Node) *graph.Node { return y }
	}
	there, home := []int{0}, []int{0, n + 1}
	for a := range n {
		there, home = append(there, a+2), append(home, a+1)
	}
	return in.Transpose(append(there, 1)...), func(y *graph.Node) *graph.Node { return y.Transpose(home...) }
}

// positionAxes lists the axes of positions of a batch.
func positionAxes(n int, format string) []int {
	from := 1
	if format == channelsFirst {
		from = 2
	}
	axes := make([]int, n)
	for a := range axes {
		axes[a] = from + a
	}
	return axes
}

// margins returns the padding that a word means, for a window of k elements, dilation apart.
func margins(padding string, in, k, stride, dilation []int) (lo, hi []int) {
	lo, hi = make([]int, len(in)), make([]int, len(in))
	for a := range in {
		switch padding {
		case "same":
			lo[a], hi[a] = graph.SamePadding(in[a], k[a], stride[a], dilation[a])
		case "causal":
			lo[a] = (k[a] - 1) * dilation[a]
		}
	}
	return lo, hi
}

// fit fails where a window does not fit into the padded input.
func fit(s *Scope, what string, in, k, dilation, lo, hi []int) {
	for a := range in {
		if (k[a]-1)*dilation[a]+1 <= in[a]+lo[a]+hi[a] && in[a] > 0 {
			continue
		}
		spread := ""
		if slices.Max(dilation) > 1 {
			spread = " with dilation " + graph.Times(dilation)
		}
		s.Fail("%s %s%s exceeds input %s; use padding same", what, graph.Times(k), spread, graph.Times(in))
	}
}

// ones returns a list of n ones.
func ones(n int) []int { return slices.Repeat([]int{1}, n) }

// stridesAlone tests that a layer does not both skip positions and spread its kernel: Keras refuses the file.
func stridesAlone(strides, dilation []int) error {
	above := func(v int) bool { return v > 1 }
	if slices.ContainsFunc(strides, above) && slices.ContainsFunc(dilation, above) {
		return config.Errorf("dilation_rate", "%v with strides %v is not possible, as in Keras", dilation, strides).
			Fix("set one of them to 1").Coded(config.Conflict)
	}
	return nil
}

// finishing is the last part of a convolution layer: a bias for each filter, the activation, and the transposition of
// the channels to the layer's data format.
type finishing struct {
	filters     int
	noBias      bool
	bias        weight.Initializer
	regularizer weight.Regularizer
	constraint  weight.Constraint
	activation  Activation
	back        func(*graph.Node) *graph.Node
}

func (f finishing) of(s *Scope, y *graph.Node) []*graph.Node {
	if !f.noBias {
		y = y.Add(s.Weight("bias", []int{f.filters}, f.bias, f.regularizer, f.constraint))
	}
	if f.activation == "softmax" || f.activation == "log_softmax" { // they work along the last axis, whatever that is
		return []*graph.Node{f.activation.Apply(f.back(y))}
	}
	return []*graph.Node{f.back(f.activation.Apply(y))}
}

// factors writes the number of weights of a filter as a product: 3·3·32 for a kernel 3×3 over 32
// channels, 3·12 for a kernel (3, 1) over 12. Factors of 1 are left out, and a square is one number: 9.
func factors(kernel []int, channels int) string {
	var fs []string
	for _, k := range append(slices.Clone(kernel), channels) {
		if k != 1 {
			fs = append(fs, fmt.Sprint(k))
		}
	}
	switch {
	case len(fs) == 0:
		return "1"
	case len(fs) == 2 && fs[0] == fs[1]:
		return fmt.Sprint(tensor.Shape(kernel).Size() * channels)
	}
	return strings.Join(fs, "·")
}

// filterFormula counts filters of kernel·channels weights and, if any, a bias each.
func filterFormula(kernel []int, channels, filters int, noBias bool) string {
	n, f := tensor.Shape(kernel).Size()*channels, factors(kernel, channels)
	if noBias {
		return fmt.Sprintf("%s × %d = %s", f, filters, Thousands(n*filters))
	}
	return fmt.Sprintf("(%s + 1) × %d = %s", f, filters, Thousands((n+1)*filters))
}

// channelsOf returns the number of channels of a sample.
func channelsOf(s tensor.Shape, format string) int {
	if format == channelsFirst {
		return s[0]
	}
	return s[len(s)-1]
}
