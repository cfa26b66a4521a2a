package weight

import (
	"encoding/json"
	"math"
	"testing"

	"gorae/config"
)

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
