package weight

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"gorae/config"
	"gorae/graph"
)

// kerasArray is an array of the golden cases.
type kerasArray struct {
	Shape []int `json:"shape"`
	Data  []any `json:"data"` // numbers, or "nan"
}

// TestKeras3 compares regularizers, with their gradients, and constraints with real Keras 3
// (golden/keras3-training/regularizers_constraints.jsonl).
func TestKeras3(t *testing.T) {
	dir := os.Getenv("GORAE_SHARED")
	if dir == "" {
		t.Skip("GORAE_SHARED is not set; the golden cases are not there")
	}
	f, err := os.Open(filepath.Join(dir, "golden", "keras3-training", "regularizers_constraints.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tried := map[string]int{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var c struct {
			Name, Kind, Class string
			Options           map[string]any
			Weight            kerasArray
			Expected          json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		tried[c.Class]++
		t.Run(c.Name, func(t *testing.T) {
			var want struct {
				Value    any
				Weight   *kerasArray
				Gradient *kerasArray
				Error    string
			}
			if err := json.Unmarshal(c.Expected, &want); err != nil {
				t.Fatal(err)
			}
			g := graph.New()
			w := g.Input("w", graph.F32(c.Weight.Shape...))
			e := &graph.Evaluator{Leaves: map[string]*graph.Array{"w": {Type: w.Type, V: numbers(c.Weight.Data)}}}
			var y, dw *graph.Node
			err := graph.Catch(func() {
				if c.Kind == "constraint" {
					k, err := Constraints.New(c.Class, c.Options)
					if err != nil {
						t.Fatal(err)
					}
					y = k.Project(w)
					return
				}
				r, err := Regularizers.New(c.Class, c.Options)
				if err != nil {
					t.Fatal(err)
				}
				y = r.Penalty(w)
				dw = graph.Gradients([]*graph.Node{y}, nil, []*graph.Node{w})[0]
			})
			if want.Error != "" || want.Value == "nan" { // a single row has no angle: Keras gives not-a-number
				if err == nil {
					t.Errorf("Keras has %v %s", want.Value, want.Error)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			expected := []any{want.Value}
			if want.Weight != nil {
				expected = want.Weight.Data
			}
			same(t, e, y, expected)
			if want.Gradient != nil && dw != nil {
				same(t, e, dw, want.Gradient.Data)
			}
		})
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	for _, class := range append(Regularizers.Classes(), Constraints.Classes()...) {
		if tried[class] == 0 {
			t.Errorf("there is no case of %s", class)
		}
	}
}

// numbers are the elements of an array; where Keras has not-a-number (the slope of a root at 0) nothing is compared.
func numbers(data []any) []float64 {
	out := make([]float64, len(data))
	for i, v := range data {
		x, ok := v.(float64)
		if out[i] = x; !ok {
			out[i] = math.NaN()
		}
	}
	return out
}

func same(t *testing.T, e *graph.Evaluator, n *graph.Node, want []any) {
	t.Helper()
	got, err := e.Value(n)
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range numbers(want) {
		if !math.IsNaN(w) && !(math.Abs(got.V[i]-w) <= 1e-6*(1+math.Abs(w))) {
			t.Fatalf("element %d is %v, Keras has %v", i, got.V[i], w)
		}
	}
}

// TestConfigs: Keras's keys of regularizers and constraints come back from their configuration.
func TestConfigs(t *testing.T) {
	for _, c := range []Constraint{MaxNorm{}, MaxNorm{MaxValue: new(0.5), Axis: []int{0, 1}}, MinMaxNorm{}, NonNeg{},
		UnitNorm{Axis: []int{-1}}} {
		m := Constraints.Encode(c)
		back, err := Constraints.Decode(m.Plain())
		if err != nil {
			t.Errorf("%T: %v", c, err)
			continue
		}
		a, _ := json.Marshal(config.Encode(c))
		if b, _ := json.Marshal(config.Encode(back)); string(a) != string(b) {
			t.Errorf("%s became %s", a, b)
		}
	}
	a, _ := json.Marshal(config.Encode(MinMaxNorm{}))
	if want := `{"min_value":0,"max_value":1,"rate":1,"axis":0}`; string(a) != want {
		t.Errorf("got %s, Keras writes %s", a, want)
	}
}

// TestDefaultInitializer: a weight without an initializer gets glorot_uniform, a bias and a state zeros.
func TestDefaultInitializer(t *testing.T) {
	s := NewStore()
	for path, v := range map[string]Variable{"d/kernel": {Shape: []int{30, 20}}, "d/scale": {Shape: []int{600}},
		"d/bias": {Shape: []int{600}},
		"d/seen": {Shape: []int{600}, Kind: State}} {
		if _, err := s.Add(path, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Init(1); err != nil {
		t.Fatal(err)
	}
	for path, limit := range map[string]float64{"d/kernel": math.Sqrt(6.0 / 50), "d/scale": math.Sqrt(6.0 / 1200),
		"d/bias": 0, "d/seen": 0} {
		most := 0.0
		for _, x := range s.Var(path).Value.F32 {
			most = math.Max(most, math.Abs(float64(x)))
		}
		if most > limit || most < 0.98*limit {
			t.Errorf("%s reaches %v, the limit is %v", path, most, limit)
		}
	}
}
