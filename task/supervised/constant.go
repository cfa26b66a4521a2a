package supervised

import (
	"math"

	"gorae/baseline"
	"gorae/data"
	"gorae/task"
)

// mostConstant is how many training samples the loss of a constant answer is computed of.
const mostConstant = 100_000

// ConstantLoss implements task.Constant. The loss is NaN of several targets, and before the baselines were compared.
func (p *Problem) ConstantLoss() (loss float64, name string, err error) {
	b := p.beside
	if len(p.Targets) != 1 || b == nil || b.fitted == nil || len(b.widths) != 1 {
		return math.NaN(), "", nil
	}
	part := p.parts[task.Train]
	if n := part.Len(); n > mostConstant {
		rows := make([]int, mostConstant)
		for i := range rows {
			rows[i] = i * (n / mostConstant)
		}
		part = data.Subset{Dataset: part, Rows: rows}
	}
	training, err := baseline.Targets(part)
	if err != nil {
		return math.NaN(), "", err
	}
	c, err := b.judge(b.targets.at(nil), training, constantName, "", func(k, _ int) []float64 { return b.constant(k) },
		b.naive)
	if err != nil {
		return math.NaN(), "", err
	}
	return c.Metrics.Of("loss"), constantName.one(p.Targets[0]), nil
}
