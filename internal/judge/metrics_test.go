//go:build judge

package judge

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/tensor"
	"gorae/train"
	"gorae/weight"
)

// scored are targets and predictions that a metric compares, with the samples' weights, if they have any.
type scored struct {
	y, pred, weights *tensor.Tensor
	loss             loss.Loss // one that takes such targets: an evaluation has a loss
}

// numbers draws n·k of them, below top if they are whole.
func numbers(r *weight.Rand, n, k int, draw func() float64) *tensor.Tensor {
	t := tensor.New(tensor.Float32, n, k)
	for i := range t.F32 {
		t.F32[i] = float32(draw())
	}
	return t
}

// The kinds of targets. Every one has samples of both classes, of all where there are more.
func draws(t *rapid.T) (r *weight.Rand, n int) {
	seed := uint64(rapid.IntRange(0, 1000).Draw(t, "seed"))
	return weight.NewRand(seed, "numbers"), rapid.IntRange(8, 60).Draw(t, "n")
}

func binaries(t *rapid.T, k int) scored {
	r, n := draws(t)
	y := numbers(r, n, k, func() float64 { return math.Floor(2 * r.Uniform()) })
	for i := range k {
		y.F32[i], y.F32[k+i] = 0, 1
	}
	ties := rapid.SampledFrom([]float64{7, 1 << 20}).Draw(t, "steps") // few values: many ties
	return scored{y: y, pred: numbers(r, n, k, func() float64 { return math.Floor(ties*r.Uniform()) / ties }),
		loss: loss.MeanSquaredError{}}
}

func oneHot(t *rapid.T, k int) scored {
	s := classes(t, k)
	n := s.y.Shape[0]
	y := tensor.New(tensor.Float32, n, k)
	for i := range n {
		y.F32[i*k+int(s.y.F32[i])] = 1
	}
	return scored{y: y, pred: s.pred, loss: loss.MeanSquaredError{}}
}

func classes(t *rapid.T, k int) scored {
	r, n := draws(t)
	y := numbers(r, n, 1, func() float64 { return math.Floor(float64(k) * r.Uniform()) })
	for i := range k {
		y.F32[i] = float32(i)
	}
	p := numbers(r, n, k, r.Uniform)
	for i := range n {
		sum := float32(0)
		for _, v := range p.F32[i*k : (i+1)*k] {
			sum += v
		}
		for j := range k {
			p.F32[i*k+j] /= sum
		}
	}
	return scored{y: y, pred: p, loss: loss.SparseCategoricalCrossentropy{}}
}

func quantities(t *rapid.T, k int) scored {
	r, n := draws(t)
	draw := func() float64 { return 4*r.Uniform() - 1.5 }
	return scored{y: numbers(r, n, k, draw), pred: numbers(r, n, k, draw), loss: loss.MeanSquaredError{}}
}

// drawn are metrics with arguments as Keras writes them, and what they compare.
var drawn = map[string]func(t *rapid.T) (map[string]any, scored){
	// Keras has none of these; TestMetricsOfScikitLearn compares them.
	"ExactMatch": nil, "HammingLoss": nil, "F1Micro": nil, "F1Macro": nil,
	"Accuracy": nil, // gorae's is what compile(metrics=["accuracy"]) makes of the word
	"BinaryAccuracy": func(t *rapid.T) (map[string]any, scored) {
		return map[string]any{"threshold": threshold(t)}, binaries(t, width(t))
	},
	"CategoricalAccuracy":       func(t *rapid.T) (map[string]any, scored) { return nil, oneHot(t, 4) },
	"SparseCategoricalAccuracy": func(t *rapid.T) (map[string]any, scored) { return nil, classes(t, 4) },
	"TopKCategoricalAccuracy": func(t *rapid.T) (map[string]any, scored) {
		return map[string]any{"k": rapid.IntRange(1, 4).Draw(t, "k")}, oneHot(t, 5)
	},
	"SparseTopKCategoricalAccuracy": func(t *rapid.T) (map[string]any, scored) {
		return map[string]any{"k": rapid.IntRange(1, 4).Draw(t, "k")}, classes(t, 5)
	},
	"Precision": parting, "Recall": parting, "TruePositives": counting, "TrueNegatives": counting,
	"FalsePositives": counting, "FalseNegatives": counting,
	"AUC": func(t *rapid.T) (map[string]any, scored) {
		cfg := map[string]any{"num_thresholds": rapid.IntRange(3, 60).Draw(t, "thresholds"),
			"curve": rapid.SampledFrom([]string{"ROC", "PR"}).Draw(t, "curve"), "summation_method": rapid.SampledFrom(
				[]string{"interpolation", "minoring", "majoring"}).Draw(t, "method")}
		k := 1
		if rapid.Bool().Draw(t, "labels") {
			k = 3
			cfg["multi_label"], cfg["num_labels"] = true, 3
			if rapid.Bool().Draw(t, "weighted") {
				cfg["label_weights"] = []float64{0.5, 0.25, 2}
			}
		}
		return cfg, binaries(t, k)
	},
	"F1Score": func(t *rapid.T) (map[string]any, scored) { return fscore(t, false) },
	"FBetaScore": func(t *rapid.T) (map[string]any, scored) {
		cfg, s := fscore(t, true)
		return cfg, s
	},
	"MeanSquaredError":         func(t *rapid.T) (map[string]any, scored) { return nil, quantities(t, width(t)) },
	"MeanAbsoluteError":        func(t *rapid.T) (map[string]any, scored) { return nil, quantities(t, width(t)) },
	"RootMeanSquaredError":     func(t *rapid.T) (map[string]any, scored) { return nil, quantities(t, width(t)) },
	"R2Score":                  func(t *rapid.T) (map[string]any, scored) { return nil, quantities(t, width(t)) },
	"PearsonCorrelation":       func(t *rapid.T) (map[string]any, scored) { return nil, quantities(t, 3) },
	"ConcordanceCorrelation":   func(t *rapid.T) (map[string]any, scored) { return nil, quantities(t, 3) },
	"SensitivityAtSpecificity": operating("specificity"), "SpecificityAtSensitivity": operating("sensitivity"),
	"PrecisionAtRecall": operating("recall"), "RecallAtPrecision": operating("precision"),
	// A loss is a metric too, its mean.
	"CosineSimilarity": func(t *rapid.T) (map[string]any, scored) { return nil, quantities(t, 3) },
	"LogCoshError":     func(t *rapid.T) (map[string]any, scored) { return nil, quantities(t, width(t)) },
	"BinaryCrossentropy": func(t *rapid.T) (map[string]any, scored) {
		return map[string]any{"label_smoothing": rapid.Float64Range(0, 0.5).Draw(t, "smoothing")}, binaries(t, width(t))
	},
	"CategoricalCrossentropy":       func(t *rapid.T) (map[string]any, scored) { return nil, oneHot(t, 4) },
	"SparseCategoricalCrossentropy": func(t *rapid.T) (map[string]any, scored) { return nil, classes(t, 4) },
}

