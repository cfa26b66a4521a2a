package model_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"gorae/internal/par"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// A stateful layer remembers from call to call, so a series is predicted as it comes in, a step
// at a time. PredictInto allocates nothing.
func ExampleModel_PredictInto() {
	m := model.Sequential(layer.Input{Shape: []int{1, 3}},
		layer.LSTM{Units: 64, RNNOptions: layer.RNNOptions{Stateful: true}}, layer.Dense{Units: 1})
	if err := m.Build(1); err != nil {
		fmt.Println(err)
		return
	}
	x := tensor.New(tensor.Float32, 1, 1, 3) // one series, one step, three figures
	y := []*tensor.Tensor{tensor.New(tensor.Float32, 1, 1)}
	var first float32
	for day := range 4 {
		if day == 2 {
			m.ResetStates()
		}
		x.F32[0] = 1
		if err := m.PredictInto(context.Background(), y, x); err != nil {
			fmt.Println(err)
			return
		}
		if day == 0 {
			first = y[0].F32[0]
		}
		fmt.Println(day, "as on day 0:", y[0].F32[0] == first)
	}
	// Output:
	// 0 as on day 0: true
	// 1 as on day 0: false
	// 2 as on day 0: true
	// 3 as on day 0: false
}

// TestStreaming: one step at a time through a stateful model allocates nothing.
func TestStreaming(t *testing.T) {
	for name, l := range layers(64, true) {
		for _, batch := range []int{1, 7} {
			m := built(t, 1, layer.Input{Shape: []int{1, 3}}, l)
			x, y := random(1, batch, 1, 3), []*tensor.Tensor{tensor.New(tensor.Float32, batch, 64)}
			if n := testing.AllocsPerRun(20, func() {
				if err := m.PredictInto(t.Context(), y, x); err != nil {
					t.Fatal(err)
				}
			}); n != 0 {
				t.Errorf("%s: a step of %d series allocates %v times", name, batch, n)
			}
		}
	}
}

// layers are the recurrent layers of so many units that remember or do not.
func layers(units int, stateful bool) map[string]layer.Layer {
	return map[string]layer.Layer{
		"lstm":  layer.LSTM{Units: units, RNNOptions: layer.RNNOptions{Stateful: stateful}},
		"gru":   layer.GRU{Units: units, RNNOptions: layer.RNNOptions{Stateful: stateful}},
		"rnn":   layer.SimpleRNN{Units: units, RNNOptions: layer.RNNOptions{Stateful: stateful}},
		"ugrnn": layer.UGRNN{Units: units, RNNOptions: layer.RNNOptions{Stateful: stateful}},
	}
}

// TestStreamIsSequence: a series that comes in step by step gives what it gives at once, for
// one series and for many, for few weights and for many.
func TestStreamIsSequence(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	const steps = 12
	for _, units := range []int{17, 192} {
		for name, l := range layers(units, false) {
			if units > 100 && name != "lstm" { // one will do
				continue
			}
			for _, batch := range []int{1, 5, 13} {
				a := built(t, 3, layer.Input{Shape: []int{steps, 5}}, l)
				b := built(t, 3, layer.Input{Shape: []int{1, 5}}, layers(units, true)[name])
				x := random(4, batch, steps, 5)
				want := predict(t, a, x)
				var got *tensor.Tensor
				for s := range steps {
					at := tensor.New(tensor.Float32, batch, 1, 5)
					for i := range batch {
						copy(at.F32[5*i:5*i+5], x.F32[(i*steps+s)*5:])
					}
					got = predict(t, b, at)
				}
				equal(t, fmt.Sprintf("%s, %d series", name, batch), got, want, 1e-5)
				for i := range batch { // and each series alone gives what it gives among others
					alone := predict(t, a, x.Rows(i, i+1))
					equal(t, fmt.Sprintf("%s, series %d of %d alone", name, i, batch), alone, want.Rows(i, i+1), 1e-5)
				}
			}
		}
	}
}

// TestRecurrentThreads: predictions have the same bits for any number of threads.
func TestRecurrentThreads(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	defer par.SetDefault(par.Default())
	for _, units := range []int{17, 192} {
		for name, l := range layers(units, false) {
			if units > 100 && name != "lstm" {
				continue
			}
			for _, batch := range []int{1, 2, 33} {
				var want *tensor.Tensor
				for _, threads := range []int{1, 2, 5} {
					pool := par.New(threads)
					par.SetDefault(pool)
					got := predict(t, built(t, 3, layer.Input{Shape: []int{9, 5}}, l), random(4, batch, 9, 5))
					pool.Close()
					if want == nil {
						want = got
					}
					equal(t, fmt.Sprintf("%s of %d units, %d series, %d threads", name, units, batch, threads), got,
						want, 0)
				}
			}
		}
	}
}

// BenchmarkStreaming is one step of one series through the public call.
func BenchmarkStreaming(b *testing.B) {
	for name, l := range layers(64, true) {
		b.Run(name, func(b *testing.B) {
			m := model.Sequential(layer.Input{Shape: []int{1, 3}}, l, layer.Dense{Units: 1})
			if err := m.Build(1); err != nil {
				b.Fatal(err)
			}
			ctx, x, y := b.Context(), random(1, 1, 1, 3), []*tensor.Tensor{tensor.New(tensor.Float32, 1, 1)}
			b.ReportAllocs()
			for b.Loop() {
				if err := m.PredictInto(ctx, y, x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestPredictTimes: every step that runs again is listed, and what is only done once is not.
func TestPredictTimes(t *testing.T) {
	m := built(t, 1, layer.Input{Shape: []int{30, 4}}, layer.LSTM{Units: 8},
		layer.Dense{Units: 2, Activation: "softmax"})
	times, err := m.PredictTimes(3, random(1, 5, 30, 4))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	share := 0.0
	for _, s := range times {
		names = append(names, s.Name)
		share += s.Share
	}
	all := strings.Join(names, "; ")
	if !strings.Contains(all, "rnn lstm 5x30") || !strings.Contains(all, "gemm 5x2x8") ||
		strings.Contains(all, "pack") {
		t.Errorf("the steps are %s", all)
	}
	if share < 0.999 || share > 1.001 {
		t.Errorf("the shares make %v", share)
	}
	if _, err := m.PredictTimes(3, random(1, 5, 30, 3)); err == nil || !strings.Contains(err.Error(), "input") {
		t.Errorf("samples that do not fit: %v", err)
	}
}
