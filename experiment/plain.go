package experiment

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"gorae/data"
	"gorae/data/augment"
	"gorae/internal/yamltree"
	"gorae/loss"
	"gorae/metric"
	"gorae/prep"
	"gorae/source"
	"gorae/tensor"
)

// plain is what forms share whose every sample has one target, a class or a figure, as Recipe.Target
// has it: pictures, tables, arrays. They differ in how samples are opened.
type plain struct {
	recipe *Recipe // nil for a model file of another program
}

// openApart reads the test set that stands apart, in files of its own or inside that of the
// samples, and treats it as the learning data were treated; nil where there is none.
func (r *Ready) openApart(inside *data.Arrays) (*samples, error) {
	var err error
	src := &data.Source{Arrays: inside}
	if r.Data.Test != nil {
		var o *origin
		o, err = r.origin("data.test.source", r.Data.Test.Source, r.Data.Test.Labels)
		if err != nil {
			return nil, err
		}
		if src, err = o.read(); err != nil {
			return nil, err
		}
		if src, err = r.apartPictures(src); err != nil {
			return nil, err
		}
	} else if inside == nil {
		return nil, nil
	}
	s := &samples{labels: func() (*tensor.Tensor, error) { return r.Recipe.labels(src, "") }}
	if src.Dataset != nil {
		if s.x, err = prep.NewPixels(src.Dataset, r.Recipe.Array); err != nil {
			return nil, err
		}
	} else {
		if s.x, err = r.Recipe.dataset(src); err != nil {
			return nil, err
		}
	}
	s.shape = s.x.Spec().Inputs[0].Shape
	return s, nil
}

// network is two hidden layers of 64
// nodes, for pictures convolutions of 32, 64 and then 128 filters, each halved by a pooling, two of them and as many
// as bring the longer side to 16, and one hidden layer; and an output for the task.
func (plain) network(r *Ready, s samples) *yamltree.Node {
	n := &yamltree.Node{Kind: yamltree.List}
	add := func(v any) { n.Values = append(n.Values, yamltree.Of(v)) }
	dense := func() { add(yamltree.Pairs("dense", yamltree.Pairs("units", 64, "activation", "relu"))) }
	if s.vocabulary != nil && s.vocabulary.Spec.Ids() {
		return textNetwork(r, s, output(r.Recipe.Target))
	}
	shape, first := s.shape, data.ChannelsFirst(s.shape)
	if first {
		shape = tensor.Shape{shape[1], shape[2], shape[0]}
	}
	if isPicture(shape) {
		ordered := func(word string, keys ...any) {
			if first {
				keys = append(keys, "data_format", "channels_first")
			}
			add(yamltree.Pairs(word, yamltree.Pairs(keys...)))
		}
		for i, side := 0, max(shape[0], shape[1]); i < 2 || side > 16 && min(shape[0], shape[1])>>i > 1; i, side = i+1, side/2 {
			ordered("conv2d", "filters", min(32<<i, 128), "kernel_size", 3, "padding", "same", "activation", "relu")
			if first {
				ordered("max_pooling2d", "pool_size", 2)
			} else {
				add(yamltree.Pairs("max_pooling2d", 2))
			}
		}
		add("flatten")
		add(yamltree.Pairs("dropout", 0.3))
		dense()
	} else {
		if len(s.shape) > 1 {
			add("flatten")
		}
		dense()
		dense()
	}
	add(output(r.Recipe.Target))
	return n
}

// output is the last layer of a network that foretells a target.
func output(g *prep.Target) *yamltree.Node {
	last := yamltree.Pairs("units", 1)
	if g.Task == prep.Classification {
		if k := len(g.Classes); k > 2 {
			last = yamltree.Pairs("units", k, "activation", "softmax")
		} else {
			last.Put("activation", "sigmoid")
		}
	}
	return yamltree.Pairs("dense", last)
}

// fits wants one output a class, or a single one.
func (plain) fits(r *Ready, out tensor.Shape, place string) error {
	g := r.Recipe.Target
	switch k := out[len(out)-1]; {
	case len(out) != 2:
		return r.mistake(place, "the model gives %v for a sample, but %s is one value; end with flatten and dense", tensor.Shape(out[1:]), g.Name)
	case g.Task == prep.Regression && k != 1:
		return r.mistake(place, "%d outputs, but the target %s is one figure; give 1", k, g.Name)
	case g.Task == prep.Classification && k != len(g.Classes) && !(k == 1 && len(g.Classes) == 2):
		return r.mistake(place, "%s for the %d classes of %s; give %d", plural(k, "output"), len(g.Classes), g.Name, len(g.Classes))
	}
	return nil
}

