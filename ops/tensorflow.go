package ops

import (
	"maps"
	"slices"
	"strings"

	"gorae/config"
)

// dialect is a function of TensorFlow that is one of keras.ops: its class, and the names of the parameters there in the
// order of the function's own, "own=there" where they differ.
type dialect struct {
	class string
	own   []string // in TensorFlow
	there map[string]string
	adapt func(Args) // where the meaning differs
}

// tensorFlow are functions that TFOpLambda and SlicingOpLambda of Keras 2 name.
//
// Source: tf_keras 2.21, tf_keras/src/layers/core/tf_op_layer.py; the signatures of tensorflow 2.21.
var tensorFlow = map[string]*dialect{}

func init() {
	for _, line := range strings.Split(strings.TrimSpace(tensorFlowTable), "\n") {
		word := strings.Fields(line)
		d := &dialect{class: word[1], there: map[string]string{}}
		for _, p := range word[2:] {
			own, there, renamed := strings.Cut(p, "=")
			if !renamed {
				there = own
			}
			d.own = append(d.own, own)
			d.there[own] = there
		}
		for name := range strings.SplitSeq(word[0], ",") {
			tensorFlow[name] = d
		}
	}
	tensorFlow["split"].adapt = func(a Args) {
		sizes, isList := asList(a["indices_or_sections"])
		if !isList {
			return
		}
		var at []any
		sum := 0.0
		for _, s := range sizes[:max(0, len(sizes)-1)] {
			f, _ := number(s)
			sum += f
			at = append(at, sum)
		}
		a["indices_or_sections"] = at
	}
	tensorFlow["one_hot"].adapt = func(a Args) { a["dtype"] = "float32" }
	tensorFlow["__operators__.getitem"].adapt = func(a Args) { a["key"] = spans(a["key"]) }
	tensorFlow["cast"].adapt = func(a Args) {
		if w, ok := a["dtype"].(string); ok { // "<dtype: 'float32'>"
			a["dtype"] = strings.Trim(strings.TrimPrefix(w, "<dtype: "), "'>")
		}
	}
	tensorFlow["nn.gelu"].adapt = func(a Args) {
		if _, given := a["approximate"]; !given {
			a["approximate"] = false // Keras has true
		}
	}
	tensorFlow["math.l2_normalize"].adapt = func(a Args) { a["epsilon"] = 1e-6 } // 1e-12 of the square
	for _, name := range []string{"nn.softmax", "nn.log_softmax"} {
		tensorFlow[name].adapt = func(a Args) {
			if a["axis"] == nil {
				delete(a, "axis")
			}
		}
	}
}

const tensorFlowTable = `
__operators__.add,math.add                     Add          x=x1 y=x2
math.subtract,__operators__.sub                Subtract     x=x1 y=x2
math.multiply,__operators__.mul                Multiply     x=x1 y=x2
math.truediv,math.divide,__operators__.truediv TrueDivide   x=x1 y=x2
math.divide_no_nan                             DivideNoNan  x=x1 y=x2
math.floordiv                                  FloorDivide  x=x1 y=x2
math.floormod,math.mod                         Mod          x=x1 y=x2
math.pow                                       Power        x=x1 y=x2
math.maximum                                   Maximum      x=x1 y=x2
math.minimum                                   Minimum      x=x1 y=x2
math.greater                                   Greater      x=x1 y=x2
math.greater_equal                             GreaterEqual x=x1 y=x2
math.less                                      Less         x=x1 y=x2
math.less_equal                                LessEqual    x=x1 y=x2
math.equal,__operators__.eq                    Equal        x=x1 y=x2
math.not_equal,__operators__.ne                NotEqual     x=x1 y=x2
math.logical_and                               LogicalAnd   x=x1 y=x2
math.logical_or                                LogicalOr    x=x1 y=x2
math.logical_not                               LogicalNot   x
math.negative                                  Negative     x
math.abs                                       Absolute     x
math.sign                                      Sign         x
math.square                                    Square       x
math.sqrt                                      Sqrt         x
math.rsqrt                                     Rsqrt        x
math.reciprocal                                Reciprocal   x
math.exp                                       Exp          x
math.expm1                                     Expm1        x
math.log                                       Log          x
math.log1p                                     Log1p        x
math.sin                                       Sin          x
math.cos                                       Cos          x
math.tan                                       Tan          x
math.tanh,nn.tanh                              Tanh         x
math.erf                                       Erf          x
math.floor                                     Floor        x
math.ceil                                      Ceil         x
math.round                                     Round        x
math.sigmoid,nn.sigmoid                        Sigmoid      x
math.softplus,nn.softplus                      Softplus     features=x
nn.softsign                                    Softsign     features=x
nn.relu                                        Relu         features=x
nn.relu6                                       Relu6        features=x
nn.selu                                        Selu         features=x
nn.elu                                         Elu          features=x
nn.silu,nn.swish                               Silu         features=x
nn.gelu                                        Gelu         features=x approximate
nn.leaky_relu                                  LeakyRelu    features=x alpha=negative_slope
nn.softmax                                     Softmax      logits=x axis
nn.log_softmax                                 LogSoftmax   logits=x axis
math.reduce_sum                                Sum          input_tensor=x axis keepdims
math.reduce_mean                               Mean         input_tensor=x axis keepdims
math.reduce_max                                Max          input_tensor=x axis keepdims
math.reduce_min                                Min          input_tensor=x axis keepdims
math.reduce_prod                               Prod         input_tensor=x axis keepdims
math.reduce_std                                Std          input_tensor=x axis keepdims
math.reduce_variance                           Var          input_tensor=x axis keepdims
math.reduce_any                                Any          input_tensor=x axis keepdims
math.reduce_all                                All          input_tensor=x axis keepdims
math.reduce_logsumexp                          Logsumexp    input_tensor=x axis keepdims
math.argmax                                    Argmax       input=x axis
math.argmin                                    Argmin       input=x axis
math.cumsum                                    Cumsum       x axis
math.l2_normalize,nn.l2_normalize              Normalize    x axis
linalg.matmul                                  Matmul       a=x1 b=x2
linalg.norm                                    Norm         tensor=x ord axis keepdims
reshape                                        Reshape      tensor=x shape=newshape
transpose                                      Transpose    a=x perm=axes
expand_dims                                    ExpandDims   input=x axis
squeeze                                        Squeeze      input=x axis
tile                                           Tile         input=x multiples=repeats
concat                                         Concatenate  values=xs axis
stack                                          Stack        values=xs axis
split                                          Split        value=x num_or_size_splits=indices_or_sections axis
unstack                                        Unstack      value=x num axis
where                                          Where        condition x=x1 y=x2
clip_by_value                                  Clip         t=x clip_value_min=x_min clip_value_max=x_max
cast                                           Cast         x dtype
stop_gradient                                  StopGradient input=variable
ones_like                                      OnesLike     input=x
zeros_like                                     ZerosLike    input=x
one_hot                                        OneHot       indices=x depth=num_classes
gather                                         Take         params=x indices axis
convert_to_tensor                              ConvertToTensor value=x
identity                                       Copy         input=x
__operators__.getitem                          GetItem      tensor=x slice_spec=key
`

