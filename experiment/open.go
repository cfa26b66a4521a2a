package experiment

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gorae/data"
	"gorae/internal/yamltree"
	"gorae/loss"
	"gorae/model"
	"gorae/prep"
	"gorae/prep/text"
	"gorae/train"
)

// Ready is an experiment with its data: read, split, preprocessed, and everything
// that the file left open decided.
type Ready struct {
	*Experiment
	Model *model.Model // built, with its first weights

	Learn, Validation, Test train.Data // those without samples are empty
	Rows                    [3]int     // to learn from, to validate, to test
	Noun                    string     // what these are called: rows, windows, …

	Recipe *Recipe
	// Varied is the learning rows as training sees them where pictures are augmented, new in
	// each epoch; else it is Learn.
	Varied train.Data

	form     form
	vectors  *text.Vectors // that an Embedding begins with; nil without
	pictures bool          // samples are pictures of bytes
	apart    bool          // there is a test set apart, in a file of its own or in that of the samples

	norms *train.GradientNorms // of a recurrent model in training

	Notes []string // what was decided without being asked, one line each
}

// Open reads the data, splits it, fits the preprocessing on the learning rows alone,
// builds the model, and decides what the file leaves open.
func (e *Experiment) Open() (*Ready, error) {
	copied := *e
	copied.tree = e.tree.Clone()
	r := &Ready{Experiment: &copied, Recipe: &Recipe{Version: recipeVersion, Name: e.Name}, apart: e.Data.Test != nil}
	var err error
	if r.form, err = r.find(); err != nil {
		return nil, err
	}
	all, err := r.form.open(r)
	if err != nil {
		return nil, err
	}
	r.pictures, r.Noun = all.bytes != nil, cmp.Or(all.noun, "rows")
	if t := all.apart; t != nil && !t.shape.Equal(all.shape) {
		return nil, r.mistake("data.test.source", "the test set has samples of shape %v, the learning data of %v; they must be alike", t.shape, all.shape)
	}
	if err := r.buildModel(all); err != nil {
		return nil, err
	}
	if all.vocabulary == nil {
		if err := checkIDs(r.Model, all.x, filepath.Base(r.Data.Source)); err != nil {
			return nil, r.mistake("data.source", "%s", err)
		}
	}
	if r.Train.Loss == nil {
		word := r.form.loss(r)
		r.Train.Loss, _ = loss.New(word)
		r.put("train", "loss", word)
	}
	whole, err := r.targeted(all, all.x)
	if err != nil {
		return nil, err
	}
	for i, to := range []*train.Data{&r.Learn, &r.Validation, &r.Test} {
		if r.Rows[i] = len(all.parts[i]); len(all.parts[i]) > 0 {
			to.Source = data.Subset{Dataset: whole, Rows: all.parts[i]}
		}
	}
	if err := r.vary(all); err != nil {
		return nil, err
	}
	if all.apart != nil {
		if whole, err = r.targeted(*all.apart, all.apart.x); err != nil {
			return nil, err
		}
		r.Test.Source, r.Rows[2] = whole, whole.Len()
	}
	r.inferTrain()
	if err := r.inferBucket(all); err != nil {
		return nil, err
	}
	if err := r.form.agrees(r); err != nil {
		return nil, err
	}
	if err := r.checkMonitors(); err != nil {
		return nil, err
	}
	r.tree.Sort(sections...)
	return r, nil
}

// targeted is inputs beside the samples' targets, in the shape that the loss wants.
func (r *Ready) targeted(s samples, x data.Dataset) (data.Dataset, error) {
	if s.labels == nil {
		return x, nil
	}
	y, err := s.labels()
	if err != nil {
		return nil, err
	}
	return join(x, r.Recipe.shapeTarget(y, r.outputs(), r.Train.Loss)), nil
}

// About says in a few words what is foretold.
func (r *Ready) About() string { return r.form.about(r) }

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

// shares are those of the validation and the test samples, written down where they are inferred.
func (r *Ready) shares() (validation, test float64, err error) {
	share := func(p *float64, key string, def float64) float64 {
		if p == nil {
			r.put("split", key, def)
			return def
		}
		return *p
	}
	test = 0.15
	if r.Split.Folds > 0 {
		if r.apart {
			return 0, 0, r.mistake("split.folds", "%d, but there is a test set apart; leave one out", r.Split.Folds)
		}
		return share(r.Split.Validation, "validation", 0.15), 0, nil
	}
	if r.apart {
		test = 0
		if r.Split.Test != nil && *r.Split.Test > 0 {
			return 0, 0, r.mistake("split.test", "%v, but there is a test set apart; leave one out", *r.Split.Test)
		}
	}
	return share(r.Split.Validation, "validation", 0.15), share(r.Split.Test, "test", test), nil
}

// split parts the rows and writes down how.
func (r *Ready) split(n int, t *data.Table, task prep.Task, codes []int) (parts [3][]int, err error) {
	validation, test, err := r.shares()
	if err != nil {
		return parts, err
	}
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
		switch len(r.Data.Time) {
		case 0:
		case 1:
			if key, _, err = r.codes(t, "data.time", r.Data.Time[0]); err != nil {
				return parts, err
			}
		default:
			return parts, r.mistake("data.time", "%d columns; rows that are no series are ordered by one", len(r.Data.Time))
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
	if r.Split.Folds > 0 {
		parts, err = r.folds(n, validation, by, key)
	} else {
		parts[0], parts[1], parts[2], err = data.Split(n, validation, test, by, key, r.Seed)
	}
	if err != nil {
		return parts, r.misplaced("split", true, strings.TrimPrefix(err.Error(), "split: "))
	}
	return parts, nil
}

// folds makes one fold the test part, and parts the others; validation is a share of all rows.
func (r *Ready) folds(n int, validation float64, by data.By, key []int) (parts [3][]int, err error) {
	if r.Split.Fold == 0 {
		r.Split.Fold = 1
		r.put("split", "fold", 1)
	}
	folds, err := data.Folds(n, r.Split.Folds, by, key, r.Seed)
	if err != nil {
		return parts, err
	}
	var rest, of []int
	for f, rows := range folds {
		if f == r.Split.Fold-1 {
			parts[2] = rows
		} else {
			rest = append(rest, rows...)
		}
	}
	slices.Sort(rest)
	for _, i := range rest {
		if key != nil {
			of = append(of, key[i])
		}
	}
	learn, val, _, err := data.Split(len(rest), min(validation*float64(n)/float64(len(rest)), 0.9), 0, by, of, r.Seed)
	for _, i := range learn {
		parts[0] = append(parts[0], rest[i])
	}
	for _, i := range val {
		parts[1] = append(parts[1], rest[i])
	}
	return parts, err
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
