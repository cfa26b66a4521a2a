package generative_test

import (
	"context"
	"fmt"
	"math/rand/v2"

	"gorae/data"
	"gorae/generative"
	"gorae/layer"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

// bars returns pictures of 4×4 pixels with one bright row or column each.
func bars(n int, seed uint64) *tensor.Tensor {
	r := rand.New(rand.NewPCG(seed, 1))
	x := tensor.New(tensor.Float32, n, 4, 4, 1)
	for i := range n {
		at, down := r.IntN(4), r.IntN(2)
		for k := range 4 {
			x.F32[16*i+(4*at+k)*(1-down)+(4*k+at)*down] = 1
		}
	}
	return x
}

// A variational autoencoder of pictures with one of eight bars: a picture costs little more than the log 8 = 2.1 nats
// that name the bar, where pixels that do not know of each other cost 9.
func ExampleVAE() {
	v := generative.NewVAE(tensor.Shape{4, 4, 1}, 3,
		[]layer.Layer{layer.Flatten{}, layer.Dense{Units: 32, Activation: "relu"}},
		[]layer.Layer{layer.Dense{Units: 32, Activation: "relu"}, layer.Dense{Units: 16},
			layer.Reshape{Target: []int{4, 4, 1}}})
	ctx := context.Background()
	_, err := v.Fit(ctx, train.Data{X: []*tensor.Tensor{bars(1000, 1)}}, train.Config{Epochs: 40, Seed: 1},
		optim.Adam{LearningRate: 0.005})
	if err != nil {
		fmt.Println(err)
		return
	}
	fresh, err := data.Of(bars(200, 2), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := v.Evaluate(ctx, fresh, 5, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("below 4 nats a picture:", b.Mean() < 4)
	decoder, err := v.Decoder()
	if err != nil {
		fmt.Println(err)
		return
	}
	x, err := generative.Make(ctx, decoder, generative.Latents(2, 3, 7))
	if err != nil {
		fmt.Println(err)
		return
	}
	v.Values(x.F32)
	fmt.Println("new pictures:", x.Shape)
	// Output:
	// below 4 nats a picture: true
	// new pictures: (2, 4, 4, 1)
}

// A generative adversarial network of the same pictures.
func ExampleGAN() {
	g := &generative.GAN{
		Generator: model.Sequential(layer.Input{Shape: []int{8}}, layer.Dense{Units: 32, Activation: "relu"},
			layer.Dense{Units: 16, Activation: "sigmoid"}, layer.Reshape{Target: []int{4, 4, 1}}),
		Discriminator: model.Sequential(layer.Input{Shape: []int{4, 4, 1}}, layer.Flatten{}, layer.Dense{Units: 32},
			layer.LeakyReLU{}, layer.Dense{Units: 1}),
	}
	ctx := context.Background()
	h, err := g.Fit(ctx, train.Data{X: []*tensor.Tensor{bars(1000, 1)}}, train.Config{Epochs: 30, Seed: 1},
		optim.Adam{LearningRate: 0.002, Beta1: new(0.5)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(h.Last().Metrics.Names())
	x, err := generative.Make(ctx, g.Generator, generative.Latents(500, 8, 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	bright := 0.0
	for _, v := range x.F32 {
		bright += float64(v) / 500
	}
	fmt.Printf("%.0f of 16 pixels are bright\n", bright)
	// Output:
	// [discriminator_loss d_real d_fake generator_loss]
	// 4 of 16 pixels are bright
}
