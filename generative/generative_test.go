package generative

import (
	"math"
	"testing"

	"gorae/data"
	"gorae/layer"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// TestNats: likelihoods and the divergence by hand.
func TestNats(t *testing.T) {
	b := &VAE{}
	near(t, "a logit of 0", b.nats([]float32{1, 0.3}, []float32{0, 0}), 2*math.Ln2, 1e-12)
	near(t, "a sure logit", b.nats([]float32{1}, []float32{40}), 0, 1e-12)
	near(t, "a wrong one", b.nats([]float32{0}, []float32{40}), 40, 1e-12)
	g := &VAE{Likelihood: Gaussian, Sigma: 0.5}
	near(t, "normal", g.nats([]float32{1}, []float32{0.5}), 0.5+math.Log(0.5)+0.5*math.Log(2*math.Pi), 1e-12)
	near(t, "KL(N(0, 1))", divergence([]float32{0}, []float32{0}), 0, 0)
	near(t, "KL(N(2, 1))", divergence([]float32{2}, []float32{0}), 2, 1e-12)
	near(t, "KL(N(0, e))", divergence([]float32{0}, []float32{1}), (math.E-2)/2, 1e-7)
}

// TestScore: the class score of samples that are sure and even is the number of classes, of those of one class 1; and
// (1, 0), (½, ½) by hand.
func TestScore(t *testing.T) {
	p := tensor.New(tensor.Float32, 8, 4)
	for i := range 8 {
		p.F32[4*i+i%4] = 1
	}
	near(t, "even", ClassScore(p), 4, 1e-9)
	for _, s := range Shares(p) {
		near(t, "share", s, 0.25, 1e-12)
	}
	one := tensor.New(tensor.Float32, 3, 2)
	one.F32[0], one.F32[2], one.F32[4] = 1, 1, 1
	near(t, "one class", ClassScore(one), 1, 1e-9)
	two := &tensor.Tensor{Shape: tensor.Shape{2, 2}, F32: []float32{1, 0, 0.5, 0.5}}
	near(t, "unsure", ClassScore(two), math.Exp((math.Log(4./3)+0.5*math.Log(2./3)+0.5*math.Log(2))/2), 1e-6)
}

// TestNearest: the nearest of three samples, and the quantiles of the grid (1.959964 is that of 0.975).
func TestNearest(t *testing.T) {
	among := &tensor.Tensor{Shape: tensor.Shape{3, 2}, F32: []float32{0, 0, 3, 4, 1, 1}}
	at, d := Nearest(&tensor.Tensor{Shape: tensor.Shape{2, 2}, F32: []float32{0, 5, 0.9, 1}}, among)
	if at[0] != 1 || at[1] != 2 {
		t.Error(at)
	}
	near(t, "distance", d[0], math.Sqrt(10), 1e-6)
	z := Grid(20)
	near(t, "left", float64(z.F32[0]), -1.959964, 1e-5)
	near(t, "above", float64(z.F32[1]), 1.959964, 1e-5)
	near(t, "right below", float64(z.F32[2*399]), 1.959964, 1e-5)
	a, b := Latents(3, 5, 1), Latents(9, 5, 1)
	for i, v := range a.F32 {
		if b.F32[i] != v {
			t.Fatal("latent numbers depend on how many there are")
		}
	}
}

// TestStep: the loss of a training step whose network is not moved is the bound that Evaluate measures, within what the
// draws of z vary, for both likelihoods.
func TestStep(t *testing.T) {
	shape := tensor.Shape{3, 3, 1}
	for _, likelihood := range []string{Bernoulli, Gaussian} {
		v := NewVAE(shape, 2, []layer.Layer{layer.Flatten{}},
			[]layer.Layer{layer.Dense{Units: 9}, layer.Reshape{Target: shape}})
		v.Likelihood = likelihood
		x := tensor.New(tensor.Float32, 50, 3, 3, 1)
		for i := range x.F32 {
			x.F32[i] = float32(i%7) / 6
		}
		d, err := data.Of(x, nil)
		if err != nil {
			t.Fatal(err)
		}
		h, err := v.Fit(t.Context(), train.Data{Source: d}, train.Config{Epochs: 40, BatchSize: 50, Seed: 2},
			optim.SGD{LearningRate: 1e-9})
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Check(shape); err != nil {
			t.Fatal(err)
		}
		mean := 0.0
		for _, r := range h.Rows {
			mean += r.Metrics.Of("loss") / 40
		}
		b, err := v.Evaluate(t.Context(), d, 40, 3)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "loss", mean, b.Mean(), 0.03*math.Abs(b.Mean()))
		near(t, "kl", h.Last().Metrics.Of("kl"), b.KL, 1e-4*(1+b.KL))
	}
}

// TestCheck: networks that are no VAE.
func TestCheck(t *testing.T) {
	x, z := model.Input(ImageInput, 4), model.Input(NoiseInput, 2)
	m := model.Apply(layer.Dense{Base: layer.Base{Name: Mean}, Units: 2}, x)
	s := model.Apply(layer.Dense{Base: layer.Base{Name: LogVariance}, Units: 2}, x)
	l := model.Apply(layer.Add{Base: layer.Base{Name: Latent}}, m, z)
	for what, outputs := range map[string][]*model.Value{
		"two outputs":            {model.Apply(layer.Dense{Units: 4}, l), m},
		"another shape":          {model.Apply(layer.Dense{Units: 3}, l), m, s},
		"a decoder that sees x":  {model.Apply(layer.Add{}, model.Apply(layer.Dense{Units: 4}, l), x), m, s},
		"an output without z":    {model.Apply(layer.Dense{Units: 4}, x), m, s},
		"mean and variance of 4": {model.Apply(layer.Dense{Units: 4}, l), x, s},
	} {
		v := &VAE{Model: model.New([]*model.Value{x, z}, outputs)}
		if err := v.Model.Build(1); err != nil {
			continue // it is refused earlier
		}
		if err := v.Check(tensor.Shape{4}); err == nil {
			t.Errorf("%s is taken for a VAE", what)
		}
	}
}
