package optim

import (
	"strings"
	"testing"
)

// TestLossScaleConfig: the keys are Keras's, and the inner optimizer comes back.
func TestLossScaleConfig(t *testing.T) {
	o, err := Optimizers.New("loss_scale_optimizer", map[string]any{"inner_optimizer": "adam", "initial_scale": 1024.0})
	if err != nil {
		t.Fatal(err)
	}
	keys := Optimizers.Encode(o).Plain()["config"].(map[string]any)
	inner := keys["inner_optimizer"].(map[string]any)
	if inner["class_name"] != "Adam" || keys["initial_scale"] != 1024.0 || keys["dynamic_growth_steps"] != 2000 {
		t.Errorf("it is written as %v", keys)
	}
	back, err := Optimizers.Decode(Optimizers.Encode(o).Plain())
	if s, ok := back.(LossScaleOptimizer); err != nil || !ok || s.InitialScale != 1024 {
		t.Errorf("it comes back as %v: %v", back, err)
	}
	if rate, _ := LearningRate(back); rate != 0.001 {
		t.Errorf("the learning rate is %v, Adam's is 0.001", rate)
	}
	if _, err := New("loss_scale_optimizer"); err == nil || !strings.Contains(err.Error(), "inner_optimizer") {
		t.Errorf("without an inner optimizer: %v", err)
	}
}

// TestExcludeIsNotWritten: Keras's optimizers do not take exclude_from_weight_decay.
func TestExcludeIsNotWritten(t *testing.T) {
	o, err := Optimizers.New("adamw", map[string]any{"exclude_from_weight_decay": []any{"bias"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, there := Optimizers.Encode(o).Plain()["config"].(map[string]any)["exclude_from_weight_decay"]; there {
		t.Error("it is written for Keras")
	}
}
