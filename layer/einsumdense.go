package layer

import (
	"cmp"
	"fmt"
	"strings"

	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

func init() { Layers.Register(EinsumDense{}) }

// EinsumDense is y = act(Σ x·kernel + bias), the sum of products that Equation writes with a letter for each axis of x,
// of the kernel and of y: "abc,cd->abd" is a Dense of d nodes on the last axis, "abc,cde->abde" one of several heads,
// "abc,bd->adc" one along the steps. The first letter is that of the samples; three points stand for further axes, in
// front or behind ("...x,xy->...y"). OutputShape are the extents of y behind the samples, without the axes of the
// points; null (0 in an experiment file) is that of x. The kernel has the axes of the equation, the bias those letters
// of y that BiasAxes names; there is no bias without.
type EinsumDense struct {
	Base
	_ struct{} `keras:"dtype~float32"`
	// Equation has a letter for each axis of input, kernel and output: "abc,cd->abd".
	Equation string `keras:"equation,main,required"`
	// OutputShape are the extents of the output behind the samples, without the axes of three points; null (0 in an
	// experiment file) is that of the input.
	OutputShape []int      `keras:"output_shape,required,lone,min=0,nullzero"`
	Activation  Activation `keras:"activation,default=linear"`
	// BiasAxes are the letters of the output along which the bias has a number each; there is no bias without.
	BiasAxes            string             `keras:"bias_axes"`
	Kernel              weight.Initializer `keras:"kernel_initializer,default=glorot_uniform"`
	Bias                weight.Initializer `keras:"bias_initializer,default=zeros"`
	KernelRegularizer   weight.Regularizer `keras:"kernel_regularizer"`
	BiasRegularizer     weight.Regularizer `keras:"bias_regularizer"`
	ActivityRegularizer weight.Regularizer `keras:"activity_regularizer,optional"`
	KernelConstraint    weight.Constraint  `keras:"kernel_constraint"`
	BiasConstraint      weight.Constraint  `keras:"bias_constraint"`
	_                   struct{}           `keras:"?gptq_unpacked_column_size=null"`
	Quantized
	LoRA
}

// Check implements config.Checker.
func (l EinsumDense) Check() error {
	return cmp.Or(l.check("kernel_constraint", l.KernelConstraint), l.quantized(l.Quantized))
}

// einsum is an equation with a letter for each axis, and the shapes that go with it.
type einsum struct {
	in, kernel, out string
	weight, bias    tensor.Shape
	fanIn, fanOut   int
}

// read reads the equation for an input of a shape.
func (l EinsumDense) read(s *Scope, x tensor.Shape) einsum {
	bad := func() {
		s.Fail("equation: %q is not of the form ab,bc->ac, ...b,bc->...c or ab...,bc->ac..., with different letters "+
			"in each part", l.Equation)
	}
	text := strings.ReplaceAll(l.Equation, " ", "")
	left, out, _ := strings.Cut(text, "->")
	in, kernel, ok := strings.Cut(left, ",")
	front, back := strings.HasPrefix(in, "..."), strings.HasSuffix(in, "...")
	in, short := strings.Trim(in, "."), strings.Trim(out, ".")
	further := len(x) - len(in)
	switch {
	case !ok || !letters(in) || !letters(kernel) || !letters(short), front && back,
		front != strings.HasPrefix(out, "..."), back != strings.HasSuffix(out, "..."):
		bad()
	case further < 0, further > 0 && !front && !back, further > 8:
		s.Fail("equation: %q has %d letters for the input, samples of shape %v", l.Equation, len(in), Features(x))
	}
	e := einsum{kernel: kernel}
	between := latin(further, in+kernel+short)
	e.in, e.out = in+between, short+between
	own, at := short[min(1, len(short)):], 1 // the letters that OutputShape speaks of
	if front {
		e.in, e.out = between+in, between+short
		if further > 0 {
			own, at = short, further
		}
	}
	if e.out == "" || e.in[0] != e.out[0] {
		s.Fail("equation: %q must have the samples, the first letter of the input, as the first of the output",
			l.Equation)
	}
	if len(l.OutputShape) != len(own) {
		s.Fail("output_shape: %d extents for the %d axes %q of the output", len(l.OutputShape), len(own), own)
	}
	extents := map[byte]int{}
	for i := range e.in {
		extents[e.in[i]] = x[i]
	}
	for i, n := range l.OutputShape {
		c := e.out[at+i]
		switch have, known := extents[c]; {
		case n == 0 && !known:
			s.Fail("output_shape: the extent of axis %q is null, and the input has no such axis", string(c))
		case n == 0:
		case known && have != n:
			s.Fail("output_shape: the extent of axis %q is %d, and the input's is %d", string(c), n, have)
		default:
			extents[c] = n
		}
	}
	e.fanIn, e.fanOut = 1, 1
	for i := range kernel {
		n, ok := extents[kernel[i]]
		if !ok {
			s.Fail("equation: %q has the axis %q of the kernel in neither input nor output", l.Equation,
				string(kernel[i]))
		}
		e.weight = append(e.weight, n)
		if strings.IndexByte(e.out, kernel[i]) >= 0 {
			e.fanOut *= n
		} else {
			e.fanIn *= n
		}
	}
	l.addBias(s, &e, short, extents)
	return e
}

// scale is the shape of the scale of a quantized kernel: an extent of the kernel, or 1, for each axis of the output.
func (e einsum) scale() (shape []int) {
	for i := range e.out {
		n := 1
		if at := strings.IndexByte(e.kernel, e.out[i]); at >= 0 {
			n = e.weight[at]
		}
		shape = append(shape, n)
	}
	return shape
}

// addBias finds the shape of the bias: the axes of y from the first one that BiasAxes names, 1 along the others.
func (l EinsumDense) addBias(s *Scope, e *einsum, short string, extents map[byte]int) {
	if l.BiasAxes == "" {
		return
	}
	first := len(e.out)
	for i := range l.BiasAxes {
		if strings.IndexByte(short, l.BiasAxes[i]) < 0 {
			s.Fail("bias_axes: the output %q has no axis %q", short, string(l.BiasAxes[i]))
		}
		first = min(first, strings.IndexByte(e.out, l.BiasAxes[i]))
	}
	for _, c := range []byte(e.out[first:]) {
		n := 1
		if strings.IndexByte(l.BiasAxes, c) >= 0 {
			n = extents[c]
		}
		e.bias = append(e.bias, n)
	}
}

// letters reports whether a part of an equation has letters alone, each of them once.
func letters(part string) bool {
	for i, c := range part {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') || strings.ContainsRune(part[i+1:], c) {
			return false
		}
	}
	return true
}

