package spec

import (
	"errors"

	"gorae/config"
)

// Ensemble is several networks of one kind with other first weights and other orders of the samples, trained at once;
// the prediction is their mean. A number in its place is that of the networks.
type Ensemble struct {
	// Networks is the number of networks; 1 is one network, as without an ensemble.
	Networks int `keras:"networks,required,min=1,max=100,what=number of networks"`
	// Folds cuts the samples that are not for testing into as many folds as there are networks. Each network learns
	// from all folds but its own, and is evaluated on that: no sample is given away for validation. Without folds all
	// networks learn from all training samples. Inferred: folds where samples are split at random or by group and no
	// split.validation is given.
	Folds *bool `keras:"folds"`
}

// plainEnsemble is Ensemble without its methods, so that decoding does not call UnmarshalConfig again.
type plainEnsemble Ensemble

// UnmarshalConfig reads a number or the keys.
func (e *Ensemble) UnmarshalConfig(d *config.Decoder, written any) error {
	if _, ok := config.AsMap(written); !ok {
		err := d.Decode((*plainEnsemble)(e), config.Map{{Key: "networks", Value: written}})
		var at *config.Error
		if errors.As(err, &at) { // the number has no key
			whole := *at
			whole.Path = ""
			return &whole
		}
		return err
	}
	return d.Decode((*plainEnsemble)(e), written)
}

// MarshalConfig returns the keys that are set.
func (e Ensemble) MarshalConfig() any { return config.Written(plainEnsemble(e)) }

// ConfigSchema returns the JSON Schema: a number, or an object of the keys.
func (Ensemble) ConfigSchema(s *config.Schemas) config.Map {
	return config.AnyOf(config.Map{{Key: "type", Value: "integer"}, {Key: "minimum", Value: 1},
		{Key: "maximum", Value: 100}}, s.Of(new(plainEnsemble)))
}

// Several returns the ensemble of the experiment, nil where there is one network.
func (t *Train) Several() *Ensemble {
	if t.Ensemble == nil || t.Ensemble.Networks < 2 {
		return nil
	}
	return t.Ensemble
}
