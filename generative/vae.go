package generative

import (
	"context"
	"fmt"
	"math"

	"gorae/data"
	"gorae/graph"
	"gorae/layer"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
	"gorae/weight"
)

// Names of inputs and layers of the network of a VAE.
const (
	ImageInput  = "image"        // x, a sample
	NoiseInput  = "noise"        // ε, standard normal numbers
	Mean        = "mean"         // μ, the layer of the means
	LogVariance = "log_variance" // log σ², that of the logarithms of the variances
	Latent      = "latent"       // z = μ + σ·ε
)

// Likelihoods of a sample, given the output of the decoder.
const (
	Bernoulli = "bernoulli" // of values from 0 to 1; the decoder gives logits
	Gaussian  = "gaussian"  // the decoder gives means; the standard deviation is VAE.Sigma
)

// VAE is a variational autoencoder: an encoder gives for each sample x a normal distribution q(z|x) of latent numbers,
// a decoder the distribution p(x|z). Training lowers the negative evidence lower bound, in nats per sample,
//
//	−ELBO = E[−log p(x|z)] + KL(q(z|x) ‖ N(0, 1)),  KL = ½·Σ(μ² + σ² − 1 − log σ²),
//
// with one z = μ + σ·ε for each sample and step.
//
// Source: Kingma and Welling, "Auto-encoding variational Bayes" (2014).
type VAE struct {
	// Model takes x and ε and returns the decoder's output, μ and log σ². Its layer Latent gives z, from which alone
	// the first output follows.
	Model *model.Model
	// Likelihood is Bernoulli or Gaussian; "" is Bernoulli.
	Likelihood string
	Sigma      float64 // of Gaussian; 0 is 0.1
}

// NewVAE joins an encoder and a decoder, chains of layers between samples of a shape and so many latent numbers. The
// last layer of the encoder gives a vector, from which two Dense layers make μ and log σ²; the last one of the decoder
// gives the shape of a sample.
func NewVAE(shape tensor.Shape, latent int, encoder, decoder []layer.Layer) *VAE {
	x := model.Input(ImageInput, shape...)
	noise := model.Input(NoiseInput, latent)
	h := x
	for _, l := range encoder {
		h = model.Apply(l, h)
	}
	head := Head(latent)
	mean, spread := model.Apply(head[0], h), model.Apply(head[1], h)
	deviation := model.Apply(head[3], model.Apply(head[2], spread))
	y := model.Apply(head[5], mean, model.Apply(head[4], deviation, noise))
	for _, l := range decoder {
		y = model.Apply(l, y)
	}
	return &VAE{Model: model.New([]*model.Value{x, noise}, []*model.Value{y, mean, spread})}
}

// Head returns the layers between encoder and decoder: μ, log σ², ½·log σ², σ, σ·ε and z.
func Head(latent int) [6]layer.Layer {
	return [6]layer.Layer{
		layer.Dense{Base: layer.Base{Name: Mean}, Units: latent},
		layer.Dense{Base: layer.Base{Name: LogVariance}, Units: latent},
		layer.Rescaling{Base: layer.Base{Name: "half"}, Scale: layer.Number(0.5)},
		layer.Apply{Base: layer.Base{Name: "deviation"}, Activation: "exponential"},
		layer.Multiply{Base: layer.Base{Name: "spread"}},
		layer.Add{Base: layer.Base{Name: Latent}},
	}
}

