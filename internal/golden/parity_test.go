package golden

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
	"gorae/weight"
)

// parityCase is a small model that Keras trained (keras3-training/parity).
type parityCase struct {
	Name    string
	Config  json.RawMessage
	Initial []named `json:"initial_weights"`
	Stages  []struct {
		Trainable map[string]bool `json:"set_trainable"`
		Compile   compiled
		Batches   []parityBatch
	}
	Evaluate parityBatch
	Fit      *struct {
		Batches           []int
		BatchSize, Epochs int
	}
	Expected trained
	Dense    *trained `json:"expected_dense"` // with repeated ids of an embedding added up before they are squared
}

type named struct {
	Path  string
	Value *array
}

// compiled is what Keras's compile was given.
type compiled struct {
	Optimizer, Loss, Metrics json.RawMessage
	LossWeights              json.RawMessage `json:"loss_weights"`
	Weighted                 json.RawMessage `json:"weighted_metrics"`
}

type trained struct {
	Logs     []map[string]float64 `json:"batch_logs_reset"`
	Final    []named              `json:"final_weights"`
	Evaluate map[string]float64
	Predict  json.RawMessage
	History  map[string][]float64 `json:"fit_history"`
	Fitted   []named              `json:"fit_final_weights"`
}

type parityBatch struct {
	X, Y         json.RawMessage
	SampleWeight json.RawMessage    `json:"sample_weight"`
	ClassWeight  map[string]float64 `json:"class_weight"`
	BatchSize    int                `json:"batch_size"`
}

// TestParity: whole trainings of small models give Keras's logs of each batch, history, weights, evaluation and
// predictions, in float64 and by the kernels.
func TestParity(t *testing.T) {
	files, err := filepath.Glob(shared(t, "keras3-training/parity/*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no trainings: %v", err)
	}
	y := newTally("keras3-training/parity")
	for i, file := range files {
		if testing.Short() && i%6 != 0 {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c := &parityCase{}
		if err := json.Unmarshal(b, c); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if c.Dense != nil {
			c.Expected = *c.Dense
		}
		y.try(t, c.Name, c.check)
	}
	y.report(t)
}

// parityRounded are trainings in which Keras rounds a constant to float32 (keras3/README.md: 1e-7): the slope of
// leaky_relu, the factor of L2, Nadam's β; and a schedule, which is float32 throughout (keras3-training/README.md:
// 1e-5). Moving averages become the weights in float32 storage when a training ends.
var parityRounded = map[string]float64{"autoencoder": 1e-7, "mlp_classifier": 1e-7, "ema_and_accumulation": 1e-7,
	"gru_masked_sequence_loss": 1e-7, "residual_regularized": 1e-5}

// parityStages are stages to be compared, where that is not all. In the second one of transfer_learning the base, which
// was read with frozen layers, stays frozen in Keras although its trainable is set (Layer.trainable: "sets trainable
// attribute for the layer and its sublayers"); gorae unfreezes it.
var parityStages = map[string]int{"transfer_learning": 1}

// model makes the network with its first weights.
func (c *parityCase) model() (*model.Model, error) {
	var cfg map[string]any
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(c.Config), `"float64"`, `"float32"`)), &cfg); err != nil {
		return nil, err
	}
	m, err := model.FromConfig(cfg)
	if err != nil {
		return nil, err
	}
	if err := m.Build(0); err != nil {
		return nil, err
	}
	if n := len(m.Store().Vars()); n != len(c.Initial) {
		return nil, fmt.Errorf("%d weights, Keras has %d", n, len(c.Initial))
	}
	for i, w := range c.Initial {
		v := weightAt(m, i, w.Path)
		if err := m.Store().Set(v.Path, w.Value.value().Tensor()); err != nil {
			return nil, fmt.Errorf("%s of Keras: %v", w.Path, err)
		}
	}
	return m, nil
}

