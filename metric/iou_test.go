package metric

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"gorae/tensor"
)

// TestWeighedIoU: with weights that are no whole numbers the intersections over unions are those of scikit-learn
// (testdata/iou.py); Keras cuts such weights down.
func TestWeighedIoU(t *testing.T) {
	text, err := os.ReadFile("testdata/iou.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Mean    float64
		Classes []float64
		Binary  float64
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	const n = 24
	y, p, w := tensor.New(tensor.Int32, n), tensor.New(tensor.Float32, n), tensor.New(tensor.Float32, n)
	high, said := tensor.New(tensor.Int32, n, 1), tensor.New(tensor.Float32, n, 1)
	for i := range n {
		y.I32[i], p.F32[i] = int32((i*i+i/3)%4), float32((i*5+i/4)%4)
		w.F32[i] = float32(i*7%10)/8 + 0.15
		high.I32[i], said.F32[i] = y.I32[i]/2, float32(int(p.F32[i])/2)
	}
	value := func(m Metric, y, p *tensor.Tensor) float64 {
		a := NewAccumulator(m)
		addWeighed(t, m, a, y, p, w)
		return a.Result()
	}
	near := func(what string, got, want float64) {
		if !(math.Abs(got-want) < 1e-6) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	near("mean", value(MeanIoU{NumClasses: 4}, y, p), want.Mean)
	for c, v := range want.Classes {
		near("a class", value(IoU{NumClasses: 4, TargetClassIDs: []int{c}}, y, p), v)
	}
	near("binary", value(BinaryIoU{TargetClassIDs: []int{0, 1}}, high, said), want.Binary)
}
