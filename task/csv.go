package task

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
)

// writeRows writes a header and rows of values as CSV.
func writeRows(w io.Writer, header []string, each func(yield func([]any) error) error) error {
	to := csv.NewWriter(w)
	if err := to.Write(header); err != nil {
		return err
	}
	fields := make([]string, 0, len(header))
	err := each(func(row []any) error {
		fields = fields[:0]
		for _, v := range row {
			fields = append(fields, Text(v))
		}
		return to.Write(fields)
	})
	if err != nil {
		return err
	}
	to.Flush()
	return to.Error()
}

// Text returns the text of a value in a CSV file: of a number the shortest decimal that reads back to the same float32
// or float64, without an exponent where that is as short; "" for nil.
func Text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float32:
		return shortest(float64(v), 32)
	case float64:
		return shortest(v, 64)
	case int:
		return strconv.Itoa(v)
	}
	return fmt.Sprint(v)
}

// shortest returns the shortest decimal that reads back to v as a float of that many bits.
func shortest(v float64, bits int) string {
	e := strconv.FormatFloat(v, 'g', -1, bits)
	if a := math.Abs(v); a > 1e21 || a != 0 && a < 1e-7 { // hundreds of zeros
		return e
	}
	if f := strconv.FormatFloat(v, 'f', -1, bits); len(f) <= len(e) {
		return f
	}
	return e
}
