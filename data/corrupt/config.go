package corrupt

import "gorae/config"

// Corruptions are the entries of an experiment's corrupt list, in the order in which they are done.
type Corruptions []Corruption

// UnmarshalConfig reads a list of entries as Parse knows them, a map of entries, or one entry.
func (cs *Corruptions) UnmarshalConfig(_ *config.Decoder, written any) error {
	*cs = Corruptions{}
	return config.Entries(written, "{gaussian: 25}", func(word string, value any) error {
		c, err := Parse(word, value)
		*cs = append(*cs, c)
		return err
	})
}

// ConfigSchema returns a list of entries, or one.
func (Corruptions) ConfigSchema(*config.Schemas) config.Map {
	number := func(k Kind) config.Map {
		return config.Map{{Key: "type", Value: "number"}, {Key: "minimum", Value: bounds[k][0]},
			{Key: "maximum", Value: bounds[k][1]}}
	}
	drawn := func(k Kind) config.Map {
		return config.AnyOf(number(k), append(config.List(number(k)), config.Entry{Key: "minItems", Value: 2},
			config.Entry{Key: "maxItems", Value: 2}))
	}
	whole := func(low, high float64) config.Map {
		return config.Map{{Key: "type", Value: "integer"}, {Key: "minimum", Value: low}, {Key: "maximum", Value: high}}
	}
	squares := config.Map{{Key: "type", Value: "object"}, {Key: "properties", Value: config.Map{
		{Key: "share", Value: number(Mask)}, {Key: "square", Value: whole(1, mostSquare)}}},
		{Key: "required", Value: []any{"share"}}, {Key: "additionalProperties", Value: false}}
	return config.EntriesSchema(config.Map{
		{Key: "gaussian", Value: drawn(Gaussian)}, {Key: "blur", Value: drawn(Blur)}, {Key: "salt", Value: drawn(Salt)},
		{Key: "mask", Value: config.AnyOf(drawn(Mask), squares)},
		{Key: "downsample", Value: whole(bounds[Downsample][0], bounds[Downsample][1])},
		{Key: "clip", Value: config.OrNull(config.Map{{Key: "const", Value: true}})}}, "clip")
}

// MarshalConfig returns a list with an entry for each corruption.
func (cs Corruptions) MarshalConfig() any {
	if cs == nil {
		return nil
	}
	list := make([]any, len(cs))
	for i, c := range cs {
		list[i] = c.written()
	}
	return list
}

// written returns the entry that Parse reads as c.
func (c Corruption) written() any {
	var value any = []any{c.Low, c.High}
	switch {
	case c.Kind == Clip:
		return "clip"
	case c.Kind == Downsample:
		value = int(c.Low)
	case c.Square > 1:
		value = config.Map{{Key: "share", Value: c.Low}, {Key: "square", Value: c.Square}}
	case c.Low == c.High:
		value = c.Low
	}
	return config.Map{{Key: c.Kind.String(), Value: value}}
}
