package model_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/plan"
	"gorae/tensor"
	"gorae/weight"
)

// A program is any computation over a model's weights: here how far outputs move when inputs are turned around.
func ExampleProgram() {
	m := model.Sequential(layer.Input{Shape: []int{2}}, layer.Dense{Units: 1, Kernel: weight.Ones{}})
	if err := m.Build(1); err != nil {
		fmt.Println(err)
		return
	}
	p := model.NewProgram(func(t *model.Trace, in []*graph.Node) model.Traced {
		there, back := m.Trace(t, in[0])[0], m.Trace(t, in[0].Neg())[0]
		return model.Traced{Outputs: []*graph.Node{there.Sub(back)}}
	}, model.ProgramConfig{Models: []*model.Model{m}})
	outs, err := p.Run(tensor.Of([]float32{1, 2, 3, 4}, 2, 2))
	fmt.Println(outs[0].F32, err)
	// Output: [6 14] <nil>
}

// executors are the CPU, the naive evaluator that rounds as it does, and the one in float64.
var executors = map[string]plan.Executor{"cpu": plan.CPU{}, "naive": plan.Naive{}, "double": plan.Naive{Double: true}}

// nets are networks whose kernels differ much from the naive evaluation.
func nets() map[string]func() *model.Model {
	return map[string]func() *model.Model{
		"dense": func() *model.Model {
			return model.Sequential(layer.Input{Shape: []int{6, 6, 1}},
				layer.Conv2D{Filters: 4, KernelSize: []int{3, 3}, Activation: "relu"},
				layer.BatchNormalization{}, layer.MaxPooling2D{}, layer.Flatten{}, layer.Dropout{Rate: 0.25},
				layer.Dense{Units: 3, Activation: "softmax"})
		},
		"recurrent": func() *model.Model {
			return model.Sequential(layer.Input{Shape: []int{36}, DType: "int32"},
				layer.Embedding{InputDim: 9, OutputDim: 4},
				layer.GRU{Units: 5, RNNOptions: layer.RNNOptions{Stateful: true}},
				layer.Dense{Units: 3, Activation: "softmax"})
		},
	}
}

// A prediction has the same numbers on every executor: the one in float64 says what is right.
func TestExecutorsPredict(t *testing.T) {
	for name, net := range nets() {
		got := map[string]*tensor.Tensor{}
		for word, e := range executors {
			m := net()
			m.SetExecutor(e)
			if err := m.Build(3); err != nil {
				t.Fatal(err)
			}
			x := inputOf(m, 7)
			predict(t, m, x) // a stateful layer remembers
			got[word] = predict(t, m, x)
		}
		equal(t, name+", naive", got["naive"], got["double"], 1e-6)
		equal(t, name+", cpu", got["cpu"], got["double"], 1e-6)
	}
}

// inputOf is n samples for a model, ids from 0 to 8 where it takes integers.
func inputOf(m *model.Model, n int) *tensor.Tensor {
	typ := m.InputTypes(n)[0]
	x := random(5, typ.Shape...)
	if typ.DType == tensor.Int32 {
		for i := range x.F32 {
			x.F32[i] = float32(i*i%9) + 0.5
		}
	}
	return model.Convert(x, typ.DType)
}

// step is a training step as a program: loss, gradients, momentum, with everything that it keeps.
type step struct {
	program  *model.Program
	key, nth *tensor.Tensor
	slots    map[string]*tensor.Tensor
}

func newStep(m *model.Model, o optim.Optimizer) *step {
	s := &step{key: tensor.Of(graph.Key(11, 0), 4), nth: tensor.New(tensor.Float32), slots: map[string]*tensor.Tensor{}}
	rate, _ := optim.LearningRate(o)
	s.program = model.NewProgram(func(t *model.Trace, in []*graph.Node) model.Traced {
		value := loss.Reduce(loss.SparseCategoricalCrossentropy{}.Value(in[1], m.Trace(t, in[0])[0]), nil)
		var leaves []*graph.Node
		for _, v := range m.Store().Trainable() {
			leaves = append(leaves, t.Leaf(v))
		}
		made := optim.Minimize(o, value, leaves)
		return model.Traced{Outputs: []*graph.Node{value}, Check: append([]*graph.Node{value}, made.Gradients...),
			Compiled: func(c *model.Compiled) error {
				for _, slot := range made.Slots {
					if s.slots[slot.Name] == nil {
						s.slots[slot.Name] = tensor.New(tensor.Float32, slot.Shape...)
						for i := range s.slots[slot.Name].F32 {
							s.slots[slot.Name].F32[i] = slot.Init
						}
					}
					c.Bind(slot.Name, s.slots[slot.Name])
				}
				return nil
			}}
	}, model.ProgramConfig{Models: []*model.Model{m}, Training: true, Leaves: map[string]*tensor.Tensor{
		"key": s.key, optim.StepLeaf: s.nth, optim.RateLeaf: {Shape: tensor.Shape{}, F32: []float32{float32(rate)}},
	}})
	return s
}

