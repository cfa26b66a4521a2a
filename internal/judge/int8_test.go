//go:build judge

package judge

import (
	"path/filepath"
	"strings"
	"testing"

	"gorae/format/keras"
	"gorae/tensor"
	"gorae/weight"
)

// TestInt8: networks that Keras quantized to int8 open in gorae with the same outputs and gradients, and what gorae
// saves of them opens in Keras, quantized, with the same outputs: Dense, EinsumDense, Embedding. Not compared is a
// Dense within TimeDistributed, whose kernel's scale Keras 3.15 forgets: its outputs are not near those before
// quantization.
func TestInt8(t *testing.T) {
	p := judge(t)
	for i, name := range []string{"mlp", "text", "two inputs", "heads"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path, again := filepath.Join(dir, "keras.keras"), filepath.Join(dir, "gorae.keras")
			a := p.ask(t, question{Do: "quantize", Path: path, Recipe: name, Seed: i + 1})
			m, _, err := keras.LoadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if n := int8s(m.Store().Vars()); n != len(a.Texts) || n == 0 {
				t.Errorf("%d weights of whole numbers, Keras has %q", n, a.Texts)
			}
			xs := tensors(a.Inputs)
			var cotangents []*tensor.Tensor
			for j, y := range tensors(a.Outputs) {
				c := tensor.New(tensor.Float32, y.Shape...)
				r := weight.NewRand(uint64(10*i+j), "cotangents")
				for k := range c.F32 {
					c.F32[k] = float32(r.Uniform() - 0.5)
				}
				cotangents = append(cotangents, c)
			}
			g := p.ask(t, question{Do: "gradients", Path: path, Inputs: a.Inputs, Cotangents: packedAll(cotangents)})
			d := derive(t, m, cotangents, xs)
			for j, y := range d.outputs {
				if s := near(y, a.Outputs[j].tensor(), 1e-5); s != "" {
					t.Errorf("output %d: %s", j, s)
				}
			}
			for j, x := range d.inputs {
				if s := near(x, g.Inputs[j].tensor(), 1e-4); s != "" {
					t.Errorf("gradient of input %d: %s", j, s)
				}
			}
			for _, w := range g.Weights {
				name, _, _ := strings.Cut(w.Path, "/")
				list := d.weights[name]
				if len(list) == 0 {
					t.Fatalf("Keras has %s, and gorae no weight of it", w.Path)
				}
				if s := near(list[0], w.Value.tensor(), 1e-4); s != "" {
					t.Errorf("gradient of %s: %s", w.Path, s)
				}
				d.weights[name] = list[1:]
			}
			if err := keras.SaveFile(again, m); err != nil {
				t.Fatal(err)
			}
			b := p.ask(t, question{Do: "predict", Path: again, Inputs: a.Inputs})
			for j, y := range b.Outputs {
				if s := near(y.tensor(), a.Outputs[j].tensor(), 1e-6); s != "" {
					t.Errorf("as gorae saves it: output %d: %s", j, s)
				}
			}
			n, _, err := keras.LoadFile(again)
			if err != nil || int8s(n.Store().Vars()) != len(a.Texts) {
				t.Errorf("as gorae saves it: %v", err)
			}
		})
	}
}

func int8s(vars []*weight.Var) (n int) {
	for _, v := range vars {
		if v.Int8 {
			n++
		}
	}
	return n
}