// weightAt is a weight by its path, or where Keras calls a layer otherwise by its place.
func weightAt(m *model.Model, i int, path string) *weight.Var {
	if v := m.Store().Var(strings.TrimPrefix(path, m.Name+"/")); v != nil {
		return v
	}
	return m.Store().Vars()[i]
}

// each is one value, or one for each output by position or by name.
func each(text json.RawMessage, names []string) []json.RawMessage {
	if len(text) == 0 || string(text) == "null" {
		return nil
	}
	var list []json.RawMessage
	if json.Unmarshal(text, &list) == nil {
		return list
	}
	by := map[string]json.RawMessage{}
	if json.Unmarshal(text, &by) == nil && by["shape"] == nil && by["class_name"] == nil {
		for _, n := range names {
			list = append(list, by[n])
		}
		return list
	}
	return []json.RawMessage{text}
}

// made is an object of a registry by its name, or by its class and configuration; and its name in the history.
func made[T any](text json.RawMessage, byName func(string) (T, error), byClass func(string, any) (T, error)) (x T,
	name string, err error) {
	if json.Unmarshal(text, &name) == nil {
		x, err = byName(name)
		return x, name, err
	}
	var c struct {
		Class  string `json:"class_name"`
		Config map[string]any
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return x, "", err
	}
	name, _ = c.Config["name"].(string)
	delete(c.Config, "name")
	delete(c.Config, "dtype")
	x, err = byClass(c.Class, any(c.Config))
	return x, name, err
}

// config is what train is given. Metrics that gorae lacks are left out.
func (k *compiled) config(m *model.Model) (train.Config, error) {
	run := train.Config{NoShuffle: true}
	var err error
	if run.Optimizer, _, err = made(k.Optimizer, optim.New, optim.Optimizers.New); err != nil {
		return run, err
	}
	outputs := m.OutputNames()
	losses := each(k.Loss, outputs)
	for i := range outputs {
		l, _, err := made(losses[min(i, len(losses)-1)], loss.New, loss.Losses.New)
		if err != nil {
			return run, err
		}
		run.Losses = append(run.Losses, l)
	}
	for _, w := range each(k.LossWeights, outputs) {
		v, err := strconv.ParseFloat(string(w), 64)
		if err != nil {
			return run, err
		}
		run.LossWeights = append(run.LossWeights, v)
	}
	lists := each(k.Metrics, outputs)
	if len(outputs) == 1 {
		list, err := json.Marshal(lists)
		if err != nil {
			return run, err
		}
		lists = []json.RawMessage{list}
	}
	run.OutputMetrics = make([][]metric.Metric, len(outputs))
	for i, list := range lists {
		for _, text := range each(list, nil) {
			if x, name, err := made(text, metric.New, newMetric); err == nil {
				run.OutputMetrics[i] = append(run.OutputMetrics[i], train.NamedMetric{Metric: asKeras(x), Name: name})
			}
		}
	}
	for _, text := range each(k.Weighted, nil) {
		x, name, err := made(text, metric.New, newMetric)
		if err != nil {
			return run, err
		}
		run.WeightedMetrics = append(run.WeightedMetrics, train.NamedMetric{Metric: asKeras(x), Name: name})
	}
	return run, nil
}

// asKeras gives an AUC Keras's default of 200 thresholds in the place of the exact value.
func asKeras(m metric.Metric) metric.Metric {
	if a, ok := m.(metric.AUC); ok && a.NumThresholds == 0 && a.Thresholds == nil {
		a.NumThresholds = 200
		return a
	}
	return m
}

// newMetric is a metric by its class; that of a loss is the loss's mean.
func newMetric(class string, cfg any) (metric.Metric, error) {
	if metric.Metrics.Has(class) {
		return metric.Metrics.New(class, cfg)
	}
	l, err := loss.Losses.New(class, cfg)
	return metric.Mean{Loss: l}, err
}

