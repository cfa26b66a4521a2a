package generative

import (
	"context"
	"fmt"
	stdimage "image"
	"image/png"
	"io"
	"math"
	"path/filepath"
	"slices"

	"gorae/chart"
	"gorae/data"
	"gorae/generative"
	"gorae/internal/file"
	"gorae/stat"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// The names of the pictures of a run.
const (
	SamplesFile         = "samples.png"
	ReconstructionsFile = "reconstructions.png"
	ManifoldFile        = "manifold.png"
	NearestFile         = "nearest.png"
	ProgressFile        = "progress.png"
)

const (
	sheetSide    = 10 // samples beside and below each other
	manifoldSide = 20
	tiles        = 10 // of reconstructions and of nearest pictures
)

// Complete implements task.Completer: pixels that do not know of each other, training pictures themselves, and blurred
// copies of them.
func (p *problem) Complete(ctx context.Context, f *task.Finish) error {
	if err := p.independent(f); err != nil {
		return err
	}
	if p.real == nil || p.real.n < 2 {
		return nil
	}
	d := p.parts[task.Train]
	x, err := read(d, order(d.Len(), p.real.n, p.seed))
	if err != nil {
		return err
	}
	sigma := max(1, float64(max(p.fitted.Sample[0], p.fitted.Sample[1]))/32)
	var beside []*seen
	for _, b := range []struct {
		name, note string
		x          *tensor.Tensor
	}{
		{"training pictures", "real ones", x},
		{"blurred training pictures", fmt.Sprintf("Gaussian filter, sigma %v pixels", sigma), blurred(x, sigma)},
	} {
		if b.x.Shape[0] < 2 {
			return nil
		}
		s, err := p.look.see(ctx, b.x)
		if err != nil {
			return err
		}
		m, err := s.measure(p.real)
		if err != nil {
			return err
		}
		beside = append(beside, s)
		f.Findings.Baselines = append(f.Findings.Baselines, task.Baseline{Name: b.name, Note: b.note, Metrics: m,
			Part: p.part.String()})
	}
	return p.nearness(beside[0], beside[1], f.Findings)
}

// independent adds the likelihood of the pictures if each pixel had its own distribution, that of the training
// pictures, whatever the others are.
// The network is compared with it by the pictures; its loss is a bound, above what it may be, so that it can be found
// to be better, but not worse.
func (p *problem) independent(f *task.Finish) error {
	part := task.Test
	if p.bounds[part] == nil {
		part = task.Validation
	}
	if p.bounds[part] == nil {
		return nil
	}
	train0 := p.parts[task.Train]
	mean := make([]float64, p.fitted.Sample.Size())
	n := float64(train0.Len())
	row := train0.Spec().Row()
	for i := range train0.Len() {
		if err := train0.Read(0, i, row); err != nil {
			return err
		}
		for k, v := range row[0].F32 {
			mean[k] += float64(v)
		}
	}
	for k := range mean {
		mean[k] = (mean[k] + 0.5) / (n + 1) // never 0 or 1
	}
	d := p.parts[part]
	s, losses := p.fitted.Sigma, make([]float64, d.Len())
	for i := range d.Len() {
		if err := d.Read(0, i, row); err != nil {
			return err
		}
		sum := 0.0
		for k, v := range row[0].F32 {
			x := float64(v)
			if p.fitted.Likelihood == generative.Gaussian {
				e := (x - mean[k]) / s
				sum += e*e/2 + math.Log(s) + math.Log(2*math.Pi)/2
			} else {
				sum -= x*math.Log(mean[k]) + (1-x)*math.Log(1-mean[k])
			}
		}
		losses[i] = sum
	}
	const name = "independent pixels"
	own := p.bounds[part]
	base := task.Baseline{Name: name, Part: part.String(),
		Metrics: train.Metrics{{Name: "loss", Value: average(losses)}}}
	f.Findings.Baselines = append(f.Findings.Baselines, base)
	difference := make([]float64, len(losses))
	for i, v := range losses {
		difference[i] = own.Loss[i] - v
	}
	v, _, sentence := task.Against([]task.Rival{{Name: name, Losses: losses}}, func(_, of int) task.Paired {
		v := task.ComparePaired(difference, task.Nats, f.Dependence[part], f.Seed, of)
		if v.Verdict == task.Worse {
			v.Verdict, v.Test = task.Untold, v.Test+"; the network's is a bound, above what it may be"
		}
		return v
	})
	f.Findings.Judge(v.Verdict, fmt.Sprintf("%s: %.4f nats a picture against %.4f on %d %s pictures (%s)", sentence,
		average(own.Loss), base.Metrics[0].Value, len(losses), part, v.Test))
	return nil
}

func average(x []float64) (m float64) {
	for _, v := range x {
		m += v / float64(len(x))
	}
	return m
}

// Finish implements task.Problem: it draws the pictures and says how they were judged.
func (p *problem) Finish(ctx context.Context, f *task.Finish) error {
	x, err := p.samples(ctx, sheetSide*sheetSide)
	if err != nil {
		return err
	}
	p.say(f.Findings)
	for _, draw := range []func() error{
		func() error {
			return write(f, SamplesFile, x, sheetSide)
		},
		func() error { return p.drawProgress(f) },
		func() error { return p.drawReconstructions(ctx, f) },
		func() error { return p.drawManifold(ctx, f) },
		func() error { return p.drawNearest(x, f) },
	} {
		if err := draw(); err != nil {
			return err
		}
	}
	return p.shares(f.Findings)
}

// say says what the metrics are.
func (p *problem) say(f *task.Findings) {
	if p.fitted.Kind == vae {
		f.Say("loss: the negative evidence lower bound, in nats a picture: reconstruction + kl")
		if p.fitted.Likelihood == generative.Gaussian {
			f.Say("a normal density may be above 1, so that the loss may be below 0")
		}
	}
	if p.made == nil {
		f.Say("distance: not measured, since there are neither test nor validation pictures")
		return
	}
	switch {
	case p.judge == nil:
		f.Say("distance: Fréchet distance of %d samples from as many %s pictures, by %d principal components of their "+
			"pixels; data.generate.judge names a classifier, which sees more", p.real.n, p.part, p.real.d)
	case p.look.pca != nil:
		f.Say("distance: Fréchet distance of %d samples from as many %s pictures, by %d principal components of the "+
			"last hidden features of %s", p.real.n, p.part, p.real.d, p.judge.name)
	default:
		f.Say("distance: Fréchet distance of %d samples from as many %s pictures, by the %d last hidden features of %s",
			p.real.n, p.part, p.real.d, p.judge.name)
	}
}

// shares says how often each class of the judge was made.
func (p *problem) shares(f *task.Findings) error {
	if p.made == nil || p.made.p == nil {
		return nil
	}
	shares := generative.Shares(p.made.p)
	f.Say("class_score: from 1 to %d, the number of classes; %s pictures have %.3f", len(shares), p.part,
		generative.ClassScore(p.real.p))
	least := slices.Min(shares)
	f.Say("the rarest class of the samples is %s, with a share of %.3f", p.judge.classes[slices.Index(shares, least)],
		least)
	for k, of := range generative.Shares(p.real.p) {
		if leftOut(shares[k], p.made.n, of, p.real.n, len(shares)) {
			f.Say("hardly any sample is %s: the network leaves a part of the pictures out (mode collapse)",
				p.judge.classes[k])
		}
	}
	named := map[string]float64{}
	for k, share := range shares {
		named[p.judge.classes[k]] = share
	}
	return f.Add("class_shares", named)
}

// leftOut reports whether a share of n samples is less than half of that of m real pictures, beyond what chance
// explains in any of some classes: by the interval of the difference of the one from half of the other, at the level of
// 1 − 0.05/classes.
func leftOut(share float64, n int, of float64, m, classes int) bool {
	count := func(share float64, n int) int { return int(math.Round(share * float64(n))) }
	level := 1 - 0.05/float64(classes)
	i := stat.Wilson(count(share, n), n, level)
	real := stat.Wilson(count(of, m), m, level)
	return stat.Difference(share, i, of/2, stat.Interval{Low: real.Low / 2, High: real.High / 2}).High < 0
}

// write writes pictures side by side as a picture of the run, enlarged where they are small.
func write(f *task.Finish, name string, x *tensor.Tensor, columns int) error {
	all := make([]stdimage.Image, x.Shape[0])
	for i := range all {
		all[i] = picture(x, i)
	}
	gap := 2
	if name == ManifoldFile {
		gap = 0
	}
	m := chart.Mosaic(all, columns, 0, gap)
	err := file.Replace(filepath.Join(f.Dir, name), func(w io.Writer) error { return png.Encode(w, m) })
	if err != nil {
		return err
	}
	f.Findings.Pictures = append(f.Findings.Pictures, name)
	return nil
}

// drawProgress draws the pictures of the same latent numbers after some epochs, an epoch a row.
func (p *problem) drawProgress(f *task.Finish) error {
	kept := p.progress.kept
	if len(kept) == 0 {
		return nil
	}
	x := tensor.New(tensor.Float32, append([]int{len(kept) * followed}, p.fitted.Sample...)...)
	at := 0
	for _, s := range kept {
		for _, v := range s.Pixels {
			x.F32[at] = float32(v) / 255
			at++
		}
	}
	f.Findings.Say("%s: pictures of the same latent numbers, from epoch %d above to %d below", ProgressFile,
		kept[0].Epoch, kept[len(kept)-1].Epoch)
	return write(f, ProgressFile, x, followed)
}

// heldOut is the part whose pictures are drawn beside made ones.
func (p *problem) heldOut() (data.Dataset, task.Part) {
	for _, part := range []task.Part{task.Test, task.Validation} {
		if d := p.parts[part]; d != nil {
			return d, part
		}
	}
	return p.parts[task.Train], task.Train
}

// drawReconstructions draws pictures above what a VAE makes of the means of their latent numbers.
func (p *problem) drawReconstructions(ctx context.Context, f *task.Finish) error {
	if p.fitted.Kind == gan {
		return nil
	}
	d, part := p.heldOut()
	rows := order(d.Len(), tiles, p.seed)
	x, err := read(d, rows)
	if err != nil {
		return err
	}
	z, err := p.fitted.vae(p.model).Encode(ctx, data.Subset{Dataset: d, Rows: rows})
	if err != nil {
		return err
	}
	y, err := p.fitted.make(ctx, p.generator, z)
	if err != nil {
		return err
	}
	f.Findings.Say("%s: pictures of the %s part, and below each its reconstruction", ReconstructionsFile, part)
	return write(f, ReconstructionsFile, stacked(x, y), len(rows))
}

// drawManifold draws the map of two latent numbers of a VAE.
func (p *problem) drawManifold(ctx context.Context, f *task.Finish) error {
	if p.fitted.Kind == gan || p.fitted.Latent != 2 {
		return nil
	}
	x, err := p.fitted.make(ctx, p.generator, generative.Grid(manifoldSide))
	if err != nil {
		return err
	}
	f.Findings.Say("%s: the pictures of two latent numbers, at equally spaced quantiles of the normal distribution",
		ManifoldFile)
	return write(f, ManifoldFile, x, manifoldSide)
}

// drawNearest draws samples above the training pictures that are nearest to them: a network that copies has the same
// pictures twice.
func (p *problem) drawNearest(samples *tensor.Tensor, f *task.Finish) error {
	size := p.fitted.Sample.Size()
	x := &tensor.Tensor{Shape: append(tensor.Shape{tiles}, p.fitted.Sample...), F32: samples.F32[:tiles*size]}
	d := p.parts[task.Train]
	found, distances := make([]int, tiles), make([]float64, tiles)
	for i := range distances {
		distances[i] = math.Inf(1)
	}
	const most = 1000 // pictures that are read at a time
	rows := data.Range(d.Len())
	for from := 0; from < len(rows); from += most {
		some, err := read(d, rows[from:min(len(rows), from+most)])
		if err != nil {
			return err
		}
		numbers, least := generative.Nearest(x, some)
		for i, v := range least {
			if v < distances[i] {
				found[i], distances[i] = from+numbers[i], v
			}
		}
	}
	near, err := read(d, found)
	if err != nil {
		return err
	}
	mean := 0.0
	for _, v := range distances {
		mean += v / tiles
	}
	f.Findings.Say("%s: new pictures, and below each the training picture nearest to it, %.3g away in the mean (root "+
		"of the sum of squares over pixels from 0 to 1)", NearestFile, mean)
	return write(f, NearestFile, stacked(x, near), tiles)
}

// stacked returns the pictures of both tensors.
func stacked(x, y *tensor.Tensor) *tensor.Tensor {
	shape := x.Shape.Clone()
	shape[0] += y.Shape[0]
	return &tensor.Tensor{Shape: shape, F32: slices.Concat(x.F32, y.F32)}
}
