package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

type shape interface{ Area() float64 }

type Square struct {
	Side float64 `keras:"side,main,required,positive,what=length"`
}

func (s Square) Area() float64 { return s.Side * s.Side }

type Circle struct {
	Radius *float64 `keras:"radius,default=1,min=0"`
}

func (c Circle) Area() float64 { return 3 * *Filled(c).Radius * *Filled(c).Radius }

type DoubleReLU struct{}

func (DoubleReLU) Area() float64 { return 0 }

var shapes = NewRegistry[shape]("shape", "keras.shapes")

func init() {
	shapes.Register(Square{})
	shapes.Register(Circle{})
	shapes.Register(DoubleReLU{})
}

type base struct {
	Name   string `keras:"name"`
	Frozen bool   `keras:"!trainable"`
}

type thing struct {
	base
	_        struct{} `keras:"dtype~float32"`
	Units    int      `keras:"units,main,required,min=1,what=number of nodes"`
	Rate     float64  `keras:"learning_rate,default=0.001,positive,what=learning rate"`
	Momentum *float64 `keras:"momentum,default=0.99,min=0,max=1"`
	NoBias   bool     `keras:"!use_bias"`
	Mode     string   `keras:"mode,default=fan_in,oneof=fan_in|fan_out"`
	Axes     []int    `keras:"axes,default=-1"`
	Shape    shape    `keras:"shape,default=circle"`
	_        struct{} `keras:"kernel_constraint=null,?lora_rank=null"`
}

func TestDecode(t *testing.T) {
	var x thing
	err := Decode(&x, map[string]any{"units": 3.0, "momentum": 0, "use_bias": false, "mode": "fan_out", "axes": 2,
		"trainable":         false,
		"shape":             map[string]any{"class_name": "Square", "config": map[string]any{"side": 2}},
		"kernel_constraint": nil,
		"dtype":             "float64", "name": "a",
		"build_config": map[string]any{"input_shape": nil}, "lora_rank": nil})
	if err != nil {
		t.Fatal(err)
	}
	want := thing{base: base{"a", true}, Units: 3, Momentum: new(0.0), NoBias: true, Mode: "fan_out", Axes: []int{2},
		Shape: Square{2}}
	if !reflect.DeepEqual(x, want) {
		t.Errorf("got %+v, want %+v", x, want)
	}
}

func TestFilledAndEncode(t *testing.T) {
	x := Filled(thing{Units: 1})
	if x.Rate != 0.001 || *x.Momentum != 0.99 || x.Mode != "fan_in" || x.Axes[0] != -1 || x.Shape.Area() != 3 {
		t.Errorf("defaults are %+v", x)
	}
	text, err := json.Marshal(Encode(thing{Units: 2, Momentum: new(0.0)}))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"name":null,"trainable":true,"dtype":"float32","units":2,"learning_rate":0.001,"momentum":0,"use_bias":true,"mode":"fan_in","axes":[-1],` +
		`"shape":{"module":"keras.shapes","class_name":"Circle","config":{"radius":1},"registered_name":null},"kernel_constraint":null}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	var back thing
	if err := Decode(&back, m); err != nil {
		t.Fatal(err)
	}
	if again, _ := json.Marshal(Encode(back)); string(again) != want {
		t.Errorf("and back: %s", again)
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		config map[string]any
		place  string
		says   string
	}{
		{map[string]any{}, "units", "is missing; give 1 or more"},
		{map[string]any{"units": 0}, "units", "0 is not a number of nodes; give 1 or more"},
		{map[string]any{"units": 2.5}, "units", "2.5 is not a whole number"},
		{map[string]any{"units": "many"}, "units", `"many" is not a whole number`},
		{map[string]any{"units": 1, "learning_rate": 0}, "learning_rate",
			"0 is not a learning rate; give a positive number"},
		{map[string]any{"units": 1, "learning_rate": -1}, "learning_rate", "give a positive number"},
		{map[string]any{"units": 1, "momentum": 1.5}, "momentum", "give a number from 0 and up to 1"},
		{map[string]any{"units": 1, "momentun": 1}, "momentun", "unknown key; did you mean \"momentum\"?"},
		{map[string]any{"units": 1, "use_bias": 1}, "use_bias", "neither true nor false"},
		{map[string]any{"units": 1, "mode": "fan_on"}, "mode", "did you mean \"fan_"},
		{map[string]any{"units": 1, "kernel_constraint": "max_norm"}, "kernel_constraint", "not supported"},
		{map[string]any{"units": 1, "shape": "squares"}, "shape.squares", "unknown shape; did you mean \"square\"?"},
		{map[string]any{"units": 1, "shape": map[string]any{"square": 0}}, "shape.square.side",
			"0 is not a length; give a positive number"},
		{map[string]any{"units": 1, "shape": map[string]any{"square": map[string]any{"sid": 1}}}, "shape.square.sid",
			"did you mean \"side\"?"},
		{map[string]any{"units": 1, "shape": 3}, "shape", "3 is not a shape"},
	} {
		var x thing
		err := Decode(&x, c.config)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%v: error %v", c.config, err)
			continue
		}
		if e.Path != c.place || !strings.Contains(e.Text(), c.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v:\ngot  %s\nwant %s: …%s", c.config, err, c.place, c.says)
		}
	}
}

