package emit

import (
	"cmp"
	"fmt"
	"strings"

	"gorae/graph"
	"gorae/layer"
	"gorae/model"
)

// Options says how a file is written.
type Options struct {
	Name  string   // of the functions and macros; "" is the model's
	Steps int      // the extent of open axes
	Notes []string // for the comment at the head
	// Around makes what the file has beside the network; nil: nothing.
	Around func(Function) (Around, error)
}

// Write makes the file of a model. What has no form in C is an error that names all of it with its layers.
func Write(m *model.Model, o Options) (File, error) {
	if m.Store() == nil {
		return File{}, fmt.Errorf("model %q is not built; call Build first", m.Name)
	}
	n, err := trace(m, o.Steps)
	if err != nil {
		return File{}, err
	}
	n.Name, n.Notes, n.Around = cmp.Or(o.Name, m.Name), o.Notes, o.Around
	m.Store().RLock()
	defer m.Store().RUnlock()
	f, err := Source(n)
	if err == nil && len(f.Refused) > 0 {
		err = fmt.Errorf("what these layers compute has no form in C: %s", strings.Join(f.Refused, ", "))
	}
	return f, err
}

// trace traces a prediction of one sample.
func trace(m *model.Model, steps int) (Network, error) {
	n := Network{Model: m.Name, Inputs: m.InputTypes(1), InputNames: m.InputNames(), OutputNames: m.OutputNames()}
	for i, axes := range m.OpenExtents() {
		for _, a := range axes {
			if steps < 1 {
				return n, fmt.Errorf("input %s leaves axis %d open, and an array of C has one size; say its extent "+
					"(Options.Steps, --steps N)", n.InputNames[i], a+1)
			}
			n.Inputs[i].Shape = n.Inputs[i].Shape.Clone()
			n.Inputs[i].Shape[a+1] = steps
		}
	}
	tr := layer.NewTrace(false)
	if err := graph.Catch(func() {
		var x []*graph.Node
		for i, typ := range n.Inputs {
			x = append(x, tr.Graph.Input(InputLeaf(i), typ))
		}
		n.Outputs = m.Trace(tr, x...)
	}); err != nil {
		return n, layer.Cause(err)
	}
	for _, a := range tr.Graph.Assigns {
		if a.State.Call.Op.(graph.Leaf).Kind == graph.Session {
			n.States = append(n.States, a)
		}
	}
	n.Known = func(l graph.Leaf) *graph.Array {
		if v := tr.Leaves[l.Name]; v != nil && l.Kind != graph.Session {
			return graph.ArrayOf(v.Value)
		}
		return nil
	}
	return n, nil
}
