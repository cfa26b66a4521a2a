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
		at := v.Value.NonFinite()
		if at < 0 {
			continue
		}
		e := &NonFinite{Path: v.Path, At: v.Shape.Index(at), Value: v.Value.F32[at], Of: v.Value.Len()}
		for _, x := range v.Value.F32 {
			if x-x != 0 {
				e.Number++
			}
		}
		return e
	}
	return nil
}
