package task

import (
	"slices"

	"gorae/loss"
	"gorae/quantile"
)

// Quantiled is a Fitted whose network may predict quantiles of numbers.
type Quantiled interface {
	// Quantiles reports whether it does.
	Quantiles() bool
}

// OfQuantiles returns a loss with the quantiles that the data section asks for: those of a pinball loss that names
// none.
func OfQuantiles(l loss.Loss, levels quantile.Levels) loss.Loss {
	if p, ok := l.(loss.Pinball); ok && p.Quantiles == nil && len(levels) > 0 {
		p.Quantiles = levels
		return p
	}
	return l
}

// CheckQuantiles returns an error for a loss of an output that does not learn the quantiles that are asked for.
func CheckQuantiles(l loss.Loss, levels quantile.Levels, path string) error {
	p, ok := l.(loss.Pinball)
	switch {
	case ok && len(levels) == 0 && len(p.Quantiles) > 1:
		return Errorf(path+".pinball.quantiles", "%d quantiles, but the network predicts one number", len(p.Quantiles)).
			Fix("give data.quantiles: %s", quantile.Levels(p.Quantiles).Words())
	case ok && len(levels) > 0 && p.Quantiles != nil && !slices.Equal(p.Quantiles, levels):
		return Errorf(path+".pinball.quantiles", "%s, but data.quantiles is %s",
			quantile.Levels(p.Quantiles).Words(), levels.Words()).
			Fix("leave the ones here out")
	case !ok && len(levels) > 0:
		return Errorf(path, "%s learns no quantiles, and data.quantiles asks for them; give pinball",
			loss.Losses.Word(l))
	}
	return nil
}