func (s *step) run(x, y *tensor.Tensor) (float64, error) {
	s.nth.F32[0]++
	copy(s.key.I32, graph.Key(11, uint64(s.nth.F32[0])))
	outs, err := s.program.Run(x, y)
	if err != nil {
		return 0, err
	}
	return outs[0].Float(0), nil
}

func labels(n int) *tensor.Tensor {
	y := tensor.New(tensor.Int32, n)
	for i := range y.I32 {
		y.I32[i] = int32(i % 3)
	}
	return y
}

// Training steps, with dropout, moving averages and an optimizer's slots, move the weights alike on every executor.
func TestExecutorsTrain(t *testing.T) {
	for name, net := range nets() {
		losses, weights := map[string]float64{}, map[string][]float32{}
		for word, e := range executors {
			m := net()
			m.SetExecutor(e)
			if err := m.Build(3); err != nil {
				t.Fatal(err)
			}
			s := newStep(m, optim.SGD{LearningRate: 0.05, Momentum: 0.9})
			for i := range 4 {
				n := 7 - i%2 // two sizes share the slots
				value, err := s.run(inputOf(m, n), labels(n))
				if err != nil {
					t.Fatal(err)
				}
				losses[word] = value
			}
			weights[word] = m.Store().Snapshot()
		}
		for _, word := range []string{"cpu", "naive"} {
			if d := math.Abs(losses[word] - losses["double"]); !(d < 1e-5) {
				t.Errorf("%s: the loss differs by %v on %s", name, d, word)
			}
			for i, w := range weights[word] {
				if d := math.Abs(float64(w - weights["double"][i])); !(d < 1e-5) {
					t.Errorf("%s: weight %d differs by %v on %s", name, i, d, word)
					break
				}
			}
		}
	}
}

// A step in which NaN arises writes nothing, on every executor, and says where.
func TestProgramNonFinite(t *testing.T) {
	for word, e := range executors {
		m := nets()["dense"]()
		m.SetExecutor(e)
		if err := m.Build(3); err != nil {
			t.Fatal(err)
		}
		s := newStep(m, optim.SGD{LearningRate: 0.05, Momentum: 0.9})
		x := inputOf(m, 4)
		x.F32[7] = float32(math.NaN())
		before := m.Store().Snapshot()
		_, err := s.run(x, labels(4))
		var bad *plan.NonFinite
		if !errors.As(err, &bad) || !bad.Leaf || !strings.Contains(bad.What, "in/0") {
			t.Errorf("%s: error %v", word, err)
		}
		for i, w := range m.Store().Snapshot() {
			if w != before[i] {
				t.Fatalf("%s: weight %d has moved", word, i)
			}
		}
	}
}

