package config

import "errors"

// Entries reads a list whose entries are names with values: a name alone, a map of names and their values, or a list of
// those. It calls add for each entry in order, with nil for a name alone, and maps within values are map[string]any.
//
//	[clip, {gaussian: 25}, {blur: 1, salt: 0.1}]
//
// An error of add gets the entry's place; one that is no [*Error] counts as [OutOfRange]. Example is an entry for the
// message about something else.
func Entries(written any, example string, add func(name string, value any) error) error {
	list, ok := written.([]any)
	if !ok {
		return namedEntries(written, example, add)
	}
	for i, v := range list {
		if err := namedEntries(v, example, add); err != nil {
			return Under(Index(i), err)
		}
	}
	return nil
}

func namedEntries(written any, example string, add func(name string, value any) error) error {
	m, ok := AsMap(written)
	if name, is := written.(string); is {
		m, ok = Map{{Key: name}}, true
	}
	if !ok || len(m) == 0 {
		return Errorf("", "%s is neither a name nor a name with its value", brief(written)).
			Fix("write one as %s", example).Coded(WrongType)
	}
	for _, e := range m {
		err := add(e.Key, plain(e.Value))
		var known *Error
		switch {
		case errors.As(err, &known):
			return known
		case err != nil:
			return Errorf("", "%v", err).Coded(OutOfRange)
		}
	}
	return nil
}

// EntriesSchema is the schema of what [Entries] reads: values has a schema for the value of each name, alone are the
// names that may stand without one.
func EntriesSchema(values Map, alone ...string) Map {
	entry := Map{{Key: "type", Value: "object"}, {Key: "properties", Value: values},
		{Key: "additionalProperties", Value: false}, {Key: "minProperties", Value: 1}}
	one := AnyOf(Enum(alone...), entry)
	return AnyOf(one, List(one))
}
