package data

import (
	"embed"
	"fmt"
	"slices"

	"gorae/internal/gz"
	"gorae/tensor"
)

// The files are written by samples/make.go from the originals that it names.
//
//go:embed samples/*.csv.gz
var sampleFiles embed.FS

// Sample is a small data set that the program carries with it; embed:NAME opens
// it wherever a file may be named.
type Sample struct {
	Name    string       `json:"name"`
	About   string       `json:"about"`
	Rows    int          `json:"rows"`
	Columns int          `json:"columns"` // the target included
	Target  string       `json:"target"`
	Task    string       `json:"task"` // "classification" or "regression"
	Classes int          `json:"classes,omitempty"`
	Image   tensor.Shape `json:"image,omitempty"` // the columns but the target are such an image's pixels, row by row
	Source  string       `json:"source"`
	Licence string       `json:"licence"`
}

// Samples lists the embedded samples.
func Samples() []Sample {
	return []Sample{
		{
			Name: "digits", About: "handwritten digits, 8×8 pixels of 0 to 16",
			Rows: 1797, Columns: 65, Target: "digit", Task: "classification", Classes: 10, Image: tensor.Shape{8, 8, 1},
			Source: "E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits (test part), UCI Machine " +
				"Learning Repository, 1998, doi:10.24432/C50P49",
			Licence: "CC BY 4.0",
		},
		{
			Name: "iris", About: "sepals and petals of three kinds of iris, in cm",
			Rows: 150, Columns: 5, Target: "species", Task: "classification", Classes: 3,
			Source:  "R. A. Fisher: Iris, 1936, UCI Machine Learning Repository, doi:10.24432/C56C76",
			Licence: "CC BY 4.0",
		},
		{
			Name: "titanic", About: "passengers of the Titanic, with missing values; who survived",
			Rows: 891, Columns: 12, Target: "Survived", Task: "classification", Classes: 2,
			Source: "passenger list of the Titanic (Encyclopedia Titanica; compiled by F. E. Harrell, T. Cason), " +
				"in the split that is usual for teaching",
			Licence: "public facts",
		},
		{
			Name: "airline", About: "airline passengers by month, 1949 to 1960, in thousands: a series",
			Rows: 144, Columns: 2, Target: "Passengers", Task: "regression",
			Source:  "G. E. P. Box, G. M. Jenkins: Time Series Analysis: Forecasting and Control, 1976, series G",
			Licence: "public facts",
		},
	}
}

// Table reads the sample as columns.
func (s *Sample) Table() (*Table, error) {
	f, err := sampleFiles.Open("samples/" + s.Name + ".csv.gz")
	if err != nil {
		return nil, fmt.Errorf("%s%s: no such sample", Embed, s.Name)
	}
	z, err := gz.Reader(f, peek)
	if err != nil {
		return nil, fmt.Errorf("%s%s: %w", Embed, s.Name, err)
	}
	t, err := ReadCSV(z, Embed+s.Name, CSVOptions{})
	if err == nil {
		t.Guesses = nil // the columns are known
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return t, err
}

// Images reads the sample as uint8 images [samples, height, width, channels] and
// labels; a sample that is no images is an error.
func (s *Sample) Images() (*Arrays, error) {
	if s.Image == nil {
		return nil, fmt.Errorf("%s%s: these are no images; open it as a table", Embed, s.Name)
	}
	t, err := s.Table()
	if err != nil {
		return nil, err
	}
	return t.Images(s.Target, s.Image...)
}

// Images takes the columns other than the target as the pixels of one image per
// row, row by row (height, width, channels), and the target as labels. Values
// must be whole numbers from 0 to 255.
func (t *Table) Images(target string, shape ...int) (*Arrays, error) {
	at, err := t.Find(target)
	if err != nil {
		return nil, err
	}
	size := tensor.Shape(shape).Size()
	if len(t.Columns)-1 != size {
		return nil, fmt.Errorf("%s: %d columns besides %s are no images %v, which need %d",
			t.Name, len(t.Columns)-1, t.Columns[at].Name, tensor.Shape(shape), size)
	}
	x := tensor.New(tensor.Uint8, append([]int{t.Rows}, shape...)...)
	pixel := 0
	for k := range t.Columns {
		if k == at {
			continue
		}
		c := &t.Columns[k]
		if c.Kind != Number {
			return nil, fmt.Errorf("%s: column %s holds text, not pixels", t.Name, c.Name)
		}
		for i, v := range c.Numbers {
			if !(v >= 0 && v <= 255) || v != float64(uint8(v)) {
				return nil, t.ErrorAt(i, c.Name, "%s is no pixel; give whole numbers from 0 to 255", FormatNumber(v))
			}
			x.U8[i*size+pixel] = uint8(v)
		}
		pixel++
	}
	a := &Arrays{Name: t.Name, X: x}
	codes, levels := t.Columns[at].Codes()
	a.Y = tensor.New(tensor.Int32, t.Rows)
	for i, code := range codes {
		if code < 0 {
			return nil, t.ErrorAt(i, t.Columns[at].Name, "the label is missing")
		}
		a.Y.I32[i] = int32(code)
	}
	a.Classes = slices.Clone(levels)
	return a, nil
}
