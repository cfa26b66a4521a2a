// Package golden compares gorae with numbers that Keras 3.15 computed: outputs, masks, gradients, states, losses,
// metrics, optimizers and whole trainings. Each line of the files below golden/keras3 and golden/keras3-training of
// GORAE_SHARED is a case; its class is made by the registry, from the configuration that Keras wrote. A case is
// computed in float64 by graph.Evaluator and in float32 by the kernels of plan.CPU.
package golden

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/tensor"
)

// array is an array of the golden files. Its numbers are held as float64; strings are not read.
type array struct {
	Shape tensor.Shape
	DType string
	V     []float64
}

// UnmarshalJSON reads data, in which "nan", "inf" and "-inf" are strings and booleans words, or b64.
func (a *array) UnmarshalJSON(b []byte) error {
	var text struct {
		Shape []int
		DType string
		Data  []any
		B64   string
	}
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	a.Shape, a.DType = text.Shape, text.DType
	if text.B64 != "" {
		return a.decode(text.B64)
	}
	a.V = make([]float64, len(text.Data))
	for i, d := range text.Data {
		switch d := d.(type) {
		case float64:
			a.V[i] = d
		case bool:
			if d {
				a.V[i] = 1
			}
		case string:
			if a.DType != "string" {
				a.V[i] = word(d)
			}
		}
	}
	if n := a.Shape.Size(); n != len(a.V) {
		return fmt.Errorf("%d numbers for shape %v", len(a.V), a.Shape)
	}
	return nil
}

// word is the number that one of the words nan, inf, -inf means.
func word(s string) float64 {
	switch s {
	case "inf":
		return math.Inf(1)
	case "-inf":
		return math.Inf(-1)
	}
	return math.NaN()
}

// decode reads little-endian elements.
func (a *array) decode(text string) error {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return err
	}
	n := a.Shape.Size()
	if n == 0 {
		return nil
	}
	a.V = make([]float64, n)
	size := len(raw) / n
	for i := range a.V {
		switch b := raw[i*size:]; a.DType {
		case "float64":
			a.V[i] = math.Float64frombits(binary.LittleEndian.Uint64(b))
		case "float32":
			a.V[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
		case "int64":
			a.V[i] = float64(int64(binary.LittleEndian.Uint64(b)))
		case "int32":
			a.V[i] = float64(int32(binary.LittleEndian.Uint32(b)))
		case "uint8", "bool":
			a.V[i] = float64(b[0])
		default:
			return fmt.Errorf("elements of type %s", a.DType)
		}
	}
	return nil
}

// value is the array as a value of the graph: whole numbers stay whole, all else is a float.
func (a *array) value() *graph.Array {
	t := graph.F32(a.Shape...)
	switch a.DType {
	case "int32", "int64":
		t.DType = tensor.Int32
	case "uint8":
		t.DType = tensor.Uint8
	}
	return &graph.Array{Type: t, V: a.V}
}

// number is a JSON number, or one of the words nan, inf, -inf.
type number float64

func (n *number) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*n = number(word(s))
		return nil
	}
	return json.Unmarshal(b, (*float64)(n))
}

// shared is a path below golden in GORAE_SHARED.
func shared(t *testing.T, path string) string {
	t.Helper()
	dir := os.Getenv("GORAE_SHARED")
	if dir == "" {
		t.Skip("GORAE_SHARED is not set; the golden cases are not there")
	}
	return filepath.Join(dir, "golden", path)
}

// whole asks lines for every line, with -short too.
const whole = true

// lines decodes each line of a file into a new T. With -short every eighth line is read.
func lines[T any](t *testing.T, path string, each func(c *T), all ...bool) {
	t.Helper()
	f, err := os.Open(shared(t, path))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<26)
	for n := 0; in.Scan(); n++ {
		if testing.Short() && n%8 != 0 && all == nil {
			continue
		}
		c := new(T)
		if err := json.Unmarshal(in.Bytes(), c); err != nil {
			t.Fatalf("%s:%d: %v", path, n+1, err)
		}
		each(c)
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
}

// tally counts the cases of one file.
type tally struct {
	file        string
	run, passed int
	departing   int            // of those that passed: with numbers in which Keras departs from its definition
	refused     int            // cases that Keras refuses
	missing     map[string]int // cases of unsupported classes, by class
	listed      map[string]int // cases that gorae answers otherwise, refuses or leaves out, by reason
}

// tallies are those of the files that were read whole.
var tallies []*tally

func newTally(file string) *tally {
	return &tally{file: file, missing: map[string]int{}, listed: map[string]int{}}
}

// try runs a case as a subtest and counts it.
func (y *tally) try(t *testing.T, name string, f func(t *testing.T)) {
	y.run++
	before := differences()
	if t.Run(name, f) {
		y.passed++
		if differences() > before {
			y.departing++
		}
	}
}

// report prints the counts.
func (y *tally) report(t *testing.T) {
	t.Helper()
	t.Logf("%s: %d cases run, %d passed (%d depart), %d that Keras refuses, %d listed with a reason, %d of "+
		"unsupported classes", y.file, y.run, y.passed, y.departing, y.refused, total(y.listed), total(y.missing))
	if len(y.listed) > 0 {
		t.Logf("%s: listed: %s", y.file, enumerated(y.listed))
	}
	if len(y.missing) > 0 {
		t.Logf("%s: unsupported classes: %s", y.file, enumerated(y.missing))
	}
	if y.run+y.refused+total(y.listed)+total(y.missing) == 0 {
		t.Errorf("%s: no case was run", y.file)
	}
	tallies = append(tallies, y)
}

func total(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

func enumerated(counts map[string]int) string {
	var words []string
	for k, n := range counts {
		words = append(words, fmt.Sprintf("%s %d", k, n))
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}
