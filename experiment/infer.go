package experiment

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorae/config"
	"gorae/internal/yamltree"
	"gorae/metric"
	"gorae/optim"
	"gorae/prep"
	"gorae/tensor"
	"gorae/train"
)

// Where an experiment does not say them: how long to train, and how many epochs
// without progress to wait for.
const (
	defaultEpochs   = 100
	defaultBatch    = 32
	defaultPatience = 10
)

// smallest is the side from which a picture is worth two poolings.
const smallest = 12

// isPicture reports whether samples have the shape of a grey or colour picture of some size.
func isPicture(s tensor.Shape) bool {
	return len(s) == 3 && min(s[0], s[1]) >= smallest && (s[2] == 1 || s[2] == 3)
}

// buildModel makes the model and checks that its output fits the target.
func (r *Ready) buildModel(s samples) error {
	if err := r.readVectors(s); err != nil {
		return err
	}
	if r.Experiment.Model == nil {
		r.tree.Put("model", r.form.network(r, s))
	}
	if err := r.setVocabulary(s); err != nil {
		return err
	}
	if err := r.decodeModel(); err != nil {
		return err
	}
	net := r.Experiment.Model
	if err := r.checkEmbeddings(s); err != nil {
		return err
	}
	m, err := net.Build(s.shape, s.dtype, r.Seed)
	var wrong *LayerError
	if errors.As(err, &wrong) {
		return r.misplaced(r.layerKey(wrong.Path), true, wrong.Err.Error())
	} else if err != nil {
		return r.misplaced("model", true, err.Error())
	}
	m.Name = modelName(r.Name)
	r.Model = m
	if err := r.setVectors(); err != nil {
		return err
	}
	out := m.OutputTypes(1)[0].Shape
	last := r.layerKey(net.Steps[len(net.Steps)-1].path)
	if r.tree.At(last).Get("units") != nil {
		last += ".units"
	}
	return r.form.fits(r, out, last)
}

// layerKey is the path of a layer with the word that it is written by: model[1].dense.
func (r *Ready) layerKey(path string) string {
	if n := r.tree.At(path); n != nil && n.Kind == yamltree.Map {
		for _, k := range n.Names() {
			if k != "name" && k != "inputs" {
				return path + "." + k
			}
		}
	}
	return path
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// modelName is a name that Keras takes for a model: letters, digits and _.
func modelName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, s)
	if s == "" {
		return "model"
	}
	return s
}

// inferTrain decides what the train section leaves open.
func (r *Ready) inferTrain() {
	t := &r.Train
	if t.Optimizer == nil {
		t.Optimizer = optim.Adam{}
		rate, _ := optim.LearningRate(t.Optimizer)
		r.put("train", "optimizer", yamltree.Pairs("adam", yamltree.Pairs("learning_rate", rate)))
	}
	if t.Metrics == nil {
		words := r.form.metrics(r)
		r.put("train", "metrics", words)
		for _, w := range words {
			m, err := metric.New(w)
			if err != nil {
				panic(err) // a word of this function's
			}
			t.Metrics = append(t.Metrics, Metric{w, m})
		}
	}
	if t.BatchSize == 0 {
		t.BatchSize = defaultBatch
		r.put("train", "batch_size", t.BatchSize)
	}
	if t.Epochs == 0 {
		t.Epochs = defaultEpochs
		r.put("train", "epochs", t.Epochs)
	}
	if t.Callbacks == nil {
		n := &yamltree.Node{Kind: yamltree.List}
		if r.Rows[1] > 0 {
			monitor := t.Monitor
			if monitor == "" {
				monitor = "val_loss"
			}
			n.Values = append(n.Values, yamltree.Pairs("early_stopping",
				yamltree.Pairs("monitor", monitor, "patience", defaultPatience, "restore_best_weights", true)))
		}
		r.put("train", "callbacks", n)
		t.Callbacks = []train.Callback{}
		for _, v := range n.Values {
			c, err := train.Callbacks.Decode(v.Plain())
			if err != nil {
				panic(err) // words of this function's
			}
			t.Callbacks = append(t.Callbacks, c)
		}
	}
	r.Recipe.Loss = r.tree.At("train.loss").Plain()
	for i, v := range list(r.tree.At("train.metrics")) {
		r.Recipe.Metrics = append(r.Recipe.Metrics, Named{t.Metrics[i].Name, v.Plain()})
	}
}

// figures names the figures of an epoch in the order of history.csv.
func (r *Ready) figures() []string {
	names := []string{"loss"}
	for _, m := range r.Train.Metrics {
		names = append(names, m.Name)
	}
	if r.Rows[1] > 0 {
		for _, n := range names[:len(names):len(names)] {
			names = append(names, "val_"+n)
		}
	}
	return names
}

// checkMonitors finds a monitor that names no figure before hours are spent.
func (r *Ready) checkMonitors() error {
	names := r.figures()
	check := func(path, name string) error {
		if name == "" || slices.Contains(names, name) {
			return nil
		}
		if strings.HasPrefix(name, "val_") && r.Rows[1] == 0 {
			return r.mistake(path, "%s, but there are no validation rows; raise split.validation, or monitor %s", name, strings.TrimPrefix(name, "val_"))
		}
		return r.mistake(path, "no figure %q%s", name, config.DidYouMean(name, names))
	}
	if err := check("train.monitor", r.Train.Monitor); err != nil {
		return err
	}
	n := r.tree.At("train.callbacks")
	for i, v := range list(n) {
		if i >= len(r.Train.Callbacks) {
			break
		}
		monitor, ok := config.Encode(r.Train.Callbacks[i]).Get("monitor").(string)
		path := elementPath("train.callbacks", n, i) + "." + nameOf(v) + ".monitor"
		if ok {
			if err := check(path, monitor); err != nil {
				return err
			}
		}
	}
	return nil
}

// callbacks decodes the callbacks; nil stays nil.
func (e *Experiment) callbacks(n *yamltree.Node) ([]train.Callback, error) {
	if n == nil {
		return nil, nil
	}
	out := []train.Callback{}
	if n.Kind == yamltree.List && len(n.Values) == 0 {
		return out, nil
	}
	for i, v := range list(n) {
		c, err := train.Callbacks.Decode(v.Plain())
		if err != nil {
			return nil, e.wrap(elementPath("train.callbacks", n, i), err)
		}
		out = append(out, c)
	}
	return out, nil
}

// specNode is a column's transform as an experiment file writes it.
func specNode(s prep.Spec) *yamltree.Node {
	switch {
	case s.Drop:
		return yamltree.Of("drop")
	case s.Encode != "" && !s.Missing && !s.Indicator:
		return yamltree.Of(s.Encode)
	case s.Scale != "" && !s.Log1p && s.Impute == "" && !s.Indicator:
		return yamltree.Of(s.Scale)
	case s.Text != nil:
		return yamltree.Pairs("text", textNode(*s.Text))
	}
	n := &yamltree.Node{Kind: yamltree.Map}
	if s.Encode != "" {
		n.Put("encode", s.Encode)
	}
	if s.Missing {
		n.Put("missing", true)
	}
	switch {
	case s.Impute == "constant":
		n.Put("impute", s.Fill)
	case s.Impute != "":
		n.Put("impute", s.Impute)
	}
	if s.Log1p {
		n.Put("log1p", true)
	}
	if s.Scale != "" {
		n.Put("scale", s.Scale)
	}
	if s.Indicator {
		n.Put("indicator", true)
	}
	return n
}

// Named is a metric as a model file keeps it: its name and how it is written.
type Named struct {
	Name    string `json:"name"`
	Written any    `json:"written"`
}
