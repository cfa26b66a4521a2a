package train

import (
	"context"
	"math"
	"testing"

	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/weight"
)

// moves lists the variables that an optimizer moves.
func moves(m *model.Model) []*weight.Var { return model.TrainableWeights(m) }

// averaging follows the weights of a run and averages them by hand.
type averaging struct {
	mu    float64
	every int // steps of an update
	mean  [][]float64
	raw   [][]float32 // at the end of the last step
	moved int         // steps that changed a weight
}

func (a *averaging) On(e Event) error {
	if e.Kind == TrainBegin {
		for _, v := range moves(e.Run.Model) {
			a.raw = append(a.raw, append([]float32(nil), v.Value.F32...))
			a.mean = append(a.mean, make([]float64, len(v.Value.F32)))
		}
	}
	if e.Kind != BatchEnd {
		return nil
	}
	mu, changed := a.mu, false
	if int(e.Step-1)/a.every == 0 { // before the first update is over the average is the weight
		mu = 0
	}
	for i, v := range moves(e.Run.Model) {
		for k, w := range v.Value.F32 {
			a.mean[i][k] = mu*a.mean[i][k] + (1-mu)*float64(w)
			changed = changed || w != a.raw[i][k]
		}
		copy(a.raw[i], v.Value.F32)
	}
	if changed {
		a.moved++
	}
	return nil
}

// TestAverages: use_ema puts the moving average of each weight into the model when the training has ended
// (Optimizer.finalize_variable_values of Keras 3), gradient_accumulation_steps moves weights in every third step alone,
// and a run that is continued, in its middle or at its end, gives the same bits.
func TestAverages(t *testing.T) {
	d, mu, steps := digits(t, 0, 64), 0.75, 3
	run := func(epochs int, c *Checkpoint) ([][]float32, *averaging) {
		m, a := classifier(), &averaging{mu: mu, every: steps}
		_, err := Fit(context.Background(), m, d, Config{Loss: loss.SparseCategoricalCrossentropy{}, Epochs: epochs,
			BatchSize: 8, Seed: 3, Checkpoint: c, Callbacks: []Callback{a},
			Optimizer: optim.SGD{LearningRate: 0.5, Common: optim.Common{UseEMA: true, EMAMomentum: &mu,
				GradientAccumulationSteps: &steps}}})
		if err != nil {
			t.Fatal(err)
		}
		var w [][]float32
		for _, v := range moves(m) {
			w = append(w, append([]float32(nil), v.Value.F32...))
		}
		return w, a
	}
	want, a := run(3, nil)
	if a.moved != 8 { // of 24 steps
		t.Errorf("%d steps moved weights, want 8", a.moved)
	}
	apart := 0.0
	for i := range want {
		for k, w := range want[i] {
			if !(math.Abs(float64(w)-a.mean[i][k]) <= 1e-5) {
				t.Fatalf("weight %d, element %d is %v, the average by hand %v", i, k, w, a.mean[i][k])
			}
			apart = max(apart, math.Abs(float64(w-a.raw[i][k])))
		}
	}
	if apart < 1e-3 {
		t.Errorf("the averages are the weights, but for %v", apart)
	}
	c := &Checkpoint{Path: t.TempDir() + "/state.keras", Resume: true}
	for _, epochs := range []int{1, 3, 3} {
		got, _ := run(epochs, c)
		for i := range got {
			for k := range got[i] {
				if epochs == 3 && got[i][k] != want[i][k] {
					t.Fatalf("continued to epoch %d: weight %d, element %d is %v, without an interruption %v", epochs,
						i, k, got[i][k], want[i][k])
				}
			}
		}
	}
}

// TestSwapEMAWeights: with swap_on_epoch callbacks see the averages at an epoch's end and the weights at the next one's
// beginning, the training goes on as without the callback, and an optimizer without averages is refused.
func TestSwapEMAWeights(t *testing.T) {
	d, mu := digits(t, 0, 64), 0.75
	fit := func(ema bool, more ...Callback) (*model.Model, *averaging, error) {
		m, a := classifier(), &averaging{mu: mu, every: 1}
		_, err := Fit(context.Background(), m, d, Config{Loss: loss.SparseCategoricalCrossentropy{}, Epochs: 3,
			BatchSize: 8, Seed: 3, Callbacks: append([]Callback{a}, more...), Validation: &d,
			Optimizer: optim.SGD{LearningRate: 0.5, Common: optim.Common{UseEMA: ema, EMAMomentum: &mu}}})
		return m, a, err
	}
	if _, _, err := fit(false, SwapEMAWeights{}); err == nil {
		t.Error("averages that nobody keeps are swapped")
	}
	plain, _, err := fit(true)
	if err != nil {
		t.Fatal(err)
	}
	var a *averaging
	looks := 0
	near := func(e Event, want func(i, k int) float64) error {
		looks++
		for i, v := range moves(e.Run.Model) {
			for k, w := range v.Value.F32 {
				if math.Abs(float64(w)-want(i, k)) > 1e-5 {
					t.Fatalf("%v of epoch %d: weight %d, element %d is %v, want %v", e.Kind, e.Epoch, i, k, w,
						want(i, k))
				}
			}
		}
		return nil
	}
	look := Lambda{
		EpochEnd: func(e Event) error { return near(e, func(i, k int) float64 { return a.mean[i][k] }) },
		EpochBegin: func(e Event) error {
			return near(e, func(i, k int) float64 { return float64(a.raw[i][k]) })
		},
	}
	find := Lambda{TrainBegin: func(e Event) error { a = e.Run.loop.config.Callbacks[0].(*averaging); return nil }}
	swapped, _, err := fit(true, &SwapEMAWeights{SwapOnEpoch: true}, find, look)
	if err != nil || looks != 6 {
		t.Fatalf("%d looks, %v", looks, err)
	}
	for i, v := range moves(plain) {
		for k, w := range v.Value.F32 {
			if got := moves(swapped)[i].Value.F32[k]; got != w {
				t.Fatalf("weight %d, element %d is %v, without the callback %v", i, k, got, w)
			}
		}
	}
}
