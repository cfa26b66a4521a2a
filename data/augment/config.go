package augment

import "gorae/config"

// Transforms are the entries of an experiment's augment list.
type Transforms []Transform

// UnmarshalConfig reads a list of entries as Parse knows them, a map of entries, or one entry.
func (ts *Transforms) UnmarshalConfig(_ *config.Decoder, written any) error {
	*ts = Transforms{}
	return config.Entries(written, "{rotation: 10}", func(word string, value any) error {
		more, err := Parse(word, value)
		*ts = append(*ts, more...)
		return err
	})
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
	return config.EntriesSchema(entries, "flip")
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