// latin returns n letters that are not in used.
func latin(n int, used string) (list string) {
	for c := byte('a'); len(list) < n && c <= 'z'; c++ {
		if strings.IndexByte(used, c) < 0 {
			list += string(c)
		}
	}
	return list
}

// Call implements Layer.
func (l EinsumDense) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := float(one(s, x))
	e := l.read(s, in.Shape)
	var kernel *graph.Node
	if l.Quantization != nil {
		kernel = l.whole(s, "kernel", e.weight)
	} else {
		kernel = l.base(s).Weight("kernel", e.weight,
			weight.Flat(initial(l.Kernel, weight.GlorotUniform{}), e.fanIn, e.fanOut), l.KernelRegularizer,
			l.KernelConstraint)
	}
	var bias *graph.Node
	if e.bias != nil {
		bias = s.Weight("bias", e.bias, initial(l.Bias, weight.Zeros{}), l.BiasRegularizer, l.BiasConstraint)
	}
	var y *graph.Node
	if l.Quantization != nil {
		y = l.product(e, in, kernel, l.scales(s, "kernel", e.scale()))
	} else {
		y = graph.Einsum(e.in+","+e.kernel+"->"+e.out, in, l.adapt(s, "kernel", kernel, l.KernelRegularizer))
	}
	if bias != nil {
		y = y.Add(bias)
	}
	return []*graph.Node{l.Activation.Apply(y)}
}

// Activity implements Active.
func (l EinsumDense) Activity() weight.Regularizer { return l.ActivityRegularizer }

// Traits implements Described.
func (l EinsumDense) Traits() Traits {
	t := featurewise(l.Activation)
	t.Mask, t.Steps = DropsMask, AcrossSteps
	return t
}

// Formula implements Formulator.
func (l EinsumDense) Formula(in, out []tensor.Shape) string {
	var e einsum
	if err := graph.Catch(func() {
		tr := NewTrace(false)
		e = l.read(NewScope(tr, weight.NewStore(), true), append(tensor.Shape{1}, in[0]...))
	}); err != nil {
		return ""
	}
	last := e.weight[len(e.weight)-1]
	n := e.weight.Size()
	further, m := l.formula(n/last, last)
	if e.bias == nil {
		return fmt.Sprintf("%v%s = %s", times(e.weight), further, Thousands(n+m))
	}
	return fmt.Sprintf("%v + %v%s = %s", times(e.weight), times(e.bias), further, Thousands(n+e.bias.Size()+m))
}

// times writes the extents of a weight as a product: 4 × 2 × 3.
func times(s tensor.Shape) string {
	words := make([]string, len(s))
	for i, n := range s {
		words[i] = fmt.Sprint(n)
	}
	return strings.Join(words, " × ")
}