// A run allocates nothing once its types are known, and types that come and go stay in a bounded cache.
func TestProgramCache(t *testing.T) {
	m := built(t, 1, layer.Input{Shape: []int{3}}, layer.Dense{Units: 2})
	traces := 0
	p := model.NewProgram(func(t *model.Trace, in []*graph.Node) model.Traced {
		traces++
		return model.Traced{Outputs: m.Trace(t, in[0])}
	}, model.ProgramConfig{Models: []*model.Model{m}})
	run := func(n int) {
		if _, err := p.Run(tensor.New(tensor.Float32, n, 3)); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 40 {
		run(n + 1)
		run(1) // the most recently used stays
	}
	if traces != 40 || len(p.All()) != 32 {
		t.Errorf("%d traces, %d are kept; want 40 and 32", traces, len(p.All()))
	}
	if run(2); traces != 41 {
		t.Errorf("%d traces; the oldest must have gone", traces)
	}
	x := tensor.New(tensor.Float32, 5, 3)
	if _, err := p.Run(x); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(20, func() { _, _ = p.Run(x) }); n != 0 {
		t.Errorf("a run allocates %v times", n)
	}
	if p.Reset(); len(p.All()) != 0 {
		t.Error("Reset keeps programs")
	}
}

// The memory kept for later runs is bounded: what was used longest ago goes, and comes again with the same results.
func TestProgramIdle(t *testing.T) {
	m := built(t, 1, layer.Input{Shape: []int{3}}, layer.Dense{Units: 2, Activation: "tanh"})
	p := model.NewProgram(func(t *model.Trace, in []*graph.Node) model.Traced {
		return model.Traced{Outputs: m.Trace(t, in[0])}
	}, model.ProgramConfig{Models: []*model.Model{m}, Idle: 8 << 10})
	x := tensor.New(tensor.Float32, 256, 3)
	for i := range x.F32 {
		x.F32[i] = float32(i%7) - 3
	}
	run := func(n int) []float32 {
		e, err := p.BorrowRows(0, n, x)
		if err != nil {
			t.Fatal(err)
		}
		defer e.Release()
		if err := e.Run(); err != nil {
			t.Fatal(err)
		}
		return slices.Clone(e.Output(0).F32)
	}
	first := run(200)
	for n := 201; n < 210; n++ {
		run(n)
	}
	kept := 0
	for _, c := range p.All() {
		kept += c.Idle() * c.Bytes()
	}
	if all := p.All(); kept > 8<<10 || kept == 0 || all[0].Idle() != 0 || all[9].Idle() != 1 {
		t.Errorf("%d bytes are kept; want those of the latest runs, at most 8 KB", kept)
	}
	if again := run(200); !slices.Equal(again, first) {
		t.Error("results differ in new memory")
	}
}

// Goroutines that borrow do not disturb each other while weights are written.
func TestProgramBorrow(t *testing.T) {
	m := built(t, 1, layer.Input{Shape: []int{3}}, layer.Dense{Units: 2, NoBias: true})
	p := model.NewProgram(func(t *model.Trace, in []*graph.Node) model.Traced {
		return model.Traced{Outputs: m.Trace(t, in[0])}
	}, model.ProgramConfig{Models: []*model.Model{m}})
	kernel := m.Store().Var("dense/kernel")
	// The first weights differ from each other; a goroutine may run before the first round has set them alike.
	if err := m.Store().Set("dense/kernel", tensor.New(tensor.Float32, kernel.Shape...)); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for g := range 4 {
		wait.Go(func() {
			x := tensor.New(tensor.Float32, 8, 3)
			for i := range x.F32 {
				x.F32[i] = float32(g + 1)
			}
			for range 200 {
				e, err := p.BorrowRows(2, 5, x)
				if err == nil {
					err = e.Run()
				}
				if err != nil {
					t.Error(err)
					return
				}
				o := e.Output(0) // all weights are alike, so all outputs of a run are
				if o.Shape[0] != 3 || o.F32[0] != o.F32[5] || math.Mod(float64(o.F32[0]), float64(3*(g+1))) != 0 {
					t.Errorf("goroutine %d got %v", g, o)
				}
				e.Release()
			}
		})
	}
	value := tensor.New(tensor.Float32, kernel.Shape...)
	for round := range 200 {
		for i := range value.F32 {
			value.F32[i] = float32(round)
		}
		if err := m.Store().Set("dense/kernel", value); err != nil {
			t.Fatal(err)
		}
	}
	wait.Wait()
}

// Faults of a program are errors: no model, a model that is not built, an input that does not fit, a refusal.
func TestProgramFaults(t *testing.T) {
	m := built(t, 1, layer.Input{Shape: []int{3}}, layer.Dense{Units: 2})
	raw := model.Sequential(layer.Input{Shape: []int{3}}, layer.Dense{Units: 2})
	traced := func(t *model.Trace, in []*graph.Node) model.Traced { return model.Traced{Outputs: m.Trace(t, in...)} }
	refused := func(t *model.Trace, in []*graph.Node) model.Traced {
		return model.Traced{Outputs: m.Trace(t, in...), Compiled: func(c *model.Compiled) error {
			return fmt.Errorf("%d bytes are too many", c.Bytes())
		}}
	}
	for want, p := range map[string]*model.Program{
		"no model":           model.NewProgram(traced, model.ProgramConfig{}),
		"is not built":       model.NewProgram(traced, model.ProgramConfig{Models: []*model.Model{raw}}),
		"input":              model.NewProgram(traced, model.ProgramConfig{Models: []*model.Model{m}}),
		"bytes are too many": model.NewProgram(refused, model.ProgramConfig{Models: []*model.Model{m}}),
	} {
		x := tensor.New(tensor.Float32, 4, 3)
		if want == "input" {
			x = tensor.New(tensor.Float32, 4, 5)
		}
		if _, err := p.Run(x); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
		if len(p.All()) != 0 {
			t.Errorf("%s: a program that failed is kept", want)
		}
	}
}
