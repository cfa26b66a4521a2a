package hdf5_test

import (
	"bytes"
	"fmt"
	"log"

	"gorae/hdf5"
)

// A file of weights is written as Keras lays it out, and read again.
func Example() {
	root := &hdf5.Node{
		Attrs: map[string]any{"keras_version": "3.13.0", "layer_names": hdf5.Fixed{"dense"}},
		Groups: map[string]*hdf5.Node{"dense": {Datasets: map[string]*hdf5.Data{
			"kernel": {Shape: []int{2, 3}, Values: []float32{1, 2, 3, 4, 5, 6}},
			"bias":   {Shape: []int{3}, Values: []float32{0, 0.5, -0.5}},
		}}},
	}
	var file bytes.Buffer
	if err := hdf5.Write(&file, root); err != nil {
		log.Fatal(err)
	}

	f, err := hdf5.Open(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		log.Fatal(err)
	}
	version, err := f.Root().Attr("keras_version")
	if err != nil {
		log.Fatal(err)
	}
	text, _ := version.Text()
	fmt.Println("Keras", text)
	err = f.Root().Walk(func(path string, g *hdf5.Group, d *hdf5.Dataset) error {
		if d == nil {
			fmt.Println(path, g.Names())
			return nil
		}
		x, err := d.Float32s()
		fmt.Println(path, d.Type(), d.Shape(), x)
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
	_, err = f.Root().Dataset("dense/kernal")
	fmt.Println(err)
	// Output:
	// Keras 3.13.0
	// /dense [bias kernel]
	// /dense/bias float32 [3] [0 0.5 -0.5]
	// /dense/kernel float32 [2 3] [1 2 3 4 5 6]
	// hdf5: /dense has no member "kernal"; it has ["bias" "kernel"]
}
