package image

import (
	"gorae/config"
	"gorae/data/augment"
)

// Augment is how training pictures are varied, in order: a list of maps of one word, as [{flip: horizontal},
// {rotation: 10}].
type Augment struct {
	Transforms []augment.Transform
	written    []any // as the file has them
}

// UnmarshalConfig reads the list; a lone map counts as a list of one.
func (a *Augment) UnmarshalConfig(_ *config.Decoder, written any) error {
	list, ok := written.([]any)
	if !ok {
		list = []any{written}
	}
	*a = Augment{written: list}
	for i, v := range list {
		ts, err := transforms(v)
		if err != nil {
			return config.Under(config.Index(i), err)
		}
		a.Transforms = append(a.Transforms, ts...)
	}
	return nil
}

func transforms(v any) ([]augment.Transform, error) {
	word, isWord := v.(string)
	var value any
	if m, ok := config.AsMap(v); ok && len(m) == 1 {
		word, isWord, value = m[0].Key, true, m[0].Value
		if inner, ok := config.AsMap(value); ok {
			value = inner.Plain()
		}
	}
	if !isWord {
		return nil, config.Errorf("", "%v is no transform", v).Fix("write one as {rotation: 10}").Coded(config.WrongType)
	}
	ts, err := augment.Parse(word, value)
	if err != nil {
		return nil, config.Errorf("", "%v", err).Coded(config.OutOfRange)
	}
	return ts, nil
}

// MarshalConfig is the list as the file has it.
func (a Augment) MarshalConfig() any {
	if a.written == nil {
		return nil
	}
	return a.written
}
