package optim

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gorae/config"
	"gorae/graph"
)

// TestP5Schedules compares with Keras's documented formulas, by hand.
func TestP5Schedules(t *testing.T) {
	for _, c := range []struct {
		name string
		cfg  map[string]any
		want map[float64]float64 // by step
	}{
		{"exponential_decay", map[string]any{"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5},
			map[float64]float64{0: 0.1, 5: 0.1 * math.Sqrt(0.5), 10: 0.05, 30: 0.0125}},
		{"ExponentialDecay", map[string]any{"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5,
			"staircase": true},
			map[float64]float64{9: 0.1, 10: 0.05, 19: 0.05, 20: 0.025}},
		{"inverse_time_decay", map[string]any{"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 1},
			map[float64]float64{0: 0.1, 10: 0.05, 30: 0.025}},
		{"cosine_decay", map[string]any{"initial_learning_rate": 0.1, "decay_steps": 100, "alpha": 0.1},
			map[float64]float64{0: 0.1, 50: 0.1 * (0.9*0.5 + 0.1), 100: 0.01, 500: 0.01}},
		{"cosine_decay", map[string]any{"initial_learning_rate": 0, "decay_steps": 100, "warmup_target": 0.2,
			"warmup_steps": 10},
			map[float64]float64{0: 0, 5: 0.1, 10: 0.2, 60: 0.1, 110: 0}},
		{"polynomial_decay", map[string]any{"initial_learning_rate": 0.1, "decay_steps": 10, "end_learning_rate": 0.01,
			"power": 2},
			map[float64]float64{0: 0.1, 5: 0.09*0.25 + 0.01, 10: 0.01, 20: 0.01}},
		{"polynomial_decay", map[string]any{"initial_learning_rate": 0.1, "decay_steps": 10, "end_learning_rate": 0,
			"cycle": true},
			map[float64]float64{0: 0.1, 5: 0.05, 15: 0.1 * (1 - 15.0/20)}},
		{"piecewise_constant", map[string]any{"boundaries": []any{3, 6}, "values": []any{1, 0.5, 0.1}},
			map[float64]float64{0: 1, 3: 1, 4: 0.5, 6: 0.5, 7: 0.1}},
	} {
		s, err := Schedules.New(c.name, c.cfg)
		if err != nil {
			t.Fatal(err)
		}
		for step, want := range c.want {
			g := graph.New()
			e := &graph.Evaluator{Single: true, Leaves: map[string]*graph.Array{"t": {Type: graph.F32(),
				V: []float64{step}}}}
			got, err := e.Value(s.At(g.Input("t", graph.F32())))
			if err != nil || !(math.Abs(got.V[0]-want) <= 1e-6) {
				t.Errorf("%s %v at %v is %v, %v; want %v", c.name, c.cfg, step, got, err, want)
			}
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		cfg  any
		says string
	}{
		{"adam", map[string]any{"learning_rate": 0},
			"adam.learning_rate: 0 is not a learning rate; give a positive number"},
		{"adam", map[string]any{"learning_rte": 0.1}, `adam.learning_rte: unknown key; did you mean "learning_rate"?`},
		{"adam", map[string]any{"beta_1": 1}, "adam.beta_1: 1 is not allowed"},
		{"adm", nil, `did you mean "adam"?`},
		{"sgd", map[string]any{"clipnorm": 1, "clipvalue": 1}, "exclude each other"},
		{"sgd",
			map[string]any{"learning_rate": map[string]any{"cosine_decay": map[string]any{
				"initial_learning_rate": 0.1}}},
			"sgd.learning_rate.cosine_decay.decay_steps: is missing"},
		{"sgd", map[string]any{"learning_rate": map[string]any{"piecewise_constant": map[string]any{"boundaries": 3,
			"values": 1}}}, "one more value"},
		{"sgd", map[string]any{"learning_rate": "fast"}, "fast"},
	} {
		_, err := Optimizers.New(c.name, c.cfg)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s %v: error %v, want …%s", c.name, c.cfg, err, c.says)
		}
	}
	if o, err := Optimizers.New("sgd", map[string]any{"momentum": 0}); err != nil || o.(SGD).Momentum != 0 {
		t.Errorf("momentum 0 is 0: %v, %v", o, err)
	}
}

// TestConfig: every optimiser and schedule has Keras's keys and comes back from them.
func TestConfig(t *testing.T) {
	for _, name := range Optimizers.Names() {
		if name == "loss_scale_optimizer" { // TestLossScale has it
			continue
		}
		o, err := New(name)
		if err != nil {
			t.Fatal(err)
		}
		m := Optimizers.Encode(o).Plain()
		keys := m["config"].(map[string]any)
		want := 0.001
		if name == "sgd" {
			want = 0.01
		}
		if keys["learning_rate"] != want || keys["use_ema"] != false {
			t.Errorf("%s has %v", name, keys)
		}
		back, err := Optimizers.Decode(m)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if a, b := fmt.Sprint(config.Encode(o)), fmt.Sprint(config.Encode(back)); a != b {
			t.Errorf("%s: %s became %s", name, a, b)
		}
		if rate, s := LearningRate(o); rate != want || s != nil {
			t.Errorf("%s begins with the learning rate %v", name, rate)
		}
	}
	if w, err := New("adamw"); err != nil || config.Encode(w).Get("weight_decay") != 0.004 {
		t.Errorf("the weight decay of AdamW is %v, %v", config.Encode(w).Get("weight_decay"), err)
	}
	o := Adam{Schedule: CosineDecay{Initial: new(0.1), Steps: 10}}
	back, err := Optimizers.Decode(Optimizers.Encode(o).Plain())
	if err != nil {
		t.Fatal(err)
	}
	if _, s := LearningRate(back); s == nil {
		t.Error("the schedule is lost in the configuration")
	}
}

// TestScheduled: with a schedule the learning rate is no input of the step.
func TestScheduled(t *testing.T) {
	g := graph.New()
	w := g.Leaf(graph.Weight, "w", graph.F32(2))
	o := SGD{Schedule: ExponentialDecay{Initial: 1, Steps: 1, Rate: 0.5}}
	var p *Plan
	if err := graph.Catch(func() { p = Minimize(o, w.Square().Sum(), []*graph.Node{w}) }); err != nil {
		t.Fatal(err)
	}
	if !p.Scheduled {
		t.Error("the schedule is not seen")
	}
	e := &graph.Evaluator{Leaves: map[string]*graph.Array{
		"w": {Type: graph.F32(2), V: []float64{1, 3}}, StepLeaf: {Type: graph.F32(), V: []float64{2}}}}
	m, err := e.Assigned(g)
	if err != nil || math.Abs(m["w"].V[0]) > 1e-6 || math.Abs(m["w"].V[1]) > 1e-6 { // w − 0.5·2w
		t.Errorf("the second step gives %v, %v", m["w"], err)
	}
}

func ExampleMinimize() {
	g := graph.New()
	w := g.Leaf(graph.Weight, "w", graph.F32())
	p := Minimize(SGD{Momentum: 0.9}, w.Square(), []*graph.Node{w})
	for _, s := range p.Slots {
		fmt.Println(s.Name, s.Shape)
	}
	// Output: optimizer/w/momentum ()
}
