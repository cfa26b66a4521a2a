package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestEntries(t *testing.T) {
	read := func(written any) (got []string, err error) {
		err = Entries(written, "{size: 3}", func(name string, value any) error {
			switch name {
			case "plainly":
				return errors.New("size is wrong")
			case "typed":
				return Errorf("size", "wrong").Coded(Conflict)
			}
			got = append(got, fmt.Sprintf("%s=%v", name, value))
			return nil
		})
		return got, err
	}
	inner := Map{{Key: "z", Value: []any{Map{{Key: "k", Value: 1}}}}}
	for _, c := range []struct {
		written any
		want    string
	}{
		{"a", "a=<nil>"},
		{Map{{Key: "b", Value: 2}, {Key: "a", Value: inner}}, "b=2 a=map[z:[map[k:1]]]"}, // in their order
		{[]any{"a", map[string]any{"c": true}, Map{{Key: "b", Value: 1}, {Key: "a", Value: nil}}},
			"a=<nil> c=true b=1 a=<nil>"},
		{[]any{}, ""},
	} {
		if got, err := read(c.written); err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%v: %v, %v; want %s", c.written, got, err, c.want)
		}
	}
	for _, c := range []struct {
		written any
		says    string
		code    Code
	}{
		{12, "12 is neither a name nor a name with its value; write one as {size: 3}", WrongType},
		{nil, "null is neither a name nor a name with its value; write one as {size: 3}", WrongType},
		{Map{}, "{} is neither a name nor a name with its value; write one as {size: 3}", WrongType},
		{[]any{"a", []any{}}, "[1]: [] is neither a name", WrongType},
		{[]any{"a", "plainly"}, "[1]: size is wrong", OutOfRange},
		{[]any{"typed"}, "[0].size: wrong", Conflict},
	} {
		_, err := read(c.written)
		var e *Error
		if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), c.says) || e.Code != c.code {
			t.Errorf("%v: %v, want %s", c.written, err, c.says)
		}
	}
	schema := EntriesSchema(Map{{Key: "size", Value: Map{{Key: "type", Value: "number"}}}}, "clip")
	forms := schema.Get("anyOf").([]any)
	if len(forms) != 2 || !slices.Equal(forms[0].(Map).Get("anyOf").([]any)[0].(Map).Get("enum").([]any),
		[]any{"clip"}) {
		t.Errorf("schema %v", schema)
	}
}
