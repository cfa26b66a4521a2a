package spec

import (
	"slices"

	"gorae/config"
	"gorae/loss"
	"gorae/metric"
	"gorae/optim"
	"gorae/train"
)

// Train says how the network is trained. A nil field is inferred.
type Train struct {
	Loss Losses `keras:"loss"`
	// LossWeights are the factors of the losses of several outputs in their sum, by output; 1 where one is left out.
	LossWeights map[string]float64 `keras:"loss_weights,min=0,what=weight"`
	// ClassWeight is how much samples of a class count in the loss.
	ClassWeight *ClassWeight `keras:"class_weight"`
	// Calibration makes probabilities those of the validation samples after the training: temperature divides the
	// logits by the number of the least log loss.
	Calibration string `keras:"calibration,oneof=temperature"`
	// Threshold is the probability above which a sample is taken for the second of two classes; 0.5 if it is left out.
	// Costs are what it costs to take a class for another, in its place.
	Threshold *Threshold      `keras:"threshold"`
	Costs     Costs           `keras:"costs"`
	Optimizer optim.Optimizer `keras:"optimizer"`
	Metrics   Metrics         `keras:"metrics"`
	BatchSize int             `keras:"batch_size,min=1,what=number of samples"`
	Epochs    int             `keras:"epochs,min=1,what=number of epochs"`
	Monitor   string          `keras:"monitor"` // the metric that the best epoch goes by; val_loss is inferred
	Shuffle   *bool           `keras:"shuffle"`
	// Truncate cuts sequences into chunks of so many steps, through which gradients flow (truncated
	// backpropagation through time); 0: they flow through all. Recompute keeps little of the forward pass for the
	// gradients, which compute it again: less memory, more time, the same bits.
	Truncate  int  `keras:"truncate,min=1,what=number of steps"`
	Recompute bool `keras:"recompute"`
	// Bucket puts samples of like lengths into one batch; inferred where the network's results do not
	// depend on padding.
	Bucket    *bool            `keras:"bucket"`
	Callbacks []train.Callback `keras:"callbacks"`
	// CheckpointSeconds is the least number of seconds between two writings of the checkpoint that --resume continues
	// from; left out: 1, or fifty times what a writing takes where that is more.
	CheckpointSeconds float64 `keras:"checkpoint_seconds,min=0,what=number of seconds"`
	// Ensemble trains several networks at once and predicts their mean.
	Ensemble *Ensemble `keras:"ensemble"`
	// Refit trains anew on all samples once the network has been measured, those of the test and the validation part
	// too, for as many epochs as the best one was: refit/model.keras in the run directory.
	Refit bool `keras:"refit"`
	// Baselines compares the network with simple models on the same samples, after training; nil: true.
	Baselines *bool `keras:"baselines"`
	// StartFrom is a model file whose weights the layers of the same names and shapes begin with, and Freeze names
	// layers whose weights stay: transfer learning. Where all layers begin so, and the file holds the state of the
	// optimizer that is given here, as Keras writes it, the optimizer goes on from that state; the learning rate is the
	// one given here.
	StartFrom string   `keras:"start_from,file"`
	Freeze    []string `keras:"freeze"`

	sections []any // of the tasks; see owners
}

// trainOwners are the tasks with keys of their own below train.
var trainOwners owners

// RegisterTrain gives a task keys of its own below train, such as those of a procedure that only it has, in the way of
// [RegisterData].
func RegisterTrain(task string, proto any) {
	trainOwners.register("train", config.Keys(&Train{}), task, proto)
}

// Extensions returns the sections of the tasks; they implement [config.Extended].
func (t *Train) Extensions() []any {
	t.sections = trainOwners.extend(t.sections)
	return t.sections
}

// Section returns the section of a task: a pointer to a struct of the type that the task registered, nil for a task
// that registered none.
func (t *Train) Section(task string) any { return trainOwners.section(t.sections, task) }

// Owner returns the task that a key below train belongs to, "" for the keys of Train itself and for unknown ones.
func (Train) Owner(key string) string { return trainOwners.owner(key) }

// Keys returns the keys that are set, those of the sections included, in their order.
func (t Train) Keys() []string { return given(&t, t.sections) }

// Foreign returns the first key that is set and belongs to another task, "" if there is none.
func (t Train) Foreign(task string) string { return trainOwners.foreign(t.Keys(), task) }

// Losses are the loss of the output, or of each of several.
type Losses []Loss

// Loss is the loss of an output; Output is "" where the network has one.
type Loss struct {
	Output string
	Loss   loss.Loss
}

// Of returns the loss of an output: its own, or the one that is given without a name; nil if there is none.
func (l Losses) Of(output string) loss.Loss {
	var all loss.Loss
	for _, x := range l {
		switch x.Output {
		case output:
			return x.Loss
		case "":
			all = x.Loss
		}
	}
	return all
}

// UnmarshalConfig reads a loss or a map of losses by output. A map with the name of a loss is a loss with its keys.
func (l *Losses) UnmarshalConfig(d *config.Decoder, written any) error {
	one := func(v any) (x loss.Loss, err error) { return x, d.Decode(&x, v) }
	m, ok := config.AsMap(written)
	if !ok || len(m) == 1 && loss.Losses.Has(m[0].Key) {
		x, err := one(written)
		*l = Losses{{Loss: x}}
		return err
	}
	*l = nil
	return outputs(m, loss.Losses.Names(), loss.Losses.Has, "loss", func(output string, v any) error {
		x, err := one(v)
		if v == nil {
			err = config.Errorf("", "null is not a loss").Coded(config.WrongType)
		}
		*l = append(*l, Loss{output, x})
		return err
	})
}

