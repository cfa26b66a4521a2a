// Package generative is the task of making new pictures like those of a source: by a variational autoencoder or by a
// generative adversarial network (package generative).
package generative

import (
	"context"
	"encoding/json"
	"fmt"

	"gorae/config"
	"gorae/data/image"
	"gorae/generative"
	"gorae/spec"
	"gorae/task"
)

func init() { task.Register(Task{}) }

const name = "generative"

// The kinds of networks.
const (
	vae = "vae"
	gan = "gan"
)

// The ways to compare samples with real pictures.
const (
	frechet           = "frechet"
	slicedWasserstein = "sliced_wasserstein"
)

// Task is the task of making new pictures.
type Task struct{}

// Section is the keys of the data section for new pictures.
type Section struct {
	Generate *Settings `keras:"generate"` // nil: the source is not for new pictures
}

// InputNames implements spec.Inputted.
func (s *Section) InputNames() []string {
	if s.Generate == nil || s.Generate.Kind != vae {
		return nil
	}
	return []string{generative.ImageInput, generative.NoiseInput}
}

// Settings says which pictures are read, by which kind of network new ones are made, and what they are judged by.
type Settings struct {
	// Kind is vae, a variational autoencoder, or gan, a generative adversarial network.
	Kind string `keras:"kind,required,oneof=vae|gan"`
	// Latent is the number of latent numbers that a picture is made of; inferred: 20 of a VAE, 64 of a GAN.
	Latent int `keras:"latent,min=1,max=65536,what=number of latent numbers"`
	// Hidden is the width of the hidden dense layers; inferred: 400, or 256 beside convolutions.
	Hidden int `keras:"hidden,min=1,max=1048576,what=number of nodes"`
	// Filters is the number of filters of the convolutions at the size of the picture halved; each further halving
	// doubles it. Inferred: 32, or dense layers alone in a VAE of pictures of 1,024 values or fewer.
	Filters int `keras:"filters,min=1,max=65536,what=number of filters"`
	// Discriminator of a GAN is the network that tells real pictures from made ones, written as model is, such as
	// [flatten, {dense: {units: 128, activation: relu}}, dropout: 0.3, dense: 1]; model is the generator. Pictures
	// enter it with values from -1 to 1, and it gives one logit. Inferred: convolutions, or dense layers without
	// filters.
	Discriminator *spec.Network `keras:"discriminator"`
	// Likelihood of a VAE: bernoulli, of pixels from 0 to 1, or gaussian, with the standard deviation sigma.
	Likelihood string `keras:"likelihood,oneof=bernoulli|gaussian"`
	// Sigma is the standard deviation of likelihood gaussian, where black is 0 and white is 1; inferred: 0.1.
	Sigma float64 `keras:"sigma,positive"`
	// Size is the height and the width that pictures in files are brought to, or into which the columns of a table are
	// laid out, row by row.
	Size []int `keras:"size,optional,min=1,max=32768,each=2,what=number of pixels"`
	// Colour reads pictures in files as rgb or as grey.
	Colour string `keras:"colour,oneof=rgb|grey"`
	// Fit says how a picture of another form is brought to size.
	Fit string `keras:"fit,oneof=stretch|crop|pad"`
	// Distance says how samples are compared with real pictures. frechet is the Fréchet distance of features: the last
	// hidden ones of the judge, or principal components of the pixels. sliced_wasserstein compares patches of 7×7
	// pixels at several resolutions (Karras and others 2018) and tells blurred pictures from sharp ones. Inferred:
	// frechet.
	Distance string `keras:"distance,oneof=frechet|sliced_wasserstein"`
	// Judge is the model file of a classifier of such pictures, whose classes and last hidden features samples are
	// judged by; without one they are judged by principal components of the pixels.
	Judge string `keras:"judge,file"`
}

// Name implements task.Task.
func (Task) Name() string { return name }

// Section implements task.Task.
func (Task) Section() any { return &Section{} }

// Detect takes what the experiment calls a source of new pictures, by the key generate.
func (Task) Detect(in *task.Input) (task.Score, error) {
	if in.Source != nil && task.Section[Section](in, name).Generate != nil {
		return task.Typical, nil
	}
	return task.None, nil
}

