package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"gorae/format"
	"gorae/format/keras/yaml"
	"gorae/layer"
)

// holdsModel reports whether a file holds a network or weights, and no samples, as its name says, or, where files of
// its kind may hold both, its keys.
func holdsModel(path string) bool {
	lower := strings.ToLower(path)
	switch filepath.Ext(lower) {
	case ".json":
		return describesModel(path)
	case ".yaml", ".yml":
		text, err := head(path)
		return err == nil && yaml.IsModel(text)
	}
	ends := []string{".keras", ".h5", ".hdf5", ".onnx", ".safetensors", ".pt", ".pth", ".weights.npz"}
	return slices.ContainsFunc(ends,
		func(end string) bool { return strings.HasSuffix(lower, end) })
}

// describesModel reports whether a file of JSON has the keys of a configuration of Keras's, of a model of
// TensorFlow.js, or of an index of weights.
func describesModel(path string) bool {
	st, err := os.Stat(path)
	if err != nil || st.Size() > maxArchitecture {
		return false
	}
	text, err := os.ReadFile(path)
	var keys map[string]json.RawMessage
	if err != nil || json.Unmarshal(text, &keys) != nil {
		return false
	}
	return keys["class_name"] != nil && keys["config"] != nil || keys["modelTopology"] != nil ||
		keys["weight_map"] != nil
}

// head is the first bytes of a file.
func head(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, format.HeadSize))
}

// listArrays prints what a file of weights holds.
func listArrays(o *environment, path string) error {
	list, err := format.ListWeights(path)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(o.report, 0, 0, 2, ' ', 0)
	if _, err := fmt.Fprintln(t, "array\tshape\ttype\tnumbers"); err != nil {
		return err
	}
	total := 0
	for _, a := range list {
		n := a.Shape.Size()
		total += n
		if _, err := fmt.Fprintf(t, "%s\t%v\t%s\t%s\n", line(a.Name), a.Shape, a.Type, layer.Thousands(n)); err != nil {
			return err
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(o.report, "%s arrays, %s numbers\n", layer.Thousands(len(list)), layer.Thousands(total))
	return err
}
