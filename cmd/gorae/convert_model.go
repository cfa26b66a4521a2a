package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gorae/bundle"
	"gorae/bundle/rawtext"
	"gorae/format"
	"gorae/format/check"
	"gorae/format/keras"
	"gorae/format/keras/rawinput"
	"gorae/format/onnx"
	"gorae/format/onnx/product"
	"gorae/internal/file"
	"gorae/layer"
	"gorae/model"
	"gorae/run"
)

type convertModelWords struct {
	From     string `arg:"" name:"model" help:"Model file (.keras, .h5, .onnx, model.json) that is read, the folder of a run, or with --network a file of weights (.safetensors, .npz, .pt, .weights.h5)."`
	To       string `arg:"" name:"file" help:"File that is written: .keras, .onnx, .c, model.json of TensorFlow.js, or weights alone (.safetensors, .npz, .weights.h5)."`
	Network  string `placeholder:"FILE" help:"Network that takes a file of weights: a model file, a configuration of Keras's (.json), an experiment file (.yaml), or layers as gorae summary takes them."`
	Bare     bool   `name:"network-only" help:"Write the network alone, without what prepares raw samples and decodes its outputs."`
	Raw      bool   `name:"preprocessing" help:"Write what prepares raw samples as layers of Keras before the network, which then takes raw columns by their names; for .keras files."`
	Opset    int    `placeholder:"N" help:"Version of ONNX's operators, 13 to 25; 17 if left out, which nearly every runtime reads."`
	Steps    int    `placeholder:"N" help:"Extent of the axes that a network leaves open, as the length of its sequences; for .c files."`
	Quantize string `placeholder:"DATA" help:"Write products and convolutions with int8 weights and uint8 activations, whose ranges come of these samples; for .onnx files."`
	Labels   string `placeholder:"FILE" help:"File of the targets, where they are not in the same file (IDX, npy)."`
	Check    bool   `help:"Read the written file and compare predictions for random samples; the exit status is 1 where they differ by more than 1e-5."`
	Force    bool   `help:"Write over a file that is there."`
}

// Help returns the text of gorae convert --help.
func (convertModelWords) Help() string {
	return `An ONNX file takes raw columns, each an input of its own of shape [batch, 1], and gives names of classes with
probabilities, or numbers in the units of the target: scaling, imputation, encodings and vocabularies are in the file.
What ONNX has no operators for is named, and the file takes its result as an input.

With --preprocessing a .keras file is a model of Keras that takes raw columns, a dictionary of arrays of shape
[batch, 1]: numbers with NaN and empty texts where a value is missing. Numbers become Normalization, categories
StringLookup and CategoryEncoding, texts TextVectorization, pictures Rescaling; what Keras has no layer for is named,
and the model takes its features as an input.

With --quantize the network's weights take a byte each, and activations are rounded to 256 levels of a range that is
chosen on the samples given. Metrics before and after are printed where the samples have targets. Loops of recurrent
layers stay as they are.

A .c file is one file of C99 without allocation and without other files, for microcontrollers or any other program: a
function takes a row of the table, numbers and texts as they are, and gives classes with probabilities, or numbers in
their units. What has no form in C is named, and the row takes its features. With --network-only the function is that
of the network, and the comment at its head says how features are made.

Weights go by names: gorae's paths (dense/kernel) or PyTorch's (fc1.weight). What does not fit a format is said.`
}

// tolerance is the most by which predictions of a written file may differ: |a − b| / (1 + |b|).
var tolerance = 1e-5

// conversion is one conversion.
type conversion struct {
	*convertModelWords
	source  *bundle.Bundle
	from    string // the model file
	target  string
	texts   *format.File // with the layers on texts, and the texts that outputs stand for
	options onnx.Options
	notes   []string
}

