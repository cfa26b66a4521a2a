package prep

import (
	"errors"

	"gorae/config"
)

// noQuantiles returns an error where quantiles are asked for of a target that is no number.
func noQuantiles(o TargetOptions, name string, kind Task) error {
	if len(o.Quantiles) == 0 {
		return nil
	}
	return config.Errorf("quantiles", "they are of numbers, but the target %s is taken for a %s", name, kind).
		Fix("give task: regression, or leave quantiles out")
}

// checkQuantiles returns an error for quantiles of a saved target that could not have been fitted.
func (g *Target) checkQuantiles() error {
	if len(g.Quantiles) > 0 && g.Task != Regression || len(g.Naive) != len(g.Quantiles) || !g.Quantiles.Valid() {
		return errors.New("no quantiles that a training has fitted")
	}
	return nil
}
