package onnx

import (
	"math"
	"slices"

	"gorae/format/onnx/internal/pb"
	"gorae/graph"
	"gorae/tensor"
)

// The operators of ai.onnx.ml that prepare data and name results.
func init() {
	add(func(c *call) []*value {
		x := c.x(0)
		if offset := c.floats("offset"); offset != nil {
			x = x.Sub(c.numbersOf(offset))
		}
		if scale := c.floats("scale"); scale != nil {
			x = x.Mul(c.numbersOf(scale))
		}
		return give(pb.F32, x)
	}, "ai.onnx.ml.Scaler")
	add(func(c *call) []*value {
		x := c.x(0)
		by, missing := c.floats("imputed_value_floats"), c.float("replaced_value_float", 0)
		if by == nil {
			for _, v := range c.ints("imputed_value_int64s") {
				by = append(by, float64(v))
			}
			missing = float64(c.int("replaced_value_int64", 0))
		}
		is := x.Eq(c.graph.Scalar(missing))
		if math.IsNaN(missing) {
			is = x.Ne(x)
		}
		return c.like(0, is.Where(c.numbersOf(by), x))
	}, "ai.onnx.ml.Imputer")
	add(func(c *call) []*value {
		x := c.raw(0).AsFloat()
		keys := c.keys("cats_strings", "cats_int64s", "")
		s := make(tensor.Shape, len(x.Shape)+1)
		for i := range s {
			s[i] = 1
		}
		s[len(s)-1] = len(keys)
		y := x.Reshape(append(x.Shape.Clone(), 1)...).Eq(c.numbersOf(keys).Reshape(s...))
		return give(pb.F32, y)
	}, "ai.onnx.ml.OneHotEncoder")
	add(labelEncoder, "ai.onnx.ml.LabelEncoder")
	add(func(c *call) []*value {
		x := c.raw(0)
		ids := c.ids(1)
		y := take(x, len(x.Shape)-1, ids.Reshape(ids.Shape.Size()))
		if len(x.Shape) == 1 {
			y = y.Reshape(1, y.Shape[0])
		}
		return c.like(0, y)
	}, "ai.onnx.ml.ArrayFeatureExtractor")
	add(func(c *call) []*value {
		x := c.x(0)
		a := len(x.Shape) - 1
		norm := x.Abs().ReduceMax(a)
		switch c.text("norm", "MAX") {
		case "L1":
			norm = x.Abs().Sum(a)
		case "L2":
			norm = x.Square().Sum(a).Sqrt()
		}
		one := norm.Eq(c.graph.Scalar(0)).Where(c.graph.Scalar(1), norm)
		return give(pb.F32, x.Div(x.KeepDims(one, a)))
	}, "ai.onnx.ml.Normalizer")
	add(func(c *call) []*value {
		return give(pb.F32, c.x(0).Gt(c.graph.Scalar(c.float("threshold", 0))))
	}, "ai.onnx.ml.Binarizer")
	add(func(c *call) []*value {
		xs := make([]*graph.Node, len(c.in))
		for i := range xs {
			xs[i] = c.x(i)
		}
		return give(pb.F32, graph.Concatenate(1, xs...))
	}, "ai.onnx.ml.FeatureVectorizer")
	add(func(c *call) []*value {
		y, _ := c.linear(c.int("targets", 1))
		return give(pb.F32, c.finish(y))
	}, "ai.onnx.ml.LinearRegressor")
	add(linearClassifier, "ai.onnx.ml.LinearClassifier")
	// A map from the names of classes to probabilities is the probabilities here; the names stand in the file.
	add(func(c *call) []*value { return []*value{c.value(0)} }, "ai.onnx.ml.ZipMap")
	add(func(c *call) []*value {
		v := c.value(0)
		if !slices.ContainsFunc(c.inputs, func(e end) bool { return e.name == c.node.inputs[0] && e.split }) {
			c.fail("cuts texts that are no input at white space alone, which gorae does not")
		}
		words := v.node().AsFloat().Gt(c.graph.Scalar(emptyText))
		return []*value{v, {n: words.Sum(len(words.Shape) - 1), elem: pb.I64}}
	}, "StringSplit")
}

// floats is a list of numbers; nil where it is not given.
func (c *call) floats(name string) []float64 {
	a := c.attribute(name)
	if a == nil {
		return nil
	}
	var out []float64
	for _, f := range a.Floats {
		out = append(out, float64(f))
	}
	return out
}

// numbersOf is a constant vector.
func (c *call) numbersOf(vs []float64) *graph.Node {
	t := tensor.New(tensor.Float32, len(vs))
	for i, v := range vs {
		t.F32[i] = float32(v)
	}
	return c.graph.Const(t)
}

// keys is a list of texts, as their numbers, of whole numbers, or of floats.
func (c *call) keys(texts, ints, floats string) []float64 {
	var out []float64
	if a := c.attribute(texts); a != nil {
		for _, s := range a.Strings {
			out = append(out, float64(c.word(s)))
		}
		return out
	}
	if a := c.attribute(ints); a != nil {
		for _, v := range a.Ints {
			out = append(out, float64(v))
		}
		return out
	}
	if floats != "" {
		return c.floats(floats)
	}
	c.fail("has no categories")
	return nil
}

