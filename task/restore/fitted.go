package restore

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"gorae/data"
	"gorae/data/corrupt"
	"gorae/data/image"
	"gorae/model"
	"gorae/task"
	"gorae/tensor"
)

// Fitted is how pictures become inputs of the network.
type Fitted struct {
	task.Plain
	Corrupt  corrupt.Corruptions `json:"corrupt"`
	Channels int                 `json:"channels"`
	White    float64             `json:"white"` // the value of white in arrays
	Height   int                 `json:"height"`
	Width    int                 `json:"width"` // of what was learnt from
	Pixels   []int               `json:"pixels,omitempty"`
	Seed     uint64              `json:"seed"`
	Filter   float64             `json:"filter"` // the standard deviation of the Gaussian filter beside it, in pixels
	CSV      data.CSVOptions     `json:"csv"`
}

// Outputs returns the restored picture.
func (f *Fitted) Outputs() []task.Output {
	return []task.Output{{Name: "the picture without " + f.Restores()}}
}

// Restores implements task.Restorer.
func (f *Fitted) Restores() string {
	var ways []string
	for _, c := range f.Corrupt {
		ways = append(ways, c.String())
	}
	return strings.Join(ways, ", ")
}

// Unit implements task.Fitted.
func (*Fitted) Unit() string { return "image" }

// Check returns an error unless the network makes pictures of pictures of the same size.
func (f *Fitted) Check(m *model.Model) error {
	in, out := m.InputTypes(1), m.OutputTypes(1)
	if len(in) != 1 || len(out) != 1 || !out[0].Shape.Equal(in[0].Shape) {
		return errors.New("the output is not of the shape of the input; a restored picture is as large as the " +
			"picture, with as many channels")
	}
	if !m.TakesInput(0, tensor.Shape{f.Height, f.Width, f.Channels}) {
		return fmt.Errorf("pictures have the shape %v, but the network takes %v", tensor.Shape{f.Height, f.Width,
			f.Channels}, tensor.Shape(in[0].Shape[1:]))
	}
	return nil
}

// Open reads pictures to be restored.
func (f *Fitted) Open(r *task.Request) (*task.Bound, error) {
	if r.Targets || r.Column != "" {
		return nil, errors.New("pictures that are restored have no target")
	}
	p, err := f.read(r.Source)
	if err != nil {
		return nil, err
	}
	return f.bound(r, whole(p))
}

// OpenValues implements task.Opener: a sample is an image.Image or the bytes of a picture file.
func (f *Fitted) OpenValues(r *task.Request, samples []any) (*task.Bound, error) {
	files, err := image.Values(samples, task.SampleError)
	if err != nil {
		return nil, err
	}
	p, err := f.gallery(files)
	if err != nil {
		return nil, err
	}
	return f.bound(r, whole(p))
}

// bound prepares pictures for the network.
func (f *Fitted) bound(r *task.Request, of *selection) (*task.Bound, error) {
	restorer := f.newRestorer(r.Training.Model)
	alike := true
	h0, w0 := of.size(0)
	for i := range of.len() {
		h, w := of.size(i)
		if err := restorer.takes(of.id(i), h, w); err != nil {
			return nil, err
		}
		alike = alike && h == h0 && w == w0
	}
	b := &task.Bound{Name: of.name, Notes: of.notes, Data: asTheyAre{of}}
	names := of.names()
	b.Pictures = func(ctx context.Context, put func(task.Restored) error) error {
		for i := range of.len() {
			_, y, err := f.pair(ctx, restorer, of, i)
			if err != nil {
				return err
			}
			if err := put(task.Restored{Name: names[i], Pixels: y}); err != nil {
				return err
			}
		}
		return ctx.Err()
	}
	b.Predict = func(ctx context.Context) ([]*tensor.Tensor, error) {
		if !alike {
			return nil, errors.New("pictures of several sizes are no array; write them into a folder, or as .npz")
		}
		all := tensor.New(tensor.Float32, of.len(), h0, w0, f.Channels)
		n := 0
		err := b.Pictures(ctx, func(p task.Restored) error {
			n += copy(all.F32[n:], p.Pixels.F32)
			return nil
		})
		return []*tensor.Tensor{all}, err
	}
	return b, nil
}

// pair returns picture i as it is, and restored.
func (f *Fitted) pair(ctx context.Context, r *restorer, of *selection, i int) (x, y *tensor.Tensor, err error) {
	h, w := of.size(i)
	x, y = tensor.New(tensor.Float32, h, w, f.Channels), tensor.New(tensor.Float32, h, w, f.Channels)
	if err := of.window(i, window{0, 0, h, w}, x.F32); err != nil {
		return nil, nil, err
	}
	if err := r.restore(ctx, x.F32, 1, h, w, y.F32); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", of.id(i), err)
	}
	return x, y, nil
}

// names returns a name for each picture, which no other has: that of its file without the extension, or its number.
func (p *selection) names() []string {
	taken := map[string]bool{}
	out := make([]string, p.len())
	for i := range out {
		name := fmt.Sprintf("%05d", i+1)
		if p.files != nil {
			name = strings.TrimSuffix(filepath.Base(p.id(i)), filepath.Ext(p.id(i)))
		}
		for n, first := 2, name; taken[name]; n++ {
			name = fmt.Sprintf("%s-%d", first, n)
		}
		out[i], taken[name] = name, true
	}
	return out
}

// Evaluate corrupts clean pictures and restores them.
func (f *Fitted) Evaluate(ctx context.Context, r *task.Request, seed uint64,
	to *task.Findings) (*task.Measured, error) {
	if r.Source == nil {
		return nil, errors.New("a network that restores pictures is evaluated on clean ones, which are corrupted as " +
			"in the training; name them with --data")
	}
	if r.Column != "" {
		return nil, errors.New("pictures that are restored have no target; leave --target out")
	}
	p, err := f.read(r.Source)
	if err != nil {
		return nil, err
	}
	s, err := f.score(ctx, r.Training, whole(p), f.Seed)
	if err != nil {
		return nil, err
	}
	return s.measured(task.Dependence{}, seed), s.compare("", task.Dependence{}, seed, to)
}

// asTheyAre is pictures as a network takes them, where all are of one size.
type asTheyAre struct{ of *selection }

// Spec implements data.Dataset: that of the first picture.
func (d asTheyAre) Spec() data.Spec {
	h, w := d.of.size(0)
	return data.Spec{Inputs: []data.Field{{Name: "x", Shape: tensor.Shape{h, w, d.of.channels}}}}
}

// Len implements data.Dataset.
func (d asTheyAre) Len() int { return d.of.len() }

// Read implements data.Dataset.
func (d asTheyAre) Read(_, i int, row data.Row) error {
	h, w := d.of.size(i)
	if h0, w0 := d.of.size(0); h != h0 || w != w0 {
		return fmt.Errorf("%s: %d pixels high and %d wide, but %s has %d and %d", d.of.id(i), h, w, d.of.id(0), h0, w0)
	}
	return d.of.window(i, window{0, 0, h, w}, row[0].F32)
}

// Picture implements task.Picture.
func (f *Fitted) Picture(x *tensor.Tensor) (pixels *tensor.Tensor, lo, hi float32) { return x, 0, 1 }

// lifted reads a picture for a metric in float64.
func lifted(y, pred []float32, truth, said []float64) {
	for i, v := range y {
		truth[i], said[i] = float64(v), float64(pred[i])
	}
}

// row returns a picture as one sample.
func row(x []float32) *tensor.Tensor { return &tensor.Tensor{Shape: tensor.Shape{1, len(x)}, F32: x} }
