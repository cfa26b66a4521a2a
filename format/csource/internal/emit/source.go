package emit

import (
	"fmt"
	"slices"

	"gorae/graph"
)

// Network is a traced prediction of one sample.
type Network struct {
	Name                    string // of the functions and macros
	Model                   string // the name of the model
	Notes                   []string
	Inputs                  []graph.Type
	InputNames, OutputNames []string
	Outputs                 []*graph.Node
	States                  []graph.Assign                  // sessions with their next values
	Known                   func(l graph.Leaf) *graph.Array // the value of a weight; nil for other leaves
	Around                  func(Function) (Around, error)  // nil: the network alone
}

// File is the text of a file, or what has no form in C.
type File struct {
	Text              string
	Constants, Static int // bytes
	Refused           []string
}

const inputFormat = "input %d"

// InputLeaf is the name of the leaf of an input.
func InputLeaf(i int) string { return fmt.Sprintf(inputFormat, i) }

// bodies claims no composite, so that the bodies of all take their place.
func bodies(*graph.Call) bool { return false }

// simplified is the network with weights folded and composites replaced by their bodies.
func (n Network) simplified() Network {
	roots := slices.Clone(n.Outputs)
	for _, a := range n.States {
		roots = append(roots, a.State, a.Value)
	}
	_, roots = graph.Simplify(roots, bodies)
	_, roots = graph.Simplify(graph.Fold(roots), bodies)
	k := len(n.Outputs)
	n.Outputs, n.States = roots[:k], slices.Clone(n.States)
	for i := range n.States {
		n.States[i] = graph.Assign{State: roots[k+2*i], Value: roots[k+2*i+1]}
	}
	return n
}

// Source makes the file of a network.
func Source(n Network) (File, error) {
	n = n.simplified()
	p := newProgram(n.Name)
	h := heading{model: n.Model, notes: n.Notes}
	roots := slices.Clone(n.Outputs)
	for _, a := range n.States {
		roots = append(roots, a.Value, a.Value) // twice, so that it is kept
	}
	s := newScope(p, roots...)
	s.leaf = n.Known
	p.parameters(s, n, &h)
	var next []view
	for _, a := range n.States {
		next = append(next, s.held(a.Value))
	}
	for i, y := range n.Outputs {
		s.store(contiguous(h.outs[i].buf, y.Shape), y)
	}
	for i, a := range n.States {
		s.copy(s.views[a.State], next[i], a.State.Shape, "next state")
	}
	if len(p.refused) > 0 {
		return File{Refused: p.refused}, nil
	}
	if n.Around != nil {
		around, err := n.Around(p.described(h))
		if err != nil {
			return File{}, err
		}
		h.Around = around
		h.notes = append(h.notes, around.Notes...)
	}
	return p.file(h), nil
}