// loss is the usual one for the task and the model's outputs.
func (plain) loss(r *Ready) string {
	switch {
	case r.Recipe.Target.Task == prep.Regression:
		return "mean_squared_error"
	case r.outputs() == 1:
		return "binary_crossentropy"
	case slices.ContainsFunc(r.Data.Augment, func(t augment.Transform) bool { return t.Kind == augment.Mixup }),
		r.mixes():
		return "categorical_crossentropy" // mixed samples belong to two classes
	}
	return "sparse_categorical_crossentropy"
}

func (plain) metrics(r *Ready) []string {
	if r.Recipe.Target.Task == prep.Regression {
		return []string{"rmse", "mae", "r2"}
	}
	return []string{"accuracy"}
}

func (plain) agrees(r *Ready) error { return r.checkObjective() }

func (plain) about(r *Ready) string {
	if k := len(r.Recipe.Classes()); k > 0 {
		return fmt.Sprintf("%s (%d classes)", r.Recipe.Target.Name, k)
	}
	return r.Recipe.Target.Name + " (a figure)"
}

func (plain) finish(ctx context.Context, r *Ready, dir string, _ *Report) error {
	return r.drawSeen(ctx, dir)
}

func (f plain) check() error {
	if f.recipe.Target == nil {
		return errors.New("the target is missing")
	}
	return nil
}

// read reads a table as the learning table was: its lines skipped, its columns named, its
// missing marks.
func (f plain) read(p *Product, path string, stdin io.Reader, labels string) (*data.Source, error) {
	buffered := bufio.NewReader(stdin)
	if src, err := p.readPictures(path, buffered); src != nil || err != nil {
		return src, err
	}
	stdin = buffered
	if src, err := f.readTexts(path, stdin); src != nil || err != nil {
		return src, err
	}
	if f.recipe == nil || f.recipe.Table == nil {
		return read(path, stdin, source.Options{Labels: labels})
	}
	src, err := read(path, stdin, source.Options{CSV: f.recipe.CSV, Labels: labels})
	if err != nil {
		return nil, err
	}
	return f.columns(p, src, labels)
}

// inputs goes by the recipe where there is one; else it is the numbers as they are, reshaped where only
// the grouping of axes differs. A network of several inputs takes an .npz that names them.
func (f plain) inputs(p *Product, src *data.Source) (data.Dataset, error) {
	names := p.Model.InputNames()
	types := p.Model.InputTypes(1)
	if len(names) > 1 {
		if src.Arrays == nil || src.Arrays.All == nil {
			return nil, fmt.Errorf("%s takes the inputs %s; give an .npz file that names them", p.path, strings.Join(names, ", "))
		}
		m := &data.Memory{}
		for _, n := range names {
			i := slices.IndexFunc(src.Arrays.All, func(a tensor.Named) bool { return a.Name == n })
			if i < 0 {
				return nil, fmt.Errorf("%s: no array %q; the model takes %s", src.Arrays.Name, n, strings.Join(names, ", "))
			}
			m.Inputs = append(m.Inputs, src.Arrays.All[i])
		}
		return m, m.Check()
	}
	switch {
	case src.Dataset != nil:
		return f.pictures(p, src)
	case f.recipe != nil && f.recipe.texts(src):
		return f.recipe.dataset(src)
	}
	x, err := f.features(p, src)
	if err != nil {
		return nil, err
	}
	want := types[0].Shape[1:]
	if got := tensor.Shape(x.Shape[1:]); !got.Equal(want) {
		if got.Size() != want.Size() {
			return nil, fmt.Errorf("%s: samples of shape %v, but the model takes %v", sourceName(src), got, tensor.Shape(want))
		}
		if x, err = x.Reshape(append([]int{x.Shape[0]}, want...)...); err != nil {
			return nil, err
		}
	}
	if err := checkFinite(src, x); err != nil {
		return nil, err
	}
	return data.Of(x, nil)
}

