package generative

import (
	"context"
	"fmt"
	stdimage "image"
	"math"
	"path/filepath"

	"gorae/data"
	"gorae/generative"
	"gorae/model"
	"gorae/reduce"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// Metrics of samples.
const (
	distanceName = "distance"    // the Fréchet distance of their features from those of held-out pictures
	scoreName    = "class_score" // the class score by the judge
)

const (
	components   = 64     // of features, at most
	widest       = 256    // features of a judge beyond which principal components take their place
	mostFitted   = 5000   // training pictures that components are fitted to
	mostJudged   = 10_000 // samples that are judged
	mostEachTurn = 1000   // of an epoch's end
	judgeKey     = "data.generate.judge"
)

// judge is a classifier of pictures that a user names.
type judge struct {
	name     string
	fitted   task.Fitted
	training *task.Training
	model    *model.Model // to the last hidden features and the classes
	classes  []string
	logits   bool
	of       *Fitted // of the pictures that are judged
}

// openJudge opens the classifier of a file.
func openJudge(in *task.Input, path string, of *Fitted) (*judge, error) {
	t, f, err := in.Model(judgeKey, path)
	if err != nil {
		return nil, err
	}
	j := &judge{name: filepath.Base(path), fitted: f, training: t, of: of}
	if f == nil {
		return nil, task.Errorf(judgeKey, "%s: not a file of this program; name the model.keras of a classifier that "+
			"gorae train wrote", path)
	}
	outputs := f.Outputs()
	if len(outputs) != 1 || len(outputs[0].Classes) < 2 || outputs[0].Each ||
		t.Model.OutputTypes(1)[0].Shape[1:].Size() != len(outputs[0].Classes) {
		return nil, task.Errorf(judgeKey, "%s predicts %s; name a classifier with an output for each class", path,
			task.Predicts(outputs))
	}
	j.classes, j.logits = outputs[0].Classes, t.Logits()[0]
	hidden, err := lastHidden(t.Model)
	if err != nil {
		return nil, task.Errorf(judgeKey, "%s: %v", path, err)
	}
	names := append([]string{hidden}, t.Model.OutputNames()...)
	if j.model, err = t.Model.Taps(names...); err != nil {
		return nil, task.Errorf(judgeKey, "%s: %v", path, err)
	}
	if _, err := j.bound(tensor.New(tensor.Float32, append([]int{1}, of.Sample...)...)); err != nil {
		return nil, task.Errorf(judgeKey, "%s: %v; name a classifier of pictures of shape %v", path, err, of.Sample)
	}
	return j, nil
}

// lastHidden returns the name of the layer before the last one with weights, from which the outputs follow.
func lastHidden(m *model.Model) (string, error) {
	layers := m.Layers()
	vars := map[string]bool{}
	for _, v := range m.Store().Vars() {
		vars[firstPart(v.Path)] = true
	}
	for i := len(layers) - 1; i > 1; i-- {
		if !vars[layers[i].Name()] {
			continue
		}
		before := layers[i-1].Name()
		if _, err := m.After(before); err != nil {
			break
		}
		return before, nil
	}
	return "", fmt.Errorf("the network has no hidden features before its last layer with weights")
}

// firstPart returns a path up to its first slash.
func firstPart(path string) string {
	for i, r := range path {
		if r == '/' {
			return path[:i]
		}
	}
	return path
}

// bound prepares pictures with pixels from 0 to 1 in the way of the judge's own training.
func (j *judge) bound(x *tensor.Tensor) (*task.Bound, error) {
	opener, ok := j.fitted.(task.Opener)
	if !ok {
		return nil, fmt.Errorf("its task takes no pictures")
	}
	samples := make([]any, x.Shape[0])
	_, images := j.fitted.(task.Picture)
	for i := range samples {
		switch {
		case j.of.Columns != nil:
			samples[i] = j.of.row(x, i)
		case images:
			samples[i] = bytesOf(x, i)
		default:
			samples[i] = j.of.list(x, i)
		}
	}
	return opener.OpenValues(&task.Request{Training: j.training}, samples)
}

// bytesOf returns a picture of bytes, grey or in colours.
func bytesOf(x *tensor.Tensor, i int) stdimage.Image {
	h, w, c := x.Shape[1], x.Shape[2], x.Shape[3]
	if c != 1 {
		return picture(x, i)
	}
	g := stdimage.NewGray(stdimage.Rect(0, 0, w, h))
	for k, v := range x.F32[i*h*w : (i+1)*h*w] {
		g.Pix[k] = uint8(min(max(v*255+0.5, 0), 255))
	}
	return g
}

// row returns a picture as the row of a table of pixels.
func (f *Fitted) row(x *tensor.Tensor, i int) map[string]any {
	row := map[string]any{}
	for k, name := range f.Columns {
		row[name] = float64(x.F32[i*len(f.Columns)+k]) * f.White
	}
	return row
}

// list returns a picture as nested lists of numbers as they stand in the source.
func (f *Fitted) list(x *tensor.Tensor, i int) []any {
	at := i * f.Sample.Size()
	rows := make([]any, f.Sample[0])
	for r := range rows {
		columns := make([]any, f.Sample[1])
		for c := range columns {
			values := make([]any, f.Sample[2])
			for k := range values {
				values[k] = float64(x.F32[at]) * f.White
				at++
			}
			columns[c] = values
		}
		rows[r] = columns
	}
	return rows
}

// see returns the features and the probabilities of the classes of pictures.
func (j *judge) see(ctx context.Context, x *tensor.Tensor) (features, p *tensor.Tensor, err error) {
	b, err := j.bound(x)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", j.name, err)
	}
	n := x.Shape[0]
	types := j.model.OutputTypes(1)
	features = tensor.New(tensor.Float32, n, types[0].Shape[1:].Size())
	p = tensor.New(tensor.Float32, n, len(j.classes))
	keep := train.ConsumerFunc(func(e *train.EvalBatch) error {
		for k, to := range []*tensor.Tensor{features, p} {
			d := to.Shape[1]
			for i, sample := range e.Samples {
				copy(to.F32[sample*d:(sample+1)*d], e.Outputs[k].F32[i*d:(i+1)*d])
			}
		}
		return nil
	})
	err = train.Prediction{BatchSize: 64, Finite: true}.Run(ctx, j.model, train.Data{Source: b.Data}, keep)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", j.name, err)
	}
	if j.logits {
		k := len(j.classes)
		for i := range n {
			row := p.F32[i*k : (i+1)*k]
			task.Softmax(row, row)
		}
	}
	return features, p, nil
}

