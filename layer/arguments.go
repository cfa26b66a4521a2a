package layer

import "gorae/graph"

// Arguments are tensors that a layer is called with beside its inputs, by Keras's names: attention_mask.
type Arguments map[string]*graph.Node

// Signature is the form in which Keras calls a layer, where that is not simply on its inputs, one after the other or in
// one list.
type Signature struct {
	// Inputs are Keras's names of the inputs, in order. A call may give an input by its name.
	Inputs []string
	// List says that the inputs are one list, [query, value]; otherwise each is an argument of its own.
	List bool
	// Named are further tensors that a call may give, by name; the layer reads them by [Scope.Argument].
	Named []string
	// Masks are the Named that the elements of a list under the name mask stand for.
	Masks []string
	// Options are keys of the layer that are arguments of the call in Keras, where files have them.
	Options []string
}

// Called is a layer with a Signature. With one input it takes that for all of Inputs that it needs, as in
// self-attention.
type Called interface{ Signature() Signature }

// SignatureOf returns the signature of a layer, and whether it has one.
func SignatureOf(l Layer) (Signature, bool) {
	if c, ok := l.(Called); ok {
		return c.Signature(), true
	}
	return Signature{}, false
}

// Argument returns a tensor that the layer was called with beside its inputs, nil where the call has none of the name.
func (s *Scope) Argument(name string) *graph.Node { return s.arguments[name] }

// ChildWith traces another layer within this one as Child does, with arguments beside the inputs.
func (s *Scope) ChildWith(name string, l Layer, a Arguments, x ...*graph.Node) []*graph.Node {
	c := *s
	c.given = a
	return c.Child(name, l, x...)
}
