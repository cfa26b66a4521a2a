package tensor

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Parse reads numbers that are written as text: nested lists in brackets, as JSON and NumPy's tolist have them,
//
//	[[2, 5], [7, 8]]
//
// or a line for each row of a matrix, with commas or blanks between its numbers. Lists of one axis must have the same
// length. The elements are Float32; where float32 holds one of them rounded, Original has them all.
func Parse(text []byte) (*Tensor, error) {
	text = bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))
	if len(text) == 0 {
		return nil, fmt.Errorf("no numbers; write an array such as [[2, 5], [7, 8]]")
	}
	if c := text[0]; c != '[' && c != '"' && c != '{' {
		return parseLines(string(text))
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, fmt.Errorf("no array of numbers: %v; write one such as [[2, 5], [7, 8]]", err)
	}
	var values []float64
	shape, err := gather(v, Shape{}, &values)
	if err != nil {
		return nil, err
	}
	if len(values) == 0 {
		return nil, fmt.Errorf("no numbers; write an array such as [[2, 5], [7, 8]]")
	}
	return OfFloat64(values, shape...), nil
}

// gather appends the numbers of a nested list and returns its shape. At is where the list stands in the whole one.
func gather(v any, at Shape, values *[]float64) (Shape, error) {
	switch v := v.(type) {
	case float64:
		*values = append(*values, v)
		return Shape{}, nil
	case []any:
		var first Shape
		for i, e := range v {
			s, err := gather(e, append(at[:len(at):len(at)], i), values)
			if err != nil {
				return nil, err
			}
			if i == 0 {
				first = s
			} else if !s.Equal(first) {
				return nil, fmt.Errorf("element %v has the shape %v, the one before it %v; all must have one shape",
					append(at[:len(at):len(at)], i), s, first)
			}
		}
		return append(Shape{len(v)}, first...), nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("element %v: %.40s is no number", at, b)
}

// parseLines reads a matrix, or a vector where there is one line.
func parseLines(text string) (*Tensor, error) {
	var values []float64
	width, rows := 0, 0
	for i, line := range strings.Split(text, "\n") {
		cells := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(", \t\r;", r) })
		if len(cells) == 0 {
			continue
		}
		for _, c := range cells {
			v, err := strconv.ParseFloat(c, 64)
			if err != nil {
				return nil, fmt.Errorf("line %d: %.40q is no number", i+1, c)
			}
			values = append(values, v)
		}
		if rows++; rows == 1 {
			width = len(cells)
		} else if len(cells) != width {
			return nil, fmt.Errorf("line %d has %d numbers, the one before it %d; all must have as many", i+1,
				len(cells), width)
		}
	}
	if rows == 1 {
		return OfFloat64(values, width), nil
	}
	return OfFloat64(values, rows, width), nil
}
