package metric

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gorae/tensor"
)

// pairs is the area under the ROC curve by its definition: all pairs of a positive and a negative sample.
func pairs(score, y, w []float32) float64 {
	var in, all float64
	for i := range score {
		for j := range score {
			weight := float64(w[i]) * float64(y[i]) * float64(w[j]) * (1 - float64(y[j]))
			switch all += weight; {
			case score[i] > score[j]:
				in += weight
			case score[i] == score[j]:
				in += weight / 2
			}
		}
	}
	return in / all
}

// TestExactAUC: after each batch, of any size, with ties and weights, also fractional targets, the area is that of all
// pairs; what is saved in between gives the same bits.
func TestExactAUC(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 30 {
		weighed, fractional := round%2 == 1, round%3 == 2
		levels := []int{1, 3, 20, 1 << 20}[round%4]
		var score, y, w []float32
		a := NewAccumulator(AUC{})
		for len(score) < 300 {
			n := 1 + r.IntN(40)
			if round < 4 {
				n = 1
			}
			for range n {
				score = append(score, float32(r.IntN(levels))*1e-6)
				y = append(y, float32(r.IntN(2)))
				if fractional {
					y[len(y)-1] = r.Float32()
				}
				w = append(w, 1)
				if weighed {
					w[len(w)-1] = float32(r.IntN(4)) / 2
				}
			}
			at := len(score) - n
			terms := []*tensor.Tensor{tensor.Of(score[at:], n), tensor.Of(y[at:], n)}
			if weighed {
				terms = append(terms, tensor.Of(w[at:], n))
			}
			a.Add(terms...)
			got, want := a.Result(), pairs(score, y, w)
			if math.IsNaN(want) != math.IsNaN(got) || math.Abs(got-want) > 1e-12 {
				t.Fatalf("round %d, %d samples: %v, of all pairs %v", round, len(score), got, want)
			}
			if r.IntN(4) == 0 {
				b := NewAccumulator(AUC{})
				if err := b.Restore(a.Sums()); err != nil {
					t.Fatal(err)
				}
				if same := b.Result() == got || math.IsNaN(got); !same || !slices.Equal(b.Sums(), a.Sums()) {
					t.Fatalf("restored sums give %v, not %v", b.Result(), got)
				}
				a = b
			}
		}
	}
	for _, wrong := range [][]float64{{1, 2}, {1, 1, 1, 0, 5, 1, 1}, {1, 1, 1, 0, math.NaN(), 1, 1, 1},
		{1, 1, 1, 0, -1}} {
		if err := NewAccumulator(AUC{}).Restore(wrong); err == nil {
			t.Errorf("the sums %v pass", wrong)
		}
	}
}

// A NaN among the scores makes the area NaN, unless its sample does not count. After an epoch nothing is allocated.
func TestExactAUCState(t *testing.T) {
	nan := float32(math.NaN())
	a := NewAccumulator(AUC{})
	y := tensor.Of([]float32{1, 0, 1}, 3)
	a.Add(tensor.Of([]float32{0.7, 0.2, nan}, 3), y)
	if v := a.Result(); !math.IsNaN(v) {
		t.Errorf("with a NaN among the scores the area is %v", v)
	}
	a.Reset()
	a.Add(tensor.Of([]float32{0.7, 0.2, nan}, 3), y, tensor.Of([]float32{1, 1, 0}, 3))
	if v := a.Result(); v != 1 {
		t.Errorf("the area is %v, by hand 1", v)
	}
	r := rand.New(rand.NewPCG(5, 6))
	x, z := tensor.New(tensor.Float32, 32), tensor.New(tensor.Float32, 32)
	terms := []*tensor.Tensor{x, z}
	epoch := func() {
		a.Reset()
		for range 40 {
			for i := range x.F32 {
				x.F32[i], z.F32[i] = r.Float32(), float32(r.IntN(2))
			}
			a.Add(terms...)
		}
	}
	epoch()
	if n := testing.AllocsPerRun(5, epoch); n != 0 {
		t.Errorf("an epoch allocates %v times", n)
	}
}

// TestUndefined: without samples of a class there is no area and no recall, and the metric says why. Precision is 0
// where nothing is predicted, as in Keras.
func TestUndefined(t *testing.T) {
	for _, c := range []struct {
		m    Metric
		y, p []float32
		want float64
		why  string
	}{
		{AUC{}, []float32{1, 1}, []float32{0.2, 0.8}, math.NaN(), oneClass},
		{AUC{}, []float32{0, 0}, []float32{0.2, 0.8}, math.NaN(), oneClass},
		{AUC{NumThresholds: 200}, []float32{0, 0}, []float32{0.2, 0.8}, math.NaN(), oneClass},
		{AUC{}, []float32{0, 1}, []float32{0.2, 0.8}, 1, oneClass},
		{Recall{}, []float32{0, 0}, []float32{0.2, 0.8}, math.NaN(), noPositives},
		{Precision{}, []float32{0, 0}, []float32{0.2, 0.8}, math.NaN(), noPositives},
		{Precision{}, []float32{1, 0}, []float32{0.2, 0.3}, 0, noPositives},
		{Precision{}, []float32{1, 0}, []float32{0.6, 0.7}, 0.5, noPositives},
		{Recall{}, []float32{1, 1}, []float32{0.6, 0.4}, 0.5, noPositives},
		{BinaryAccuracy{}, []float32{1, 1}, []float32{0.6, 0.4}, 0.5, ""},
	} {
		a := NewAccumulator(c.m)
		add(t, c.m, a, tensor.Of(c.y, 2, 1), tensor.Of(c.p, 2, 1))
		if got := a.Result(); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%T of %v by %v: %v, want %v", c.m, c.y, c.p, got, c.want)
		}
		if why := Undefined(renamed{c.m}); why != c.why {
			t.Errorf("%T: %q", c.m, why)
		}
	}
}

