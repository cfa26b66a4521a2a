package generative

import (
	"context"
	"fmt"
	"math"

	"gorae/data"
	"gorae/generative"
	"gorae/graph"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
	"gorae/spec"
	"gorae/stat"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

const (
	defaultEpochs = 20
	defaultBatch  = 128
	testDraws     = 5 // of z for each test picture
)

// problem is one run.
type problem struct {
	name     string
	settings *Settings
	fitted   *Fitted
	judge    *judge
	parts    [3]data.Dataset
	build    func(n *spec.Network, inputs []data.Field, seed uint64) (*model.Model, error)

	model     *model.Model
	generator *model.Model // from latent numbers to pictures; a GAN's is the model itself
	gan       *generative.GAN
	optimizer optim.Optimizer
	seed      uint64
	progress  *progress

	look   *features // nil until it is needed
	part   task.Part // that samples were compared with last
	real   *seen     // its pictures; nil: neither test nor validation pictures
	made   *seen     // as many samples
	bounds [3]*generative.Bound
}

// Network returns the network of a VAE, or the generator of a GAN.
func (p *problem) Network() *spec.Network {
	if p.fitted.Kind == vae {
		return p.settings.vaeNetwork(p.fitted.Sample)
	}
	return spec.Chain(p.settings.generator(p.fitted.Sample)...)
}

// About implements task.Problem.
func (p *problem) About() string {
	s := p.fitted.Sample
	return fmt.Sprintf("new pictures of %d × %d pixels from %d latent numbers", s[0], s[1], p.fitted.Latent)
}

// Inputs implements task.Procedure.
func (p *problem) Inputs() []data.Field {
	noise := data.Field{Name: generative.NoiseInput, Shape: tensor.Shape{p.fitted.Latent}}
	if p.fitted.Kind == gan {
		return []data.Field{noise}
	}
	return []data.Field{{Name: generative.ImageInput, Shape: p.fitted.Sample}, noise}
}

// Keys implements task.Procedure.
func (*problem) Keys() []string { return []string{"optimizer", "batch_size", "shuffle"} }

// Epochs returns the default.
func (*problem) Epochs() int { return defaultEpochs }

// Columns implements task.Procedure.
func (p *problem) Columns() []string {
	validation := p.validates()
	if p.fitted.Kind == gan {
		names := []string{"discriminator_loss", "d_real", "d_fake", "generator_loss"}
		if validation {
			names = append(names, "val_"+distanceName)
		}
		return names
	}
	names := []string{"loss", "reconstruction", "kl"}
	if validation {
		names = append(names, "val_loss", "val_reconstruction", "val_kl")
	}
	return names
}

// validates reports whether an epoch ends with a look at the validation pictures. A distance needs two or more.
func (p *problem) validates() bool {
	d := p.parts[task.Validation]
	return d != nil && (p.fitted.Kind == vae || d.Len() > 1)
}

// Settle implements task.Procedure.
func (p *problem) Settle(m *model.Model, t *spec.Train, seed uint64) error {
	if err := p.fitted.Check(m); err != nil {
		return task.Errorf("model", "%v", err)
	}
	n := p.parts[task.Train].Len()
	switch {
	case t.BatchSize == 0:
		t.BatchSize = min(defaultBatch, n)
	case t.BatchSize > n:
		return task.Errorf("train.batch_size", "%d, but there are %d training pictures", t.BatchSize, n).
			Fix("give %d or fewer", n)
	}
	if t.Optimizer == nil {
		t.Optimizer = optim.Adam{LearningRate: 0.001}
		if p.fitted.Kind == gan {
			t.Optimizer = optim.Adam{LearningRate: 0.0002, Beta1: new(0.5)}
		}
	}
	if t.Monitor == "" && p.validates() {
		t.Monitor = "val_loss"
		if p.fitted.Kind == gan {
			t.Monitor = "val_" + distanceName
		}
	}
	p.model, p.optimizer, p.seed = m, t.Optimizer, seed
	var err error
	if p.generator, err = p.fitted.generator(m); err != nil {
		return err
	}
	p.progress = &progress{problem: p}
	if p.fitted.Kind == vae {
		return nil
	}
	p.gan = &generative.GAN{Generator: m, Real: func(x *graph.Node) *graph.Node { return x.MulC(2).AddC(-1) }}
	p.gan.Discriminator, err = p.buildDiscriminator()
	return err
}

// Train implements task.Procedure.
func (p *problem) Train(ctx context.Context, c train.Config) (*train.History, error) {
	c.Callbacks = append([]train.Callback{p.progress}, c.Callbacks...)
	d := train.Data{Source: p.parts[task.Train]}
	if p.fitted.Kind == vae {
		if p.validates() {
			c.Validation = &train.Data{Source: p.parts[task.Validation]}
		}
		return p.fitted.vae(p.model).Fit(ctx, d, c, p.optimizer)
	}
	l, err := p.gan.Loop(p.optimizer, p.seed)
	if err != nil {
		return nil, err
	}
	if p.validates() {
		l.ValidationMetrics = []train.LoopMetric{{Name: distanceName, Direction: metric.Min}}
		l.Validate = p.validate
	}
	return l.Fit(ctx, d, c)
}

// validate compares samples of the same latent numbers at every epoch's end with validation pictures.
func (p *problem) validate(ctx context.Context) (train.Metrics, error) {
	if err := p.fitFeatures(ctx); err != nil {
		return nil, err
	}
	d := p.parts[task.Validation]
	if p.real == nil {
		var err error
		most := min(mostEachTurn, judged(p.fitted.Sample.Size()))
		if p.real, err = p.look.of(ctx, d, order(d.Len(), most, p.seed)); err != nil {
			return nil, err
		}
	}
	x, err := p.samples(ctx, p.real.n)
	if err != nil {
		return nil, err
	}
	made, err := p.look.see(ctx, x)
	if err != nil {
		return nil, err
	}
	distance, err := made.distance(p.real)
	return train.Metrics{{Name: distanceName, Value: distance}}, err
}

// fitFeatures fits what pictures are compared by to the training pictures, once.
func (p *problem) fitFeatures(ctx context.Context) (err error) {
	if p.look != nil {
		return nil
	}
	least := mostJudged
	for _, part := range []task.Part{task.Validation, task.Test} {
		if d := p.parts[part]; d != nil && d.Len() > 1 {
			least = min(least, d.Len())
		}
	}
	p.look, err = newFeatures(ctx, p.judge, p.fitted.Distance, p.parts[task.Train], least)
	return err
}

// samples makes n pictures.
func (p *problem) samples(ctx context.Context, n int) (*tensor.Tensor, error) {
	return p.fitted.make(ctx, p.generator, generative.Latents(n, p.fitted.Latent, p.seed))
}

// Evaluate implements task.Procedure: the bound of a VAE on each part, and how samples compare with the validation and
// the test pictures.
func (p *problem) Evaluate(ctx context.Context) (parts [3]*task.Measured, err error) {
	for part, d := range p.parts {
		if d == nil {
			continue
		}
		m := &task.Measured{Samples: d.Len()}
		if p.fitted.Kind == vae {
			draws := 1
			if task.Part(part) == task.Test {
				draws = testDraws
			}
			if p.bounds[part], err = p.fitted.evaluate(ctx, p.model, d, draws, p.seed, m); err != nil {
				return parts, err
			}
		}
		if task.Part(part) != task.Train && d.Len() > 1 {
			if err := p.compare(ctx, task.Part(part), m); err != nil {
				return parts, err
			}
		}
		if m.Metrics != nil {
			parts[part] = m
		}
	}
	return parts, nil
}

// compare adds the metrics of as many samples as a part has pictures.
func (p *problem) compare(ctx context.Context, part task.Part, to *task.Measured) (err error) {
	if err := p.fitFeatures(ctx); err != nil {
		return err
	}
	d := p.parts[part]
	p.part = part
	if p.real, err = p.look.of(ctx, d, order(d.Len(), judged(p.fitted.Sample.Size()), p.seed)); err != nil {
		return err
	}
	x, err := p.samples(ctx, p.real.n)
	if err != nil {
		return err
	}
	if p.made, err = p.look.see(ctx, x); err != nil {
		return err
	}
	metrics, err := p.made.measure(p.real)
	to.Metrics = append(to.Metrics, metrics...)
	return err
}

// evaluate adds the bound of a VAE on pictures to the metrics, with the 95 % interval of its mean.
func (f *Fitted) evaluate(ctx context.Context, m *model.Model, d data.Dataset, draws int, seed uint64,
	to *task.Measured) (*generative.Bound, error) {
	b, err := f.vae(m).Evaluate(ctx, d, draws, seed)
	if err != nil {
		return nil, err
	}
	to.Metrics = append(to.Metrics, train.Metric{Name: "loss", Value: b.Mean()},
		train.Metric{Name: "reconstruction", Value: b.Reconstruction}, train.Metric{Name: "kl", Value: b.KL})
	if n := len(b.Loss); n > 1 {
		half := stat.StudentQuantile(0.975, float64(n-1)) * deviation(b.Loss) / math.Sqrt(float64(n))
		to.Intervals = append(to.Intervals, task.Interval{Metric: "loss", Method: "t",
			Interval: stat.Interval{Low: b.Mean() - half, High: b.Mean() + half}})
	}
	return b, nil
}

// deviation is the standard deviation.
func deviation(x []float64) float64 {
	n, mean, squares := float64(len(x)), 0.0, 0.0
	for _, v := range x {
		mean += v / n
	}
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	return math.Sqrt(squares / (n - 1))
}