// data joins batches to the data of a model.
func (c *parityCase) data(t *testing.T, m *model.Model, batches ...parityBatch) train.Data {
	t.Helper()
	join := func(get func(b parityBatch) []json.RawMessage) (all []*tensor.Tensor) {
		var arrays []*array
		for _, b := range batches {
			for i, text := range get(b) {
				a := &array{}
				if err := json.Unmarshal(text, a); err != nil {
					t.Fatal(err)
				}
				if i == len(arrays) {
					arrays = append(arrays, &array{Shape: append(tensor.Shape{0}, a.Shape[1:]...), DType: a.DType})
				}
				arrays[i].Shape[0] += a.Shape[0]
				arrays[i].V = append(arrays[i].V, a.V...)
			}
		}
		for _, a := range arrays {
			all = append(all, a.value().Tensor())
		}
		return all
	}
	d := train.Data{
		X: join(func(b parityBatch) []json.RawMessage { return each(b.X, m.InputNames()) }),
		Y: join(func(b parityBatch) []json.RawMessage { return each(b.Y, m.OutputNames()) }),
	}
	weights := join(func(b parityBatch) []json.RawMessage { return each(b.SampleWeight, m.OutputNames()) })
	if len(weights) == 1 {
		d.Weights = weights[0]
	} else if len(weights) > 1 {
		d.OutputWeights = weights
	}
	return d
}

// judge compares a training with Keras's.
type judge struct {
	*parityCase
	how     computer
	doubles *double
	weights within // of weights and predictions
	logs    within // of losses and metrics, which programs give in float32
}

func (c *parityCase) check(t *testing.T) {
	for _, how := range computers {
		t.Run(how.name, func(t *testing.T) {
			j := &judge{parityCase: c, how: how, weights: within{abs: 1e-11, rel: 1e-9}}
			j.logs = within{abs: 2e-7, rel: 2e-7}
			if r := parityRounded[c.Name]; r > 0 {
				j.weights = within{abs: r / 10, rel: r}
				j.logs.rel = max(j.logs.rel, r)
			}
			if strings.HasSuffix(c.Name, "_float32") || how.single {
				j.weights = within{abs: 1e-5, rel: 1e-4}
				j.logs = j.weights
			}
			j.stages(t)
			if c.Fit != nil {
				j.fit(t)
			}
		})
	}
}

// start is the model on the computer's executor.
func (j *judge) start(t *testing.T) *model.Model {
	m, err := j.model()
	if err != nil {
		t.Fatal(err)
	}
	if !j.how.single {
		j.doubles = newDouble()
		m.SetExecutor(j.doubles)
	}
	return m
}

// options are the configuration of a stage.
func (j *judge) options(t *testing.T, m *model.Model, stage int) train.Config {
	run, err := j.Stages[stage].Compile.config(m)
	if err != nil {
		t.Fatal(err)
	}
	if w := j.Stages[stage].Batches[0].ClassWeight; w != nil {
		run.ClassWeight = map[int]float64{}
		for k, v := range w {
			class, err := strconv.Atoi(k)
			if err != nil {
				t.Fatal(err)
			}
			run.ClassWeight[class] = v
		}
	}
	if j.doubles != nil {
		rate, _ := optim.LearningRate(run.Optimizer)
		j.doubles.numbers[optim.RateLeaf] = rate
		j.doubles.adjust = func(g *graph.Graph) { roundOptions(g, run.Optimizer) }
	}
	return run
}