// tensorKeys is an attribute of a tensor, from version 4 on.
func (c *call) tensorKeys(name string) ([]float64, pb.Elem) {
	a := c.attribute(name)
	if a == nil || a.T == nil {
		return nil, 0
	}
	if a.T.Elem == pb.Text {
		var out []float64
		for _, s := range a.T.Texts {
			out = append(out, float64(c.word(s)))
		}
		return out, pb.Text
	}
	x, err := (&constant{tensor: a.T}).read()
	if err != nil {
		c.fail("%v", err)
	}
	return graph.ArrayOf(x).V, a.T.Elem
}

// labelEncoder gives the value of each key, by a table of the keys' whole numbers.
func labelEncoder(c *call) []*value {
	keys, _ := c.tensorKeys("keys_tensor")
	if keys == nil {
		keys = c.keys("keys_strings", "keys_int64s", "keys_floats")
	}
	values, elem := c.tensorKeys("values_tensor")
	def := 0.0
	if d, _ := c.tensorKeys("default_tensor"); len(d) > 0 {
		def = d[0]
	}
	switch {
	case values != nil:
	case c.attribute("values_strings") != nil:
		values, elem = c.keys("values_strings", "", ""), pb.Text
		def = float64(c.word(c.text("default_string", "_Unused")))
	case c.attribute("values_int64s") != nil:
		values, elem = c.keys("", "values_int64s", ""), pb.I64
		def = -1
		if a := c.attribute("default_int64"); a != nil {
			def = float64(a.I)
		}
	default:
		values, elem, def = c.floats("values_floats"), pb.F32, c.float("default_float", math.Copysign(0, -1))
	}
	if len(values) != len(keys) || len(keys) == 0 {
		c.fail("has %d keys and %d values", len(keys), len(values))
	}
	lo, hi := slices.Min(keys), slices.Max(keys)
	x := c.raw(0)
	whole := !slices.ContainsFunc(keys, func(k float64) bool { return k != math.Trunc(k) })
	var y *graph.Node
	if whole && hi-lo < 1<<20 {
		n := int(hi-lo) + 1
		t := tensor.New(tensor.Float32, n+1, 1) // the last place is for all others
		for i := range t.F32 {
			t.F32[i] = float32(def)
		}
		for i := len(keys) - 1; i >= 0; i-- { // of equal keys the first counts
			t.F32[int(keys[i]-lo)] = float32(values[i])
		}
		at := x.AsFloat().AddC(-lo)
		inside := at.Ge(c.graph.Scalar(0)).And(at.Lt(c.graph.Scalar(float64(n)))).And(at.Eq(at.Floor()))
		at = inside.Where(at, c.graph.Scalar(float64(n)))
		y = c.graph.Const(t).Gather(at.Cast(tensor.Int32)).Reshape(x.Shape...)
	} else {
		y = c.graph.Scalar(def).Broadcast(x.Shape...)
		for i := len(keys) - 1; i >= 0; i-- {
			is := x.AsFloat().Eq(c.graph.Scalar(float64(float32(keys[i]))))
			if math.IsNaN(keys[i]) {
				is = x.AsFloat().Ne(x.AsFloat())
			}
			y = is.Where(c.graph.Scalar(values[i]), y)
		}
	}
	if !isFloat(elem) {
		y = y.Cast(tensor.Int32)
	}
	return give(elem, y)
}

// linear is x·Wᵀ + b with n rows of coefficients.
func (c *call) linear(n int) (y *graph.Node, classes int) {
	x, w := c.x(0), c.floats("coefficients")
	if len(x.Shape) == 1 {
		x = x.Reshape(1, x.Shape[0])
	}
	if len(x.Shape) != 2 || n < 1 || len(w) != n*x.Shape[1] {
		c.fail("has %d coefficients for %v", len(w), x.Shape)
	}
	y = x.MatMulT(c.numbersOf(w).Reshape(n, x.Shape[1]), false, true)
	if b := c.floats("intercepts"); b != nil {
		y = y.Add(c.numbersOf(b))
	}
	return y, n
}

// finish applies post_transform.
func (c *call) finish(y *graph.Node) *graph.Node {
	switch f := c.text("post_transform", "NONE"); f {
	case "NONE":
	case "SOFTMAX":
		y = y.Softmax(-1)
	case "LOGISTIC":
		y = y.Sigmoid()
	default:
		c.fail("its post_transform is %q", f)
	}
	return y
}

// linearClassifier gives the class of the greatest score, and the scores.
func linearClassifier(c *call) []*value {
	elem := pb.I64
	if c.attribute("classlabels_strings") != nil {
		elem = pb.Text
	}
	labels := c.keys("classlabels_strings", "classlabels_ints", "")
	rows := len(c.floats("intercepts"))
	if rows == 0 {
		rows = len(labels)
	}
	y, _ := c.linear(rows)
	if rows == 1 && len(labels) == 2 {
		y = graph.Concatenate(1, y.Neg(), y)
	} else if rows != len(labels) {
		c.fail("has %d classes and %d scores", len(labels), rows)
	}
	at := y.ArgMax()
	t := c.numbersOf(labels).Reshape(len(labels), 1)
	label := t.Gather(at).Reshape(at.Shape...).Cast(tensor.Int32)
	return []*value{{n: label, elem: elem}, {n: c.finish(y), elem: pb.F32}}
}
