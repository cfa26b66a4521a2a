package onnx

import (
	"fmt"
	"io"

	"gorae/format/onnx/internal/emit"
	"gorae/model"
)

// Options says how a file is written.
type Options struct {
	// Opset is the version of ONNX's operators, 13 to 25; 0 means 17, which nearly every runtime reads.
	Opset int
	// Beside takes the large initializers out of the file, into one of the name BesideName in the same folder: a file
	// of 2 GiB or more cannot hold them itself. nil keeps them in the file.
	Beside     io.Writer
	BesideName string
	// Calibration, if not nil, makes products and convolutions those of quantized numbers.
	Calibration *Calibration
}

// file is an empty graph for the options.
func (o Options) file() (*emit.File, error) {
	opset, err := o.Version()
	if err != nil {
		return nil, err
	}
	f := emit.NewFile(opset)
	f.Ranges = o.Calibration.Ranges()
	return f, nil
}

// DefaultOpset is the opset that is written where none is asked for.
const DefaultOpset = 17

// Version is the opset that is asked for; an error where it cannot be written.
func (o Options) Version() (int, error) {
	switch {
	case o.Opset == 0:
		return DefaultOpset, nil
	case o.Opset < emit.OldestOpset || o.Opset > emit.NewestOpset:
		return 0, fmt.Errorf("opset %d cannot be written; give %d to %d", o.Opset, emit.OldestOpset,
			emit.NewestOpset)
	}
	return o.Opset, nil
}

// Write writes a built model as it predicts: inputs and outputs under the names of their layers, the number of samples
// and whatever extents the model leaves open as named extents, weights under their paths, nodes below the names of
// their layers. Batch normalisations are part of the convolution or product before them. The same model gives the same
// bytes.
//
// What ONNX cannot say is an error that names all of it with its layers.
func Write(w io.Writer, m *model.Model, o Options) error {
	f, err := network(m, o)
	if err != nil {
		return err
	}
	var beside *emit.Stored
	if o.Beside != nil {
		beside = emit.Beside(o.Beside, o.BesideName)
	}
	return f.Write(w, m.Name, beside)
}

// network makes the graph of a model.
func network(m *model.Model, o Options) (*emit.File, error) {
	f, err := o.file()
	if err != nil {
		return nil, err
	}
	if m.Store() == nil {
		return nil, fmt.Errorf("model %q is not built; call Build first", m.Name)
	}
	outs, err := f.Network(m, nil)
	if err != nil {
		return nil, err
	}
	for i, y := range outs {
		f.Declare(y, m.OutputNames()[i])
	}
	return f, nil
}

// WriteFile writes a built model to a file as [Write] does; weights that the file cannot hold go to the file PATH.data
// beside it.
func WriteFile(path string, m *model.Model, o Options) error {
	f, err := network(m, o)
	if err != nil {
		return err
	}
	return f.Save(path, m.Name)
}
