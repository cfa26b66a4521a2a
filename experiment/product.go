package experiment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"gorae/data"
	"gorae/format/keras"
	"gorae/internal/file"
	"gorae/layer"
	"gorae/model"
	"gorae/prep"
	"gorae/source"
	"gorae/tensor"
	"gorae/train"
)

// Product is what a training gives: a network and, where gorae trained it, the recipe by
// which it takes raw rows. Any number of goroutines may predict with one.
type Product struct {
	Model  *model.Model
	Recipe *Recipe // nil for a model file that another program wrote
	path   string
}

// Save writes the product as a .keras file, which Keras opens as a plain model.
func (p *Product) Save(path string) error {
	member, err := json.Marshal(p.Recipe)
	if err != nil {
		return err
	}
	return file.Replace(path, func(w io.Writer) error {
		return keras.Save(w, p.Model, keras.Member{Name: RecipeMember, Data: member})
	})
}

// OpenProduct reads a model file.
func OpenProduct(path string) (*Product, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	st, err := f.Stat()
	if err != nil {
		return nil, openError(path, err)
	}
	if st.IsDir() {
		return nil, fmt.Errorf("%s: a directory; name the model file in it, such as %s", path, ModelFile)
	}
	return ReadProduct(f, st.Size(), path)
}

// OpenProductFS reads a model file of a file system, such as one made by go:embed.
func OpenProductFS(fsys fs.FS, name string) (*Product, error) {
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	return ReadProduct(strings.NewReader(string(b)), int64(len(b)), name)
}

// ReadProduct reads a model file's content; path is for messages.
func ReadProduct(r io.ReaderAt, size int64, path string) (*Product, error) {
	m, members, err := keras.Load(r, size)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; give a model file that gorae or Keras 3 wrote", path, err)
	}
	p := &Product{Model: m, path: path}
	for _, x := range members {
		if x.Name != RecipeMember {
			continue
		}
		if p.Recipe, err = ParseRecipe(x.Data); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if err := p.Recipe.fitsText(m); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", path, RecipeMember, err)
		}
	}
	return p, nil
}

// applied is how raw data go through this product's network.
func (p *Product) applied() applied {
	if p.Recipe == nil {
		return plain{}
	}
	return p.Recipe.applied()
}

// Read opens samples for this model: a path, embed:NAME, or "-" for stdin, read as the
// learning data were. labels is the file of the targets, "" if they are in the same one.
func (p *Product) Read(path string, stdin io.Reader, labels string) (*data.Source, error) {
	return p.applied().read(p, path, stdin, labels)
}

func read(path string, stdin io.Reader, o source.Options) (*data.Source, error) {
	if path == "-" {
		return source.Read(stdin, "standard input", o)
	}
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		return nil, fmt.Errorf("%s: a directory; name a data file in it", path)
	} else if errors.Is(err, fs.ErrNotExist) && !strings.HasPrefix(path, data.Embed) {
		return nil, openError(path, err)
	}
	return source.Open(path, o)
}

// Inputs makes the network's inputs of raw samples: by the recipe where there is one,
// else the numbers as they are. A network of several inputs takes an .npz that names them.
func (p *Product) Inputs(src *data.Source) ([]*tensor.Tensor, error) {
	d, err := p.applied().inputs(p, src)
	if err != nil {
		return nil, err
	}
	if m, ok := d.(*data.Memory); ok {
		var xs []*tensor.Tensor
		for _, t := range m.Inputs {
			xs = append(xs, t.Tensor)
		}
		return xs, nil
	}
	l := data.Loader{Data: d, Size: max(1, d.Len())}
	b, err := l.New()
	if err != nil || d.Len() == 0 {
		return nil, errors.Join(err, noRows(src, d))
	}
	return b.Inputs, l.Fill(b, 0, 0)
}

func noRows(src *data.Source, d data.Dataset) error {
	if d.Len() > 0 {
		return nil
	}
	return fmt.Errorf("%s: no samples in it", sourceName(src))
}

func checkFinite(src *data.Source, x *tensor.Tensor) error {
	if src.Arrays != nil {
		a := data.Arrays{Name: src.Arrays.Name, X: x}
		return a.CheckFinite()
	}
	return nil
}

func sourceName(src *data.Source) string {
	switch {
	case src.Table != nil:
		return src.Table.Name
	case src.Arrays != nil:
		return src.Arrays.Name
	}
	return src.Name
}

// Predict is the network's outputs for raw samples.
func (p *Product) Predict(ctx context.Context, src *data.Source) ([]*tensor.Tensor, error) {
	d, err := p.applied().inputs(p, src)
	if err != nil {
		return nil, err
	}
	if err := noRows(src, d); err != nil {
		return nil, err
	}
	if src.Arrays != nil {
		if err := checkIDs(p.Model, d, sourceName(src)); err != nil {
			return nil, err
		}
	}
	return outputs(ctx, p.Model, d)
}

