package loss

import (
	"gorae/config"
	"gorae/graph"
)

func init() {
	Losses.Register(MeanSquaredError{}, "mean_squared_error", "mse")
	Losses.Register(MeanAbsoluteError{}, "mean_absolute_error", "mae")
	Losses.Register(MeanAbsolutePercentageError{}, "mean_absolute_percentage_error", "mape")
	Losses.Register(MeanSquaredLogarithmicError{}, "mean_squared_logarithmic_error", "msle")
	Losses.Register(Huber{}, "huber", "huber_loss")
	Losses.Register(LogCosh{}, "log_cosh", "logcosh")
	Losses.Register(Poisson{})
}

// MeanSquaredError is (y − ŷ)².
type MeanSquaredError struct{ Base }

// Value implements Loss.
func (MeanSquaredError) Value(y, pred *graph.Node) *graph.Node {
	y, pred = Match(y, pred)
	return perSample(pred.Sub(y).Square())
}

// Traits implements Described.
func (MeanSquaredError) Traits() Traits { return numeric(Numbers, OtherUnits) }

// MeanAbsoluteError is |y − ŷ|.
type MeanAbsoluteError struct{ Base }

// Value implements Loss.
func (MeanAbsoluteError) Value(y, pred *graph.Node) *graph.Node {
	y, pred = Match(y, pred)
	return perSample(pred.Sub(y).Abs())
}

// Traits implements Described.
func (MeanAbsoluteError) Traits() Traits { return numeric(Numbers, TargetUnits) }

// MeanAbsolutePercentageError is 100·|y − ŷ|/max(|y|, 10⁻⁷).
type MeanAbsolutePercentageError struct{ Base }

// Value implements Loss.
func (MeanAbsolutePercentageError) Value(y, pred *graph.Node) *graph.Node {
	y, pred = Match(y, pred)
	return perSample(y.Sub(pred).Div(y.Abs().MaxC(epsilon)).Abs().MulC(100))
}

// Traits implements Described.
func (MeanAbsolutePercentageError) Traits() Traits { return numeric(Amounts, NoUnits) }

// MeanSquaredLogarithmicError is (ln(1 + y) − ln(1 + ŷ))², both cut off below 10⁻⁷.
type MeanSquaredLogarithmicError struct{ Base }

// Value implements Loss.
func (MeanSquaredLogarithmicError) Value(y, pred *graph.Node) *graph.Node {
	y, pred = Match(y, pred)
	return perSample(y.MaxC(epsilon).Log1p().Sub(pred.MaxC(epsilon).Log1p()).Square())
}

// Traits implements Described.
func (MeanSquaredLogarithmicError) Traits() Traits { return numeric(Amounts, NoUnits) }

// Huber is e²/2 for |e| = |y − ŷ| ≤ Delta, else Delta·|e| − Delta²/2 (Huber, 1964).
type Huber struct {
	Base
	Delta float64 `keras:"delta,main,default=1,positive"`
}

// Value implements Loss.
func (l Huber) Value(y, pred *graph.Node) *graph.Node {
	d := config.Filled(l).Delta
	y, pred = Match(y, pred)
	e := pred.Sub(y).Abs()
	near := e.Le(e.Graph().Scalar(d))
	return perSample(near.Where(e.Square().MulC(0.5), e.MulC(d).AddC(-d*d/2)))
}

// Traits implements Described.
func (Huber) Traits() Traits { return numeric(Numbers, OtherUnits) }

// LogCosh is ln cosh(ŷ − y), as e + softplus(−2e) − ln 2, which does not overflow.
type LogCosh struct{ Base }

// Value implements Loss.
func (LogCosh) Value(y, pred *graph.Node) *graph.Node {
	y, pred = Match(y, pred)
	e := pred.Sub(y)
	return perSample(e.Add(e.MulC(-2).Softplus()).AddC(-0.6931471805599453))
}

// Traits implements Described.
func (LogCosh) Traits() Traits { return numeric(Numbers, OtherUnits) }

// Poisson is ŷ − y·ln(ŷ + 10⁻⁷), the negative log-likelihood of counts.
type Poisson struct{ Base }

// Value implements Loss.
func (Poisson) Value(y, pred *graph.Node) *graph.Node {
	y, pred = Match(y, pred)
	return perSample(pred.Sub(y.Mul(pred.AddC(epsilon).Log())))
}

// Traits implements Described.
func (Poisson) Traits() Traits { return numeric(Amounts, OtherUnits) }