// pictures is pictures in files, read and scaled as they are needed.
func (f plain) pictures(p *Product, src *data.Source) (data.Dataset, error) {
	in := p.Model.InputTypes(1)[0]
	if got, want := src.Dataset.Spec().Inputs[0].Shape, in.Shape[1:]; !got.Equal(want) {
		return nil, fmt.Errorf("%s: samples of shape %v, but the model takes %v", src.Name, got, want)
	}
	switch {
	case f.recipe != nil && f.recipe.Array != nil:
		return prep.NewPixels(src.Dataset, f.recipe.Array)
	case in.DType != tensor.Float32:
		return src.Dataset, nil
	}
	// A model without a recipe: pixels are taken to want what Keras's examples give them, 0 to 1.
	a, err := prep.FitPixels(nil, "")
	if err != nil {
		return nil, err
	}
	return prep.NewPixels(src.Dataset, a)
}

func (f plain) features(p *Product, src *data.Source) (*tensor.Tensor, error) {
	if f.recipe != nil {
		return f.recipe.Features(src)
	}
	if src.Table != nil {
		return numbers(src.Table)
	}
	if src.Arrays.X == nil {
		return nil, errors.New(noSamples(src.Arrays))
	}
	// A model without a recipe: pixels are taken to want what Keras's examples give them, 0 to 1.
	if x := src.Arrays.X; x.DType() == tensor.Uint8 && p.Model.InputTypes(1)[0].DType == tensor.Float32 {
		a, err := prep.FitArray(x, nil, "")
		if err != nil {
			return nil, err
		}
		return a.Apply(x)
	}
	if p.Model.InputTypes(1)[0].DType != tensor.Float32 {
		return src.Arrays.X, nil
	}
	return rawFloats(src.Arrays.X), nil
}

// pairs encodes the targets as the learning data's were.
func (f plain) pairs(p *Product, src *data.Source, target string, l loss.Loss) (data.Dataset, error) {
	x, err := f.inputs(p, src)
	if err != nil {
		return nil, err
	}
	y, err := f.recipe.labels(src, target)
	if err != nil {
		return nil, err
	}
	if n := y.Shape[0]; n != x.Len() {
		return nil, fmt.Errorf("%s: %d targets for %d samples", sourceName(src), n, x.Len())
	}
	return f.recipe.beside(x, y, p.outputs(), l)
}

func (plain) judge(l loss.Loss) loss.Loss { return l }

func (f plain) measure(name string, m metric.Metric, l loss.Loss) metric.Metric {
	return measure(name, m, f.recipe.Target, fromLogits(l))
}

func (plain) remark(context.Context, *Product, *data.Source, *Remarks) error { return nil }

// rows are the samples' id columns if any,
// prediction (the class's name, or the figure in the target's units), and for classes
// one column p(NAME) each, the probability also where the network gives logits. A network of which it is not known what it foretells has its
// outputs written as prediction, or prediction_1, prediction_2, ….
func (f plain) rows(p *Product, src *data.Source, out *tensor.Tensor) (*rows, error) {
	n := out.Shape[0]
	out, err := out.Reshape(n, -1)
	if err != nil {
		return nil, err
	}
	k := out.Shape[1]
	target := p.target(k)
	if target != nil && target.Task == prep.Classification && f.recipe != nil && f.recipe.logits() {
		out = probabilitiesOf(out)
	}
	ids := p.ids(src)
	t := &rows{n: n}
	for _, c := range ids {
		t.header = append(t.header, c.Name)
	}
	var labels []string
	switch {
	case target != nil:
		if labels, err = target.Labels(out); err != nil {
			return nil, fmt.Errorf("%s: %w", p.path, err)
		}
		t.header = append(t.header, "prediction")
		for _, c := range target.Classes {
			t.header = append(t.header, "p("+c+")")
		}
	case k == 1:
		t.header = append(t.header, "prediction")
	default:
		for j := range k {
			t.header = append(t.header, "prediction_"+strconv.Itoa(j+1))
		}
	}
	t.row = func(i int, row []string) []string {
		for _, c := range ids {
			row = append(row, c.Text(i))
		}
		figures := out.F32[i*k : (i+1)*k]
		if target != nil {
			row = append(row, labels[i])
			if target.Task == prep.Classification {
				figures = target.Probabilities(figures)
			} else {
				figures = nil
			}
		}
		for _, v := range figures {
			row = append(row, strconv.FormatFloat(float64(v), 'g', -1, 32))
		}
		return row
	}
	return t, nil
}
