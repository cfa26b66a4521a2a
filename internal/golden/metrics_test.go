package golden

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/loss"
	"gorae/metric"
	"gorae/tensor"
)

// metricCase is a line of keras3-training/metrics.jsonl: batches fed one after the other.
type metricCase struct {
	Name, Class, Floatx string
	Options             map[string]any
	Batches             []*metricBatch
	Expected            struct {
		Results []*array // after each batch
		Last    *array   `json:"after_reset_last_batch_unweighted"`
		Exact   map[string]any
		Error   string
	}
}

type metricBatch struct {
	Truth      *array `json:"y_true"`
	Prediction *array `json:"y_pred"`
	Weight     *array `json:"sample_weight"`
}

// TestMetrics: metrics over streams of batches are Keras's after each batch. A metric that ranks may be the exact value
// instead, which scikit-learn computed.
func TestMetrics(t *testing.T) {
	file := "keras3-training/metrics.jsonl"
	y := newTally(file)
	lines(t, file, func(c *metricCase) {
		if !metric.Metrics.Has(c.Class) && !loss.Losses.Has(c.Class) {
			y.lacks(t, c.Class)
			return
		}
		if _, err := c.metric(); !y.refuses(c.Class, err) {
			y.try(t, c.Name, c.check)
		}
	})
	y.report(t)
}

// metric makes the metric of a case; one of a loss is the mean of that.
func (c *metricCase) metric() (metric.Metric, error) {
	if metric.Metrics.Has(c.Class) {
		return metric.Metrics.New(c.Class, c.Options)
	}
	l, err := loss.Losses.New(c.Class, c.Options)
	return metric.Mean{Loss: l}, err
}

func (c *metricCase) check(t *testing.T) {
	m, err := c.metric()
	if err != nil {
		t.Fatal(err)
	}
	outputs := 1
	if p := c.Batches[0].Prediction; len(p.Shape) > 1 {
		outputs = p.Shape[len(p.Shape)-1]
	}
	parts := metric.Expand(m, outputs)
	if n := c.Expected.Results[0].Shape.Size(); n != len(parts) {
		t.Fatalf("%d values, Keras has %d", len(parts), n)
	}
	for _, how := range computers {
		for i, p := range parts {
			t.Run(how.name+p.Suffix, func(t *testing.T) { c.checkPart(t, how, p.Metric, i) })
		}
	}
}

// checkPart compares one of the values.
func (c *metricCase) checkPart(t *testing.T, how computer, m metric.Metric, value int) {
	tol := within{abs: 1e-11, rel: 1e-9}
	switch {
	case c.Floatx == "float32":
		tol = within{abs: 2e-6, rel: 2e-5}
	case c.Class == "F1Score" || c.Class == "FBetaScore" || strings.HasSuffix(c.Class, "IoU"):
		tol = within{abs: 5e-7, rel: 1e-6} // Keras adds 1e-7 to each divisor, and a perfect score is 0.9999999 there
	case how.single:
		tol = within{abs: 1e-6, rel: 1e-5}
	}
	var sums []float64
	var results []float64
	for _, b := range c.Batches {
		sums = b.add(t, how, m, c.Options, sums)
		results = append(results, result(t, m, sums))
	}
	last := *c.Batches[len(c.Batches)-1]
	last.Weight = nil
	alone := result(t, m, last.add(t, how, m, c.Options, nil))
	if c.exact(results[len(results)-1], tol) {
		return
	}
	scalar := func(what string, got float64, want *array) {
		if math.IsNaN(got) && metric.Undefined(m) != "" {
			got = 0 // Keras's value where a metric is not defined
		}
		one := &array{DType: want.DType, V: want.V[value : value+1]}
		tol.compare(t, what, &graph.Array{Type: graph.F32(), V: []float64{got}}, one)
	}
	for i, want := range c.Expected.Results {
		scalar(fmt.Sprint("after batch ", i+1), results[i], want)
	}
	if c.Expected.Last != nil {
		scalar("of the last batch alone", alone, c.Expected.Last)
	}
}

// keeps reports whether a metric keeps the samples: the exact AUC.
func keeps(m metric.Metric) bool {
	x, ok := m.(metric.AUC)
	return ok && x.NumThresholds == 0 && x.Thresholds == nil
}

// result is the value of a metric from what add gave.
func result(t *testing.T, m metric.Metric, sums []float64) float64 {
	t.Helper()
	if !keeps(m) {
		return m.Result(sums)
	}
	a := metric.NewAccumulator(m)
	if err := a.Restore(sums); err != nil {
		t.Fatal(err)
	}
	return a.Result()
}

// asks reports whether an exact value of a ranking metric is one of the area that the case asks for: under the ROC
// curve, which is the default, or under that of precision and recall, as a step sum or by trapezoids.
func (c *metricCase) asks(value string) bool {
	pr := c.Options["curve"] == "PR"
	switch value {
	case "roc_auc":
		return !pr
	case "average_precision", "pr_auc_trapezoid":
		return pr
	}
	return true
}

// exact reports whether a value over the whole stream is one of the exact ones.
func (c *metricCase) exact(got float64, tol within) bool {
	for k, v := range c.Expected.Exact {
		if v, ok := v.(float64); ok && c.asks(k) && tol.near(got, v, math.Abs(v)) {
			return true
		}
	}
	labels, _ := c.Expected.Exact["per_label"].([]any)
	sums, of := map[string]float64{}, 0.0
	for i, l := range labels {
		w := 1.0
		if given, ok := c.Options["label_weights"].([]any); ok {
			w = given[i].(float64)
		}
		of += w
		for k, v := range l.(map[string]any) {
			if v, _ := v.(float64); c.asks(k) {
				sums[k] += w * v
			}
		}
	}
	for _, v := range sums {
		if tol.near(got, v/of, v/of) {
			return true
		}
	}
	return false
}

// add is the sums of a metric with those of a batch, in float64.
func (b *metricBatch) add(t *testing.T, how computer, m metric.Metric, options map[string]any,
	sums []float64) []float64 {
	t.Helper()
	g, values := graph.New(), leaves{}
	leaf := func(name string, a *array) *graph.Node {
		values[name] = a.value()
		return g.Input(name, values[name].Type)
	}
	var terms []*graph.Node
	if err := graph.Catch(func() {
		y, pred := axisRows(options, leaf("truth", b.Truth), leaf("prediction", b.Prediction))
		var w *graph.Node
		if b.Weight != nil {
			w = leaf("weight", b.Weight).AsFloat().Reshape(-1)
		}
		terms = m.Terms(y, pred, w)
	}); err != nil {
		t.Fatal(err)
	}
	if _, ok := m.(metric.LogCoshError); ok && !how.single { // Keras rounds ln 2 to float32
		roundConstants(g)
	}
	if _, ok := m.(metric.LogCoshError); ok && !how.single { // Keras rounds ln 2 to float32
		roundConstants(g)
	}
	got, err := how.compute(values, terms, nil)
	if err != nil {
		t.Fatal(err)
	}
	var batch []float64
	for _, a := range got.outs {
		batch = append(batch, a.V...)
	}
	merger, merges := m.(metric.Merger)
	if keeps(m) {
		a := metric.NewAccumulator(m)
		if err := a.Restore(sums); err != nil {
			t.Fatal(err)
		}
		var in []*tensor.Tensor
		for _, v := range got.outs {
			in = append(in, v.Tensor())
		}
		a.Add(in...)
		return a.Sums()
	}
	switch {
	case sums == nil:
		return batch
	case merges:
		merger.Merge(sums, batch)
	default:
		for i, v := range batch {
			sums[i] += v
		}
	}
	return sums
}