// operating draws the point at which a metric is measured.
func operating(of string) func(t *rapid.T) (map[string]any, scored) {
	return func(t *rapid.T) (map[string]any, scored) {
		return map[string]any{of: threshold(t), "num_thresholds": rapid.IntRange(3, 60).Draw(t, "thresholds")},
			binaries(t, 1)
	}
}

func threshold(t *rapid.T) float64 {
	return float64(rapid.IntRange(1, 9).Draw(t, "threshold")) / 10
}

func parting(t *rapid.T) (map[string]any, scored) {
	cfg, k := map[string]any{"thresholds": threshold(t)}, width(t)
	if rapid.Bool().Draw(t, "class") {
		cfg["class_id"] = rapid.IntRange(0, k-1).Draw(t, "class_id")
	}
	return cfg, binaries(t, k)
}

func counting(t *rapid.T) (map[string]any, scored) {
	return map[string]any{"thresholds": threshold(t)}, binaries(t, width(t))
}

func fscore(t *rapid.T, beta bool) (map[string]any, scored) {
	cfg := map[string]any{"average": rapid.SampledFrom([]string{"micro", "macro", "weighted"}).Draw(t, "average")}
	if beta {
		cfg["beta"] = rapid.SampledFrom([]float64{0.5, 1, 2}).Draw(t, "beta")
	}
	if rapid.Bool().Draw(t, "by threshold") {
		cfg["threshold"] = threshold(t)
		return cfg, binaries(t, 3)
	}
	return cfg, oneHot(t, 4)
}

// value is a metric over batches of seven.
func (s scored) value(t *rapid.T, m metric.Metric) float64 {
	in := model.Input("x", s.pred.Shape[1])
	net := model.New([]*model.Value{in}, []*model.Value{model.Apply(layer.Apply{Activation: "linear"}, in)})
	if err := net.Build(1); err != nil {
		t.Fatalf("%v", err)
	}
	d := train.Pairs(s.pred, s.y)
	d.Weights = s.weights
	named := []metric.Metric{train.NamedMetric{Metric: m, Name: "m"}}
	got, err := train.Evaluation{Loss: s.loss, WeightedMetrics: named, BatchSize: 7}.Run(t.Context(), net, d)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return got.Of("m")
}

// weighed gives the samples weights, some of them 0, or none.
func (s scored) weighed(t *rapid.T) scored {
	if !rapid.Bool().Draw(t, "sample weights") {
		return s
	}
	s.weights = tensor.New(tensor.Float32, s.y.Shape[0])
	r := weight.NewRand(uint64(rapid.IntRange(0, 1000).Draw(t, "weights")), "weights")
	for i := range s.weights.F32 {
		s.weights.F32[i] = float32(math.Floor(5*r.Uniform()) / 2)
	}
	s.weights.F32[0], s.weights.F32[1] = 1, 0.5
	return s
}

// ask is the question about a value.
func (s scored) ask(p *python, t *rapid.T, do, name string, options map[string]any) *answer {
	q := question{Do: do, Name: name, Options: options, Targets: []array{packed(s.y)}, Inputs: []array{packed(s.pred)},
		Batch: 7}
	if s.weights != nil {
		w := packed(s.weights)
		q.Weights = &w
	}
	return p.ask(t, q)
}

