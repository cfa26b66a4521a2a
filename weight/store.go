package weight

import (
	"fmt"
	"strings"
	"sync"

	"gorae/config"
	"gorae/internal/mem"
	"gorae/tensor"
)

// Kind is the kind of a variable: by whom it is changed.
type Kind uint8

// A Weight is moved by an optimiser, a State is recorded by the layer that has it, a Session is what
// a stateful layer remembers from batch to batch.
const (
	Weight Kind = iota
	State
	Session
)

// Variable is a tensor of float32 that belongs to a layer. Several stores can have it, under a path in each.
type Variable struct {
	Value       *tensor.Tensor // a view into the buffer of the store that declared it; nil before Alloc
	Shape       tensor.Shape
	Trainable   bool
	Kind        Kind
	Init        Initializer
	Regularizer Regularizer
	Constraint  Constraint
	Int8        bool   // whole numbers from −128 to 127, of which a file may keep a byte each
	Delta       *Delta // what is learnt in the place of the variable; nil: the variable itself

	guard *guard // of the store that declared it
	path  string // under which that store declared it
	at    int    // where Value starts in that store's buffer
}

// Var is a variable under its path in a store. Two of them are the same variable if their Variable is.
type Var struct {
	Path string // "dense_1/kernel"
	*Variable
}

// Store is an ordered set of variables. Those that it declares lie in one buffer; others are shared with
// the stores that declared them ([Store.Share]). Its [Locks] cover all of them. Adding variables is for one
// goroutine, before Alloc.
type Store struct {
	Locks
	own    *guard
	vars   []*Var
	byPath map[string]*Var
	parts  []part
	flat   []float32
	moved  int  // elements of flat that hold weights; states follow
	ready  bool // flat is there

	sessions sync.Map // path and shape → *Var
}

// align is the alignment of each variable's first element: a cache line.
const align = mem.Line

// NewStore returns an empty store.
func NewStore() *Store {
	s := &Store{byPath: map[string]*Var{}, own: newGuard()}
	s.add(s.own)
	return s
}

// laid reports whether the variables have memory.
func (s *Store) laid() bool { return s.ready }

// Add declares a variable. Its path must be new and its shape positive; the values
// come with Alloc.
func (s *Store) Add(path string, v Variable) (*Var, error) {
	if s.Var(path) != nil {
		return nil, fmt.Errorf("weight %q exists already", path)
	}
	if s.laid() {
		return nil, fmt.Errorf("weight %q is new, but the store is laid out", path)
	}
	size := 1
	for _, d := range v.Shape {
		if d < 1 || size > maxElements/d {
			return nil, fmt.Errorf("weight %q cannot have shape %v", path, v.Shape)
		}
		size *= d
	}
	v.Init = config.Filled(initial(path, v))
	v.Shape = v.Shape.Clone()
	if v.Shape == nil {
		v.Shape = tensor.Shape{}
	}
	v.guard, v.path = s.own, path
	return s.put(&Var{path, &v}), nil
}

func (s *Store) put(v *Var) *Var {
	s.vars = append(s.vars, v)
	s.byPath[v.Path] = v
	return v
}

// initial returns the initializer of a variable that is declared without one: for a weight glorot_uniform, as Keras's
// add_weight has it; zeros for a bias (a weight of one axis whose name ends in bias), as Keras's layers have it, and
// for states.
func initial(path string, v Variable) Initializer {
	name := path[strings.LastIndexByte(path, '/')+1:]
	switch {
	case v.Init != nil:
		return v.Init
	case v.Kind != Weight, len(v.Shape) == 1 && strings.HasSuffix(name, "bias"):
		return Zeros{}
	}
	return GlorotUniform{}
}

// maxElements bounds a variable: 16 GiB of float32.
const maxElements = 1 << 32

// Var returns the variable at a path, nil if there is none. Before Alloc a shared variable is found too, and is listed
// from then on.
func (s *Store) Var(path string) *Var {
	if v := s.byPath[path]; v != nil || s.laid() {
		return v
	}
	return s.take(path)
}

// Vars lists the variables in the order in which they were added.
func (s *Store) Vars() []*Var { return s.vars }

// Trainable lists the weights that are not frozen themselves, each once. A model's TrainableWeights leaves out those of
// frozen layers and models too.
func (s *Store) Trainable() []*Var {
	var vs []*Var
	seen := map[*Variable]bool{}
	for _, v := range s.vars {
		if v.Trainable && v.Delta == nil && v.Kind == Weight && !seen[v.Variable] {
			seen[v.Variable] = true
			vs = append(vs, v)
		}
	}
	return vs
}

// Alloc lays the variables that s declared out, weights before states, each at the start of a
// cache line, all zero. A second call does nothing.
func (s *Store) Alloc() {
	if s.laid() {
		return
	}
	total := 0
	for _, k := range []Kind{Weight, State} {
		for _, v := range s.vars {
			if v.Kind == k && s.declared(v) {
				v.at = total
				total += (v.Shape.Size() + align - 1) / align * align
			}
		}
		if k == Weight {
			s.moved = total
		}
	}
	s.flat, s.ready = mem.Floats(total), true
	for _, v := range s.vars {
		if s.declared(v) {
			n := v.Shape.Size()
			v.Value = &tensor.Tensor{Shape: v.Shape, F32: s.flat[v.at : v.at+n : v.at+n]}
		}
	}
}

// Flat returns the buffer of all weights that s declared, trainable or frozen; between two of them lie zeros.
func (s *Store) Flat() []float32 { return s.flat[:s.moved] }

// Init lays the variables out and draws the first values of those that s declared. They are a function of the
// seed and the path only, so that another layer beside it changes nothing.
func (s *Store) Init(seed uint64) error {
	s.Alloc()
	s.Lock()
	defer s.Unlock()
	for _, v := range s.vars {
		if !s.declared(v) {
			continue
		}
		if err := v.Init.Fill(v.Value.F32, v.Shape, NewRand(seed, v.Path)); err != nil {
			return fmt.Errorf("%s: %w", v.Path, err)
		}
	}
	return nil
}

// Set gives a variable its values.
func (s *Store) Set(path string, t *tensor.Tensor) error {
	v := s.byPath[path]
	switch {
	case v == nil:
		return fmt.Errorf("there is no weight %q", path)
	case !v.Shape.Equal(t.Shape) || t.DType() != tensor.Float32:
		return fmt.Errorf("weight %q is float32%v and cannot take %v%v", path, v.Shape, t.DType(), t.Shape)
	case v.Value == nil:
		return fmt.Errorf("weight %q has no memory yet; build the model first", path)
	}
	s.Lock()
	defer s.Unlock()
	copy(v.Value.F32, t.F32)
	return nil
}