// TestKeras3Classes compares metrics of classes with Keras 3.15's values after each batch, or where there is one the
// exact value of scikit-learn (golden/keras3-training/metrics.jsonl). Where a metric is not defined Keras says 0.
func TestKeras3Classes(t *testing.T) {
	dir := os.Getenv("GORAE_SHARED")
	if dir == "" {
		t.Skip("GORAE_SHARED names no folder of test material")
	}
	f, err := os.Open(filepath.Join(dir, "golden", "keras3-training", "metrics.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	type batch struct {
		Y *array `json:"y_true"`
		P *array `json:"y_pred"`
		W *array `json:"sample_weight"`
	}
	classes := []string{"AUC", "Precision", "Recall", "BinaryAccuracy", "CategoricalAccuracy"}
	ran := map[string]int{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var c struct {
			Name, Class string
			Options     map[string]any
			Kind        string `json:"data_kind"`
			Batches     []batch
			Expected    struct {
				Results []array
				Exact   map[string]any
			}
		}
		// Cases of other classes may hold what these types do not.
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil || !slices.Contains(classes, c.Class) {
			continue
		}
		m, err := Metrics.New(c.Class, c.Options)
		if err != nil {
			continue // an option that gorae does not have
		}
		if len(Expand(m, 1)) > 1 {
			continue // each value is compared in internal/golden
		}
		ran[c.Class]++
		t.Run(c.Name, func(t *testing.T) {
			a := NewAccumulator(m)
			for i, b := range c.Batches {
				y, p := b.Y.tensor(), b.P.tensor()
				var w *tensor.Tensor
				if b.W != nil {
					w = b.W.tensor()
					w.Shape = tensor.Shape{w.Len()}
				}
				addWeighed(t, m, a, y, p, w)
				got, want := a.Result(), c.Expected.Results[i].Data[0]
				exact := exactArea(c.Expected.Exact, c.Options)
				ranks := c.Expected.Exact != nil && c.Options["num_thresholds"] == nil && c.Options["thresholds"] == nil
				last := i == len(c.Batches)-1
				switch {
				case math.IsNaN(got) && want == 0 && Undefined(m) != "":
				case math.Abs(got-want) <= 1e-6+1e-5*math.Abs(want):
				case ranks && last && math.Abs(got-exact) <= 1e-9:
				case ranks && !last: // exact is of the whole stream
				default:
					t.Errorf("after batch %d: %v, Keras has %v (exactly %v)", i+1, got, want, c.Expected.Exact)
				}
			}
		})
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	for class, least := range map[string]int{"AUC": 94, "Precision": 8, "Recall": 8, "BinaryAccuracy": 8,
		"CategoricalAccuracy": 4} {
		if ran[class] < least {
			t.Errorf("%d cases of %s ran, want %d", ran[class], class, least)
		}
	}
	t.Log(fmt.Sprint(ran))
}

// exactArea is scikit-learn's value of a case: of all samples, or the mean of the labels with their weights.
func exactArea(exact, options map[string]any) float64 {
	which := "roc_auc"
	if options["curve"] == "PR" {
		which = "average_precision"
	}
	labels, ok := exact["per_label"].([]any)
	if !ok {
		v, _ := exact[which].(float64)
		return v
	}
	sum, of := 0.0, 0.0
	for i, l := range labels {
		w := 1.0
		if given, ok := options["label_weights"].([]any); ok {
			w = given[i].(float64)
		}
		sum, of = sum+w*l.(map[string]any)[which].(float64), of+w
	}
	return sum / of
}

// Thresholds come from the loss where none is given: the first class at it, the second above it.
func TestDecider(t *testing.T) {
	y, z := tensor.Of([]float32{1, 0, 0, 1}, 4, 1), tensor.Of([]float32{0.25, -1, 0, -2}, 4, 1)
	own := 0.3
	for _, c := range []struct {
		m    Metric
		want float64 // by hand: the second class is said of the first sample alone
	}{{Accuracy{}, 0.75}, {BinaryAccuracy{}, 0.75}, {Precision{}, 1}, {Recall{}, 0.5}} {
		at := c.m.(Decider).At(0)
		a := NewAccumulator(at)
		add(t, at, a, y, z)
		if got := a.Result(); got != c.want {
			t.Errorf("%T at 0: %v, want %v", c.m, got, c.want)
		}
	}
	for _, m := range []Metric{BinaryAccuracy{&own}, Precision{Thresholds: []float64{own}},
		Recall{Thresholds: []float64{own}}} {
		if at := m.(Decider).At(0); at != nil {
			t.Errorf("%T gives up a threshold of its own", m)
		}
	}
}
