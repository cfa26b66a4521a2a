package supervised

import (
	"math"

	"gorae/baseline"
	"gorae/task"
)

// ConstantLoss implements task.Constant. The loss is NaN of several targets, and before the baselines were compared.
func (p *Problem) ConstantLoss() (loss float64, name string, err error) {
	b := p.beside
	if len(p.Targets) != 1 || b == nil || b.fitted == nil || len(b.widths) != 1 {
		return math.NaN(), "", nil
	}
	training, err := baseline.Targets(p.parts[task.Train])
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
