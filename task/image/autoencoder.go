package image

import (
	"context"

	"gorae/chart"
	"gorae/data"
	"gorae/internal/picture"
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
func autoencode(in *task.Input, f *Fitted, p *problem, out *task.Prepared,
	known *supervised.Known) (*task.Prepared, error) {
	training := out.Parts[task.Train]
	out, err := supervised.Autoencode(in, out, known)
	if err != nil {
		return nil, err
	}
	out.Fitted = &autoencoder{out.Fitted.(*supervised.Autoencoder), f}
	r := &reconstruction{Reconstruction: out.Problem.(*supervised.Reconstruction), samples: p, look: p.look}
	r.Describe = func(_ context.Context, labels []int, k int, f *task.Finish) error {
		return drawGroups(r.look, training, labels, k, f)
	}
	out.Problem = r
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
	return f.DrawPNG(ReconstructionsFile, func() (picture.Drawing, error) { return r.tiles(f) })
}

// tiles are the pictures of the sheet.
func (r *reconstruction) tiles(f *task.Finish) (picture.Drawing, error) {
	n := min(r.data.Len(), reconstructedTiles)
	s := chart.Sheet{Title: chart.Sprintf("%s: pictures of the %s part, and their reconstructions", f.Name, r.part),
		Columns: n}
	for i := range n {
		img, _, err := r.look.row(r.data, i)
		if err != nil {
			return nil, err
		}
		s.Tiles = append(s.Tiles, chart.Tile{Image: img})
	}
	for i := range n {
		x := r.look.pixels(r.outputs[i])
		s.Tiles = append(s.Tiles, chart.Tile{Image: chart.Picture(x.F32, x.Shape[0], x.Shape[1], x.Shape[2], 0, 255)})
	}
	return s, nil
}

// GroupsFile is the mean of the pictures of each group, and some of the pictures.
const GroupsFile = "groups.png"

const groupTiles = 9 // of a group, beside its mean

// drawGroups draws for each of k groups the mean of its training pictures and some of them.
func drawGroups(l look, d data.Dataset, labels []int, k int, f *task.Finish) error {
	size := l.sample.Size()
	means, counts := make([][]float64, k), make([]float64, k)
	shown := make([][]int, k)
	for _, i := range data.Order(len(labels), f.Seed, 0) {
		if g := labels[i]; len(shown[g]) < groupTiles {
			shown[g] = append(shown[g], i)
		}
	}
	for g := range means {
		means[g] = make([]float64, size)
	}
	row := d.Spec().Row()
	for i, g := range labels {
		if err := d.Read(0, i, row); err != nil {
			return err
		}
		counts[g]++
		for j, v := range row[0].F32 {
			means[g][j] += float64(v)
		}
	}
	return f.DrawPNG(GroupsFile, func() (picture.Drawing, error) {
		return l.groups(d, f.Name, means, counts, shown)
	})
}

// groups draws the mean of each group's pictures, whose sums are given, and some of them.
func (l look) groups(d data.Dataset, name string, sums [][]float64, counts []float64, shown [][]int) (picture.Drawing,
	error) {
	s := chart.Sheet{Title: chart.Sprintf("%s: the mean of each group's pictures, and some of them", name),
		Columns: groupTiles + 1}
	for g := range sums {
		mean := make([]float32, len(sums[g]))
		for j := range mean {
			mean[j] = float32(sums[g][j] / max(1, counts[g]))
		}
		x := l.pixels(mean)
		s.Tiles = append(s.Tiles, chart.Tile{
			Image: chart.Picture(x.F32, x.Shape[0], x.Shape[1], x.Shape[2], 0, 255),
			Lines: []string{chart.Sprintf("group %d", g+1)}})
		for at := range groupTiles {
			tile := s.Tiles[len(s.Tiles)-1] // the mean again where a group is small
			if at < len(shown[g]) {
				img, err := l.At(d, shown[g][at])
				if err != nil {
					return nil, err
				}
				tile.Image = img
			}
			tile.Lines = nil
			s.Tiles = append(s.Tiles, tile)
		}
	}
	return s, nil
}
