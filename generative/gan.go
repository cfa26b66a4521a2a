package generative

import (
	"context"

	"gorae/graph"
	"gorae/layer"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
	"gorae/train"
)

// GAN is a generative adversarial network: the generator makes samples from latent numbers, the discriminator tells
// real samples from made ones. Each has an optimiser state of its own. In a step of the discriminator real and made
// samples go through it apart, so that each kind has its own statistics of batch normalisation. The generator lowers
// −log D(G(z)), which does not saturate where the discriminator is sure.
//
// Sources: Goodfellow and others, "Generative adversarial nets" (2014); Radford, Metz and Chintala, "Unsupervised
// representation learning with deep convolutional generative adversarial networks" (2016).
type GAN struct {
	// Generator takes latent numbers, [latent], and returns a sample.
	Generator *model.Model
	// Discriminator takes a sample and returns one logit: above 0 where it takes the sample for a real one.
	Discriminator *model.Model
	// Real brings samples of the data to the range of the generator's, such as −1 to 1 of tanh; nil: they have it.
	Real func(x *graph.Node) *graph.Node
}

// Size is the number of latent numbers.
func (g *GAN) Size() int { return g.Generator.InputTypes(1)[0].Shape[1] }

// latentStream tells z from what layers draw.
const latentStream = 0x67616e7a

// fake makes n samples.
func (g *GAN) fake(t *layer.Trace, n int) *graph.Node {
	return g.Generator.Trace(t, graph.RandomNormal(t.Key, latentStream, n, g.Size()))[0]
}

// tell is the discriminator's loss, −log D(x) − log(1 − D(G(z))), and the means of D(x) and D(G(z)).
func (g *GAN) tell(t *layer.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
	x := in[0].AsFloat()
	if g.Real != nil {
		x = g.Real(x)
	}
	made := g.fake(t, x.Shape[0]).StopGradient()
	real, fake := g.Discriminator.Trace(t, x)[0], g.Discriminator.Trace(t, made)[0]
	loss := real.Neg().Softplus().Mean().Add(fake.Softplus().Mean())
	return loss, []*graph.Node{real.Sigmoid().Mean(), fake.Sigmoid().Mean()}
}

// fool is the generator's loss, −log D(G(z)).
func (g *GAN) fool(t *layer.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
	return g.Discriminator.Trace(t, g.fake(t, in[0].Shape[0]))[0].Neg().Softplus().Mean(), nil
}

// Loop returns the loop of both steps, which are done once for each batch, the discriminator's first. The running
// averages are discriminator_loss, d_real and d_fake, the means of D(x) and D(G(z)), and generator_loss. The
// optimizer's settings serve both.
func (g *GAN) Loop(o optim.Optimizer, seed uint64) (*train.Loop, error) {
	if err := g.Generator.Build(seed); err != nil {
		return nil, err
	}
	if err := g.Discriminator.Build(seed + 1); err != nil {
		return nil, err
	}
	first, err := train.NewStep(g.tell, g.Discriminator.TrainableWeights(), o, seed, g.Discriminator, g.Generator)
	if err != nil {
		return nil, err
	}
	// Another seed: the generator learns on other latent numbers than the discriminator has just seen.
	second, err := train.NewStep(g.fool, g.Generator.TrainableWeights(), o, seed+1, g.Discriminator, g.Generator)
	if err != nil {
		return nil, err
	}
	return &train.Loop{
		Models: []train.NamedModel{{Name: "generator", Model: g.Generator},
			{Name: "discriminator", Model: g.Discriminator}},
		Steps: []train.LoopStep{
			{Name: "discriminator", Step: first, Outputs: []train.LoopMetric{
				{Name: "d_real", Direction: metric.Max}, {Name: "d_fake", Direction: metric.Min}}},
			{Name: "generator", Step: second},
		},
	}, nil
}

// Fit trains by the loop.
func (g *GAN) Fit(ctx context.Context, d train.Data, c train.Config, o optim.Optimizer) (*train.History, error) {
	l, err := g.Loop(o, c.Seed)
	if err != nil {
		return nil, err
	}
	return l.Fit(ctx, d, c)
}
