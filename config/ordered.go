package config

import (
	"bytes"
	"encoding/json"
)

// Entry is a key and its value.
type Entry struct {
	Key   string
	Value any
}

// Map is a configuration whose keys have an order, as Keras writes them.
type Map []Entry

// Get returns the value at key, nil if there is none.
func (m Map) Get(key string) any {
	for _, e := range m {
		if e.Key == key {
			return e.Value
		}
	}
	return nil
}

// Plain returns m as encoding/json would read it: nested maps and slices of any.
func (m Map) Plain() map[string]any {
	out := make(map[string]any, len(m))
	for _, e := range m {
		out[e.Key] = plain(e.Value)
	}
	return out
}

func plain(v any) any {
	switch v := v.(type) {
	case Map:
		return v.Plain()
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = plain(x)
		}
		return out
	}
	return v
}

// MarshalJSON writes the keys in their order.
func (m Map) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, e := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		k, err := json.Marshal(e.Key)
		if err != nil {
			return nil, err
		}
		v, err := json.Marshal(e.Value)
		if err != nil {
			return nil, err
		}
		b.Write(k)
		b.WriteByte(':')
		b.Write(v)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
