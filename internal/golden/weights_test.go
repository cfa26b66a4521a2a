package golden

import (
	"encoding/json"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/weight"
)

// boundCase is a line of keras3-training/regularizers_constraints.jsonl.
type boundCase struct {
	Name, Kind, Class, Floatx string
	Options                   map[string]any
	Weight                    *array
	Expected                  struct {
		Value    json.RawMessage
		Gradient *array
		Weight   *array
		Error    string
	}
}

// TestRegularizersConstraints: penalties with their gradients, and projected weights, are Keras's.
func TestRegularizersConstraints(t *testing.T) {
	file := "keras3-training/regularizers_constraints.jsonl"
	y := newTally(file)
	lines(t, file, func(c *boundCase) {
		if !weight.Regularizers.Has(c.Class) && !weight.Constraints.Has(c.Class) {
			y.lacks(t, c.Class)
			return
		}
		if c.Expected.Error != "" {
			y.refused++
			return
		}
		y.try(t, c.Name, c.check)
	})
	y.report(t)
}

func (c *boundCase) check(t *testing.T) {
	for _, how := range computers {
		t.Run(how.name, func(t *testing.T) {
			tol := within{abs: 1e-11, rel: 1e-9}
			switch {
			case c.Floatx == "float32":
				tol = within{abs: 2e-6, rel: 2e-5}
			case how.single:
				tol = within{abs: 1e-6, rel: 1e-5}
			}
			g := graph.New()
			w := g.Leaf(graph.Weight, "w", c.Weight.value().Type)
			var nodes []*graph.Node
			var want []*array
			err := graph.Catch(func() {
				if c.Kind == "constraint" {
					k, err := weight.Constraints.New(c.Class, c.Options)
					if err != nil {
						t.Fatal(err)
					}
					nodes, want = append(nodes, k.Project(w)), append(want, c.Expected.Weight)
					return
				}
				r, err := weight.Regularizers.New(c.Class, c.Options)
				if err != nil {
					t.Fatal(err)
				}
				p := r.Penalty(w)
				nodes = append(nodes, p, graph.Gradients([]*graph.Node{p}, nil, []*graph.Node{w})[0])
				var v number
				if err := json.Unmarshal(c.Expected.Value, &v); err != nil {
					t.Fatal(err)
				}
				want = append(want, &array{V: []float64{float64(v)}}, c.Expected.Gradient)
			})
			if err != nil {
				if v := string(c.Expected.Value); strings.Contains(v, "nan") {
					return // a matrix of one row has no angles: gorae refuses it, Keras has NaN
				}
				t.Fatal(err)
			}
			if !how.single && c.Kind == "regularizer" { // Keras rounds the factors to float32
				roundConstants(g)
			}
			if len(nodes) == 2 && nodes[1] == nil { // a constant penalty
				nodes = nodes[:1]
			}
			got, err := how.compute(leaves{"w": c.Weight.value()}, nodes, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i, n := range got.outs {
				tol.compare(t, []string{"value", "gradient"}[i], n, want[i])
			}
		})
	}
}
