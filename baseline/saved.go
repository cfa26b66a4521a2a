package baseline

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"

	"gorae/data"
)

// Models are linear models of several targets over the columns of one design. As JSON they hold what [Models.Scores]
// needs; arrays of numbers are float64, or float32 for weights, little-endian in base64.
type Models struct {
	Design *Design
	Linear []*Linear // by target
}

// Size is the number of weights.
func (m *Models) Size() (n int) {
	for _, l := range m.Linear {
		n += len(l.weights)
	}
	return n
}

// atOnce is the number of numbers that are read at a time for scores.
const atOnce = 1 << 23

// Scores are the answers of each model ([Linear.Scores]) for all samples of a dataset. A dataset of other inputs than
// those that the design was fitted to is an error.
func (m *Models) Scores(d data.Dataset) ([][]float64, error) {
	if err := m.Design.fits(d); err != nil {
		return nil, err
	}
	out := make([][]float64, len(m.Linear))
	n, step := d.Len(), max(readBlock, atOnce/max(1, m.Design.dense))
	for from := 0; from < n; from += step {
		rows := data.Range(min(n, from+step))[from:]
		s, err := m.Design.read(d, rows)
		if err != nil {
			return nil, err
		}
		for k, l := range m.Linear {
			out[k] = append(out[k], l.Scores(s)...)
		}
	}
	return out, nil
}

type savedField struct {
	Form   form    `json:"form"`
	Inputs int     `json:"inputs"`
	Width  int     `json:"width"`
	Factor float64 `json:"factor"`
	Skip   bool    `json:"skip,omitempty"`
	Bytes  bool    `json:"bytes,omitempty"`
	Ragged bool    `json:"ragged,omitempty"`
	IDF    string  `json:"idf,omitempty"`
}

type savedLinear struct {
	Lambda    float64 `json:"lambda"`
	Samples   int     `json:"samples"`
	Converged bool    `json:"converged"`
	Outputs   int     `json:"outputs"`
	Weights   string  `json:"weights"`
	Mean      float64 `json:"mean"`
	SD        float64 `json:"sd"`
}

type saved struct {
	Fields []savedField  `json:"fields"`
	Mean   string        `json:"mean"`
	Factor string        `json:"factor"`
	Linear []savedLinear `json:"linear"`
}

// MarshalJSON writes the models.
func (m *Models) MarshalJSON() ([]byte, error) {
	var s saved
	for _, f := range m.Design.fields {
		s.Fields = append(s.Fields, savedField{f.form, f.inputs, f.width, f.factor, f.skip, f.bytes, f.ragged,
			text32(f.idf)})
	}
	s.Mean, s.Factor = text64(m.Design.mean), text64(m.Design.factor)
	for _, l := range m.Linear {
		w := make([]float32, len(l.weights))
		for i, v := range l.weights {
			w[i] = float32(v)
		}
		s.Linear = append(s.Linear, savedLinear{l.Lambda, l.Samples, l.Converged, l.outputs, text32(w), l.mean, l.sd})
	}
	return json.Marshal(s)
}

// UnmarshalJSON reads what MarshalJSON wrote, and refuses what it could not have written.
func (m *Models) UnmarshalJSON(b []byte) error {
	var s saved
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	d := &Design{}
	for _, f := range s.Fields {
		idf, err := numbers32(f.IDF)
		if err != nil {
			return err
		}
		g := field{form: f.Form, inputs: f.Inputs, width: f.Width, factor: f.Factor, skip: f.Skip, bytes: f.Bytes,
			ragged: f.Ragged, idf: idf}
		if f.Form > none || f.Width < 1 && f.Form != none || f.Width < 0 || f.Inputs < 1 || f.Width > mostWeight ||
			f.Form == bag && len(idf) != f.Width {
			return fmt.Errorf("baseline: a field of %d columns", f.Width)
		}
		if g.dense() {
			g.at, d.dense = d.dense, d.dense+g.width
		} else {
			g.at, d.sparse = d.sparse, d.sparse+g.width
		}
		d.fields = append(d.fields, g)
	}
	var err error
	if d.mean, err = numbers64(s.Mean); err != nil {
		return err
	}
	if d.factor, err = numbers64(s.Factor); err != nil {
		return err
	}
	if len(d.mean) != d.dense || len(d.factor) != d.dense {
		return fmt.Errorf("baseline: %d means of %d columns", len(d.mean), d.dense)
	}
	m.Design, m.Linear = d, nil
	for _, x := range s.Linear {
		w, err := numbers32(x.Weights)
		if err != nil {
			return err
		}
		if x.Outputs < 1 || len(w) != (d.dense+d.sparse+1)*x.Outputs {
			return fmt.Errorf("baseline: %d weights of %d columns and %d outputs", len(w), d.dense+d.sparse, x.Outputs)
		}
		l := &Linear{Lambda: x.Lambda, Samples: x.Samples, Converged: x.Converged, of: d, outputs: x.Outputs,
			mean: x.Mean, sd: x.SD}
		for _, v := range w {
			l.weights = append(l.weights, float64(v))
		}
		m.Linear = append(m.Linear, l)
	}
	return nil
}

func text32(x []float32) string {
	var b []byte
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return base64.StdEncoding.EncodeToString(b)
}

func text64(x []float64) string {
	var b []byte
	for _, v := range x {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return base64.StdEncoding.EncodeToString(b)
}

func numbers32(s string) ([]float32, error) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(b)%4 != 0 {
		return nil, fmt.Errorf("baseline: %d bytes are no float32 numbers", len(b))
	}
	var out []float32
	for ; len(b) > 0; b = b[4:] {
		out = append(out, math.Float32frombits(binary.LittleEndian.Uint32(b)))
	}
	return out, nil
}

func numbers64(s string) ([]float64, error) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(b)%8 != 0 {
		return nil, fmt.Errorf("baseline: %d bytes are no float64 numbers", len(b))
	}
	out := []float64{}
	for ; len(b) > 0; b = b[8:] {
		out = append(out, math.Float64frombits(binary.LittleEndian.Uint64(b)))
	}
	return out, nil
}
