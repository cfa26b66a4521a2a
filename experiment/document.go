package experiment

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gorae/config"
	"gorae/data"
	"gorae/data/augment"
	"gorae/internal/yamltree"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/optim"
	"gorae/prep"
	"gorae/train"
)

// Experiment is an experiment file, read and checked as far as that can be done
// without the data. A section that the file leaves out is nil or zero here; Open
// fills it in.
type Experiment struct {
	Name  string // of the file, without its extension: run directories are called so
	Data  Data
	Split Split
	Model *Network // nil: left to be inferred
	Train Train
	Seed  uint64

	file string // for messages
	dir  string // that relative sources stand in
	tree *yamltree.Node
}

// Data says where the samples are and what each column is.
type Data struct {
	// Source is a file or embed:NAME. A relative path is relative to the experiment
	// file; ${NAME} stands for the environment variable NAME, and a path that
	// begins with one is relative to the current directory.
	Source string `keras:"source"`
	Labels string `keras:"labels"` // the labels' file (IDX, npy), or their array in an .npz
	Target string `keras:"target"` // a column's name, 1-based number, or last
	// Task is inferred from the target where it is left out.
	Task string `keras:"task,oneof=classification|regression"`
	// Scale says how the figures of a regression are learnt: standardised with zscore,
	// which is inferred, or as they are with none.
	Scale string `keras:"target_scale,oneof=zscore|none"`
	data.Layout
	Rows int `keras:"rows,min=1,what=number of rows"` // the first rows of the file (lines of a text) alone
	// Time is the column that orders rows, for split by time; for a series also the columns of date and time of
	// day.
	Time []string `keras:"time"`
	// Text is a language model's windows; nil for other data.
	Text *Language
	// Vectors is a file of word vectors (word2vec, GloVe) that the Embedding of a text begins with.
	Vectors string `keras:"vectors"`

	Features map[string]prep.Spec // by column
	// Array is one word for arrays, or for all columns of numbers that a table has:
	// zscore, minmax, rescale or none. "" is inferred.
	Array string
	// Paths is the column of a table that holds the paths of pictures; it is inferred where
	// all values of one end as pictures do.
	Paths    string              `keras:"paths"`
	Image    Image               // how pictures in files become samples
	Augment  []augment.Transform // of learning rows
	Test     *Apart              // a test set apart
	Sequence *Sequences          // samples are sequences of their own; nil: they are not, or nothing is said of them
	Series   *Series             // rows are steps of a series; nil: they are samples of their own
}

// Apart is a test set in files of its own.
type Apart struct {
	Source string `keras:"source"`
	Labels string `keras:"labels"`
	Rows   int    `keras:"rows,min=1,what=number of rows"`
}

// Train says how the network learns. A nil field is inferred.
type Train struct {
	Loss      loss.Loss
	Optimizer optim.Optimizer
	Metrics   []Metric
	BatchSize int    `keras:"batch_size,min=1,what=number of samples"`
	Epochs    int    `keras:"epochs,min=1,what=number of epochs"`
	Monitor   string `keras:"monitor"` // the figure that the best epoch goes by; val_loss is inferred
	Shuffle   *bool  `keras:"shuffle"`
	// Truncate cuts sequences into chunks of so many steps, through which gradients flow (truncated
	// backpropagation through time); 0: they flow through all. Recompute keeps little of a recurrent layer's steps
	// and computes them again.
	Truncate  int  `keras:"truncate,min=1,what=number of steps"`
	Recompute bool `keras:"recompute"`
	// Bucket puts samples of like lengths into one batch; inferred where the network's results do not
	// depend on padding.
	Bucket    *bool `keras:"bucket"`
	Callbacks []train.Callback
}

// Metric is a metric under the name that the experiment gives it.
type Metric struct {
	Name string
	metric.Metric
}

// mistake makes an error of this package's place from a mistake found at a path.
func (e *Experiment) mistake(path string, format string, args ...any) error {
	return e.misplaced(path, false, fmt.Sprintf(format, args...))
}

// mistakeAt is a mistake at a path, or at a key below it that the error knows, if the file names it.
func (e *Experiment) mistakeAt(path string, err error) error {
	var c *config.Error
	if !errors.As(err, &c) {
		return e.mistake(path, "%s", err)
	}
	if at := config.Join(path, c.Path); e.tree.At(at) != nil {
		return e.mistake(at, "%s", c.Text())
	}
	return e.mistake(path, "%s", c)
}