// ofTensorFlow reports whether a configuration is a function of TensorFlow in Keras 2.
func ofTensorFlow(c map[string]any) bool {
	return c["class_name"] == "TFOpLambda" || c["class_name"] == "SlicingOpLambda"
}

// constantOperand stands in Keras 2 for the layer of an operand that is a number: [name, -1, number, keywords].
const constantOperand = "_CONSTANT_VALUE"

// keras2 takes the arguments of [layer, use, result, keywords], or of a list of such where the first argument is one.
func (r *reader) keras2(d *dialect, node any) error {
	r.args = Args{}
	list, _ := node.([]any)
	named := map[string]any{}
	first := func(v any) (any, bool) {
		e, ok := v.([]any)
		if !ok || len(e) < 3 {
			return nil, false
		}
		name, ok := e[0].(string)
		if !ok {
			return nil, false
		}
		if len(e) > 3 {
			if m, ok := e[3].(map[string]any); ok {
				maps.Copy(named, m)
			}
		}
		if name == constantOperand {
			return e[2], true
		}
		return r.tensor(e[:3:3]), true
	}
	if v, ok := first(list); ok {
		r.args[d.there[d.own[0]]] = v
	} else {
		var all []any
		for _, e := range list {
			v, ok := first(e)
			if !ok {
				return config.Errorf("", "is called with %v; want tensors", node)
			}
			all = append(all, v)
		}
		r.args[d.there[d.own[0]]] = all
		if f := functions[d.class]; len(all) == 1 && !f.params[0].list && !f.params[0].variadic {
			r.args[d.there[d.own[0]]] = all[0]
		}
	}
	for _, k := range slices.Sorted(maps.Keys(named)) {
		v := r.edges(named[k])
		switch there := d.there[k]; {
		case there != "":
			r.args[there] = v
		case !empty(v):
			return config.Errorf("", "is called with %s: %v, which gorae does not know", k, v).
				Fix("save a model that calls it without").Coded(config.Unsupported)
		}
	}
	if d.adapt != nil {
		d.adapt(r.args)
	}
	return nil
}

// edges is v with numbers of operands in the place of [layer, use, result].
func (r *reader) edges(v any) any {
	l, ok := v.([]any)
	if !ok {
		return v
	}
	if len(l) == 3 || len(l) == 4 {
		name, isName := l[0].(string)
		_, isUse := whole(l[1])
		_, isResult := number(l[2])
		if isName && isUse && isResult {
			if name == constantOperand {
				return l[2]
			}
			return r.tensor(l[:3:3])
		}
	}
	all := make([]any, len(l))
	for i, e := range l {
		all[i] = r.edges(e)
	}
	return all
}

// spans are the indices of Keras 2 as Keras 3 writes them.
func spans(v any) any {
	switch v := v.(type) {
	case []any:
		l := make([]any, len(v))
		for i, e := range v {
			l[i] = spans(e)
		}
		return l
	case map[string]any:
		if _, is := v["start"]; is {
			return SpanBy(v["start"], v["stop"], v["step"])
		}
	case string:
		if v == "..." || v == "Ellipsis" {
			return Ellipsis()
		}
	}
	return v
}