// outputs is what a model gives for the samples of a dataset, which are laid out
// some at a time.
func outputs(ctx context.Context, m *model.Model, d data.Dataset) ([]*tensor.Tensor, error) {
	if whole, ok := d.(*data.Memory); ok {
		var xs []*tensor.Tensor
		for _, t := range whole.Inputs {
			xs = append(xs, t.Tensor)
		}
		return m.Predict(ctx, xs...)
	}
	var out []*tensor.Tensor
	for _, t := range m.OutputTypes(d.Len()) {
		out = append(out, tensor.New(t.DType, t.Shape...))
	}
	l := data.Loader{Data: d, Size: m.PredictBatch()}
	b, err := l.New()
	if err != nil {
		return nil, err
	}
	part := make([]*tensor.Tensor, len(out))
	for step := range l.Steps() {
		if err := l.Fill(b, 0, step); err != nil {
			return nil, err
		}
		for k, t := range out {
			part[k] = t.Rows(step*l.Size, step*l.Size+len(b.Samples))
		}
		if err := m.PredictInto(ctx, part, b.Inputs...); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Evaluate is the loss and the metrics of the model on samples with targets. target
// names another column than that of the learning data; "" is the same.
func (p *Product) Evaluate(ctx context.Context, src *data.Source, target string) (train.Metrics, error) {
	if len(p.Model.InputNames()) > 1 || len(p.Model.OutputNames()) > 1 {
		return nil, fmt.Errorf("%s: evaluate takes models of one input and one output", p.path)
	}
	if p.Recipe == nil {
		return p.evaluateGuessing(ctx, src, target)
	}
	l, ms, err := p.Recipe.objective()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.path, err)
	}
	a := p.applied()
	d, err := a.pairs(p, src, target, l)
	if err != nil {
		return nil, err
	}
	if src.Arrays != nil {
		if err := checkIDs(p.Model, d, sourceName(src)); err != nil {
			return nil, err
		}
	}
	return train.Evaluate(ctx, p.Model, train.Data{Source: d}, a.judge(l), ms, p.Model.PredictBatch())
}

// Remark says of samples with targets what there is to say beside the figures.
func (p *Product) Remark(ctx context.Context, src *data.Source) (*Remarks, error) {
	m := &Remarks{}
	return m, p.applied().remark(ctx, p, src, m)
}

// evaluateGuessing is Evaluate of a model that came without a recipe.
func (p *Product) evaluateGuessing(ctx context.Context, src *data.Source, target string) (train.Metrics, error) {
	features := src
	if src.Table != nil {
		var err error
		if features, target, err = apart(src.Table, target); err != nil {
			return nil, err
		}
	}
	x, err := p.applied().inputs(p, features)
	if err != nil {
		return nil, err
	}
	r, err := p.guess(src, target)
	if err != nil {
		return nil, err
	}
	y, err := r.labels(src, target)
	if err != nil {
		return nil, err
	}
	l, ms, err := r.objective()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.path, err)
	}
	d, err := r.beside(x, y, p.outputs(), l)
	if err != nil {
		return nil, err
	}
	return train.Evaluate(ctx, p.Model, train.Data{Source: d}, l, ms, p.Model.PredictBatch())
}

func (p *Product) outputs() int {
	s := p.Model.OutputTypes(1)[0].Shape
	return s[len(s)-1]
}

// guess is a recipe for a model that came without one: what its last layer computes
// says what it was made for.
func (p *Product) guess(src *data.Source, target string) (*Recipe, error) {
	layers := p.Model.Layers()
	act := activation(layers[len(layers)-1].Layer)
	r := &Recipe{Version: recipeVersion, Array: &prep.Affine{Shift: []float64{0}, Divisor: []float64{1}}}
	o := prep.TargetOptions{Task: prep.Regression, Raw: true}
	word, figures := "mean_squared_error", []string{"rmse", "mae", "r2"}
	switch k := p.outputs(); {
	case act == "softmax" || act == "" && k > 1:
		o.Task, word, figures = prep.Classification, "sparse_categorical_crossentropy", []string{"accuracy"}
	case act == "sigmoid" && k == 1:
		o.Task, word, figures = prep.Classification, "binary_crossentropy", []string{"accuracy"}
	case k != 1:
		return nil, fmt.Errorf("%s: %d outputs of %s; what they mean cannot be told without gorae's own member in the file", p.path, k, act)
	}
	r.Loss = word
	for _, f := range figures {
		r.Metrics = append(r.Metrics, Named{f, f})
	}
	var err error
	switch {
	case src.Table != nil:
		r.Target, err = prep.FitTarget(src.Table, target, nil, o)
	case src.Metadata != nil:
		if target == "" {
			target = src.Metadata.Columns[len(src.Metadata.Columns)-1].Name
		}
		if err := withoutClasses(src); err != nil {
			return nil, err
		}
		if r.Target, err = prep.FitTarget(src.Metadata, target, nil, o); err == nil && o.Task == prep.Classification && len(r.Target.Classes) != max(p.outputs(), 2) {
			return nil, fmt.Errorf("%s: %s of pictures, but %s tells %d apart", src.Name, plural(len(r.Target.Classes), "kind"), p.path, max(p.outputs(), 2))
		}
	default:
		if src.Arrays.Y == nil {
			return nil, fmt.Errorf("%s: samples without targets; name the file of the labels", src.Arrays.Name)
		}
		r.Target, err = prep.FitLabels(src.Arrays.Y, numbered(p.outputs(), o.Task), nil, o)
	}
	return r, err
}

// apart is a table without its target's column, and that column's name; "" is the
// last one.
func apart(t *data.Table, target string) (*data.Source, string, error) {
	if target == "" {
		target = "last"
	}
	at, err := t.Find(target)
	if err != nil {
		return nil, "", fmt.Errorf("target: %w", err)
	}
	rest := *t
	rest.Columns = append(append([]data.Column(nil), t.Columns[:at]...), t.Columns[at+1:]...)
	return &data.Source{Table: &rest}, t.Columns[at].Name, nil
}

// activation is the function that a layer ends with, "" if it has none.
func activation(l layer.Layer) string { return string(layer.TraitsOf(l).Activation) }

// numbered names k classes by their numbers.
func numbered(k int, t prep.Task) []string {
	if t != prep.Classification {
		return nil
	}
	var names []string
	for i := range max(k, 2) {
		names = append(names, fmt.Sprint(i))
	}
	return names
}
