package onnx

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
	"gorae/weight"
)

// uniform is a tensor of numbers from −1 to 1.
func uniform(name string, shape ...int) *tensor.Tensor {
	x, r := tensor.New(tensor.Float32, shape...), weight.NewRand(3, name)
	for i := range x.F32 {
		x.F32[i] = float32(2*r.Uniform() - 1)
	}
	return x
}

// quantized is a model as it is read from its quantized file.
func quantized(t *testing.T, m *model.Model, x *tensor.Tensor) (*model.Model, []byte) {
	t.Helper()
	c, err := Calibrate(m, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Add(t.Context(), x); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, m, Options{Calibration: c}); err != nil {
		t.Fatal(err)
	}
	f, err := Load(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return f.Model, b.Bytes()
}

// TestQuantizedDense: a quantized Dense layer computes what its definition says: inputs are rounded to 255ths of their
// range, of which 0 is one, and each column of the kernel to 127ths of its greatest element.
func TestQuantizedDense(t *testing.T) {
	const n, k, units = 40, 6, 3
	m := model.Sequential(layer.Input{Shape: []int{k}}, layer.Dense{Units: units})
	if err := m.Build(2); err != nil {
		t.Fatal(err)
	}
	w, bias := m.Store().Vars()[0].Value.F32, m.Store().Vars()[1].Value.F32
	for i := range bias {
		bias[i] = float32(i) - 0.5
	}
	x := uniform("x", n, k)
	q, _ := quantized(t, m, x)
	got, err := q.Predict(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range x.F32 {
		low, high = min(low, float64(v)), max(high, float64(v))
	}
	s := (high - low) / 255
	zero := math.Round(-low / s)
	for i := range n {
		for j := range units {
			most := 0.0
			for p := range k {
				most = max(most, math.Abs(float64(w[p*units+j])))
			}
			want := float64(bias[j])
			for p := range k {
				xq := min(max(math.Round(float64(x.F32[i*k+p])/s)+zero, 0), 255) - zero
				wq := math.Round(float64(w[p*units+j]) / (most / 127))
				want += xq * s * wq * (most / 127)
			}
			// A number near the middle of two levels may fall to either: one level of one input.
			if g := float64(got[0].F32[i*units+j]); math.Abs(g-want) > s*most+1e-5 {
				t.Errorf("output %d of sample %d is %v, want %v", j, i, g, want)
			}
		}
	}
}

// TestQuantizedSize: weights take a byte each, and outputs stay near those of the network.
func TestQuantizedSize(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{12, 12, 3}}, layer.Conv2D{Filters: 16, KernelSize: []int{3},
		Activation: "relu"}, layer.MaxPooling2D{}, layer.Conv2D{Filters: 32, KernelSize: []int{3}, Activation: "relu"},
		layer.Flatten{}, layer.Dense{Units: 64, Activation: "relu"}, layer.Dense{Units: 4, Activation: "softmax"})
	if err := m.Build(2); err != nil {
		t.Fatal(err)
	}
	x := uniform("pictures", 20, 12, 12, 3)
	q, b := quantized(t, m, x)
	var whole bytes.Buffer
	if err := Write(&whole, m, Options{}); err != nil {
		t.Fatal(err)
	}
	if weights := 9*3*16 + 9*16*32 + 288*64 + 64*4; whole.Len()-len(b) < 3*weights-6000 {
		t.Errorf("%d bytes, %d as float32; %d weights should save nearly three bytes each", len(b), whole.Len(),
			weights)
	}
	want, err := m.Predict(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	got, err := q.Predict(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	differs := false
	for i, v := range want[0].F32 {
		d := math.Abs(float64(got[0].F32[i] - v))
		if differs = differs || d > 1e-6; d > 0.02 {
			t.Errorf("probability %d is %v, of the network %v", i, got[0].F32[i], v)
		}
	}
	if !differs {
		t.Error("the outputs are those of the network: nothing was quantized")
	}
}

// TestRanges: a range leaves out what is rare and far away, where that lessens the error, and holds 0 exactly.
func TestRanges(t *testing.T) {
	s := numbers{low: 0, high: 1000}
	for i := range 100000 {
		s.some = append(s.some, float32(i%100)/100)
	}
	s.some[0] = 1.2
	if r := s.choose(); r.High > 2 {
		t.Errorf("the range %v reaches beyond all numbers but for those that were not kept", r)
	}
	scale, zero := s.choose().Levels()
	if zero != 0 || scale <= 0 {
		t.Errorf("scale %v, zero point %d: numbers of 0 and more begin at level 0", scale, zero)
	}
	if scale, zero := (numbers{}).choose().Levels(); scale != 1 || zero != 0 {
		t.Errorf("scale %v and zero point %d of no numbers", scale, zero)
	}
}

// TestCalibrateNothing: a network without products outside of loops is refused.
func TestCalibrateNothing(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{4}}, layer.ReLU{})
	if err := m.Build(2); err != nil {
		t.Fatal(err)
	}
	if _, err := Calibrate(m, Options{}); err == nil || !strings.Contains(err.Error(), "nothing to quantize") {
		t.Errorf("the error is %v", err)
	}
}
