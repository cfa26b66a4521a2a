package experiment

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gorae/data"
	"gorae/internal/yamltree"
	"gorae/loss"
	"gorae/model"
	"gorae/prep"
	"gorae/tensor"
	"gorae/train"
)

// Ready is an experiment with its data: read, split, preprocessed, and everything
// that the file left open decided.
type Ready struct {
	*Experiment
	Model *model.Model // built, with its first weights

	Learn, Validation, Test train.Data // those without samples are empty
	Rows                    [3]int     // to learn from, to validate, to test

	Recipe *Recipe
	// Varied is the learning rows as training sees them where pictures are augmented, new in
	// each epoch; else it is Learn.
	Varied train.Data

	pictures bool // samples are pictures of bytes
	apart    bool // there is a test set apart, in a file of its own or in that of the samples

	norms *train.GradientNorms // of a recurrent model in training

	Notes []string // what was decided without being asked, one line each
}

// samples is the data as the network is to see it, before the target's encoding is
// known.
type samples struct {
	x      data.Dataset
	shape  tensor.Shape // of one sample
	bytes  data.Dataset // x before it was scaled, where it is pictures of bytes
	labels func(*prep.Target) (*tensor.Tensor, error)
}

// Open reads the data, splits it, fits the preprocessing on the learning rows alone,
// builds the model, and decides what the file leaves open.
func (e *Experiment) Open() (*Ready, error) {
	copied := *e
	copied.tree = e.tree.Clone()
	r := &Ready{Experiment: &copied, Recipe: &Recipe{Version: recipeVersion, Name: e.Name}}
	src, err := r.source("data.source", e.Data.Source, e.Data.Labels)
	if err != nil {
		return nil, err
	}
	var all, apart samples
	var parts [3][]int
	files, err := r.files(src)
	if err != nil {
		return nil, err
	}
	r.apart = e.Data.Test != nil || src.Arrays != nil && src.Arrays.Test != nil
	if files != nil {
		all, parts, err = r.openPictures(src, files)
	} else if src.Table != nil {
		all, parts, err = r.openTable(src)
	} else {
		all, parts, err = r.openArrays(src.Arrays)
	}
	if err != nil {
		return nil, err
	}
	var test *data.Arrays
	if src.Arrays != nil {
		test = src.Arrays.Test
	}
	if r.apart {
		if apart, err = r.openApart(test); err != nil {
			return nil, err
		}
		if !apart.shape.Equal(all.shape) {
			return nil, r.mistake("data.test.source", "the test set has samples of shape %v, the learning data of %v; they must be alike", apart.shape, all.shape)
		}
	}
	if err := r.buildModel(all.shape); err != nil {
		return nil, err
	}
	if r.Train.Loss == nil {
		r.inferLoss()
	}
	y, err := r.encode(all)
	if err != nil {
		return nil, err
	}
	for i, to := range []*train.Data{&r.Learn, &r.Validation, &r.Test} {
		if r.Rows[i] = len(parts[i]); len(parts[i]) > 0 {
			to.Source = data.Subset{Dataset: joined{all.x, y}, Rows: parts[i]}
		}
	}
	if err := r.vary(all, y, parts[0]); err != nil {
		return nil, err
	}
	if r.apart {
		if y, err = r.encode(apart); err != nil {
			return nil, err
		}
		r.Test.Source, r.Rows[2] = joined{apart.x, y}, apart.x.Len()
	}
	r.inferTrain()
	if err := r.checkObjective(); err != nil {
		return nil, err
	}
	if err := r.checkMonitors(); err != nil {
		return nil, err
	}
	r.tree.Sort(sections...)
	return r, nil
}

// expand resolves a path of the experiment file: ${NAME} is the environment's, a
// relative path is relative to the file.
func (e *Experiment) expand(at, path string) (string, error) {
	if strings.HasPrefix(path, data.Embed) {
		return path, nil
	}
	missing := ""
	full := os.Expand(path, func(name string) string {
		v, ok := os.LookupEnv(name)
		if !ok && missing == "" {
			missing = name
		}
		return v
	})
	if missing != "" {
		return "", e.mistake(at, "the environment variable %s is not set; set it, or write the path out", missing)
	}
	if strings.HasPrefix(path, "$") || filepath.IsAbs(full) || full == "-" {
		return full, nil
	}
	return filepath.Join(e.dir, filepath.FromSlash(full)), nil
}