// ConfigSchema returns a loss, or a map of losses by output.
func (Losses) ConfigSchema(s *config.Schemas) config.Map {
	one := loss.Losses.Schema(s, nil)
	return config.AnyOf(one, byOutput(one, loss.Losses.Spellings()))
}

// byOutput returns the schema of a map by output, whose keys are none of names.
func byOutput(value, names config.Map) config.Map {
	return config.Map{{Key: "type", Value: "object"}, {Key: "minProperties", Value: 1},
		{Key: "propertyNames", Value: config.Map{{Key: "not", Value: names}}},
		{Key: "additionalProperties", Value: value}}
}

// outputs reads a map by output; no output may have a name that has tells to be one of what.
func outputs(m config.Map, names []string, has func(string) bool, what string, read func(string, any) error) error {
	if len(m) == 0 {
		return config.Errorf("", "an empty map is not a %s", what).Coded(config.WrongType)
	}
	for _, e := range m {
		if has(e.Key) {
			return config.Errorf(config.Step(e.Key), "the output has the name of a %s", what).
				Fix("give the layer another name").AtKey().Coded(config.WrongType)
		}
		err := read(e.Key, e.Value)
		if err == nil {
			continue
		}
		if len(m) == 1 && config.Suggest(e.Key, names) != "" {
			return config.Errorf(config.Step(e.Key), "unknown %s", what).Suggesting(e.Key, names).AtKey().
				Coded(config.UnknownName)
		}
		return config.Under(config.Step(e.Key), err)
	}
	return nil
}

// MarshalConfig returns the loss or the map.
func (l Losses) MarshalConfig() any {
	var m config.Map
	for _, x := range l {
		form := loss.Losses.Written(x.Loss)
		if x.Output == "" {
			return form
		}
		m = append(m, config.Entry{Key: x.Output, Value: form})
	}
	if m == nil {
		return nil
	}
	return m
}

// Metrics are the metrics of the outputs. Nil is inferred; an empty list is none.
type Metrics []Metric

// Metric is a metric of an output under the name that the experiment gives it; Output is "" where the network has one.
type Metric struct {
	Output string
	Name   string
	metric.Metric
}

// UnmarshalConfig reads a metric, a list of them, or a map of either by output.
func (ms *Metrics) UnmarshalConfig(d *config.Decoder, written any) error {
	*ms = Metrics{}
	m, ok := config.AsMap(written)
	if !ok || len(m) == 1 && isMetric(m[0].Key) {
		return ms.list(d, "", written)
	}
	return outputs(m, metricNames(), isMetric, "metric",
		func(output string, v any) error { return ms.list(d, output, v) })
}

// list reads the metrics of one output.
func (ms *Metrics) list(d *config.Decoder, output string, v any) error {
	list, ok := v.([]any)
	if !ok {
		return ms.add(d, output, v)
	}
	for i, v := range list {
		if err := ms.add(d, output, v); err != nil {
			return config.Under(config.Index(i), err)
		}
	}
	return nil
}

func (ms *Metrics) add(d *config.Decoder, output string, v any) error {
	name, ok := v.(string)
	m, isMap := config.AsMap(v)
	if isMap && len(m) == 1 {
		name, ok = m[0].Key, true
	}
	if !ok {
		return config.Errorf("", "%v is not a metric",
			v).Fix("give a name, or a name with its keys").Coded(config.WrongType)
	}
	if slices.ContainsFunc(*ms, func(x Metric) bool { return x.Output == output && x.Name == name }) {
		return config.Errorf("", "%s stands twice", name).Fix("leave one out").Coded(config.Conflict)
	}
	x := Metric{Output: output, Name: name}
	if !metric.Metrics.Has(name) && loss.Losses.Has(name) { // the name of a loss is a metric too: its mean
		var l loss.Loss
		if err := d.Decode(&l, v); err != nil {
			return err
		}
		x.Metric = metric.Mean{Loss: l}
	} else if err := d.Decode(&x.Metric, v); err != nil {
		return err
	}
	*ms = append(*ms, x)
	return nil
}

// ConfigSchema returns a metric, a list of metrics, or a map of either by output.
func (Metrics) ConfigSchema(s *config.Schemas) config.Map {
	one := config.AnyOf(metric.Metrics.Schema(s, nil), loss.Losses.Schema(s, metric.Metrics.Has))
	several := config.AnyOf(one, config.List(one))
	return config.AnyOf(several, byOutput(several, config.AnyOf(metric.Metrics.Spellings(), loss.Losses.Spellings())))
}

func isMetric(name string) bool { return metric.Metrics.Has(name) || loss.Losses.Has(name) }

func metricNames() []string { return append(metric.Metrics.Names(), loss.Losses.Names()...) }

// MarshalConfig returns the list or the map.
func (ms Metrics) MarshalConfig() any {
	if ms == nil {
		return nil
	}
	list, m := []any{}, config.Map{}
	for _, x := range ms {
		if x.Output == "" {
			list = append(list, x.Written())
			continue
		}
		of, _ := m.Get(x.Output).([]any)
		m = m.Set(x.Output, append(of, x.Written()))
	}
	if len(m) > 0 {
		return m
	}
	return list
}

// Written returns the metric under its name, as people write it: accuracy, or {top_k: 3}.
func (x Metric) Written() any {
	if mean, ok := x.Metric.(metric.Mean); ok {
		return loss.Losses.WrittenAs(x.Name, mean.Loss)
	}
	return metric.Metrics.WrittenAs(x.Name, x.Metric)
}
