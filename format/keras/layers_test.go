package keras_test

import (
	"bytes"
	"testing"

	"gorae/config"
	"gorae/format/keras"
	"gorae/graph"
	"gorae/layer"
	"gorae/model"
	"gorae/model/modeltest"
	"gorae/tensor"
	"gorae/weight"
)

// again saves a model and loads it.
func again(m *model.Model) (*model.Model, error) {
	var b bytes.Buffer
	if err := keras.Save(&b, m); err != nil {
		return nil, err
	}
	n, _, err := keras.Load(bytes.NewReader(b.Bytes()), int64(b.Len()))
	return n, err
}

// TestLayers: every registered layer passes the conformance test with its line
// "save → load → same output".
func TestLayers(t *testing.T) {
	tried := map[string]bool{"input": true, "tally": true} // input is in every model of the test
	for name, c := range modeltest.Cases() {
		tried[layer.Layers.Word(c.Layer)] = true
		if testing.Short() && len(name)%8 != 0 {
			continue // an eighth of the cases
		}
		t.Run(name, func(t *testing.T) { modeltest.Check(t, c, again) })
	}
	for _, n := range layer.Layers.Names() {
		l, err := layer.Layers.New(n, nil)
		if e, ok := err.(*config.Error); ok && e.Key {
			t.Fatal(err)
		}
		if err == nil && !tried[layer.Layers.Word(l)] || err != nil && !tried[n] {
			t.Errorf("no case of %s is in modeltest.Cases", n)
		}
	}
}

// tally is a layer that Keras lacks, with a layer of its own inside and a state.
type tally struct {
	layer.Base
	Units int `keras:"units,main,required,min=1"`
}

func init() { layer.Layers.RegisterOwn(tally{}) }

func (l tally) Call(s *layer.Scope, x ...*graph.Node) []*graph.Node {
	seen := s.State("seen", []int{}, weight.Ones{})
	s.Update(seen, seen.AddC(1))
	y := s.Child("cell", layer.Dense{Units: l.Units}, x...)
	return []*graph.Node{y[0].Mul(s.Weight("scale", []int{l.Units}, weight.GlorotUniform{}, nil)).Mul(seen)}
}

func (l tally) Formula(in, out []tensor.Shape) string { return "" }
