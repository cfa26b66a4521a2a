package augment

import (
	"errors"

	"gorae/config"
)

// Transforms are the entries of an experiment's augment list.
type Transforms []Transform

// UnmarshalConfig reads a list of entries as Parse knows them, or one.
func (ts *Transforms) UnmarshalConfig(_ *config.Decoder, written any) error {
	list, ok := written.([]any)
	*ts = Transforms{}
	if !ok {
		return ts.entry(written)
	}
	for i, v := range list {
		if err := ts.entry(v); err != nil {
			return config.Under(config.Index(i), err)
		}
	}
	return nil
}

func (ts *Transforms) entry(v any) error {
	word, ok := v.(string)
	var value any
	if m, is := config.AsMap(v); is && len(m) == 1 {
		word, value, ok = m[0].Key, m[0].Value, true
		if of, is := value.(config.Map); is {
			value = of.Plain()
		}
	}
	if !ok {
		return config.Errorf("", "%v is not a transform", v).Fix("write one as {rotation: 10}").Coded(config.WrongType)
	}
	more, err := Parse(word, value)
	if err == nil {
		*ts = append(*ts, more...)
		return nil
	}
	var e *config.Error
	if errors.As(err, &e) {
		return e
	}
	return config.Errorf("", "%v", err).Coded(config.OutOfRange)
}

// ConfigSchema returns a list of entries, or one.
func (Transforms) ConfigSchema(*config.Schemas) config.Map {
	number := func(low, high float64) config.Map {
		return config.Map{{Key: "type", Value: "number"}, {Key: "minimum", Value: low}, {Key: "maximum", Value: high}}
	}
	// reach is a number for both directions, or a pair of bounds.
	reach := func(k Kind) config.Map {
		low, high := bounds[k][0], bounds[k][1]
		both := min(-low, high)
		lone := number(-both, both)
		if k == Cutout {
			lone = number(low, high)
		}
		pair := append(config.List(number(low, high)), config.Entry{Key: "minItems", Value: 2},
			config.Entry{Key: "maxItems", Value: 2})
		return config.AnyOf(lone, pair)
	}
	object := func(properties config.Map) config.Map {
		return config.Map{{Key: "type", Value: "object"}, {Key: "properties", Value: properties},
			{Key: "additionalProperties", Value: false}}
	}
	sides := object(config.Map{{Key: "height", Value: reach(TranslateY)}, {Key: "width", Value: reach(TranslateX)}})
	entries := config.Map{
		{Key: "flip", Value: config.OrNull(config.Enum("horizontal", "vertical", "both", "horizontal_and_vertical"))},
		{Key: "translation", Value: config.AnyOf(reach(TranslateX), sides)},
		{Key: "crop", Value: number(bounds[CropResize][0], bounds[CropResize][1])},
		{Key: "mixup", Value: number(bounds[Mixup][0], bounds[Mixup][1])},
		{Key: "colour", Value: number(0, 1)}, {Key: "color", Value: number(0, 1)},
	}
	for _, k := range []Kind{Rotation, Zoom, Brightness, Contrast, Saturation, Hue, Cutout} {
		entries = append(entries, config.Entry{Key: k.String(), Value: reach(k)})
	}
	entry := append(object(entries), config.Entry{Key: "minProperties", Value: 1},
		config.Entry{Key: "maxProperties", Value: 1})
	one := config.AnyOf(config.Enum("flip"), entry)
	return config.AnyOf(one, config.List(one))
}

// MarshalConfig returns a list with an entry for each transform.
func (ts Transforms) MarshalConfig() any {
	if ts == nil {
		return nil
	}
	list := make([]any, len(ts))
	for i, t := range ts {
		list[i] = t.written()
	}
	return list
}

// written returns the entry that Parse reads as t.
func (t Transform) written() any {
	one := func(word string, value any) any { return config.Map{{Key: word, Value: value}} }
	var reach any = []any{t.Low, t.High}
	if t.Low == -t.High {
		reach = t.High
	}
	switch t.Kind {
	case FlipHorizontal:
		return one("flip", "horizontal")
	case FlipVertical:
		return one("flip", "vertical")
	case TranslateX:
		return one("translation", one("width", reach))
	case TranslateY:
		return one("translation", one("height", reach))
	case CropResize:
		return one("crop", t.Low)
	case Mixup:
		return one("mixup", t.High)
	case Cutout:
		if t.Low == t.High {
			return one("cutout", t.High)
		}
		return one("cutout", []any{t.Low, t.High})
	}
	return one(t.Kind.String(), reach)
}
