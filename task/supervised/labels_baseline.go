package supervised

import (
	"fmt"
	"slices"
	"strings"

	"gorae/prep"
	"gorae/task"
)

// linears is the number of linear models of a target: one, or one for each label.
func linears(g *prep.Target) int {
	if g.Task == prep.Labels {
		return len(g.Classes)
	}
	return 1
}

// linears is the number of linear models of all targets.
func (ts Targets) linears() (n int) {
	for _, g := range ts {
		n += linears(g)
	}
	return n
}

// classesOf is the number of classes that each linear model of a target tells apart; 0 of a number.
func classesOf(g *prep.Target) int {
	if g.Task == prep.Labels {
		return 2
	}
	return len(g.Classes)
}

// at returns the targets with other thresholds of labels, by target; nil: 0.5 each.
func (ts Targets) at(thresholds [][]float64) Targets {
	var out Targets
	for k, g := range ts {
		if g.Task == prep.Labels {
			other := *g
			if other.Thresholds = nil; thresholds != nil {
				other.Thresholds = thresholds[k]
			}
			g = &other
		}
		out = append(out, g)
	}
	return out
}

// thresholds returns the targets with the thresholds of the linear models.
func (b *beside) thresholds() Targets { return b.targets.at(b.fitted.Thresholds) }

// thresholdOf returns the threshold of a label from the logits of a linear model, chosen as that of the network is.
func thresholdOf(logits []float64, classes []int32) float64 {
	l := one{p: make([]float32, len(logits)), has: make([]bool, len(logits))}
	for i, z := range logits {
		task.Softmax(l.p[i:i+1], []float32{float32(z)})
		l.has[i] = classes[i] == 1
	}
	return l.threshold()
}

// mostPenalties is the number of penalties that are listed one by one.
const mostPenalties = 4

// penaltyWords says the penalties of linear models.
func penaltyWords(penalties []float64) string {
	if len(penalties) > mostPenalties {
		return fmt.Sprintf("L2 penalties %.2g to %.2g", slices.Min(penalties), slices.Max(penalties))
	}
	var words []string
	for _, v := range penalties {
		words = append(words, fmt.Sprintf("%.2g", v))
	}
	return "L2 penalty " + strings.Join(words, ", ")
}
