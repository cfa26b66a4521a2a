package keras

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"gorae/format"
	"gorae/tensor"
)

// manifest is a list of weights and of the files that hold them, one behind the other.
//
// Source: github.com/tensorflow/tfjs, tfjs-core/src/io/types.ts.
type manifest struct {
	Paths   []string        `json:"paths"`
	Weights []browserWeight `json:"weights"`
}

// browserWeight is one weight. Quantized numbers q are min + scale·q, or float16.
type browserWeight struct {
	Name         string `json:"name"`
	Shape        []int  `json:"shape"`
	DType        string `json:"dtype"`
	Quantization *struct {
		DType string  `json:"dtype"`
		Scale float64 `json:"scale"`
		Min   float64 `json:"min"`
	} `json:"quantization"`
}

// browser reads a layers model of TensorFlow.js: a configuration in the words of Keras 2 and its weights.
func (rd reading) browser(topology json.RawMessage, groups []manifest, open func(string) (*os.File, error)) (
	*format.File, error) {
	var top struct {
		Config  json.RawMessage `json:"model_config"` // by the converter
		Version string          `json:"keras_version"`
	}
	if err := json.Unmarshal(topology, &top); err != nil {
		return nil, fmt.Errorf("keras: modelTopology: %w", err)
	}
	config := []byte(topology)
	if top.Config != nil {
		config = top.Config
	}
	from := origin{version: top.Version}
	if !from.before(3) { // "tfjs-layers 4.22.0"
		from.version = "2"
	}
	var all []stored
	var bytes int64
	for _, g := range groups {
		data, err := g.read(open)
		if err != nil {
			return nil, fmt.Errorf("keras: %w", err)
		}
		bytes += int64(len(data))
		for _, w := range g.Weights {
			a, n, err := w.stored(data)
			if err != nil {
				return nil, fmt.Errorf("keras: weight %q: %w", w.Name, err)
			}
			all, data = append(all, a), data[n:]
		}
	}
	f, err := rd.ofArrays(config, from, "modelTopology", inflation*bytes+1<<20, func(p place) ([]stored, error) {
		var own []stored
		for _, a := range all {
			if strings.HasPrefix(a.name, p.name+"/") {
				own = append(own, a)
			}
		}
		return own, nil
	})
	if err != nil {
		return nil, fmt.Errorf("keras: %w", err)
	}
	return f, nil
}

// read joins the files of a group.
func (g manifest) read(open func(string) (*os.File, error)) ([]byte, error) {
	var all []byte
	for _, path := range g.Paths {
		f, err := open(strings.TrimPrefix(path, "./"))
		if err != nil {
			return nil, err
		}
		info, err := f.Stat()
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return nil, fmt.Errorf("%s is no file", path)
		}
		part, err := io.ReadAll(io.LimitReader(f, info.Size()))
		if err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	return all, nil
}

// stored is a weight whose numbers begin data, and how many bytes they are.
func (w browserWeight) stored(data []byte) (stored, int, error) {
	shape := tensor.Shape(w.Shape)
	size := 1
	for _, d := range shape {
		if d < 0 || d > 0 && size > len(data)/d {
			return stored{}, 0, fmt.Errorf("its shape is %v, and %d bytes are left", shape, len(data))
		}
		size *= d
	}
	kind := w.DType
	if w.Quantization != nil {
		kind = w.Quantization.DType
	}
	width := map[string]int{"float32": 4, "int32": 4, "uint8": 1, "bool": 1, "uint16": 2, "float16": 2}[kind]
	if width == 0 {
		return stored{}, 0, fmt.Errorf("it is of %s, which gorae does not read", kind)
	}
	if size*width > len(data) {
		return stored{}, 0, fmt.Errorf("its shape is %v, and %d bytes are left", shape, len(data))
	}
	own := data[:size*width]
	return stored{w.Name, shape, func(dst []float32) error {
		for i := range dst {
			b := own[i*width:]
			var v float64
			switch kind {
			case "float32":
				dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(b))
				continue
			case "int32":
				v = float64(int32(binary.LittleEndian.Uint32(b)))
			case "uint16":
				v = float64(binary.LittleEndian.Uint16(b))
			case "float16":
				v = float64(tensor.Half(binary.LittleEndian.Uint16(b)))
			default:
				v = float64(b[0])
			}
			if q := w.Quantization; q != nil && kind != "float16" {
				v = q.Min + q.Scale*v
			}
			dst[i] = float32(v)
		}
		return nil
	}}, size * width, nil
}
