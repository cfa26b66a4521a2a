package experiment

import (
	"cmp"
	"os"
	"path/filepath"
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
	return r.Recipe.beside(x, y, r.outputs(), r.Train.Loss)
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