func (e *Experiment) misplaced(path string, key bool, msg string) error {
	return &yamltree.Error{File: e.file, Place: e.tree.Locate(path, key), Path: path, Msg: msg}
}

// wrap gives an error of the codec its place in the file.
func (e *Experiment) wrap(path string, err error) error {
	var c *config.Error
	if !errors.As(config.Under(path, err), &c) {
		return e.misplaced(path, false, err.Error())
	}
	return e.misplaced(c.Path, c.Key, c.Text())
}

// Read reads the experiment file at a path and then carries out the assignments
// (path=value) in their order.
func Read(path string, set ...string) (*Experiment, error) {
	if err := notExperiment(path); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, openError(path, err)
	}
	name := filepath.Base(path)
	name = strings.TrimSuffix(name, filepath.Ext(name))
	return Parse(path, name, text, set...)
}

// Parse reads an experiment from text. File is its path, for messages and for relative
// sources; it may be "".
func Parse(file, name string, text []byte, set ...string) (*Experiment, error) {
	tree, err := yamltree.Parse(file, text)
	if err != nil {
		return nil, err
	}
	if tree.Kind != yamltree.Map {
		return nil, &yamltree.Error{File: file, Place: tree.Place, Msg: "an experiment is a map with the keys data, split, model, train, seed"}
	}
	for _, s := range set {
		if err := yamltree.Set(tree, s); err != nil {
			return nil, err
		}
	}
	e := &Experiment{Name: name, file: file, tree: tree}
	if file != "" {
		e.dir = filepath.Dir(file)
	}
	return e, e.decode()
}

var sections = []string{"data", "split", "model", "train", "seed"}

