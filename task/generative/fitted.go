package generative

import (
	"context"
	"errors"
	"fmt"
	stdimage "image"
	"path/filepath"

	"gorae/chart"
	"gorae/data"
	"gorae/data/image"
	"gorae/generative"
	"gorae/model"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// Fitted is the form of the pictures and of the network that makes them.
type Fitted struct {
	task.Plain
	Kind       string          `json:"kind"`
	Latent     int             `json:"latent"`
	Likelihood string          `json:"likelihood,omitempty"`
	Sigma      float64         `json:"sigma,omitempty"`
	Sample     tensor.Shape    `json:"sample"`  // height, width, channels
	White      float64         `json:"white"`   // the value of a white pixel in the source
	Columns    []string        `json:"columns"` // of the pixels in a table; nil: files or arrays
	Files      *Files          `json:"files,omitempty"`
	CSV        data.CSVOptions `json:"csv"`
	Distance   string          `json:"distance,omitempty"` // how samples are compared with real pictures
}

// Outputs implements task.Fitted.
func (f *Fitted) Outputs() []task.Output {
	if f.Kind == gan {
		return []task.Output{{Name: "picture"}}
	}
	return []task.Output{{Name: "picture"}, {Name: generative.Mean}, {Name: generative.LogVariance}}
}

// Unit implements task.Fitted.
func (*Fitted) Unit() string { return "image" }

// vae returns the network as a VAE.
func (f *Fitted) vae(m *model.Model) *generative.VAE {
	return &generative.VAE{Model: m, Likelihood: f.Likelihood, Sigma: f.Sigma}
}

// Check returns an error unless the network makes such pictures.
func (f *Fitted) Check(m *model.Model) error {
	if f.Kind == vae {
		v := f.vae(m)
		if err := v.Check(f.Sample); err != nil {
			return err
		}
		if v.Size() != f.Latent {
			return fmt.Errorf("the network has %d latent numbers, not %d", v.Size(), f.Latent)
		}
		return nil
	}
	in, out := m.InputTypes(1), m.OutputTypes(1)
	if len(in) != 1 || !in[0].Shape.Equal(tensor.Shape{1, f.Latent}) || len(out) != 1 ||
		!tensor.Shape(out[0].Shape[1:]).Equal(f.Sample) {
		return fmt.Errorf("a generator takes %d latent numbers and returns a picture of shape %v", f.Latent, f.Sample)
	}
	return nil
}

// generator returns the network from latent numbers to pictures, as it was trained.
func (f *Fitted) generator(m *model.Model) (*model.Model, error) {
	if f.Kind == vae {
		return f.vae(m).Decoder()
	}
	return m, nil
}

// values turns outputs of the generator into pixels from 0 to 1, in their place.
func (f *Fitted) values(x *tensor.Tensor) *tensor.Tensor {
	if f.Kind == vae {
		f.vae(nil).Values(x.F32)
		return x
	}
	for k, v := range x.F32 {
		x.F32[k] = min(max((v+1)/2, 0), 1)
	}
	return x
}

// make returns the pictures of latent numbers.
func (f *Fitted) make(ctx context.Context, generator *model.Model, z *tensor.Tensor) (*tensor.Tensor, error) {
	x, err := generative.Make(ctx, generator, z)
	if err != nil {
		return nil, err
	}
	return f.values(x), nil
}

// Pictures implements task.Painter.
func (f *Fitted) Pictures(ctx context.Context, m *model.Model, n int, seed uint64) (*tensor.Tensor, error) {
	g, err := f.generator(m)
	if err != nil {
		return nil, err
	}
	return f.make(ctx, g, generative.Latents(n, f.Latent, seed))
}

// picture returns picture i of a tensor as an image.
func picture(x *tensor.Tensor, i int) stdimage.Image {
	h, w, c := x.Shape[1], x.Shape[2], x.Shape[3]
	return chart.Picture(x.F32[i*h*w*c:(i+1)*h*w*c], h, w, c, 0, 1)
}

// read reads a source in the form of the training pictures.
func (f *Fitted) read(src *task.Source) (data.Dataset, error) {
	src.CSV = f.CSV
	var files *image.Files
	var err error
	switch {
	case src.Folder:
		files, err = image.Folder(src.Path)
	case src.Is("picture") && src.Scheme == "file":
		files = image.Single(src.Path)
	default:
		return f.content(src)
	}
	if err != nil {
		return nil, err
	}
	return f.decode(files)
}

// content reads a table or an array.
func (f *Fitted) content(src *task.Source) (data.Dataset, error) {
	content, err := src.Read()
	if err != nil {
		return nil, err
	}
	s := &Settings{}
	switch {
	case content.Arrays != nil:
		p, err := fromArrays(&task.Source{Info: src.Info}, content.Arrays, s)
		if err != nil {
			return nil, err
		}
		if !p.shape.Equal(f.Sample) {
			return nil, fmt.Errorf("%s: pictures of shape %v, but the model takes %v", src.Name, p.shape, f.Sample)
		}
		return f.scaled(p.raw)
	case content.Table == nil:
		return nil, fmt.Errorf("%s holds no pictures; give a folder of pictures, an array of them, or a table",
			src.Name)
	}
	if column := image.PathColumn(content.Table); column != "" {
		files, err := image.List(content.Table, column, filepath.Dir(src.Path))
		if err != nil {
			return nil, err
		}
		return f.decode(files)
	}
	if f.Columns == nil {
		return nil, fmt.Errorf("%s: a table without a column of pictures' paths (.png, .jpg, …)", src.Name)
	}
	t := &data.Table{Name: content.Table.Name, Rows: content.Table.Rows}
	for _, name := range f.Columns {
		c, err := content.Table.Column(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", src.Name, err)
		}
		t.Columns = append(t.Columns, *c)
	}
	raw, err := layOut(t, f.Sample[:2])
	if err != nil {
		return nil, err
	}
	return f.scaled(raw)
}

// decode reads pictures in files.
func (f *Fitted) decode(files *image.Files) (data.Dataset, error) {
	s := &Settings{Size: []int{f.Sample[0], f.Sample[1]}, Colour: map[int]string{1: "grey", 3: "rgb"}[f.Sample[2]]}
	if f.Files != nil {
		s.Fit = f.Files.Fit
	}
	o, err := s.options()
	if err != nil {
		return nil, err
	}
	d, err := files.Dataset(o)
	if err != nil {
		return nil, err
	}
	white := *f
	white.White = 255 // of files, whatever the training pictures were
	return white.scaled(data.Untargeted{Dataset: d})
}

// Open reads pictures, to be given their latent numbers by a VAE's encoder.
func (f *Fitted) Open(r *task.Request) (*task.Bound, error) {
	if f.Kind == gan {
		return nil, errors.New("a GAN makes pictures of random numbers and takes none; gorae generate writes pictures")
	}
	if r.Column != "" || r.Targets {
		return nil, errors.New("pictures have no targets here; leave them out")
	}
	d, err := f.read(r.Source)
	if err != nil {
		return nil, err
	}
	b := &task.Bound{Name: r.Source.Name, Data: d}
	for k := range f.Latent {
		b.Header = append(b.Header, fmt.Sprintf("z%d", k+1))
	}
	v := f.vae(r.Training.Model)
	b.Predict = func(ctx context.Context) ([]*tensor.Tensor, error) {
		z, err := v.Encode(ctx, d)
		return []*tensor.Tensor{z}, err
	}
	b.Decode = func(outputs []*tensor.Tensor, i int) ([][]any, error) {
		row := make([]any, f.Latent)
		for k := range row {
			row[k] = outputs[0].F32[i*f.Latent+k]
		}
		return [][]any{row}, nil
	}
	return b, nil
}

// Evaluate implements task.Evaluator: the bound of a VAE on pictures, and the distance of samples from them, by
// principal components or patches.
func (f *Fitted) Evaluate(ctx context.Context, r *task.Request, seed uint64, to *task.Findings) (*task.Measured,
	error) {
	if r.Source == nil {
		return nil, errors.New("new pictures are compared with real ones: name a folder or an array of them with " +
			"--data")
	}
	if r.Column != "" {
		return nil, errors.New("pictures have no target; leave --target out")
	}
	d, err := f.read(r.Source)
	if err != nil {
		return nil, err
	}
	if d.Len() < 2 {
		return nil, fmt.Errorf("%s: one picture; give 2 or more", r.Source.Name)
	}
	m := &task.Measured{Samples: d.Len()}
	if f.Kind == vae {
		if _, err := f.evaluate(ctx, r.Training.Model, d, testDraws, seed, m); err != nil {
			return nil, err
		}
	}
	look, err := newFeatures(ctx, nil, f.Distance, d, d.Len())
	if err != nil {
		return nil, err
	}
	real, err := look.of(ctx, d, order(d.Len(), judged(f.Sample.Size()), seed))
	if err != nil {
		return nil, err
	}
	x, err := f.Pictures(ctx, r.Training.Model, real.n, seed)
	if err != nil {
		return nil, err
	}
	made, err := look.see(ctx, x)
	if err != nil {
		return nil, err
	}
	distance, err := real.distance(made)
	m.Metrics = append(m.Metrics, train.Metric{Name: distanceName, Value: distance})
	if real.details != nil {
		to.Say("distance: of %d samples from as many pictures, by patches of 7×7 pixels at several resolutions", real.n)
	} else {
		to.Say("distance: of %d samples from as many pictures, by %d principal components of their pixels", real.n,
			real.d)
	}
	return m, err
}
