package train

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Metric is a named number: a loss or a metric.
type Metric struct {
	Name  string
	Value float64
	// Why says in words why Value is NaN where the metric is not defined for the samples; else "".
	Why string
}

// Metrics are named numbers in a fixed order: the loss first, metrics as they
// were given, then the same of the validation data under names that begin with val_.
type Metrics []Metric

// Lookup returns the value of a name.
func (f Metrics) Lookup(name string) (float64, bool) {
	for i := range f {
		if f[i].Name == name {
			return f[i].Value, true
		}
	}
	return 0, false
}

// Of returns the value of a name, NaN where there is none.
func (f Metrics) Of(name string) float64 {
	if v, ok := f.Lookup(name); ok {
		return v
	}
	return math.NaN()
}

// Names lists the names in order.
func (f Metrics) Names() []string {
	names := make([]string, len(f))
	for i := range f {
		names[i] = f[i].Name
	}
	return names
}

// String prints the metrics as Keras does: "loss: 0.4321 - accuracy: 0.8750".
func (f Metrics) String() string {
	parts := make([]string, len(f))
	for i, x := range f {
		parts[i] = x.Name + ": " + short(x.Value)
	}
	return strings.Join(parts, " - ")
}

// short is a number with four decimals, or in scientific notation where those
// would show little of it.
func short(v float64) string {
	if a := math.Abs(v); a != 0 && (a < 1e-3 || a >= 1e6) {
		return strconv.FormatFloat(v, 'e', 4, 64)
	}
	return strconv.FormatFloat(v, 'f', 4, 64)
}

// MarshalJSON writes an object whose keys keep their order. JSON has no word for
// NaN and infinity: they become null.
func (f Metrics) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, x := range f {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(x.Name)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		if math.IsNaN(x.Value) || math.IsInf(x.Value, 0) {
			b.WriteString("null")
			continue
		}
		v, err := json.Marshal(x.Value)
		if err != nil {
			return nil, err
		}
		b.Write(v)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON reads what MarshalJSON writes, keeping the order; null is NaN.
func (f *Metrics) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil {
		return err
	} else if t != json.Delim('{') {
		return fmt.Errorf("metrics: %v where an object should begin", t)
	}
	*f = (*f)[:0]
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		v, err := d.Token()
		if err != nil {
			return err
		}
		x := Metric{Name: name.(string), Value: math.NaN()}
		switch v := v.(type) {
		case float64:
			x.Value = v
		case nil:
		default:
			return fmt.Errorf("metrics: %q is %v, not a number", x.Name, v)
		}
		*f = append(*f, x)
	}
	_, err := d.Token()
	return err
}

// Row is the result of one epoch.
type Row struct {
	Epoch   int // from 1
	Metrics Metrics
	Seconds float64 // the epoch's, validation included
}

// History is the results of a run by epoch.
type History struct {
	Rows []Row
	// Best is the epoch, from 1, whose Monitor was best; 0 before the first epoch's
	// end. Without validation data and without a Monitor it is the last one.
	Best int
	// Monitor is the metric that Best goes by, "" if none.
	Monitor string
}

// Last is the last epoch's row, an empty one before the first epoch's end.
func (h *History) Last() Row {
	if len(h.Rows) == 0 {
		return Row{}
	}
	return h.Rows[len(h.Rows)-1]
}

// BestRow is the row of the epoch Best, an empty one before the first epoch's end.
func (h *History) BestRow() Row {
	if h.Best < 1 || h.Best > len(h.Rows) {
		return Row{}
	}
	return h.Rows[h.Best-1]
}

// Column is the values of one metric over the epochs, NaN where an epoch lacks it.
func (h *History) Column(name string) []float64 {
	c := make([]float64, len(h.Rows))
	for i, r := range h.Rows {
		c[i] = r.Metrics.Of(name)
	}
	return c
}

// Seconds is the time of all epochs.
func (h *History) Seconds() float64 {
	s := 0.0
	for _, r := range h.Rows {
		s += r.Seconds
	}
	return s
}
