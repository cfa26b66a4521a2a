package quantile

import (
	"fmt"
	"strconv"
	"strings"

	"gorae/internal/words"
)

// short is a number in a heading.
func short(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// Table returns scores as a table of text: the pinball loss, the share of the samples at or below each quantile, and
// the share within the widest interval with its mean width. All scores are of the same levels.
func Table(scores []Score) string {
	if len(scores) == 0 {
		return ""
	}
	var b strings.Builder
	wide, target := len("quantiles of"), len("target")
	for _, s := range scores {
		wide, target = max(wide, words.Width(s.Name)), max(target, words.Width(s.Target))
	}
	fmt.Fprintf(&b, "%s  %s %12s", words.Pad("quantiles of", wide), words.Pad("target", target), "pinball")
	for _, l := range scores[0].Levels {
		fmt.Fprintf(&b, " %8s", "≤ q("+short(l.Level)+")")
	}
	for _, i := range scores[0].Intervals[:min(1, len(scores[0].Intervals))] {
		fmt.Fprintf(&b, " %10s %12s", "within "+short(i.Level), "mean width")
	}
	b.WriteByte('\n')
	for _, s := range scores {
		fmt.Fprintf(&b, "%s  %s %12.5g", words.Pad(s.Name, wide), words.Pad(s.Target, target), s.Pinball)
		for k, l := range s.Levels {
			head := "≤ q(" + short(scores[0].Levels[k].Level) + ")"
			fmt.Fprintf(&b, " %*.3f", max(8, words.Width(head)), l.Below)
		}
		for _, i := range s.Intervals[:min(1, len(s.Intervals))] {
			fmt.Fprintf(&b, " %*.3f %12.5g", max(10, len("within "+short(i.Level))), i.Covered, i.Width)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
