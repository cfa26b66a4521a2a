package weight

import (
	"fmt"

	"gorae/tensor"
)

// NonFinite is the error of weights of which some are NaN or infinite. It names the first one that holds such.
type NonFinite struct {
	Path   string // of the weight
	At     []int
	Value  float32
	Number int // of such elements
	Of     int // elements of the weight
}

func (e *NonFinite) Error() string {
	return fmt.Sprintf("the weight %s holds %s at %v (%d of its %d numbers are NaN or infinite)", e.Path,
		tensor.Say(e.Value), e.At, e.Number, e.Of)
}

// Finite returns a *[NonFinite] where a weight or a state holds NaN or infinity.
func (s *Store) Finite() error {
	for _, v := range s.Vars() {
		if err := Finite(v.Path, v.Value); err != nil {
			return err
		}
	}
	return nil
}

// Finite returns a *[NonFinite] for the first number that is NaN or infinite among those that the variable at a path
// has or is to have, nil where all are finite.
func Finite(path string, value *tensor.Tensor) error {
	at := value.NonFinite()
	if at < 0 {
		return nil
	}
	e := &NonFinite{Path: path, At: value.Shape.Index(at), Value: value.F32[at], Of: value.Len()}
	for _, x := range value.F32 {
		if x-x != 0 {
			e.Number++
		}
	}
	return e
}
