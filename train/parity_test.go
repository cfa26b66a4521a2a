package train

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/weight"
)

// array is an array of the golden files.
type array struct {
	Shape []int
	DType string
	Data  []float64
}

func (a array) tensor() *tensor.Tensor {
	if strings.HasPrefix(a.DType, "int") {
		t := tensor.New(tensor.Int32, a.Shape...)
		for i, v := range a.Data {
			t.I32[i] = int32(v)
		}
		return t
	}
	t := tensor.New(tensor.Float32, a.Shape...)
	for i, v := range a.Data {
		t.F32[i] = float32(v)
	}
	return t
}

// listed is one value, or one for each output by position or by name.
func listed(text json.RawMessage, names []string) []json.RawMessage {
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

// parityCase is a small model that Keras 3.15 trained (golden/keras3-training/parity).
type parityCase struct {
	Config  json.RawMessage
	Initial []struct {
		Path  string
		Value array
	} `json:"initial_weights"`
	Stages []struct {
		Compile struct {
			Optimizer, Loss, Metrics json.RawMessage
			LossWeights              json.RawMessage `json:"loss_weights"`
		}
		Batches []parityBatch
	}
	Evaluate parityBatch
	Expected struct {
		Evaluate map[string]float64
		History  map[string][]float64 `json:"fit_history"`
		Final    []struct {
			Path  string
			Value array
		} `json:"fit_final_weights"`
	}
	Dense *struct {
		History map[string][]float64 `json:"fit_history"`
		Final   []struct {
			Path  string
			Value array
		} `json:"fit_final_weights"`
	} `json:"expected_dense"`
}

type parityBatch struct {
	X, Y         json.RawMessage
	SampleWeight json.RawMessage    `json:"sample_weight"`
	ClassWeight  map[string]float64 `json:"class_weight"`
}

// made is an object of a registry by its name, or by its class and configuration; and its name in the history.
func made[T any](t *testing.T, text json.RawMessage, byName func(string) (T, error),
	byClass func(string, any) (T, error)) (T, string) {
	t.Helper()
	var name string
	if json.Unmarshal(text, &name) == nil {
		x, err := byName(name)
		if err != nil {
			t.Fatal(err)
		}
		return x, name
	}
	var c struct {
		Class  string `json:"class_name"`
		Config map[string]any
	}
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	name, _ = c.Config["name"].(string)
	delete(c.Config, "name")
	x, err := byClass(c.Class, any(c.Config))
	if err != nil {
		t.Fatal(err)
	}
	return x, name
}

// data joins batches to the data of a model.
func (c *parityCase) data(t *testing.T, m *model.Model, batches ...parityBatch) Data {
	t.Helper()
	join := func(get func(b parityBatch) []json.RawMessage) (all []*tensor.Tensor) {
		var arrays []array
		for _, b := range batches {
			for i, text := range get(b) {
				var a array
				if err := json.Unmarshal(text, &a); err != nil {
					t.Fatal(err)
				}
				if i == len(arrays) {
					arrays = append(arrays, array{Shape: append([]int{0}, a.Shape[1:]...), DType: a.DType})
				}
				arrays[i].Shape[0] += a.Shape[0]
				arrays[i].Data = append(arrays[i].Data, a.Data...)
			}
		}
		for _, a := range arrays {
			all = append(all, a.tensor())
		}
		return all
	}
	d := Data{
		X: join(func(b parityBatch) []json.RawMessage { return listed(b.X, m.InputNames()) }),
		Y: join(func(b parityBatch) []json.RawMessage { return listed(b.Y, m.OutputNames()) }),
	}
	if w := join(func(b parityBatch) []json.RawMessage {
		return listed(b.SampleWeight,
			m.OutputNames())
	}); len(w) == 1 {
		d.Weights = w[0]
	} else if len(w) > 1 {
		d.OutputWeights = w
	}
	return d
}

// parityCases are those whose layers, losses, metrics and optimisers gorae has, with several outputs, weights of losses
// and classes, masks, penalties and a smaller last batch among them. The convolutional ones are left out: the gradient
// of a bias before a batch normalisation is rounding, of which Adam makes a whole step.
var parityCases = []string{
	"class_weight", "lstm_masked", "mlp_regressor", "multi_output_loss_weights", "multi_output_loss_weights_float32",
	"residual_regularized", "shared_layer", "simplernn_bidirectional", "uneven_last_batch",
}

// TestParity: Fit computes what Keras's fit does on small models: the history, validation included, under the same
// names, and the weights after two epochs.
func TestParity(t *testing.T) {
	shared := os.Getenv("GORAE_SHARED")
	if shared == "" {
		t.Skip("GORAE_SHARED is not set: the golden numbers are not here")
	}
	for _, name := range parityCases {
		t.Run(name, func(t *testing.T) {
			parity(t,
				filepath.Join(shared, "golden/keras3-training/parity", name+".json"))
		})
	}
}

func parity(t *testing.T, path string) {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var c parityCase
	if err := json.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	var cfg map[string]any
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(c.Config), `"float64"`, `"float32"`)), &cfg); err != nil {
		t.Fatal(err)
	}
	m, err := model.FromConfig(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Build(0); err != nil {
		t.Fatal(err)
	}
	if vars := m.Store().Vars(); len(vars) != len(c.Initial) {
		t.Fatalf("%d weights, Keras has %d", len(vars), len(c.Initial))
	}
	at := func(i int, path string) *weight.Var { // by its path, or where Keras calls a cell otherwise by its place
		if v := m.Store().Var(strings.TrimPrefix(path, m.Name+"/")); v != nil {
			return v
		}
		return m.Store().Vars()[i]
	}
	for i, w := range c.Initial {
		if err := m.Store().Set(at(i, w.Path).Path, w.Value.tensor()); err != nil {
			t.Fatalf("%s of Keras: %v", w.Path, err)
		}
	}
	s := c.Stages[0]
	run := Config{Epochs: 2, BatchSize: 4, ValidationBatchSize: 5, NoShuffle: true}
	run.Optimizer, _ = made(t, s.Compile.Optimizer, optim.New, optim.Optimizers.New)
	outputs := m.OutputNames()
	losses := listed(s.Compile.Loss, outputs)
	for i := range outputs {
		l, _ := made(t, losses[min(i, len(losses)-1)], loss.New, loss.Losses.New)
		run.Losses = append(run.Losses, l)
	}
	for _, w := range listed(s.Compile.LossWeights, outputs) {
		v, err := strconv.ParseFloat(string(w), 64)
		if err != nil {
			t.Fatal(err)
		}
		run.LossWeights = append(run.LossWeights, v)
	}
	run.OutputMetrics = make([][]metric.Metric, len(outputs))
	lists := listed(s.Compile.Metrics, outputs)
	if len(outputs) == 1 {
		list, err := json.Marshal(lists)
		if err != nil {
			t.Fatal(err)
		}
		lists = []json.RawMessage{list}
	}
	for i, list := range lists {
		for _, text := range listed(list, nil) {
			x, name := made(t, text, metric.New, metric.Metrics.New)
			run.OutputMetrics[i] = append(run.OutputMetrics[i], NamedMetric{x, name})
		}
	}
	d, val := c.data(t, m, s.Batches[:3]...), c.data(t, m, c.Evaluate)
	run.Validation = &val
	if w := s.Batches[0].ClassWeight; w != nil {
		run.ClassWeight = map[int]float64{}
		for k, v := range w {
			class, err := strconv.Atoi(k)
			if err != nil {
				t.Fatal(err)
			}
			run.ClassWeight[class] = v
		}
	}
	h := mustFit(t, m, d, run)
	history, final := c.Expected.History, c.Expected.Final
	if c.Dense != nil { // repeated ids of an embedding are added up before they are squared
		history, final = c.Dense.History, c.Dense.Final
	}
	near := func(got, want float64) bool { return math.Abs(got-want) <= 1e-5+1e-4*math.Abs(want) }
	names := h.Last().Metrics.Names()
	for key, want := range history {
		if strings.Contains(key, "wacc") || strings.Contains(key, "wmae") || strings.Contains(key, "wmse") {
			continue // weighted metrics
		}
		if strings.HasPrefix(key, "val_") && strings.HasSuffix(key, "_loss") && len(outputs) > 1 {
			// Keras does not weigh an output's loss by the samples of a batch (5 and 3), while it does so with their
			// sum
			continue
		}
		got := h.Column(key)
		for e := range want {
			if !near(got[e], want[e]) {
				t.Errorf("epoch %d: %s is %v, of Keras %v", e+1, key, got[e], want[e])
			}
		}
	}
	if len(outputs) > 1 { // the sum of the weighted losses of outputs, as it is in training
		sum := 0.0
		for i, n := range outputs {
			sum += run.LossWeights[i] * h.Last().Metrics.Of("val_"+n+"_loss")
		}
		if got := h.Last().Metrics.Of("val_loss"); !near(sum, got) {
			t.Errorf("val_loss is %v, the outputs' losses give %v", got, sum)
		}
	}
	for _, n := range names {
		if _, ok := history[n]; !ok {
			t.Errorf("%s is not in Keras's history", n)
		}
	}
	if !slices.Contains(names, "loss") {
		t.Errorf("metrics %v", names)
	}
	for i, w := range final {
		want := w.Value.tensor()
		for k, v := range at(i, w.Path).Value.F32 {
			if !near(float64(v), float64(want.F32[k])) {
				t.Errorf("%s[%d] is %v, of Keras %v", w.Path, k, v, want.F32[k])
				break
			}
		}
	}
}
