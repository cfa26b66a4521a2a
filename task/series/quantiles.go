package series

import (
	"fmt"
	"slices"
	"strings"

	"gorae/data/series"
	"gorae/internal/words"
	"gorae/quantile"
	"gorae/task"
)

// Quantiles implements task.Quantiled.
func (f *Fitted) Quantiles() bool { return len(f.Spec.Quantiles) > 0 }

// quantiles adds to the findings how often the network's quantiles and those of the baselines hold, and whether the
// network's pinball loss is less than theirs. There are so many forecasts of each target, the network's first.
func quantiles(to *task.Findings, scores []series.QuantileScore, forecasts, windows int) error {
	var plain []quantile.Score
	for _, s := range scores {
		plain = append(plain, s.Score)
	}
	for of := range slices.Chunk(scores, forecasts) {
		net, others := of[0], of[1:]
		var rivals []task.Rival
		for _, s := range others {
			rivals = append(rivals, task.Rival{Name: named(s.Name), Losses: []float64{s.Pinball}})
		}
		test, rival, text := task.Against(rivals, func(k, of int) task.Paired {
			if others[k].P == nil {
				return task.Paired{Test: others[k].Untested}
			}
			return task.Decided(net.Pinball-others[k].Pinball, *others[k].P, "Diebold-Mariano", of)
		})
		to.Judge(test.Verdict, fmt.Sprintf("%s: %s: pinball loss %s against %s on %s (%s)", net.Target, text,
			words.Figure(net.Pinball), words.Figure(others[rival].Pinball), words.Plural(windows, "window"), test.Test))
	}
	to.Words = append(to.Words, strings.Split(strings.TrimSuffix(quantile.Table(plain), "\n"), "\n")...)
	return to.Add("quantiles", scores)
}