// Prepare reads and splits the pictures.
func (Task) Prepare(_ context.Context, in *task.Input) (*task.Prepared, error) {
	for _, key := range []string{"features", "labels", "task", "inputs", "codes", "cluster", "known", "target_scale",
		"label_separator", "label_thresholds"} {
		if in.Spec.Data.Given(key) {
			return nil, task.Errorf("data."+key, "data.generate learns from pictures alone, which have no %s",
				key).Fix("leave one of the two out").AtKey()
		}
	}
	s := task.Section[Section](in, name).Generate
	if err := s.settle(); err != nil {
		return nil, err
	}
	if s.Distance == "" {
		s.Distance = frechet
	}
	x, err := open(in, s, in.Source)
	if err != nil {
		return nil, err
	}
	test, err := x.apart(in, s)
	if err != nil {
		return nil, err
	}
	parts, err := in.Split(task.Rows{N: x.raw.Len(), Table: x.table}, test != nil)
	if err != nil {
		return nil, err
	}
	if n := len(parts[task.Train]); n < 2 {
		return nil, task.Errorf("data.source", "%s: %d training pictures; give 2 or more, hundreds to learn anything "+
			"from", in.Source.Name, n)
	}
	f := &Fitted{Kind: s.Kind, Latent: s.Latent, Likelihood: s.Likelihood, Sigma: s.Sigma, Sample: x.shape,
		Columns: x.columns, Files: x.files, CSV: in.Spec.Data.CSV(), Distance: s.Distance}
	if s.Distance == slicedWasserstein {
		if err := generative.CheckDetails(x.shape); err != nil {
			return nil, task.Errorf(distanceKey, "%s: %v", s.Distance, err).AtKey().Fix("leave it out")
		}
	}
	if f.White, err = x.white(parts[task.Train]); err != nil {
		return nil, err
	}
	if x.files == nil && f.White != 1 && f.White != 255 {
		in.Note("%s: pixels go from 0 to %v, which is taken for white", in.Source.Name, f.White)
	}
	s.network(x.shape)
	if s.Kind == gan && s.Discriminator == nil {
		s.Discriminator = spec.Chain(s.discriminator(x.shape)...)
	}
	p := &problem{name: in.Name, settings: s, fitted: f, build: in.Network}
	out := &task.Prepared{Fitted: f, Problem: p}
	pixels, err := f.scaled(x.raw)
	if err != nil {
		return nil, err
	}
	out.SetParts(pixels, parts)
	if test != nil {
		if out.Parts[task.Test], err = f.scaled(test.raw); err != nil {
			return nil, err
		}
	}
	p.parts = out.Parts
	if s.Judge != "" {
		p.judge, err = openJudge(in, s.Judge, f)
	}
	return out, err
}

// Check finds what contradicts itself.
func (s *Settings) Check() error {
	if s.Discriminator == nil {
		return nil
	}
	return config.Under("discriminator", s.Discriminator.CheckNames(spec.OwnInput))
}

// settle fills in what the experiment leaves open and does not depend on the pictures.
func (s *Settings) settle() error {
	if s.Kind == gan {
		for key, given := range map[string]bool{"likelihood": s.Likelihood != "", "sigma": s.Sigma != 0} {
			if given {
				return task.Errorf("data.generate."+key, "is a key of kind: vae; a GAN has no likelihood").AtKey().
					Fix("leave it out")
			}
		}
		if s.Latent == 0 {
			s.Latent = 64
		}
		return nil
	}
	if s.Discriminator != nil {
		return task.Errorf(discriminator, "is a key of kind: gan; a VAE has an encoder and a decoder below model").
			AtKey().Fix("leave it out")
	}
	if s.Latent == 0 {
		s.Latent = 20
	}
	switch {
	case s.Likelihood == "" && s.Sigma == 0:
		s.Likelihood = generative.Bernoulli
	case s.Likelihood == "":
		s.Likelihood = generative.Gaussian
	}
	if s.Likelihood == generative.Gaussian {
		if s.Sigma == 0 {
			s.Sigma = 0.1
		}
	} else if s.Sigma != 0 {
		return task.Errorf("data.generate.sigma", "belongs to likelihood: gaussian").AtKey().
			Fix("leave one of the two out")
	}
	return nil
}

// Restore implements task.Task.
func (Task) Restore(b json.RawMessage) (task.Fitted, error) {
	f := &Fitted{}
	if err := json.Unmarshal(b, f); err != nil {
		return nil, err
	}
	ok := (f.Kind == vae || f.Kind == gan) && len(f.Sample) == 3 && f.White > 0 && f.Latent > 0
	for _, d := range f.Sample {
		ok = ok && d > 0
	}
	if ok && f.Kind == vae {
		ok = f.Likelihood == generative.Bernoulli || f.Likelihood == generative.Gaussian && f.Sigma > 0
	}
	if ok && f.Columns != nil {
		ok = len(f.Columns) == f.Sample.Size()
	}
	if !ok {
		return nil, fmt.Errorf("%q, pictures of shape %v: no training writes that", f.Kind, f.Sample)
	}
	return f, nil
}

// options returns how pictures in files become samples.
func (s *Settings) options() (o image.Options, err error) {
	o.Bits = 8
	if len(s.Size) == 2 {
		o.Height, o.Width = s.Size[0], s.Size[1]
	}
	o.Channels = map[string]int{"grey": 1, "rgb": 3}[s.Colour]
	if s.Fit != "" {
		o.Fit, err = image.ParseFit(s.Fit)
	}
	return o, err
}
