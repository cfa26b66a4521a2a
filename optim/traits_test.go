package optim

import (
	"reflect"
	"testing"
)

// TestTraits: every registered optimizer says its learning rate, and takes it, or a schedule, from a literal.
func TestTraits(t *testing.T) {
	for _, class := range Optimizers.Classes() {
		if class == "LossScaleOptimizer" { // its inner optimizer has the rate
			if rate, _ := LearningRate(LossScaleOptimizer{Inner: SGD{LearningRate: 0.25}}); rate != 0.25 {
				t.Errorf("%s: the learning rate is %v", class, rate)
			}
			continue
		}
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
