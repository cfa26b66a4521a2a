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
	"gorae/internal/config"
	"gorae/internal/file"
	"gorae/layer"
	"gorae/model"
	"gorae/prep"
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
	}
	return p, nil
}

// Read opens samples for this model: a path, embed:NAME, or "-" for stdin. A table is
// read as the learning table was: its lines skipped, its columns named, its missing
// marks. labels is the file of the targets, "" if they are in the same one.
func (p *Product) Read(path string, stdin io.Reader, labels string) (*data.Source, error) {
	if src, err := p.readPictures(path); src != nil || err != nil {
		return src, err
	}
	if p.Recipe == nil || p.Recipe.Table == nil {
		return read(path, stdin, data.Options{Labels: labels})
	}
	return read(path, stdin, data.Options{CSV: p.Recipe.CSV, Labels: labels})
}

func read(path string, stdin io.Reader, o data.Options) (*data.Source, error) {
	if path == "-" {
		return data.Read(stdin, "standard input", o)
	}
	if st, err := os.Stat(path); err == nil && st.IsDir() {
		return nil, fmt.Errorf("%s: a directory; name a data file in it", path)
	} else if errors.Is(err, fs.ErrNotExist) && !strings.HasPrefix(path, data.Embed) {
		return nil, openError(path, err)
	}
	return data.OpenFile(path, o)
}

// Inputs makes the network's inputs of raw samples: by the recipe where there is one,
// else the numbers as they are, reshaped where only the grouping of axes differs. A
// network of several inputs takes an .npz that names them.
func (p *Product) Inputs(src *data.Source) ([]*tensor.Tensor, error) {
	names := p.Model.InputNames()
	types := p.Model.InputTypes(1)
	if len(names) > 1 {
		if src.Arrays == nil || src.Arrays.All == nil {
			return nil, fmt.Errorf("%s takes the inputs %s; give an .npz file that names them", p.path, strings.Join(names, ", "))
		}
		var xs []*tensor.Tensor
		for _, n := range names {
			var x *tensor.Tensor
			for _, a := range src.Arrays.All {
				if a.Name == n {
					x = a.Tensor
				}
			}
			if x == nil {
				return nil, fmt.Errorf("%s: no array %q; the model takes %s", src.Arrays.Name, n, strings.Join(names, ", "))
			}
			xs = append(xs, x)
		}
		return xs, nil
	}
	x, err := p.features(src)
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
	return []*tensor.Tensor{x}, checkFinite(src, x)
}

func (p *Product) features(src *data.Source) (*tensor.Tensor, error) {
	if p.Recipe != nil {
		return p.Recipe.Features(src)
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

func checkFinite(src *data.Source, x *tensor.Tensor) error {
	if src.Arrays != nil {
		a := data.Arrays{Name: src.Arrays.Name, X: x}
		return a.CheckFinite()
	}
	return nil
}

func sourceName(src *data.Source) string {
	if src.Table != nil {
		return src.Table.Name
	}
	return src.Arrays.Name
}

// Predict is the network's outputs for raw samples.
func (p *Product) Predict(ctx context.Context, src *data.Source) ([]*tensor.Tensor, error) {
	xs, err := p.Inputs(src)
	if err != nil {
		return nil, err
	}
	if xs[0].Shape[0] == 0 {
		return nil, fmt.Errorf("%s: no samples in it", sourceName(src))
	}
	return p.Model.Predict(ctx, xs...)
}

// Evaluate is the loss and the metrics of the model on samples with targets. target
// names another column than that of the learning data; "" is the same.
func (p *Product) Evaluate(ctx context.Context, src *data.Source, target string) (train.Figures, error) {
	features := src
	if p.Recipe == nil && src.Table != nil {
		var err error
		if features, target, err = apart(src.Table, target); err != nil {
			return nil, err
		}
	}
	xs, err := p.Inputs(features)
	if err != nil {
		return nil, err
	}
	if len(xs) > 1 || len(p.Model.OutputNames()) > 1 {
		return nil, fmt.Errorf("%s: evaluate takes models of one input and one output", p.path)
	}
	r := p.Recipe
	if r == nil {
		if r, err = p.guess(src, target); err != nil {
			return nil, err
		}
	}
	y, err := r.labels(src, target)
	if err != nil {
		return nil, err
	}
	l, ms, err := r.objective()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.path, err)
	}
	return train.Evaluate(ctx, p.Model, train.Pairs(xs[0], r.shapeTarget(y, p.outputs(), l)), l, ms, judgeBatch)
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
	if src.Table != nil {
		r.Target, err = prep.FitTarget(src.Table, target, nil, o)
	} else {
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
func activation(l layer.Layer) string {
	if c := layer.TypeName(l); c == "Softmax" {
		return "softmax"
	}
	s, _ := config.Encode(l).Get("activation").(string)
	return s
}

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