// Check returns an error unless the network has the inputs and outputs of a VAE for samples of a shape. It must be
// built.
func (v *VAE) Check(shape tensor.Shape) error {
	in, out := v.Model.InputTypes(1), v.Model.OutputTypes(1)
	if len(in) != 2 || len(in[1].Shape) != 2 || !tensor.Shape(in[0].Shape[1:]).Equal(shape) {
		return fmt.Errorf("a VAE takes samples of shape %v under the name %s and latent numbers under the name %s",
			shape, ImageInput, NoiseInput)
	}
	latent := in[1].Shape[1:]
	if len(out) != 3 || !tensor.Shape(out[0].Shape[1:]).Equal(shape) || !tensor.Shape(out[1].Shape[1:]).Equal(latent) ||
		!tensor.Shape(out[2].Shape[1:]).Equal(latent) {
		return fmt.Errorf("a VAE has three outputs: the decoder's of shape %v, and mean and log_variance of shape %v",
			shape, latent)
	}
	d, err := v.Model.After(Latent)
	if err == nil && len(d.OutputTypes(1)) != 1 {
		err = fmt.Errorf("model %q: more than one output follows from layer %q", v.Model.Name, Latent)
	}
	return err
}

// Size is the number of latent numbers.
func (v *VAE) Size() int { return v.Model.InputTypes(1)[1].Shape[1] }

// Decoder returns the network from latent numbers to the parameters of p(x|z), with the same weights.
func (v *VAE) Decoder() (*model.Model, error) { return v.Model.After(Latent) }

// Step returns a training step on batches of samples x. Its outputs are the reconstruction's part of the loss and the
// divergence, in nats per sample.
func (v *VAE) Step(o optim.Optimizer, seed uint64) (*train.Step, error) {
	return train.NewStep(v.trace, nil, o, seed, v.Model)
}

// noiseStream tells ε from what layers draw.
const noiseStream = 0x7661656e

func (v *VAE) trace(t *layer.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
	x := in[0].AsFloat()
	n := x.Shape[0]
	out := v.Model.Trace(t, x, graph.RandomNormal(t.Key, noiseStream, n, v.Size()))
	y, mean, spread := out[0], out[1], out[2]
	var reconstruction *graph.Node
	if v.Likelihood == Gaussian {
		s := v.sigma()
		reconstruction = x.Sub(y).Square().Sum().DivC(2 * s * s * float64(n)).
			AddC(v.constant(tensor.Shape(x.Shape[1:]).Size()))
	} else {
		reconstruction = y.Softplus().Sub(x.Mul(y)).Sum().DivC(float64(n))
	}
	divergence := mean.Square().Add(spread.Exp()).Sub(spread).AddC(-1).Sum().DivC(2 * float64(n))
	return reconstruction.Add(divergence), []*graph.Node{reconstruction, divergence}
}

func (v *VAE) sigma() float64 {
	if v.Sigma > 0 {
		return v.Sigma
	}
	return 0.1
}

// constant is the part of −log p(x|z) of a Gaussian that does not depend on x, of so many values.
func (v *VAE) constant(values int) float64 {
	return float64(values) * (math.Log(v.sigma()) + 0.5*math.Log(2*math.Pi))
}

// Fit trains by a [train.Loop]; the history has loss, reconstruction and kl, and those of c.Validation.
func (v *VAE) Fit(ctx context.Context, d train.Data, c train.Config, o optim.Optimizer) (*train.History, error) {
	step, err := v.Step(o, c.Seed)
	if err != nil {
		return nil, err
	}
	l := train.Loop{
		Models: []train.NamedModel{{Name: "vae", Model: v.Model}},
		Steps: []train.LoopStep{{Step: step, Outputs: []train.LoopMetric{
			{Name: "reconstruction", Direction: metric.Min}, {Name: "kl", Direction: metric.Min}}}},
	}
	return l.Fit(ctx, d, c)
}

// Bound is the negative evidence lower bound of samples, in nats per sample: the mean of Loss, which is
// Reconstruction + KL.
type Bound struct {
	Reconstruction, KL float64
	Loss               []float64 // of each sample, the mean over the draws of z
}

// Mean is the mean over the samples.
func (b *Bound) Mean() float64 { return b.Reconstruction + b.KL }

