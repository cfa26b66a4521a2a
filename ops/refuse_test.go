package ops_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"gorae/model"
	"gorae/ops"
)

// TestRefused: what would mix samples, or what an operation does not have, is an error that says so.
func TestRefused(t *testing.T) {
	all := ops.Span(nil, nil)
	for _, c := range []struct {
		name   string
		args   ops.Args
		inputs [][]int
		says   string
	}{
		{"mean", nil, [][]int{{3}}, "axis is None: the result is one number for all samples"},
		{"mean", ops.Args{"axis": 0}, [][]int{{3}}, "works along axis 0, that of the samples"},
		{"mean", ops.Args{"axis": []any{1, -2}}, [][]int{{3}}, "works along axis 0, that of the samples"},
		{"mean", ops.Args{"axis": 2}, [][]int{{3}}, "there is no axis 2 among 2"},
		{"mean", ops.Args{"axis": "1"}, [][]int{{3}}, "axis is 1; give a whole number"},
		{"concatenate", nil, [][]int{{3}, {3}}, "works along axis 0, that of the samples"},
		{"transpose", nil, [][]int{{3}}, "put another axis in the place of the samples"},
		{"transpose", ops.Args{"axes": []any{0, 1, 1}}, [][]int{{3, 2}}, "give each of the 3 axes"},
		{"reshape", ops.Args{"newshape": []any{2, 3}}, [][]int{{3}}, "begin it with -1"},
		{"reshape", ops.Args{"newshape": []any{-1, 2}}, [][]int{{3}}, "would mix numbers of several samples"},
		{"reshape", ops.Args{"newshape": []any{-1, 1}}, [][]int{{3}}, "its first axis must be that of the samples"},
		{"get_item", ops.Args{"key": 0}, [][]int{{3}}, "picks samples"},
		{"get_item", ops.Args{"key": []any{all, 3}}, [][]int{{3}}, "outside of axis 1"},
		{"get_item", ops.Args{"key": []any{all, ops.Span(2, 1)}}, [][]int{{3}}, "is empty"},
		{"get_item", ops.Args{"key": []any{all, all, 0}}, [][]int{{3}}, "takes 3 indices"},
		{"add", nil, [][]int{{3}, {2, 3}}, "different numbers of axes"},
		{"add", nil, [][]int{{3}, {2}}, "broadcast"},
		{"pad", ops.Args{"pad_width": 1}, [][]int{{3}}, "adds samples"},
		{"einsum", ops.Args{"subscripts": "ij,jk->ik"}, [][]int{{3}, {3}}, "must be the first one"},
		{"einsum", ops.Args{"subscripts": "bii->b"}, [][]int{{3, 3}}, "a letter for each axis"},
		{"matmul", nil, [][]int{{3}, {3}}, "no matrices for each sample"},
		{"split", ops.Args{"indices_or_sections": 2, "axis": 1}, [][]int{{3}}, "does not make 2 equal parts"},
		{"cast", ops.Args{"dtype": "complex64"}, [][]int{{3}}, "dtype is complex64"},
		{"squeeze", ops.Args{"axis": 1}, [][]int{{3}}, "only an axis of extent 1 goes"},
		{"norm", ops.Args{"axis": 1, "ord": "nuc"}, [][]int{{3}}, "ord is nuc"},
		{"one_hot", ops.Args{"num_classes": 3, "sparse": true}, [][]int{{3}}, "sparse is true"},
	} {
		op, err := ops.New(c.name, c.args)
		if err != nil {
			t.Errorf("%s %v: %v", c.name, c.args, err)
			continue
		}
		var in []*model.Value
		for i, s := range c.inputs {
			in = append(in, model.Input(fmt.Sprint("x", i), s...))
		}
		err = model.New(in, []*model.Value{model.Apply(op, in...)}).Build(1)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s %v: error %v, want %q", c.name, c.args, err, c.says)
		}
	}
	for name, c := range map[string]struct {
		args ops.Args
		says string
	}{
		"men":     {nil, "there is no operation men of tensors"},
		"mean":    {ops.Args{"axes": 1}, "Mean has no parameter axes"},
		"reshape": {nil, "Reshape lacks the argument newshape"},
		"add":     {ops.Args{"x1": nil}, "Add lacks the argument x1"},
	} {
		if _, err := ops.New(name, c.args); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s %v: error %v, want %q", name, c.args, err, c.says)
		}
	}
}

