package spec

import (
	"errors"

	"gorae/config"
)

// Threshold is the probability above which a sample is taken for the second of two classes, in place of 0.5: a number,
// or an aim for which it is chosen on the validation samples. The aims are f1 and balanced_accuracy, the mean of the
// recalls of both classes; recall_at_precision, the greatest recall at a precision of at least At, and
// precision_at_recall. F1, recall and precision are of Class, the second class if it is left out.
type Threshold struct {
	Value float64 // the probability where it is given; 0: it is chosen
	// what it is chosen for
	Aim string `keras:"aim,required,oneof=f1|balanced_accuracy|recall_at_precision|precision_at_recall"`
	// the precision or the recall that is to be reached
	At float64 `keras:"at"`
	// the class that they are of; the second one if it is left out
	Class string `keras:"class"`
}

// plainThreshold is Threshold without its methods, so that decoding does not call UnmarshalConfig again.
type plainThreshold Threshold

// UnmarshalConfig reads a number, a word or the keys.
func (t *Threshold) UnmarshalConfig(d *config.Decoder, written any) error {
	_, keys := config.AsMap(written)
	if word, ok := written.(string); ok {
		written = config.Map{{Key: "aim", Value: word}}
	} else if !keys {
		if err := d.Decode(&t.Value, written); err != nil {
			return err
		}
		if !(t.Value > 0 && t.Value < 1) {
			return config.Errorf("", "%v is no probability above which a class is said", t.Value).
				Fix("give one between 0 and 1, or an aim such as f1").Coded(config.OutOfRange)
		}
		return nil
	}
	if err := d.Decode((*plainThreshold)(t), written); err != nil {
		var at *config.Error
		if !keys && errors.As(err, &at) { // the word has no key
			whole := *at
			whole.Path = ""
			return &whole
		}
		return err
	}
	needs := t.Aim == "recall_at_precision" || t.Aim == "precision_at_recall"
	switch {
	case needs && !(t.At > 0 && t.At < 1):
		return config.Errorf("at", "%v is no share to reach", t.At).Fix("give one between 0 and 1, such as 0.9").
			Coded(config.OutOfRange)
	case !needs && t.At != 0:
		return config.Errorf("at", "is for recall_at_precision and precision_at_recall alone").Fix("leave it out").
			Coded(config.Conflict)
	}
	return nil
}

// MarshalConfig returns the number, the word or the keys.
func (t Threshold) MarshalConfig() any {
	switch {
	case t.Value != 0:
		return t.Value
	case t.At == 0 && t.Class == "":
		return t.Aim
	}
	return config.Written(plainThreshold(t))
}

// ConfigSchema returns the forms.
func (Threshold) ConfigSchema(*config.Schemas) config.Map {
	share := config.Map{{Key: "type", Value: "number"}, {Key: "exclusiveMinimum", Value: 0},
		{Key: "exclusiveMaximum", Value: 1}}
	keys := func(required []any, more ...config.Entry) config.Map {
		more = append(more, config.Entry{Key: "class", Value: config.Map{{Key: "type", Value: "string"}}})
		return config.Map{{Key: "type", Value: "object"}, {Key: "properties", Value: config.Map(more)},
			{Key: "required", Value: required}, {Key: "additionalProperties", Value: false}}
	}
	plain, reaching := config.Enum("f1", "balanced_accuracy"), config.Enum("recall_at_precision", "precision_at_recall")
	return config.AnyOf(share, plain, keys([]any{"aim"}, config.Entry{Key: "aim", Value: plain}),
		keys([]any{"aim", "at"}, config.Entry{Key: "aim", Value: reaching}, config.Entry{Key: "at", Value: share}))
}

// Chooses reports whether something beside the weights is chosen on validation samples, which no network may have
// learnt from.
func (t *Train) Chooses() bool { return t.Chosen() != "" }

// Chosen returns the key of what is chosen on validation samples; "" where nothing is.
func (t *Train) Chosen() string {
	switch {
	case t.Threshold != nil && t.Threshold.Aim != "":
		return "train.threshold.aim"
	case t.Calibration != "":
		return "train.calibration"
	}
	return ""
}

// Costs are what it costs to take a sample of a class, the outer key, for another, the inner key: {no: {yes: 1}, yes:
// {no: 20}}. What is left out costs 1, and a class taken for itself 0. The class of the least expected cost is
// predicted.
type Costs []ClassCosts

// ClassCosts is the costs of samples of a class.
type ClassCosts struct {
	Class string
	As    []ClassWeightOf // by the class that they are taken for
}

// UnmarshalConfig reads the maps.
func (c *Costs) UnmarshalConfig(d *config.Decoder, written any) error {
	m, ok := config.AsMap(written)
	if !ok || len(m) == 0 {
		return config.Errorf("", "%v is no matrix of costs", written).
			Fix("give for each class what it costs to take it for another, such as {no: {yes: 1}, yes: {no: 20}}").
			Coded(config.WrongType)
	}
	for _, e := range m {
		inner, ok := config.AsMap(e.Value)
		if !ok || len(inner) == 0 {
			return config.Errorf(config.Step(e.Key), "%v is no list of costs", e.Value).
				Fix("give what it costs to take it for another class, such as {no: 20}").Coded(config.WrongType)
		}
		of := ClassCosts{Class: e.Key}
		for _, x := range inner {
			var v float64
			at := config.Join(config.Step(e.Key), config.Step(x.Key))
			if err := d.Decode(&v, x.Value); err != nil {
				return config.Under(at, err)
			}
			if v-v != 0 {
				return config.Errorf(at, "%v is no cost", v).Fix("give a number").Coded(config.OutOfRange)
			}
			of.As = append(of.As, ClassWeightOf{x.Key, v})
		}
		*c = append(*c, of)
	}
	return nil
}

// MarshalConfig returns the maps.
func (c Costs) MarshalConfig() any {
	var m config.Map
	for _, of := range c {
		var inner config.Map
		for _, x := range of.As {
			inner = append(inner, config.Entry{Key: x.Class, Value: x.Weight})
		}
		m = append(m, config.Entry{Key: of.Class, Value: inner})
	}
	return m
}

// ConfigSchema returns a map of maps of numbers.
func (Costs) ConfigSchema(*config.Schemas) config.Map {
	numbers := config.Map{{Key: "type", Value: "object"}, {Key: "minProperties", Value: 1},
		{Key: "additionalProperties", Value: config.Map{{Key: "type", Value: "number"}}}}
	return config.Map{{Key: "type", Value: "object"}, {Key: "minProperties", Value: 1},
		{Key: "additionalProperties", Value: numbers}}
}
