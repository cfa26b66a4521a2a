package keras_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"testing"

	"gorae/format/keras"
	"gorae/tensor"
)

// TestRecurrentFiles predicts with recurrent models that real Keras wrote, before and after saving
// them again; the numbers to expect are those of testdata/recurrent.py.
func TestRecurrentFiles(t *testing.T) {
	text, err := os.ReadFile("testdata/recurrent.json")
	if err != nil {
		t.Fatal(err)
	}
	var ref struct {
		Cases []struct {
			File, Kind string
			Batch      int
			Shape      []int
			Y          []float64
		}
	}
	if err := json.Unmarshal(text, &ref); err != nil {
		t.Fatal(err)
	}
	if len(ref.Cases) != 5 {
		t.Fatalf("there are %d cases", len(ref.Cases))
	}
	for _, c := range ref.Cases {
		t.Run(c.File, func(t *testing.T) {
			m, _, err := keras.LoadFile(shared(t, "models/"+c.File))
			if err != nil {
				t.Fatal(err)
			}
			saved, err := again(m)
			if err != nil {
				t.Fatal(err)
			}
			x := tensor.New(tensor.Float32, append([]int{c.Batch}, c.Shape...)...)
			for i := range x.F32 {
				switch n := c.Shape[len(c.Shape)-1]; c.Kind {
				case "ids":
					x.F32[i] = float32(i * 7919 % 500)
				case "one-hot":
					if i%n == i/n*37%n {
						x.F32[i] = 1
					}
				default:
					x.F32[i] = float32(i*31%101) / 101
				}
			}
			y, err := m.Predict(context.Background(), x)
			if err != nil {
				t.Fatal(err)
			}
			z, err := saved.Predict(context.Background(), x)
			if err != nil {
				t.Fatal(err)
			}
			if len(c.Y) != y[0].Len() {
				t.Fatalf("%v numbers come out, want %d", y[0].Shape, len(c.Y))
			}
			for i, want := range c.Y {
				if got := float64(y[0].F32[i]); !(math.Abs(got-want) <= 1e-5*(1+math.Abs(want))) {
					t.Errorf("element %d is %v, want %v", i, got, want)
				}
				if y[0].F32[i] != z[0].F32[i] {
					t.Errorf("element %d is %v after saving, %v before", i, z[0].F32[i], y[0].F32[i])
				}
			}
		})
	}
}