// Evaluate returns the bound of the first input of d, with so many draws of z for each sample. The same seed gives the
// same draws.
func (v *VAE) Evaluate(ctx context.Context, d data.Dataset, draws int, seed uint64) (*Bound, error) {
	n, latent := d.Len(), v.Size()
	b := &Bound{Loss: make([]float64, n)}
	r := weight.NewRand(seed, "generative/evaluate")
	field := d.Spec().Inputs[0]
	size := field.Shape.Size()
	const most = 256
	for from := 0; from < n; from += most {
		count := min(most, n-from)
		x, err := read(d, from, count)
		if err != nil {
			return nil, err
		}
		noise := tensor.New(tensor.Float32, count, latent)
		for draw := range draws {
			for i := range noise.F32 {
				noise.F32[i] = float32(r.Normal())
			}
			out, err := v.Model.Predict(ctx, x, noise)
			if err != nil {
				return nil, err
			}
			for i := range count {
				rec := v.nats(x.F32[i*size:][:size], out[0].F32[i*size:][:size])
				b.Reconstruction += rec
				b.Loss[from+i] += rec / float64(draws)
				if draw == 0 {
					kl := divergence(out[1].F32[i*latent:][:latent], out[2].F32[i*latent:][:latent])
					b.KL += kl
					b.Loss[from+i] += kl
				}
			}
		}
	}
	b.Reconstruction /= float64(n * draws)
	b.KL /= float64(n)
	return b, nil
}

// nats is −log p(x|z) of one sample, given the decoder's output.
func (v *VAE) nats(x, y []float32) float64 {
	sum := 0.0
	if v.Likelihood == Gaussian {
		for k, a := range x {
			d := (float64(a) - float64(y[k])) / v.sigma()
			sum += d * d / 2
		}
		return sum + v.constant(len(x))
	}
	for k, a := range x {
		l := float64(y[k])
		sum += max(l, 0) + math.Log1p(math.Exp(-math.Abs(l))) - float64(a)*l
	}
	return sum
}

// divergence is KL(N(μ, σ²) ‖ N(0, 1)).
func divergence(mean, logVariance []float32) float64 {
	sum := 0.0
	for k, m := range mean {
		l := float64(logVariance[k])
		sum += float64(m)*float64(m) + math.Exp(l) - l - 1
	}
	return sum / 2
}

// Encode returns μ of the first input of d, [samples, latent].
func (v *VAE) Encode(ctx context.Context, d data.Dataset) (*tensor.Tensor, error) {
	m, err := v.Model.Taps(Mean)
	if err != nil {
		return nil, err
	}
	n := d.Len()
	out := tensor.New(tensor.Float32, n, v.Size())
	for from := 0; from < n; from += 256 {
		count := min(256, n-from)
		x, err := read(d, from, count)
		if err != nil {
			return nil, err
		}
		y, err := m.Predict(ctx, x, tensor.New(tensor.Float32, count, v.Size()))
		if err != nil {
			return nil, err
		}
		copy(out.F32[from*v.Size():], y[0].F32)
	}
	return out, nil
}

// Values turns outputs of the decoder into the means of p(x|z), from 0 to 1, in their place.
func (v *VAE) Values(y []float32) {
	for k, l := range y {
		if v.Likelihood == Gaussian {
			y[k] = min(max(l, 0), 1)
		} else {
			y[k] = float32(1 / (1 + math.Exp(-float64(l))))
		}
	}
}

// read returns the first input of count samples from a number on, as float32.
func read(d data.Dataset, from, count int) (*tensor.Tensor, error) {
	field := d.Spec().Inputs[0]
	size := field.Shape.Size()
	x := tensor.New(tensor.Float32, append([]int{count}, field.Shape...)...)
	row := data.Row{*tensor.New(field.DType, field.Shape...)}
	for i := range count {
		if err := d.Read(0, from+i, row); err != nil {
			return nil, err
		}
		for k := range size {
			x.F32[i*size+k] = float32(row[0].Float(k))
		}
	}
	return x, nil
}
