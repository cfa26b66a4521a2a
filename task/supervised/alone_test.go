package supervised

import (
	"math"
	"strings"
	"testing"

	"gorae/prep"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// TestAlone: of the features x, x + noise and a constant the first is the target's line. By hand: the target 3 − 2x has
// r² 1 with x; where every tenth row is moved by ±2 of a spread of 0 … 99, r² is 1 − 4·10/100/var = 0.99952, and by ±20
// it is 0.954, below what is said.
func TestAlone(t *testing.T) {
	for _, c := range []struct {
		moved float64
		says  string
	}{{0, "b alone says price (r2 1.0000 of a line"}, {2, "b alone says price (r2 0.99"}, {20, ""}} {
		g := &prep.Target{Name: "price", Task: prep.Regression, SD: 1}
		a := newAlone(Targets{g}, []string{"a", "b", "c"})
		for from := 0; from < 100; from += 25 {
			x, y := tensor.New(tensor.Float32, 25, 3), tensor.New(tensor.Float32, 25, 1)
			b := &train.EvalBatch{Inputs: []*tensor.Tensor{x}, Targets: []*tensor.Tensor{y}}
			for i := range 25 {
				row := from + i
				b.Samples = append(b.Samples, row)
				v := float64(row)
				x.F32[3*i], x.F32[3*i+2] = float32(math.Sin(v)), 7
				y.F32[i] = float32(3 - 2*v)
				if row%10 == 0 {
					v += c.moved * float64(1-row/10%2*2)
				}
				x.F32[3*i+1] = float32(v)
			}
			if err := a.Batch(b); err != nil {
				t.Fatal(err)
			}
		}
		f := &task.Findings{}
		a.say(f)
		if said := strings.Join(f.Words, "\n"); !strings.HasPrefix(said, c.says) || c.says == "" && said != "" {
			t.Errorf("moved by %v: %q, want %q", c.moved, said, c.says)
		}
	}
	if newAlone(Targets{{Task: prep.Classification}}, []string{"a"}) != nil || newAlone(Targets{{}, {}}, nil) != nil {
		t.Error("classes have no line")
	}
}
