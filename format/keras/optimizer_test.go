package keras_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gorae/config"
	"gorae/format/keras"
	"gorae/hdf5"
	"gorae/layer"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
)

// optimizerVars are the first elements of the arrays at optimizer/vars.
func optimizerVars(t *testing.T, m *model.Model, b []byte) []float64 {
	t.Helper()
	n, _ := loaded(t, b) // the state does not hinder loading
	sameOutput(t, m, n)
	w := members(t, b)[2].data
	f, err := hdf5.Open(bytes.NewReader(w), int64(len(w)))
	if err != nil {
		t.Fatal(err)
	}
	g, err := f.Root().Group("optimizer/vars")
	if err != nil {
		t.Fatal(err)
	}
	var first []float64
	for i := range g.Names() {
		d, err := g.Dataset(fmt.Sprint(i))
		if err != nil {
			t.Fatal(err)
		}
		v, err := d.Float64s()
		if err != nil {
			t.Fatal(err)
		}
		first = append(first, v[0])
	}
	return first
}

// TestOptimizer: the slots stand in Keras's order, that of its model.layers and not of the making of the
// weights: Adam's weight by weight, RMSprop's kind by kind, Nadam's product last, as real Keras 3.15 has them. Frozen
// weights have none. What is written comes back.
func TestOptimizer(t *testing.T) {
	in := model.Input("x", 2)
	near := model.Apply(layer.Dense{Base: layer.Base{Name: "near"}, Units: 1, NoBias: true}, in)
	far := model.Apply(layer.Dense{Base: layer.Base{Name: "hidden"}, Units: 1, NoBias: true}, in)
	far = model.Apply(layer.Dense{Base: layer.Base{Name: "frozen", Frozen: true}, Units: 1}, far)
	m := model.New([]*model.Value{in}, []*model.Value{model.Apply(layer.Add{}, near, far)})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	slot := func(name string, v float32, shape ...int) tensor.Named {
		x := tensor.New(tensor.Float32, shape...)
		x.F32[0] = v
		return tensor.Named{Name: name, Tensor: x}
	}
	rate := float32(0.25)
	rho := optim.RMSprop{Momentum: 0.5, Centered: true}
	for _, c := range []struct {
		settings optim.Optimizer
		rate     *float32
		slots    []tensor.Named
		want     []float64
	}{
		{optim.SGD{}, &rate, nil, []float64{5, 0.25}},
		{optim.Adam{}, &rate, []tensor.Named{slot("optimizer/near/kernel/velocity", 1, 2, 1),
			slot("optimizer/near/kernel/momentum", 2, 2, 1), slot("optimizer/hidden/kernel/momentum", 3, 2, 1)},
			[]float64{5, 0.25, 3, 0, 2, 1}},
		{rho, &rate, []tensor.Named{slot("optimizer/near/kernel/average_gradient", 1, 2, 1),
			slot("optimizer/near/kernel/momentum", 2, 2, 1), slot("optimizer/near/kernel/velocity", 3, 2, 1),
			slot("optimizer/hidden/kernel/velocity", 4, 2, 1)}, []float64{5, 0.25, 4, 3, 0, 2, 0, 1}},
		{optim.Nadam{Schedule: optim.CosineDecay{Initial: new(0.5), Steps: 9}}, nil,
			[]tensor.Named{slot("optimizer/near/kernel/velocity", 2, 2, 1), slot("optimizer/product", 9)},
			[]float64{5, 0, 0, 0, 2, 9}},
		{optim.Adagrad{InitialAccumulator: new(0.5)}, &rate, nil, []float64{5, 0.25, 0.5, 0.5}},
	} {
		o := &keras.Optimizer{Settings: c.settings, Iterations: 5, LearningRate: c.rate, Slots: c.slots}
		b := withState(t, m, o)
		if got := optimizerVars(t, m, b); !slices.Equal(got, c.want) {
			t.Errorf("%T: %v, want %v", c.settings, got, c.want)
		}
		n, _ := loaded(t, b)
		back, err := keras.ReadOptimizer(bytes.NewReader(b), int64(len(b)), n)
		if err != nil {
			t.Fatal(err)
		}
		was, is := optim.Optimizers.Encode(config.Filled(c.settings)), optim.Optimizers.Encode(back.Settings)
		if d := cmp.Diff(was, is); d != "" {
			t.Errorf("it came back otherwise: %s", d)
		}
		if back.Iterations != 5 || (back.LearningRate == nil) != (c.rate == nil) {
			t.Errorf("%T: %d steps, learning rate %v", c.settings, back.Iterations, back.LearningRate)
		}
		given := map[string]float32{}
		for _, s := range c.slots {
			given[s.Name] = s.F32[0]
		}
		for _, s := range back.Slots {
			if v, ok := given[s.Name]; ok && v != s.F32[0] {
				t.Errorf("%s is %v, was %v", s.Name, s.F32[0], v)
			}
			delete(given, s.Name)
		}
		if len(given) > 0 {
			t.Errorf("%T: %v did not come back", c.settings, given)
		}
	}
	for want, o := range map[string]*keras.Optimizer{
		"are no settings": {},
		"belongs to no": {Settings: optim.Adam{},
			Slots: []tensor.Named{slot("optimizer/frozen/kernel/momentum", 1, 1, 1)}},
		"its weight float32": {Settings: optim.Adam{},
			Slots: []tensor.Named{slot("optimizer/near/kernel/momentum", 1, 3)}},
		"RegisterOwn": {Settings: ownSGD{}},
	} {
		var b bytes.Buffer
		if err := (keras.Archive{Optimizer: o}).Save(&b, m); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want …%s…", err, want)
		}
	}
}

