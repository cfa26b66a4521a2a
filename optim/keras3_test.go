package optim

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"gorae/graph"
)

// TestKeras3Schedules compares every schedule that exists with real Keras 3 (golden/keras3-training/schedules.jsonl).
func TestKeras3Schedules(t *testing.T) {
	dir := os.Getenv("GORAE_SHARED")
	if dir == "" {
		t.Skip("GORAE_SHARED is not set; the golden cases are not there")
	}
	f, err := os.Open(filepath.Join(dir, "golden", "keras3-training", "schedules.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tried := map[string]int{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var c struct {
			Name, Class string
			Options     map[string]any
			Steps       []float64
			Expected    struct{ Values []any } // numbers, or "nan", "inf"
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if !Schedules.Has(c.Class) {
			continue
		}
		s, err := Schedules.New(c.Class, c.Options)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		tried[c.Class]++
		for i, step := range c.Steps {
			g := graph.New()
			e := &graph.Evaluator{Single: true, Leaves: map[string]*graph.Array{"t": {Type: graph.F32(),
				V: []float64{step}}}}
			got, err := e.Value(s.At(g.Input("t", graph.F32())))
			if err != nil {
				t.Fatal(err)
			}
			// Keras computes schedules in float32.
			want, ok := c.Expected.Values[i].(float64)
			if ok && !(math.Abs(got.V[0]-want) <= 1e-6+5e-6*math.Abs(want)) {
				t.Errorf("%s: the rate at step %v is %v, Keras has %v", c.Name, step, got.V[0], want)
				break
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if len(tried) != len(Schedules.Classes()) {
		t.Errorf("%v were compared, there are %v", tried, Schedules.Classes())
	}
}

// TestTraits: every registered optimizer says its learning rate, and takes it, or a schedule, from a literal.
func TestTraits(t *testing.T) {
	for _, class := range Optimizers.Classes() {
		v := reflect.New(reflect.TypeOf(Optimizers.Prototype(class))).Elem()
		v.FieldByName("LearningRate").SetFloat(0.25)
		o := v.Interface().(Optimizer)
		if _, ok := o.(Rated); !ok {
			t.Errorf("%s does not say its learning rate", class)
			continue
		}
		if rate, s := LearningRate(o); rate != 0.25 || s != nil {
			t.Errorf("%s: the learning rate is %v, %v", class, rate, s)
		}
		v.FieldByName("Schedule").Set(reflect.ValueOf(ExponentialDecay{Initial: 1, Steps: 1, Rate: 0.5}))
		if _, s := LearningRate(v.Interface().(Optimizer)); s == nil {
			t.Errorf("%s: the schedule is lost", class)
		}
	}
}
