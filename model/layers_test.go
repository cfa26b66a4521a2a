package model_test

import (
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/model/modeltest"
	"gorae/tensor"
	"gorae/weight"
)

// scale is a layer of a user's own: no gradient, no kernel, no file format is written for it.
type scale struct {
	layer.Base
	By float64 `keras:"by,main,required"`
}

func init() { layer.Layers.RegisterOwn(scale{}) }

func (l scale) Call(s *layer.Scope, x ...*graph.Node) []*graph.Node {
	w := s.Weight("factor", []int{1}, weight.Ones{}, nil)
	return []*graph.Node{x[0].MulC(l.By).Mul(w).Tanh()}
}

func (scale) Formula(in, out []tensor.Shape) string { return "1 factor for all = 1" }

// TestOwnLayer: a layer of one's own passes what Keras's layers pass.
func TestOwnLayer(t *testing.T) {
	modeltest.Check(t, modeltest.Case{Layer: scale{By: 0.5}, Inputs: [][]int{{4, 3}}}, nil)
	if got := layer.Layers.Encode(scale{By: 2}).Get("registered_name"); got != "gorae>scale" {
		t.Errorf("it is registered as %v", got)
	}
}

// TestLayers is the conformance test of every layer.
func TestLayers(t *testing.T) {
	tried := map[string]bool{"InputLayer": true}
	for name, c := range modeltest.Cases() {
		tried[layer.TypeName(c.Layer)] = true
		if testing.Short() && len(name)%8 != 0 {
			continue // an eighth of the cases
		}
		t.Run(name, func(t *testing.T) { modeltest.Check(t, c, nil) })
	}
	for _, class := range layer.Layers.Classes() {
		if !tried[class] && class != layer.TypeName(scale{}) {
			t.Errorf("%s has no case", class)
		}
	}
}