func (r *Ready) source(at, path, labels string) (*data.Source, error) {
	full, err := r.expand(at, path)
	if err != nil {
		return nil, err
	}
	if st, err := os.Stat(full); err == nil && st.IsDir() {
		return &data.Source{}, nil // a folder of pictures: see files
	} else if os.IsNotExist(err) && !strings.HasPrefix(full, data.Embed) {
		return nil, r.mistake(at, "%s: no such file; check the path, which is relative to the experiment file%s", full, neighbour(full))
	}
	o := data.Options{CSV: r.Data.csv(), Labels: labels}
	if labels != "" && !strings.HasSuffix(strings.ToLower(full), ".npz") {
		if o.Labels, err = r.expand(strings.Replace(at, "source", "labels", 1), labels); err != nil {
			return nil, err
		}
	}
	return data.OpenFile(full, o)
}

// openTable decides on the target, splits the rows, and fits the pipeline.
func (r *Ready) openTable(src *data.Source) (samples, [3][]int, error) {
	t := src.Table
	fail := func(err error) (samples, [3][]int, error) { return samples{}, [3][]int{}, err }
	r.Notes = append(r.Notes, t.Notes...)
	if r.Data.Target == "" {
		r.Data.Target = "last"
		if src.Sample != nil {
			r.Data.Target = src.Sample.Target
		} else if len(t.Columns) > 0 {
			r.Notes = append(r.Notes, fmt.Sprintf("%s: the target is taken to be the last column, %s; data.target names another", t.Name, t.Columns[len(t.Columns)-1].Name))
		}
	}
	col, err := t.Column(r.Data.Target)
	if err != nil {
		return fail(r.mistake("data.target", "%s", err))
	}
	// From here on the target goes by its name, but for tables without names.
	if !t.Unnamed() {
		r.Data.Target = col.Name
	}
	task := prep.Task(r.Data.Task)
	if task == "" {
		task = prep.InferTask(col)
	}
	codes, _ := col.Codes()
	parts, err := r.split(t.Rows, t, task, codes)
	if err != nil {
		return fail(err)
	}
	target, err := prep.FitTarget(t, r.Data.Target, parts[0], r.targetOptions(task))
	if err != nil {
		return fail(err)
	}
	specs := map[string]prep.Spec{}
	for name, s := range r.Data.Features {
		specs[name] = s
	}
	if r.Data.Array != "" { // one word for all columns of numbers
		for i, c := range t.Columns {
			if c.Kind == data.Number && c.Name != col.Name && !t.IsID(i) {
				specs[c.Name] = prep.Spec{Scale: r.Data.Array}
			}
		}
	}
	if g := r.Split.Group; g != "" {
		if _, named := specs[g]; !named {
			specs[g] = prep.Spec{Drop: true} // whose rows these are is not to be learnt
		}
	}
	p, err := prep.Fit(t, parts[0], r.Data.Target, specs)
	if err != nil {
		return fail(r.featureError(err))
	}
	r.Notes = append(r.Notes, p.Notes...)
	x, err := p.Apply(t)
	if err != nil {
		return fail(err)
	}
	if x.Shape[1] == 0 {
		return fail(r.mistake("data.features", "%s leaves no feature to learn from; drop fewer columns", t.Name))
	}
	r.Recipe.Table, r.Recipe.Target = p, target
	r.Recipe.CSV = r.Data.csv()
	r.setTarget(target)
	features := &yamltree.Node{Kind: yamltree.Map}
	for _, c := range p.Columns {
		features.Put(c.Name, specNode(c.Spec))
	}
	r.put("data", "features", features)
	m, err := data.Of(x, nil)
	if err != nil {
		return fail(err)
	}
	return samples{x: m, shape: x.Shape[1:].Clone(), labels: func(g *prep.Target) (*tensor.Tensor, error) { return g.Encode(t, col) }}, parts, nil
}

