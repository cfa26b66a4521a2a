package spec

import (
	"slices"
	"strings"

	"gorae/config"
	"gorae/prep"
)

// Features says how columns become numbers: each by itself, or all numbers of a table or array by one word.
type Features struct {
	All     string    // the word of a scale for all; "" where columns are named, or nothing is said
	Columns []Feature // in the order of the file
}

// Feature is a column and how it becomes numbers.
type Feature struct {
	Name string
	prep.Spec
}

// Of returns the spec of a column, and whether there is one.
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
		scales := prep.Scales.Names()
		if !slices.Contains(scales, w) {
			return config.Errorf("", "%q is not a scale", w).Suggesting(w, scales).Coded(config.UnknownName)
		}
		*f = Features{All: w}
		return nil
	}
	m, ok := config.AsMap(written)
	if !ok {
		return config.Errorf("", "%v is not a scale", written).
			Fix("give one of %s for all numbers, or a map of columns",
				strings.Join(prep.Scales.Names(), ", ")).Coded(config.WrongType)
	}
	*f = Features{Columns: []Feature{}}
	for _, e := range m {
		var s prep.Spec
		if err := d.Decode(&s, e.Value); err != nil {
			return config.Under(config.Step(e.Key), err)
		}
		if err := s.Valid(); err != nil {
			return config.Under(config.Step(e.Key), err)
		}
		f.Columns = append(f.Columns, Feature{e.Key, s})
	}
	return nil
}

// ConfigSchema returns a scale or a map of columns.
func (Features) ConfigSchema(s *config.Schemas) config.Map {
	return config.AnyOf(config.Enum(prep.Scales.Names()...), config.Map{{Key: "type", Value: "object"},
		{Key: "additionalProperties", Value: config.OrNull(s.Of(new(prep.Spec)))}})
}

// MarshalConfig returns the word or the map.
func (f Features) MarshalConfig() any {
	if f.All != "" {
		return f.All
	}
	if f.Columns == nil {
		return nil
	}
	m := config.Map{}
	for _, c := range f.Columns {
		m = append(m, config.Entry{Key: c.Name, Value: config.Written(c.Spec)})
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
	List []string `keras:"columns,required,column"`
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

// ConfigSchema returns a map of one or more columns, or lists of them.
func (Inputs) ConfigSchema(s *config.Schemas) config.Map {
	column := config.AnyOf(config.Map{{Key: "type", Value: "string"}, {Key: "minLength", Value: 1}},
		config.Map{{Key: "type", Value: "integer"}, {Key: "minimum", Value: 1}, {Key: "maximum", Value: 1 << 53}})
	list := append(config.List(column), config.Entry{Key: "minItems", Value: 1})
	return config.Map{{Key: "type", Value: "object"}, {Key: "minProperties", Value: 1},
		{Key: "additionalProperties", Value: config.AnyOf(column, list)}}
}

// MarshalConfig returns the map.
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
