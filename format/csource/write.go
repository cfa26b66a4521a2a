package csource

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"gorae/format/csource/internal/emit"
	"gorae/graph"
	"gorae/internal/file"
	"gorae/layer"
	"gorae/model"
)

// Options says how a file is written.
type Options struct {
	// Name begins the names of the file's functions and macros; "" takes the model's name.
	Name string
	// Steps is the extent of axes that the model leaves open; 0 refuses models with such axes.
	Steps int
	// Notes are lines for the comment at the head of the file.
	Notes []string
}

// Report says how large the program is.
type Report struct {
	Weights int // bytes of constant arrays
	RAM     int // bytes of static arrays: values between the loops, and states of stateful layers
}

// Write writes a built model as C99. The same model gives the same bytes. What has no form in C is an error that names
// all of it with its layers.
func Write(w io.Writer, m *model.Model, o Options) (Report, error) {
	text, r, err := source(m, o)
	if err != nil {
		return r, err
	}
	_, err = io.WriteString(w, text)
	return r, err
}

// WriteFile writes a built model to a file as [Write] does.
func WriteFile(path string, m *model.Model, o Options) (Report, error) {
	text, r, err := source(m, o)
	if err != nil {
		return r, err
	}
	return r, file.Replace(path, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// source is the text of the file.
func source(m *model.Model, o Options) (string, Report, error) {
	if m.Store() == nil {
		return "", Report{}, fmt.Errorf("model %q is not built; call Build first", m.Name)
	}
	n, err := trace(m, o.Steps)
	if err != nil {
		return "", Report{}, err
	}
	n.Name, n.Notes = cmp.Or(o.Name, m.Name), o.Notes
	m.Store().RLock()
	defer m.Store().RUnlock()
	f := emit.Source(n)
	if len(f.Refused) > 0 {
		return "", Report{}, fmt.Errorf("what these layers compute has no form in C: %s",
			strings.Join(f.Refused, ", "))
	}
	return f.Text, Report{Weights: f.Constants, RAM: f.Static}, nil
}

// trace traces a prediction of one sample.
func trace(m *model.Model, steps int) (emit.Network, error) {
	n := emit.Network{Model: m.Name, Inputs: m.InputTypes(1), InputNames: m.InputNames(),
		OutputNames: m.OutputNames()}
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
			x = append(x, tr.Graph.Input(emit.InputLeaf(i), typ))
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