// featureError points at the column that a message begins with, if the file names it.
func (r *Ready) featureError(err error) error {
	names := slices.SortedFunc(maps.Keys(r.Data.Features), func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	for _, name := range names {
		path := "data.features." + strings.ReplaceAll(name, ".", `\.`)
		if r.tree.At(path) != nil && strings.Contains(": "+err.Error()+" ", ": "+name+":") {
			return r.misplaced(path, true, err.Error())
		}
	}
	for _, name := range names {
		path := "data.features." + strings.ReplaceAll(name, ".", `\.`)
		if r.tree.At(path) != nil && (strings.Contains(err.Error(), strconv.Quote(name)) || strings.Contains(err.Error(), ": "+name+" ")) {
			return r.misplaced(path, true, err.Error())
		}
	}
	return err
}

// openArrays does for tensors what openTable does for tables.
func (r *Ready) openArrays(a *data.Arrays) (samples, [3][]int, error) {
	fail := func(err error) (samples, [3][]int, error) { return samples{}, [3][]int{}, err }
	if a.X == nil {
		return fail(r.mistake("data.source", "%s", noSamples(a)))
	}
	if a.Y == nil {
		return fail(r.mistake("data.labels", "%s holds samples without targets; name the file of the labels", a.Name))
	}
	if r.Data.Features != nil {
		return fail(r.mistake("data.features", "%s holds arrays, which have no columns; give one word: zscore, minmax, rescale or none", a.Name))
	}
	if len(a.X.Shape) < 2 {
		return fail(r.mistake("data.source", "%s has shape %v; samples × features at least are needed", a.Name, a.X.Shape))
	}
	if err := a.CheckFinite(); err != nil {
		return fail(err)
	}
	if n := a.Y.Len(); n != a.Len() {
		return fail(r.mistake("data.labels", "%d labels for %d samples; each sample needs one", n, a.Len()))
	}
	whole, err := prep.FitLabels(a.Y, a.Classes, nil, r.targetOptions(prep.Task(r.Data.Task)))
	if err != nil {
		return fail(err)
	}
	codes := make([]int, a.Len())
	if whole.Task == prep.Classification {
		for i := range codes {
			codes[i] = int(a.Y.Float(i))
		}
	}
	parts, err := r.split(a.Len(), nil, whole.Task, codes)
	if err != nil {
		return fail(err)
	}
	target, err := prep.FitLabels(a.Y, a.Classes, parts[0], r.targetOptions(whole.Task))
	if err != nil {
		return fail(err)
	}
	affine, err := prep.FitArray(a.X, parts[0], r.Data.Array)
	if err != nil {
		return fail(r.mistake("data.features", "%s", err))
	}
	r.Recipe.Array, r.Recipe.Target = affine, target
	r.Recipe.Sample = a.X.Shape[1:].Clone()
	r.Recipe.Figures = a.X.DType() != tensor.Uint8
	r.setTarget(target)
	if r.Data.Array != "" {
		r.put("data", "features", r.Data.Array)
	}
	s := samples{x: newScaled(a.X, affine), shape: a.X.Shape[1:].Clone(), labels: func(g *prep.Target) (*tensor.Tensor, error) { return g.EncodeLabels(a.Y) }}
	if a.X.DType() == tensor.Uint8 && len(a.X.Shape) == 4 {
		if s.bytes, err = data.Of(a.X, nil); err != nil {
			return fail(err)
		}
	}
	return s, parts, nil
}

// noSamples says of an .npz file that none of its arrays is known for the samples.
func noSamples(a *data.Arrays) string {
	var names []string
	for _, x := range a.All {
		names = append(names, x.Name)
	}
	return fmt.Sprintf("%s: which of %s are the samples? save them under the name x", a.Name, strings.Join(names, ", "))
}

func (r *Ready) targetOptions(task prep.Task) prep.TargetOptions {
	return prep.TargetOptions{Task: task, Raw: r.scale() == "none"}
}

// scale is how the figures of a regression are learnt, inferred from the loss where the
// file does not say it.
func (r *Ready) scale() string {
	switch {
	case r.Data.Scale != "":
		return r.Data.Scale
	case rawByLoss(r.Train.Loss):
		return "none"
	}
	return "zscore"
}

// setTarget writes down what the target turned out to be.
func (r *Ready) setTarget(g *prep.Target) {
	if r.Recipe.Table != nil {
		r.put("data", "target", r.Data.Target)
	}
	r.put("data", "task", string(g.Task))
	if g.Task == prep.Regression && r.Data.Scale == "" {
		r.put("data", "target_scale", r.scale())
	}
}

// put sets a key of a section.
func (r *Ready) put(section, key string, value any) {
	n := r.tree.Get(section)
	if n == nil || n.Kind != yamltree.Map {
		n = &yamltree.Node{Kind: yamltree.Map}
		r.tree.Put(section, n)
	}
	n.Put(key, value)
}

// openApart reads the test set that stands in files of its own, and treats it
// as the learning data were treated.
func (r *Ready) openApart(inside *data.Arrays) (samples, error) {
	var src *data.Source
	if r.Data.Test == nil {
		src = &data.Source{Arrays: inside}
	} else {
		var err error
		if src, err = r.source("data.test.source", r.Data.Test.Source, r.Data.Test.Labels); err != nil {
			return samples{}, err
		}
		if src, err = r.apartPictures(src); err != nil {
			return samples{}, err
		}
	}
	x, err := r.Recipe.Features(src)
	if err != nil {
		return samples{}, err
	}
	m, err := data.Of(x, nil)
	if err != nil {
		return samples{}, err
	}
	return samples{x: m, shape: x.Shape[1:].Clone(), labels: func(*prep.Target) (*tensor.Tensor, error) { return r.Recipe.labels(src, "") }}, nil
}

// split parts the rows and writes down how.
func (r *Ready) split(n int, t *data.Table, task prep.Task, codes []int) (parts [3][]int, err error) {
	share := func(p *float64, key string, def float64) float64 {
		if p == nil {
			r.put("split", key, def)
			return def
		}
		return *p
	}
	test := 0.15
	if r.apart {
		test = 0
		if r.Split.Test != nil && *r.Split.Test > 0 {
			return parts, r.mistake("split.test", "%v, but there is a test set apart; leave one out", *r.Split.Test)
		}
	}
	validation := share(r.Split.Validation, "validation", 0.15)
	test = share(r.Split.Test, "test", test)
	if r.Split.By == "" {
		r.Split.By = "random"
	}
	node := yamltree.Of(r.Split.By)
	by, key := data.Random, []int(nil)
	switch r.Split.By {
	case "random", "stratified":
		if task == prep.Classification {
			by, key = data.Stratified, codes
		} else if r.Split.By == "stratified" {
			return parts, r.mistake("split.by", "stratified keeps classes in their shares, but the target is a figure; give random")
		}
	case "time":
		by = data.Time
		if r.Data.Time != "" {
			if key, _, err = r.codes(t, "data.time", r.Data.Time); err != nil {
				return parts, err
			}
		}
	case "group":
		by = data.Group
		if key, _, err = r.codes(t, "split.by", r.Split.Group); err != nil {
			return parts, err
		}
		node = yamltree.Pairs("group", r.Split.Group)
	}
	r.put("split", "by", node)
	if i := r.tree.Get("split").Find("group"); i >= 0 {
		s := r.tree.Get("split")
		s.Keys, s.Values = append(s.Keys[:i:i], s.Keys[i+1:]...), append(s.Values[:i:i], s.Values[i+1:]...)
	}
	r.tree.Put("seed", int(r.Seed))
	parts[0], parts[1], parts[2], err = data.Split(n, validation, test, by, key, r.Seed)
	if err != nil {
		return parts, r.misplaced("split", true, strings.TrimPrefix(err.Error(), "split: "))
	}
	return parts, nil
}

// codes numbers the values of a column that orders or groups the rows.
func (r *Ready) codes(t *data.Table, at, column string) ([]int, []string, error) {
	if t == nil {
		return nil, nil, r.mistake(at, "arrays have no columns; %q cannot be found", column)
	}
	c, err := t.Column(column)
	if err != nil {
		return nil, nil, r.mistake(at, "%s", err)
	}
	codes, levels := c.Codes()
	return codes, levels, nil
}

// encode makes the targets what the loss compares outputs with.
func (r *Ready) encode(s samples) (*tensor.Tensor, error) {
	y, err := s.labels(r.Recipe.Target)
	if err != nil {
		return nil, err
	}
	return r.Recipe.shapeTarget(y, r.outputs(), r.Train.Loss), nil
}

// outputs is the number of values that the model gives for a sample.
func (r *Ready) outputs() int {
	s := r.Model.OutputTypes(1)[0].Shape
	return s[len(s)-1]
}

// lossClass is Keras's class name of a loss.
func lossClass(l loss.Loss) string {
	c, _ := loss.Losses.Class(l)
	return c
}