// Run converts a model file.
func (w *convertModelWords) Run(o *environment) error {
	target, former, err := file.Target(w.To)
	if err != nil {
		return err
	}
	if former != nil && !w.Force {
		return usageError{fmt.Errorf("%s: there is a file of this name; --force writes over it", w.To)}
	}
	if w.Raw && (w.kind() != "keras" || w.Bare || w.Check) {
		return usageError{fmt.Errorf("--preprocessing goes with a .keras file, without --network-only and --check")}
	}
	if w.Opset != 0 && w.kind() != "onnx" {
		return usageError{fmt.Errorf("--opset %d: %s is no .onnx file", w.Opset, w.To)}
	}
	if w.Quantize != "" && w.kind() != "onnx" {
		return usageError{fmt.Errorf("--quantize %s: %s is no .onnx file", line(w.Quantize), w.To)}
	}
	if w.Steps != 0 && w.kind() != "c" {
		return usageError{fmt.Errorf("--steps %d: %s is no .c file", w.Steps, w.To)}
	}
	if w.Check && (w.kind() == "c" || w.Quantize != "") {
		return usageError{fmt.Errorf("--check: %s gives rounded numbers or is not read again; leave it out", w.To)}
	}
	if w.kind() == "" {
		if _, err := format.ForPath(w.To); err != nil {
			return usageError{err}
		}
	}
	c := &conversion{convertModelWords: w, target: target}
	if err := c.read(o); err != nil {
		return err
	}
	if w.Check && w.kind() == "onnx" && c.source.Fitted != nil && !w.Bare {
		return usageError{fmt.Errorf("--check compares networks, and %s takes raw columns; add --network-only", w.To)}
	}
	c.options.Opset = w.Opset
	if w.Quantize != "" {
		ranges, src, err := w.calibration(o, c.source)
		if err != nil {
			return err
		}
		if err := w.compare(o, c.source, ranges, src); err != nil {
			return err
		}
		c.options.Calibration = ranges
	}
	o.at("writing %s", w.To)
	if err := c.write(o); err != nil {
		return fmt.Errorf("%s: %w", w.To, err)
	}
	if err := o.note(c.notes); err != nil {
		return err
	}
	st, err := os.Stat(target)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(o.report, "%s: %s bytes\n", line(w.To), layer.Thousands(int(st.Size()))); err != nil {
		return err
	}
	if !w.Check {
		return nil
	}
	d, err := c.checked(o)
	if err != nil {
		return fmt.Errorf("--check: %w", err)
	}
	if !(d <= tolerance) {
		return fmt.Errorf("--check: predictions of %s differ by %.2g, more than %g", w.To, d, tolerance)
	}
	_, err = fmt.Fprintf(o.report, "predictions for random samples differ by %.2g at most\n", d)
	return err
}

// kind is the kind of the file that is written; "" for one that is none of gorae convert's.
func (w *convertModelWords) kind() string {
	lower := strings.ToLower(w.To)
	switch filepath.Ext(lower) {
	case ".onnx", ".keras", ".json", ".c":
		return filepath.Ext(lower)[1:]
	}
	if _, err := format.ForWeights(lower); err == nil {
		return "weights"
	}
	return ""
}

// read reads the source.
func (c *conversion) read(o *environment) (err error) {
	_, notWeights := format.ForWeights(c.From)
	if notWeights != nil && c.Network != "" {
		_, notWeights = format.HoldsWeights(c.From)
	}
	switch weights := notWeights == nil; {
	case weights && c.Network == "":
		return usageError{fmt.Errorf("%s holds weights alone; --network FILE names the network that takes them",
			c.From)}
	case !weights && c.Network != "":
		return usageError{fmt.Errorf("--network %s: %s is no file of weights, which it could take; leave it out",
			c.Network, c.From)}
	case weights:
		c.source, err = c.weighted(o)
		return err
	}
	c.from = c.From
	if st, err := os.Stat(c.from); err == nil && st.IsDir() && !holds(c.from, "saved_model.pb") {
		c.from = filepath.Join(c.from, run.ModelFile)
	}
	o.at("reading %s", c.from)
	c.source, err = bundle.OpenBy(c.from, func(r io.ReaderAt, size int64) (*format.File, bundle.Arrays, error) {
		f, arrays, err := rawtext.Load(r, size)
		if err == nil {
			c.texts = f
		}
		return f, arrays, err
	})
	return err
}