// stages trains batch by batch, and compares the logs of each, the weights at the end, evaluation and predictions.
func (j *judge) stages(t *testing.T) {
	m := j.start(t)
	n := 0
	var run train.Config
	for s, stage := range j.Stages {
		if s == parityStages[j.Name] && s > 0 {
			return
		}
		for _, l := range m.Layers() {
			if on, ok := stage.Trainable[l.Name()]; ok {
				l.SetTrainable(on)
			}
		}
		run = j.options(t, m, s)
		trainer, err := train.NewTrainer(m, run)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range stage.Batches {
			logs, err := trainer.TrainOnBatch(j.data(t, m, b))
			if err != nil {
				t.Fatal(err)
			}
			j.metrics(t, fmt.Sprint("batch ", n+1), m, logs, j.Expected.Logs[n])
			n++
		}
	}
	j.compare(t, m, "after all batches", j.Expected.Final)
	e := run.Evaluation()
	e.BatchSize = j.Evaluate.BatchSize
	logs, err := e.Run(t.Context(), m, j.data(t, m, j.Evaluate))
	if err != nil {
		t.Fatal(err)
	}
	j.metrics(t, "evaluate", m, logs, j.Expected.Evaluate)
	outs, err := m.Predict(t.Context(), j.data(t, m, j.Evaluate).X...)
	if err != nil {
		t.Fatal(err)
	}
	tol := j.weights
	if !j.how.single {
		tol = j.logs // predictions are float32 as well
	}
	for i, text := range each(j.Expected.Predict, m.OutputNames()) {
		want := &array{}
		if err := json.Unmarshal(text, want); err != nil {
			t.Fatal(err)
		}
		tol.compare(t, fmt.Sprint("prediction ", i), graph.ArrayOf(outs[i]), want)
	}
}

// fit trains for some epochs, and compares the history and the weights.
func (j *judge) fit(t *testing.T) {
	m := j.start(t)
	run := j.options(t, m, 0)
	run.Epochs, run.BatchSize, run.ValidationBatchSize = j.Fit.Epochs, 4, j.Evaluate.BatchSize
	val := j.data(t, m, j.Evaluate)
	val.Weights, val.OutputWeights = nil, nil // Keras was given none
	run.Validation = &val
	var batches []parityBatch
	for _, i := range j.Fit.Batches {
		batches = append(batches, j.Stages[0].Batches[i])
	}
	h, err := train.Fit(t.Context(), m, j.data(t, m, batches...), run)
	if err != nil {
		t.Fatal(err)
	}
	for e, row := range h.Rows {
		want := map[string]float64{}
		for k, v := range j.Expected.History {
			want[k] = v[e]
		}
		j.metrics(t, fmt.Sprint("epoch ", e+1), m, row.Metrics, want)
	}
	j.compare(t, m, "after fit", j.Expected.Fitted)
}

// metrics compares logs. Each must be Keras's under the same name.
func (j *judge) metrics(t *testing.T, what string, m *model.Model, got train.Metrics, want map[string]float64) {
	t.Helper()
	whole := !strings.HasPrefix(what, "epoch") && what != "evaluate"
	for _, x := range got {
		v, ok := want[x.Name]
		if !ok {
			t.Errorf("%s: %s is not among Keras's", what, x.Name)
			continue
		}
		if len(m.OutputNames()) > 1 && !whole && strings.HasSuffix(x.Name, "_loss") && x.Name != "val_loss" {
			// Keras counts each batch's loss of an output alike, however many samples the batch has, while it does
			// count them in the sum of the outputs' losses.
			continue
		}
		if math.IsNaN(x.Value) && x.Why != "" && v == 0 {
			continue // Keras says 0 where a metric is not defined
		}
		if !j.logs.near(x.Value, v, math.Abs(v)) && departureOf(t.Name(), what+" "+x.Name) == nil {
			t.Errorf("%s: %s is %.9g, Keras has %.9g", what, x.Name, x.Value, v)
		}
	}
	if !slices.Contains(got.Names(), "loss") {
		t.Errorf("%s: there is no loss", what)
	}
}

// compare compares weights, in float64 with those that the executor keeps.
func (j *judge) compare(t *testing.T, m *model.Model, what string, want []named) {
	t.Helper()
	for i, w := range want {
		v := weightAt(m, i, w.Path)
		got := graph.ArrayOf(v.Value)
		if j.doubles != nil {
			got = j.doubles.read(graph.Leaf{Name: v.Path, Type: got.Type}, v.Value)
		}
		j.weights.compare(t, w.Path+" "+what, got, w.Value)
	}
}