// older is a key with two names, and a type of elements.
type older struct {
	Slope float64 `keras:"slope,default=0.3,older=alpha"`
	Kind  string  `keras:"kind,default=float32,oneof=float32|int32,widths"`
}

// TestModelFiles reads what only model files hold: keys of other versions, older names, types of other widths.
func TestModelFiles(t *testing.T) {
	policy := func(class string, c map[string]any) map[string]any {
		return map[string]any{"class_name": class, "config": c}
	}
	for _, c := range []struct {
		config map[string]any
		says   string // "": it is read
	}{
		{map[string]any{"new": nil, "list": []any{}, "word": "", "map": map[string]any{}}, ""},
		{map[string]any{"new": false}, "new: unknown key"},
		{map[string]any{"new": 0.0}, "new: unknown key"},
		{map[string]any{"new": []any{nil}}, "new: unknown key"},
		{map[string]any{"alpha": 0.1, "kind": "float64"}, ""},
		{map[string]any{"kind": "int64"}, ""},
		{map[string]any{"kind": "string"}, `kind: "string" is unknown`},
		{map[string]any{"dtype": policy("DTypePolicy", map[string]any{"name": "mixed_float16"})}, ""},
	} {
		var x older
		err := Decode(&x, c.config)
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.HasPrefix(err.Error(), c.says)) {
			t.Errorf("%v: error %v, want %q", c.config, err, c.says)
		}
	}
	var x older
	if err := Decode(&x, map[string]any{"alpha": 0.1, "kind": "float64"}); err != nil || x.Slope != 0.1 ||
		x.Kind != "float32" {
		t.Errorf("%+v, %v", x, err)
	}
	if got := fmt.Sprint(Encode(x)); got != "[{slope 0.1} {kind float32}]" {
		t.Errorf("written as %s", got)
	}
	// What people write is read as it stands.
	for _, m := range []Map{{{"new", nil}}, {{"kind", "float64"}}} {
		if err := (&Decoder{}).Decode(&x, m); err == nil {
			t.Errorf("an experiment with %v is read", m)
		}
	}
	for says, m := range map[string]map[string]any{
		"square.dtype: numbers quantized to int8 are not supported": {"class_name": "square", "config": map[string]any{
			"dtype": policy("QuantizedDTypePolicy", map[string]any{"mode": "int8", "source_name": "float32"})}},
		"square.dtype: numbers quantized to float8 are not supported": {"class_name": "square",
			"config": map[string]any{"dtype": "float8_from_mixed_bfloat16"}},
		"Square: is the operation keras.src.ops.numpy.Square, which gorae does not have": {"class_name": "Square",
			"module": "keras.src.ops.numpy", "config": map[string]any{"name": "square"}},
	} {
		_, err := shapes.Decode(m)
		var e *Error
		if !errors.As(err, &e) || e.Code != Unsupported || !strings.HasPrefix(err.Error(), says) {
			t.Errorf("error %v, want %s…", err, says)
		}
	}
}

func TestCheck(t *testing.T) {
	if err := Check(thing{Units: 1}); err != nil {
		t.Error(err)
	}
	for _, x := range []thing{{}, {Units: -1}, {Units: 1, Rate: -1}, {Units: 1, Momentum: new(2.0)},
		{Units: 1, Mode: "up"}} {
		if Check(x) == nil {
			t.Errorf("%+v passes", x)
		}
	}
}

func TestRegistryNames(t *testing.T) {
	for _, name := range []string{"DoubleReLU", "double_relu", "double_re_lu", "doublerelu"} {
		if v, err := shapes.New(name, nil); err != nil || v != shape(DoubleReLU{}) {
			t.Errorf("%s: %v, %v", name, v, err)
		}
	}
	if got := fmt.Sprint(shapes.Names()); got != "[circle double_relu square]" {
		t.Errorf("names are %s", got)
	}
	for class, want := range map[string]string{"LeakyReLU": "leaky_re_lu", "Conv2D": "conv2d",
		"BatchNormalization": "batch_normalization", "ELU": "elu", "RMSprop": "rm_sprop"} {
		if got := Snake(class); got != want {
			t.Errorf("Snake(%s) is %s, Keras has %s", class, got, want)
		}
	}
	if v, err := shapes.New("square", 3); err != nil || v.Area() != 9 {
		t.Errorf("a lone value: %v, %v", v, err)
	}
	if v, err := shapes.Decode(map[string]any{"class_name": "function", "config": "circle"}); err != nil ||
		v != shape(Circle{}) {
		t.Errorf("a function: %v, %v", v, err)
	}
	if v, err := shapes.Decode(map[string]any{"class_name": "gorae>Square",
		"config": map[string]any{"side": 2}}); err != nil || v.Area() != 4 {
		t.Errorf("a registered object: %v, %v", v, err)
	}
}