// holds reports whether a folder has a file.
func holds(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

// weighted is the network of --network with the weights that are read.
func (c *conversion) weighted(o *environment) (*bundle.Bundle, error) {
	m, note, err := (&summaryWords{Of: c.Network}).load(o)
	if err != nil {
		return nil, err
	}
	if note != "" {
		return nil, fmt.Errorf("%s: %s; give a network that does not depend on the data", c.Network, note)
	}
	o.at("reading %s", c.From)
	if _, err := format.LoadWeights(c.From, m, model.CopyOptions{}); err != nil {
		return nil, err
	}
	return &bundle.Bundle{Model: m}, nil
}

// write writes the file, and notes what it has no place for.
func (c *conversion) write(o *environment) error {
	b, kind := c.source, c.kind()
	bare := c.Bare || b.Fitted == nil || kind == "json" || kind == "weights"
	if b.Fitted != nil && bare {
		c.note("what prepares raw samples and decodes outputs is left out: the file takes and gives numbers")
	}
	if c.texts != nil && len(c.texts.Texts) > 0 && kind != "keras" {
		c.note("the layers on texts are left out: the file takes the numbers that they give")
	}
	if c.texts != nil && slices.ContainsFunc(c.texts.Outputs, func(o format.Output) bool { return len(o.Texts) > 0 }) {
		c.note("the texts that outputs stand for are left out: the file gives their places in the lists")
	}
	f := &format.File{Model: b.Model}
	if c.Raw {
		raw, notes, err := rawinput.File(b)
		if err != nil {
			return err
		}
		c.notes = append(c.notes, notes...)
		return format.Save(c.target, raw)
	}
	if c.texts != nil {
		f.Texts = c.texts.Texts
	}
	if state, err := c.optimizer(); err != nil {
		c.note("the state of the optimizer is left out: %v", err)
	} else if state != nil {
		if bare && (kind == "keras" || strings.HasSuffix(strings.ToLower(c.To), ".weights.h5")) {
			f.Optimizer = state
		} else if kind != "keras" {
			c.note("the state of the optimizer is left out: a training begins anew")
		}
	}
	switch {
	case kind == "weights":
		c.note("the network is left out: %s holds its weights alone", c.To)
		return format.SaveWeights(c.target, f)
	case kind == "c":
		notes, err := c.writeC(o, c.target, b)
		c.notes = append(c.notes, notes...)
		return err
	case kind == "json":
		return keras.SaveBrowser(c.target, b.Model)
	case kind == "onnx" && bare:
		return onnx.WriteFile(c.target, b.Model, c.options)
	case kind == "onnx":
		notes, err := product.WriteFile(c.target, b, c.options)
		c.notes = append(c.notes, notes...)
		return err
	case bare:
		return format.Save(c.target, f)
	}
	return b.Save(c.target)
}

func (c *conversion) note(format string, args ...any) {
	c.notes = append(c.notes, fmt.Sprintf(format, args...))
}

// optimizer is the state of the optimizer in the source; nil where it has none.
func (c *conversion) optimizer() (*format.Optimizer, error) {
	if c.from == "" { // of weights alone
		return nil, nil
	}
	return format.LoadOptimizer(c.from, c.source.Model)
}

// checked compares the network of the source with that of the written file.
func (c *conversion) checked(o *environment) (float64, error) {
	o.at("checking %s", c.To)
	copied, err := c.again(o)
	if err != nil {
		return 0, err
	}
	return check.Difference(o.ctx, c.source.Model, copied, 1)
}

// again is the network of the written file; one of weights is read into the source's network, read anew.
func (c *conversion) again(o *environment) (*model.Model, error) {
	if c.kind() != "weights" {
		b, err := o.open(c.target)
		if err != nil {
			return nil, err
		}
		return b.Model, nil
	}
	fresh := *c
	if err := fresh.read(o); err != nil {
		return nil, err
	}
	m := fresh.source.Model
	if err := m.Store().Init(1); err != nil {
		return nil, err
	}
	_, err := format.LoadWeights(c.target, m, model.CopyOptions{})
	return m, err
}
