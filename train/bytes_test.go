package train

import (
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/optim"
	"gorae/tensor"
)

// TestBytes: nothing is planned before the first step; a batch of more samples plans more, and both plans are kept.
func TestBytes(t *testing.T) {
	m := sequential(t, nil, layer.Input{Shape: []int{16}}, layer.Dense{Units: 64, Activation: "relu"},
		layer.Dense{Units: 1})
	step, err := NewStep(func(tr *layer.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
		return loss.Reduce(m.Trace(tr, in[0])[0].Square(), nil), nil
	}, nil, optim.SGD{}, 1, m)
	if err != nil {
		t.Fatal(err)
	}
	if n := step.Bytes(); n != 0 {
		t.Errorf("%d bytes before the first step", n)
	}
	var planned []int
	for _, samples := range []int{32, 256} {
		if _, _, err := step.Run(tensor.New(tensor.Float32, samples, 16)); err != nil {
			t.Fatal(err)
		}
		planned = append(planned, step.Bytes())
	}
	// The hidden layer's results alone are 64 float32s a sample.
	if planned[0] < 32*64*4 || planned[1]-planned[0] < 256*64*4 {
		t.Errorf("planned %v bytes", planned)
	}
}