// features turns pictures into numbers by which distributions of pictures are compared.
type features struct {
	judge *judge             // nil: the pixels
	pca   *reduce.Projection // of the judge's features or of the pixels; nil: the features themselves
}

// seen is pictures as a judge or principal components see them.
type seen struct {
	n, d   int
	rows   reduce.Rows // the numbers of each
	normal *reduce.Normal
	p      *tensor.Tensor // probabilities of the judge's classes; nil without a judge
}

// order returns the numbers of some of n pictures at random.
func order(n, most int, seed uint64) []int {
	all := data.Order(n, seed, 0)
	return all[:min(n, most)]
}

// judged is the number of pictures of so many values that are judged at most: what is in memory at a time stays below
// half a gigabyte.
func judged(values int) int { return max(2, min(mostJudged, 60_000_000/values)) }

// newFeatures fits the components to pictures. compared is the least number of pictures that are to be compared: there
// are three or more for each component, since covariances of fewer say little.
func newFeatures(ctx context.Context, j *judge, d data.Dataset, compared int) (*features, error) {
	f := &features{judge: j}
	size := d.Spec().Inputs[0].Shape.Size()
	x, err := read(d, order(d.Len(), max(2, min(mostFitted, 20_000_000/size)), 0))
	if err != nil {
		return nil, err
	}
	values, width := x.F32, size
	if j != nil {
		if width = j.model.OutputTypes(1)[0].Shape[1:].Size(); width <= widest {
			return f, nil
		}
		y, _, err := j.see(ctx, x)
		if err != nil {
			return nil, err
		}
		values = y.F32
	}
	n := x.Shape[0]
	f.pca, err = reduce.PCA{Components: max(1, min(components, compared/3, n-1, width))}.Fit(reduce.Flat(values, width))
	return f, err
}

// of looks at some pictures of a part.
func (f *features) of(ctx context.Context, d data.Dataset, rows []int) (*seen, error) {
	x, err := read(d, rows)
	if err != nil {
		return nil, err
	}
	return f.see(ctx, x)
}

// see looks at pictures with pixels from 0 to 1.
func (f *features) see(ctx context.Context, x *tensor.Tensor) (*seen, error) {
	s := &seen{n: x.Shape[0]}
	values := x
	if f.judge != nil {
		var err error
		if values, s.p, err = f.judge.see(ctx, x); err != nil {
			return nil, err
		}
	}
	d := values.Len() / s.n
	rows := reduce.Flat(values.F32, d)
	if f.pca != nil {
		scores, row := make([][]float64, s.n), make([]float64, d)
		for i := range scores {
			rows.Row(i, row)
			scores[i] = f.pca.Transform(row)
		}
		rows = reduce.Of(scores)
	}
	s.d, s.rows = rows.Dim(), rows
	var err error
	s.normal, err = reduce.FitNormal(rows)
	return s, err
}

// distance is the Fréchet distance of two kinds of pictures.
func (s *seen) distance(other *seen) (float64, error) { return reduce.Frechet(s.normal, other.normal) }

// measure returns the metrics of pictures beside real ones.
func (s *seen) measure(real *seen) (train.Metrics, error) {
	d, err := s.distance(real)
	m := train.Metrics{{Name: distanceName, Value: d}}
	if s.p != nil {
		m = append(m, train.Metric{Name: scoreName, Value: generative.ClassScore(s.p)})
	}
	return m, err
}

// blurred returns pictures under a Gaussian filter; beyond the edges they go on as they end.
func blurred(x *tensor.Tensor, sigma float64) *tensor.Tensor {
	radius := int(3*sigma + 0.5)
	kernel, sum := make([]float64, 2*radius+1), 0.0
	for k := range kernel {
		kernel[k] = math.Exp(-float64((k-radius)*(k-radius)) / (2 * sigma * sigma))
		sum += kernel[k]
	}
	along := func(x *tensor.Tensor, count, stride int) *tensor.Tensor {
		y := tensor.New(tensor.Float32, x.Shape...)
		for i := range x.F32 {
			at, v := i/stride%count, 0.0
			for k, w := range kernel {
				to := min(max(at+k-radius, 0), count-1)
				v += w / sum * float64(x.F32[i+(to-at)*stride])
			}
			y.F32[i] = float32(v)
		}
		return y
	}
	h, w, c := x.Shape[1], x.Shape[2], x.Shape[3]
	return along(along(x, w, c), h, w*c)
}
