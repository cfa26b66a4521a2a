package main

import (
	"bytes"
	"fmt"

	"gorae/bundle"
	"gorae/data"
	"gorae/format/onnx"
	"gorae/layer"
	"gorae/task"
	"gorae/train"
)

// calibrated is how many samples, at most, give activations their ranges.
const calibrated = 1024

// evenly is n samples of a dataset, or all where it has no more, at equal distances.
func evenly(d data.Dataset, n int) data.Dataset {
	n = min(n, d.Len())
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i * d.Len() / n
	}
	return data.Subset{Dataset: d, Rows: rows}
}

// calibration is the ranges of a network's activations over the samples of --quantize.
func (w *convertModelWords) calibration(o *environment, b *bundle.Bundle) (*onnx.Calibration, *task.Source, error) {
	src, err := o.source(w.Quantize, w.Labels)
	if err != nil {
		return nil, nil, err
	}
	bound, err := b.Bind(src)
	if err != nil {
		return nil, nil, err
	}
	c, err := onnx.Calibrate(b.Model, onnx.Options{Opset: w.Opset})
	if err != nil {
		return nil, nil, err
	}
	o.at("calibrating on %s", bound.Name)
	see := train.ConsumerFunc(func(e *train.EvalBatch) error {
		c.See(e.Outputs)
		return nil
	})
	d := evenly(bound.Data, calibrated)
	if err := (train.Prediction{BatchSize: 16}).Run(o.ctx, c.Model(), train.Data{Source: d}, see); err != nil {
		return nil, nil, err
	}
	_, err = fmt.Fprintf(o.report, "%d activations as uint8, with ranges from %d samples; weights as int8\n",
		c.Activations(), d.Len())
	return c, src, err
}

// compare prints what quantization changes: bytes of the network, and metrics where the samples have targets.
func (w *convertModelWords) compare(o *environment, b *bundle.Bundle, c *onnx.Calibration, src *task.Source) error {
	var whole, small bytes.Buffer
	options := onnx.Options{Opset: w.Opset}
	if err := onnx.Write(&whole, b.Model, options); err != nil {
		return err
	}
	options.Calibration = c
	if err := onnx.Write(&small, b.Model, options); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(o.report, "network: %s bytes as float32, %s bytes quantized\n",
		layer.Thousands(whole.Len()), layer.Thousands(small.Len())); err != nil {
		return err
	}
	before, err := b.Evaluate(o.ctx, src, "")
	if err != nil { // samples without targets do for the ranges
		return o.note([]string{fmt.Sprintf("metrics were not compared: %v", err)})
	}
	f, err := onnx.Load(bytes.NewReader(small.Bytes()), int64(small.Len()))
	if err != nil {
		return err
	}
	quantized := *b
	quantized.Model = f.Model
	after, err := quantized.Evaluate(o.ctx, src, "")
	if err != nil {
		return err
	}
	for i, x := range before.Metrics {
		if _, err := fmt.Fprintf(o.report, "%s %s before, %s after quantization\n", x.Name, explained(x),
			explained(after.Metrics[i])); err != nil {
			return err
		}
	}
	return nil
}
