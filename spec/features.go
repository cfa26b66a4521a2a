package spec

import (
	"slices"

	"gorae/config"
	"gorae/prep"
)

// Features says how columns become numbers: each by itself, or all numbers of a table or array by one word.
type Features struct {
	All     string    // zscore, minmax, rescale or none for all; "" where columns are named, or nothing is said
	Columns []Feature // in the order of the file
}

// Feature is a column and how it becomes numbers.
type Feature struct {
	Name string
	prep.Spec
}

var scales = []string{"zscore", "minmax", "rescale", "none"}

// Of is what is said of a column, and whether anything is.
func (f Features) Of(column string) (prep.Spec, bool) {
	for _, c := range f.Columns {
		if c.Name == column {
			return c.Spec, true
		}
	}
	return prep.Spec{}, false
}

// UnmarshalConfig reads a word or a map of columns.
func (f *Features) UnmarshalConfig(d *config.Decoder, written any) error {
	if w, ok := written.(string); ok {
		if !slices.Contains(scales, w) {
			return config.Errorf("", "%q is not a scale", w).Suggesting(w, scales).Coded(config.UnknownName)
		}
		*f = Features{All: w}
		return nil
	}
	m, ok := config.AsMap(written)
	if !ok {
		return config.Errorf("", "%v is not a scale", written).
			Fix("give one of zscore, minmax, rescale, none for all numbers, or a map of columns").Coded(config.WrongType)
	}
	*f = Features{Columns: []Feature{}}
	for _, e := range m {
		s, err := prep.ParseSpec(plain(e.Value))
		if err != nil {
			return config.Under(config.Step(e.Key), err)
		}
		f.Columns = append(f.Columns, Feature{e.Key, s})
	}
	return nil
}

func plain(v any) any {
	if m, ok := v.(config.Map); ok {
		return m.Plain()
	}
	return v
}

// MarshalConfig is the word or the map.
func (f Features) MarshalConfig() any {
	if f.All != "" {
		return f.All
	}
	if f.Columns == nil {
		return nil
	}
	m := config.Map{}
	for _, c := range f.Columns {
		m = append(m, config.Entry{Key: c.Name, Value: written(c.Spec)})
	}
	return m
}

// written is how a column becomes numbers, as people write it.
func written(s prep.Spec) any {
	switch {
	case s.Drop:
		return "drop"
	case s.Encode != "" && !s.Missing && !s.Indicator:
		return s.Encode
	case s.Scale != "" && !s.Log1p && s.Impute == "" && !s.Indicator:
		return s.Scale
	}
	m := config.Map{}
	put := func(key string, value any, is bool) {
		if is {
			m = append(m, config.Entry{Key: key, Value: value})
		}
	}
	put("encode", s.Encode, s.Encode != "")
	put("missing", true, s.Missing)
	if s.Impute == "constant" {
		put("impute", s.Fill, true)
	} else {
		put("impute", s.Impute, s.Impute != "")
	}
	put("log1p", true, s.Log1p)
	put("scale", s.Scale, s.Scale != "")
	put("indicator", true, s.Indicator)
	if s.Text != nil {
		put("text", config.Written(*s.Text), true)
	}
	return m
}

// Inputs are the named inputs of a network and their columns, in the order of the file.
type Inputs []Input

// Input is a named input of a network and the columns that it takes, by name or number.
type Input struct {
	Name    string
	Columns []string
}

// columns is the written form of an input's columns.
type columns struct {
	List []string `keras:"columns,main,required,column"`
}

// UnmarshalConfig reads {wide: [a, b], deep: [c, d]}.
func (in *Inputs) UnmarshalConfig(d *config.Decoder, written any) error {
	m, ok := config.AsMap(written)
	if !ok || len(m) == 0 {
		return config.Errorf("", "%v is not a map of inputs", written).
			Fix("write {NAME: [COLUMN, …], …}").Coded(config.WrongType)
	}
	*in = nil
	for _, e := range m {
		var c columns
		if err := d.Decode(&c, config.Map{{Key: "columns", Value: e.Value}}); err != nil {
			return config.Under(config.Step(e.Key), config.Without("columns", err))
		}
		if len(c.List) == 0 {
			return config.Errorf(config.Step(e.Key), "no column").Fix("name one or more").Coded(config.WrongLength)
		}
		*in = append(*in, Input{e.Key, c.List})
	}
	return nil
}

// MarshalConfig is the map.
func (in Inputs) MarshalConfig() any {
	if in == nil {
		return nil
	}
	m := config.Map{}
	for _, i := range in {
		list := make([]any, len(i.Columns))
		for k, c := range i.Columns {
			list[k] = c
		}
		m = append(m, config.Entry{Key: i.Name, Value: list})
	}
	return m
}
