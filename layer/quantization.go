package layer

import (
	"fmt"
	"strings"

	"gorae/config"
	"gorae/graph"
	"gorae/weight"
)

func init() {
	Quantizations.Register(Int8QuantizationConfig{Activation: absMax})
	Quantizers.Register(absMax)
}

// A Quantization is how a layer computes with whole numbers of a byte.
type Quantization interface{ activation() Quantizer }

// Quantizations are those that a configuration can name.
var Quantizations = config.NewRegistry[Quantization]("quantization", "keras.quantizers")

// A Quantizer makes whole numbers of a tensor, and the scale by which they were multiplied, one for all places along
// axes, which stay with the extent 1.
type Quantizer interface {
	quantize(x *graph.Node, axes []int) (q, scale *graph.Node)
}

// Quantizers are those that a configuration can name.
var Quantizers = config.NewRegistry[Quantizer]("quantizer", "keras.quantizers")

// Int8QuantizationConfig is the quantization int8 of Keras's Model.quantize: weights are whole numbers from −127 to
// 127, with a scale for each output, and so are a layer's inputs, with a scale for each sample and place.
type Int8QuantizationConfig struct {
	// Weight is how the weights were quantized: null is AbsMaxQuantizer. A file holds them as they are now.
	Weight Quantizer `keras:"weight_quantizer"`
	// Activation is how the inputs are quantized; null: they stay as they are.
	Activation Quantizer `keras:"activation_quantizer"`
}

func (c Int8QuantizationConfig) activation() Quantizer { return c.Activation }

// absMax is the quantizer that Keras's layers take by themselves.
var absMax = AbsMaxQuantizer{ValueRange: []int{-127, 127}}

// AbsMaxQuantizer makes numbers whole by their greatest magnitude,
//
//	scale = high / (max |x| + Epsilon),  q = clip(round(x·scale), low, high)
//
// where half a number is rounded to the even one.
//
// Source: Keras, keras/src/quantizers/quantizers.py, abs_max_quantize.
type AbsMaxQuantizer struct {
	// ValueRange are the least and the greatest whole number, low and high.
	ValueRange []int    `keras:"value_range,min=-128,max=127"`
	Epsilon    float64  `keras:"epsilon,default=1e-07,min=0"`
	_          struct{} `keras:"output_dtype=int8"`
}

// Check implements config.Checker.
func (q AbsMaxQuantizer) Check() error {
	if r := q.ValueRange; len(r) != 2 || r[0] >= r[1] || r[1] < 1 {
		return config.Errorf("value_range", "%v is no range of whole numbers", r).Fix("give [-127, 127]").
			Coded(config.Conflict)
	}
	return nil
}

func (q AbsMaxQuantizer) quantize(x *graph.Node, axes []int) (*graph.Node, *graph.Node) {
	q = config.Filled(q)
	low, high := float64(q.ValueRange[0]), float64(q.ValueRange[1])
	most := x.Abs()
	most = most.KeepDims(most.ReduceMax(axes...), axes...)
	scale := x.Graph().Scalar(high).Div(most.AddC(q.Epsilon))
	return x.Mul(scale).Elem(graph.Round).Clip(low, high), scale
}

// Quantized are the keys of a layer that may compute with whole numbers, as Model.quantize("int8") of Keras leaves it.
// Its weight is not moved; a gradient goes through the product as if nothing had been rounded.
type Quantized struct {
	// Quantization is how weight and inputs are whole numbers; without, they are not. A layer that is made with it, and
	// not read from a file, begins with a weight of zeros.
	Quantization Quantization `keras:"quantization_config,optional"`
}

// quantized refuses an adaptation of a weight of whole numbers.
func (l LoRA) quantized(q Quantized) error {
	if l.Rank > 0 && q.Quantization != nil {
		return config.Errorf("lora_rank", "a quantized weight is not adapted").
			Fix("leave quantization_config or lora_rank out").Coded(config.Conflict)
	}
	return nil
}

// whole declares a weight of whole numbers.
func (q Quantized) whole(s *Scope, name string, shape []int) *graph.Node {
	n := s.Frozen().Weight(name, shape, weight.Zeros{}, nil)
	if s.define {
		s.store.Var(s.join(name)).Int8 = true
	}
	return n
}

// scales declares the scale of a weight of whole numbers.
func (q Quantized) scales(s *Scope, name string, shape []int) *graph.Node {
	return s.Frozen().Weight(name+"_scale", shape, weight.Ones{}, nil)
}

// product is the sum of products of the input and a weight of whole numbers, divided by their scales. The weight's
// scale has the axes of the result, with the extent 1 along those that the weight lacks.
func (q Quantized) product(e einsum, x, w, scale *graph.Node) *graph.Node {
	by := q.Quantization.activation()
	var axes []int // over which the input has one scale
	kept := ""
	for i := range e.in {
		if strings.IndexByte(e.out, e.in[i]) < 0 {
			axes = append(axes, i)
		} else {
			kept += e.in[i : i+1]
		}
	}
	labels := e.in + "," + e.kernel + "->" + e.out
	return graph.Compose(&graph.Composite{
		Name: "quantized_product", Attr: fmt.Sprintf("%s %+v", labels, by),
		Body: func(v []*graph.Node) []*graph.Node {
			x, w, scale := v[0], v[1], v[2]
			if by != nil {
				whole, inputs := by.quantize(x, axes)
				x, scale = whole, scale.Mul(aligned(inputs, e.in, kept, e.out))
			}
			return []*graph.Node{graph.Einsum(labels, x, w).Div(scale)}
		},
		Backward: func(y, dy []*graph.Node) []*graph.Node {
			v := y[0].Call.In
			return []*graph.Node{graph.Einsum(e.out+","+e.kernel+"->"+e.in, dy[0].Div(v[2]), v[1]), nil, nil}
		},
	}, x, w, scale)[0]
}

// aligned lays the axes of n that are kept out as those of the result, with the extent 1 where there is none. n has the
// axes of in.
func aligned(n *graph.Node, in, kept, out string) *graph.Node {
	var front, back, shape []int
	for i := range out {
		at := -1
		if strings.IndexByte(kept, out[i]) >= 0 {
			at = strings.IndexByte(in, out[i])
		}
		if at < 0 {
			shape = append(shape, 1)
			continue
		}
		front, shape = append(front, at), append(shape, n.Shape[at])
	}
	for i := range in {
		if strings.IndexByte(kept, in[i]) < 0 {
			back = append(back, i)
		}
	}
	return n.Transpose(append(front, back...)...).Reshape(shape...)
}
