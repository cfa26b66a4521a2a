package augment

import (
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
	e := config.Errorf("", "%v", err).Coded(config.OutOfRange)
	if pair, ok := value.([]any); ok && len(pair) == 2 {
		low, ok1 := number(pair[0])
		high, ok2 := number(pair[1])
		if ok1 && ok2 && low > high {
			return e.Coded(config.Conflict)
		}
	}
	return e
}

// MarshalConfig is a list with an entry for each transform.
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

// written is the entry that Parse reads as t.
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
