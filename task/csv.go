package task

import (
	"encoding/csv"
	"fmt"
	"io"
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

// Text is a value as a file has it: the shortest decimal that reads back to the same float32 or
// float64; "" for nil.
func Text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float32:
		return strconv.FormatFloat(float64(v), 'g', -1, 32)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case int:
		return strconv.Itoa(v)
	}
	return fmt.Sprint(v)
}
