package data

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"time"

	"gorae/internal/spell"
	"gorae/internal/words"
	"gorae/tensor"
)

// FromRecords returns the table of records of typed values, such as the objects of a JSON array: a column for each key,
// in the order of the keys' bytes. Numbers (of any type of Go's, and json.Number) make a column of numbers; text makes
// a column of text, in which numbers are written as FormatNumber does; true and false are text, as are times (RFC
// 3339); nil and NaN are missing. A whole number beyond 2⁵³ is a name, as in a file. The keys in needs must be in every
// record, if only as nil; another key that a record lacks is missing there. Lists and objects are errors: see TensorOf
// for samples that are arrays.
func FromRecords(records []map[string]any, needs []string) (*Table, error) {
	if len(records) == 0 {
		return nil, fmt.Errorf("no records; give at least one")
	}
	keys := map[string]bool{}
	for i, r := range records {
		for _, name := range needs {
			if _, ok := r[name]; !ok {
				given := slices.Sorted(maps.Keys(r))
				return nil, fmt.Errorf("record %d: no value %q%s; give null where it is not known", i+1, name,
					spell.Hint(name, given))
			}
		}
		for k := range r {
			keys[k] = true
		}
	}
	t := &Table{Header: true, Rows: len(records)}
	for _, name := range slices.Sorted(maps.Keys(keys)) {
		c, err := recordColumn(records, name)
		if err != nil {
			return nil, err
		}
		t.Columns = append(t.Columns, c)
	}
	return t, nil
}

// recordColumn returns the values of one key.
func recordColumn(records []map[string]any, name string) (Column, error) {
	c := Column{Name: name, Kind: Number, Numbers: make([]float64, len(records))}
	text := make([]string, len(records))
	missing := make([]bool, len(records))
	for i, r := range records {
		switch v := r[name].(type) {
		case nil:
			missing[i], c.Numbers[i] = true, math.NaN()
		case string:
			c.Kind, text[i] = Category, v
		case bool:
			c.Kind, text[i] = Category, strconv.FormatBool(v)
		case time.Time:
			c.Kind, text[i] = Category, v.Format(time.RFC3339Nano)
		default:
			x, ok := NumberOf(v)
			switch {
			case ok && coarse(v):
				c.Kind, text[i] = Category, fmt.Sprint(v)
			case ok:
				c.Numbers[i], text[i] = x, FormatNumber(x)
			case math.IsNaN(x):
				missing[i], c.Numbers[i] = true, x
			default:
				return c, fmt.Errorf("record %d: %s: %v is neither a number nor a text", i+1, name,
					words.Clip(fmt.Sprint(v), 30))
			}
		}
	}
	if c.Kind == Category {
		c.Numbers, c.Strings, c.Missing = nil, text, missing
	}
	return c, nil
}

// NumberOf returns a number of any of Go's types, and whether it is one and finite.
func NumberOf(v any) (float64, bool) {
	var f float64
	if n, ok := v.(json.Number); ok {
		var err error
		if f, err = n.Float64(); err != nil {
			return 0, false
		}
		return f, !math.IsInf(f, 0)
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Float32, reflect.Float64:
		f = r.Float()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		f = float64(r.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		f = float64(r.Uint())
	default:
		return 0, false
	}
	return f, !math.IsNaN(f) && !math.IsInf(f, 0)
}

// coarse reports whether v is a whole number that a file would have as a name: beyond 2⁵³.
func coarse(v any) bool {
	r := reflect.ValueOf(v)
	_, text := v.(json.Number)
	return (text || r.CanInt() || r.CanUint()) && isName(fmt.Sprint(v))
}

// TensorOf returns samples as nested lists of numbers, such as JSON arrays, as one Float32 tensor [samples, shape…],
// with the float64 (Original) where float32 is too coarse for them. Each value must be nested as the shape of a sample
// says.
func TensorOf(values []any, shape tensor.Shape) (*tensor.Tensor, error) {
	if len(values) == 0 {
		return nil, fmt.Errorf("no samples; give at least one")
	}
	n := shape.Size()
	x := make([]float64, len(values)*n)
	for i, v := range values {
		if err := fillNested(x[i*n:(i+1)*n], v, shape); err != nil {
			return nil, fmt.Errorf("sample %d%w", i+1, err)
		}
	}
	return tensor.OfFloat64(x, append([]int{len(values)}, shape...)...), nil
}

// fillNested writes a nested list of numbers into to. The error begins with the place, [2][0]: ….
func fillNested(to []float64, v any, shape tensor.Shape) error {
	if len(shape) == 0 {
		x, ok := NumberOf(v)
		if !ok {
			return fmt.Errorf(": %v is no number", words.Clip(fmt.Sprint(v), 30))
		}
		if to[0] = x; math.IsInf(float64(float32(x)), 0) {
			return fmt.Errorf(": %s is beyond float32", FormatNumber(x))
		}
		return nil
	}
	list, ok := v.([]any)
	if !ok || len(list) != shape[0] {
		what := "no list"
		if ok {
			what = "a list of " + strconv.Itoa(len(list))
		}
		return fmt.Errorf(": %s where one of %d is needed: the model takes samples of shape %v", what, shape[0], shape)
	}
	n := len(to) / max(1, shape[0])
	for i, w := range list {
		if err := fillNested(to[i*n:(i+1)*n], w, shape[1:]); err != nil {
			return fmt.Errorf("[%d]%w", i, err)
		}
	}
	return nil
}