// TestMetrics: metrics with random arguments of random predictions, with and without weights of samples, are Keras's.
func TestMetrics(t *testing.T) {
	p := judge(t)
	// Keras has the first three in Keras Hub and tf.image. It cuts weights of IoU down to whole numbers;
	// internal/golden holds IoU against its numbers.
	elsewhere := []string{"Perplexity", "PSNR", "SSIM",
		"IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU", "BinaryIoU"}
	for _, class := range metric.Metrics.Classes() {
		if _, ok := drawn[class]; !ok && !slices.Contains(elsewhere, class) {
			t.Errorf("%s is not held against Keras", class)
		}
	}
	for class, draw := range drawn {
		isLoss := !metric.Metrics.Has(class)
		if draw == nil || isLoss && !loss.Losses.Has(class) {
			continue
		}
		t.Run(class, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				cfg, s := draw(t)
				s = s.weighed(t)
				if cfg == nil {
					cfg = map[string]any{}
				}
				var m metric.Metric
				var err error
				if isLoss {
					var l loss.Loss
					l, err = loss.Losses.New(class, cfg)
					m = metric.Mean{Loss: l}
				} else {
					m, err = metric.Metrics.New(class, cfg)
				}
				if err != nil {
					t.Fatalf("%v", err)
				}
				got, want := s.value(t, m), s.ask(p, t, "metric", class, cfg).Outputs[0].tensor().Float(0)
				if math.IsNaN(got) && metric.Undefined(m) != "" {
					got = 0 // Keras's value where a metric is not defined
				}
				if !(math.Abs(got-want) <= 2e-5*(1+math.Abs(want))) {
					t.Errorf("%s %v is %v, Keras has %v", class, cfg, got, want)
				}
			})
		})
	}
}

// TestMetricsOfScikitLearn: the same against scikit-learn, where its definition is the same: ranks, too, which Keras
// approximates by thresholds.
func TestMetricsOfScikitLearn(t *testing.T) {
	p := judge(t)
	half := func(s scored) scored { // scikit-learn takes classes
		cut := tensor.New(tensor.Float32, s.pred.Shape...)
		for i, v := range s.pred.F32 {
			if v > 0.5 {
				cut.F32[i] = 1
			}
		}
		s.pred = cut
		return s
	}
	same := func(s scored) scored { return s }
	none := map[string]any{"zero_division": 0}
	for _, c := range []struct {
		name    string
		metric  metric.Metric
		draw    func(*rapid.T, int) scored
		as      func(scored) scored
		options map[string]any
	}{
		{"accuracy_score", metric.BinaryAccuracy{}, binaries, half, nil},
		{"precision_score", metric.Precision{}, binaries, half, none},
		{"recall_score", metric.Recall{}, binaries, half, none},
		{"roc_auc_score", metric.AUC{}, binaries, same, nil},
		{"average_precision_score", metric.AUC{Curve: "PR"}, binaries, same, nil},
		{"mean_squared_error", metric.MeanSquaredError{}, quantities, same, nil},
		{"mean_absolute_error", metric.MeanAbsoluteError{}, quantities, same, nil},
		{"root_mean_squared_error", metric.RootMeanSquaredError{}, quantities, same, nil},
		{"r2_score", metric.R2Score{}, quantities, same, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				s := c.draw(t, 1).weighed(t)
				want := c.as(s).ask(p, t, "score", c.name, c.options).Value
				if got := s.value(t, c.metric); !(math.Abs(got-want) <= 1e-5*(1+math.Abs(want))) {
					t.Errorf("%s is %v, scikit-learn has %v", c.name, got, want)
				}
			})
		})
	}
	average := func(a string) map[string]any { return map[string]any{"average": a, "zero_division": 0} }
	for _, c := range []struct {
		name    string
		metric  metric.Metric
		options map[string]any
	}{
		{"accuracy_score", metric.ExactMatch{}, nil},
		{"hamming_loss", metric.HammingLoss{}, nil},
		{"f1_score", metric.F1Micro{}, average("micro")},
		{"f1_score", metric.F1Macro{}, average("macro")},
	} {
		rapid.Check(t, func(t *rapid.T) { // several labels to a sample
			s := binaries(t, rapid.IntRange(2, 6).Draw(t, "labels")).weighed(t)
			want := half(s).ask(p, t, "score", c.name, c.options).Value
			if got := s.value(t, c.metric); !(math.Abs(got-want) <= 1e-5) {
				t.Errorf("%T is %v, scikit-learn has %v", c.metric, got, want)
			}
		})
	}
	rapid.Check(t, func(t *rapid.T) { // top k of class numbers takes all classes at least once
		k := rapid.IntRange(1, 4).Draw(t, "k")
		s := classes(t, 5).weighed(t)
		want := s.ask(p, t, "score", "top_k_accuracy_score", map[string]any{"k": k}).Value
		got := s.value(t, metric.SparseTopKCategoricalAccuracy{K: k})
		if !(math.Abs(got-want) <= 1e-5) {
			t.Errorf("top %d is %v, scikit-learn has %v", k, got, want)
		}
	})
}
