package image

import (
	"context"
	"fmt"
	"path/filepath"

	"gorae/chart"
	"gorae/data"
	"gorae/internal/file"
	"gorae/task"
	"gorae/task/supervised"
	"gorae/tensor"
	"gorae/train"
)

// ReconstructionsFile is some pictures and, below each, what an autoencoder gives back.
const ReconstructionsFile = "reconstructions.png"

const reconstructedTiles = 10

// autoencoder is the Fitted of a network that learns its own pictures.
type autoencoder struct {
	*supervised.Autoencoder
	pictures *Fitted
}

func newAutoencoder(f *Fitted) *autoencoder {
	return &autoencoder{&supervised.Autoencoder{Fitted: f}, f}
}

// Picture implements task.Picture.
func (a *autoencoder) Picture(x *tensor.Tensor) (pixels *tensor.Tensor, lo, hi float32) {
	return a.pictures.Picture(x)
}

// reconstruction is the problem of pictures that are their own targets.
type reconstruction struct {
	*supervised.Reconstruction
	samples *problem // draws the sheet of training pictures
	look    look
	part    task.Part
	data    data.Dataset
	outputs map[int][]float32 // of the first pictures of the part
}

// autoencode makes pictures without targets pictures that are their own targets.
func autoencode(in *task.Input, f *Fitted, p *problem, out *task.Prepared) (*task.Prepared, error) {
	out, err := supervised.Autoencode(in, out)
	if err != nil {
		return nil, err
	}
	out.Fitted = newAutoencoder(f)
	out.Problem = &reconstruction{Reconstruction: out.Problem.(*supervised.Reconstruction), samples: p, look: p.look}
	return out, nil
}

// Observe keeps the first reconstructions of the test pictures, or of the validation pictures where there are none.
func (r *reconstruction) Observe(part task.Part, d data.Dataset, t *task.Training) train.Consumer {
	inner := r.Reconstruction.Observe(part, d, t)
	if part == task.Train {
		return inner
	}
	r.part, r.data, r.outputs = part, d, map[int][]float32{}
	return train.ConsumerFunc(func(b *train.EvalBatch) error {
		n := b.Outputs[0].Len() / len(b.Samples)
		for i, sample := range b.Samples {
			if sample < reconstructedTiles {
				r.outputs[sample] = append([]float32(nil), b.Outputs[0].F32[i*n:(i+1)*n]...)
			}
		}
		return inner.Batch(b)
	})
}

// Finish draws the training pictures, and pictures beside their reconstructions.
func (r *reconstruction) Finish(ctx context.Context, f *task.Finish) error {
	if err := r.samples.sheet(f); err != nil {
		return err
	}
	if r.data == nil { // neither validation nor test pictures
		return nil
	}
	if err := r.sheet(f); err != nil {
		return err
	}
	return r.Reconstruction.Finish(ctx, f)
}

func (r *reconstruction) sheet(f *task.Finish) error {
	n := min(r.data.Len(), reconstructedTiles)
	s := chart.Sheet{Title: fmt.Sprintf("%s: pictures of the %s part, and their reconstructions", f.Name, r.part),
		Columns: n}
	for i := range n {
		img, _, err := r.look.row(r.data, i)
		if err != nil {
			return err
		}
		s.Tiles = append(s.Tiles, chart.Tile{Image: img})
	}
	for i := range n {
		x := r.look.pixels(r.outputs[i])
		s.Tiles = append(s.Tiles, chart.Tile{Image: chart.Picture(x.F32, x.Shape[0], x.Shape[1], x.Shape[2], 0, 255)})
	}
	f.Findings.Pictures = append(f.Findings.Pictures, ReconstructionsFile)
	return file.Replace(filepath.Join(f.Dir, ReconstructionsFile), s.PNG)
}