// ownSGD is an optimizer that was never registered.
type ownSGD struct{ optim.SGD }

// TestOptimizerFaults: a state that does not fit is an error with its place and remedy; a file without one has none.
func TestOptimizerFaults(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{2}}, layer.Dense{Base: layer.Base{Name: "d"}, Units: 1},
		layer.Dense{Base: layer.Base{Name: "e"}, Units: 1})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	plain := withState(t, m, nil)
	if o, err := keras.ReadOptimizer(bytes.NewReader(plain), int64(len(plain)), m); o != nil || err != nil {
		t.Errorf("of a file without one: %v, %v", o, err)
	}
	nan := tensor.New(tensor.Float32, 1)
	nan.F32[0] = float32(math.NaN())
	for want, b := range map[string][]byte{
		"/optimizer/vars holds 10 arrays, and Adam of 2 trained weights has 6; freeze": withState(t, m, adam(0, nil)),
		"-1 is not a number of steps": withState(t, m, adam(-1, nil)),
		"optimizer/d/bias/velocity has NaN; begin without": withState(t, m, adam(3, []tensor.Named{
			{Name: "optimizer/d/bias/velocity", Tensor: nan}})),
		`optimizer.Muon: unknown optimizer`: edited(t, withState(t, m, adam(1, nil)), `"Adam"`, `"Muon"`),
		"Adam of 4 trained weights has 14":  edited(t, withState(t, m, adam(1, nil)), `"amsgrad":false`, `"amsgrad":true`),
	} {
		n, _ := loaded(t, b)
		if strings.Contains(want, "freeze") {
			n.Layers()[1].SetTrainable(false)
		}
		_, err := keras.ReadOptimizer(bytes.NewReader(b), int64(len(b)), n)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "state") {
			t.Errorf("%v; want …%s…", err, want)
		}
	}
}

// adam is a state of Adam.
func adam(steps int64, slots []tensor.Named) *keras.Optimizer {
	return &keras.Optimizer{Settings: optim.Adam{}, Iterations: steps, LearningRate: new(float32(0.5)), Slots: slots}
}

// edited is an archive with a text of config.json replaced.
func edited(t *testing.T, b []byte, old, new string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, m := range members(t, b) {
		if m.name == "config.json" {
			if !bytes.Contains(m.data, []byte(old)) {
				t.Fatalf("config.json has no %s", old)
			}
			m.data = bytes.ReplaceAll(m.data, []byte(old), []byte(new))
		}
		w, err := z.Create(m.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(m.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// withState is the archive of a model with the state of an optimizer.
func withState(t *testing.T, m *model.Model, o *keras.Optimizer) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := (keras.Archive{Optimizer: o}).Save(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