// TestRefusedFiles: configurations that gorae cannot follow are errors that name the layer and why.
func TestRefusedFiles(t *testing.T) {
	const three = `{"module":"keras.src.ops.numpy","class_name":"%s","name":"f","config":{"name":"f"%s},
		"inbound_nodes":[%s]}`
	const two = `{"module":"tf_keras","class_name":"TFOpLambda","name":"f","config":{"function":"%s"},"inbound_nodes":[%s]}`
	x := `{"class_name":"__keras_tensor__","config":{"keras_history":["x",0,0]}}`
	call := `{"args":[` + x + `],"kwargs":{}}`
	for layer, says := range map[string]string{
		fmt.Sprintf(three, "Fft", "", call):                                      "is the operation Fft of tensors",
		fmt.Sprintf(three, "Relu", "", call):                                     "is the operation Relu of tensors",
		fmt.Sprintf(three, "Exp", `,"base":2`, call):                             "Exp has no parameter base",
		fmt.Sprintf(three, "Exp", "", ""):                                        "called nowhere",
		fmt.Sprintf(three, "Exp", "", `{"args":[1],"kwargs":{}}`):                "without a tensor",
		fmt.Sprintf(three, "Exp", "", `{"args":[`+x+`,2],"kwargs":{}}`):          "called with 2 arguments",
		fmt.Sprintf(three, "Add", "", call):                                      "lacks the argument x2",
		fmt.Sprintf(three, "Mean", `,"axis":1`, call+`,{"args":[],"kwargs":{}}`): "lacks the argument x",
		fmt.Sprintf(three, "Add", "", `{"args":[`+x+`,1],"kwargs":{}},{"args":[`+x+`,2],"kwargs":{}}`): "called twice, " +
			"with different arguments",
		fmt.Sprintf(two, "image.resize", `["x",0,0,{"size":[2,2]}]`):     "the function tf.image.resize of TensorFlow",
		fmt.Sprintf(two, "nn.relu", `["x",0,0,{"leak":2}]`):              "called with leak: 2",
		fmt.Sprintf(two, "math.add", `["x",0,0,{"y":"two"}]`):            "two is neither a tensor nor numbers",
		fmt.Sprintf(two, "math.add", `[5]`):                              "want tensors",
		fmt.Sprintf(two, "math.add", `["_CONSTANT_VALUE",-1,1,{"y":2}]`): "without a tensor",
	} {
		text := `{"class_name":"Functional","config":{"name":"m","layers":[{"class_name":"InputLayer","name":"x",
			"config":{"name":"x","batch_shape":[null,3]},"inbound_nodes":[]},` + layer + `],
			"input_layers":[["x",0,0]],"output_layers":[["f",0,0]]}}`
		var cfg map[string]any
		if err := json.Unmarshal([]byte(text), &cfg); err != nil {
			t.Fatal(err)
		}
		m, err := model.FromConfig(cfg)
		if err == nil {
			err = m.Build(1)
		}
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: error %v, want %q", layer, err, says)
		}
	}
}

// TestTensorFlow: functions of Keras 2 are those of keras.ops; the values are counted by hand for x = 1, 2, 3.
func TestTensorFlow(t *testing.T) {
	for node, want := range map[string][]float32{
		`"math.subtract","n":["_CONSTANT_VALUE",-1,1,{"y":["x",0,0],"name":null}]`:                          {0, -1, -2},
		`"math.add","n":["x",0,0,{"y":["x",0,0]}]`:                                                          {2, 4, 6},
		`"concat","n":[["x",0,0,{"axis":-1}],["x",0,0,{"axis":-1}]]`:                                        {1, 2, 3, 1, 2, 3},
		`"math.reduce_mean","n":["x",0,0,{"axis":1,"keepdims":true}]`:                                       {2},
		`"reshape","n":["x",0,0,{"shape":[-1,3,1]}]`:                                                        {1, 2, 3},
		`"clip_by_value","n":["x",0,0,{"clip_value_min":1.5,"clip_value_max":2.5}]`:                         {1.5, 2, 2.5},
		`"__operators__.getitem","n":["x",0,0,{"slice_spec":["...",{"start":null,"stop":-1,"step":null}]}]`: {1, 2},
		`"cast","n":["x",0,0,{"dtype":"<dtype: 'float32'>"}]`:                                               {1, 2, 3},
		`"math.l2_normalize","n":["x",0,0,{"axis":-1}]`:                                                     {0.26726124, 0.5345225, 0.8017837},
		`"nn.leaky_relu","n":[["x",0,0,{"alpha":0.3}]]`:                                                     {1, 2, 3},
		`"gather","n":["x",0,0,{"indices":[2,0],"axis":1}]`:                                                 {3, 1},
	} {
		name, n, _ := strings.Cut(node, `,"n":`)
		text := `{"class_name":"Functional","config":{"name":"m","layers":[{"class_name":"InputLayer","name":"x",
			"config":{"name":"x","batch_input_shape":[null,3]},"inbound_nodes":[]},
			{"class_name":"TFOpLambda","name":"f","config":{"function":` + name + `},"inbound_nodes":[` + n + `]}],
			"input_layers":[["x",0,0]],"output_layers":[["f",0,0]]}}`
		var cfg map[string]any
		if err := json.Unmarshal([]byte(text), &cfg); err != nil {
			t.Fatal(err)
		}
		c := kerasCase{}
		c.X = append(c.X, struct {
			Shape  []int
			Values []float64
		}{[]int{1, 3}, []float64{1, 2, 3}})
		m := read(t, cfg)
		var values []float64
		for _, v := range want {
			values = append(values, float64(v))
		}
		c.Y = append(c.Y, struct {
			Shape  []int
			Values []float64
		}{m.OutputTypes(1)[0].Shape, values})
		c.compare(t, name, m)
		written, err := m.Config()
		if err != nil {
			t.Fatal(err)
		}
		c.compare(t, name+" written and read", read(t, written))
	}
}
