package weight

import "gorae/config"

// Regularizer keeps weights small: its penalty L1·Σ|w| + L2·Σw² is added to the
// loss (the chapter's P9). Factors gives L1 and L2.
type Regularizer interface{ Factors() (l1, l2 float64) }

// Regularizers are those that a configuration can name.
var Regularizers = config.NewRegistry[Regularizer]("regularizer", "keras.regularizers")

func init() {
	Regularizers.Register(L1{}, "l1")
	Regularizers.Register(L2{}, "l2")
	Regularizers.RegisterAs("L1L2", L1L2{}, "l1_l2")
}

// L1 adds Rate·Σ|w|.
type L1 struct {
	Rate *float64 `keras:"l1,main,default=0.01,min=0"`
}

// Factors implements Regularizer.
func (r L1) Factors() (l1, l2 float64) { return *config.Filled(r).Rate, 0 }

// L2 adds Rate·Σw².
type L2 struct {
	Rate *float64 `keras:"l2,main,default=0.01,min=0"`
}

// Factors implements Regularizer.
func (r L2) Factors() (l1, l2 float64) { return 0, *config.Filled(r).Rate }

// L1L2 adds L1·Σ|w| + L2·Σw².
type L1L2 struct {
	L1 float64 `keras:"l1,min=0"`
	L2 float64 `keras:"l2,min=0"`
}

// Factors implements Regularizer.
func (r L1L2) Factors() (l1, l2 float64) { return r.L1, r.L2 }
