package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"gorae/format"
	"gorae/layer"
)

// holdsModel reports whether the name of a file says that it holds a network or weights, and no samples.
func holdsModel(path string) bool {
	lower := strings.ToLower(path)
	ends := []string{".keras", ".onnx", ".safetensors", ".pt", ".pth", ".weights.h5", ".weights.npz"}
	return slices.ContainsFunc(ends,
		func(end string) bool { return strings.HasSuffix(lower, end) })
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
