package loss

import (
	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

func init() { Losses.Register(Circle{}) }

// Circle brings outputs of one class together and parts those of different classes (Sun et al., "Circle loss: a unified
// perspective of pair similarity optimization", 2020). Targets are class numbers [batch], outputs [batch, k] are
// vectors of length 1, of which every pair in the batch has the distance d = max(1 − ŷᵢ·ŷⱼ, 0):
//
//	ln(1 + Σ exp(γ·(1 + m − d)⁺·(1 − m − d)) over other classes · Σ exp(−γ·(m + d)·(m − d)) over the same class)
//
// where γ is Gamma and m is Margin. Samples whose loss is 0, such as the only one of its class, do not count.
type Circle struct {
	Base
	// Gamma is the scale of the loss.
	Gamma float64 `keras:"gamma,main,default=80,positive"`
	// Margin is how much nearer than others those of the same class are to be.
	Margin *float64 `keras:"margin,default=0.4,min=0,max=1"`
	// KeepDiagonal takes each sample as one of its own class, too.
	KeepDiagonal bool `keras:"!remove_diagonal"`
}

// Value implements Loss.
func (l Circle) Value(y, pred *graph.Node) *graph.Node {
	l = config.Filled(l)
	g, n := pred.Graph(), pred.Shape[0]
	if len(pred.Shape) != 2 {
		g.Fail("circle", "needs one vector for each sample, got samples of shape %v", sample(pred.Shape))
	}
	ids := ClassIDs(y, pred).AsFloat()
	same := ids.Reshape(n, 1).Eq(ids.Reshape(1, n)).AsFloat()
	other := same.Neg().AddC(1)
	if !l.KeepDiagonal {
		same = same.Mul(identity(g, n).Neg().AddC(1))
	}
	pred = pred.AsFloat()
	d := pred.MatMulT(pred, false, true).Neg().AddC(1).MaxC(0)
	m := *l.Margin
	near := d.AddC(m).Mul(same).Mul(d.Neg().AddC(m)).MulC(-l.Gamma)
	far := d.Neg().AddC(1 + m).Mul(other).MaxC(0).Mul(d.Neg().AddC(1 - m)).MulC(l.Gamma)
	none, zero := g.Scalar(-1e9), g.Scalar(0)
	sum := func(of, v *graph.Node) *graph.Node { return of.Gt(zero).Where(v, none).LogSumExp(1) }
	return sum(same, near).Add(sum(other, far)).Softplus()
}

// identity is the matrix of ones on the diagonal.
func identity(g *graph.Graph, n int) *graph.Node {
	rows := make([]*graph.Node, n)
	for i := range rows {
		rows[i] = g.Scalar(float64(i)).Reshape(1)
	}
	return graph.Concatenate(0, rows...).Cast(tensor.Int32).OneHot(n).AsFloat()
}

// Counts implements Selective.
func (l Circle) Counts(y, pred *graph.Node) *graph.Node {
	v := l.Value(y, pred)
	return v.Gt(v.Graph().Scalar(0)).AsFloat().StopGradient()
}

// Traits implements Described.
func (Circle) Traits() Traits {
	return Traits{Targets: ClassNumbers, Predictions: Scores, Outputs: AmongOutputs, Units: NoUnits}
}