type window struct {
	Size    []int   `keras:"size,required,min=1,each=2,what=extent"`
	Step    []int   `keras:"step,default=1,min=1,each=2"`
	Margins [][]int `keras:"margins,default=0,min=0,each=2x2"`
	Extra   []int   `keras:"extra,optional,min=0,each=2"`
}

// TestEach: a lone number stands for every element of a list, as in Keras, and is written out.
func TestEach(t *testing.T) {
	for _, c := range []struct{ in, out string }{
		{`{"size":3}`, `{"size":[3,3],"step":[1,1],"margins":[[0,0],[0,0]]}`},
		{`{"size":[3],"step":[2,1],"margins":4}`, `{"size":[3,3],"step":[2,1],"margins":[[4,4],[4,4]]}`},
		{`{"size":[3,5],"margins":[1,2],"extra":0}`,
			`{"size":[3,5],"step":[1,1],"margins":[[1,1],[2,2]],"extra":[0,0]}`},
		{`{"size":[3,5],"margins":[[1,2],[3,4]]}`, `{"size":[3,5],"step":[1,1],"margins":[[1,2],[3,4]]}`},
		{`{"size":[3,5,1]}`, `size: [3 5 1] has 3 elements; give 1 or 2`},
		{`{"size":[]}`, `size: [] has 0 elements; give 1 or 2`},
		{`{"size":[3,0]}`, `size: 0 is not an extent; give 1 or more`},
		{`{"size":3,"margins":[[1,2,3],1]}`, `margins: [1 2 3] has 3 elements; give 1 or 2`},
		{`{"size":3,"margins":[[1,-2],1]}`, `margins: -2 is not allowed; give 0 or more`},
	} {
		var m map[string]any
		if err := json.Unmarshal([]byte(c.in), &m); err != nil {
			t.Fatal(err)
		}
		var w window
		got := ""
		if err := Decode(&w, m); err != nil {
			got = err.Error()
		} else {
			text, _ := json.Marshal(Encode(w))
			got = string(text)
		}
		if got != c.out {
			t.Errorf("%s:\ngot  %s\nwant %s", c.in, got, c.out)
		}
	}
	if w := Filled(window{Size: []int{3}, Margins: [][]int{{1},
		{2, 3}}}); fmt.Sprint(w) != "{[3 3] [1 1] [[1 1] [2 3]] []}" {
		t.Errorf("filled: %v", w)
	}
	for _, w := range []window{{Size: []int{1, 2, 3}}, {Size: []int{1, 0}}, {Size: []int{0}},
		{Size: []int{1}, Margins: [][]int{{-1}}}} {
		if Check(w) == nil {
			t.Errorf("%v passes", w)
		}
	}
	if err := Check(window{Size: []int{2}, Margins: [][]int{{0}, {0, 1}}}); err != nil {
		t.Error(err)
	}
}

// A number in place of a literal is its digits: all of a whole number, of others the fewest that give it back.
func TestLiteral(t *testing.T) {
	for _, c := range []struct {
		in   any
		want string
	}{
		{[]any{-999, "x", 2.5, -999.0, uint64(18446744073709551615), int64(-9007199254740993), 1e300, "-0"},
			`["-999" "x" "2.5" "-999" "18446744073709551615" "-9007199254740993" "1e+300" "-0"]`},
		{-999, `["-999"]`},
		{[]any{nil}, `missing[0]: null is no value; give "null" in quotation marks where the word is meant`},
		{[]any{true}, `missing[0]: true is not a word`},
		{[]any{[]any{1}}, `missing[0]: [1] is not a word`},
	} {
		var to struct {
			Missing []string `keras:"missing,literal"`
		}
		got := ""
		if err := (&Decoder{}).Decode(&to, map[string]any{"missing": c.in}); err != nil {
			got = err.Error()
		} else {
			got = fmt.Sprintf("%q", to.Missing)
		}
		if got != c.want {
			t.Errorf("%v: %s, want %s", c.in, got, c.want)
		}
	}
}

// A word that is missing is not told to be a number, and things have their article.
func TestWords(t *testing.T) {
	for thing, want := range map[string]string{"optimizer": "an optimizer", "layer": "a layer"} {
		if got := article(thing); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	var to struct {
		Name string `keras:"name,required"`
		N    int    `keras:"n"`
	}
	if err := Decode(&to, map[string]any{}); err == nil || err.Error() != "name: is missing; write name: …" {
		t.Errorf("%v", err)
	}
	if got, want := DidYouMean("zz", []string{"b", "a", "b"}), "; there are a, b"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
