package export

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"gorae/data"
	"gorae/tensor"
)

// mostColumns is the number of columns that an array may become.
const mostColumns = 1 << 14

// tableOf returns the table of a source: of arrays, a row for each sample and a column for each of its numbers, and
// the labels as a last column.
func tableOf(s *data.Source) (*data.Table, error) {
	if s.Table != nil {
		return s.Table, nil
	}
	a := s.Arrays
	switch {
	case a == nil:
		return nil, fmt.Errorf("a folder or a file of samples that are no table; give a table or an array")
	case a.X == nil:
		return nil, fmt.Errorf("several arrays, none of which is known for the samples; write .npz")
	}
	n := a.X.Shape[0]
	width := 1
	for _, d := range a.X.Shape[1:] {
		width *= d
	}
	if width > mostColumns {
		return nil, fmt.Errorf("samples of %d numbers would be as many columns, of which %d are written; write .npy "+
			"or .npz", width, mostColumns)
	}
	t := &data.Table{Name: a.Name, Header: true, Rows: n}
	for k := range width {
		c := data.Column{Name: "x" + strconv.Itoa(k+1), Kind: data.Number, Numbers: make([]float64, n)}
		for i := range n {
			c.Numbers[i] = element(a.X, i*width+k)
		}
		t.Columns = append(t.Columns, c)
	}
	if a.Y == nil {
		return t, nil
	}
	if len(a.Y.Shape) > 1 && a.Y.Len() != n {
		return nil, fmt.Errorf("labels of shape %v; a table has one for each row; write .npz", a.Y.Shape)
	}
	y := data.Column{Name: "y", Kind: data.Number}
	for i := range n {
		v := element(a.Y, i)
		if at := int(v); a.Classes != nil && at >= 0 && at < len(a.Classes) {
			y.Kind = data.Category
			y.Strings, y.Missing = append(y.Strings, a.Classes[at]), append(y.Missing, false)
			continue
		}
		y.Numbers = append(y.Numbers, v)
	}
	if y.Kind == data.Category && len(y.Strings) != n {
		return nil, fmt.Errorf("some labels have no name; write .npz")
	}
	t.Columns = append(t.Columns, y)
	return t, nil
}

// element returns an element of a tensor as a number.
func element(t *tensor.Tensor, i int) float64 {
	switch t.DType() {
	case tensor.Uint8:
		return float64(t.U8[i])
	case tensor.Int32:
		return float64(t.I32[i])
	}
	v, _ := strconv.ParseFloat(strconv.FormatFloat(float64(t.F32[i]), 'g', -1, 32), 64) // 0.1, not 0.10000000149
	return v
}

// npy returns what writes one array: that of the samples, or the matrix of a table of numbers.
func npy(s *data.Source) (func(io.Writer) error, error) {
	if a := s.Arrays; a != nil && a.X != nil {
		if a.Y != nil {
			return nil, fmt.Errorf("samples and labels are two arrays; write .npz")
		}
		return func(w io.Writer) error { return tensor.WriteNPY(w, a.X) }, nil
	}
	t, err := tableOf(s)
	if err != nil {
		return nil, err
	}
	if err := numeric(t); err != nil {
		return nil, err
	}
	all := make([]float64, 0, t.Rows*len(t.Columns))
	for i := range t.Rows {
		for k := range t.Columns {
			all = append(all, t.Columns[k].Numbers[i])
		}
	}
	return func(w io.Writer) error {
		return tensor.WriteNPYFloat64(w, tensor.Shape{t.Rows, len(t.Columns)}, all)
	}, nil
}

// numeric refuses a column of text.
func numeric(t *data.Table) error {
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Kind != data.Number {
			return fmt.Errorf("the column %s is text, and arrays hold numbers; write .csv, .jsonl or .parquet", c.Name)
		}
		if strings.ContainsAny(c.Name, "/\\") {
			return fmt.Errorf("the column %s cannot name an array; write .npy, .csv, .jsonl or .parquet", c.Name)
		}
	}
	return nil
}

// npz returns what writes the arrays of a source, or an array for each column of a table of numbers.
func npz(s *data.Source) (func(io.Writer) error, error) {
	if a := s.Arrays; a != nil {
		if len(a.Text) > 0 {
			return nil, fmt.Errorf("the array %s holds text, which is not written", a.Text[0].Name)
		}
		all := a.All
		if all == nil {
			all = []tensor.Named{{Name: "x", Tensor: a.X}}
			if a.Y != nil {
				all = append(all, tensor.Named{Name: "y", Tensor: a.Y})
			}
		}
		return func(w io.Writer) error { return tensor.WriteNPZ(w, all) }, nil
	}
	t, err := tableOf(s)
	if err != nil {
		return nil, err
	}
	if err := numeric(t); err != nil {
		return nil, err
	}
	return func(w io.Writer) error {
		z := zip.NewWriter(w)
		for i := range t.Columns {
			c := &t.Columns[i]
			m, err := z.CreateHeader(&zip.FileHeader{Name: c.Name + ".npy", Method: zip.Store})
			if err != nil {
				return err
			}
			b := bufio.NewWriter(m)
			if err := tensor.WriteNPYFloat64(b, tensor.Shape{len(c.Numbers)}, c.Numbers); err != nil {
				return err
			}
			if err := b.Flush(); err != nil {
				return err
			}
		}
		return z.Close()
	}, nil
}
