package keras_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gorae/format"
	"gorae/format/keras"
	"gorae/graph"
	"gorae/layer"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
	"gorae/weight"
)

// named gives a model its name.
func named(name string, m *model.Model) *model.Model {
	m.Name = name
	return m
}

// chain is a model of dense layers.
func chain(name string, in int, units ...int) *model.Model {
	ls := []layer.Layer{layer.Input{Shape: []int{in}}}
	for _, n := range units {
		ls = append(ls, layer.Dense{Units: n, Activation: "tanh"})
	}
	return named(name, model.Sequential(ls...))
}

// on is a model of one model after the other.
func on(name string, in int, ms ...layer.Layer) *model.Model {
	return named(name, model.Sequential(append([]layer.Layer{layer.Input{Shape: []int{in}}}, ms...)...))
}

// families are lists of models that share layers, built.
func families(t testing.TB) map[string][]*model.Model {
	t.Helper()
	all := map[string][]*model.Model{}
	{
		g, d := chain("generator", 3, 8, 6), chain("discriminator", 6, 8, 1)
		gan := on("gan", 3, g, d)
		all["gan"] = []*model.Model{g, d, gan}
		all["gan first"] = []*model.Model{gan, d, g}
	}
	{
		x := model.Input("x", 6)
		enc := on("encoder", 6, layer.Dense{Units: 5}, layer.BatchNormalization{})
		auto := on("autoencoder", 6, enc, chain("decoder", 5, 6))
		class := named("classifier", model.New([]*model.Value{x}, []*model.Value{model.Apply(layer.Dense{Units: 3},
			model.Apply(enc, x))}))
		all["autoencoder"] = []*model.Model{enc, auto, class}
		all["autoencoder first"] = []*model.Model{auto, class, enc}
		all["without the encoder"] = []*model.Model{auto, class}
		all["deeper"] = []*model.Model{on("outer", 6, on("middle", 6, auto)), enc, class}
	}
	{ // The shared layer is dense in the one model, dense_1 in the other.
		x, y := model.Input("x", 4), model.Input("y", 4)
		one := model.Share(layer.Dense{Units: 4})
		all["other names"] = []*model.Model{
			named("a", model.New([]*model.Value{x}, []*model.Value{one.Apply(x)})),
			named("b", model.New([]*model.Value{y}, []*model.Value{
				one.Apply(model.Apply(layer.Dense{Base: layer.Base{Name: "dense"}, Units: 4}, y))}))}
	}
	{
		step := chain("step", 3, 4)
		all["at each step"] = []*model.Model{named("steps", model.Sequential(layer.Input{Shape: []int{2, 3}},
			layer.TimeDistributed{Layer: step}, layer.Flatten{})), step}
	}
	m := chain("whole", 4, 5, 3, 2)
	all["the same twice"] = []*model.Model{m, m}
	all["nothing shared"] = []*model.Model{chain("a", 3, 2), chain("b", 3, 2)}
	all["a model's layers in two places"] = []*model.Model{models(t)["shared within"]}
	for name, list := range all {
		for k, m := range list {
			if err := m.Build(uint64(k + 1)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	tap, err := m.Taps("dense", "dense_2")
	if err != nil {
		t.Fatal(err)
	}
	all["taps"] = []*model.Model{m, tap}
	return all
}

// family is a file of several models.
func family(list []*model.Model) *format.File {
	f := &format.File{Model: list[0]}
	for k, m := range list[1:] {
		f.Models = append(f.Models, format.Named{Name: fmt.Sprint("m", k+1), Model: m})
	}
	return f
}

func savedAll(t testing.TB, list []*model.Model) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := keras.SaveAll(&b, family(list)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func loadAll(file []byte) ([]*model.Model, error) {
	f, err := keras.LoadAll(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, err
	}
	list := []*model.Model{f.Model}
	for _, n := range f.Models {
		list = append(list, n.Model)
	}
	return list, nil
}

// sameAs numbers the variables of models by the first path that has each, so that equal lists mean equal sharing.
func sameAs(list []*model.Model) (places []string) {
	first := map[*weight.Variable]string{}
	for k, m := range list {
		var vars []string
		for _, v := range m.Store().Vars() {
			at := fmt.Sprint(k, " ", v.Path)
			if first[v.Variable] == "" {
				first[v.Variable] = at
			}
			vars = append(vars, at+" is "+first[v.Variable])
		}
		places = append(places, vars...)
	}
	return places
}

// TestSharedModels: models of one file share after loading what they shared before, with the same predictions, bit by
// bit, and a file of the same bytes. The main model's configuration without the numbers, and its weights, are what a
// file of it alone has.
func TestSharedModels(t *testing.T) {
	for name, list := range families(t) {
		t.Run(name, func(t *testing.T) {
			file := savedAll(t, list)
			back, err := loadAll(file)
			if err != nil {
				t.Fatal(err)
			}
			for k, m := range list {
				sameOutput(t, m, back[k])
				if back[k].Name != m.Name {
					t.Errorf("%s came back as %s", m.Name, back[k].Name)
				}
			}
			was, is := sameAs(list), sameAs(back)
			slices.Sort(was)
			slices.Sort(is)
			if name == "taps" { // read anew, it declares less; what it has is shared
				was, is = sameAs(list[:1]), sameAs(back[:1])
				for _, v := range back[1].Store().Vars() {
					if v.Variable != back[0].Store().Var(v.Path).Variable {
						t.Errorf("%s is not shared", v.Path)
					}
				}
			}
			if !slices.Equal(was, is) {
				t.Errorf("shared are\n%s\nand were\n%s", strings.Join(is, "\n"), strings.Join(was, "\n"))
			}
			// The encoder was built alone, which writes the shapes that its layers were built for; read back it is part
			// of other models only.
			if name != "without the encoder" && !bytes.Equal(savedAll(t, back), file) {
				t.Error("the loaded models are saved as other bytes")
			}
			alone := saved(t, list[0])
			if !bytes.Equal(inside(t, file, "model.weights.h5"), inside(t, alone, "model.weights.h5")) {
				t.Error("the main model's weights are others than those of a file of it alone")
			}
			if a, b := unnumbered(t, inside(t, file, "config.json")),
				unnumbered(t, inside(t, alone, "config.json")); !bytes.Equal(a, b) {
				t.Error("the main model's configuration is another than that of a file of it alone")
			}
			if one, _ := loaded(t, file); one.Summary().Total != list[0].Summary().Total {
				t.Error("the main model has other parameters")
			}
			if strings.HasPrefix(name, "nothing") &&
				bytes.Contains(file, []byte(model.SharedKey)) {
				t.Error("there are numbers where nothing is shared")
			}
		})
	}
}

// unnumbered is a configuration without the numbers of shared layers.
func unnumbered(t *testing.T, text []byte) []byte {
	t.Helper()
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	var strip func(any)
	strip = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			delete(v, model.SharedKey)
			for _, x := range v {
				strip(x)
			}
		case []any:
			for _, x := range v {
				strip(x)
			}
		}
	}
	strip(v)
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestSharedOnce: shared weights are in the file once.
func TestSharedOnce(t *testing.T) {
	enc := chain("encoder", 100, 200) // 20,200 numbers, 80,800 bytes
	list := []*model.Model{enc, on("a", 100, enc, layer.Dense{Units: 1}), on("b", 100, enc, layer.Dense{Units: 2})}
	for _, m := range list {
		if err := m.Build(1); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(savedAll(t, list)); n < 80_800 || n > 2*80_800 {
		t.Errorf("the file has %d bytes; the encoder alone 80800", n)
	}
	back, err := loadAll(savedAll(t, list))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(back[1].Store().Flat()) + len(back[2].Store().Flat()); n >= 20_200 {
		t.Errorf("the models on the encoder have %d numbers of their own", n)
	}
}

// TestSharedMoves: after loading, what moves the weights of one model moves the others' predictions, and what is frozen
// in one is frozen in all.
func TestSharedMoves(t *testing.T) {
	list := families(t)["autoencoder"]
	enc := list[0]
	enc.Layers()[2].SetTrainable(false) // the batch normalization
	back, err := loadAll(savedAll(t, list))
	if err != nil {
		t.Fatal(err)
	}
	x := samples(enc, 4)
	predict := func(m *model.Model) []float32 {
		t.Helper()
		y, err := m.Predict(context.Background(), x...)
		if err != nil {
			t.Fatal(err)
		}
		return slices.Clone(y[0].F32)
	}
	before := predict(back[2])
	a, b := paths(back[2].TrainableWeights()), paths(list[2].TrainableWeights())
	if !slices.Equal(a, b) || len(a) != 4 {
		t.Errorf("%v are trainable, were %v", a, b)
	}
	auto := back[1] // one step of gradient descent of the mean square of its outputs
	gradientStep(t, auto, x[0])
	if slices.Equal(predict(back[2]), before) {
		t.Error("training the autoencoder does not move the classifier")
	}
	back[1].Layers()[1].SetTrainable(false)
	if got := paths(back[2].TrainableWeights()); !slices.Equal(got, []string{"dense/kernel", "dense/bias"}) {
		t.Errorf("%v are trainable after the encoder was frozen in the other model", got)
	}
	again, err := loadAll(savedAll(t, back))
	if err != nil {
		t.Fatal(err)
	}
	for k := range back {
		if a, b := paths(again[k].TrainableWeights()), paths(back[k].TrainableWeights()); !slices.Equal(a, b) {
			t.Errorf("%v are trainable, were %v", a, b)
		}
	}
}

// TestWrongSharing: numbers that cannot be are errors that say what is wrong.
func TestWrongSharing(t *testing.T) {
	dense := func(name string, units float64, id any) map[string]any {
		m := map[string]any{"class_name": "Dense", "config": map[string]any{"name": name, "units": units}}
		if id != nil {
			m[model.SharedKey] = id
		}
		return m
	}
	input := func(n float64) map[string]any {
		return map[string]any{"class_name": "InputLayer", "config": map[string]any{"name": "x",
			"batch_shape": []any{nil, n}}}
	}
	seq := func(name string, id any, layers ...any) map[string]any {
		m := map[string]any{"class_name": "Sequential", "config": map[string]any{"name": name, "layers": layers}}
		if id != nil {
			m[model.SharedKey] = id
		}
		return m
	}
	for _, c := range []struct {
		configs []map[string]any
		want    string
	}{
		{[]map[string]any{seq("a", nil, input(3), dense("d", 2, "one"))}, `layer "d": gorae_shared is one; want a number`},
		{[]map[string]any{seq("a", nil, input(3), dense("d", 2, []any{}))}, `gorae_shared is []; want a number`},
		{[]map[string]any{seq("a", nil, input(3), dense("d", 3, 1.0), dense("e", 3, 1.0))},
			`layers "d" and "e" of model "a" are said to be one (gorae_shared 1); a layer stands once in a model`},
		{[]map[string]any{seq("a", nil, input(3), dense("d", 3, 1.0)), seq("b", nil, input(3), dense("e", 4, 1.0))},
			`layers "d" and "e" are said to be one (gorae_shared 1), and have different configurations`},
		{[]map[string]any{seq("a", nil, input(3), dense("d", 3, 1.0)),
			seq("b", nil, input(3), seq("e", 1.0, input(3), dense("f", 3, nil)))}, `have different configurations`},
		{[]map[string]any{seq("a", 1.0, input(3), seq("b", 1.0, input(3), dense("f", 3, nil)))},
			`layer "a" is said to be within itself (gorae_shared 1)`},
		{[]map[string]any{seq("a", 1.0, input(3), dense("b", 3, 1.0))}, `layer "a" is said to be within itself`},
		{[]map[string]any{seq("a", nil, input(3), dense("d", 3, 1.0)), seq("b", nil, input(4), dense("e", 3, 1.0))},
			`kernel has shape (3, 3) and is used as (4, 3)`},
	} {
		var s model.Sharing
		var err error
		for _, cfg := range c.configs {
			var m *model.Model
			if m, err = s.FromConfig(cfg); err == nil {
				err = m.Build(1)
			}
			if err != nil {
				break
			}
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	// A further model whose weights lie in a model that is not there.
	list := families(t)["autoencoder"]
	alone := inside(t, savedAll(t, list), "gorae/models/m1.keras")
	if err := load(alone); err == nil || !strings.Contains(err.Error(), "it is shared with a model of another file") {
		t.Errorf("a model without its shared weights: %v", err)
	}
}

// TestWrongNumbers changes files of several models at random, numbers above all: each is loaded or refused, none
// panics, and what is loaded can be saved and loaded again.
func TestWrongNumbers(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a second; continuous integration runs it")
	}
	rnd := rand.New(rand.NewPCG(3, 4))
	refused, tried := 0, 0
	all := families(t)
	times := 25
	if testing.Short() {
		times = 8
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		file := savedAll(t, all[name])
		for range times {
			changed := renumber(t, rnd, file)
			tried++
			if trySharing(t, changed) != nil {
				refused++
			}
			if t.Failed() {
				t.Fatal(name)
			}
		}
	}
	if refused < tried/10 || refused == tried {
		t.Errorf("%d of %d wrong files are refused", refused, tried)
	}
}

// renumber is a file of several models with configurations changed at random.
func renumber(t *testing.T, rnd *rand.Rand, file []byte) []byte {
	list := members(t, file)
	for i, m := range list {
		switch {
		case strings.HasSuffix(m.name, ".keras"):
			list[i].data = renumber(t, rnd, m.data)
		case m.name == "config.json" && rnd.IntN(2) == 0:
			var cfg any
			if err := json.Unmarshal(m.data, &cfg); err != nil {
				t.Fatal(err)
			}
			var walk func(any)
			walk = func(v any) {
				switch v := v.(type) {
				case map[string]any:
					if v["class_name"] != nil && rnd.IntN(4) == 0 {
						v[model.SharedKey] = []any{1.0, 1.0, 2.0, 3.0, -1.0, 0.5, "x", nil, []any{}}[rnd.IntN(9)]
					}
					for _, k := range slices.Sorted(maps.Keys(v)) {
						walk(v[k])
					}
				case []any:
					for _, x := range v {
						walk(x)
					}
				}
			}
			if walk(cfg); rnd.IntN(3) == 0 {
				disturb(rnd, &cfg)
			}
			text, err := json.Marshal(cfg)
			if err != nil {
				t.Fatal(err)
			}
			list[i].data = text
		}
	}
	return pack(t, list)
}

// trySharing loads a file; what is loaded can be saved and loaded again.
func trySharing(t *testing.T, file []byte) error {
	list, err := loadAll(file)
	if err != nil {
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("an error of several lines: %q", err)
		}
		return err
	}
	var b bytes.Buffer
	if err := keras.SaveAll(&b, family(list)); err != nil {
		t.Errorf("what was loaded is not saved: %v", err)
	} else if _, err := loadAll(b.Bytes()); err != nil {
		t.Errorf("what was saved is not loaded: %v", err)
	}
	return nil
}

// FuzzSharing: no configurations of a main and a further model make loading panic.
func FuzzSharing(f *testing.F) {
	all := families(f)
	for _, name := range []string{"autoencoder first", "other names", "at each step"} {
		file := members(f, savedAll(f, all[name][:2]))
		further := members(f, file[3].data)
		f.Add(file[1].data, file[2].data, further[1].data, further[2].data)
	}
	f.Fuzz(func(t *testing.T, config, weights, config1, weights1 []byte) {
		inner := pack(t, []member{{name: "config.json", data: config1}, {name: "model.weights.h5", data: weights1}})
		_ = trySharing(t, pack(t, []member{{name: "config.json", data: config},
			{name: "model.weights.h5", data: weights}, {name: "gorae/models/m1.keras", data: inner}}))
	})
}

// gradientStep trains a model by a step of gradient descent on the mean square of its outputs.
func gradientStep(t *testing.T, m *model.Model, x *tensor.Tensor) {
	t.Helper()
	step, err := train.NewStep(func(t *layer.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
		return m.Trace(t, in...)[0].Square().Mean(), nil
	}, nil, optim.SGD{LearningRate: 0.1}, 1, m)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := step.Run(x); err != nil {
		t.Fatal(err)
	}
}