func (e *Experiment) decode() error {
	for _, k := range e.tree.Keys {
		if !slices.Contains(sections, k.Name) {
			return e.misplaced(k.Name, true, "unknown key"+config.DidYouMean(k.Name, sections))
		}
	}
	e.Seed = 1
	if n := e.tree.Get("seed"); n != nil {
		v, ok := config.Number(n.Value)
		if !ok || v < 0 || v != float64(uint64(v)) || v > 1<<53 {
			return e.mistake("seed", "%s is no seed; give a whole number from 0 to %d", n.Flow(), uint64(1)<<53)
		}
		e.Seed = uint64(v)
	}
	for _, step := range []func() error{e.decodeData, e.decodeSplit, e.decodeModel, e.decodeTrain} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// section is the map under a key, without the keys that the codec does not know;
// nil if the key is absent.
func (e *Experiment) section(path string, without ...string) (map[string]any, error) {
	n := e.tree
	for _, s := range yamltree.Steps(path) {
		n = n.Get(s)
	}
	if n == nil || n.Kind == yamltree.Scalar && n.Value == nil {
		return nil, nil
	}
	if n.Kind != yamltree.Map {
		return nil, e.mistake(path, "%s is not a map of keys", brief(n))
	}
	m := n.Plain().(map[string]any)
	for _, k := range without {
		delete(m, k)
	}
	return m, nil
}

func brief(n *yamltree.Node) string {
	s := n.Flow()
	if len(s) > 40 {
		s = strings.ToValidUTF8(s[:37], "") + "..."
	}
	return s
}

func (e *Experiment) decodeData() error {
	also := []string{"features", "test"}
	for _, k := range kinds {
		also = append(also, k.keys...)
	}
	m, err := e.section("data", also...)
	if err != nil {
		return err
	}
	// A column may be given by its number.
	column := func(v any) any {
		if n, ok := config.Number(v); ok {
			return strconv.FormatFloat(n, 'f', -1, 64)
		}
		return v
	}
	for _, k := range []string{"target", "time"} {
		if list, ok := m[k].([]any); ok {
			for i := range list {
				list[i] = column(list[i])
			}
		} else if m[k] != nil {
			m[k] = column(m[k])
		}
	}
	if err := e.unknown("data", m, &e.Data, also...); err != nil {
		return err
	}
	if e.Data.Source == "" {
		return e.mistake("data.source", "is missing; name a data file, or a sample such as embed:iris")
	}
	if key, err := e.Data.Check(); err != nil {
		return e.mistake("data."+key, "%s", err)
	}
	if err := e.decodeFeatures(e.tree.Get("data").Get("features")); err != nil {
		return err
	}
	for _, k := range kinds {
		if k.decode == nil {
			continue
		}
		if err := k.decode(e); err != nil {
			return err
		}
	}
	if m, err = e.section("data.test"); m == nil || err != nil {
		return err
	}
	e.Data.Test = &Apart{}
	if err := e.unknown("data.test", m, e.Data.Test); err != nil {
		return err
	}
	if e.Data.Test.Source == "" {
		return e.mistake("data.test.source", "is missing; name the test set's file")
	}
	return nil
}

// unknown decodes a section; a misspelt key may also be one of those decoded
// elsewhere.
func (e *Experiment) unknown(path string, m map[string]any, to any, also ...string) error {
	keys := config.Keys(to)
	keys = append(keys, also...)
	for _, k := range e.tree.At(path).Names() {
		if !slices.Contains(keys, k) {
			return e.misplaced(path+"."+k, true, "unknown key"+config.DidYouMean(k, keys))
		}
	}
	if m == nil {
		return nil
	}
	if err := config.Decode(to, m); err != nil {
		return e.wrap(path, err)
	}
	return nil
}

func (e *Experiment) decodeFeatures(n *yamltree.Node) error {
	switch {
	case n == nil || n.Kind == yamltree.Scalar && n.Value == nil:
		return nil
	case n.Kind == yamltree.Map:
		e.Data.Features = map[string]prep.Spec{}
		for i, k := range n.Keys {
			s, err := prep.ParseSpec(n.Values[i].Plain())
			if err != nil {
				return e.mistakeAt("data.features."+strings.ReplaceAll(k.Name, ".", `\.`), err)
			}
			e.Data.Features[k.Name] = s
		}
		return nil
	}
	words := []string{"zscore", "minmax", "rescale", "none"}
	w, ok := n.Value.(string)
	if !ok || !slices.Contains(words, w) {
		return e.mistake("data.features", "%s is no scale; give one of %s for all numbers, or a map of columns", brief(n), strings.Join(words, ", "))
	}
	e.Data.Array = w
	return nil
}

func (e *Experiment) decodeTrain() error {
	own := []string{"loss", "optimizer", "metrics", "callbacks"}
	m, err := e.section("train", own...)
	if err != nil {
		return err
	}
	if err := e.unknown("train", m, &e.Train, own...); err != nil {
		return err
	}
	t := e.tree.Get("train")
	if n := given(t, "loss"); n != nil {
		if e.Train.Loss, err = loss.Losses.Decode(n.Plain()); err != nil {
			return e.wrap("train.loss", err)
		}
	}
	if n := given(t, "optimizer"); n != nil {
		if e.Train.Optimizer, err = optim.Optimizers.Decode(n.Plain()); err != nil {
			return e.wrap("train.optimizer", err)
		}
	}
	if e.Train.Metrics, err = e.metrics(given(t, "metrics")); err != nil {
		return err
	}
	e.Train.Callbacks, err = e.callbacks(given(t, "callbacks"))
	return err
}

// given is the value of a key that is there and not null.
func given(n *yamltree.Node, key string) *yamltree.Node {
	v := n.Get(key)
	if v == nil || v.Kind == yamltree.Scalar && v.Value == nil {
		return nil
	}
	return v
}

// list is a list's elements; a lone value counts as a list of one.
func list(n *yamltree.Node) []*yamltree.Node {
	if n.Kind == yamltree.List {
		return n.Values
	}
	return []*yamltree.Node{n}
}

// metrics decodes the metrics; nil stays nil, an empty list becomes one that is not.
func (e *Experiment) metrics(n *yamltree.Node) ([]Metric, error) {
	if n == nil {
		return nil, nil
	}
	out := []Metric{}
	for i, v := range list(n) {
		path := elementPath("train.metrics", n, i)
		m, err := decodeMetric(v.Plain())
		if err != nil {
			return nil, e.wrap(path, err)
		}
		name := nameOf(v)
		if slices.ContainsFunc(out, func(m Metric) bool { return m.Name == name }) || name == "loss" {
			return nil, e.mistake(path, "%s stands twice; leave one out", name)
		}
		out = append(out, Metric{name, m})
	}
	return out, nil
}

func elementPath(path string, n *yamltree.Node, i int) string {
	if n.Kind != yamltree.List {
		return path
	}
	return path + "[" + strconv.Itoa(i) + "]"
}

// nameOf is the word under which a thing is written: accuracy, {top_k: {k: 3}}.
func nameOf(n *yamltree.Node) string {
	if n.Kind == yamltree.Map && len(n.Keys) > 0 {
		return n.Keys[0].Name
	}
	return fmt.Sprint(n.Value)
}

// Layers lists the layers that an experiment file can name.
func Layers() []string { return layer.Layers.Names() }
